"""Making people: every door (WeChat, grid worker, demo) makes one here."""
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from config import Settings
from models import STAFF, Area, Household, HouseholdRequest, Person, RoleGrant, db, local_day
from services import ledger
from services.access import reach
from services.audit import audit
from services.people import members, vault
from services.refusals import N_, Conflict, NotAllowed, NotFound, Unauthenticated
from services.scans import codes
from services.wechat import content


class OwnRequest(NotAllowed):
    message = N_("You cannot decide on your own request.")


class RequestDecided(Conflict):
    message = N_("This has been decided already.")


def make(display_name: str, home_area: Area, *, keys: dict, now: datetime, language: str = "zh-CN",
         household_id=None, papers: dict | None = None) -> Person:
    """A new resident with their wallets. `papers` may hold paper_name, id_number, phone: they are sealed."""
    person_id = uuid7()
    person = Person(id=person_id, display_name=display_name, language=language, home_area_id=home_area.id,
                    household_id=household_id, code_id=codes.new_id(), code_secret=codes.new_secret(), created_at=now,
                    data_key=vault.new_key(keys["fields"], person_id))
    seal_papers(person, papers or {}, keys)
    person.household_id = None
    db.session.add(person)
    db.session.flush()
    ledger.open_resident_wallets(person_id)
    if household_id:
        members.enter(person_id, household_id, on=local_day(now, home_area), now=now)
        person.household_id = household_id
    return person


def edit(person: Person, changes: dict, *, settings: Settings, now: datetime) -> Person:
    """What one changes of oneself. A new name is checked; until one passes, the last that did is the one to go back to."""
    if "home_area_id" in changes and db.session.get(Area, changes["home_area_id"]) is None:
        raise NotFound
    was = person.display_name
    for name, value in changes.items():
        setattr(person, name, value)
    if person.display_name != was:
        content.ask("person", person, by=person, settings=settings, now=now, was=content.last_good_name(person, was))
    person.version += 1
    return person


def hold(person: Person) -> None:
    """Nobody joins them to another person before the commit. Unauthenticated for who has been meanwhile: they are somebody else now."""
    if db.session.scalar(select(Person.joined_into_id).where(Person.id == person.id).with_for_update(read=True, of=Person)):
        raise Unauthenticated


def hold_alone(person: Person) -> None:
    """The same, and what else of theirs is held so waits for the commit: of two taps at once the second sees what the first did."""
    if db.session.scalar(select(Person.joined_into_id).where(Person.id == person.id).with_for_update(of=Person, key_share=True)):
        raise Unauthenticated


def seal_papers(person: Person, papers: dict, keys: dict) -> None:
    for column in ("paper_name", "id_number", "phone"):
        if value := papers.get(column):
            setattr(person, f"{column}_sealed", vault.seal(keys["fields"], person.data_key, value,
                                                          table="people", column=column, row=person.id))
    for column in ("id_number", "phone"):
        if value := papers.get(column):
            setattr(person, f"{column}_index", vault.blind_index(keys["blind_index"], column, value))


def paper(person: Person, column: str, keys: dict) -> str | None:
    """One sealed field in clear, for those who may see it; None where there is none."""
    sealed = getattr(person, f"{column}_sealed")
    return sealed and vault.unseal(keys["fields"], person.data_key, sealed, table="people", column=column, row=person.id)


def selves(person: Person):
    """A select of the ids under which somebody's rows stand: their own, and those of who was joined to them."""
    return select(Person.id).where((Person.id == person.id) | (Person.joined_into_id == person.id))


def self_ids(person: Person) -> list:
    """The same as ids, for a condition that has to find by an index: a select of unknown length is planned as if it were long."""
    return list(db.session.scalars(selves(person)))


def is_one(person: Person, other_id) -> bool:
    """Whether the other is this person, or was joined to them."""
    return person.id == other_id or db.session.scalar(select(Person.joined_into_id).where(Person.id == other_id)) == person.id


def self_of(person_id):
    """Whose somebody's rows and messages are now: their own, or theirs to whom they were joined."""
    return db.session.scalar(select(func.coalesce(Person.joined_into_id, Person.id)).where(Person.id == person_id))


def share_household(one: Person, other_id) -> bool:
    """Whether they are of one household. A person is of their own, and who was joined is the one they were joined to."""
    if one.id == other_id:
        return True
    named = aliased(Person)
    other = db.session.execute(select(Person.id, Person.household_id).join(
        named, Person.id == func.coalesce(named.joined_into_id, named.id)).where(named.id == other_id)).one()
    return other.id == one.id or (one.household_id is not None and other.household_id == one.household_id)


def names_of(ids) -> dict:
    """The display name of each of these people."""
    return dict(db.session.execute(select(Person.id, Person.display_name).where(Person.id.in_(ids))).all())


def masked(name: str) -> str:
    """`*娜` for two characters, first and last for more: what a shop sees of a resident."""
    letters = name.replace(" ", "")
    if len(letters) <= 1:
        return "*"
    return "*" + letters[-1] if len(letters) == 2 else letters[0] + "*" * (len(letters) - 2) + letters[-1]


def ask_for_household(person: Person, household_id, *, now: datetime) -> HouseholdRequest:
    """Asking again for the same household gives the waiting request; for another, replaces it."""
    if db.session.get(Household, household_id) is None:
        raise NotFound
    waiting = db.session.scalars(select(HouseholdRequest).filter_by(person_id=person.id, status="pending")).first()
    if waiting and waiting.household_id == household_id:
        return waiting
    if waiting:
        db.session.execute(update(HouseholdRequest).where(HouseholdRequest.id == waiting.id, HouseholdRequest.status == "pending").values(
            status="refused", decided_at=now).execution_options(synchronize_session=False))
    asked = HouseholdRequest(person_id=person.id, household_id=household_id, at=now)
    db.session.add(asked)
    db.session.flush()
    return asked


def decide_household(request_id, *, confirm: bool, by: Person, now: datetime) -> HouseholdRequest:
    request = db.session.get(HouseholdRequest, request_id)
    household = request and db.session.get(Household, request.household_id)
    if household is None:
        raise NotFound
    area = reach.area_within(by, household.area_id, STAFF, now)
    if request.person_id == by.id or household.id == by.household_id:
        raise OwnRequest
    won = db.session.execute(update(HouseholdRequest).where(
        HouseholdRequest.id == request_id, HouseholdRequest.status == "pending").values(
        status="confirmed" if confirm else "refused", decided_by_id=by.id, decided_at=now))
    if won.rowcount != 1:
        raise RequestDecided
    if confirm:
        members.enter(request.person_id, household.id, on=local_day(now, area), now=now)
    audit.write("household.confirm" if confirm else "household.refuse", "household_request", request.id, by=by.id,
                area_id=area.id, now=now)
    db.session.refresh(request)
    return request


def grant(person: Person, role: str, *, now: datetime, area: Area | None = None, merchant_id=None, until=None, by=None) -> RoleGrant:
    """Give a dated role; the same live role again is given back as it is."""
    live = select(RoleGrant).filter_by(person_id=person.id, role=role, area_id=area.id if area else None,
                                       merchant_id=merchant_id, ended_at=None)
    if held := db.session.scalars(live).first():
        return held
    given = RoleGrant(person_id=person.id, role=role, area_id=area.id if area else None, merchant_id=merchant_id,
                      since=now, until=until, granted_by_id=by.id if by else None)
    db.session.add(given)
    db.session.flush()
    return given
