"""Object to a record, and decide on it: nobody's record is made behind their back."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from uuid_utils.compat import uuid7

from config import Settings
from models import ActivityRecord, Objection, Person, RecordStatus, Role, db
from services.access import reach
from services.audit import audit
from services.people import people
from services.records import approvals, records, steps
from services.refusals import N_, Conflict, Forbidden, NotFound
from services.wechat import content


class AlreadyObjected(Conflict):
    message = N_("Your objection is being looked at already.")


class ObjectionDecided(Conflict):
    message = N_("This objection has been decided already.")


def object_to(record_id: UUID, *, by: Person, now: datetime, reason: str, settings: Settings | None = None) -> Objection:
    """By the resident it is about, or by any resident during the public notice. Forbidden to who only sees it; to others NotFound."""
    locked = select(ActivityRecord).where(ActivityRecord.id == record_id).with_for_update(of=ActivityRecord)
    record = db.session.scalars(locked).one_or_none()
    if record is None:
        raise NotFound
    if not (_in_notice(record, now) or people.is_one(by, record.resident_id)):
        raise Forbidden if reach.reaches(by, record.area, reach.READERS, now) else NotFound
    if db.session.scalar(select(Objection.id).where(
            Objection.record_id == record.id, Objection.by_id.in_(people.selves(by)), Objection.status == "open").limit(1)):
        raise AlreadyObjected
    objection = Objection(id=uuid7(), record_id=record.id, by_id=by.id, reason=reason, at=now)
    db.session.add(objection)
    content.ask("objection", objection, by=by, settings=settings, now=now)
    if "disputed" not in record.flags:
        record.flags = [*record.flags, "disputed"]
        record.version += 1
    db.session.flush()
    return objection


def _in_notice(record: ActivityRecord, now: datetime) -> bool:
    return record.status == RecordStatus.APPROVED and record.notice_until is not None and now < record.notice_until


def search(by: Person, now: datetime, *, status: str | None = None):
    """A select of one's own objections, of those to one's own records, and of those to records in the areas that one reaches."""
    in_reach = ActivityRecord.area_id.in_(reach.area_ids(by, reach.READERS, now))
    selves = people.selves(by)
    query = select(Objection).join(ActivityRecord, ActivityRecord.id == Objection.record_id).options(
        contains_eager(Objection.record)).where(Objection.by_id.in_(selves) | ActivityRecord.resident_id.in_(selves) | in_reach)
    return query.where(Objection.status == status) if status else query


def visible(objection_id: UUID, *, by: Person, now: datetime) -> Objection:
    """One's own, or one to a record of one's own or in reach. NotFound otherwise."""
    objection = db.session.scalars(search(by, now).where(Objection.id == objection_id)).one_or_none()
    if objection is None:
        raise NotFound
    return objection


def decide(objection_id: UUID, *, uphold: bool, by: Person, now: datetime, reason: str) -> Objection:
    """By an area admin, never on one's own or one's household's record."""
    objection = db.session.scalars(select(Objection).where(Objection.id == objection_id).with_for_update(of=Objection)
                                   .execution_options(populate_existing=True)).one_or_none()
    if objection is None:
        raise NotFound
    record = db.session.scalars(select(ActivityRecord).where(ActivityRecord.id == objection.record_id)
                                .with_for_update(of=ActivityRecord).execution_options(populate_existing=True)).one()
    reach.require(by, record.area, (Role.AREA_ADMIN,), now)
    if is_own(objection, by):
        raise steps.OwnRecord
    if objection.status != "open":
        raise ObjectionDecided
    objection.status = "upheld" if uphold else "dismissed"
    objection.decided_by_id, objection.decided_at, objection.decided_reason = by.id, now, reason
    db.session.flush()
    if uphold:
        approvals.uphold(record, by=by, now=now, reason=reason)
    if not db.session.scalar(select(Objection.id).filter_by(record_id=record.id, status="open").limit(1)):
        record.flags = [flag for flag in record.flags if flag != "disputed"]
    audit.write("objection.decide", "objection", objection.id, by=by.id, area_id=record.area_id, now=now, status=objection.status)
    return objection


def is_own(objection: Objection, by: Person) -> bool:
    """One's own objection, or one to a record of one's own or one's household's: neither may be decided on."""
    return objection.by_id == by.id or records.is_own(objection.record, by)
