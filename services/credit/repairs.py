"""Repair: who did wrong, made it good and pledges to keep the rules asks that it stops counting before its term is over.

Three classes with shortest and longest terms, as in 信用修复管理办法 (in force 2026-04-01), which governs public credit information and
whose shape is borrowed here: minor 0 to 3 months, ordinary 3 to 12, serious 12 to 36, from the day of the fault. Decided within three
working days (深圳经济特区社会信用条例: three, and three more).
"""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from config import Settings
from models import OVERSIGHT, Area, CreditEntry, CreditFile, Indicator, Person, Repair, RepairClass, Role, SubjectKind, Topic, db, local_day
from models.credit.measures import TERMS
from services.access import reach
from services.audit import audit
from services.credit import entries, files, in_force, recalls, workdays
from services.credit.objections import OwnEntry
from services.messages import messages
from services.months import months_later
from services.people import people
from services.refusals import N_, Conflict, NotFound
from services.wechat import content

WORKING_DAYS = 3


class NothingToRepair(Conflict):
    message = N_("Only a fault that still counts can be repaired.")


class TooEarly(Conflict):
    """`from_on`: the day from which it can be asked for."""

    message = N_("This can be repaired from %(from_on)s on.")


class FaultAgain(Conflict):
    message = N_("The same fault was done again since, so this one cannot be repaired.")


class RepairAsked(Conflict):
    message = N_("Repair of this has been asked for already.")


class RepairDecided(Conflict):
    message = N_("This has been decided already.")


def conditions(entry: CreditEntry, file: CreditFile, on: date) -> tuple[RepairClass, date]:
    """The class of the fault and the day from which it may be repaired. NothingToRepair, TooEarly, FaultAgain."""
    version = in_force.version(file.area, SubjectKind(file.kind), on)
    item = version and db.session.scalars(select(Indicator).where(
        Indicator.version_id == version.id, Indicator.code == entry.code, Indicator.measured == entry.measured)).one_or_none()
    lapses = item and item.term_months and months_later(entry.happened_on, item.term_months)
    if item is None or item.each_centipoints >= 0 or entry.voided_at or entry.stopped_at or (lapses and lapses <= on):
        raise NothingToRepair
    grade_class = RepairClass(item.repair_class or RepairClass.ORDINARY)
    earliest = months_later(entry.happened_on, TERMS[grade_class][0])
    if on < earliest:
        raise TooEarly(from_on=earliest.isoformat())
    again = files.entries(file).where(CreditEntry.code == entry.code, CreditEntry.id != entry.id, CreditEntry.happened_on >= entry.happened_on,
                                      CreditEntry.deed != entry.deed, CreditEntry.voided_at.is_(None), CreditEntry.stopped_at.is_(None))
    if db.session.scalar(again.with_only_columns(CreditEntry.id).limit(1)):
        raise FaultAgain
    return grade_class, earliest


def ask(entry_id: UUID, *, pledge: str, evidence: str, by: Person, now: datetime, settings: Settings | None = None) -> Repair:
    """By whose file it is. The system looks at the conditions; a person looks at the evidence. As `conditions`; RepairAsked."""
    entry = entries.locked(entry_id)
    file = entries.of_entry(entry)
    if not files.is_own(file, by=by, now=now):
        raise NotFound
    today = local_day(now, file.area)
    grade_class, _ = conditions(entry, file, today)
    if db.session.scalar(select(Repair.id).where(Repair.entry_id == entry.id, Repair.status == "open")):
        raise RepairAsked
    made = Repair(id=uuid7(), entry_id=entry.id, area_id=entry.area_id, grade_class=grade_class, by_id=by.id, pledge=pledge, evidence=evidence,
                  at=now, due_on=workdays.after(today, WORKING_DAYS))
    db.session.add(made)
    content.ask("repair", made, by=by, settings=settings, now=now)
    db.session.flush()
    audit.write("repair.ask", "repair", made.id, by=by.id, area_id=entry.area_id, now=now)
    return made


def decide(repair_id: UUID, *, grant: bool, reason: str, by: Person, now: datetime) -> Repair:
    """Granted: from today on the fault counts, shows and is shared no more, and every receiver is told, in one transaction."""
    row = _open(repair_id)
    entry = entries.locked(row.entry_id)
    file = entries.of_entry(entry)
    reach.require(by, db.session.get(Area, row.area_id), (Role.AREA_ADMIN,), now)
    if entry.entered_by_id == by.id or people.is_one(by, row.by_id) or entries.is_of(file, by):
        raise OwnEntry
    if row.status != "open":
        raise RepairDecided
    today = local_day(now, file.area)
    if grant:
        conditions(entry, file, today)
    row.status, row.decided_by_id, row.decided_at, row.decided_reason = "granted" if grant else "refused", by.id, now, reason
    db.session.flush()
    if grant:
        entry.stopped_on, entry.stopped_at = today, now
        db.session.flush()
        entries.touch([entry], now=now)
        recalls.send([entry], "repaired", now=now)
    messages.tell(people.self_of(row.by_id), Topic.REPAIR_GRANTED if grant else Topic.REPAIR_REFUSED, now=now, repair_id=row.id)
    audit.write("repair.decide", "repair", row.id, by=by.id, area_id=row.area_id, now=now, status=row.status)
    return row


def withdraw(repair_id: UUID, *, by: Person, now: datetime) -> Repair:
    row = _open(repair_id)
    if not people.is_one(by, row.by_id):
        raise NotFound
    if row.status != "open":
        raise RepairDecided
    row.status = "withdrawn"
    db.session.flush()
    return row


def search(by: Person, now: datetime, *, status: str | None = None, entry_id: UUID | None = None):
    """A select of one's own, and of those in the areas that one administers or audits; of one entry, if asked: NotFound if one does not see it."""
    row, narrow = Repair, []
    if entry_id is not None:
        narrow.append(row.entry_id == entries.seen(entry_id, by=by, now=now).id)
    if status:
        narrow.append(row.status == status)
    reached, own = row.area_id.in_(reach.area_ids(by, OVERSIGHT, now)), row.by_id.in_(people.self_ids(by))
    return select(row).where(reach.either(row, reached, own, narrow=narrow))


def _open(repair_id: UUID) -> Repair:
    row = db.session.scalars(select(Repair).where(Repair.id == repair_id).with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return row
