"""WeChat says nothing to one of our calls: the worker waits once, and does all the rest."""
import time

import pytest
from sqlalchemy import func, select

from models import ContentCheck, Delivery, OutboxMessage, Topic, db
from services.messages import messages, subscriptions

SEND, CHECK = "/cgi-bin/message/subscribe/send", "/wxa/msg_sec_check"


@pytest.fixture
def full_outbox(li, zhang, settings, order, clock, as_, town, key):
    """Six messages to two phones, then words to ask about."""
    for person, name in ((li, "li-na"), (zhang, "zhang-wei")):
        for _ in range(3):
            order("subscriptions", name=name, template_id="T-record", result="accept")
            subscriptions.answered("T-record", "accept", by=person, settings=settings, now=clock.now)
            messages.tell(person.id, Topic.RECORD_CREDITED, now=clock.now, points=7)
    db.session.commit()
    as_(li).post("/api/v1/activity-records", headers=key(), json={
        "category": "care", "description": "帮邻居买药", "area_id": str(town.grid_a.id), "started_at": "2026-05-06T01:00:00Z",
        "ended_at": "2026-05-06T02:00:00Z"})


def test_a_round_of_work_waits_once_and_asks_about_everything_else(full_outbox, order, work, sent, clock):
    order("faults", path=SEND, delay_s=30, times=1000)
    began = time.monotonic()
    work()
    assert time.monotonic() - began < 8  # each alone is given up after three
    assert db.session.scalars(select(ContentCheck.state)).one() == "passed"
    assert dict(db.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all()) == {"unknown": 1, "waiting": 5}
    assert set(db.session.scalars(select(OutboxMessage.attempts).where(OutboxMessage.state == "new"))) == {0, 1}  # not asked is not tried
