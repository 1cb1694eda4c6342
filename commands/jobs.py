"""The worker's hourly and nightly work: each job is done in batches, and doing it again changes nothing."""
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select, tuple_

from commands import nightly
from config import Settings
from models import Area, IdempotencyKey, Level, db, local_day
from services import outbox
from services.access import old_sessions
from services.audit import audit_chain, audit_checkpoints
from services.coupons import coupons
from services.credit import feeding, standings
from services.credit.reviews import closing
from services.credit.trials import runs
from services.messages import messages, notices
from services.points import lapses
from services.records import approvals
from services.scans import scan_batches
from services.wechat import content, pushes

BATCH = 500  # rows that one transaction of a job may hold


@dataclass(frozen=True)
class Job:
    """`do` gives how many rows it changed, a batch at most: it is called until it gives 0.

    `by_turns`: once in a round instead. What takes minutes then keeps no other job waiting, and on SQLite no request that wants to write.
    """

    name: str
    says: str
    every: timedelta
    do: Callable[[Settings, datetime], int]
    by_turns: bool = False


def _credit(_settings: Settings, now: datetime) -> int:
    return approvals.credit_due(now)


def _expire(_settings: Settings, now: datetime) -> int:
    return coupons.expire(now)


def _lapse(_settings: Settings, now: datetime) -> int:
    city = db.session.query(Area).filter_by(level=Level.CITY).order_by(Area.code).first()
    return lapses.lapse(local_day(now, city), now=now) if city else 0


def _seal(_settings: Settings, _now: datetime) -> int:
    return audit_chain.seal()


def _checkpoint(settings: Settings, now: datetime) -> int:
    """One signed line a day into AUDIT_CHECKPOINTS, where that is set."""
    if not settings.audit_checkpoints:
        return 0
    path = Path(settings.audit_checkpoints)
    if path.exists() and now.timestamp() - path.stat().st_mtime < timedelta(days=1).total_seconds():
        return 0
    line = audit_checkpoints.make(settings.keys["fields"], now)
    with path.open("a") as file:
        file.write(line + "\n")
    os.utime(path, (now.timestamp(), now.timestamp()))
    return 1


def _prove(_settings: Settings, now: datetime) -> int:
    return nightly.prove(now)


def _hand_out(settings: Settings, now: datetime) -> int:
    return notices.hand_out(settings, now)


def _warn_of_lapse(settings: Settings, now: datetime) -> int:
    city = db.session.query(Area).filter_by(level=Level.CITY).order_by(Area.code).first()
    return messages.warn_of_lapse(local_day(now, city), days=settings.lapse_notice_days, now=now) if city else 0


def _leave_unheard(_settings: Settings, now: datetime) -> int:
    return content.leave_unheard(now)


def _forget_pushes(_settings: Settings, now: datetime) -> int:
    return pushes.forget_old(now)


def _forget_keys(settings: Settings, now: datetime) -> int:
    row = IdempotencyKey
    old = select(row.person_id, row.key).where(row.at < now - timedelta(hours=settings.idempotency_hours)).order_by(row.at).limit(BATCH)
    return db.session.execute(delete(row).where(tuple_(row.person_id, row.key).in_(old))).rowcount


def _forget_scans(_settings: Settings, now: datetime) -> int:
    return scan_batches.forget_old(now)


def _forget_sessions(settings: Settings, now: datetime) -> int:
    return old_sessions.forget(settings, now)


def _forget_sent(_settings: Settings, now: datetime) -> int:
    return outbox.forget_sent(now)


def _feed(_settings: Settings, now: datetime) -> int:
    return feeding.read_on(now)


def _work_out_standings(_settings: Settings, now: datetime) -> int:
    return standings.night(now)


def _try_drafts(_settings: Settings, _now: datetime) -> int:
    return runs.go_on()


def _close_reviews(_settings: Settings, now: datetime) -> int:
    return closing.close_due(now)


def _forget_slips(_settings: Settings, now: datetime) -> int:
    return closing.forget_slips(now)


JOBS = (
    Job("credit", "credited %d records whose notice is over", timedelta(minutes=5), _credit),
    Job("feed", "wrote %d deeds into credit files", timedelta(minutes=1), _feed),
    Job("standings", "worked the standings of %d credit files out anew", timedelta(minutes=10), _work_out_standings),
    Job("trials", "tried drafts on %d credit files", timedelta(0), _try_drafts, by_turns=True),
    Job("reviews", "closed %d round of neighbours' reviews", timedelta(minutes=10), _close_reviews),
    Job("slips", "destroyed %d slips of rounds that were closed long ago", timedelta(hours=1), _forget_slips),
    Job("expire", "expired %d coupons", timedelta(minutes=5), _expire),
    Job("lapse", "lapsed %d lots of points", timedelta(hours=1), _lapse),
    Job("warn", "told %d people that points lapse soon", timedelta(hours=1), _warn_of_lapse),
    Job("notice", "looked at %d new messages", timedelta(0), _hand_out),
    Job("unheard", "left %d pictures to people that WeChat did not answer about", timedelta(minutes=5), _leave_unheard),
    Job("seal", "sealed %d audit rows", timedelta(seconds=30), _seal),
    Job("checkpoint", "signed %d checkpoint of the audit chain", timedelta(minutes=10), _checkpoint),
    Job("prove", "proved %d of books and audit chain", timedelta(minutes=10), _prove),
    Job("forget", "forgot %d old idempotency keys", timedelta(hours=1), _forget_keys),
    Job("scans", "forgot %d keys of old scans", timedelta(hours=1), _forget_scans),
    Job("sessions", "forgot %d sign-ins that ended long ago", timedelta(hours=1), _forget_sessions),
    Job("sent", "forgot %d messages that were sent long ago", timedelta(hours=1), _forget_sent),
    Job("receipts", "forgot %d old pushes", timedelta(hours=1), _forget_pushes),
)
