"""Records taken away before anybody decided them: by the resident, or with what they were made of."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from models import ActivityRecord, CheckIn, Person, RecordStatus, RecordStep, db
from services.access import reach
from services.records import steps
from services.refusals import Forbidden, NotFound


def withdraw(record_id: UUID, *, by: Person, now: datetime) -> ActivityRecord:
    """By the resident it is about, also by its name before they were joined, while it is pending: they would rather it were not there.

    Forbidden to staff and auditors who only see it; NotFound to everybody else.
    """
    found = steps.locked(record_id)
    record = found.record
    if found.person_id != by.id:
        raise Forbidden if reach.reaches(by, record.area, reach.READERS, now) else NotFound
    if record.status != RecordStatus.PENDING:
        raise steps.AlreadyDecided
    steps.take(record, "withdraw", by, now)
    return record


def withdraw_annulled(record_id: UUID, *, by: Person, now: datetime, reason: str) -> None:
    """A check-in was annulled: the record made of it goes too, unless it has been decided."""
    record = steps.locked(record_id).record
    if record.status == RecordStatus.WITHDRAWN:
        return
    if record.status != RecordStatus.PENDING:
        raise steps.AlreadyDecided
    steps.take(record, "withdraw", by, now, note=reason)
    db.session.execute(update(CheckIn).where(CheckIn.activity_record_id == record.id).values(activity_record_id=None))


def withdraw_undecided(*which, by: Person | None = None, now: datetime) -> None:
    """Withdraw those that nobody has credited or rejected yet, of the records that the conditions name."""
    undecided = select(ActivityRecord.id).where(ActivityRecord.status.in_(steps.UNDECIDED), *which)
    ids = db.session.scalars(undecided.order_by(ActivityRecord.id).with_for_update(of=ActivityRecord)).all()
    if not ids:
        return
    db.session.execute(update(ActivityRecord).where(ActivityRecord.id.in_(ids)).values(
        status=RecordStatus.WITHDRAWN, version=ActivityRecord.version + 1).execution_options(synchronize_session=False))
    db.session.execute(insert(RecordStep), [
        {"record_id": record_id, "action": "withdraw", "by_id": by and by.id, "at": now} for record_id in ids])
