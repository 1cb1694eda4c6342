"""The culture calendar of a community: its days, and those of the areas above it."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from models import Area, CultureDay, Person, Role, ancestors, db
from services.access import reach
from services.audit import audit
from services.refusals import N_, Conflict, NotFound, ValidationFailed


class DayEnded(Conflict):
    message = N_("This was taken off the calendar already.")


def enter(area_id: UUID, *, on_day: date, until_on: date, title_zh: str, title_en: str, about_zh: str, about_en: str, by: Person,
          now: datetime) -> CultureDay:
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    if until_on < on_day:
        raise ValidationFailed({"until_on": [N_("The end must not be before the start.")]})
    made = CultureDay(area_id=area.id, on_day=on_day, until_on=until_on, title_zh=title_zh, title_en=title_en, about_zh=about_zh, about_en=about_en,
                      made_by_id=by.id, made_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("culture_day.enter", "culture_day", made.id, by=by.id, area_id=area.id, now=now)
    return made


def end(day_id: UUID, *, by: Person, now: datetime) -> CultureDay:
    row = db.session.scalars(select(CultureDay).where(CultureDay.id == day_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    area = reach.area_within(by, row.area_id, (Role.AREA_ADMIN,), now)
    if row.ended_at is not None:
        raise DayEnded
    row.ended_at = now
    audit.write("culture_day.end", "culture_day", row.id, by=by.id, area_id=area.id, now=now)
    return row


def search(by: Person, *, from_: date | None = None, to: date | None = None):
    """A select of the days of where one lives and above that touch these."""
    near = select(Area.id).where(Area.path.in_(ancestors(by.home_area.path)))
    query = select(CultureDay).where(CultureDay.area_id.in_(near), CultureDay.ended_at.is_(None))
    if from_:
        query = query.where(CultureDay.until_on >= from_)
    return query.where(CultureDay.on_day <= to) if to else query
