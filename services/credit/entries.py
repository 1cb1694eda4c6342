"""What comes into a file: entered by a grid worker with evidence, or from elsewhere through `write`. Found wrong, an entry is voided."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from config import Settings
from models import STAFF, CreditEntry, CreditFile, Indicator, Message, Person, Role, Source, SubjectKind, Topic, db, local_day
from models.credit.files import SUBJECT_COLUMN
from models.statements import put
from services.access import reach
from services.audit import audit
from services.credit import enrolments, files, in_force, recalls, scores
from services.messages import messages
from services.people import identifiers, people
from services.refusals import N_, Conflict, Invalid, NotAllowed, NotFound, ValidationFailed


class UnknownItem(Invalid):
    message = N_("The rulebook in force here knows no such item.")


class OwnFile(NotAllowed):
    message = N_("You cannot write in a file of your own or of your household.")


class MinorsFault(NotAllowed):
    """个人信息保护法, articles 28 and 31: what a child did wrong is in no file."""

    message = N_("No fault of somebody under 18 is written down.")


class LooksTheSame(Conflict):
    """`entry_id`: the entry that tells of the same day and item."""

    message = N_("An entry about the same day and item is there already. Say whether it is the same deed or another one.")


class AlreadyVoided(Conflict):
    message = N_("This entry was voided already.")


class AskedOfNeighbours(Conflict):
    message = N_("What neighbours are asked is written by a round of their reviews alone.")


class LeftOut(Conflict):
    message = N_("This resident keeps their volunteering out of the file.")


def enter(file_id: UUID, *, code: str, quantity: int, happened_on: date, title: str, evidence: str, same_deed_as: UUID | None = None,
          is_another: bool = False, by: Person, settings: Settings, now: datetime) -> CreditEntry:
    """A grid worker writes down what they saw, with what shows it. It counts from the day it happened, also when it comes late.

    Refused: OwnFile, UnknownItem, AskedOfNeighbours, scores.NotInSchemeThen, MinorsFault, LeftOut; LooksTheSame unless it is said whether it
    is the same deed.
    """
    file = files.seen(file_id, by=by, now=now)
    reach.require(by, file.area, STAFF, now)
    if is_of(file, by):
        raise OwnFile
    enrolments.lock(file)  # of two who write of the same thing at once the second is told
    if enrolments.live(file.id) is None:  # it ended meanwhile: they are one with another person, whose file goes on
        raise NotFound
    item = known_item(file, code, local_day(now, file.area))
    check(file, item, happened_on=happened_on, settings=settings, now=now)
    deed = _deed(file, item, happened_on, same_deed_as, is_another)
    made = write(file, item.code, item.measured, quantity, happened_on=happened_on, title=title, evidence=evidence, source=Source.GRID_WORKER,
               source_ref=str(uuid7()), source_name=by.display_name, deed=deed, by=by, now=now)
    touch([made], now=now)
    tell_of_faults([(made, file)] if item.each_centipoints < 0 else [], now=now)
    audit.write("credit_entry.enter", "credit_entry", made.id, by=by.id, area_id=file.area_id, now=now, file=str(file.id), code=code)
    return made


def write(file: CreditFile, code: str, measured: str, quantity: int, *, happened_on: date, title: str, evidence: str, source: Source,
          source_ref: str, source_name: str, now: datetime, deed: str | None = None, by: Person | None = None) -> CreditEntry:
    """The row itself. Standings follow by `touch`, once for all that one transaction writes."""
    made = CreditEntry(id=uuid7(), person_id=file.person_id, household_id=file.household_id, merchant_id=file.merchant_id, area_id=file.area_id,
                       code=code, measured=measured, quantity=quantity, happened_on=happened_on, entered_on=local_day(now, file.area),
                       entered_at=now, deed=deed or f"{source}/{source_ref}", title=title, source=source, source_ref=source_ref,
                       source_name=source_name, evidence=evidence, entered_by_id=by and by.id)
    db.session.add(made)
    db.session.flush()
    return made


def void(entry_id: UUID, *, reason: str, by: Person, now: datetime) -> CreditEntry:
    """It was wrong: it counts for nothing from now on, stays to be read, and receivers of letters are told. Not by who is of the file."""
    entry = locked(entry_id)
    file = of_entry(entry)
    reach.require(by, file.area, (Role.AREA_ADMIN,), now)
    if is_of(file, by):
        raise OwnFile
    take_out(entry, reason=reason, by=by, now=now)
    touch([entry], now=now)
    recalls.send([entry], "voided", now=now)
    audit.write("credit_entry.void", "credit_entry", entry.id, by=by.id, area_id=entry.area_id, now=now)
    return entry


def take_out(entry: CreditEntry, *, reason: str, by: Person | None, now: datetime) -> None:
    """It counts for nothing any more. Standings follow by `touch`."""
    if entry.voided_at is not None:
        raise AlreadyVoided
    entry.voided_at, entry.voided_reason, entry.voided_by_id = now, reason, by and by.id
    db.session.flush()


def touch(changed: list[CreditEntry], *, now: datetime) -> None:
    """The standings of the files in which these entries count, worked out anew."""
    scores.refresh(list(db.session.scalars(files.of_subjects(changed))), now=now)


def tell_of_faults(faults: list[tuple[CreditEntry, CreditFile]], *, now: datetime) -> None:
    """Nobody finds out by chance that a fault stands in their file: they are told, and that they may object."""
    lines = [messages.line(person_id, Topic.CREDIT_FAULT, now=now, credit_entry_id=entry.id)[1]
             for entry, file in faults for person_id in files.people_of(file, now)]
    if lines:
        put(Message, lines)


def locked(entry_id: UUID) -> CreditEntry:
    entry = db.session.scalars(select(CreditEntry).where(CreditEntry.id == entry_id).with_for_update(of=CreditEntry)
                               .execution_options(populate_existing=True)).one_or_none()
    if entry is None:
        raise NotFound
    return entry


def seen(entry_id: UUID, *, by: Person, now: datetime) -> CreditEntry:
    """An entry of a file that `by` sees. NotFound."""
    entry = db.session.get(CreditEntry, entry_id)
    if entry is None:
        raise NotFound
    files.seen(of_entry(entry).id, by=by, now=now)
    return entry


def of_entry(entry: CreditEntry) -> CreditFile:
    """The file of the entry's own subject."""
    column, subject_id = next((name, held) for name in SUBJECT_COLUMN.values() if (held := getattr(entry, name)))
    return db.session.scalars(select(CreditFile).where(getattr(CreditFile, column) == subject_id)).one()


