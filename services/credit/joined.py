"""When two people turn out to be one (services/people/joins.py): their credit, and of which household they are."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import aliased

from models import ActivityRecord, CreditEntry, CreditFile, Enrolment, Honour, HouseholdMember, Person, RecordStatus, Source, Standing, db
from services.credit import enrolments, recalls, scores


def hand_over(old: UUID, new: UUID, *, on: date, now: datetime) -> None:
    """Entries and honours are the other's now. Of two files the enrolled one's stands, and the newcomer's ends; of two households likewise.

    Of two files each keeps what it was for the days before: what comes over counts in the other's from this day on, and in the household's.
    """
    files = dict(db.session.execute(  # locked: who writes into one of them at this moment has written before anything is handed over
        select(CreditFile.person_id, CreditFile.id).where(CreditFile.person_id.in_((old, new))).order_by(CreditFile.id)
        .with_for_update(of=CreditFile, key_share=True)).all())
    takes_file = old in files and new not in files
    if takes_file:
        _repoint(CreditFile, old, new)
    elif old in files:
        _repoint(CreditEntry, old, new, was_of_id=old, handed_over_on=on)
        _end(Enrolment, Enrolment.file_id == files[old], left_on=on, left_at=now)
        recalls.stop_all([files[old]], "left", now=now)
        enrolments.take_applications_back(files[old])
        db.session.execute(delete(Standing).where(Standing.file_id == files[old]))
    _repoint(CreditEntry, old, new)
    _repoint(Honour, old, new)
    _count_once(old, new)
    _take_place(old, new, on, takes_file=takes_file)
    scores.refresh(enrolments.of_person(new), now=now)


def _take_place(old: UUID, new: UUID, on: date, *, takes_file: bool) -> None:
    """In the household of the one, if the other has none; with the file also for the days before, on which it counted there."""
    live = HouseholdMember.left_on.is_(None)
    is_free = not db.session.scalar(select(HouseholdMember.id).where(HouseholdMember.person_id == new, live))
    if takes_file and is_free:
        _repoint(HouseholdMember, old, new, live)
    for left in _end(HouseholdMember, HouseholdMember.person_id == old, left_on=on, left_how="moved_out"):
        if is_free:
            db.session.add(HouseholdMember(household_id=left.household_id, person_id=new, joined_on=left.left_on, joined_how=left.joined_how))
    db.session.flush()


def count_once(written: list[CreditEntry]) -> None:
    """What was read of the chain after two people were joined counts once too."""
    whose = {entry.person_id for entry in written}
    pairs = db.session.execute(select(Person.id, Person.joined_into_id).where(Person.joined_into_id.in_(whose))).all() if whose else ()
    for old, new in pairs:
        _count_once(old, new)


def _count_once(old: UUID, new: UUID) -> None:
    """What both were credited for at one event is one deed, as long as both records stand."""
    theirs, other = aliased(ActivityRecord), aliased(ActivityRecord)
    doubles = db.session.execute(select(theirs.id, other.id).join(other, other.event_id == theirs.event_id).where(
        theirs.resident_id == new, other.resident_id == old, *(row.status == RecordStatus.CREDITED for row in (theirs, other)))).all()
    refs = {str(record_id) for double in doubles for record_id in double}
    of = {entry.source_ref: entry for entry in db.session.scalars(
        select(CreditEntry).where(CreditEntry.source == Source.CHAIN, CreditEntry.source_ref.in_(refs)))} if refs else {}
    for double in doubles:
        counts, doubled = (of.get(str(record_id)) for record_id in double)
        if counts and doubled:
            doubled.joined_deed = counts.deed
    db.session.flush()


def _repoint(row, old: UUID, new: UUID, *conditions, **values) -> None:
    db.session.execute(update(row).where(row.person_id == old, *conditions).values(person_id=new, **values)
                       .execution_options(synchronize_session=False))


def _end(row, condition, **values) -> list:
    """Those that are live; the day of the end is not before the day of the beginning, whatever the zone."""
    ended = db.session.scalars(select(row).where(condition, row.left_on.is_(None))).all()
    for held in ended:
        for name, value in values.items():
            setattr(held, name, max(value, held.joined_on) if name == "left_on" else value)
    db.session.flush()
    return ended
