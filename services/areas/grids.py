"""The part of the area tree that an admin sees and grows: grids are added below communities."""
import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from models import OVERSIGHT, Area, Level, Person, Role, ancestors, db
from services.access import reach
from services.audit import audit
from services.refusals import N_, Conflict, ValidationFailed

CODE = re.compile(r"[0-9]{3,20}", re.ASCII)


class CodeTaken(Conflict):
    message = N_("An area has this code already.")


def roots(by: Person, now: datetime) -> list[Area]:
    """The topmost areas that `by` administers or audits, from the city down."""
    paths = set(reach.paths(by, OVERSIGHT, now))
    top = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return list(db.session.scalars(select(Area).where(Area.path.in_(top)).order_by(Area.path)))


def in_reach(by: Person, now: datetime, *, roles=OVERSIGHT, most: int) -> list[Area]:
    """The areas in reach in the order of the tree, to choose from; none when there are more than so many."""
    found = db.session.scalars(select(Area).where(reach.areas_condition(by, roles, now), Area.ended.is_(None))
                               .order_by(Area.path).limit(most + 1)).all()
    return list(found) if len(found) <= most else []


def by_code(code: str) -> Area | None:
    return db.session.scalars(select(Area).filter_by(code=code)).one_or_none()


def code_of(area_id: UUID) -> str | None:
    return db.session.scalar(select(Area.code).filter_by(id=area_id))


def children(area: Area):
    """A select of the areas right below this one."""
    return select(Area).where(Area.parent_id == area.id)


def trail(area: Area, by: Person, now: datetime) -> list[Area]:
    """The areas from the topmost in reach down to this one."""
    paths = [path for path in ancestors(area.path) if any(path.startswith(held) for held in reach.paths(by, OVERSIGHT, now))]
    return list(db.session.scalars(select(Area).where(Area.path.in_(paths)).order_by(Area.path)))


def next_code(community: Area) -> str:
    """The code after the last grid's: what a new one is likely to get."""
    last = db.session.scalar(select(Area.code).where(Area.parent_id == community.id).order_by(Area.code.desc()).limit(1))
    return str(int(last) + 1) if last and CODE.fullmatch(last) else f"{community.code}001"


def add(community_id: UUID, *, code: str, name: str, by: Person, now: datetime) -> Area:
    """A grid below a community that `by` administers; CodeTaken where another area has the code."""
    community = reach.area_within(by, community_id, (Role.AREA_ADMIN,), now)
    if community.level != Level.COMMUNITY:
        raise ValidationFailed({"code": [N_("Grids lie in communities.")]})
    if not CODE.fullmatch(code):
        raise ValidationFailed({"code": [N_("A code is 3 to 20 digits.")]})
    if db.session.scalar(select(Area.id).filter_by(code=code)):
        raise CodeTaken
    grid = Area(id=uuid7(), code=code, level=Level.GRID, name=name, parent_id=community.id, path=f"{community.path}{code}/",
                timezone=community.timezone)
    db.session.add(grid)
    db.session.flush()
    audit.write("area.add_grid", "area", grid.id, by=by.id, area_id=community.id, now=now, code=code)
    return grid
