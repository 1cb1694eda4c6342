"""An area's own numbers: days of public notice, and what a declared deed may bring."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from models import Area, AreaRules, Person, Role, ancestors, db
from services.access import reach
from services.audit import audit

DEFAULTS = {"notice_days": 0, "declared_points_per_hour": 10, "declared_points_max": 40, "declared_minutes_max": 240}
NUMBERS = tuple(DEFAULTS)


@dataclass(frozen=True)
class InForce:
    """The numbers that hold in an area, and the area that set them; None where they are the defaults."""

    area: Area
    rules: AreaRules
    set_by: Area | None

    @property
    def version(self) -> int:
        """Of the area's own row; 0 while it has none."""
        return self.rules.version if self.set_by is not None and self.set_by.id == self.area.id else 0


def in_force(area: Area) -> InForce:
    nearest = (select(AreaRules, Area).join(Area, Area.id == AreaRules.area_id).where(Area.path.in_(ancestors(area.path)))
               .order_by(Area.path.desc()).limit(1))
    found = db.session.execute(nearest).first()
    return InForce(area, *found) if found else InForce(area, AreaRules(**DEFAULTS), None)


def managed(area_id: UUID, *, by: Person, now: datetime) -> AreaRules:
    """The area's own row, locked, for its admin; a new one of version 0 where it has none yet."""
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    own = db.session.scalars(select(AreaRules).where(AreaRules.area_id == area.id).with_for_update()
                             .execution_options(populate_existing=True)).one_or_none()
    return own or AreaRules(area_id=area.id, version=0)


def set_numbers(own: AreaRules, *, by: Person, now: datetime, **numbers: int) -> AreaRules:
    """All of the numbers; records that wait in their notice keep the days they began with."""
    for name in NUMBERS:
        setattr(own, name, numbers[name])
    own.version += 1
    db.session.add(own)
    db.session.flush()
    audit.write("area.set_rules", "area", own.area_id, by=by.id, area_id=own.area_id, now=now, **{n: numbers[n] for n in NUMBERS})
    return own
