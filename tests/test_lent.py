"""A transaction that begins on a lent connection is the session's: the ORM joins it, it ends for both, and what was written is kept or refused."""
import signal
import threading
import time
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import Text, bindparam, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError
from uuid_utils.compat import uuid7

from models import Message, Person, Topic, db
from models.statements import change, put, put_late, run, run_last, will_keep
from models.statements import named as columns_named
from tests.conftest import NOON

NAMED = select(Person.id, Person.display_name).where(Person.display_name == bindparam("name"))
RENAME = update(Person.__table__).where(Person.__table__.c.id == bindparam("this")).values(display_name=bindparam("name"))

HELD = select(Person.id).where(Person.id == bindparam("this")).with_for_update()
LINE = insert(Message.__table__).values(columns_named(Message.__table__, "its_"))


def named(name) -> int:
    return len(run(NAMED, {"name": name}).all())


def rename(li, name="李大娜"):
    run(RENAME, {"this": li.id, "name": name})


def lines_in_use() -> int:
    return db.engine.pool.checkedout()


@pytest.fixture
def fresh(li):
    """No transaction is open."""
    db.session.commit()
    assert lines_in_use() == 0
    return li


def test_a_statement_begins_and_the_orm_finds_what_it_wrote(fresh):
    rename(fresh)
    assert db.session().lent and not db.session().in_transaction()
    assert db.session.scalar(select(Person.display_name).filter_by(id=fresh.id)) == "李大娜"
    assert db.session().in_transaction() and lines_in_use() == 1


def test_what_the_orm_wrote_the_next_statement_finds(fresh):
    rename(fresh)
    fresh.language = "en"
    assert run(select(Person.language).where(Person.id == bindparam("this")), {"this": fresh.id}).one()[0] == "en"
    assert lines_in_use() == 1


@pytest.mark.parametrize("joins", [False, True], ids=["alone", "joined"])
@pytest.mark.parametrize(("ends", "left"), [("commit", 1), ("rollback", 0), ("remove", 0)])
def test_both_end_together_and_the_line_goes_back(fresh, joins, ends, left):
    rename(fresh)
    if joins:
        db.session.execute(text("SELECT 1"))
    getattr(db.session, ends)()
    assert lines_in_use() == 0
    assert named("李大娜") == left


def test_a_commit_writes_what_waits_in_the_session_too(fresh):
    rename(fresh)
    fresh.language = "en"
    db.session.commit()
    db.session.expire_all()
    assert (fresh.display_name, fresh.language) == ("李大娜", "en")


def test_what_is_taken_back_is_read_anew(fresh):
    change(fresh, display_name="李大娜")
    db.session.rollback()
    assert fresh.display_name == "李娜"


def test_a_savepoint_is_set_in_the_transaction_that_has_begun(fresh):
    rename(fresh)
    with db.session.begin_nested() as savepoint:
        rename(fresh, "李小娜")
        savepoint.rollback()
    assert (named("李大娜"), named("李小娜")) == (1, 0)
    db.session.commit()
    assert named("李大娜") == 1


def test_a_broken_rule_is_the_error_that_the_orm_would_raise_and_nothing_stays(fresh):
    rename(fresh)
    with pytest.raises(IntegrityError):
        put(Person, {"id": fresh.id, "display_name": "x", "code_id": "x", "code_secret": b"", "created_at": fresh.created_at,
                     "home_area_id": fresh.home_area_id})
    db.session.rollback()
    assert (named("李大娜"), lines_in_use()) == (0, 1)
    db.session.rollback()


def test_who_gets_no_line_gets_an_error_of_sqlalchemys(fresh, monkeypatch):
    def away(*_, **__):
        raise db.engine.dialect.loaded_dbapi.OperationalError("the database is away")
    monkeypatch.setattr(db.engine.pool, "connect", away)
    with pytest.raises(OperationalError):
        rename(fresh)
    monkeypatch.undo()
    assert named("李娜") == 1


@pytest.mark.only("postgresql")
def test_a_line_that_is_lost_is_not_lent_again(fresh):
    rename(fresh)
    lost = db.session().lent.connection.driver_connection
    lost.pgconn.finish()
    with pytest.raises(OperationalError) as told:
        rename(fresh)
    assert told.value.connection_invalidated
    db.session.rollback()
    assert (named("李娜"), db.session().lent.connection.driver_connection is lost) == (1, False)


