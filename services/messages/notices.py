"""Messages on their way to phones: into the outbox where there is a right, and out one at a time for each person.

Sent at least once: who dies in between goes again, unless WeChat has said that it arrived. Nothing is sent twice knowingly.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from config import Settings
from models import Delivery, Message, OutboxMessage, Person, SubscriptionRight, db, insert_or
from services.messages import subscriptions
from services.messages.message_templates import KIND_OF, Template, templates

OUTBOX_TOPIC = "notice"
STALE_AFTER = timedelta(hours=12)  # older news is in the inbox; a phone need not ring for it
ON_THE_WAY = ("sending", "waiting", "unknown")


class BeingWritten(Exception):
    """Another message is on its way to this phone: one at a time."""


@dataclass(frozen=True)
class Notice:
    """A message that may go out now: the turn is taken, and one right is there for it."""

    message: Message
    person: Person
    openid: str
    template: Template


def hand_out(settings: Settings, now: datetime, *, most: int = 200) -> int:
    """Put what may ring a phone into the outbox, under the message's own id, and mark all that was looked at; gives how many."""
    fresh = db.session.execute(
        select(Message.id, Message.topic, Message.person_id, Message.at, Message.request_id)
        .where(Message.noticed_at.is_(None)).order_by(Message.id).limit(most).with_for_update(skip_locked=True)).all()
    if not fresh:
        return 0
    may = subscriptions.kinds_open_to({row.person_id for row in fresh}, settings)
    due = [row for row in fresh if (row.person_id, KIND_OF.get(row.topic)) in may and row.at > now - STALE_AFTER]
    if due:
        db.session.execute(insert(OutboxMessage), [
            {"id": row.id, "topic": OUTBOX_TOPIC, "payload": {}, "not_before": now, "created_at": now, "request_id": row.request_id}
            for row in due])
    db.session.execute(update(Message).where(Message.id.in_([row.id for row in fresh])).values(noticed_at=now)
                       .execution_options(synchronize_session=False))
    return len(fresh)


def begin(message_id: UUID, *, settings: Settings, now: datetime) -> Notice | None:
    """Take the phone's turn for this message. None where it need not or may not go; BeingWritten while another is on its way:
    then roll back.

    Commit before sending: whoever dies in between is known by a delivery that is still `sending`, and goes again.
    """
    known = db.session.get(Delivery, message_id, populate_existing=True)
    if known and known.state == "sending":  # whoever sent it died: it may have arrived, and holds the phone no longer
        known.state = "unknown"
        db.session.flush()
    message = db.session.get(Message, message_id)
    template = message and templates(settings).get(KIND_OF.get(message.topic))
    if template is None or message.read_at or message.at <= now - STALE_AFTER:
        return None
    if known and known.state in ("sent", "failed"):
        return None
    openid = subscriptions.openid_with_right(message.person_id, template.id, settings)
    if openid is None:
        return None
    _take_turn(message_id, openid, template.id, settings, now)
    return Notice(message, db.session.get_one(Person, message.person_id), openid, template)


def _take_turn(message_id: UUID, openid: str, template_id: str, settings: Settings, now: datetime) -> None:
    """The unique index lets one delivery at a time be on its way to an openid, also of two that look at the same moment."""
    values = {"app_id": settings.wechat_app_id, "openid": openid, "template_id": template_id, "state": "sending", "began_at": now}
    busy = select(Delivery.message_id).where(Delivery.app_id == settings.wechat_app_id, Delivery.openid == openid,
                                             Delivery.state == "sending", Delivery.message_id != message_id)
    if db.session.scalar(busy.limit(1)):
        raise BeingWritten
    try:
        db.session.execute(insert_or(Delivery).values(message_id=message_id, **values).on_conflict_do_update(
            index_elements=["message_id"], set_=values).execution_options(synchronize_session=False))
    except IntegrityError:
        raise BeingWritten from None


def done(message_id: UUID, platform_id: str | None, *, now: datetime) -> None:
    """It went out: one right less. Told twice (by the answer and by a push), it counts once."""
    won = db.session.execute(update(Delivery).where(Delivery.message_id == message_id, Delivery.state.in_(ON_THE_WAY)).values(
        state="sent", platform_id=platform_id, ended_at=now).returning(Delivery.app_id, Delivery.openid, Delivery.template_id)
        .execution_options(synchronize_session=False)).first()
    if won:
        db.session.execute(update(SubscriptionRight).where(
            SubscriptionRight.app_id == won.app_id, SubscriptionRight.openid == won.openid,
            SubscriptionRight.template_id == won.template_id, SubscriptionRight.rights > 0).values(
            rights=SubscriptionRight.rights - 1, changed_at=now).execution_options(synchronize_session=False))


def stopped(message_id: UUID, state: str, error: str, *, now: datetime) -> None:
    """It did not go out: `waiting` to be tried again, `unknown` where the answer was lost, or `failed`. The phone is free for another."""
    db.session.execute(update(Delivery).where(Delivery.message_id == message_id, Delivery.state == "sending").values(
        state=state, error=error[:500], ended_at=now).execution_options(synchronize_session=False))


def put_back(message_id: UUID) -> None:
    """One that failed may be tried again."""
    db.session.execute(update(Delivery).where(Delivery.message_id == message_id, Delivery.state == "failed").values(state="waiting")
                       .execution_options(synchronize_session=False))


def sent_by_push(openid: str, template_id: str, platform_id: str, failed: str | None, *, settings: Settings, now: datetime) -> None:
    """WeChat says that a message arrived, or why not. It settles the one whose answer we may have lost.

    Whether the answer is known, and which one is open, are asked at once: in between, the next message could have taken the phone's turn.
    """
    mine = (Delivery.app_id == settings.wechat_app_id) & (Delivery.openid == openid)
    if failed:
        db.session.execute(update(Delivery).where(mine, Delivery.platform_id == platform_id, Delivery.state == "sent").values(
            state="failed", error=failed[:500]).execution_options(synchronize_session=False))
        return
    other = aliased(Delivery)
    is_known = select(other.message_id).where(other.app_id == settings.wechat_app_id, other.openid == openid, other.platform_id == platform_id)
    open_ones = select(Delivery.message_id).where(
        mine, Delivery.template_id == template_id, Delivery.state.in_(("sending", "unknown")), ~is_known.exists()).order_by(
        case((Delivery.state == "sending", 0), else_=1), Delivery.began_at).limit(1)
    if message_id := db.session.scalar(open_ones):
        done(message_id, platform_id, now=now)
