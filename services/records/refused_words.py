"""What did not pass WeChat's check, for who has to decide on it: a machine's no must not leave somebody unheard.

Everywhere else it stays hidden (services/wechat/content.py). Each reading stands in the log.
"""
from datetime import datetime
from uuid import UUID

from models import (
    ActivityRecord,
    Area,
    CheckState,
    CivilityPeriod,
    CivilityRemark,
    CreditFile,
    EntryObjection,
    Objection,
    Person,
    Repair,
    Role,
    SupportApplication,
    SupportList,
    VersionComment,
    db,
)
from services.access import reach
from services.audit import audit
from services.civility import remarks
from services.credit import entries, rulebooks
from services.credit import objections as credit_objections
from services.credit.oversight import sight
from services.records import objections, records, steps
from services.refusals import Conflict, NotFound, Refusal


def read_record(record_id: UUID, *, by: Person, now: datetime) -> str:
    """A record's description. As for deciding: an area admin, never on one's own. Conflict where nothing is hidden."""
    record = _found(ActivityRecord, record_id)
    return _read("activity_record", record, record.description, record.area, steps.OwnRecord if records.is_own(record, by) else None, by, now)


def read_objection(objection_id: UUID, *, by: Person, now: datetime) -> str:
    """An objection's reason, for the same."""
    objection = _found(Objection, objection_id)
    own = steps.OwnRecord if objections.is_own(objection, by) else None
    return _read("objection", objection, objection.reason, objection.record.area, own, by, now)


def read_remark(remark_id: UUID, *, by: Person, now: datetime) -> str:
    """What a remark on the civility index says, for who has to answer it."""
    remark = _found(CivilityRemark, remark_id)
    area = db.session.get_one(CivilityPeriod, remark.period_id).area
    return _read("civility_remark", remark, remark.said, area, remarks.OwnRemark if remarks.is_own(remark, by) else None, by, now)


def read_credit_objection(objection_id: UUID, *, by: Person, now: datetime) -> str:
    """Why somebody objects to an entry of their file, for who has to decide."""
    row = _found(EntryObjection, objection_id)
    return _read("credit_objection", row, row.reason, db.session.get_one(Area, row.area_id), _own_entry(row, by), by, now)


def read_repair(repair_id: UUID, *, by: Person, now: datetime) -> str:
    """What somebody pledges and shows, for who has to decide."""
    row = _found(Repair, repair_id)
    return _read("repair", row, row.words, db.session.get_one(Area, row.area_id), _own_entry(row, by), by, now)


def read_application(application_id: UUID, *, by: Person, now: datetime) -> str:
    """What somebody asks support for, for who has to decide."""
    row = _found(SupportApplication, application_id)
    area = db.session.get_one(Area, db.session.get_one(SupportList, row.list_id).area_id)
    own = entries.OwnFile if entries.is_of(db.session.get_one(CreditFile, row.file_id), by) else None
    return _read("support_application", row, row.asked, area, own, by, now)


def read_comment(comment_id: UUID, *, by: Person, now: datetime) -> str:
    """What somebody said of a version of a rulebook, for who has to answer it."""
    row = _found(VersionComment, comment_id)
    return _read("rulebook_comment", row, row.said, rulebooks.shown(row.version_id).rulebook.area, None, by, now)


def _found(model, row_id: UUID):
    row = db.session.get(model, row_id)
    if row is None:
        raise NotFound
    return row


def _own_entry(row: EntryObjection | Repair, by: Person) -> type[Refusal] | None:
    about, file, _ = sight.behind(row)
    return None if sight.decides(row, about, file, by) else credit_objections.OwnEntry


def _read(kind: str, row, words: str, area: Area, own: type[Refusal] | None, by: Person, now: datetime) -> str:
    reach.require(by, area, [Role.AREA_ADMIN], now)
    if own is not None:
        raise own
    if row.text_state != CheckState.REFUSED:
        raise Conflict
    audit.write(f"{kind}.look", kind, row.id, by=by.id, area_id=area.id, now=now)
    return words
