"""Objections to entries: the flag is there at once and travels; a decision in writing comes within five working days, by somebody else.

Five working days as in 上海市社会信用条例; what was disputed counts against nobody meanwhile (services/credit/scores.py). After one was
dismissed a further one is decided likewise, and marked; but the entry counts until then as it was decided.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from config import Settings
from models import OVERSIGHT, Area, EntryObjection, Person, Role, Topic, db, local_day
from services.access import reach
from services.audit import audit
from services.credit import entries, files, recalls, workdays
from services.messages import messages
from services.people import people
from services.refusals import N_, Conflict, NotAllowed, NotFound
from services.wechat import content

WORKING_DAYS = 5


class AlreadyDisputed(Conflict):
    message = N_("Somebody objects to this entry already, and it is not decided yet.")


class DisputeDecided(Conflict):
    message = N_("This has been decided already.")


class OwnEntry(NotAllowed):
    message = N_("You entered this yourself, or it is of your household: somebody else decides.")


def object_to(entry_id: UUID, *, reason: str, by: Person, now: datetime, settings: Settings | None = None) -> EntryObjection:
    """By whose file it is; a household's deeds, by who did them. NotFound for everybody else; AlreadyVoided; AlreadyDisputed."""
    entry = entries.locked(entry_id)
    file = entries.of_entry(entry)
    if not files.is_own(file, by=by, now=now):
        raise NotFound
    if entry.voided_at is not None:
        raise entries.AlreadyVoided
    if db.session.scalar(select(EntryObjection.id).where(EntryObjection.entry_id == entry.id, EntryObjection.status == "open")):
        raise AlreadyDisputed
    made = EntryObjection(id=uuid7(), entry_id=entry.id, area_id=entry.area_id, by_id=by.id, reason=reason, at=now,
                          due_on=workdays.after(local_day(now, file.area), WORKING_DAYS))
    db.session.add(made)
    content.ask("credit_objection", made, by=by, settings=settings, now=now)
    db.session.flush()
    entries.touch([entry], now=now)
    audit.write("credit_objection.make", "credit_objection", made.id, by=by.id, area_id=entry.area_id, now=now)
    return made


def decide(objection_id: UUID, *, uphold: bool, reason: str, by: Person, now: datetime) -> EntryObjection:
    """By the area where it was entered. Upheld: the entry is voided, every receiver told. Dismissed: the flag goes. DisputeDecided; OwnEntry."""
    row = db.session.scalars(select(EntryObjection).where(EntryObjection.id == objection_id).with_for_update()
                             .execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    entry = entries.locked(row.entry_id)
    file = entries.of_entry(entry)
    reach.require(by, db.session.get(Area, row.area_id), (Role.AREA_ADMIN,), now)
    if entry.entered_by_id == by.id or people.is_one(by, row.by_id) or entries.is_of(file, by):
        raise OwnEntry
    if row.status != "open":
        raise DisputeDecided
    row.status, row.decided_by_id, row.decided_at, row.decided_reason = "upheld" if uphold else "dismissed", by.id, now, reason
    db.session.flush()
    if uphold and entry.voided_at is None:
        entries.take_out(entry, reason=reason, by=by, now=now)
        entries.touch([entry], now=now)
        recalls.send([entry], "objection_upheld", now=now)
    else:
        entries.touch([entry], now=now)
    topic = Topic.CREDIT_OBJECTION_UPHELD if uphold else Topic.CREDIT_OBJECTION_DISMISSED
    messages.tell(people.self_of(row.by_id), topic, now=now, credit_objection_id=row.id)
    audit.write("credit_objection.decide", "credit_objection", row.id, by=by.id, area_id=row.area_id, now=now, status=row.status)
    return row


def search(by: Person, now: datetime, *, status: str | None = None, overdue: bool = False, entry_id: UUID | None = None):
    """A select of those to entries of one's own files, and of those in the areas that one administers or audits; of one entry, if asked.

    `overdue`: those that are open and should be decided by now. NotFound for an entry that one does not see.
    """
    row, narrow = EntryObjection, []
    if entry_id is not None:
        narrow.append(row.entry_id == entries.seen(entry_id, by=by, now=now).id)
    if overdue:
        narrow += [row.status == "open", row.due_on < local_day(now, by.home_area)]
    if status:
        narrow.append(row.status == status)
    reached, own = row.area_id.in_(reach.area_ids(by, OVERSIGHT, now)), row.entry_id.in_(files.own_entries(by, now))
    return select(row).where(reach.either(row, reached, own, narrow=narrow))
