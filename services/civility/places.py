"""The register of a community's places from which field surveys are drawn."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from models import OVERSIGHT, Area, CivilityPlace, Level, Person, Role, db
from services.access import reach
from services.audit import audit
from services.refusals import N_, Conflict, NotFound, ValidationFailed


class PlaceKnown(Conflict):
    message = N_("This community has a place of this name already.")


def add(area_id: UUID, *, name: str, by: Person, now: datetime) -> CivilityPlace:
    """A place of a community that can be drawn from now on, by an admin who reaches it. PlaceKnown for a name that is there."""
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    if area.level != Level.COMMUNITY:
        raise ValidationFailed({"area_id": [N_("Places lie in communities.")]})
    db.session.scalars(select(Area.id).where(Area.id == area.id).with_for_update(of=Area, key_share=True)).one()
    if db.session.scalar(select(CivilityPlace.id).filter_by(area_id=area.id, name=name, ended_at=None)):
        raise PlaceKnown
    place = CivilityPlace(id=uuid7(), area_id=area.id, name=name, added_at=now)
    db.session.add(place)
    db.session.flush()
    audit.write("civility_place.add", "civility_place", place.id, by=by.id, area_id=area.id, now=now)
    return place


def end(place_id: UUID, *, by: Person, now: datetime) -> CivilityPlace:
    """It is drawn no more; where it was drawn it stays. Again: nothing changes."""
    place = db.session.get(CivilityPlace, place_id)
    if place is None:
        raise NotFound
    area = reach.area_within(by, place.area_id, (Role.AREA_ADMIN,), now)
    if place.ended_at is None:
        place.ended_at = now
        db.session.flush()
        audit.write("civility_place.end", "civility_place", place.id, by=by.id, area_id=area.id, now=now)
    return place


def visible(place_id: UUID, *, by: Person, now: datetime) -> tuple[CivilityPlace, Area]:
    """A place, also one that is drawn no more, and its community. NotFound out of reach."""
    place = db.session.get(CivilityPlace, place_id)
    if place is None:
        raise NotFound
    return place, reach.area_within(by, place.area_id, OVERSIGHT, now)


def search(by: Person, now: datetime, *, area_id: UUID | None = None):
    """A select of the places that can be drawn now, in reach, or in one area's subtree. NotFound where that is not in reach."""
    ids = reach.area_ids(by, OVERSIGHT, now, within=area_id)
    return select(CivilityPlace).where(CivilityPlace.area_id.in_(ids), CivilityPlace.ended_at.is_(None))
