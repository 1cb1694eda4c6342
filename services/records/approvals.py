"""Approve, reject, withdraw and reverse activity records. Only here does a record change its status."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import aliased, contains_eager
from uuid_utils.compat import uuid7

from models import (
    STAFF,
    ActivityRecord,
    Area,
    AreaRules,
    CheckIn,
    Event,
    EventStatus,
    Objection,
    Person,
    RecordStatus,
    RecordStep,
    Role,
    Topic,
    db,
)
from services import ledger
from services.access import reach
from services.audit import audit
from services.ledger import Cause
from services.messages import messages
from services.points import funds
from services.points.funds import FundExhausted
from services.points.points import lapses_on
from services.refusals import N_, Conflict, NotAllowed, NotFound, ValidationFailed
from services.sign_ups import EventCancelled

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


class AlreadyApprovedByYou(Conflict):
    message = N_("You have approved this already; it needs a second person.")


class NotCredited(Conflict):
    message = N_("Only a credited record can be reversed.")


def approve(record_id: UUID, *, by: Person, now: datetime, points: int | None = None, note: str | None = None) -> ActivityRecord:
    """One approval. The last one needed credits at once, or begins the public notice where the area asks for one."""
    found = _to_decide(record_id, by, now)
    record = found.ActivityRecord
    if found.event_status == EventStatus.CANCELLED:
        raise EventCancelled
    if points is not None and points > record.points_max:
        raise ValidationFailed({"points": [N_("More than this record may bring.")]})
    earlier = [step for step in record.history if step.action == "approve" and step.round == record.round]
    if any(step.by_id == by.id for step in earlier):
        raise AlreadyApprovedByYou
    record.points = points if points is not None else (record.points_proposed if record.points is None else record.points)
    _note(record, "approve", by, now, points=record.points, note=note)
    record.version += 1
    if len(earlier) + 1 >= record.approvals_needed:
        with db.session.no_autoflush:  # one write of the record, at the end
            _finish(record, found.notice_days, now)
    db.session.flush()
    audit.write("activity_record.approve", "activity_record", record.id, by=by.id, area_id=record.area_id, now=now,
                points=record.points, status=record.status)
    return record


def lock_in_order(record_ids: list[UUID]) -> None:
    """Before many are decided at once: everybody locks records in the order of their ids, then wallets (docs/locking.md)."""
    db.session.execute(select(ActivityRecord.id).where(ActivityRecord.id.in_(record_ids)).order_by(ActivityRecord.id)
                       .with_for_update(of=ActivityRecord))


def _to_decide(record_id: UUID, by: Person, now: datetime):
    """As `_locked`, and still to be decided by `by`."""
    found = _locked(record_id)
    if found.person_id == by.id:
        raise OwnRecord
    reach.require(by, found.ActivityRecord.area, STAFF, now)
    if by.household_id and found.household_id == by.household_id:
        raise OwnRecord
    if found.ActivityRecord.status != RecordStatus.PENDING:
        raise AlreadyDecided
    return found


def _locked(record_id: UUID):
    """The record, locked, with its area's days of notice, its event's state, and who it is about, in one statement.

    Whoever was joined to another is that other person, with their household.
    """
    named = aliased(Person)
    over = Area.__table__.alias("over")
    notice_days = (select(AreaRules.notice_days).join(over, over.c.id == AreaRules.area_id)
                   .where(func.substr(Area.path, 1, func.length(over.c.path)) == over.c.path)
                   .order_by(over.c.path.desc()).limit(1).correlate(Area).scalar_subquery())
    found = db.session.execute(
        select(ActivityRecord, func.coalesce(notice_days, 0).label("notice_days"), Event.status.label("event_status"),
               Person.id.label("person_id"), Person.household_id)
        .join(Area, Area.id == ActivityRecord.area_id).join(named, named.id == ActivityRecord.resident_id)
        .join(Person, Person.id == func.coalesce(named.joined_into_id, named.id))
        .outerjoin(Event, Event.id == ActivityRecord.event_id)
        .outerjoin(RecordStep, RecordStep.record_id == ActivityRecord.id)
        .options(contains_eager(ActivityRecord.area), contains_eager(ActivityRecord.history))
        .where(ActivityRecord.id == record_id).order_by(RecordStep.id)
        .with_for_update(of=ActivityRecord).execution_options(populate_existing=True)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def _note(record: ActivityRecord, action: str, by: Person | None, now: datetime, *, points=None, note=None) -> None:
    record.history.append(RecordStep(id=uuid7(), action=action, by_id=by and by.id, at=now, points=points, note=note,
                                     round=record.round))


def _finish(record: ActivityRecord, notice_days: int, now: datetime) -> None:
    record.status = STEPS[RecordStatus(record.status), "approve"]
    if notice_days:
        record.notice_until = now + timedelta(days=notice_days)
        _tell(record, Topic.RECORD_APPROVED, now)
        return
    _credit(record, now)


def _credit(record: ActivityRecord, now: datetime) -> None:
    """FundExhausted when no fund of the area covers today or it holds too little; nothing is changed then."""
    if record.points:
        purse = funds.purse_of(record.area, record.resident_id, now, points=record.points)
        try:
            record.posting_id = ledger.credit(purse, record.points, kind="activity", because=Cause("activity_record", record.id),
                                              lapses_on=lapses_on(now, record.area), now=now, memo=record.description)
        except ledger.Overdrawn as error:
            raise FundExhausted from error
    record.status = STEPS[RecordStatus(record.status), "credit"]
    _tell(record, Topic.RECORD_CREDITED, now)


def _tell(record: ActivityRecord, topic: Topic, now: datetime, *, whom: UUID | None = None) -> None:
    messages.tell(whom or record.resident_id, topic, now=now, activity_record_id=record.id, points=record.points or 0)


def reject(record_id: UUID, *, by: Person, now: datetime, reason: str) -> ActivityRecord:
    record = _to_decide(record_id, by, now).ActivityRecord
    _change(record, "reject", by, now, reason)
    _tell(record, Topic.RECORD_REJECTED, now)
    return record


def withdraw(record_id: UUID, *, by: Person, now: datetime) -> ActivityRecord:
    """By the resident, while it is pending: they would rather it were not there."""
    record = _locked(record_id).ActivityRecord
    if record.resident_id != by.id:
        raise NotFound
    if record.status != RecordStatus.PENDING:
        raise AlreadyDecided
    record.status = STEPS[RecordStatus(record.status), "withdraw"]
    record.version += 1
    _note(record, "withdraw", by, now)
    db.session.flush()
    return record


def withdraw_annulled(record_id: UUID, *, by: Person, now: datetime, reason: str) -> None:
    """A check-in was annulled: the record made of it goes too, unless it has been decided."""
    record = _locked(record_id).ActivityRecord
    if record.status == RecordStatus.WITHDRAWN:
        return
    if record.status != RecordStatus.PENDING:
        raise AlreadyDecided
    record.status = STEPS[RecordStatus(record.status), "withdraw"]
    record.version += 1
    _note(record, "withdraw", by, now, note=reason)
    db.session.execute(update(CheckIn).where(CheckIn.activity_record_id == record.id).values(activity_record_id=None))
    db.session.flush()


def withdraw_undecided(*which, by: Person | None = None, now: datetime) -> None:
    """Withdraw those that nobody has credited or rejected yet, of the records that the conditions name."""
    undecided = select(ActivityRecord.id).where(ActivityRecord.status.in_(UNDECIDED), *which)
    ids = db.session.scalars(undecided.order_by(ActivityRecord.id).with_for_update(of=ActivityRecord)).all()
    if not ids:
        return
    db.session.execute(update(ActivityRecord).where(ActivityRecord.id.in_(ids)).values(
        status=RecordStatus.WITHDRAWN, version=ActivityRecord.version + 1).execution_options(synchronize_session=False))
    db.session.execute(insert(RecordStep), [
        {"record_id": record_id, "action": "withdraw", "by_id": by and by.id, "at": now} for record_id in ids])


def reverse(record_id: UUID, *, by: Person, now: datetime, reason: str) -> ActivityRecord:
    """Take the points back by a counter-posting; what was spent meanwhile is owed, and later credits pay it first."""
    found = _locked(record_id)
    record = found.ActivityRecord
    reach.require(by, record.area, (Role.AREA_ADMIN,), now)
    if found.person_id == by.id or (by.household_id and found.household_id == by.household_id):
        raise OwnRecord
    if record.status != RecordStatus.CREDITED:
        raise NotCredited
    if record.posting_id:
        ledger.take_back(record.posting_id, because=Cause("activity_record", record.id), now=now)
    _change(record, "reverse", by, now, reason)
    _tell(record, Topic.RECORD_REVERSED, now, whom=found.person_id)
    return record


def _change(record: ActivityRecord, action: str, by: Person, now: datetime, reason: str) -> None:
    record.status = STEPS[RecordStatus(record.status), action]
    record.version += 1
    _note(record, action, by, now, note=reason)
    db.session.flush()
    audit.write(f"activity_record.{action}", "activity_record", record.id, by=by.id, area_id=record.area_id, now=now, reason=reason)


def uphold(record: ActivityRecord, *, by: Person, now: datetime, reason: str) -> None:
    """What an upheld objection does: stops a credit in its notice, takes back what was credited, or opens a rejected record
    again, for a round in which the approvals that were overturned count no more."""
    if record.status == RecordStatus.CREDITED:
        reverse(record.id, by=by, now=now, reason=reason)
        return
    if (RecordStatus(record.status), "uphold") not in STEPS:
        return
    record.points = None
    _change(record, "uphold", by, now, reason)
    if record.status == RecordStatus.PENDING:
        record.round += 1
    _tell(record, Topic.RECORD_REJECTED if record.status == RecordStatus.REJECTED else Topic.RECORD_REOPENED, now)


def credit_due(now: datetime, *, most: int = 200) -> int:
    """Credit up to `most` records whose public notice is over and that nobody objects to; gives how many.

    Those that no fund can pay yet are passed over, so that they keep nobody else waiting.
    """
    disputed = select(Objection.record_id).where(Objection.status == "open")
    due = select(ActivityRecord.id).where(
        ActivityRecord.status == RecordStatus.APPROVED, ActivityRecord.notice_until <= now,
        ActivityRecord.id.not_in(disputed)).order_by(ActivityRecord.id).limit(most)
    credited, page = 0, db.session.scalars(due).all()
    while page and credited < most:
        credited += sum(_credit_one(record_id, now) for record_id in page[:most - credited])
        page = db.session.scalars(due.where(ActivityRecord.id > page[-1])).all()
    return credited


def _credit_one(record_id: UUID, now: datetime) -> bool:
    try:
        with db.session.begin_nested():
            record = _locked(record_id).ActivityRecord
            if record.status != RecordStatus.APPROVED:
                return False
            _credit(record, now)
            record.version += 1
            _note(record, "credit", None, now, points=record.points)
    except FundExhausted:
        return False
    return True


