"""Who is of a household from when to when: joining, leaving, splitting, marrying out, death."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from models import STAFF, CreditFile, Household, HouseholdMember, Person, db, local_day
from services.access import reach
from services.audit import audit
from services.credit import enrolments, scores
from services.refusals import N_, Conflict, NotAllowed, NotFound, ValidationFailed


class NotOfHousehold(Conflict):
    message = N_("This person is not of this household.")


class OwnHousehold(NotAllowed):
    message = N_("You cannot decide on your own household.")


def enter(person_id: UUID, household_id: UUID, *, on: date, how: str = "moved_in", now: datetime) -> None:
    """From this day on a person is of this household, and no longer of the one before; of the same again changes nothing."""
    held = _live(person_id)
    if held is not None and held.household_id == household_id:
        return
    if held is not None:
        _end(held, on=max(on, held.joined_on), how="split" if how == "split" else "moved_out")
    db.session.add(HouseholdMember(household_id=household_id, person_id=person_id, joined_on=on, joined_how=how))
    db.session.execute(update(Person).where(Person.id == person_id).values(household_id=household_id))
    db.session.flush()
    _refresh([household_id, *([held.household_id] if held else [])], now=now)


def leave(household_id: UUID, person_id: UUID, *, on: date, how: str, by: Person, now: datetime):
    """Staff write down that somebody married out, moved out or died: the dead are in no scheme. Gives the row with the name.

    NotOfHousehold; OwnHousehold; ValidationFailed for a day before they joined or ahead.
    """
    household, area = _managed(household_id, by, now)
    held = _live(person_id)
    if held is None or held.household_id != household.id:
        raise NotOfHousehold
    _check_day(on, held.joined_on, local_day(now, area))
    _end(held, on=on, how=how)
    db.session.execute(update(Person).where(Person.id == person_id).values(household_id=None))
    db.session.flush()
    if how == "died":
        enrolments.end_of_person(person_id, on=on, by=by, now=now)
    _refresh([household.id], now=now)
    audit.write("household.leave", "household", household.id, by=by.id, area_id=area.id, now=now, person=str(person_id), how=how)
    return db.session.execute(_named().where(HouseholdMember.id == held.id)).one()


def split(household_id: UUID, name: str, person_ids: list[UUID], *, on: date, by: Person, now: datetime) -> Household:
    """Some of a household are one of their own from this day on, in the same area. Refused as leaving is."""
    household, area = _managed(household_id, by, now)
    person_ids = sorted(set(person_ids))  # locked in one order
    held = [_live(person_id) for person_id in person_ids]
    if not held or any(row is None or row.household_id != household.id for row in held):
        raise NotOfHousehold
    for row in held:
        _check_day(on, row.joined_on, local_day(now, area))
    made = Household(area_id=area.id, name=name, created_at=now)
    db.session.add(made)
    db.session.flush()
    for person_id in person_ids:
        enter(person_id, made.id, on=on, how="split", now=now)
    audit.write("household.split", "household", household.id, by=by.id, area_id=area.id, now=now, made=str(made.id),
                people=[str(person_id) for person_id in person_ids])
    return made


def search(household_id: UUID, *, by: Person, now: datetime):
    """A select of who is and was of a household, with names; for staff and auditors in reach, and for who is of it."""
    household = db.session.get(Household, household_id)
    if household is None:
        raise NotFound
    if by.household_id != household.id:
        reach.area_within(by, household.area_id, reach.READERS, now)
    return _named().where(HouseholdMember.household_id == household.id)


def _named():
    row = HouseholdMember
    return (select(row.id, row.person_id, Person.display_name, row.joined_on, row.joined_how, row.left_on, row.left_how)
            .join(Person, Person.id == row.person_id))


def _managed(household_id, by, now):
    household = db.session.get(Household, household_id)
    if household is None:
        raise NotFound
    area = reach.area_within(by, household.area_id, STAFF, now)
    if by.household_id == household.id:
        raise OwnHousehold
    return household, area


def _live(person_id) -> HouseholdMember | None:
    """Locked. Who waited for one that was ended meanwhile is shown none by the first look, and by the second the one that was begun then."""
    query = select(HouseholdMember).where(HouseholdMember.person_id == person_id, HouseholdMember.left_on.is_(None)).with_for_update()
    return db.session.scalars(query).one_or_none() or db.session.scalars(query).one_or_none()


def _end(row: HouseholdMember, *, on: date, how: str) -> None:
    row.left_on, row.left_how = on, how
    db.session.flush()


def _refresh(household_ids: list[UUID], *, now: datetime) -> None:
    """What the people of a household bring to it comes and goes with them."""
    scores.refresh(list(db.session.scalars(select(CreditFile.id).where(CreditFile.household_id.in_(household_ids)))), now=now)


def _check_day(on: date, joined_on: date, today: date) -> None:
    if on < joined_on:
        raise ValidationFailed({"on": [N_("This is before they joined.")]})
    if on > today:
        raise ValidationFailed({"on": [N_("This lies ahead.")]})
