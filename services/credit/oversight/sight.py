"""What those who administer or audit an area look at: rulebooks above and below it, files by name, one row of each queue.

Everything that is outside is not there: NotFound, whether it exists or not.
"""
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from models import (
    OVERSIGHT,
    CreditEntry,
    CreditFile,
    EntryObjection,
    Grade,
    Household,
    Indicator,
    Merchant,
    Person,
    Repair,
    Rulebook,
    RulebookStatus,
    RulebookVersion,
    SubjectKind,
    TrialRun,
    db,
    local_day,
)
from services.access import reach
from services.credit import entries, files, in_force
from services.credit.rulebooks import shown
from services.refusals import NotFound

NAME = func.coalesce(Person.display_name, Household.name, Merchant.name)


def rulebooks(by: Person, now: datetime, *, kind: str | None = None):
    """A select of the rulebooks of the areas that `by` administers or audits, of those below and of those above them."""
    query = select(Rulebook).join(Rulebook.area).options(contains_eager(Rulebook.area)).where(
        reach.around_condition(by, OVERSIGHT, now))
    return query.where(Rulebook.kind == kind) if kind else query


def rulebook(rulebook_id: UUID, *, by: Person, now: datetime) -> Rulebook:
    return _one(rulebooks(by, now).where(Rulebook.id == rulebook_id))


def version(version_id: UUID, *, by: Person, now: datetime) -> RulebookVersion:
    """With its rules. What was not consulted on yet, and what was dropped, only where `by` administers or audits."""
    found = shown(version_id)
    if found is None:
        raise NotFound
    book = rulebook(found.rulebook_id, by=by, now=now)
    if found.status in (RulebookStatus.DRAFT, RulebookStatus.DROPPED):
        reach.require(by, book.area, OVERSIGHT, now)
    return found


def present(book: Rulebook, now: datetime) -> RulebookVersion | None:
    """The book's own version that is in force today."""
    found = db.session.scalars(select(RulebookVersion.id).where(RulebookVersion.rulebook_id == book.id,
                                                               in_force.holds(local_day(now, book.area)))).first()
    return found and shown(found)


def counting_here(book: Rulebook, now: datetime) -> RulebookVersion | None:
    """The version by which the book's files count today: its own, or one of a rulebook above it."""
    found = in_force.version(book.area, SubjectKind(book.kind), local_day(now, book.area))
    return found and shown(found.id)


def item(item_id: UUID, *, by: Person, now: datetime) -> tuple[Indicator, RulebookVersion]:
    found = db.session.get(Indicator, item_id)
    if found is None or found.parent_id is None:
        raise NotFound
    return found, version(found.version_id, by=by, now=now)


def grade(grade_id: UUID, *, by: Person, now: datetime) -> tuple[Grade, RulebookVersion]:
    found = db.session.get(Grade, grade_id)
    if found is None:
        raise NotFound
    return found, version(found.version_id, by=by, now=now)


def item_of(file: CreditFile, code: str, now: datetime) -> Indicator | None:
    """What the version in force for the file says of a code today."""
    found = in_force.version(file.area, SubjectKind(file.kind), local_day(now, file.area))
    return next((row for row in found.indicators if row.code == code), None) if found else None


def trial(trial_id: UUID, *, by: Person, now: datetime) -> tuple[TrialRun, RulebookVersion]:
    found = db.session.get(TrialRun, trial_id)
    if found is None:
        raise NotFound
    tried = shown(found.version_id)
    reach.require(by, tried.rulebook.area, OVERSIGHT, now)
    return found, tried


def file(file_id: UUID, *, by: Person, now: datetime) -> CreditFile:
    """A file in the scheme, of an area that `by` administers or audits."""
    found = files.seen(file_id, by=by, now=now, least=files.Sight.SCORE)
    reach.require(by, found.area, OVERSIGHT, now)
    return found


def of_id(file_id: UUID) -> CreditFile:
    """A file that a row in sight names, also one that has left the scheme."""
    return db.session.get(CreditFile, file_id)


def entry(entry_id: UUID, *, by: Person, now: datetime) -> tuple[CreditEntry, CreditFile]:
    found = db.session.get(CreditEntry, entry_id)
    if found is None:
        raise NotFound
    return found, file(entries.of_entry(found).id, by=by, now=now)


def objection(objection_id: UUID, *, by: Person, now: datetime) -> EntryObjection:
    return reach.row_within(by, db.session.get(EntryObjection, objection_id), OVERSIGHT, now)


def repair(repair_id: UUID, *, by: Person, now: datetime) -> Repair:
    return reach.row_within(by, db.session.get(Repair, repair_id), OVERSIGHT, now)


def called(file_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What files are called: by their resident, household or merchant."""
    wanted = set(file_ids)
    return dict(db.session.execute(_named(select(CreditFile.id, NAME), CreditFile).where(CreditFile.id.in_(wanted))).all()) if wanted else {}


def told(entry_ids: Iterable[UUID]) -> dict[UUID, tuple[CreditEntry, str]]:
    """Entries, each with what its subject is called."""
    wanted = set(entry_ids)
    rows = db.session.execute(_named(select(CreditEntry, NAME), CreditEntry).where(CreditEntry.id.in_(wanted))) if wanted else ()
    return {row[0].id: (row[0], row[1]) for row in rows}


def behind(row: EntryObjection | Repair) -> tuple[CreditEntry, CreditFile, str]:
    """The entry that somebody objects to or wants repaired, its file, and what that is called."""
    about, name = told([row.entry_id])[row.entry_id]
    return about, entries.of_entry(about), name


def decides(row: EntryObjection | Repair, about: CreditEntry, of: CreditFile, by: Person) -> bool:
    """Whether it is nothing of their own. The rules look again (services/credit/objections.py, repairs.py)."""
    return by.id not in (about.entered_by_id, row.by_id) and not entries.is_of(of, by)


def _named(query, row):
    return (query.outerjoin(Person, Person.id == row.person_id).outerjoin(Household, Household.id == row.household_id)
            .outerjoin(Merchant, Merchant.id == row.merchant_id))


def _one(query):
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
