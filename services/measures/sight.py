"""Measures as those who administer or audit an area look at them: one of each, NotFound outside."""
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

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
from services.credit import files
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


def renamed(found: RulebookVersion, present: RulebookVersion, now: datetime) -> list[tuple[Reward | LetterReceiver, str | None, str | None]]:
    """Which rewards and receivers of letters name a rank that is another grade by `found` than by `present`: each with the codes of both.

    None for a rank that is none there. Of a version that is still to come; of receivers a hundred at most.
    """
    area = found.rulebook.area
    on = found.in_force_from or local_day(now, area)
    if found.status == RulebookStatus.DROPPED or on < local_day(now, area):
        return []
    was, is_now = ({grade.rank: grade.code for grade in version.grades} for version in (present, found))
    rewards = select(Reward).where(Reward.rulebook_id == found.rulebook_id, Reward.until_on.is_(None) | (Reward.until_on > on)).order_by(Reward.id)
    takers = (select(LetterReceiver).join(Area, Area.id == LetterReceiver.area_id).where(subtree(area.path), LetterReceiver.ended_at.is_(None))
              .order_by(LetterReceiver.id).limit(100))
    rows = [*db.session.scalars(rewards), *db.session.scalars(takers)]
    return [(row, was.get(row.from_rank), is_now.get(row.from_rank)) for row in rows if was.get(row.from_rank) != is_now.get(row.from_rank)]


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
