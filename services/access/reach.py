"""Who reaches what. Every query of a list or a row of somebody else's goes through here.

A role in an area reaches the area's whole subtree. What one does not reach is not there: NotFound.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import false, or_, select, union_all

from models import SHOP, STAFF, Area, Event, EventStatus, Merchant, Person, Role, ancestors, db, subtree
from services.refusals import Forbidden, NotFound

READERS = (*STAFF, Role.AUDITOR)


def paths(by: Person, roles, now: datetime) -> list[str]:
    """The paths of the subtrees where `by` holds one of these roles at this moment."""
    return [area.path for area in heads(by, roles, now)]


def heads(by: Person, roles, now: datetime, *, within: UUID | None = None) -> list[Area]:
    """The areas whose subtrees are in reach: those of the roles, or the one asked for. NotFound if that is not in reach."""
    if within is not None:
        return [area_within(by, within, roles, now)]
    return [grant.area for grant in by.roles if grant.role in roles and grant.area_id and grant.is_live(now)]


def reaches(by: Person, area: Area, roles, now: datetime) -> bool:
    return any(area.path.startswith(path) for path in paths(by, roles, now))


def holds(by: Person, roles, now: datetime) -> bool:
    """Whether `by` holds one of these roles anywhere."""
    return Role.RESIDENT in roles or any(grant.role in roles and grant.is_live(now) for grant in by.roles)


def require(by: Person, area: Area, roles, now: datetime) -> None:
    """NotFound where `by` reaches the area in no role, Forbidden where in another role than is needed."""
    if reaches(by, area, roles, now):
        return
    if reaches(by, area, READERS, now):
        raise Forbidden
    raise NotFound


def area_within(by: Person, area_id: UUID, roles, now: datetime) -> Area:
    """The area, if `by` reaches it in one of these roles."""
    area = db.session.get(Area, area_id)
    if area is None:
        raise NotFound
    require(by, area, roles, now)
    return area


def row_within(by: Person, row, roles, now: datetime):
    """The row of an area, if `by` reaches that in one of these roles. NotFound where there is no row."""
    if row is None:
        raise NotFound
    require(by, db.session.get(Area, row.area_id), roles, now)
    return row


def areas_condition(by: Person, roles, now: datetime):
    """A condition on Area: within reach."""
    return or_(false(), *(subtree(path) for path in paths(by, roles, now)))


def around_condition(by: Person, roles, now: datetime):
    """A condition on Area: within reach, or above something that is."""
    held = paths(by, roles, now)
    return or_(Area.path.in_({path for each in held for path in ancestors(each)}), *(subtree(path) for path in held))


def is_around(by: Person, area: Area, roles, now: datetime) -> bool:
    """The same of one area."""
    return any(area.path.startswith(path) or area.holds(path) for path in paths(by, roles, now))


def seen_events_condition(by: Person, now: datetime):
    """A condition on Event joined to its Area: published once, or a draft within reach of staff and auditors."""
    return (Event.status != EventStatus.DRAFT) | areas_condition(by, READERS, now)


def area_ids(by: Person, roles, now: datetime, *, within: UUID | None = None):
    """A select of the ids of the areas in reach, narrowed to one area's subtree if asked. NotFound if that is not in reach."""
    if within is None:
        return select(Area.id).where(areas_condition(by, roles, now))
    return select(Area.id).where(subtree(area_within(by, within, roles, now).path))


def near_ids(by: Person, now: datetime):
    """A select of the ids of the areas that `by` lives in or owns a merchant in, and of those above: what is offered there is for them."""
    owned = merchant_ids(by, now, (Role.MERCHANT_OWNER,))
    lived = [by.home_area.path, *(db.session.scalars(select(Area.path).join(Merchant, Merchant.area_id == Area.id).where(Merchant.id.in_(owned)))
                                  if owned else ())]
    return select(Area.id).where(Area.path.in_({path for each in lived for path in ancestors(each)}))


def merchant_ids(by: Person, now: datetime, roles=SHOP) -> list[UUID]:
    return [grant.merchant_id for grant in by.roles if grant.role in roles and grant.merchant_id and grant.is_live(now)]


def either(row, *reasons, narrow=()):
    """A condition on `row`: one of these reasons to see it holds, and all of `narrow`.

    An OR over what stands in other tables reads every row; of a union each part is found by its own index.
    """
    return row.id.in_(union_all(*(select(row.id).where(reason, *narrow) for reason in reasons)))
