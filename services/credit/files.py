"""Who sees a file: whose it is, all of it; staff of its area what their work needs; everybody else, that nothing is there.

A household's file never says which of its members did what. Each look by somebody else is kept, and the subject sees who looked.
"""
import enum
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, insert, or_, select

from models import (
    OVERSIGHT,
    AuditRow,
    CreditEntry,
    CreditFile,
    Enrolment,
    Household,
    HouseholdMember,
    Indicator,
    Person,
    Role,
    SubjectKind,
    db,
    local_day,
)
from models.credit.files import SUBJECT_COLUMN
from models.days import months_after
from services.access import reach
from services.audit import audit
from services.credit import in_force
from services.messages import messages
from services.refusals import Forbidden, NotFound


class Sight(enum.IntEnum):
    """How much of a file somebody sees."""

    ENTRIES = 1  # a grid worker: what was entered, to enter and correct; no score
    SCORE = 2  # an area's admin or auditor
    OWN = 3


def sight(file: CreditFile, *, by: Person, now: datetime) -> Sight | None:
    if is_own(file, by=by, now=now):
        return Sight.OWN
    if reach.reaches(by, file.area, OVERSIGHT, now):
        return Sight.SCORE
    return Sight.ENTRIES if reach.reaches(by, file.area, (Role.GRID_WORKER,), now) else None


def is_own(file: CreditFile, *, by: Person, now: datetime) -> bool:
    if file.kind == SubjectKind.RESIDENT:
        return file.person_id == by.id
    if file.kind == SubjectKind.HOUSEHOLD:
        return by.household_id is not None and file.household_id == by.household_id
    return file.merchant_id in reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,))


def seen(file_id: UUID, *, by: Person, now: datetime, least: Sight = Sight.ENTRIES) -> CreditFile:
    """The file, for who sees at least so much of it; NotFound for who sees nothing, Forbidden for who sees less.

    Not while the subject is outside the scheme, but for the subject.
    """
    file = db.session.get(CreditFile, file_id)
    has = file and sight(file, by=by, now=now)
    if has is None or (has != Sight.OWN and not _is_in(file.id)):
        raise NotFound
    if has < least:
        raise Forbidden
    return file


def look(file: CreditFile, what: str, *, by: Person, now: datetime):
    """A look to be written after the reading, by who is not the subject; None for a look at one's own."""
    if is_own(file, by=by, now=now):
        return None
    return audit.look(f"credit_file.{what}", "credit_file", file.id, by=by, whose=(), area_id=file.area_id, now=now)


def look_at(file_ids: Iterable[UUID], what: str, *, by: Person, now: datetime):
    """As `look`, at each of these files; None where they are nobody else's."""
    ids = set(file_ids)
    return _look_at(CreditFile.id.in_(ids), what, by, now) if ids else None


def look_at_entries(entry_ids: Iterable[UUID], *, by: Person, now: datetime):
    """As `look_at`, at the entries of each file in which one of these stands."""
    wanted, columns = set(entry_ids), SUBJECT_COLUMN.values()
    if not wanted:
        return None
    rows = db.session.execute(select(*(getattr(CreditEntry, column) for column in columns)).where(CreditEntry.id.in_(wanted))).all()
    of_subjects = or_(*(getattr(CreditFile, column).in_({getattr(row, column) for row in rows} - {None}) for column in columns))
    return _look_at(of_subjects, "look_at_entries", by, now)


def _look_at(condition, what: str, by: Person, now: datetime):
    values = [audit.row(f"credit_file.{what}", "credit_file", file.id, by=by.id, area_id=file.area_id, now=now)[1]
              for file in db.session.scalars(select(CreditFile).where(condition).order_by(CreditFile.id)) if not is_own(file, by=by, now=now)]
    return insert(AuditRow).values(values) if values else None


def looks(file: CreditFile):
    """A select of who looked at a file or had it read to them, with their names, the newest first."""
    return (select(AuditRow.id, AuditRow.at, AuditRow.action, AuditRow.by_id, Person.display_name)
            .outerjoin(Person, Person.id == AuditRow.by_id)
            .where(AuditRow.target_type == "credit_file", AuditRow.target_id == file.id, AuditRow.action.in_(LOOKS)))


