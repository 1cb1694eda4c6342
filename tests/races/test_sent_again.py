"""What is sent again: scans kept by four devices that were off line, and refresh tokens whose answers may have been lost.

AGAIN is how many scans and sessions (`make test-faults`).
"""
import os
import random
from collections import Counter

import pytest
from sqlalchemy import func, select

from models import CheckIn, RefreshToken, Session, db
from services.access import sign_in
from services.scans import presence
from tests.conftest import NOON
from tests.races.crowd import at_once, post
from tests.races.test_without_guards import look_away

AGAIN = int(os.environ.get("AGAIN", "60"))
DEVICES, TIMES, EVENTS = 4, 5, 4
pytestmark = pytest.mark.timeout(120 + AGAIN)


def test_scans_sent_five_times_in_any_order_by_four_devices_are_made_once(app, cleanup, live, town, wang, token, settings):
    events = [cleanup().id for _ in range(EVENTS)]
    shown = [presence.show_person(live(f"居民{i}", town.grid_a), settings=settings, now=NOON).token for i in range(AGAIN // EVENTS)]
    scans = [{"key": f"{event}{i}", "scanned_at": NOON.isoformat(), "event_id": str(event), "direction": "in", "resident_token": code}
             for event in events for i, code in enumerate(shown)]
    worker = token(wang)

    def upload(i):
        chance, told = random.Random(i), []
        for _ in range(TIMES):
            sent = chance.sample(scans, len(scans))
            for at in range(0, len(sent), 30):
                answer = post(app, worker, "check-ins/batch", {"items": sent[at:at + 30]})
                assert answer.status_code == 200, answer.json
                told += [(item["key"], item["status"], (item.get("check_in") or item["problem"]).get("id")) for item in answer.json["items"]]
        return told
    answers = at_once(app, upload, DEVICES, seconds=60 + AGAIN)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    told = Counter(each for answer in answers for each in answer)
    assert {(key, status) for key, status, _ in told} == {(scan["key"], 201) for scan in scans} and len(told) == len(scans), "one answer for each"
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == len(scans)


def leaves():
    """How many tokens of each session that goes on could be spent."""
    db.session.rollback()
    return dict(db.session.execute(select(Session.id, func.count(RefreshToken.id)).outerjoin(
        RefreshToken, (RefreshToken.session_id == Session.id) & RefreshToken.spent_at.is_(None) & RefreshToken.revoked_at.is_(None))
        .where(Session.ended_at.is_(None)).group_by(Session.id)).all())


def refresh(app, token):
    return app.test_client().post("/api/v1/auth/refresh", json={"refresh_token": token})


@pytest.mark.parametrize(("at_the_same_time", "goes_on"), [(1, True), (2, True), (3, False), (6, False)])
def test_a_session_never_has_two_tokens_that_can_be_spent(app, li, settings, at_the_same_time, goes_on):
    """The second at once may be asking for a lost answer, and takes the place of the first; a third is a thief."""
    for _ in range(max(1, AGAIN // 25)):
        first = sign_in.begin(li, settings=settings, now=NOON).refresh_token
        db.session.commit()
        answers = at_once(app, lambda i, first=first: refresh(app, first), at_the_same_time)
        seen = Counter(answer.json.get("code") for answer in answers)
        assert set(seen) <= {None, "refresh_reused", "unauthenticated"} and 1 <= seen[None] <= 2
        assert list(leaves().values()) == ([1] if goes_on else [])
        given = [answer.json["refresh_token"] for answer in answers if answer.status_code == 200]
        carried_on = [reply.status_code for reply in (refresh(app, token) for token in given)]
        assert carried_on.count(200) <= 1
        if at_the_same_time > 1:  # the one that was withdrawn was shown: the session is over
            assert leaves() == {}
        sign_in.end_all(li.id, NOON)
        db.session.commit()


def test_a_session_would_have_two(app, li, settings, monkeypatch):
    first = sign_in.begin(li, settings=settings, now=NOON).refresh_token
    db.session.commit()

    def lost(*_):
        look_away(0.05)
        return True
    monkeypatch.setattr(sign_in, "_is_lost_answer", lost)
    at_once(app, lambda i: refresh(app, first), 3)
    assert max(leaves().values()) > 1
