"""Which versions and periods concern those who administer or audit areas: what they publish themselves, and what measures them from above."""
from datetime import datetime
from uuid import UUID

from models import Area, CivilityPeriod, CivilityVersion, Person
from services.access import reach
from services.civility import periods, versions
from services.refusals import NotFound


def versions_of(by: Person, now: datetime, **narrowed):
    return versions.search(by, now, **narrowed).where(reach.around_condition(by, periods.READERS, now))


def periods_of(by: Person, now: datetime, **narrowed):
    return periods.search(by, now, **narrowed).where(reach.around_condition(by, periods.READERS, now))


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
    if not reach.is_around(by, area, periods.READERS, now):
        raise NotFound
