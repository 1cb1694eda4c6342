"""Who may survey a community: a grid worker of another one, who neither lives nor works in it."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Area, Person, Role, RoleGrant, db
from services.access import reach
from services.refusals import N_, Invalid, NotFound

ADMIN = (Role.AREA_ADMIN,)
MOST = 500


class NotIndependent(Invalid):
    message = N_("A community is surveyed by a grid worker of another one: neither living nor working in it.")


def independent(surveyor_id: UUID, area: Area, *, by: Person, now: datetime) -> Person:
    """NotFound for who works nowhere in the admin's reach; NotIndependent."""
    surveyor = db.session.get(Person, surveyor_id)
    works = [grant for grant in _roles(surveyor, now) if grant.role == Role.GRID_WORKER] if surveyor else []
    if not any(reach.reaches(by, grant.area, ADMIN, now) for grant in works):
        raise NotFound
    if not _is_independent(surveyor, area, now):
        raise NotIndependent
    return surveyor


def in_reach(*, by: Person, now: datetime) -> list[tuple[Person, Area]]:
    """The grid workers that the admin reaches, with where each works: whom to choose from, of another community."""
    rows = db.session.execute(select(Person, RoleGrant).join(RoleGrant, RoleGrant.person_id == Person.id).where(
        RoleGrant.role == Role.GRID_WORKER, RoleGrant.ended_at.is_(None), RoleGrant.area_id.in_(reach.area_ids(by, ADMIN, now)))
        .options(joinedload(RoleGrant.area)).order_by(RoleGrant.id).limit(MOST)).all()
    return [(person, grant.area) for person, grant in rows if grant.is_live(now)]


def _roles(person: Person, now: datetime) -> list[RoleGrant]:
    return [grant for grant in person.roles if grant.area_id and grant.is_live(now)]


def _is_independent(person: Person, area: Area, now: datetime) -> bool:
    return not area.holds(person.home_area.path) and not any(
        area.holds(grant.area.path) or grant.area.holds(area.path) for grant in _roles(person, now))
