"""A round of reviews is opened: once for an area, for so many days, with so many neighbours drawn for each household."""
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from config import Settings
from models import (
    Area,
    CreditFile,
    Level,
    Person,
    ReviewedHousehold,
    ReviewRound,
    ReviewSeat,
    Role,
    RulebookVersion,
    SubjectKind,
    Topic,
    ancestors,
    db,
    local_day,
)
from models.statements import put
from services.access import reach
from services.audit import audit
from services.credit import in_force, scores
from services.credit.reviews import drawing, neighbours, sight
from services.messages import messages
from services.refusals import N_, Conflict, ValidationFailed

SHORTEST_DAYS, LONGEST_DAYS, SOONEST_DAYS = 3, 60, 30
LEVELS = (Level.COMMUNITY, Level.GRID)


class RoundOpen(Conflict):
    message = N_("Households here are being reviewed already. One round ends before the next begins.")


class NothingAsked(Conflict):
    message = N_("The rulebook in force here asks nothing of neighbours.")


class NoHouseholds(Conflict):
    message = N_("No household here can be reviewed: none is in the scheme, or too few neighbours could be drawn for each.")


class TooManyHouseholds(Conflict):
    message = N_("There are more than %(most)d households in the scheme here: open a round for each grid.")


def open_round(area_id: UUID, *, per_household: int, least_slips: int, opens_on: date, closes_on: date, seed: str, by: Person,
               settings: Settings, now: datetime) -> ReviewRound:
    """Draws who reviews whom, and tells them. Scores.NoRulebook; RoundOpen, NothingAsked, NoHouseholds, TooManyHouseholds."""
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    on = local_day(now, area)
    _check(area, per_household, least_slips, opens_on, closes_on, today=on)
    _hold(area)
    version = in_force.version(area, SubjectKind.HOUSEHOLD, on)
    if version is None:
        raise scores.NoRulebook
    if not sight.questions(version.id):
        raise NothingAsked
    files = _files(area, version, on)
    pool = neighbours.pool(area, seed=seed, settings=settings, on=on)
    drawn = drawing.draw(neighbours.near(files, pool), pool, per_household=per_household, least=least_slips, seed=seed)
    if not any(each.reviewers for each in drawn):
        raise NoHouseholds
    made = ReviewRound(id=uuid7(), area_id=area.id, version_id=version.id, per_household=per_household, least_slips=least_slips, opens_on=opens_on,
                       closes_on=closes_on, seed=seed, pool=len(pool), opened_by_id=by.id, opened_at=now)
    db.session.add(made)
    db.session.flush()
    _seat(made, drawn)
    asked = sorted({person_id for each in drawn for person_id, _ in each.reviewers})
    messages.tell(asked, Topic.REVIEW_ASKED, now=now, review_round_id=made.id)
    audit.write("review_round.open", "review_round", made.id, by=by.id, area_id=area.id, now=now, households=len(drawn), drawn=len(asked))
    return made


def _check(area: Area, per_household: int, least_slips: int, opens_on: date, closes_on: date, *, today: date) -> None:
    errors = {}
    if area.level not in LEVELS:
        errors["area_id"] = [N_("A community, a village, or one grid of it.")]
    if least_slips > per_household:
        errors["least_slips"] = [N_("This is more than are drawn.")]
    if not today <= opens_on <= today + timedelta(days=SOONEST_DAYS):
        errors["opens_on"] = [N_("Today, or a day of the next thirty.")]
    if not SHORTEST_DAYS <= (closes_on - opens_on).days < LONGEST_DAYS:
        errors["closes_on"] = [N_("Three days after the first at least, and within sixty.")]
    if errors:
        raise ValidationFailed(errors)


def _hold(area: Area) -> None:
    """Nobody else opens a round meanwhile in this community or a grid of it."""
    whole = area.path if area.level == Level.COMMUNITY else ancestors(area.path)[-2]
    db.session.scalars(select(Area.id).where(Area.path == whole).with_for_update(of=Area, key_share=True)).one()


def _files(area: Area, version: RulebookVersion, on: date) -> list[CreditFile]:
    files = neighbours.households(area, version, on)
    if neighbours.is_under_review(files) or db.session.scalar(select(ReviewRound.id).filter_by(area_id=area.id, closed_at=None)):
        raise RoundOpen
    if len(files) > drawing.MOST_HOUSEHOLDS:
        raise TooManyHouseholds(most=drawing.MOST_HOUSEHOLDS)
    return files


def _seat(made: ReviewRound, drawn: list[drawing.Drawn]) -> None:
    ids = {each.file_id: uuid7() for each in drawn}
    put(ReviewedHousehold, [{"id": ids[each.file_id], "round_id": made.id, "file_id": each.file_id, "place": place, "seats": len(each.reviewers),
                             "is_open": True} for place, each in enumerate(drawn, 1)])
    put(ReviewSeat, [{"id": uuid7(), "reviewed_id": ids[each.file_id], "person_id": person_id, "lot": lot, "is_handed_in": False}
                     for each in drawn for person_id, lot in each.reviewers])
