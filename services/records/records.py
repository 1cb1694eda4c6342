"""Make activity records out of check-ins, or of what a resident declares. See approvals.py for what comes after."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from uuid_utils.compat import uuid7

from config import Settings
from models import (
    STAFF,
    ActivityRecord,
    Area,
    CheckIn,
    Direction,
    Event,
    MissingCheckOut,
    Person,
    RecordStep,
    Tier,
    Topic,
    db,
)
from services.access import reach
from services.areas import area_rules
from services.audit import audit
from services.messages import messages
from services.people import people
from services.records import evidence
from services.refusals import N_, NotFound, ValidationFailed
from services.scans.flags import of_declared, of_place
from services.wechat import content

DECLARED_WITHIN = timedelta(days=90)


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes given; never less than none."""
    return max(0, int((end - start).total_seconds() // 60))


def points_for(minutes: int, per_hour: int, most: int) -> int:
    return min(most, minutes * per_hour // 60)


def from_check_ins(event: Event, entered: CheckIn, left_at: datetime, *, tier: Tier, flags: list, now: datetime) -> UUID:
    """A pending record for the time between, cut to the event's own; both check-ins come to name it."""
    started = max(entered.at, event.starts_at)
    ended = min(left_at, event.ends_at)
    return _insert(event, entered.resident_id, started, max(started, ended), minutes_between(started, ended), tier, flags, now)


def _insert(event, resident_id, started, ended, minutes, tier, flags, now) -> UUID:
    record_id = uuid7()
    db.session.execute(insert(ActivityRecord), {
        "id": record_id, "event_id": event.id, "resident_id": resident_id, "area_id": event.area_id,
        "category": event.category, "description": event.title, "started_at": started, "ended_at": ended,
        "minutes": minutes, "points_proposed": points_for(minutes, event.points_per_hour, event.points_max),
        "points_max": event.points_max, "evidence_tier": tier, "approvals_needed": 1, "flags": flags, "created_at": now})
    db.session.execute(insert(RecordStep), {"record_id": record_id, "action": "create", "at": now})
    db.session.execute(update(CheckIn).where(
        CheckIn.event_id == event.id, CheckIn.resident_id == resident_id, CheckIn.annulled_at.is_(None))
        .values(activity_record_id=record_id).execution_options(synchronize_session=False))
    messages.tell(resident_id, Topic.RECORD_MADE, now=now, activity_record_id=record_id)
    return record_id


def also_names(record_id: UUID | None, check_in_id: UUID) -> UUID | None:
    """A later check-in of the same presence names the record that is there already."""
    db.session.execute(update(CheckIn).where(CheckIn.id == check_in_id).values(activity_record_id=record_id)
                       .execution_options(synchronize_session=False))
    return record_id


def has_check_ins(event_id: UUID) -> bool:
    return db.session.scalar(select(CheckIn.id).where(CheckIn.event_id == event_id, CheckIn.annulled_at.is_(None)).limit(1)) is not None


def close_open_check_ins(event: Event, *, now: datetime) -> None:
    """Once an event is closed: who came and never checked out gets a record by the event's own rule, until the closing at most."""
    live = (CheckIn.event_id == event.id, CheckIn.annulled_at.is_(None))
    db.session.execute(select(CheckIn.id).where(*live).order_by(CheckIn.id).with_for_update(key_share=True))  # whose they are stays so
    left = select(CheckIn.resident_id).where(*live, CheckIn.direction == Direction.OUT)
    open_ones = db.session.scalars(select(CheckIn).where(
        *live, CheckIn.direction == Direction.IN, CheckIn.activity_record_id.is_(None), CheckIn.resident_id.not_in(left)).order_by(CheckIn.id)).all()
    for entered in open_ones:
        _settle_missing_check_out(event, entered, now)


def _settle_missing_check_out(event: Event, entered: CheckIn, now: datetime) -> None:
    until = min(event.ends_at, event.closed_at or now)
    if event.missing_check_out == MissingCheckOut.PLANNED_END:
        from_check_ins(event, entered, until, tier=Tier.SCANNED_ONCE, flags=["missing_check_out", *of_place(event, entered)], now=now)
        return
    flags = [*(["missing_check_out"] if event.missing_check_out == MissingCheckOut.REVIEW else []), *of_place(event, entered)]
    started = max(entered.at, event.starts_at)
    _insert(event, entered.resident_id, started, max(started, until), 0, Tier.SCANNED_ONCE, flags, now)


def declare(*, by: Person, now: datetime, category: str, area_id: UUID, description: str, started_at: datetime,
            ended_at: datetime, evidence_ids=(), resident_id: UUID | None = None, settings: Settings | None = None) -> ActivityRecord:
    """A deed that nobody scanned. By the resident: tier D; by staff for somebody of their area: tier C.

    What a resident writes is checked, where `settings` say so.
    """
    area = db.session.get(Area, area_id)
    if area is None:
        raise NotFound
    _check_times(started_at, ended_at, now)
    about = _held(by) if resident_id in (None, by.id) else _resident_in_reach(resident_id, area, by, now)
    rules = area_rules.in_force(area).rules
    minutes = min(minutes_between(started_at, ended_at), rules.declared_minutes_max)
    record = ActivityRecord(
        id=uuid7(), resident_id=about.id, area_id=area.id, entered_by_id=by.id, category=category, description=description,
        started_at=started_at, ended_at=ended_at, minutes=minutes, points_max=rules.declared_points_max,
        points_proposed=points_for(minutes, rules.declared_points_per_hour, rules.declared_points_max),
        evidence_tier=Tier.DECLARED if about is by else Tier.ENTERED, approvals_needed=2,
        flags=of_declared(ended_at, area, now), created_at=now)
    db.session.add(record)
    db.session.flush()
    db.session.add(RecordStep(record_id=record.id, action="create", by_id=by.id, at=now))
    _attach(evidence_ids, record, by)
    if about is by:
        content.ask("activity_record", record, by=by, settings=settings, now=now)
    else:
        messages.tell(about.id, Topic.RECORD_MADE, now=now, activity_record_id=record.id)
        audit.write("activity_record.enter", "activity_record", record.id, by=by.id, area_id=area.id, now=now, minutes=minutes)
    db.session.flush()
    db.session.refresh(record)
    return record


def _check_times(started_at: datetime, ended_at: datetime, now: datetime) -> None:
    if started_at >= ended_at:
        raise ValidationFailed({"ended_at": [N_("The end must be after the start.")]})
    if ended_at > now:
        raise ValidationFailed({"ended_at": [N_("This lies in the future.")]})
    if started_at < now - DECLARED_WITHIN:
        raise ValidationFailed({"started_at": [N_("This is too long ago.")]})


def _held(by: Person) -> Person:
    people.hold(by)
    return by


def _resident_in_reach(resident_id: UUID, area: Area, by: Person, now: datetime) -> Person:
    reach.require(by, area, STAFF, now)
    resident = db.session.get(Person, resident_id, with_for_update={"read": True, "of": Person}, populate_existing=True)
    if resident is None or resident.joined_into_id or not reach.reaches(by, resident.home_area, STAFF, now):
        raise NotFound
    return resident


def _attach(evidence_ids, record: ActivityRecord, by: Person) -> None:
    for evidence_id in dict.fromkeys(evidence_ids):
        evidence.take(evidence_id, by=by).record_id = record.id
        db.session.flush()


def count_of(event_id: UUID) -> int:
    """How many people came to this event: who have a check-in that stands."""
    return db.session.scalar(select(func.count(CheckIn.resident_id.distinct())).where(
        CheckIn.event_id == event_id, CheckIn.annulled_at.is_(None)))


def visible(record_id: UUID, *, by: Person, now: datetime) -> ActivityRecord:
    """The record, for whom it is about and for staff and auditors of its area. Everyone else: NotFound."""
    record = db.session.get(ActivityRecord, record_id)
    if record is None or not (people.is_one(by, record.resident_id) or reach.reaches(by, record.area, reach.READERS, now)):
        raise NotFound
    return record


def is_own(record: ActivityRecord, by: Person) -> bool:
    """One's own, or one's household's: neither may be decided on."""
    return people.share_household(by, record.resident_id)
