"""Which versions and periods concern those who administer or audit areas: what they publish themselves, and what measures them from above."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_

from models import Area, CivilityPeriod, CivilityVersion, Person, ancestors
from services.access import reach
from services.civility import periods, versions
from services.refusals import NotFound


def versions_of(by: Person, now: datetime, **narrowed):
    return versions.search(by, now, **narrowed).where(_concerns(by, now))


def periods_of(by: Person, now: datetime, **narrowed):
    return periods.search(by, now, **narrowed).where(_concerns(by, now))


def _concerns(by: Person, now: datetime):
    above = {path for held in reach.paths(by, periods.READERS, now) for path in ancestors(held)}
    return or_(reach.areas_condition(by, periods.READERS, now), Area.path.in_(above))


def version(version_id: UUID, *, by: Person, now: datetime) -> CivilityVersion:
    """NotFound for one that is no concern of theirs."""
    found = versions.visible(version_id, by=by, now=now)
    _require(found.area, by, now)
    return found


def period(period_id: UUID, *, by: Person, now: datetime) -> CivilityPeriod:
    """The same."""
    found = periods.visible(period_id, by=by, now=now)
    _require(found.area, by, now)
    return found


def _require(area: Area, by: Person, now: datetime) -> None:
    if not any(area.holds(held) or held in ancestors(area.path) for held in reach.paths(by, periods.READERS, now)):
        raise NotFound
