"""The steps of a record's life: which there are, and how one is taken. Nothing else changes a record's status."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm.attributes import set_committed_value
from uuid_utils.compat import uuid7

from models import ActivityRecord, Area, AreaRules, Event, Person, RecordStatus, RecordStep
from models.objects import Parts, made
from models.shapes import Ahead, Changed
from models.statements import as_read, change, put_late, run
from services.audit import audit
from services.refusals import N_, Conflict, NotAllowed, NotFound

STEPS = {
    (RecordStatus.PENDING, "approve"): RecordStatus.APPROVED,
    (RecordStatus.PENDING, "reject"): RecordStatus.REJECTED,
    (RecordStatus.PENDING, "withdraw"): RecordStatus.WITHDRAWN,
    (RecordStatus.APPROVED, "withdraw"): RecordStatus.WITHDRAWN,
    (RecordStatus.APPROVED, "credit"): RecordStatus.CREDITED,
    (RecordStatus.APPROVED, "uphold"): RecordStatus.REJECTED,
    (RecordStatus.REJECTED, "uphold"): RecordStatus.PENDING,
    (RecordStatus.CREDITED, "reverse"): RecordStatus.REVERSED,
}
UNDECIDED = (RecordStatus.PENDING, RecordStatus.APPROVED)


class OwnRecord(NotAllowed):
    message = N_("This is about yourself or your household: somebody else has to do it.")


class AlreadyDecided(Conflict):
    message = N_("This record has been decided already.")


@dataclass(frozen=True)
class Locked:
    """A record, locked, with its area and history; its area's days of notice, its event's state, who it is about, and the row that was read."""

    record: ActivityRecord
    notice_days: int
    event_status: str | None
    person_id: UUID
    household_id: UUID | None
    row: tuple


_PARTS = Parts({ActivityRecord: (), Area: (), RecordStep: ()})


# It goes ahead, so that what is read sees what was done meanwhile. Who waits for the lock in the statement that also reads the history is given
# the record as it is then, and beside it what stood there before: an approval that came just before would be missed.
_LOCK = Ahead(select(ActivityRecord.id).where(ActivityRecord.id == bindparam("record_id")).with_for_update(of=ActivityRecord), ("record_id",))


def with_what(beside=(), join=lambda tables: tables):
    """The statement for `locked` that also reads these columns, of what `join` joins: of the area, and of `Person`, whom the record is about."""
    named, over = Person.__table__.alias("named"), Area.__table__.alias("over")
    notice_days = (select(AreaRules.notice_days).join(over, over.c.id == AreaRules.area_id)
                   .where(func.substr(Area.path, 1, func.length(over.c.path)) == over.c.path)
                   .order_by(over.c.path.desc()).limit(1).correlate(Area).scalar_subquery())
    tables = (ActivityRecord.__table__.join(Area.__table__, Area.id == ActivityRecord.area_id).join(named, named.c.id == ActivityRecord.resident_id)
              .join(Person.__table__, Person.id == func.coalesce(named.c.joined_into_id, named.c.id))
              .outerjoin(Event.__table__, Event.id == ActivityRecord.event_id)
              .outerjoin(RecordStep.__table__, RecordStep.record_id == ActivityRecord.id))
    return (
        select(*_PARTS.columns, func.coalesce(notice_days, 0).label("notice_days"), Event.status.label("event_status"),
               Person.id.label("about_id"), Person.household_id, *beside)
        .select_from(join(tables))
        .where(ActivityRecord.id == bindparam("record_id")).order_by(RecordStep.id))


_LOCKED = with_what()


def locked(record_id: UUID, statement=_LOCKED, **values) -> Locked:
    """In one round trip. Whoever was joined to another is that other person, with their household."""
    rows = run(statement, {"record_id": record_id} | values, ahead=_LOCK).all()
    if not rows:
        raise NotFound
    history = []
    for row in rows:
        record, area, step = _PARTS.met(row)
        history += [step] if step else []
    as_read(record, area=area)
    set_committed_value(record, "history", history)
    return Locked(record, row.notice_days, row.event_status, row.about_id, row.household_id, rows[0])


def take(record: ActivityRecord, action: str, by: Person | None, now: datetime, *, points: int | None = None,
         note: str | None = None) -> None:
    """Change the status as STEPS says, count the change, and write it into the record's history."""
    change(record, status=after(record, action), version=record.version + 1)
    write(record, action, by, now, points=points, note=note)


def after(record: ActivityRecord, action: str) -> RecordStatus:
    return STEPS[RecordStatus(record.status), action]


def write(record: ActivityRecord, action: str, by: Person | None, now: datetime, *beside: tuple[type, dict] | Changed, points: int | None = None,
          note: str | None = None) -> None:
    """A line of the record's history, with other rows that follow from it."""
    values = {"id": uuid7(), "record_id": record.id, "action": action, "by_id": by and by.id, "at": now, "points": points, "note": note,
              "round": record.round}
    put_late(*beside, (RecordStep, values))
    set_committed_value(record, "history", [*record.history, made(RecordStep, values)])


def take_with_reason(record: ActivityRecord, action: str, by: Person, now: datetime, reason: str) -> None:
    """Take a step for a reason that somebody answers for: it stands in the log too."""
    take(record, action, by, now, note=reason)
    audit.write(f"activity_record.{action}", "activity_record", record.id, by=by.id, area_id=record.area_id, now=now, reason=reason)
