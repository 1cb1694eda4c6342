"""How the town is just now, in a few statements that stay cheap however old it grows: what /metrics shows."""
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models import ActivityRecord, CheckIn, LastCheck, RecordStatus, Redemption, db
from models.db import first_id_of
from services import outbox
from services.audit import last_checks

RECENT = timedelta(hours=1)


@dataclass(frozen=True)
class Pulse:
    """Of the last hour: check-ins and coupons used. Of now: records that wait for approval, the outbox, the last looks at the books."""

    check_ins: int
    redemptions: int
    pending: int
    pending_since: datetime | None
    outbox: outbox.Held
    checks: dict[str, LastCheck]


def feel(now: datetime) -> Pulse:
    pending, since = db.session.execute(select(func.count(), func.min(ActivityRecord.created_at))
                                        .where(ActivityRecord.status == RecordStatus.PENDING)).one()
    return Pulse(_made_since(CheckIn, now - RECENT), _made_since(Redemption, now - RECENT), pending, since, outbox.held(), last_checks.found())


def _made_since(kind, moment: datetime) -> int:
    """By the keys, which begin with the millisecond of their making: the newest end of one index is read."""
    return db.session.scalar(select(func.count()).select_from(kind).where(kind.id >= first_id_of(moment)))
