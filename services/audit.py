"""The log of what staff did, written with the change. Rows are only added."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from models import AuditRow, db


def write(action: str, target_type: str, target_id: UUID, *, by: UUID | None, area_id: UUID | None, now: datetime, **detail) -> None:
    """One row. `detail` holds ids, numbers and codes: never what is sealed elsewhere, never a secret."""
    db.session.execute(insert(AuditRow), {
        "at": now, "by_id": by, "action": action, "target_type": target_type, "target_id": target_id,
        "area_id": area_id, "detail": detail})
