"""What the outbox gave up: who sees it, what sending it again does, and that letting it go is final and loses nobody's news."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import AuditRow, ContentCheck, Message, OutboxMessage, Topic, db
from services.messages import messages, notices, subscriptions, unsent
from services.refusals import Forbidden, NotFound

SEND = "/cgi-bin/message/subscribe/send"


@pytest.fixture
def given_up(li, settings, order, work, clock):
    """A message for Li's phone that WeChat refused once for all."""
    order("subscriptions", name="li-na", template_id="T-record", result="accept")
    subscriptions.answered("T-record", "accept", by=li, settings=settings, now=clock.now)
    messages.tell(li.id, Topic.RECORD_CREDITED, now=clock.now, points=7)
    db.session.commit()
    order("faults", path=SEND, errcode=40037, times=1)
    work()
    return db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.state == "dead")).one()


@pytest.fixture
def unasked(as_, li, town, key, clock):
    """Words of Li's that WeChat was never asked about: the outbox gave up."""
    record = as_(li).post("/api/v1/activity-records", headers=key(), json={
        "category": "care", "description": "帮邻居买药", "area_id": str(town.grid_a.id), "started_at": "2026-05-06T01:00:00Z",
        "ended_at": "2026-05-06T02:00:00Z"}).json
    message = db.session.scalars(select(OutboxMessage)).one()
    message.state, message.attempts, message.error = "dead", 6, "Unavailable: no answer"
    db.session.commit()
    return message.id, record["id"]


def state_of(unsent_id):
    row = db.session.get(OutboxMessage, unsent_id, populate_existing=True)
    return row and row.state


def acts():
    return db.session.execute(select(AuditRow.action, AuditRow.detail).where(AuditRow.target_type == "outbox_message")).all()


def test_it_is_seen_where_the_person_lives_and_nowhere_else(given_up, zhao, sun, zhou, clock):
    for who, seen in ((zhao, 1), (sun, 1), (zhou, 0)):
        assert unsent.count(who, clock.now) == seen
    row = unsent.find(given_up, by=sun, now=clock.now)
    assert (row.topic, row.display_name, row.attempts, row.error) == ("record_credited", "李娜", 1, "Refused: errcode 40037: template")
    with pytest.raises(NotFound):
        unsent.find(given_up, by=zhou, now=clock.now)


def test_sent_again_it_arrives_and_is_in_the_list_no_more(given_up, zhao, work, sent, clock):
    unsent.send_again(given_up, by=zhao, now=clock.now)
    db.session.commit()
    work()
    assert (len(sent()), state_of(given_up), unsent.count(zhao, clock.now)) == (1, "done", 0)
    assert acts() == [("outbox_message.send_again", {"attempts": 1})]
    with pytest.raises(NotFound):
        unsent.send_again(given_up, by=zhao, now=clock.now)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=1)])
def test_what_is_twelve_hours_old_is_not_sent_again(given_up, zhao, clock, later):
    last = db.session.get(Message, given_up).at + notices.STALE_AFTER - timedelta(seconds=1)
    unsent.send_again(given_up, by=zhao, now=last)
    db.session.rollback()
    with pytest.raises(unsent.TooLateForPhone):
        unsent.send_again(given_up, by=zhao, now=last + timedelta(seconds=1) + later)
    assert (state_of(given_up), acts()) == ("dead", [])


def test_what_was_read_meanwhile_is_not_sent_again(given_up, zhao, li, clock):
    messages.read(given_up, by=li, now=clock.now)
    with pytest.raises(unsent.TooLateForPhone):
        unsent.send_again(given_up, by=zhao, now=clock.now)


def test_let_go_it_leaves_the_outbox_and_stays_in_the_inbox(given_up, zhao, li, work, sent, clock):
    unsent.let_go(given_up, reason="换了模板", by=zhao, now=clock.now)
    db.session.commit()
    work()
    assert (state_of(given_up), sent(), messages.unread_count(li)) == (None, [], 1)
    assert acts() == [("outbox_message.let_go", {"attempts": 1, "reason": "换了模板"})]


def test_words_are_asked_about_again(unasked, zhao, work, clock):
    unsent_id, _ = unasked
    clock.now += timedelta(days=9)
    unsent.send_again(unsent_id, by=zhao, now=clock.now)
    db.session.commit()
    work()
    assert (db.session.get(ContentCheck, unsent_id, populate_existing=True).state, state_of(unsent_id)) == ("passed", "done")


def test_words_let_go_are_left_to_people(unasked, zhao, as_, wang, clock):
    unsent_id, record_id = unasked
    unsent.let_go(unsent_id, reason="x", by=zhao, now=clock.now)
    db.session.commit()
    assert as_(wang).get(f"/api/v1/activity-records/{record_id}").json["text_state"] == "review"


@pytest.mark.parametrize("act", [unsent.send_again, lambda unsent_id, **by: unsent.let_go(unsent_id, reason="x", **by)])
def test_who_only_looks_or_is_of_elsewhere_does_nothing_with_it(given_up, sun, zhou, clock, act):
    for who, refusal in ((sun, Forbidden), (zhou, NotFound)):
        with pytest.raises(refusal):
            act(given_up, by=who, now=clock.now)
    assert (state_of(given_up), acts()) == ("dead", [])
