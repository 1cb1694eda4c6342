"""Places at an event, and the queue for them. `events.taken` is the count, held within capacity by the database.

The queue has two lines (services/measures/priority.py says who is in the first): the first moves up before the second, and in each
who came first. Nobody who has a place gives it up for somebody who waits.
"""
from datetime import datetime

from sqlalchemy import Row, bindparam, case, func, or_, select, tuple_, update
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from models import CheckIn, Direction, Event, EventStatus, Line, Person, SignUp, Topic, db
from models.statements import put, run
from services.measures import priority
from services.messages import messages
from services.people import people
from services.refusals import N_, Conflict, NotFound


class AlreadySignedUp(Conflict):
    message = N_("You have signed up already.")


class AlreadyCheckedIn(Conflict):
    message = N_("Checked in already.")


class EventOver(Conflict):
    message = N_("This event is over.")


class EventNotOpen(Conflict):
    message = N_("This event is not open.")


class EventCancelled(Conflict):
    message = N_("This event was called off.")


def sign_up(event: Event, person: Person, *, now: datetime) -> SignUp:
    """A place, or a place in the queue when there is no room."""
    people.hold(person)
    lock(event.id)
    if event.status == EventStatus.CANCELLED:
        raise EventCancelled
    if event.status == EventStatus.CLOSED or event.ends_at <= now:
        raise EventOver
    if event.status != EventStatus.PUBLISHED:
        raise EventNotOpen
    if of(event.id, person.id):
        raise AlreadySignedUp
    status, line = ("confirmed", Line.OTHERS) if take_place(event.id) else ("waitlisted", priority.line_of(person, event, now=now))
    row = SignUp(id=uuid7(), event_id=event.id, resident_id=person.id, status=status, line=line, at=now)
    db.session.add(row)
    db.session.flush()
    messages.tell(person.id, Topic.SIGNED_UP if status == "confirmed" else Topic.WAITLISTED, now=now, event_id=event.id)
    return row


def lock(event_id) -> Event:
    """The event as it is now, for its places: before the commit nobody checks in there, closes it or calls it off."""
    return db.session.scalars(select(Event).where(Event.id == event_id).with_for_update(of=Event)
                              .execution_options(populate_existing=True)).one()


def of(event_id, person_id) -> SignUp | None:
    return db.session.scalars(select(SignUp).where(
        SignUp.event_id == event_id, SignUp.resident_id == person_id, SignUp.status != "cancelled")).one_or_none()


def standing(person_id, event_ids) -> list[Row]:
    """The live sign-ups of one person: event_id, status, and waiting_position from 1 for who waits, else None. One statement."""
    ahead = aliased(SignUp)
    position = (select(func.count()).where(ahead.event_id == SignUp.event_id, ahead.status == "waitlisted",
                                           tuple_(ahead.line, ahead.id) <= tuple_(SignUp.line, SignUp.id))
                .correlate(SignUp).scalar_subquery())
    return db.session.execute(select(SignUp.event_id, SignUp.status, case((SignUp.status == "waitlisted", position)).label("waiting_position")).where(
        SignUp.resident_id == person_id, SignUp.event_id.in_(event_ids), SignUp.status != "cancelled")).all()


def taking_place(event_id):
    """The guarded update of one place less."""
    return update(Event.__table__).where(Event.id == event_id, or_(Event.capacity.is_(None), Event.taken < Event.capacity)).values(
        taken=Event.taken + 1)


TAKE_PLACE = taking_place(bindparam("event_id"))


def take_place(event_id) -> bool:
    """One place less, if there is one: the guarded update is the judge of every race for the last."""
    return run(TAKE_PLACE, {"event_id": event_id}).rowcount == 1


def confirm_at_once(event_id, person_id, *, at: datetime) -> None:
    """A sign-up made by coming, for a place that was taken."""
    put(SignUp, {"id": uuid7(), "event_id": event_id, "resident_id": person_id, "status": "confirmed", "at": at})


