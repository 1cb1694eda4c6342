"""Measures as those who administer or audit an area look at them: one of each, NotFound outside."""
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select

from models import (
    OVERSIGHT,
    Area,
    Constraint,
    ConstraintList,
    Inspection,
    InspectionPlan,
    LetterReceiver,
    Level,
    Person,
    Reward,
    Role,
    RulebookStatus,
    RulebookVersion,
    SupportApplication,
    SupportList,
    db,
    local_day,
    subtree,
)
from services.access import reach
from services.credit import files, in_force, letters
from services.measures import rewards
from services.refusals import NotFound


def constraint(constraint_id: UUID, *, by: Person, now: datetime) -> Constraint:
    """While it lasts: what is lifted or past is for whom it concerns alone."""
    found = reach.row_within(by, db.session.get(Constraint, constraint_id), OVERSIGHT, now)
    if found.lifted_at is not None or found.ends_on <= local_day(now, db.session.get(Area, found.area_id)):
        raise NotFound
    return found


def inspection_plan(plan_id: UUID, *, by: Person, now: datetime) -> InspectionPlan:
    return reach.row_within(by, db.session.get(InspectionPlan, plan_id), OVERSIGHT, now)


def inspection(plan_id: UUID, inspection_id: UUID, *, by: Person, now: datetime) -> Inspection:
    inspection_plan(plan_id, by=by, now=now)
    found = db.session.get(Inspection, inspection_id)
    if found is None or found.plan_id != plan_id:
        raise NotFound
    return found


def support_list(list_id: UUID, *, by: Person, now: datetime) -> SupportList:
    return reach.row_within(by, db.session.get(SupportList, list_id), OVERSIGHT, now)


def application(list_id: UUID, application_id: UUID, *, by: Person, now: datetime) -> SupportApplication:
    """What was withdrawn is theirs no more."""
    support_list(list_id, by=by, now=now)
    found = db.session.get(SupportApplication, application_id)
    if found is None or found.list_id != list_id or found.status == "withdrawn":
        raise NotFound
    return found


def look_at_grades(rows: Iterable[Inspection | SupportApplication], *, by: Person, now: datetime):
    """As `files.look_at`, of the files whose grade shows here."""
    return files.look_at((row.file_id for row in rows if row.shown_rank is not None), "look_at_score", by=by, now=now)


def receiver(receiver_id: UUID, *, by: Person, now: datetime) -> LetterReceiver:
    return reach.row_within(by, db.session.get(LetterReceiver, receiver_id), OVERSIGHT, now)


def asked_for(rows: Iterable[LetterReceiver], now: datetime) -> dict[UUID, Row]:
    """By receiver, the code and names of the grade that it asks for, where files in its area or below it count by a version that has it."""
    rows = list(rows)
    areas = {area.id: area for area in db.session.scalars(select(Area).where(Area.id.in_({row.area_id for row in rows})))} if rows else {}
    if not areas:
        return {}
    on = local_day(now, next(iter(areas.values())))
    over, found = in_force.grades_over(areas.values(), on), {}
    for row in rows:
        found[row.id] = next((grade for grade in over[areas[row.area_id].path] if grade.code == row.from_grade), None)
    others = [row for row in rows if found[row.id] is None]
    under = in_force.grades_under([areas[row.area_id] for row in others], {row.from_grade for row in others}, on) if others else ()
    for row in others:
        path = areas[row.area_id].path
        found[row.id] = next((grade for grade in under if grade.code == row.from_grade and grade.path.startswith(path)), None)
    return {receiver_id: grade for receiver_id, grade in found.items() if grade is not None}


def may_ask_for(by: Person, now: datetime) -> list:
    """The grades that receivers in the areas of `by` may ask for, one of each code."""
    found = {grade.code: grade for area in reversed(reach.heads(by, (Role.AREA_ADMIN,), now)) for grade in letters.grades(area, now)}
    return list(found.values())


def open_to_nobody(found: RulebookVersion, present: RulebookVersion | None, now: datetime) -> list[Reward | LetterReceiver]:
    """Which rewards and receivers of letters name a grade that this version does not have: by it they open to nobody.

    Of a version that is not given up and not over. Of receivers those that ask for a grade of the version in force, a hundred at most: what
    others ask for is a grade of another kind of files.
    """
    area = found.rulebook.area
    today = local_day(now, area)
    if found.status == RulebookStatus.DROPPED or (found.retired_on is not None and found.retired_on <= today):
        return []
    codes, on = {grade.code for grade in found.grades}, max(found.in_force_from or today, today)
    given = db.session.scalars(rewards.to_come(found, on).where(Reward.from_grade.not_in(codes)).order_by(Reward.id)).all()
    gone = {grade.code for grade in present.grades} - codes if present else set()
    takers = select(LetterReceiver).join(Area, Area.id == LetterReceiver.area_id).where(
        subtree(area.path), LetterReceiver.ended_at.is_(None), LetterReceiver.from_grade.in_(gone)).order_by(LetterReceiver.id).limit(100)
    return [*given, *(db.session.scalars(takers) if gone else ())]


def list_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What lists of constraints are called."""
    wanted = set(ids)
    return dict(db.session.execute(select(ConstraintList.id, ConstraintList.name).where(ConstraintList.id.in_(wanted))).all()) if wanted else {}


def heads_a_district(by: Person, now: datetime) -> bool:
    """Whether `by` administers a city or a district: who enters lists of constraints and corrects the calendar."""
    return any(area.level in (Level.CITY, Level.DISTRICT) for area in reach.heads(by, (Role.AREA_ADMIN,), now))


def may_change(area_id: UUID, by: Person, now: datetime) -> bool:
    return reach.reaches(by, db.session.get(Area, area_id), (Role.AREA_ADMIN,), now)


def support_lists(by: Person, now: datetime):
    """A select of those of the areas in reach."""
    return select(SupportList).where(SupportList.area_id.in_(reach.area_ids(by, OVERSIGHT, now)))


def receivers(by: Person, now: datetime):
    """A select of those registered in the areas in reach, the ended ones too."""
    return select(LetterReceiver).where(LetterReceiver.area_id.in_(reach.area_ids(by, OVERSIGHT, now)))
