"""What did not pass WeChat's check, for who has to decide on it: a machine's no must not leave somebody unheard.

Everywhere else it stays hidden (services/wechat/content.py). Each reading stands in the log.
"""
from datetime import datetime
from uuid import UUID

from models import ActivityRecord, Area, CheckState, CivilityPeriod, CivilityRemark, Objection, Person, Role, db
from services.access import reach
from services.audit import audit
from services.civility import remarks
from services.records import objections, records, steps
from services.refusals import Conflict, NotFound, Refusal


def read_record(record_id: UUID, *, by: Person, now: datetime) -> str:
    """A record's description. As for deciding: an area admin, never on one's own. Conflict where nothing is hidden."""
    record = db.session.get(ActivityRecord, record_id)
    if record is None:
        raise NotFound
    return _read("activity_record", record, record.description, record.area, steps.OwnRecord if records.is_own(record, by) else None, by, now)


def read_objection(objection_id: UUID, *, by: Person, now: datetime) -> str:
    """An objection's reason, for the same."""
    objection = db.session.get(Objection, objection_id)
    if objection is None:
        raise NotFound
    own = steps.OwnRecord if objections.is_own(objection, by) else None
    return _read("objection", objection, objection.reason, objection.record.area, own, by, now)


def read_remark(remark_id: UUID, *, by: Person, now: datetime) -> str:
    """What a remark on the civility index says, for who has to answer it."""
    remark = db.session.get(CivilityRemark, remark_id)
    if remark is None:
        raise NotFound
    area = db.session.get_one(CivilityPeriod, remark.period_id).area
    return _read("civility_remark", remark, remark.said, area, remarks.OwnRemark if remarks.is_own(remark, by) else None, by, now)


def _read(kind: str, row, words: str, area: Area, own: type[Refusal] | None, by: Person, now: datetime) -> str:
    reach.require(by, area, [Role.AREA_ADMIN], now)
    if own is not None:
        raise own
    if row.text_state != CheckState.REFUSED:
        raise Conflict
    audit.write(f"{kind}.look", kind, row.id, by=by.id, area_id=area.id, now=now)
    return words
