"""Approve, reject and reverse activity records, and credit those whose notice is over."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, func, select

from models import (
    STAFF,
    ActivityRecord,
    EventStatus,
    Objection,
    Person,
    RecordStatus,
    Role,
    Topic,
    db,
    local_day,
)
from models.areas import usual_day
from models.statements import change, changed
from services import ledger
from services.access import reach
from services.audit import audit
from services.ledger import Cause
from services.messages import messages
from services.points import funds
from services.points.funds import FundExhausted
from services.points.points import lapses_on
from services.records import steps
from services.refusals import N_, Conflict, ValidationFailed
from services.sign_ups import EventCancelled


class AlreadyApprovedByYou(Conflict):
    message = N_("You have approved this already; it needs a second person.")


class NotCredited(Conflict):
    message = N_("Only a credited record can be reversed.")


def approve(record_id: UUID, *, by: Person, now: datetime, points: int | None = None, note: str | None = None) -> ActivityRecord:
    """One approval. The last one needed credits at once, or begins the public notice where the area asks for one."""
    day = usual_day(now)
    found = _to_decide(record_id, by, now, _TO_APPROVE, points=points, today=day)
    record = found.record
    if found.event_status == EventStatus.CANCELLED:
        raise EventCancelled
    if points is not None and points > record.points_max:
        raise ValidationFailed({"points": [N_("More than this record may bring.")]})
    earlier = [step for step in record.history if step.action == "approve" and step.round == record.round]
    if any(step.by_id == by.id for step in earlier):
        raise AlreadyApprovedByYou
    if points is None:
        points = record.points_proposed if record.points is None else record.points
    purse = found.row[-_PURSE:] if local_day(now, record.area) == day else None
    decided, told = _finish(record, points, found.notice_days, now, purse) if len(earlier) + 1 >= record.approvals_needed else ({}, [])
    decision = changed(record, points=points, version=record.version + 1, **decided)
    steps.write(record, "approve", by, now, decision, *told, audit.row(
        "activity_record.approve", "activity_record", record.id, by=by.id, area_id=record.area_id, now=now, points=points, status=record.status),
        points=points, note=note)
    return record


def lock_in_order(record_ids: list[UUID]) -> None:
    """Before many are decided at once: everybody locks records in the order of their ids, then wallets (docs/locking.md)."""
    db.session.execute(select(ActivityRecord.id).where(ActivityRecord.id.in_(record_ids)).order_by(ActivityRecord.id)
                       .with_for_update(of=ActivityRecord))


def _to_approve():
    """With the purse, which is not another's before the commit: who joins a person locks their records first."""
    points = func.coalesce(bindparam("points", type_=BigInteger), ActivityRecord.points, ActivityRecord.points_proposed)
    beside, join = funds.purse_beside(points, ActivityRecord)
    return steps.with_what(beside, join), len(beside)


_TO_APPROVE, _PURSE = _to_approve()


def _to_decide(record_id: UUID, by: Person, now: datetime, *statement, **values):
    """As `steps.locked`, and still to be decided by `by`."""
    found = steps.locked(record_id, *statement, **values)
    if found.person_id == by.id:
        raise steps.OwnRecord
    reach.require(by, found.record.area, STAFF, now)
    if by.household_id and found.household_id == by.household_id:
        raise steps.OwnRecord
    if found.record.status != RecordStatus.PENDING:
        raise steps.AlreadyDecided
    return found


def _finish(record: ActivityRecord, points: int, notice_days: int, now: datetime, purse: tuple | None) -> tuple[dict, list]:
    """What the last approval makes of the record (approved for the days of public notice, or credited at once), and what is told of it."""
    approved = steps.STEPS[RecordStatus(record.status), "approve"]
    if notice_days:
        return {"status": approved, "notice_until": now + timedelta(days=notice_days)}, [_line(record, Topic.RECORD_APPROVED, now, points)]
    return _credit(record, approved, points, now, purse), [_line(record, Topic.RECORD_CREDITED, now, points)]


