"""Sign-ins are forgotten a month after the longest life of one, with all their tokens, and no sooner."""
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from commands import jobs
from models import RefreshToken, Session, db
from models.db import first_id_of
from services.access import old_sessions
from tests.conftest import NOON

LIFE, MONTH, MOMENT = timedelta(days=30), timedelta(days=30), timedelta(milliseconds=1)


@pytest.fixture
def began(li):
    """A sign-in of Li's at that moment, whose refresh token was spent twice."""
    def began(at, life=LIFE):
        session = Session(id=first_id_of(at), person_id=li.id, created_at=at, expires_at=at + life)
        db.session.add(session)
        db.session.flush()
        before = None
        for _ in range(3):
            token = RefreshToken(session_id=session.id, token_hash=uuid4().bytes, predecessor_id=before, expires_at=at + life)
            db.session.add(token)
            db.session.flush()
            before = token.id
        return session.id
    return began


def left():
    return set(db.session.scalars(select(Session.id))), db.session.scalar(select(func.count()).select_from(RefreshToken))


def test_the_boundary_is_the_longest_life_and_a_month(began, settings):
    young = began(NOON - LIFE - MONTH)
    began(NOON - LIFE - MONTH - MOMENT)
    assert [old_sessions.forget(settings, NOON) for _ in range(2)] == [1, 0]
    assert left() == ({young}, 3)


def test_one_that_was_given_a_longer_life_is_kept_until_it_is_over(began, settings):
    ends = LIFE * 4
    old = began(NOON - ends, life=ends)
    assert old_sessions.forget(settings, NOON) == 0
    assert left() == ({old}, 3)
    assert old_sessions.forget(settings, NOON + MOMENT) == 1
    assert left() == (set(), 0)


def test_the_worker_does_it_in_batches(began, settings):
    for days in range(5):
        began(NOON - LIFE - MONTH - timedelta(days=days + 1))
    assert [old_sessions.forget(settings, NOON, most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert "sessions" in {job.name for job in jobs.JOBS}
