"""What is odd about a presence, for the approver to see; never a reason to refuse."""
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from models import Area, CheckIn, Event, Person, db, local_day
from services.scans import places

LATE = timedelta(minutes=5)
ENTERED_WITHIN = 10  # working days after the activity's end: 志愿服务记录与证明出具办法 (Order 67 of 2020), art. 11
MOST = 50


def of(event: Event, resident: Person, device_hash: bytes | None, *, late_by: timedelta) -> list[str]:
    """`shared_device`: it scanned for others here too; `overlap`: elsewhere at the same time; `late`: heard of later."""
    scanned = _also_scanned(event, resident, device_hash)
    odd = {"shared_device": any(person_id != resident.id for person_id in scanned),
           "overlap": resident.id in scanned,
           "late": late_by > LATE}
    return [flag for flag, is_so in odd.items() if is_so]


def of_place(event: Event, *check_ins: CheckIn) -> list[str]:
    """`far`: one of them was scanned a long way from the place."""
    return ["far"] if any(places.is_far(each.distance_band, event.radius_m) for each in check_ins) else []


def of_declared(ended_at: datetime, area: Area, now: datetime) -> list[str]:
    """`entered_late`: more than ten working days after its end. Public holidays are not known here, so it is only a flag."""
    ended, today = local_day(ended_at, area), local_day(now, area)
    days = (ended + timedelta(days=n) for n in range(1, (today - ended).days + 1))
    return ["entered_late"] if sum(day.weekday() < 5 for day in days) > ENTERED_WITHIN else []


def _also_scanned(event: Event, resident: Person, device_hash: bytes | None) -> list:
    """Who else was scanned here by this device, and the resident if they were at an overlapping event: one statement."""
    other = Event.__table__.alias("other")
    here = (CheckIn.event_id == event.id) & (CheckIn.device_hash == device_hash) & (CheckIn.resident_id != resident.id)
    elsewhere = ((CheckIn.resident_id == resident.id) & (CheckIn.event_id != event.id)
                 & (other.c.starts_at < event.ends_at) & (other.c.ends_at > event.starts_at))
    return db.session.scalars(select(CheckIn.resident_id).join(other, other.c.id == CheckIn.event_id).where(
        CheckIn.annulled_at.is_(None), or_(here, elsewhere) if device_hash else elsewhere).limit(MOST)).all()
