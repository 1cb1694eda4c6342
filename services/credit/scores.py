"""The score of one file on a day, and the standings of all files of a rulebook: worked out anew, never believed.

A score is whole hundredths of a point. While an entry is suspended the score is a range: from without the disputed good to without
the disputed faults; what it opens goes by the upper end, since nobody loses anything by what is not decided. The score with all that is
disputed lies in the range too: where a disputed fault stands before a graver one of the same deed it is the upper end.
"""
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import case, select, type_coerce
from sqlalchemy.orm import joinedload

from models import Area, CreditFile, Grade, Rulebook, RulebookVersion, Standing, SubjectKind, db, insert_or, local_day
from services.credit import counting, in_force, recalls
from services.refusals import N_, Conflict

BATCH = 5_000  # files that one statement of a recomputation works out


class NoRulebook(Conflict):
    message = N_("There is no rulebook in force here on that day.")


class NotInSchemeThen(Conflict):
    message = N_("This file was not in the scheme on that day.")


@dataclass(frozen=True)
class Score:
    """`low` and `high` differ from `centipoints` only while something is disputed; `open_rank` is the grade by the upper end."""

    file: CreditFile
    version: RulebookVersion
    on: date
    known_at: datetime
    plain: int
    centipoints: int
    grade: Grade
    low: int
    high: int
    open_grade: Grade

    @property
    def is_disputed(self) -> bool:
        return self.low != self.high

    def reaches(self, code: str) -> bool:
        """Whether what asks for the grade of this code is open to the file."""
        return self.version.reaches(self.open_grade.rank, code)


def end_of(day: date, area: Area) -> datetime:
    """The first moment after this day in the area."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(area.timezone)).astimezone(UTC)


def scope_of(file: CreditFile, *, on: date | None = None, known_at: datetime | None = None, version: RulebookVersion | None = None,
             now: datetime) -> counting.Scope:
    """NoRulebook where none is in force; by default today, by what is known now."""
    today = local_day(now, file.area)
    on = on or today
    version = version or in_force.version(in_force.area_on(file, on) if on < today else file.area, SubjectKind(file.kind), on)
    if version is None:
        raise NoRulebook
    return counting.Scope(version, SubjectKind(file.kind), [file.id], on, known_at or now)


def score(file: CreditFile, *, now: datetime, on: date | None = None, known_at: datetime | None = None,
          version: RulebookVersion | None = None) -> Score:
    """The file's score on a day, by what was known at a moment. NotInSchemeThen for who was not in it on that day."""
    return of_scope(file, scope_of(file, on=on, known_at=known_at, version=version, now=now))


def of_scope(file: CreditFile, scope: counting.Scope) -> Score:
    found = counting.ask(counting.scores, scope).first()
    if found is None:
        raise NotInSchemeThen
    grades = {grade.rank: grade for grade in scope.version.grades}
    ends = [found]
    if found.suspended:
        ends += [counting.ask(counting.scores, replace(scope, without=without)).one() for without in ("plus", "minus")]
    low, high = (end(ends, key=lambda each: each.centipoints) for end in (min, max))
    return Score(file, scope.version, scope.on, scope.known_at, found.plain, found.centipoints, grades[found.grade_rank],
                 low.centipoints, high.centipoints, grades[high.grade_rank])


def as_it_stood(file: CreditFile, on: date, *, now: datetime) -> Score:
    """The score as it could be seen at the end of that day: by what was known then."""
    return score(file, now=now, **when(file, now=now, on=on, then=True))


def when(file: CreditFile, *, now: datetime, on: date | None, then: bool) -> dict:
    """The day and the moment that somebody asks for: today unless they name a day, by what is known now or was known `then`."""
    on = on or local_day(now, file.area)
    return {"on": on, "known_at": min(now, end_of(on, file.area)) if then else now}


def refresh(file_ids: list[UUID], *, now: datetime) -> None:
    """Work the standings of these files out anew, after something in them changed."""
    alike = {}
    if not file_ids:
        return
    for file in db.session.scalars(select(CreditFile).where(CreditFile.id.in_(file_ids)).options(joinedload(CreditFile.area))):
        alike.setdefault((file.area, SubjectKind(file.kind)), []).append(file.id)
    for (area, kind), ids in alike.items():
        on = local_day(now, area)
        version = in_force.version(area, kind, on)
        if version is not None:
            work_out(counting.Scope(version, kind, ids, on, now), now=now)


def batches(rulebook: Rulebook, *, on: date):
    """The ids of the files that the rulebook governs, in batches, in order."""
    governed, after = in_force.governed(rulebook, on), UUID(int=0)
    while ids := db.session.scalars(select(CreditFile.id).where(governed, CreditFile.id > after).order_by(CreditFile.id).limit(BATCH)).all():
        yield ids
        after = ids[-1]


def recompute(rulebook: Rulebook, version: RulebookVersion, ids: list[UUID], *, on: date, now: datetime) -> None:
    """One batch of a rulebook's files, as `batches` gives them."""
    files = in_force.governed(rulebook, on) & (CreditFile.id >= ids[0]) & (CreditFile.id <= ids[-1])
    work_out(counting.Scope(version, SubjectKind(rulebook.kind), files, on, now), now=now)


def work_out(scope: counting.Scope, *, now: datetime) -> None:
    """Write the standings of the scope's files: all once, the disputed ones twice more for the ends of their ranges. Letters follow what lapsed."""
    letters = recalls.held(scope)
    counting.ask(_written, scope, _anew)
    disputed = [row.id for row in counting.ask(counting.disputed_files, scope)]
    for without in ("plus", "minus") if disputed else ():
        counting.ask(_written, replace(scope, files=disputed, without=without), _widened)
    recalls.lapse(letters, scope, now=now)


def _anew(new) -> dict:
    """What a standing is, of the row that was to be put."""
    return {column.key: column for column in new if column.key != "file_id"}


def _widened(new) -> dict:
    """The range reaches to where the new row has its score; what it opens goes by the upper end."""
    above = new.high > Standing.high
    return {"low": case((new.low < Standing.low, new.low), else_=Standing.low), "high": case((above, new.high), else_=Standing.high),
            "grade_rank": case((above, new.grade_rank), else_=Standing.grade_rank)}


def _written(scope: counting.Scope, changed: Callable):
    """The statement that writes the files' standings."""
    row, found = Standing.__table__, counting.scores(scope).subquery("found")
    values = {"file_id": found.c.file_id, "version_id": type_coerce(scope.version.id, Standing.version_id.type),
              "on_day": type_coerce(scope.on, Standing.on_day.type), "centipoints": found.c.centipoints, "low": found.c.centipoints,
              "high": found.c.centipoints, "grade_rank": found.c.grade_rank,
              "worked_out_at": type_coerce(scope.known_at, Standing.worked_out_at.type)}
    put = insert_or(row).from_select(list(values), select(*values.values()).where(found.c.centipoints >= 0))  # SQLite wants a WHERE here
    return put.on_conflict_do_update(index_elements=["file_id"], set_=changed(put.excluded))
