"""Who signed up and who is there, as the people at the door and the resident themself see it."""
from uuid import UUID

from sqlalchemy import func, select

from models import CheckIn, Direction, Event, Person, SignUp, db


def _live_at(direction: Direction):
    """When somebody was scanned in or out, of check-ins that stand."""
    return func.max(CheckIn.at).filter(CheckIn.direction == direction)


def times_of(person_id: UUID, event_ids: list[UUID]) -> dict[UUID, tuple]:
    """(checked in at, checked out at) of one person at each of these events where there is either."""
    rows = db.session.execute(select(CheckIn.event_id, _live_at(Direction.IN), _live_at(Direction.OUT)).where(
        CheckIn.resident_id == person_id, CheckIn.event_id.in_(event_ids), CheckIn.annulled_at.is_(None)).group_by(CheckIn.event_id))
    return {event_id: (came, left) for event_id, came, left in rows}


def at_event(event: Event):
    """A select of the event's sign-ups, each with its person's name and when they came and left. Checking in signs up who had not."""
    live = (select(CheckIn.resident_id, _live_at(Direction.IN).label("checked_in_at"), _live_at(Direction.OUT).label("checked_out_at"))
            .where(CheckIn.event_id == event.id, CheckIn.annulled_at.is_(None)).group_by(CheckIn.resident_id).subquery())
    return (select(SignUp.id, SignUp.event_id, SignUp.resident_id, SignUp.status, SignUp.at, Person.display_name,
                   live.c.checked_in_at, live.c.checked_out_at)
            .join(Person, Person.id == SignUp.resident_id).outerjoin(live, live.c.resident_id == SignUp.resident_id)
            .where(SignUp.event_id == event.id, SignUp.status != "cancelled"))
