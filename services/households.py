"""Households: who makes them. Asking to be of one and deciding is in people.py."""
from datetime import datetime
from uuid import UUID

from models import STAFF, Household, Person, db
from services import audit, reach


def make(area_id: UUID, name: str, *, by: Person, now: datetime) -> Household:
    area = reach.area_within(by, area_id, STAFF, now)
    household = Household(area_id=area.id, name=name, created_at=now)
    db.session.add(household)
    db.session.flush()
    audit.write("household.make", "household", household.id, by=by.id, area_id=area.id, now=now)
    return household
