"""Messages for the outside: written with the change, sent by the worker after the commit.

At least once: who dies between sending and `sent` leaves a lease that runs out, and the message goes
again under the same id, by which the receiver knows it. A relay marks the exact ids it sent.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from uuid_utils.compat import uuid7

from models import OutboxMessage, db

LEASE = timedelta(minutes=1)
WAITS = (timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
LONGEST_ERROR = 500
KEPT = timedelta(days=30)  # after it was sent
LONGEST_POSTPONED = timedelta(days=2)


class Postpone(Exception):
    """Not now, through no fault of the message: again in so many seconds."""

    def __init__(self, seconds: float, said: str = ""):
        super().__init__(said)
        self.seconds = seconds


class GiveUp(Exception):
    """It will never be sent; the reason is kept with it."""


def enqueue(topic: str, payload: dict, now: datetime, *, under: UUID | None = None) -> UUID:
    """To be sent once the present transaction commits, under the id of the row it is about, or one of its own.

    `payload` holds ids and codes, nothing that is sealed elsewhere.
    """
    message = OutboxMessage(id=under or uuid7(), topic=topic, payload=payload, not_before=now, created_at=now)
    db.session.add(message)
    db.session.flush()
    return message.id


def lease(owner: str, *, now: datetime, most: int = 20) -> list[OutboxMessage]:
    """Take messages that are due, or whose relay died, for a minute. Commit before sending."""
    due = (select(OutboxMessage.id).where(
        or_(OutboxMessage.state == "new", (OutboxMessage.state == "leased") & (OutboxMessage.lease_until <= now)),
        OutboxMessage.not_before <= now).order_by(OutboxMessage.not_before).limit(most).with_for_update(skip_locked=True))
    taken = (update(OutboxMessage).where(OutboxMessage.id.in_(due))
             .values(state="leased", lease_owner=owner, lease_until=now + LEASE, attempts=OutboxMessage.attempts + 1)
             .returning(OutboxMessage).execution_options(synchronize_session=False, populate_existing=True))
    return sorted(db.session.scalars(taken).all(), key=lambda message: message.id)


def sent(message_id: UUID, owner: str) -> bool:
    """Mark it done; False where the lease ran out meanwhile and another relay has it."""
    return _release(message_id, owner, state="done", error=None)


def still_mine(message_id: UUID, owner: str, *, now: datetime) -> bool:
    """Take the lease for another minute, before sending; False where it ran out and another relay has the message."""
    mine = (OutboxMessage.id == message_id, OutboxMessage.lease_owner == owner, OutboxMessage.state == "leased")
    return db.session.execute(update(OutboxMessage).where(*mine).values(lease_until=now + LEASE)
                              .execution_options(synchronize_session=False)).rowcount == 1


def postponed(message: OutboxMessage, owner: str, error: str, seconds: float, *, now: datetime) -> bool:
    """Send it again after so many seconds; a message two days old is dead all the same."""
    if now - message.created_at > LONGEST_POSTPONED:
        return _release(message.id, owner, state="dead", error=error[:LONGEST_ERROR])
    return _release(message.id, owner, state="new", error=error[:LONGEST_ERROR], not_before=now + timedelta(seconds=seconds),
                    attempts=OutboxMessage.attempts - 1)


def given_up(message_id: UUID, owner: str, error: str) -> bool:
    return _release(message_id, owner, state="dead", error=error[:LONGEST_ERROR])


def failed(message: OutboxMessage, owner: str, error: str, *, now: datetime) -> bool:
    """Send it again later, ever later; after the last wait it is dead, for a person to look at."""
    error = error[:LONGEST_ERROR]
    if message.attempts > len(WAITS):
        return _release(message.id, owner, state="dead", error=error)
    return _release(message.id, owner, state="new", error=error, not_before=now + WAITS[message.attempts - 1])


@dataclass(frozen=True)
class Held:
    """What is in the outbox and not sent: how many wait, since when the first of them is due, and how many were given up."""

    waiting: int = 0
    due_at: datetime | None = None
    dead: int = 0


def held() -> Held:
    """In one statement, which reads what is not done and nothing else."""
    of_state = (select(OutboxMessage.state, func.count(), func.min(OutboxMessage.not_before))
                .where(OutboxMessage.state.in_(("new", "leased", "dead"))).group_by(OutboxMessage.state))
    found = {state: (count, due_at) for state, count, due_at in db.session.execute(of_state)}
    waiting = [found[state] for state in ("new", "leased") if state in found]
    return Held(waiting=sum(count for count, _ in waiting), due_at=min((due_at for _, due_at in waiting), default=None),
                dead=found.get("dead", (0, None))[0])


def hold(message_id: UUID) -> None:
    """Keep one from everybody else until the commit."""
    db.session.execute(select(OutboxMessage.id).where(OutboxMessage.id == message_id).with_for_update())


def put_back(message_id: UUID, *, now: datetime) -> None:
    """A dead one is new again, with all its tries before it."""
    db.session.execute(update(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state == "dead").values(
        state="new", attempts=0, error=None, not_before=now, created_at=now).execution_options(synchronize_session=False))


def forget(message_id: UUID) -> None:
    """A dead one is no more."""
    db.session.execute(delete(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state == "dead")
                       .execution_options(synchronize_session=False))


def forget_sent(now: datetime, *, most: int = 500) -> int:
    """What was sent long ago, a batch at a time; gives how many."""
    old = (select(OutboxMessage.id).where(OutboxMessage.state == "done", OutboxMessage.not_before < now - KEPT)
           .order_by(OutboxMessage.not_before).limit(most))
    return db.session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(old), OutboxMessage.state == "done")
                              .execution_options(synchronize_session=False)).rowcount


def _release(message_id: UUID, owner: str, **values) -> bool:
    mine = (OutboxMessage.id == message_id, OutboxMessage.lease_owner == owner, OutboxMessage.state == "leased")
    changed = update(OutboxMessage).where(*mine).values(lease_owner=None, lease_until=None, **values)
    return db.session.execute(changed.execution_options(synchronize_session=False)).rowcount == 1
