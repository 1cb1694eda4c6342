"""Once a night the books and the chain of the audit log are proved, and what was found is kept for /metrics and `flask doctor`."""
import logging
from datetime import datetime, timedelta

from sqlalchemy import select

from commands import reading
from models import Area, Level, db, local_day
from services.audit import audit_chain, last_checks
from services.points import books

log = logging.getLogger(__name__)
BEGINS = timedelta(hours=3)  # after midnight
LOOKS = {"ledger": books.problems, "audit": audit_chain.problems}


def prove(now: datetime) -> int:
    """Whatever was not looked at this night yet; gives how many were. Of several workers two may look: that harms nothing."""
    known, day = last_checks.found(), _night_of(now)
    due = [name for name in LOOKS if name not in known or _night_of(known[name].at) < day]
    if not due:
        return 0
    with reading.whole_tables():
        found = {name: LOOKS[name]() for name in due}
        behind = audit_chain.left_behind()
    if behind:
        log.warning("sealed %d audit rows that came late", audit_chain.seal_these(behind))
    for name, problems in found.items():
        for problem in problems[:10]:
            log.error("%s: %s", name, problem)
        last_checks.note(name, problems, now=now)
    return len(due)


def _night_of(moment: datetime):
    city = db.session.scalars(select(Area).where(Area.level == Level.CITY).order_by(Area.code).limit(1)).first()
    return local_day(moment - BEGINS, city) if city else (moment - BEGINS).date()