def is_of(file: CreditFile, by: Person) -> bool:
    """Whether the file is of `by`, of their household, or of somebody of it."""
    if file.person_id:
        return people.share_household(by, file.person_id)
    if file.household_id:
        return file.household_id == by.household_id
    return any(grant.merchant_id == file.merchant_id for grant in by.roles)


def known_item(file: CreditFile, code: str, on: date) -> Indicator:
    """The item of this code in the version in force for the file. UnknownItem."""
    item = item_of(file, code, on)
    if item is None:
        raise UnknownItem
    return item


def item_of(file: CreditFile, code: str, on: date) -> Indicator | None:
    version = in_force.version(file.area, SubjectKind(file.kind), on)
    return version and db.session.scalars(select(Indicator).where(
        Indicator.version_id == version.id, Indicator.code == code, Indicator.each_centipoints.is_not(None))).one_or_none()


def check(file: CreditFile, item: Indicator, *, happened_on: date, settings: Settings, now: datetime) -> None:
    """What no entry may be that somebody writes, wherever they have it from."""
    if item.asked_zh:
        raise AskedOfNeighbours
    if happened_on > local_day(now, file.area):
        raise ValidationFailed({"happened_on": [N_("This lies ahead.")]})
    if not enrolments.was_in(file.id, happened_on):
        raise scores.NotInSchemeThen
    if file.without_volunteering and item.code in enrolments.VOLUNTEERING:
        raise LeftOut
    if item.each_centipoints < 0 and file.person_id and _is_minor(file.person_id, happened_on, settings):
        raise MinorsFault


def _is_minor(person_id: UUID, on: date, settings: Settings) -> bool:
    """By the number on their papers, if we have it."""
    born = identifiers.born_on(people.paper(db.session.get(Person, person_id), "id_number", settings.keys) or "")
    return born is not None and identifiers.age(born, on) < 18


def _deed(file: CreditFile, item: Indicator, happened_on: date, same_deed_as: UUID | None, is_another: bool) -> str | None:
    if same_deed_as:
        other = db.session.get(CreditEntry, same_deed_as)
        if other is None or other.id not in db.session.scalars(
                files.entries(file).where(CreditEntry.id == same_deed_as).with_only_columns(CreditEntry.id)).all():
            raise ValidationFailed({"same_deed_as": [N_("There is no such entry in this file.")]})
        return other.deed
    alike = None if is_another else like(file, item.code, happened_on)
    if alike is not None:
        raise LooksTheSame(entry_id=str(alike))
    return None


def like(file: CreditFile, code: str, happened_on: date) -> UUID | None:
    """An entry of the file about the same day and item."""
    query = files.entries(file).where(CreditEntry.code == code, CreditEntry.happened_on == happened_on, CreditEntry.voided_at.is_(None))
    return db.session.scalars(query.with_only_columns(CreditEntry.id).limit(1)).first()
