"""Which households of an area are reviewed, who of it may be drawn, and who is too near to a household to review it."""
from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, select, union
from sqlalchemy.orm import aliased

from config import Settings
from models import OVERSIGHT, STAFF, Area, CreditFile, Household, HouseholdMember, Person, ReviewedHousehold, RoleGrant, RulebookVersion, db, subtree
from services import draws
from services.credit import counting, in_force
from services.credit.reviews.drawing import MOST_HOUSEHOLDS, MOST_POOL
from services.people import identifiers, people

ADULT = 18


def households(area: Area, version: RulebookVersion, on: date) -> list[CreditFile]:
    """The files of households here that are in the scheme and count by this version; one more than a round may have."""
    inside = CreditFile.area_id.in_(select(Area.id).where(subtree(area.path)))
    return list(db.session.scalars(select(CreditFile).where(in_force.governed(version.rulebook, on), inside, counting.enrolled(CreditFile.id, on))
                                   .order_by(CreditFile.id).limit(MOST_HOUSEHOLDS + 1)))


def is_under_review(files: list[CreditFile]) -> bool:
    """Whether an open round has one of them."""
    row = ReviewedHousehold
    return bool(files) and db.session.scalar(select(exists().where(row.file_id.in_([file.id for file in files]), row.is_open)))


def pool(area: Area, *, seed: str, settings: Settings, on: date) -> list[UUID]:
    """Adults who are of a household here and in the scheme themselves, and are no staff; of those with the lowest lots.

    Of somebody whose papers nobody has seen it is not known how old they are.
    """
    here = Household.area_id.in_(select(Area.id).where(subtree(area.path)))
    ids = db.session.scalars(
        select(Person.id).join(Household, Household.id == Person.household_id)
        .where(here, may_review(Person.id, on), Person.joined_into_id.is_(None))).all()
    drawn = draws.pick(ids, MOST_POOL, seed=seed)
    known = db.session.scalars(select(Person).where(Person.id.in_(drawn)))
    minors = {person.id for person in known if _is_minor(person, on, settings)}
    return [person_id for person_id in drawn if person_id not in minors]


def may_review(person_id, on: date):
    """A condition: they are in the scheme themselves on this day, and no staff."""
    theirs = aliased(CreditFile)
    works = exists().where(RoleGrant.person_id == person_id, RoleGrant.role.in_({*STAFF, *OVERSIGHT}), RoleGrant.ended_at.is_(None))
    return exists().where(theirs.person_id == person_id, counting.enrolled(theirs.id, on)) & ~works


def _is_minor(person: Person, on: date, settings: Settings) -> bool:
    born = identifiers.born_on(people.paper(person, "id_number", settings.keys) or "")
    return born is not None and identifiers.age(born, on) < ADULT


def near(files: list[CreditFile], pool: list[UUID]) -> dict[UUID, set[UUID]]:
    """For each file, those of the pool who ever were of one household with somebody who ever was of it."""
    ever_of = {}  # by household, who ever was of it
    for person_id, household_id in db.session.execute(_memberships(HouseholdMember.household_id.in_([file.household_id for file in files]))):
        ever_of.setdefault(household_id, set()).add(person_id)
    everybody = set(pool).union(*ever_of.values())
    lived = {}  # by person, of which households they ever were
    theirs = union(_memberships(HouseholdMember.person_id.in_(everybody)), _memberships(Person.joined_into_id.in_(everybody)))  # each by its index
    for person_id, household_id in db.session.execute(theirs):
        lived.setdefault(person_id, set()).add(household_id)
    found = {}
    for file in files:
        theirs = {file.household_id}.union(*(lived[person_id] for person_id in ever_of.get(file.household_id, ())))
        found[file.id] = {person_id for person_id in pool if lived.get(person_id, set()) & theirs}
    return found


def _memberships(condition):
    """A select of (person, household), past and present; who was joined to another is the other."""
    row = HouseholdMember
    return select(func.coalesce(Person.joined_into_id, row.person_id), row.household_id).join(Person, Person.id == row.person_id).where(condition)
