"""Who sees what of a round: everybody who lives there how it was drawn, who oversees it its course and who was well spoken of, a household all
that came out of its own. Nobody sees a slip.

While a round is open, its seed is shown by its SHA-256 alone: nobody can work out who was drawn, and nobody can change it afterwards.
"""
import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from models import (
    OVERSIGHT,
    Area,
    CreditFile,
    Household,
    Indicator,
    Outcome,
    Person,
    ReviewedHousehold,
    ReviewResult,
    ReviewRound,
    ReviewSeat,
    ReviewSlip,
    ancestors,
    db,
)
from services.access import reach
from services.refusals import NotFound


def questions(version_id: UUID) -> list[Indicator]:
    """The items that neighbours are asked about, in the rulebook's order."""
    return questions_of({version_id})[version_id]


def questions_of(version_ids: set[UUID]) -> dict[UUID, list[Indicator]]:
    told = {version_id: [] for version_id in version_ids}
    for item in db.session.scalars(select(Indicator).where(Indicator.version_id.in_(version_ids), Indicator.asked_zh != "")
                                   .order_by(Indicator.place)) if version_ids else ():
        told[item.version_id].append(item)
    return told


def seed_hash(found: ReviewRound) -> str:
    return hashlib.sha256(found.seed.encode()).hexdigest()


def seed_shown(found: ReviewRound) -> str | None:
    """Once it is closed: then it gives nobody away who still has to answer."""
    return found.seed if found.closed_at else None


def search(by: Person, now: datetime, *, area_id: UUID | None = None):
    """A select of the rounds of the areas that `by` lives in or oversees; of one of these alone. NotFound for another."""
    query = select(ReviewRound).options(joinedload(ReviewRound.area))
    if area_id is None:
        return query.where(ReviewRound.area_id.in_(select(Area.id).where(_near(by, now))))
    area = db.session.get(Area, area_id)
    if area is None or not is_near(area, by, now):
        raise NotFound
    return query.where(ReviewRound.area_id == area.id)


def in_reach(by: Person, now: datetime):
    """A select of the rounds that `by` oversees."""
    return select(ReviewRound).options(joinedload(ReviewRound.area)).where(ReviewRound.area_id.in_(reach.area_ids(by, OVERSIGHT, now)))


def _near(by: Person, now: datetime):
    """A condition on Area: where `by` lives, above that, and what they oversee."""
    return Area.path.in_(ancestors(by.home_area.path)) | reach.areas_condition(by, OVERSIGHT, now)


def is_near(area: Area, by: Person, now: datetime) -> bool:
    return by.home_area.path.startswith(area.path) or reach.reaches(by, area, OVERSIGHT, now)


def visible(round_id: UUID, *, by: Person, now: datetime) -> ReviewRound:
    """For who lives there or oversees the area: everybody reads how it was drawn. NotFound for others."""
    found = db.session.get(ReviewRound, round_id, options=[joinedload(ReviewRound.area)])
    if found is None or not is_near(found.area, by, now):
        raise NotFound
    return found


def overseen(round_id: UUID, *, by: Person, now: datetime) -> ReviewRound:
    found = visible(round_id, by=by, now=now)
    reach.require(by, found.area, OVERSIGHT, now)
    return found


def counts(found: list[ReviewRound]) -> dict[UUID, dict]:
    """Of each round: how many households and seats it has, and how many slips were handed in, of all households together.

    `slips` is None of fewer than the round's least, for everybody. What a closed round had stays when its slips are destroyed.
    """
    row, told = ReviewedHousehold, {each.id: {"households": 0, "seats": 0, "slips": told_of(each, each.slips)} for each in found}
    for round_id, households, seats in db.session.execute(
            select(row.round_id, func.count(), func.sum(row.seats)).where(row.round_id.in_(told)).group_by(row.round_id)):
        told[round_id] |= {"households": households, "seats": int(seats)}
    going_on = {each.id: each for each in found if each.closed_at is None}
    for round_id, slips in db.session.execute(
            select(row.round_id, func.count()).join(ReviewSlip, ReviewSlip.reviewed_id == row.id).where(row.round_id.in_(going_on))
            .group_by(row.round_id)):
        told[round_id]["slips"] = told_of(going_on[round_id], slips)
    return told


def told_of(found: ReviewRound, slips: int | None) -> int | None:
    """A figure of slips, or None where they are fewer than the round's least: of these nothing is said, also not how many they are."""
    return slips if slips is not None and slips >= found.least_slips else None


def places(found: ReviewRound):
    """A select of a closed round's households in the order of the draw, of which everybody sees lots and no name; of an open one, of none."""
    return select(ReviewedHousehold).where(ReviewedHousehold.round_id == found.id, ~ReviewedHousehold.is_open)


def seats_of(ids: list[UUID]) -> dict[UUID, list[str]]:
    """By reviewed household, the lots of who was drawn, in the order of the draw."""
    told = {}
    for reviewed_id, lot in db.session.execute(select(ReviewSeat.reviewed_id, ReviewSeat.lot).where(ReviewSeat.reviewed_id.in_(ids))
                                               .order_by(ReviewSeat.id)):
        told.setdefault(reviewed_id, []).append(lot)
    return told


def outcomes(found: ReviewRound):
    """A select of the round's households with their names, for who oversees it; `well_of` says which of them were well spoken of."""
    row = ReviewedHousehold
    return (select(row.id, row.place, row.file_id, row.seats, Household.name.label("household_name"))
            .join(CreditFile, CreditFile.id == row.file_id).join(Household, Household.id == CreditFile.household_id).where(row.round_id == found.id))


def well_of(ids: list[UUID]) -> dict[UUID, list[str]]:
    """The codes of what each was well spoken of for. What else came out is the household's alone."""
    told = {}
    for reviewed_id, code in db.session.execute(select(ReviewResult.reviewed_id, ReviewResult.code).where(
            ReviewResult.reviewed_id.in_(ids), ReviewResult.outcome == Outcome.GOOD).order_by(ReviewResult.code)):
        told.setdefault(reviewed_id, []).append(code)
    return told


def of_file(file: CreditFile):
    """A select of the rounds that a household was in, with what came out: its own people's."""
    return (select(ReviewedHousehold).options(joinedload(ReviewedHousehold.round), selectinload(ReviewedHousehold.results))
            .where(ReviewedHousehold.file_id == file.id))
