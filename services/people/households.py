"""Households: who makes them. Asking to be of one and deciding is in people.py."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from models import STAFF, Household, HouseholdRequest, Person, db
from services.access import reach
from services.audit import audit


def make(area_id: UUID, name: str, *, by: Person, now: datetime) -> Household:
    area = reach.area_within(by, area_id, STAFF, now)
    household = Household(area_id=area.id, name=name, created_at=now)
    db.session.add(household)
    db.session.flush()
    audit.write("household.make", "household", household.id, by=by.id, area_id=area.id, now=now)
    return household


def name_of(person: Person) -> str | None:
    household = person.household_id and db.session.get(Household, person.household_id)
    return household.name if household else None


def at_door(name: str, *, of: Person):
    """A select of the households that somebody finds by naming the very door, in their own grid and no other."""
    return select(Household).where(Household.area_id == of.home_area_id, Household.name == name)


def search(by: Person, now: datetime, *, area_id: UUID | None = None):
    """A select of the households in reach."""
    return select(Household).where(Household.area_id.in_(reach.area_ids(by, reach.READERS, now, within=area_id)))


def requests(by: Person, now: datetime, *, area_id: UUID | None = None, status: str | None = None):
    """A select of the requests to be of a household in reach, each with the names of both."""
    row = HouseholdRequest
    query = (select(row.id, row.person_id, row.household_id, row.status, row.at, row.decided_at,
                    Person.display_name, Household.name.label("household_name"), Household.area_id)
             .join(Person, Person.id == row.person_id).join(Household, Household.id == row.household_id)
             .where(Household.area_id.in_(reach.area_ids(by, reach.READERS, now, within=area_id))))
    return query.where(row.status == status) if status else query
