"""A draft is tried on the entries there are before anybody votes on it: who would move, by which items, and which groups.

A community's files are worked out at once. A district's are so many that no request waits for them: the worker goes on with the run, a
batch at a time, and whoever asks meanwhile is told how far it is.
"""
from collections.abc import Iterable
from copy import deepcopy
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from models import Enrolment, Person, Role, RulebookVersion, SubjectKind, TrialRun, TrialTask, db, local_day
from models.credit.files import CreditFile
from services.access import reach
from services.audit import audit
from services.credit import counting, in_force
from services.credit.rulebooks import NotThisStep, shown
from services.credit.trials import comparing
from services.refusals import N_, NotFound, ValidationFailed

BATCH = 1_000  # files that one transaction works out


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
    _go_on(task, made)
    return made


def go_on() -> int:
    """The next batch of the run that was begun first; gives how many files it has. Nought: none is being worked out."""
    task = db.session.scalars(select(TrialTask).order_by(TrialTask.run_id).limit(1).with_for_update(skip_locked=True)).first()
    return _go_on(task, db.session.get(TrialRun, task.run_id)) if task else 0


def _go_on(task: TrialTask, run: TrialRun) -> int:
    version = shown(run.version_id)
    kind, on = SubjectKind(version.rulebook.kind), run.on_day
    if version.version != task.of_version:  # another draft by now: from the first file on
        task.of_version, task.done, task.after, task.so_far = version.version, 0, UUID(int=0), comparing.nothing()
    present = in_force.version(version.rulebook.area, kind, on)
    ids = list(db.session.scalars(select(CreditFile.id).where(_of(version, on), CreditFile.id > task.after).order_by(CreditFile.id).limit(BATCH)))
    so_far = deepcopy(task.so_far)  # what is changed in place is not seen to be changed
    if ids:
        comparing.add(so_far, counting.Scope(version, kind, ids, on, run.at), present)
    if len(ids) < BATCH:
        run.found = comparing.told(so_far, version, present)
        db.session.delete(task)
    else:
        task.so_far, task.after, task.done = so_far, ids[-1], task.done + len(ids)
    db.session.flush()
    return len(ids) or 1


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

    And with what was found as `told`. While it is being worked out all that is None, and `task` says how far it is.
    """
    runs = list(runs)
    named = {UUID(row["file_id"]) for run in runs for row in run.found.get("movers", ())}
    in_scheme = select(Enrolment.file_id).where(Enrolment.file_id.in_(named), Enrolment.left_on.is_(None))
    still = {str(file_id) for file_id in db.session.scalars(in_scheme)}
    waiting = [run.id for run in runs if not run.found]
    tasks = {task.run_id: task for task in db.session.scalars(select(TrialTask).where(TrialTask.run_id.in_(waiting)))} if waiting else {}
    for run in runs:
        run.task = tasks.get(run.id)
        run.told = run.found or dict.fromkeys(comparing.TOLD)
        run.moving = None if not run.found else [
            {"file_id": row["file_id"], "change": row["is"] - row["was"]} for row in run.found["movers"] if row["file_id"] in still]
