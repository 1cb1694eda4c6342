"""A draft is tried on the entries there are before anybody votes on it: who would move, by which items, and which groups.

Of a few files that is done at once. Of more no request waits for them: the worker goes on with the run, a batch at a time, and whoever
asks meanwhile is told how far it is. A batch is worked out by reading alone, and holds up nobody who writes; what it found is put down if
nobody else was sooner.
"""
import logging
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from uuid_utils.compat import uuid7

from models import Enrolment, Person, Role, RulebookVersion, SubjectKind, TrialRun, TrialTask, db, local_day, sqlite_begin
from models.credit.files import CreditFile
from services.access import reach
from services.audit import audit
from services.credit import counting, in_force
from services.credit.rulebooks import NotThisStep, held, shown
from services.credit.trials import comparing
from services.refusals import N_, NotFound, ValidationFailed

log = logging.getLogger(__name__)
AT_ONCE, BATCH = 200, 500  # files that a request works out, and those that the worker reads in one go


def try_out(version_id: UUID, *, on: date | None = None, by: Person, now: datetime) -> TrialRun:
    """Begin to work every file out by the draft and by the version in force on that day, and keep the comparison; `found` is empty until
    all are done.

    NotThisStep for a version that was dropped; without a version in force the comparison is with everybody's base.
    """
    version = shown(version_id)
    if version is None:
        raise NotFound
    book = version.rulebook
    reach.require(by, book.area, (Role.AREA_ADMIN,), now)
    if version.status == "dropped":
        raise NotThisStep(status=version.status)
    on = on or local_day(now, book.area)
    if on > local_day(now, book.area):
        raise ValidationFailed({"on": [N_("This lies ahead.")]})
    made = TrialRun(id=uuid7(), version_id=version.id, on_day=on, by_id=by.id, at=now, found={})
    files = db.session.scalar(select(func.count()).select_from(CreditFile).where(_of(version, on)))
    task = TrialTask(run_id=made.id, of_version=version.version, files=files, done=0, after=UUID(int=0), so_far=comparing.nothing())
    db.session.add(made)
    db.session.flush()
    audit.write("rulebook.try", "rulebook_version", version.id, by=by.id, area_id=book.area_id, now=now, files=files)
    db.session.add(task)
    db.session.flush()
    if files <= AT_ONCE:
        held(version.id)
        _put_down(_worked_out(task, made), task, made)
    return made


def go_on() -> int:
    """The next batch of the run that was begun first; gives how many files it has. Nought: none is being worked out.

    In transactions of its own: one that reads, and one that writes. A run that cannot be worked out is logged and given up, so that it
    holds no other up; not where the database alone is busy.
    """
    reads = sqlite_begin.set("DEFERRED")
    try:
        task = db.session.scalars(select(TrialTask).order_by(TrialTask.run_id).limit(1)).first()
        if task is None:
            return 0
        run_id, was = task.run_id, (task.of_version, task.after)
        batch = _if_possible(task)
        db.session.rollback()
    finally:
        sqlite_begin.reset(reads)
    task = db.session.get(TrialTask, run_id, with_for_update=True, populate_existing=True)
    if task is None or (task.of_version, task.after) != was:
        return 1  # another worker was first
    run = db.session.get(TrialRun, run_id)
    if batch is None:
        db.session.delete(task)
    elif held(run.version_id).version == batch.of_version:  # else it was rewritten, and part of the batch may be by what it says now
        _put_down(batch, task, run)
    return batch.files if batch and batch.files else 1


@dataclass(frozen=True)
class Batch:
    """What is known after so many more files; `found` where they were the last."""

    of_version: int
    files: int
    done: int
    after: UUID
    so_far: dict
    found: dict | None


def _if_possible(task: TrialTask) -> Batch | None:
    try:
        return _worked_out(task, db.session.get(TrialRun, task.run_id))
    except OperationalError:
        raise
    except Exception:
        log.exception("the trial run %s could not be worked out", task.run_id)
        return None


def _worked_out(task: TrialTask, run: TrialRun) -> Batch:
    version = shown(run.version_id)
    kind, on = SubjectKind(version.rulebook.kind), run.on_day
    done, after, so_far = task.done, task.after, deepcopy(task.so_far)
    if version.version != task.of_version:  # another draft by now: from the first file on
        done, after, so_far = 0, UUID(int=0), comparing.nothing()
    present = in_force.version(version.rulebook.area, kind, on)
    ids = list(db.session.scalars(select(CreditFile.id).where(_of(version, on), CreditFile.id > after).order_by(CreditFile.id).limit(BATCH)))
    if ids:
        comparing.add(so_far, counting.Scope(version, kind, ids, on, run.at), present)
    found = comparing.told(so_far, version, present) if len(ids) < BATCH else None
    return Batch(version.version, len(ids), done + len(ids), ids[-1] if ids else after, so_far, found)


def _put_down(batch: Batch, task: TrialTask, run: TrialRun) -> None:
    if batch.found is not None:
        run.found = batch.found
        db.session.delete(task)
    else:
        task.of_version, task.done, task.after, task.so_far = batch.of_version, batch.done, batch.after, batch.so_far
    db.session.flush()


def _of(version: RulebookVersion, on: date):
    return in_force.governed(version.rulebook, on) & counting.enrolled(CreditFile.id, on)


def search(version_id: UUID, *, by: Person, now: datetime):
    """A select of a version's trial runs, for admins and auditors of its area."""
    version = db.session.get(RulebookVersion, version_id)
    if version is None:
        raise NotFound
    reach.require(by, version.rulebook.area, (Role.AREA_ADMIN, Role.AUDITOR), now)
    return select(TrialRun).where(TrialRun.version_id == version.id)


def with_movers(runs: Iterable[TrialRun]) -> None:
    """Each with `moving`: the files that move most and are in the scheme still, each with its change. Its score is looked at in the file alone.

    And with what was found as `told`. While it is being worked out all that is None, and `task` says how far it is; without a task it was given up.
    """
    runs = list(runs)
    waiting = [run.id for run in runs if not run.found]
    tasks = {task.run_id: task for task in db.session.scalars(select(TrialTask).where(TrialTask.run_id.in_(waiting)))} if waiting else {}
    for run in runs:
        run.task = tasks.get(run.id)
        if run.task is None and not run.found:
            db.session.refresh(run)  # what was found since is there when its task is gone
    named = {UUID(row["file_id"]) for run in runs for row in run.found.get("movers", ())}
    in_scheme = select(Enrolment.file_id).where(Enrolment.file_id.in_(named), Enrolment.left_on.is_(None))
    still = {str(file_id) for file_id in db.session.scalars(in_scheme)}
    for run in runs:
        run.told = run.found or dict.fromkeys(comparing.TOLD)
        run.moving = None if not run.found else [
            {"file_id": row["file_id"], "change": row["is"] - row["was"]} for row in run.found["movers"] if row["file_id"] in still]
