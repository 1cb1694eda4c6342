"""The standings of all files worked out anew: every night, since terms lapse at midnight, and by hand (`flask recompute-credit`).

A standing is of its day, so a batch that was done is not done again, whoever asks: a worker that is stopped goes on where it was.
"""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import joinedload

from models import Area, CreditFile, Level, Rulebook, RulebookStatus, RulebookVersion, Standing, SubjectKind, db, local_day
from services.credit import counting, in_force, scores

BATCH = 1_000  # files that one transaction of the worker works out
BEGINS = timedelta(hours=1)  # after midnight
KEPT = timedelta(days=2)  # what two nights did not renew is of no rulebook in force


@dataclass(frozen=True)
class InForce:
    """A version, and the day of its area on which it is in force."""

    version: RulebookVersion
    on: date

    @property
    def files(self):
        """A condition on CreditFile: those that count by it."""
        return in_force.governed(self.version.rulebook, self.on) & counting.enrolled(CreditFile.id, self.on)

    @property
    def area(self) -> Area:
        return self.version.rulebook.area


def now_in_force(now: datetime) -> list[InForce]:
    """One for each rulebook that has a version in force, each on its own area's day."""
    published = db.session.scalars(select(RulebookVersion).where(RulebookVersion.status == RulebookStatus.PUBLISHED).order_by(RulebookVersion.id)
                                   .options(joinedload(RulebookVersion.rulebook).joinedload(Rulebook.area)))
    each = [InForce(version, local_day(now, version.rulebook.area)) for version in published]
    return [one for one in each if one.version.in_force_from <= one.on and (one.version.retired_on is None or one.version.retired_on > one.on)]


def night(now: datetime) -> int:
    """A batch of what has no standing of today yet, from one o'clock on; gives how many files. Nought: all is done."""
    for each in now_in_force(now):
        if local_day(now - BEGINS, each.area) == each.on and (ids := _due(each)):
            scores.work_out(counting.Scope(each.version, SubjectKind(each.version.rulebook.kind), ids, each.on, now), now=now)
            return len(ids)
    return _forget(now)


def _due(each: InForce) -> list[UUID]:
    done = exists().where(Standing.file_id == CreditFile.id, Standing.on_day == each.on, Standing.version_id == each.version.id)
    return list(db.session.scalars(select(CreditFile.id).where(each.files, ~done).order_by(CreditFile.id).limit(BATCH)))


def _forget(now: datetime) -> int:
    city = db.session.query(Area).filter_by(level=Level.CITY).order_by(Area.code).first()
    if city is None:
        return 0
    old = select(Standing.file_id).where(Standing.on_day < local_day(now, city) - KEPT).limit(BATCH)
    return db.session.execute(delete(Standing).where(Standing.file_id.in_(old)).execution_options(synchronize_session=False)).rowcount


def count(each: InForce) -> int:
    return db.session.scalar(select(func.count()).select_from(CreditFile).where(in_force.governed(each.version.rulebook, each.on)))


def all_anew(each: InForce, *, now: datetime) -> Iterator[int]:
    """Every file of it, whether it has a standing of today or not, a batch at a time: gives how many. Each may be committed."""
    book = each.version.rulebook
    for ids in scores.batches(book, on=each.on):
        scores.recompute(book, each.version, ids, on=each.on, now=now)
        yield len(ids)
