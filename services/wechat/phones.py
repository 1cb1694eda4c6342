"""A person's phone number, confirmed by WeChat: sealed like their papers, found by its blind index, never asked for as a condition."""
from uuid import UUID

from sqlalchemy import select

from models import Person, db
from services.people import people
from services.refusals import N_, Invalid


class PhoneCodeInvalid(Invalid):
    message = N_("WeChat did not accept this. Please tap the button again.")


def bind(person_id: UUID, country_code: str, number: str, *, keys: dict) -> Person:
    """Keep the number in place of the one before. One of the country is kept without its code, as people write it."""
    person = _locked(person_id)
    people.seal_papers(person, {"phone": number if country_code == "86" else f"+{country_code}{number}"}, keys)
    person.version += 1
    db.session.flush()
    return person


def unbind(person_id: UUID) -> Person:
    person = _locked(person_id)
    if person.phone_sealed is not None:
        person.phone_sealed = person.phone_index = None
        person.version += 1
        db.session.flush()
    return person


def _locked(person_id: UUID) -> Person:
    return db.session.scalars(select(Person).where(Person.id == person_id).with_for_update(of=Person)
                              .execution_options(populate_existing=True)).one()


def masked(number: str) -> str:
    """`156******77`: the first three and the last two (WeChat's guideline for showing phone numbers)."""
    return number[:3] + "*" * max(0, len(number) - 5) + number[-2:] if len(number) >= 10 else "*" * len(number)
