"""When two people turn out to be one (services/people/joins.py): their credit, and of which household they are."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from models import CreditEntry, CreditFile, Enrolment, Honour, HouseholdMember, Standing, db
from services.credit import enrolments, scores


def hand_over(old: UUID, new: UUID, *, on: date, now: datetime) -> None:
    """Entries and honours are the other's now. Of two files the enrolled one's stands, and the newcomer's ends; of two households likewise."""
    files = dict(db.session.execute(select(CreditFile.person_id, CreditFile.id).where(CreditFile.person_id.in_((old, new)))).all())
    if old in files and new not in files:
        _repoint(CreditFile, old, new)
    elif old in files:
        _end(Enrolment, Enrolment.file_id == files[old], left_on=on, left_at=now)
        db.session.execute(delete(Standing).where(Standing.file_id == files[old]))
    _repoint(CreditEntry, old, new)
    _repoint(Honour, old, new)
    live = HouseholdMember.left_on.is_(None)
    if db.session.scalar(select(HouseholdMember.id).where(HouseholdMember.person_id == new, live)):
        _end(HouseholdMember, HouseholdMember.person_id == old, left_on=on, left_how="moved_out")
    else:
        _repoint(HouseholdMember, old, new, live)
    scores.refresh(enrolments.of_person(new), now=now)


def _repoint(row, old: UUID, new: UUID, *conditions) -> None:
    db.session.execute(update(row).where(row.person_id == old, *conditions).values(person_id=new).execution_options(synchronize_session=False))


def _end(row, condition, **values) -> None:
    """The day of the end is not before the day of the beginning, whatever the zone."""
    for held in db.session.scalars(select(row).where(condition, row.left_on.is_(None))):
        for name, value in values.items():
            setattr(held, name, max(value, held.joined_on) if name == "left_on" else value)
    db.session.flush()
