"""Statements that go past SQLAlchemy's execution keep its types, errors and listeners, on both databases."""
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, event, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from uuid_utils.compat import uuid7

from models import AuditRow, Message, Person, Topic, Wallet, db
from models.objects import met, store
from models.statements import change, put, run
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


@pytest.mark.only("postgresql")
def test_a_lost_line_ends_its_connection(app, li):
    db.session.commit()
    lost = db.session.connection()
    with db.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({lost.connection.driver_connection.info.backend_pid})")
    with pytest.raises(DBAPIError) as told:
        run(BY_ID, {"this": uuid4()})
    assert told.value.connection_invalidated
    db.session.rollback()
    assert run(BY_ID, {"this": uuid4()}).first() is None


