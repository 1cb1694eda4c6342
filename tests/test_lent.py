"""A transaction that begins on a lent connection is the session's: the ORM joins it, and it ends for both."""
import pytest
from sqlalchemy import bindparam, event, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from models import Person, db
from models.statements import change, put, run

NAMED = select(Person.id, Person.display_name).where(Person.display_name == bindparam("name"))
RENAME = update(Person.__table__).where(Person.__table__.c.id == bindparam("this")).values(display_name=bindparam("name"))


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


class TestReadingAlone:
    @pytest.fixture(autouse=True)
    def reads(self, fresh):
        db.session().reads_alone = True
        yield
        db.session().reads_alone = False

    def test_nothing_is_begun(self):
        assert named("李娜") == 1
        assert (db.session().lent, db.session().in_transaction(), lines_in_use()) == (None, False, 0)

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
