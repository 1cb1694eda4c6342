"""Take a check-in back that was made by mistake."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from config import Settings
from models import CheckIn, Direction, Event, Person, db
from services import approvals, audit
from services.check_ins import AlreadyCheckedOut
from services.refusals import N_, Conflict, NotFound


class AnnulTooLate(Conflict):
    message = N_("This can no longer be annulled; ask for the record to be rejected.")


def annul(check_in_id: UUID, *, by: Person, settings: Settings, now: datetime, reason: str) -> CheckIn:
    """By whoever made it, within the minutes for it. The row stays, marked; a pending record made of it is withdrawn."""
    made = db.session.scalars(select(CheckIn).where(CheckIn.id == check_in_id).with_for_update()).one_or_none()
    if made is None or made.made_by_id != by.id:
        raise NotFound
    if made.annulled_at:
        raise Conflict
    if now - made.received_at > timedelta(minutes=settings.annul_minutes):
        raise AnnulTooLate
    if made.direction == Direction.IN and _has_left(made):
        raise AlreadyCheckedOut
    if made.activity_record_id:
        approvals.withdraw_annulled(made.activity_record_id, by=by, now=now, reason=reason)
    made.annulled_at, made.annulled_reason = now, reason
    db.session.flush()
    if made.resident_id != by.id:
        audit.write("check_in.annul", "check_in", made.id, by=by.id, area_id=db.session.get_one(Event, made.event_id).area_id, now=now)
    return made


def _has_left(made: CheckIn) -> bool:
    return db.session.scalar(select(CheckIn.id).where(
        CheckIn.event_id == made.event_id, CheckIn.resident_id == made.resident_id, CheckIn.direction == Direction.OUT,
        CheckIn.annulled_at.is_(None)).limit(1)) is not None
