"""People without a phone: enrol them, and print the card that stands for one. See joins.py for when they get a phone."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from config import Settings
from models import STAFF, Card, Household, Person, db
from services.access import reach
from services.audit import audit
from services.people import identifiers, people, vault
from services.refusals import N_, Conflict, NotFound, ValidationFailed
from services.scans import codes


class AlreadyEnrolled(Conflict):
    message = N_("Somebody with these papers is enrolled already.")


class AlreadyRevoked(Conflict):
    message = N_("This card has been revoked already.")


def enrol(display_name: str, home_area_id: UUID, *, household_id: UUID | None = None, language: str = "zh-CN",
          papers: dict, by: Person, settings: Settings, now: datetime) -> Person:
    """A new resident, made by staff of their area. AlreadyEnrolled when the ID number is known."""
    area = reach.area_within(by, home_area_id, STAFF, now)
    if household_id:
        _household_within(household_id, by, now)
    papers = _checked_papers(papers)
    if number := papers.get("id_number"):
        _refuse_known(number, settings)
    person = people.make(display_name, area, keys=settings.keys, now=now, language=language,
                         household_id=household_id, papers=papers)
    audit.write("resident.enrol", "person", person.id, by=by.id, area_id=area.id, now=now)
    return person


def _household_within(household_id, by, now) -> None:
    household = db.session.get(Household, household_id)
    if household is None:
        raise NotFound
    reach.area_within(by, household.area_id, STAFF, now)


def _checked_papers(papers: dict) -> dict:
    papers = dict(papers)
    if number := papers.get("id_number"):
        papers["id_number"] = identifiers.plain(number)
        if not (identifiers.is_id_number(papers["id_number"]) or identifiers.is_passport_number(papers["id_number"])):
            raise ValidationFailed({"id_number": [N_("Not a number of an ID card or a passport.")]})
    if phone := papers.get("phone"):
        papers["phone"] = identifiers.plain(phone)
    return papers


def _refuse_known(number: str, settings: Settings) -> None:
    index = vault.blind_index(settings.keys["blind_index"], "id_number", number)
    if db.session.scalar(select(Person.id).where(Person.id_number_index == index)):
        raise AlreadyEnrolled


def within(person_id: UUID, *, by: Person, roles=STAFF, now: datetime, lock: bool = False) -> Person:
    """The resident, if their home is in reach: NotFound elsewhere, and for one joined to another."""
    query = select(Person).where(Person.id == person_id, Person.joined_into_id.is_(None))
    person = db.session.scalars(query.with_for_update(of=Person) if lock else query).one_or_none()
    if person is None:
        raise NotFound
    reach.require(by, person.home_area, roles, now)
    return person


def make_card(person_id: UUID, *, by: Person, now: datetime) -> Card:
    """A new printed code; the one before is no code of ours any more."""
    person = within(person_id, by=by, now=now, lock=True)
    db.session.execute(update(Card).where(Card.person_id == person.id, Card.revoked_at.is_(None)).values(revoked_at=now))
    card = Card(person_id=person.id, code_id=codes.new_id(), secret=codes.new_secret(), made_by_id=by.id, at=now)
    db.session.add(card)
    db.session.flush()
    audit.write("card.make", "card", card.id, by=by.id, area_id=person.home_area_id, now=now)
    return card


def card_of(person_id: UUID, *, by: Person, now: datetime) -> tuple[Card, UUID]:
    """The card that is good now, and its person's home; NotFound when there is none."""
    person = within(person_id, by=by, now=now)
    card = _card_in_force(person)
    if card is None:
        raise NotFound
    return card, person.home_area_id


def has_card(person: Person) -> bool:
    return _card_in_force(person) is not None


def _card_in_force(person: Person) -> Card | None:
    return db.session.scalars(select(Card).filter_by(person_id=person.id, revoked_at=None)).first()


def card_token(card: Card, settings: Settings) -> str:
    return codes.show(codes.CARD, card.code_id, card.secret, key=settings.keys["codes"], made_at=card.at)


def revoke_card(card_id: UUID, *, by: Person, now: datetime) -> Card:
    card = db.session.get(Card, card_id)
    if card is None:
        raise NotFound
    person = within(card.person_id, by=by, now=now)
    ended = db.session.execute(update(Card).where(Card.id == card_id, Card.revoked_at.is_(None)).values(revoked_at=now))
    if ended.rowcount != 1:
        raise AlreadyRevoked
    audit.write("card.revoke", "card", card.id, by=by.id, area_id=person.home_area_id, now=now)
    return card
