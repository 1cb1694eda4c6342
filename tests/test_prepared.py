"""Statements that go past SQLAlchemy's execution keep its types, errors and listeners, on both databases."""
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    Double,
    Interval,
    LargeBinary,
    String,
    Text,
    Uuid,
    bindparam,
    cast,
    event,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.types import NullType
from uuid_utils.compat import uuid7

from models import AuditRow, Message, Person, Topic, Wallet, db
from models.db import UTCDateTime, is_postgresql
from models.objects import met, store
from models.shapes import Ahead
from models.statements import change, named, put, run, run_last
from tests.conftest import NOON

BY_ID = select(Message.__table__).where(Message.id == bindparam("this"))


@pytest.fixture
def message(app, li):
    def made(**more):
        values = {"id": uuid7(), "person_id": li.id, "topic": Topic.SIGNED_UP, "payload": {"n": 1, "字": ["a", None]}, "day": None, "at": NOON}
        put(Message, values | more)
        return (values | more)["id"]
    return made


def test_what_is_put_is_read_with_its_types(message, li):
    found = run(BY_ID, {"this": message(at=datetime(2026, 5, 6, 20, tzinfo=timezone(timedelta(hours=8))))}).one()
    assert (found.person_id, found.payload, found.read_at) == (li.id, {"n": 1, "字": ["a", None]}, None)
    assert found.at == datetime(2026, 5, 6, 12, tzinfo=UTC)
    assert found.at.tzinfo is UTC


EAST = timezone(timedelta(hours=8))
SAMPLES = [
    (Uuid(), UUID(int=7)), (Text(), "楼道's \\ 100 %\n"), (Text(), ""), (String(9), Topic.SIGNED_UP), (BigInteger(), -2**53),
    (UTCDateTime(), NOON), (UTCDateTime(), datetime(2026, 5, 6, 20, 1, 2, 30, tzinfo=EAST)), (UTCDateTime(), datetime(987, 1, 1, tzinfo=UTC)),
    (Date(), date(2026, 5, 6)), (Date(), date(987, 1, 1)), (LargeBinary(), b"\x00'\\\xff"), (LargeBinary(), b""), (JSON(), {"字": [1, None, "'"]}),
    (JSON(), "x"), (JSON(), None), (Boolean(), True), (Boolean(), False), (Double(), 0.1), (Double(), 3), (Double(), -1e300),
    *((kind, None) for kind in (Uuid(), Text(), BigInteger(), UTCDateTime(), Date(), LargeBinary(), Boolean(), Double()))]


@pytest.mark.parametrize(("kind", "value"), SAMPLES, ids=str)
def test_a_value_is_written_and_read_as_by_sqlalchemy(app, kind, value):
    def ask(place):
        place = cast(place, kind) if is_postgresql() else place
        return select(place.label("read"), place.is_(None).label("is_null"), *([] if isinstance(kind, LargeBinary | JSON) else [cast(place, Text)]))
    ours = run(ask(bindparam("value", type_=kind)), {"value": value}).one()
    theirs = db.session.execute(ask(literal(value, kind))).one()
    assert tuple(ours) == tuple(theirs)
    assert type(ours[0]) is type(theirs[0])


@pytest.mark.parametrize("value", [UUID(int=7), "楼道", 7, 0.5, NOON, date(2026, 5, 6)], ids=str)
def test_a_value_whose_type_the_statement_does_not_say_is_written_by_its_own(app, value):
    own = {UUID: Uuid(), str: Text(), int: BigInteger(), float: Double(), datetime: UTCDateTime(), date: Date()}[type(value)]
    is_same = select((bindparam("value", type_=NullType()) == cast(literal(value, own), own)).label("is_same"))
    if is_postgresql() or type(value) in (str, int, float):  # SQLite's driver knows these
        assert run(is_same, {"value": value}).one().is_same