def _credit(record: ActivityRecord, status: RecordStatus, points: int, now: datetime, found: tuple | None = None) -> dict:
    """What the credit makes of the record. FundExhausted when no fund of the area covers today or it holds too little.

    `found` is the purse as it was read with the record."""
    credited = {"status": steps.STEPS[status, "credit"]}
    if points:
        purse = funds.purse_in(found, points) if found else funds.purse_of(record.area, record.resident_id, now, points=points)
        try:
            credited["posting_id"] = ledger.credit(purse, points, kind="activity", because=Cause("activity_record", record.id),
                                                   lapses_on=lapses_on(now, record.area), now=now, memo=record.description)
        except ledger.Overdrawn as error:
            raise FundExhausted from error
    return credited


def _line(record: ActivityRecord, topic: Topic, now: datetime, points: int | None):
    return messages.line(record.resident_id, topic, now=now, activity_record_id=record.id, points=points or 0)


def _tell(record: ActivityRecord, topic: Topic, now: datetime, *, whom: UUID | None = None) -> None:
    messages.tell(whom or record.resident_id, topic, now=now, activity_record_id=record.id, points=record.points or 0)


def reject(record_id: UUID, *, by: Person, now: datetime, reason: str) -> ActivityRecord:
    record = _to_decide(record_id, by, now).record
    steps.take_with_reason(record, "reject", by, now, reason)
    _tell(record, Topic.RECORD_REJECTED, now)
    return record


def reverse(record_id: UUID, *, by: Person, now: datetime, reason: str) -> ActivityRecord:
    """Take the points back by a counter-posting; what was spent meanwhile is owed, and later credits pay it first."""
    found = steps.locked(record_id)
    record = found.record
    reach.require(by, record.area, (Role.AREA_ADMIN,), now)
    if found.person_id == by.id or (by.household_id and found.household_id == by.household_id):
        raise steps.OwnRecord
    if record.status != RecordStatus.CREDITED:
        raise NotCredited
    if record.posting_id:
        ledger.take_back(record.posting_id, because=Cause("activity_record", record.id), now=now)
    steps.take_with_reason(record, "reverse", by, now, reason)
    _tell(record, Topic.RECORD_REVERSED, now, whom=found.person_id)
    return record


def uphold(record: ActivityRecord, *, by: Person, now: datetime, reason: str) -> None:
    """What an upheld objection does: stops a credit in its notice, takes back what was credited, or opens a rejected record
    again, for a round in which the approvals that were overturned count no more."""
    if record.status == RecordStatus.CREDITED:
        reverse(record.id, by=by, now=now, reason=reason)
        return
    if (RecordStatus(record.status), "uphold") not in steps.STEPS:
        return
    steps.take_with_reason(record, "uphold", by, now, reason)
    change(record, points=None, round=record.round + (record.status == RecordStatus.PENDING))
    _tell(record, Topic.RECORD_REJECTED if record.status == RecordStatus.REJECTED else Topic.RECORD_REOPENED, now)


_DISPUTED = select(Objection.record_id).where(Objection.status == "open")


def credit_due(now: datetime, *, most: int = 200) -> int:
    """Credit up to `most` records whose public notice is over and that nobody objects to; gives how many.

    Those that no fund can pay yet are passed over, so that they keep nobody else waiting.
    """
    due = select(ActivityRecord.id).where(
        ActivityRecord.status == RecordStatus.APPROVED, ActivityRecord.notice_until <= now,
        ActivityRecord.id.not_in(_DISPUTED)).order_by(ActivityRecord.id).limit(most)
    credited, page = 0, db.session.scalars(due).all()
    while page and credited < most:
        credited += sum(_credit_one(record_id, now) for record_id in page[:most - credited])
        page = db.session.scalars(due.where(ActivityRecord.id > page[-1])).all()
    return credited


def _credit_one(record_id: UUID, now: datetime) -> bool:
    try:
        with db.session.begin_nested():
            record = steps.locked(record_id).record
            if record.status != RecordStatus.APPROVED or db.session.scalar(_DISPUTED.where(Objection.record_id == record_id).limit(1)):
                return False  # who objected at the last moment held the record until now
            change(record, **_credit(record, RecordStatus.APPROVED, record.points, now), version=record.version + 1)
            steps.write(record, "credit", None, now, _line(record, Topic.RECORD_CREDITED, now, record.points), points=record.points)
    except FundExhausted:
        return False
    return True