@pytest.mark.parametrize("path", ["/me", "/events", "/me/coupons", "/me/points", "/me/messages", "/offers", "/me/activity-records", "/areas"])
def test_a_request_that_reads_has_one_line(fresh, as_, li, path):
    client, held, most = as_(li), set(), []
    db.session.remove()
    taken = lambda line, record, proxy: (held.add(id(record)), most.append(len(held)))  # noqa: E731
    given = lambda line, record: held.discard(id(record))  # noqa: E731
    event.listen(db.engine, "checkout", taken)
    event.listen(db.engine, "checkin", given)
    try:
        assert client.get(f"/api/v1{path}").status_code == 200
    finally:
        event.remove(db.engine, "checkout", taken)
        event.remove(db.engine, "checkin", given)
    assert max(most) == 1 and not held


class TestReadingAlone:
    @pytest.fixture(autouse=True)
    def reads(self, fresh):
        db.session().reads_alone = True
        yield
        db.session().reads_alone = False

    @pytest.mark.parametrize("ends", ["commit", "rollback", "remove"])
    def test_nothing_is_begun_and_one_line_serves_until_the_end(self, ends):
        for _ in range(2):
            assert named("李娜") == 1
            assert (db.session().lent, db.session().in_transaction(), lines_in_use()) == (None, False, 1)
        getattr(db.session, ends)()
        assert lines_in_use() == 0

    def test_a_line_that_failed_is_not_read_by_again(self):
        assert named("李娜") == 1
        first = db.session().reader
        wrong = func.abs if db.engine.dialect.name == "postgresql" else func.json
        with pytest.raises(DBAPIError):
            run(select(wrong(bindparam("x", type_=Text))), {"x": "no number, no JSON"})
        assert (named("李娜"), lines_in_use()) == (1, 1) and db.session().reader is not first

    def test_each_statement_sees_what_others_have_committed(self, fresh):
        assert named("李大娜") == 0
        with db.engine.begin() as another:
            another.execute(RENAME, {"this": fresh.id, "name": "李大娜"})
        assert named("李大娜") == 1

    def test_a_statement_after_the_orm_has_begun_goes_by_its_connection(self):
        db.session.execute(text("SELECT 1"))
        used = []
        note = lambda connection, *rest: used.append(connection)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        assert (named("李娜"), lines_in_use()) == (1, 1)
        event.remove(db.engine, "before_cursor_execute", note)
        assert used == [db.session.connection()]


def lines(person_id, n=1):
    return [{"id": uuid7(), "person_id": person_id, "topic": Topic.SIGNED_UP, "payload": {}, "day": None, "at": NOON} for _ in range(n)]


@pytest.mark.parametrize("before", ["nothing", "a statement"])
def test_several_rows_of_a_kind_are_put_on_a_lent_line_too(fresh, before):
    me = fresh.id
    db.session.commit()
    if before == "a statement":
        run(HELD, {"this": me})
    put(Message, lines(me, 2))
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Message)) == 2


def nothing_in_a_savepoint(li):
    with db.session.begin_nested():
        pass


def refused_in_a_savepoint(li):
    with pytest.raises(ValueError, match="refused"), db.session.begin_nested():
        raise ValueError("refused before any statement")


def set_and_expired(li):
    li.language = "en"
    db.session.expire(li)


def set_and_forgotten(li):
    li.language = "en"
    db.session.expunge_all()


def added_and_taken_out(li):
    row = Message(**lines(li.id)[0])
    db.session.add(row)
    db.session.expunge(row)


@pytest.mark.parametrize("begins", [nothing_in_a_savepoint, refused_in_a_savepoint, set_and_expired, set_and_forgotten, added_and_taken_out])
def test_what_was_written_is_kept_where_sqlalchemy_has_begun_and_asked_nothing(fresh, begins):
    rename(fresh)
    begins(fresh)
    db.session.commit()
    assert named("李大娜") == 1