@pytest.mark.only("postgresql")
def test_a_type_that_nobody_knows_how_to_write_is_refused(app):
    with pytest.raises(TypeError, match="no way to write"):
        run(select(bindparam("value", type_=Interval())), {"value": timedelta(1)})
    with pytest.raises(TypeError, match="does not say"):
        run(select(cast(bindparam("value", type_=NullType()), Text)), {"value": [1]})


@pytest.mark.only("postgresql")
def test_a_text_that_libpq_would_cut_is_refused(message):
    with pytest.raises(DataError), db.session.begin_nested():
        message(request_id="a\0b")


def test_a_moment_without_a_zone_is_a_bug_here_too(message):
    with pytest.raises(ValueError, match="zone"):
        message(at=NOON.replace(tzinfo=None))


def test_what_nobody_gave_is_the_columns_default(app, li):
    put(AuditRow, {"at": NOON, "by_id": li.id, "action": "x", "target_type": "person", "target_id": li.id, "area_id": None, "detail": {}})
    assert db.session.scalar(select(AuditRow.id).filter_by(action="x")) is not None


def test_a_broken_constraint_is_an_integrity_error(message):
    first = message()
    with pytest.raises(IntegrityError) as told, db.session.begin_nested():
        message(id=first)
    assert "parameters hidden" in str(told.value)
    assert run(BY_ID, {"this": first}).one().id == first


def test_a_statement_of_nonsense_is_a_database_error(app, li):
    with pytest.raises(DBAPIError), db.session.begin_nested():
        run(select(func.no_such_function(bindparam("n"))), {"n": 1})


def test_a_list_is_refused(app, li):
    with pytest.raises(TypeError, match="no fixed text"):
        run(select(Person.id).where(Person.id.in_(bindparam("ids", expanding=True))), {"ids": [li.id]})


def test_a_value_that_was_not_given_is_missed(app, li):
    with pytest.raises(KeyError):
        run(BY_ID, {})


def test_what_waits_in_the_session_is_written_first(app, li):
    li.display_name = "李娜娜"
    assert run(select(Person.display_name).where(Person.id == bindparam("this")), {"this": li.id}).one().display_name == "李娜娜"


def test_how_many_rows_were_changed_is_told(app, li):
    raised = update(Wallet.__table__).where(Wallet.owner_id == bindparam("owner")).values(balance=Wallet.balance + 1)
    assert run(raised, {"owner": uuid4()}).rowcount == 0
    assert run(raised, {"owner": li.id}).rowcount == 2


def test_a_change_stands_in_the_database_and_in_the_object(app, li):
    change(li, display_name="李大娜", version=li.version + 1)
    assert not db.session.dirty
    db.session.expire(li)
    assert (li.display_name, li.version) == ("李大娜", 2)


def test_what_is_stored_is_of_the_session(app, li):
    row = store(Message, {"id": uuid7(), "person_id": li.id, "topic": Topic.SIGNED_UP, "payload": {}, "day": None, "at": NOON})
    row.read_at = NOON
    db.session.flush()
    assert db.session.scalar(select(Message.read_at).filter_by(id=row.id)) == NOON


def test_whom_one_met_is_the_session_s_own_and_knows_the_rest(app, li):
    assert met(Person, {"id": li.id, "display_name": "李"}) is li
    db.session.flush()
    db.session.expunge_all()
    again = met(Person, {"id": li.id, "display_name": "李娜"})
    assert (again.home_area_id, db.session.get(Person, li.id)) == (li.home_area_id, again)


def test_each_statement_is_told_to_listeners(message):
    told = []
    note = lambda conn, cursor, statement, *rest: told.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        run(BY_ID, {"this": message()})
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert [statement.split()[0] for statement in told] == ["INSERT", "SELECT"]


def test_a_statement_outlives_what_is_taken_back(message):
    first = message()
    db.session.commit()
    for _ in range(7):  # psycopg prepares what it was asked five times
        db.session.scalars(select(Message).filter_by(id=first)).one()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        message(id=first)
    assert run(BY_ID, {"this": first}).one().id == first
    db.session.rollback()
    assert run(BY_ID, {"this": first}).one().id == first


