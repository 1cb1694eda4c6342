"""Rows that follow from an act wait for the answer that is kept, and are lost with the transaction only."""
import pytest
from sqlalchemy import bindparam, event, func, select
from uuid_utils.compat import uuid7

from models import Message, Topic, db
from models.statements import change, put_late, run, will_keep
from tests.conftest import NOON

COUNT = select(func.count()).select_from(Message).where(Message.person_id == bindparam("whom"))


@pytest.fixture
def told():
    """The statements from here on."""
    seen = []
    note = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def lines(li, many=2):
    put_late(*((Message, {"id": uuid7(), "person_id": li.id, "topic": Topic.SIGNED_UP, "payload": {}, "day": None, "at": NOON}) for _ in range(many)))


def count(li) -> int:
    return run(COUNT, {"whom": li.id}).one()[0]


def test_where_no_answer_is_kept_they_are_written_at_once(app, li, told):
    lines(li)
    assert [statement for statement in told if "messages" in statement]


@pytest.mark.only("postgresql")
def test_they_wait_and_the_next_statement_finds_them(app, li, told):
    will_keep()
    lines(li)
    assert not [statement for statement in told if "messages" in statement]
    assert count(li) == 2


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("ask", [lambda li: db.session.scalar(select(func.count()).select_from(Message).filter_by(person_id=li.id)),
                                 lambda li: len(db.session.scalars(select(Message).filter_by(person_id=li.id)).all())])
def test_a_question_of_the_session_finds_them(app, li, ask):
    will_keep()
    lines(li)
    assert ask(li) == 2


def test_a_commit_writes_them(app, li):
    will_keep()
    lines(li)
    db.session.commit()
    assert count(li) == 2


def test_what_is_taken_back_takes_them_along(app, li):
    db.session.commit()
    will_keep()
    lines(li)
    db.session.rollback()
    assert count(li) == 0


def test_a_savepoint_that_is_taken_back_leaves_what_waited_before_it(app, li):
    will_keep()
    lines(li, 2)
    savepoint = db.session.begin_nested()
    assert count(li) == 2
    lines(li, 3)
    assert count(li) == 5
    savepoint.rollback()
    assert count(li) == 2


def test_a_change_stands_before_them(app, li):
    will_keep()
    lines(li)
    change(li, display_name="李大娜")
    assert (count(li), li.display_name) == (2, "李大娜")
