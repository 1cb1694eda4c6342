"""Check people in and out. Both directions are one rule with different evidence.

A resident scans the venue's rotating code (or the printed poster, with the place as evidence), or
staff scan the resident's. Refusals are looked for in this order: token, event, time, place, earlier
check-in, room. A refused scan leaves a row.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert
from uuid_utils.compat import uuid7

from config import Settings
from models import CheckIn, Direction, Event, EventStatus, Person, Purpose, RefusedScan, Tier
from services import events, sign_ups
from services.audit import audit
from services.people import consents
from services.records import records, steps
from services.refusals import N_, Conflict, Invalid, Refusal, Unauthenticated
from services.scans import flags, places, presence, standing
from services.scans.standing import Standing
from services.sign_ups import AlreadyCheckedIn, EventCancelled, EventNotOpen


class OutsideCheckInTime(Conflict):
    message = N_("It is not the time for this: too early, or too late.")


class TooFar(Invalid):
    message = N_("You are %(distance_m)d metres away from the place.")


class LocationRequired(Invalid):
    message = N_("This event needs your location; staff can scan your code instead.")


class AlreadyCheckedOut(Conflict):
    message = N_("Checked out already.")


class NotCheckedIn(Conflict):
    message = N_("Check in first, then out.")


class EventFull(Conflict):
    message = N_("There is no place left.")


@dataclass(frozen=True)
class Scan:
    """One scan, whoever held the phone. `at` is when it happened, `received_at` when we heard."""

    event: Event
    resident: Person
    direction: Direction
    at: datetime
    received_at: datetime
    made_by: Person
    rotating: bool
    location: dict | None = None
    needs_place: bool = False
    device_hash: bytes | None = None
    stands: Standing | None = None  # where it was read together with the event


def check_in(*, token: str, by: Person, settings: Settings, now: datetime, location: dict | None = None,
             device_hash: bytes | None = None) -> CheckIn:
    """A resident scans the venue's code. Scanning twice is one check-in: the second is refused with the first one's time."""
    return _at_venue(lambda: presence.event_by_token(token, find=lambda code_id: standing.by_code(code_id, by.id), settings=settings, now=now),
                     by=by, settings=settings, now=now, location=location, device_hash=device_hash)


def check_in_typed(*, event_id: UUID, short_code: str, by: Person, settings: Settings, now: datetime, location: dict | None = None,
                   device_hash: bytes | None = None) -> CheckIn:
    """The same by a resident who types the digits under the code. An event that they do not see is NotFound."""
    event = events.seen_held_open(event_id, by=by, now=now)
    return _at_venue(lambda: presence.event_by_short_code(event, short_code, settings=settings, now=now), event_id=event.id, by=by,
                     settings=settings, now=now, location=location, device_hash=device_hash)


def _at_venue(read, *, by: Person, settings: Settings, now: datetime, location: dict | None, device_hash: bytes | None, **known) -> CheckIn:
    """What `read` gives is the venue whose code was shown."""
    try:
        shown = read()
        if not events.residents_scan(shown.event):
            raise presence.TokenInvalid
    except Refusal as refusal:
        raise _noted(refusal, by=by, resident_id=by.id, at=now, received_at=now, device_hash=device_hash, **known) from refusal
    has_place = shown.event.radius_m is not None
    return _take(Scan(shown.event, by, shown.direction, now, now, by, shown.rotating, location,
                      needs_place=has_place or not shown.rotating, device_hash=device_hash, stands=shown.stands), settings)


def scan_resident(*, event_id: UUID, resident_token: str, direction: str, by: Person, settings: Settings, now: datetime,
                  at: datetime | None = None) -> CheckIn:
    """Staff scan a resident's own code or card, `now` or, on a device that was off line, at an earlier moment `at`.

    Never their own: at the venue's code they are residents like all others. An event out of reach is NotFound.
    """
    at = at or now
    event = events.held_open(event_id, by=by, now=now)
    try:
        resident = presence.resident_by_token(resident_token, settings=settings, now=at)
        if resident.id == by.id:
            raise steps.OwnRecord
    except Refusal as refusal:
        raise _noted(refusal, by=by, event_id=event.id, direction=direction, at=at, received_at=now) from refusal
    made = _take(Scan(event, resident, Direction(direction), at, now, by, presence.is_rotating(resident_token)), settings)
    audit.write("check_in.scan", "check_in", made.id, by=by.id, area_id=event.area_id, now=now, direction=made.direction)
    return made


def _take(scan: Scan, settings: Settings) -> CheckIn:
    """The check-in that this scan is, or a refusal that leaves a row."""
    try:
        return _check_in(scan, settings)
    except Refusal as refusal:
        raise _noted(refusal, by=scan.made_by, event_id=scan.event.id, resident_id=scan.resident.id, at=scan.at,
                     direction=scan.direction, received_at=scan.received_at, device_hash=scan.device_hash) from refusal


def _check_in(scan: Scan, settings: Settings) -> CheckIn:
    _refuse_state(scan.event)
    _refuse_time(scan, settings)
    band = _refuse_place(scan)
    stands = _standing(scan)
    earlier = stands.check_ins
    _refuse_earlier(scan, earlier)
    made = standing.came(
        id=uuid7(), event_id=scan.event.id, resident_id=scan.resident.id, direction=scan.direction, at=scan.at, received_at=scan.received_at,
        made_by_id=scan.made_by.id, rotating=scan.rotating, distance_band=band, device_hash=scan.device_hash)
    if not _enter(scan, made, stands):  # whoever comes second is refused with the first one's time
        raise _already(scan.direction, standing.at(scan.event.id, scan.resident.id).check_ins[scan.direction])
    entered = earlier.get("in", made)
    if entered.activity_record_id:  # the check-in made the record, for the planned time
        made.activity_record_id = records.also_names(entered.activity_record_id, made.id)
    elif scan.direction == Direction.OUT or not scan.event.check_out_required:
        made.activity_record_id = _make_activity_record(scan, entered, made)
    return made


def _refuse_state(event: Event) -> None:
    if event.status == EventStatus.CANCELLED:
        raise EventCancelled
    if event.status != EventStatus.PUBLISHED:
        raise EventNotOpen


def _refuse_time(scan: Scan, settings: Settings) -> None:
    opens = scan.event.starts_at - timedelta(minutes=settings.check_in_early_minutes)
    late = timedelta(minutes=settings.check_out_late_minutes if scan.direction == Direction.OUT else 0)
    if not opens <= scan.at <= scan.event.ends_at + late:
        raise OutsideCheckInTime


def _refuse_place(scan: Scan) -> str | None:
    """The band of the distance; coordinates go no further than here."""
    if not scan.needs_place:
        return None
    if scan.location is None or scan.event.radius_m is None or consents.is_refused(scan.resident.id, Purpose.LOCATION):
        raise LocationRequired
    metres = places.distance_m(scan.location["latitude"], scan.location["longitude"], scan.event.latitude, scan.event.longitude)
    if metres > scan.event.radius_m:
        raise TooFar(distance_m=metres)
    return places.band(metres)


def _standing(scan: Scan) -> Standing:
    """Held until the commit. Who was joined to another person meanwhile is somebody else now."""
    stands = scan.stands or standing.at(scan.event.id, scan.resident.id)
    if stands.is_joined:
        raise Unauthenticated if scan.made_by.id == scan.resident.id else presence.TokenInvalid
    return stands


def _refuse_earlier(scan: Scan, earlier: dict[str, CheckIn]) -> None:
    if first := earlier.get(scan.direction):
        raise _already(scan.direction, first)
    if scan.direction == Direction.OUT and "in" not in earlier:
        raise NotCheckedIn


def _already(direction: str, first: CheckIn) -> Refusal:
    refusal = AlreadyCheckedIn if direction == Direction.IN else AlreadyCheckedOut
    return refusal(check_in_id=str(first.id), at=first.at)


def _enter(scan: Scan, made: CheckIn, stands: Standing) -> bool:
    """Write the check-in, with a place for who comes in without one: checking in signs up who had not, while there is room."""
    if scan.direction == Direction.IN and stands.sign_up is None:
        walked_in = standing.walk_in(made, may_wait=scan.event.capacity is None or scan.event.taken < scan.event.capacity)
        if walked_in.signed_up:
            return walked_in.entered
        if walked_in.has_place:
            sign_ups.give_place_back(scan.event.id)
        stands = standing.at(scan.event.id, scan.resident.id)  # they may have come, or signed up, at this very moment
        if stands.sign_up is None:
            raise EventFull
    if scan.direction == Direction.IN and stands.sign_up == "waitlisted":
        if not sign_ups.take_place(scan.event.id):
            raise EventFull
        sign_ups.move_up_by_coming(scan.event.id, scan.resident.id)
    return standing.enter(made)


def _make_activity_record(scan: Scan, entered: CheckIn, made: CheckIn) -> UUID:
    scanned_twice = scan.direction == Direction.OUT and entered.rotating and made.rotating
    left_at = scan.at if scan.direction == Direction.OUT else scan.event.ends_at
    return records.from_check_ins(scan.event, entered, left_at, tier=Tier.SCANNED_TWICE if scanned_twice else Tier.SCANNED_ONCE,
                                  flags=[*flags.of(scan.event, scan.resident, scan.device_hash, late_by=scan.received_at - scan.at),
                                         *flags.of_place(scan.event, entered, made)], now=scan.received_at)


def _noted(refusal: Refusal, *, by: Person, at: datetime, received_at: datetime, **known) -> Refusal:
    """The same refusal, leaving a row: what would vanish waits for a person instead."""
    refusal.leaves.append(insert(RefusedScan).values(made_by_id=by.id, code=refusal.code, at=at, received_at=received_at, **known))
    return refusal