def move_up_by_coming(event_id, person_id) -> None:
    """A place that was taken is for somebody who waits, and came."""
    waited = db.session.execute(update(SignUp).where(
        SignUp.event_id == event_id, SignUp.resident_id == person_id, SignUp.status == "waitlisted")
        .values(status="confirmed", line=Line.OTHERS).execution_options(synchronize_session=False))
    if waited.rowcount == 0:  # moved up meanwhile: the place is theirs already
        give_place_back(event_id)


def give_place_back(event_id) -> None:
    db.session.execute(update(Event).where(Event.id == event_id).values(taken=Event.taken - 1)
                       .execution_options(synchronize_session=False))


def withdraw(event: Event, person: Person, *, now: datetime) -> None:
    """Give the place back; the first in the queue moves up. NotFound where there is no sign-up, AlreadyCheckedIn for who is there."""
    if event.ends_at <= now:
        raise EventOver
    lock(event.id)
    row = of(event.id, person.id)
    if row is None:
        raise NotFound
    if came := _check_in(event.id, person.id):
        raise AlreadyCheckedIn(check_in_id=str(came.id), at=came.at)
    end(row, event, now=now)


def _check_in(event_id, person_id):
    return db.session.execute(select(CheckIn.id, CheckIn.at).where(
        CheckIn.event_id == event_id, CheckIn.resident_id == person_id, CheckIn.direction == Direction.IN,
        CheckIn.annulled_at.is_(None))).one_or_none()


def end_walk_in(event: Event, came: CheckIn, *, now: datetime) -> None:
    """Give back the place at a locked event that this check-in took: who had signed up before it keeps theirs."""
    row = of(event.id, came.resident_id)
    if row and row.at == came.at:  # checking in signs up at the very moment of the check-in
        end(row, event, now=now)


def end(row: SignUp, event: Event, *, now: datetime) -> None:
    """Cancel a sign-up of a locked event; while it is open the first in the queue takes the place."""
    held = row.status == "confirmed"
    _stop_waiting(row, "cancelled")
    is_open = event.status == EventStatus.PUBLISHED and event.ends_at > now
    if held and not (is_open and _move_up(event.id, now)):
        give_place_back(event.id)


def _move_up(event_id, now: datetime) -> bool:
    """The first waiting takes the place that was given back, so the count stays."""
    first = db.session.scalars(_queue(event_id).limit(1)).first()
    if first is None:
        return False
    _stop_waiting(first, "confirmed")
    messages.tell(first.resident_id, Topic.MOVED_UP, now=now, event_id=event_id)
    return True


def _queue(event_id):
    """A select of who waits, in the order of moving up. The event is locked."""
    return (select(SignUp).filter_by(event_id=event_id, status="waitlisted").order_by(SignUp.line, SignUp.id)
            .execution_options(populate_existing=True))


def _stop_waiting(row: SignUp, status: str) -> None:
    row.status, row.line = status, Line.OTHERS
    db.session.flush()


def fill(event: Event, *, now: datetime) -> None:
    """Give the room that an edit of a locked event made to those who wait, in their order; the others are not read."""
    room, moved = db.session.scalar(select(Event.capacity - Event.taken).where(Event.id == event.id)), []  # None: room for all
    for row in db.session.scalars(_queue(event.id).limit(room)).all():
        if not take_place(event.id):
            break
        _stop_waiting(row, "confirmed")
        moved.append(row.resident_id)
    messages.tell(moved, Topic.MOVED_UP, now=now, event_id=event.id)
    db.session.refresh(event, ["taken"])


def tell_cancelled(event: Event, *, now: datetime) -> None:
    """Everybody who has a place or waits for one learns that the event was called off."""
    expecting = db.session.scalars(select(SignUp.resident_id).where(SignUp.event_id == event.id, SignUp.status != "cancelled"))
    messages.tell(expecting.all(), Topic.EVENT_CANCELLED, now=now, event_id=event.id)