@pytest.fixture
def failures(app):
    """What listeners for `handle_error` are told: (the driver's error, the text's first word, whether the line is lost)."""
    told = []

    def note(context):
        told.append((type(context.original_exception).__name__, (context.statement or "").partition(" ")[0], context.is_disconnect))
    event.listen(db.engine, "handle_error", note)
    yield told
    event.remove(db.engine, "handle_error", note)


def test_each_failure_is_told_to_listeners_as_of_any_other_statement(message, failures):
    first = message()
    for fails in (lambda: message(id=first), lambda: db.session.execute(insert(Message).values(
            id=first, person_id=uuid4(), topic=Topic.SIGNED_UP, payload={}, at=NOON))):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            fails()
    assert failures[0] == failures[1] and failures[0][1:] == ("INSERT", False)


def test_a_listener_may_say_what_a_failure_is(message, app):
    def say(context):
        raise PermissionError("the listener's own")
    first = message()
    event.listen(db.engine, "handle_error", say)
    try:
        with pytest.raises(PermissionError), db.session.begin_nested():
            message(id=first)
    finally:
        event.remove(db.engine, "handle_error", say)
    assert run(BY_ID, {"this": first}).one().id == first


def test_who_is_interrupted_leaves_no_line_to_others(app, li, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt
    run(BY_ID, {"this": uuid4()})
    connection = db.session.connection()
    line = connection.info["line"]
    monkeypatch.setattr(type(line), "ask", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(BY_ID, {"this": uuid4()})
    assert connection.invalidated
    monkeypatch.undo()
    db.session.rollback()
    assert run(BY_ID, {"this": uuid4()}).first() is None
    assert db.session.connection().info["line"] is not line


class TestALostLine:
    pytestmark = pytest.mark.only("postgresql")

    @pytest.fixture
    def cut(self, app, li):
        """`cut()`: the session's line is lost, and so are those that wait in the pool."""
        db.session.commit()

        def cut():
            mine, *others = [db.session.connection(), db.engine.connect(), db.engine.connect()]
            for each in others:
                each.close()
            with psycopg.connect(app.extensions["linli_settings"].database_url.replace("+psycopg", ""), autocommit=True) as operator:
                operator.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                                 " WHERE datname = current_database() AND pid <> pg_backend_pid()")
            return mine
        return cut

    def test_it_ends_its_connection_and_is_told(self, cut, failures):
        cut()
        with pytest.raises(DBAPIError) as told:
            run(BY_ID, {"this": uuid4()})
        assert told.value.connection_invalidated
        assert [told[1:] for told in failures] == [("SELECT", True)]
        db.session.rollback()
        assert run(BY_ID, {"this": uuid4()}).first() is None

    def test_nobody_else_is_given_one_of_the_same_server(self, cut, failures):
        cut()
        with pytest.raises(DBAPIError):
            run(BY_ID, {"this": uuid4()})
        db.session.rollback()
        with db.engine.connect() as one, db.engine.connect() as other:
            assert [each.scalar(select(1)) for each in (one, other)] == [1, 1]
        assert len(failures) == 1

    def test_at_the_commit_too(self, cut, failures):
        run(BY_ID, {"this": uuid4()})
        lost = cut()
        with pytest.raises(DBAPIError) as told:
            db.session.commit()
        assert told.value.connection_invalidated and lost.invalidated
        assert [told[1:] for told in failures] == [("", True)]
        db.session.rollback()
        assert db.session.scalar(select(1)) == 1


@pytest.mark.only("postgresql")
def test_who_waits_for_a_row_lets_the_thread_that_has_it_go_on(app, li):
    """The first statement of a transaction, sent with its BEGIN, waits without Python's lock."""
    held = select(Person.id).where(Person.id == bindparam("this")).with_for_update()
    db.session.commit()
    run(held, {"this": li.id})

    def wait():
        with app.app_context():
            assert run(held, {"this": li.id}).one()
            db.session.remove()
            return "came"
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(wait)
        time.sleep(0.2)
        db.session.rollback()
        assert waiting.result(timeout=2) == "came"


@pytest.mark.only("postgresql")
def test_the_last_statement_commits_or_nothing_does(message, li):
    db.session.commit()
    line = insert(Message.__table__).values(named(Message.__table__, "its_"))
    values = {f"its_{column.key}": None for column in Message.__table__.columns} | {
        "its_person_id": li.id, "its_topic": Topic.SIGNED_UP, "its_payload": {}, "its_at": NOON}
    first = uuid7()
    run_last(line, values | {"its_id": first})
    db.session.rollback()
    assert run(BY_ID, {"this": first}).one().id == first
    with pytest.raises(IntegrityError):
        second = message()
        run_last(line, values | {"its_id": first})
    db.session.rollback()
    assert run(BY_ID, {"this": second}).first() is None


def test_a_value_with_the_name_of_a_column_that_is_written_beside_is_refused(app, li):
    """SQLAlchemy would set that column, too."""
    whom, words = bindparam("whom"), bindparam("language", type_=Text)
    renamed = update(Person.__table__).where(Person.__table__.c.id == whom).values(display_name=words).cte("renamed")
    other = insert(Message.__table__).values(named(Message.__table__, "its_")).add_cte(renamed)
    with pytest.raises(TypeError, match="language"):
        run(other, {"whom": li.id, "language": "x"} | {f"its_{column.key}": None for column in Message.__table__.columns})


LOCK = Ahead(select(Person.id).where(Person.id == bindparam("whom")).with_for_update(), ("whom",))
OF = select(func.count()).select_from(Message).where(Message.person_id == bindparam("whom"))


@pytest.mark.only("postgresql")
class TestAhead:
    """A statement that goes along before another."""

    def test_it_locks_until_the_end(self, app, li):
        db.session.commit()
        assert run(OF, {"whom": li.id}, ahead=LOCK).one()[0] == 0
        skipping = select(Person.id).where(Person.id == li.id).with_for_update(skip_locked=True)
        with db.engine.connect() as other:
            assert other.execute(skipping).all() == []
            db.session.rollback()
            assert other.execute(skipping).all() == [(li.id,)]

    def test_what_it_waited_for_is_seen(self, app, li, message):
        """The other begins to wait before the row is there, and its second statement finds it."""
        db.session.commit()
        run(LOCK.statement, {"whom": li.id})
        whom = li.id

        def wait():
            with app.app_context():
                try:
                    return run(OF, {"whom": whom}, ahead=LOCK).one()[0]
                finally:
                    db.session.remove()
        with ThreadPoolExecutor(1) as other:
            waiting = other.submit(wait)
            time.sleep(0.2)
            message()
            db.session.commit()
            assert waiting.result(timeout=2) == 1

    def test_it_is_told_to_listeners(self, app, li):
        told = []
        note = lambda conn, cursor, statement, *rest: told.append(statement)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            run(OF, {"whom": li.id}, ahead=LOCK)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert ["FOR UPDATE" in statement for statement in told] == [True, False]

    def test_where_it_fails_the_other_is_not_done(self, app, li, message):
        db.session.commit()
        nonsense = Ahead(select(Person.id).where(Person.created_at > func.now(), func.no_such(bindparam("whom")) == 1), ("whom",))
        divides = Ahead(select(cast(1 / func.length(""), Text)).where(Person.id == bindparam("whom")), ("whom",))
        for fails in (nonsense, divides):
            with pytest.raises(DBAPIError):
                run(OF, {"whom": li.id}, ahead=fails)
            db.session.rollback()
            assert run(OF, {"whom": li.id}, ahead=LOCK).one()[0] == 0
            db.session.rollback()