LOOKS = ("credit_file.look", "credit_file.look_at_score", "credit_file.look_at_entries", "credit_file.export", "credit_file.letter")


def search(by: Person, now: datetime, *, area_id: UUID | None = None, **of):
    """A select of the files in the scheme that staff and auditors reach; `of`: those of a kind, a person_id or a household_id alone.

    NotFound for a person or a household out of reach.
    """
    for name, row in (("person_id", Person), ("household_id", Household)):
        if of.get(name) is not None:
            _require_near(db.session.get(row, of[name]), by, now)
    reached = CreditFile.area_id.in_(reach.area_ids(by, reach.READERS, now, within=area_id)) & CreditFile.id.in_(
        select(Enrolment.file_id).where(Enrolment.left_on.is_(None)))
    return select(CreditFile).where(reached).filter_by(**of)


def _require_near(subject: Person | Household | None, by: Person, now: datetime) -> None:
    if subject is None:
        raise NotFound
    reach.area_within(by, subject.home_area_id if isinstance(subject, Person) else subject.area_id, reach.READERS, now)


def people_of(file: CreditFile, now: datetime) -> list[UUID]:
    """Whose file it is, to be told of what concerns it: a household's people, a merchant's owners."""
    if file.person_id:
        return [file.person_id]
    if file.merchant_id:
        return messages.owners_of(file.merchant_id, now)
    return list(db.session.scalars(select(Person.id).where(Person.household_id == file.household_id)))


def own(by: Person, now: datetime):
    """A select of the files that somebody speaks for."""
    mine = [CreditFile.person_id == by.id, CreditFile.merchant_id.in_(reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,)))]
    if by.household_id:
        mine.append(CreditFile.household_id == by.household_id)
    return select(CreditFile).where(or_(*mine))


def own_entries(by: Person, now: datetime):
    """A select of the ids of the entries of the files that somebody speaks for."""
    mine = [CreditEntry.person_id == by.id, CreditEntry.merchant_id.in_(reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,)))]
    if by.household_id:
        mine.append(CreditEntry.household_id == by.household_id)
    return select(CreditEntry.id).where(or_(*mine))


def entries(file: CreditFile):
    """A select of the entries of a file's own subject: a household's are those about the household, not its members' deeds."""
    column = SUBJECT_COLUMN[SubjectKind(file.kind)]
    return select(CreditEntry).where(getattr(CreditEntry, column) == getattr(file, column))


def shown_entries(file: CreditFile, *, by: Person, now: datetime):
    """As `entries`, for who looks: the subject sees all; staff no more what was voided, repaired, or has lapsed."""
    query = entries(file)
    if is_own(file, by=by, now=now):
        return query
    on = local_day(now, file.area)
    version = in_force.version(file.area, SubjectKind(file.kind), on)
    lapsed = exists().where(Indicator.version_id == (version and version.id), Indicator.code == CreditEntry.code,
                            Indicator.measured == CreditEntry.measured, Indicator.term_months.is_not(None),
                            months_after(CreditEntry.happened_on, Indicator.term_months) <= on).correlate(CreditEntry)
    return query.where(CreditEntry.voided_at.is_(None), CreditEntry.stopped_at.is_(None), ~lapsed)


def of_subjects(written: list[CreditEntry]):
    """A select of the ids of the files in which entries count: their subjects' own, and the households' of which their people are now."""
    about = {column: {getattr(entry, column) for entry in written} - {None} for column in SUBJECT_COLUMN.values()}
    return select(CreditFile.id).where(or_(of_people_now(about["person_id"]), CreditFile.household_id.in_(about["household_id"]),
                                           CreditFile.merchant_id.in_(about["merchant_id"])))


def of_people_now(person_ids):
    """A condition: the files in which these people's deeds count, their own and those of their households."""
    households = select(HouseholdMember.household_id).where(HouseholdMember.person_id.in_(person_ids), HouseholdMember.left_on.is_(None))
    return or_(CreditFile.person_id.in_(person_ids), CreditFile.household_id.in_(households))


def _is_in(file_id: UUID) -> bool:
    return db.session.scalar(select(Enrolment.id).where(Enrolment.file_id == file_id, Enrolment.left_on.is_(None))) is not None
