"""Places at events first (a reward's scene `event_priority`): who holds it waits before those who do not, and takes no place from anybody.

It acts at events of the area whose rulebook offers it, and below; not where others made no such rule. What counts is what somebody
holds at the moment they join the waiting list: no entry made later moves anybody back or forward. Who leaves the scheme waits
with all others from then on (`enrolments.wait_as_others`).
"""
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from models import Area, Event, Line, Person, Reward, RewardScene, Rulebook, SubjectKind, ancestors, db, local_day
from services.credit import enrolments, scores
from services.measures import rewards


def line_of(person: Person, event: Event, *, now: datetime) -> Line:
    """In which line of a locked event somebody waits who comes now. Nobody leaves the scheme between this and the commit."""
    if not areas_with_it([event.area], now):
        return Line.OTHERS
    file = enrolments.own_file(SubjectKind.RESIDENT, by=person, now=now)
    if file is None or enrolments.live(file.id, lock=True) is None:
        return Line.OTHERS
    try:
        score = scores.score(file, now=now)
    except (scores.NoRulebook, scores.NotInSchemeThen):
        return Line.OTHERS
    held = rewards.held(score).where(Reward.scene == RewardScene.EVENT_PRIORITY, Reward.rulebook_id.in_(_books([event.area])))
    return Line.REWARDED if db.session.scalar(select(held.exists())) else Line.OTHERS


def areas_with_it(areas: Iterable[Area], now: datetime) -> set[UUID]:
    """At the events of which of these areas somebody may wait first. One statement, on the areas' paths."""
    areas = list(areas)
    offered = db.session.execute(
        select(Area.path, Reward.from_on, Reward.until_on).join(Rulebook, Rulebook.id == Reward.rulebook_id).join(Area, Area.id == Rulebook.area_id)
        .where(Reward.scene == RewardScene.EVENT_PRIORITY, Reward.rulebook_id.in_(_books(areas)))).all() if areas else ()
    return {area.id for area in areas for each in offered if area.path.startswith(each.path)
            and each.from_on <= local_day(now, area) and (each.until_on is None or local_day(now, area) < each.until_on)}


def _books(areas: Iterable[Area]):
    """A select of the ids of the residents' rulebooks of these areas and of those above them."""
    paths = {path for area in areas for path in ancestors(area.path)}
    return select(Rulebook.id).join(Area, Area.id == Rulebook.area_id).where(Rulebook.kind == SubjectKind.RESIDENT, Area.path.in_(paths))
