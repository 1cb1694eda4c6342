"""What the outbox gave up: seen where the person lives whom it concerns, and sent again or let go by an admin there."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from models import OVERSIGHT, Area, ContentCheck, Message, OutboxMessage, Person, Role, db
from services import outbox
from services.access import reach
from services.audit import audit
from services.messages import notices
from services.refusals import N_, Conflict, NotFound
from services.wechat import content


class TooLateForPhone(Conflict):
    message = N_("This is too old to ring a phone: the person has it in their inbox.")


def search(by: Person, now: datetime):
    """A select of rows: a message's `topic`, or the `target_type` that WeChat was to be asked about; whom it concerns, and why it was not sent."""
    whose = func.coalesce(Message.person_id, ContentCheck.author_id)
    return (select(OutboxMessage.id, OutboxMessage.created_at, OutboxMessage.attempts, OutboxMessage.error, Message.topic, Message.at,
                   Message.read_at, ContentCheck.target_type, Person.display_name, Area)
            .outerjoin(Message, Message.id == OutboxMessage.id).outerjoin(ContentCheck, ContentCheck.id == OutboxMessage.id)
            .join(Person, Person.id == whose).join(Area, Area.id == Person.home_area_id)
            .where(OutboxMessage.state == "dead", reach.areas_condition(by, OVERSIGHT, now)))


def find(unsent_id: UUID, *, by: Person, now: datetime):
    """One row of it. NotFound for what is not there, or no more."""
    row = db.session.execute(search(by, now).where(OutboxMessage.id == unsent_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def count(by: Person, now: datetime) -> int:
    return db.session.scalar(search(by, now).with_only_columns(func.count(), maintain_column_froms=True))


def is_too_late(row, now: datetime) -> bool:
    """A message that was read, or is too old to ring a phone; words and pictures can always be asked about."""
    return row.topic is not None and (row.read_at is not None or row.at <= now - notices.STALE_AFTER)


def send_again(unsent_id: UUID, *, by: Person, now: datetime) -> None:
    """From the first try on, with the worker's next round. TooLateForPhone for a message that would ring nobody's phone any more."""
    row = _held(unsent_id, by, now)
    if is_too_late(row, now):
        raise TooLateForPhone
    if row.topic is not None:
        notices.put_back(row.id)
    outbox.put_back(row.id, now=now)
    _write("send_again", row, by, now)


def let_go(unsent_id: UUID, *, by: Person, now: datetime, reason: str) -> None:
    """It will not be sent, and leaves the outbox. A message stays in its inbox; words and pictures are left to people."""
    row = _held(unsent_id, by, now)
    if row.topic is None:
        content.answered(row.id, "review", None, now=now)
    outbox.forget(row.id)
    _write("let_go", row, by, now, reason=reason)


def _held(unsent_id: UUID, by: Person, now: datetime):
    """The row, kept from others until the commit. NotFound as in `find`; Forbidden for who only looks at it."""
    outbox.hold(unsent_id)
    row = find(unsent_id, by=by, now=now)
    reach.require(by, row.Area, [Role.AREA_ADMIN], now)
    return row


def _write(verb: str, row, by: Person, now: datetime, **detail) -> None:
    audit.write(f"outbox_message.{verb}", "outbox_message", row.id, by=by.id, area_id=row.Area.id, now=now, attempts=row.attempts, **detail)
