"""Working days: what an administrator corrected, else the packaged calendar of the State Council's notices, else Monday to Friday."""
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models import CalendarDay, Level, Person, Role, db
from services.access import reach
from services.audit import audit
from services.refusals import Forbidden


@dataclass(frozen=True)
class ShownDay:
    """Whether a day is worked, and whether by an administrator's word: `version` is 0 for a day that nobody corrected."""

    day: date
    is_worked: bool
    is_corrected: bool
    note: str | None
    version: int


def is_worked(day: date, corrected: dict[date, bool]) -> bool:
    if day in corrected:
        return corrected[day]
    from chinese_calendar import is_workday  # a table of twenty years, which a web process hardly ever asks

    try:
        return is_workday(day)
    except NotImplementedError:  # a year that the package does not know
        return day.weekday() < 5


def after(day: date, count: int) -> date:
    """The `count`-th working day after this day."""
    last = day + timedelta(days=count * 3 + 30)
    corrected = dict(db.session.execute(select(CalendarDay.day, CalendarDay.is_worked).where(CalendarDay.day > day, CalendarDay.day <= last)).all())
    while count:
        day += timedelta(days=1)
        count -= is_worked(day, corrected)
    return day


def shown(day: date, *, lock: bool = False) -> ShownDay:
    """`lock`: nobody else corrects it before the commit; of two who correct a day for the first time at once the key lets one through."""
    row = db.session.get(CalendarDay, day, with_for_update=lock or None, populate_existing=lock)
    if row is None:
        return ShownDay(day, is_worked(day, {}), False, None, 0)
    return ShownDay(day, row.is_worked, True, row.note, row.version)


def correct(day: date, *, is_worked: bool, note: str, by: Person, now: datetime) -> CalendarDay:
    """An administrator of a city or a district says that a day is worked or free. Deadlines set before stay as they were told."""
    heads = [area for area in reach.heads(by, (Role.AREA_ADMIN,), now) if area.level in (Level.CITY, Level.DISTRICT)]
    if not heads:
        raise Forbidden
    row = db.session.get(CalendarDay, day, with_for_update=True)
    if row is None:
        row = CalendarDay(day=day, version=0)
        db.session.add(row)
    row.is_worked, row.note, row.by_id, row.at = is_worked, note, by.id, now
    row.version += 1
    db.session.flush()
    audit.write("calendar.correct", "area", heads[0].id, by=by.id, area_id=heads[0].id, now=now, day=day.isoformat(), is_worked=is_worked)
    return row


def corrected_from(day: date):
    """A select of the corrections from this day on."""
    return select(CalendarDay).where(CalendarDay.day >= day)
