"""The log of what staff did, written with the change, and of what they looked at that can be spent or is private.

Rows are only added.
"""
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from models import AuditRow, Person, Role
from models.statements import put
from services.access import reach

READERS = (Role.AUDITOR,)


def write(action: str, target_type: str, target_id: UUID, *, by: UUID | None, area_id: UUID | None, now: datetime, **detail) -> None:
    """One row. `detail` holds ids, numbers and codes: never what is sealed elsewhere, never a secret."""
    put(*row(action, target_type, target_id, by=by, area_id=area_id, now=now, **detail))


def row(action: str, target_type: str, target_id: UUID, *, by: UUID | None, area_id: UUID | None, now: datetime, **detail) -> tuple[type, dict]:
    """The same row, to be written together with others."""
    return AuditRow, {"id": uuid7(), "at": now, "by_id": by, "action": action, "target_type": target_type, "target_id": target_id,
                      "area_id": area_id, "detail": detail}


def look(action: str, target_type: str, target_id: UUID, *, by: Person, whose: Iterable[UUID | None], area_id: UUID, now: datetime):
    """The row for a look at what is one of these people's, to be written after the reading; None for a look at one's own."""
    if by.id in whose:
        return None
    kind, values = row(action, target_type, target_id, by=by.id, area_id=area_id, now=now)
    return insert(kind).values(values)


def search(by: Person, now: datetime, *, area_id: UUID | None = None, from_: datetime | None = None, to: datetime | None = None,
           action: str | None = None):
    """A select of the rows about the areas that `by` audits."""
    query = select(AuditRow).where(AuditRow.area_id.in_(reach.area_ids(by, READERS, now, within=area_id)))
    if from_:
        query = query.where(AuditRow.at >= from_)
    if to:
        query = query.where(AuditRow.at < to)
    return query.where(AuditRow.action.startswith(action, autoescape=True)) if action else query
