"""Plan, publish, close and cancel an event."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from config import Settings
from models import (
    STAFF,
    ActivityRecord,
    Area,
    CheckInMode,
    Direction,
    Event,
    EventStatus,
    Person,
    RefusedScan,
    SignUp,
    db,
    subtree,
)
from services import sign_ups
from services.access import reach
from services.audit import audit
from services.records import records, withdrawals
from services.refusals import N_, Conflict, Forbidden, InvalidTransition, NotFound, ValidationFailed
from services.scans import codes, presence

STEPS = {
    (EventStatus.DRAFT, "publish"): EventStatus.PUBLISHED,
    (EventStatus.DRAFT, "cancel"): EventStatus.CANCELLED,
    (EventStatus.PUBLISHED, "cancel"): EventStatus.CANCELLED,
    (EventStatus.PUBLISHED, "close"): EventStatus.CLOSED,
}
EDITABLE = ("title", "category", "description", "starts_at", "ends_at", "capacity", "check_in_mode",
            "check_out_required", "points_per_hour", "points_max", "missing_check_out")


class HasCheckIns(Conflict):
    message = N_("People have checked in already, so this can no longer be changed.")


def plan(*, by: Person, now: datetime, area_id: UUID, place: dict | None = None, **fields) -> Event:
    """A draft in an area that `by` reaches as staff."""
    area = reach.area_within(by, area_id, STAFF, now)
    event = Event(area_id=area.id, code_id=codes.new_id(), code_secret=codes.new_secret(), created_by_id=by.id,
                  created_at=now, **_place_columns(place or {}), **fields)
    _check(event)
    db.session.add(event)
    db.session.flush()
    audit.write("event.plan", "event", event.id, by=by.id, area_id=area.id, now=now)
    return event


def _place_columns(place: dict) -> dict:
    return {"place_name": place.get("name", ""), "latitude": place.get("latitude"),
            "longitude": place.get("longitude"), "radius_m": place.get("radius_m")}


def _check(event: Event) -> None:
    errors = {}
    if event.starts_at >= event.ends_at:
        errors["ends_at"] = [N_("The end must be after the start.")]
    elif (event.ends_at - event.starts_at).days >= 7:
        errors["ends_at"] = [N_("An event lasts less than seven days.")]
    if event.radius_m is not None and (event.latitude is None or event.longitude is None):
        errors["place.radius_m"] = [N_("A radius needs a latitude and a longitude.")]
    if event.capacity is not None and event.capacity < (event.taken or 0):
        errors["capacity"] = [N_("More people have signed up already.")]
    if errors:
        raise ValidationFailed(errors)


def visible(event_id: UUID, *, by: Person, now: datetime, lock: bool = False) -> Event:
    """The event, unless it is a draft of an area out of reach (or there is none): NotFound."""
    query = select(Event).where(Event.id == event_id).execution_options(populate_existing=True)
    return _seen(query.with_for_update(of=Event) if lock else query, by, now)


def _seen(query, by: Person, now: datetime) -> Event:
    event = db.session.scalars(query).one_or_none()
    if event is None or (event.status == EventStatus.DRAFT and not reach.reaches(by, event.area, reach.READERS, now)):
        raise NotFound
    return event


def search(by: Person, now: datetime, *, area_id: UUID | None = None, status: str | None = None, from_: datetime | None = None,
           to: datetime | None = None, q: str | None = None):
    """A select of the events that `by` sees: drafts in reach, and all others."""
    query = select(Event).join(Area, Area.id == Event.area_id).options(contains_eager(Event.area)).where(
        reach.seen_events_condition(by, now))
    if area_id:
        within = db.session.get(Area, area_id)
        if within is None:
            raise NotFound
        query = query.where(subtree(within.path))
    if status:
        query = query.where(Event.status == status)
    if from_:
        query = query.where(Event.ends_at >= from_)
    if to:
        query = query.where(Event.starts_at < to)
    return query.where(Event.title.contains(q, autoescape=True)) if q else query


def in_reach(by: Person, now: datetime, **narrowed):
    """The same of the areas that `by` works in or audits, and of no others."""
    return search(by, now, **narrowed).where(reach.areas_condition(by, reach.READERS, now))


def managed(event_id: UUID, *, by: Person, now: datetime, lock: bool = False) -> Event:
    """The event, for staff of its area: Forbidden to others who see it, NotFound to those who do not."""
    return _for_staff(visible(event_id, by=by, now=now, lock=lock), by, now)


def held_open(event_id: UUID, *, by: Person, now: datetime) -> Event:
    """As `managed`, and nobody closes it or calls it off before the commit."""
    return _for_staff(seen_held_open(event_id, by=by, now=now), by, now)


def seen_held_open(event_id: UUID, *, by: Person, now: datetime) -> Event:
    """As `visible`, and nobody closes it or calls it off before the commit."""
    return _seen(presence.held_open(select(Event).where(Event.id == event_id)), by, now)


def _for_staff(event: Event, by: Person, now: datetime) -> Event:
    if not reach.reaches(by, event.area, STAFF, now):
        raise Forbidden
    return event


def edit(event: Event, changes: dict, *, by: Person, now: datetime) -> Event:
    """Change a draft or a published event; times and points stay once people have checked in."""
    if event.status not in (EventStatus.DRAFT, EventStatus.PUBLISHED):
        raise InvalidTransition(status=event.status)
    changes = {k: v for k, v in changes.items() if k in (*EDITABLE, "place") and _differs(event, k, v)}
    frozen = {"starts_at", "ends_at", "points_per_hour", "points_max", "check_out_required", "check_in_mode"}
    if frozen & set(changes) and records.has_check_ins(event.id):
        raise HasCheckIns
    for name, value in changes.items():
        for column, columns_value in (_place_columns(value or {}) if name == "place" else {name: value}).items():
            setattr(event, column, columns_value)
    _check(event)
    event.version += 1
    db.session.flush()
    if "capacity" in changes:
        sign_ups.fill(event, now=now)
    audit.write("event.edit", "event", event.id, by=by.id, area_id=event.area_id, now=now, fields=sorted(changes))
    return event


def _differs(event: Event, name: str, value) -> bool:
    return name == "place" or getattr(event, name) != value


def step(event: Event, verb: str, *, by: Person, now: datetime) -> Event:
    """publish, cancel or close; InvalidTransition otherwise, EventOver for publishing what has ended.

    Closing settles what has no check-out, cancelling withdraws the records that are not credited or rejected yet.
    """
    if (event.status, verb) not in STEPS:
        raise InvalidTransition(status=event.status)
    if verb == "publish" and event.ends_at <= now:
        raise sign_ups.EventOver
    event.status = STEPS[event.status, verb]
    event.version += 1
    if verb == "close":
        event.closed_at = now
        records.close_open_check_ins(event, now=now)
    if verb == "cancel":
        withdrawals.withdraw_undecided(ActivityRecord.event_id == event.id, by=by, now=now)
        sign_ups.tell_cancelled(event, now=now)
    audit.write(f"event.{verb}", "event", event.id, by=by.id, area_id=event.area_id, now=now)
    return event


def code(event: Event, direction: Direction, *, settings: Settings, now: datetime) -> presence.ShownAtVenue:
    if event.status != EventStatus.PUBLISHED:
        raise sign_ups.EventNotOpen
    return presence.show_event(event, direction, settings=settings, now=now)


def refused_scans(event: Event, *, by: Person, now: datetime):
    """A select of the scans at this event that were refused, with whose they were if that is known, for staff and auditors of its area."""
    reach.require(by, event.area, reach.READERS, now)
    return (select(*RefusedScan.__table__.columns, Person.display_name).outerjoin(Person, Person.id == RefusedScan.resident_id)
            .where(RefusedScan.event_id == event.id))


def attendance(event: Event) -> dict[str, int]:
    """How many signed up, wait, and have a record of it."""
    counts = dict(db.session.execute(select(SignUp.status, func.count()).where(SignUp.event_id == event.id).group_by(SignUp.status)).all())
    return {"confirmed": counts.get("confirmed", 0), "waitlisted": counts.get("waitlisted", 0), "came": records.count_of(event.id)}


def residents_scan(event: Event) -> bool:
    return event.check_in_mode in (CheckInMode.VENUE_CODE, CheckInMode.BOTH)
