"""What did not pass WeChat's check, for who has to decide on it: a machine's no must not leave somebody unheard.

Everywhere else it stays hidden (services/wechat/content.py). Each reading stands in the log.
"""
from datetime import datetime
from uuid import UUID

from models import ActivityRecord, CheckState, Objection, Person, Role, db
from services.access import reach
from services.audit import audit
from services.records import objections, records, steps
from services.refusals import Conflict, NotFound


def read_record(record_id: UUID, *, by: Person, now: datetime) -> str:
    """A record's description. As for deciding: an area admin, never on one's own. Conflict where nothing is hidden."""
    record = db.session.get(ActivityRecord, record_id)
    if record is None:
        raise NotFound
    return _read("activity_record", record, record.description, record, records.is_own(record, by), by, now)


def read_objection(objection_id: UUID, *, by: Person, now: datetime) -> str:
    """An objection's reason, for the same."""
    objection = db.session.get(Objection, objection_id)
    if objection is None:
        raise NotFound
    return _read("objection", objection, objection.reason, objection.record, objections.is_own(objection, by), by, now)


def _read(kind: str, row: ActivityRecord | Objection, words: str, record: ActivityRecord, is_own: bool, by: Person, now: datetime) -> str:
    reach.require(by, record.area, [Role.AREA_ADMIN], now)
    if is_own:
        raise steps.OwnRecord
    if row.text_state != CheckState.REFUSED:
        raise Conflict
    audit.write(f"{kind}.look", kind, row.id, by=by.id, area_id=record.area_id, now=now)
    return words
