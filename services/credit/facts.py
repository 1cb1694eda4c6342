"""What a file says besides deeds: registration, land, planting, livestock, leases, loans; a merchant's licence. It counts for nothing."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from models import STAFF, CreditFile, FileFact, Person, SubjectKind, db
from services.access import reach
from services.audit import audit
from services.credit import entries, files
from services.refusals import N_, Conflict, NotFound, ValidationFailed


class FactEnded(Conflict):
    message = N_("This line of the file has ended already.")


def of(file: CreditFile):
    return select(FileFact).where(FileFact.file_id == file.id)


def write(file_id: UUID, *, kind: str, label: str, quantity: int, unit: str, from_on: date, until_on: date | None, source: str, by: Person,
          now: datetime) -> FileFact:
    """By staff, not in a file of their own. A household's file holds everything but licences, a merchant's nothing but them."""
    file = files.seen(file_id, by=by, now=now)
    reach.require(by, file.area, STAFF, now)
    if entries.is_of(file, by):
        raise entries.OwnFile
    fits = {SubjectKind.HOUSEHOLD: kind != "licence", SubjectKind.MERCHANT: kind == "licence", SubjectKind.RESIDENT: False}
    if not fits[SubjectKind(file.kind)]:
        raise ValidationFailed({"kind": [N_("This does not stand in a file of this kind.")]})
    if until_on is not None and until_on < from_on:
        raise ValidationFailed({"until_on": [N_("This is before its beginning.")]})
    made = FileFact(file_id=file.id, kind=kind, label=label, quantity=quantity, unit=unit, from_on=from_on, until_on=until_on, source=source,
                    entered_by_id=by.id, entered_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("credit_file.write_fact", "credit_file", file.id, by=by.id, area_id=file.area_id, now=now, fact=str(made.id))
    return made


def end(fact_id: UUID, *, by: Person, now: datetime) -> FileFact:
    """It holds no longer, or was wrong: it stays to be read, marked."""
    row = db.session.scalars(select(FileFact).where(FileFact.id == fact_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    file = files.seen(row.file_id, by=by, now=now)
    reach.require(by, file.area, STAFF, now)
    if entries.is_of(file, by):
        raise entries.OwnFile
    if row.ended_at is not None:
        raise FactEnded
    row.ended_at, row.ended_by_id = now, by.id
    db.session.flush()
    audit.write("credit_file.end_fact", "credit_file", file.id, by=by.id, area_id=file.area_id, now=now, fact=str(row.id))
    return row
