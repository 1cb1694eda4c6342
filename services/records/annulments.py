"""Take a check-in back that was made by mistake."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from config import Settings
from models import STAFF, CheckIn, Direction, Event, EventStatus, Person, db
from services import sign_ups
from services.access import reach
from services.audit import audit
from services.check_ins import AlreadyCheckedOut
from services.people import people
from services.records import records, withdrawals
from services.refusals import N_, Conflict, Forbidden, NotFound


class AnnulTooLate(Conflict):
    message = N_("This can no longer be annulled; ask for the record to be rejected.")


def annul(check_in_id: UUID, *, by: Person, settings: Settings, now: datetime, reason: str) -> CheckIn:
    """By whoever made it, within the minutes for it; of another's presence only while they are staff there. The row stays, marked.

    A pending record made of it is withdrawn. A walk-in's place is free again; who has no check-out any more when the event is
    closed is treated as one who never checked out.
    """
    made, event = _locked(check_in_id, by, now)
    if made.resident_id != by.id:
        reach.require(by, event.area, STAFF, now)
    if made.annulled_at:
        raise Conflict
    if now - made.received_at > timedelta(minutes=settings.annul_minutes):
        raise AnnulTooLate
    if made.direction == Direction.IN and _has_left(made):
        raise AlreadyCheckedOut
    if made.activity_record_id and _made_the_record(made, event):
        withdrawals.withdraw_annulled(made.activity_record_id, by=by, now=now, reason=reason)
    made.annulled_at, made.annulled_reason = now, reason
    db.session.flush()
    _follow(made, event, now)
    if made.resident_id != by.id:
        audit.write("check_in.annul", "check_in", made.id, by=by.id, area_id=event.area_id, now=now)
    return made


def _locked(check_in_id: UUID, by: Person, now: datetime) -> tuple[CheckIn, Event]:
    """The event first, as everybody does who checks in, closes it or signs up. Forbidden to who sees it and did not make it."""
    found = db.session.get(CheckIn, check_in_id)
    if found is None:
        raise NotFound
    event = sign_ups.lock(found.event_id)
    if found.made_by_id != by.id:
        is_seen = people.is_one(by, found.resident_id) or reach.reaches(by, event.area, reach.READERS, now)
        raise Forbidden if is_seen else NotFound
    made = db.session.scalars(select(CheckIn).where(CheckIn.id == check_in_id).with_for_update()
                              .execution_options(populate_existing=True)).one()
    return made, event


def _made_the_record(made: CheckIn, event: Event) -> bool:
    """Where no check-out is required the check-in made it, and a check-out only names it."""
    return made.direction == Direction.IN or event.check_out_required


def _follow(made: CheckIn, event: Event, now: datetime) -> None:
    if made.direction == Direction.IN:
        sign_ups.end_walk_in(event, made, now=now)
    elif event.status == EventStatus.CLOSED:
        records.close_open_check_ins(event, now=now)


def _has_left(made: CheckIn) -> bool:
    return db.session.scalar(select(CheckIn.id).where(
        CheckIn.event_id == made.event_id, CheckIn.resident_id == made.resident_id, CheckIn.direction == Direction.OUT,
        CheckIn.annulled_at.is_(None)).limit(1)) is not None
