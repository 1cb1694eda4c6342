"""What residents say of themselves for the sake of fairness, if they wish: changed and taken back by themselves alone."""
from datetime import datetime

from models import Person, Traits, db

SAID = ("born_year", "sex", "hukou", "has_disability")


def of(person: Person) -> Traits:
    """An empty row for who said nothing."""
    return db.session.get(Traits, person.id) or Traits(person_id=person.id)


def say(person: Person, *, now: datetime, **said) -> Traits:
    """All of it anew; what is left out or null is taken back, and with nothing left the row is gone."""
    held = db.session.get(Traits, person.id)
    if not any(said.get(name) is not None for name in SAID):
        if held is not None:
            db.session.delete(held)
        db.session.flush()
        return Traits(person_id=person.id)
    if held is None:
        held = Traits(person_id=person.id)
        db.session.add(held)
    for name in SAID:
        setattr(held, name, said.get(name))
    held.told_at = now
    db.session.flush()
    return held