def test_after_a_failure_that_took_all_back_nothing_goes_on_before_the_rollback(fresh):
    me = fresh.id
    rename(fresh)
    with pytest.raises(IntegrityError):
        put(Message, lines(uuid7())[0])
    with pytest.raises(PendingRollbackError):
        put(Message, lines(me)[0])
    with pytest.raises(PendingRollbackError):
        db.session.execute(text("SELECT 1"))
    with pytest.raises(PendingRollbackError):
        db.session.commit()
    db.session.rollback()
    assert (named("李大娜"), db.session.scalar(select(func.count()).select_from(Message))) == (0, 0)


@pytest.mark.parametrize("first", ["flush", "orm", "statement"])
def test_rows_that_waited_before_a_savepoint_do_not_go_with_it(fresh, first):
    me = fresh.id
    db.session.commit()
    will_keep()
    put_late((Message, lines(me)[0]))
    with db.session.begin_nested() as savepoint:
        if first == "flush":
            db.session.add(Message(**lines(me)[0]))
            db.session.flush()
        elif first == "orm":
            db.session.execute(text("SELECT 1"))
        run(HELD, {"this": me})
        savepoint.rollback()
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


@pytest.mark.only("postgresql")
def test_a_commit_that_the_server_makes_a_rollback_is_an_error(fresh):
    db.session.execute(text("SELECT 1"))
    rename(fresh)
    with pytest.raises(IntegrityError):
        put(Message, lines(uuid7())[0])
    with pytest.raises(DBAPIError):
        db.session.commit()
    db.session.rollback()
    assert named("李大娜") == 0


@pytest.mark.only("postgresql")
def test_who_is_interrupted_while_the_first_statement_waits_is_told_so(app, fresh):
    me = fresh.id
    db.session.rollback()

    def interrupt_who_waits():
        with psycopg.connect(app.extensions["linli_settings"].database_url.replace("+psycopg", ""), autocommit=True) as onlooker:
            while not onlooker.execute("SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                                       " WHERE NOT granted AND datname = current_database()").fetchone()[0]:
                time.sleep(0.01)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # who is started in the background does not hear it
    try:
        with db.engine.begin() as other:
            other.execute(HELD, {"this": me})
            threading.Thread(target=interrupt_who_waits, daemon=True).start()
            with pytest.raises(KeyboardInterrupt):
                run(HELD, {"this": me})
    finally:
        signal.signal(signal.SIGINT, before)
    db.session.rollback()
    assert lines_in_use() == 0
    assert run(HELD, {"this": me}).one()


@pytest.mark.only("postgresql")
def test_who_waits_too_long_with_the_first_statement_leaves_a_whole_line(fresh):
    me = fresh.id
    db.session.rollback()
    with db.engine.begin() as other:
        other.execute(HELD, {"this": me})
        with pytest.raises(DBAPIError) as told:
            run(HELD, {"this": me})
        assert told.value.orig.sqlstate == "55P03"
    db.session.rollback()
    assert lines_in_use() == 0
    assert run(HELD, {"this": me}).one()


@pytest.mark.only("postgresql")
class TestAKilledLine:
    @pytest.fixture
    def kill(self, app):
        def kill():
            with psycopg.connect(app.extensions["linli_settings"].database_url.replace("+psycopg", ""), autocommit=True) as operator:
                operator.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                                 " WHERE datname = current_database() AND pid <> pg_backend_pid()")
        return kill

    @pytest.mark.parametrize("ends", ["commit", "run_last", "rollback", "remove", "joined rollback", "joined remove"])
    def test_nothing_is_kept_and_the_next_gets_another(self, fresh, kill, ends):
        values = {f"its_{column.key}": None for column in Message.__table__.columns} | {
            "its_person_id": fresh.id, "its_topic": Topic.SIGNED_UP, "its_payload": {}, "its_at": NOON, "its_id": uuid7()}
        rename(fresh)
        if "joined" in ends:
            db.session.execute(text("SELECT 1"))
        kill()
        if ends in ("commit", "run_last"):
            with pytest.raises(DBAPIError) as told:
                run_last(LINE, values) if ends == "run_last" else db.session.commit()
            assert told.value.connection_invalidated
            db.session.rollback()
        else:
            with suppress(DBAPIError):  # SQLAlchemy's own rollback says that it found nobody
                getattr(db.session, ends.rpartition(" ")[2])()
        assert (db.session().lent, lines_in_use()) == (None, 0)
        assert named("李大娜") == 0
