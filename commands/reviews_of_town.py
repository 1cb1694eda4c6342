"""The demo's neighbours' reviews: one round of the community that is closed, and one that goes on, for which visitors are drawn too."""
from collections.abc import Callable
from datetime import datetime
from random import Random
from types import SimpleNamespace

from sqlalchemy import select

from commands import town
from config import Settings
from models import Answer, CreditFile, ReviewedHousehold, ReviewRound, ReviewSeat, SubjectKind, db, local_day
from services.access import sign_in
from services.credit import enrolments
from services.credit.reviews import closing, rounds, sight, slips

PAST, PRESENT = (-46, -32), (-4, 10)  # first and last day, from now
SEEDS = ("2026a", "2026b")
KEPT_FOR_VISITORS = ("li-na", "zhang-wei", "anna", "rider-chen")
MOSTLY = (Answer.GOOD,) * 6 + (Answer.ORDINARY,) * 2 + (Answer.POOR, Answer.UNKNOWN)
HANDED_IN, SO_FAR = 0.9, 0.5  # shares of the seats


def plan(cast: SimpleNamespace, settings: Settings, now: datetime, at: Callable) -> None:
    """`at(moment, act)` does each act when its moment has come."""
    village = _Village(cast, settings, now)
    at(town.local(now, PAST[0] - 2, 9), village.join)
    for (first, last), seed in zip((PAST, PRESENT), SEEDS, strict=True):
        at(town.local(now, first, 9), lambda moment, last=last, seed=seed: village.open(moment, last, seed))
    at(town.local(now, PAST[0] + 5, 19), lambda moment: village.answer(moment, HANDED_IN, ()))
    at(town.local(now, PAST[1] + 1, 8), village.close)
    at(town.local(now, PRESENT[0] + 2, 19), lambda moment: village.answer(moment, SO_FAR, KEPT_FOR_VISITORS))


class _Village:
    def __init__(self, cast: SimpleNamespace, settings: Settings, now: datetime):
        self._cast, self._people, self._settings, self._now = cast, cast.people, settings, now
        self._chance = Random(7)  # the same slips each time
        self._round: ReviewRound | None = None

    def join(self, at: datetime) -> None:
        """More people and households of the community, so that there are neighbours to draw."""
        for grid in (town.GRID_ONE, town.GRID_TWO):
            for person in self._cast.neighbours[grid]:
                self._join(SubjectKind.RESIDENT, CreditFile.person_id == person.id, person, at)
                self._join(SubjectKind.HOUSEHOLD, CreditFile.household_id == person.household_id, person, at)

    def _join(self, kind: SubjectKind, file, person, at: datetime) -> None:
        if db.session.scalar(select(CreditFile.id).where(file)) is None:
            enrolments.join(kind, by=person, now=at)

    def open(self, at: datetime, last: int, seed: str) -> None:
        zhao = self._people["admin-zhao"]
        self._round = rounds.open_round(
            zhao.roles[0].area_id, per_household=5, least_slips=3, opens_on=local_day(at, zhao.home_area),
            closes_on=local_day(town.local(self._now, last, 9), zhao.home_area), seed=seed, by=zhao, settings=self._settings, now=at)

    def answer(self, at: datetime, share: float, but: tuple[str, ...]) -> None:
        """So many hand in what they think; Li Na's neighbours think well of her household."""
        left_out, home = {self._people[name].id for name in but}, self._people["li-na"].household_id
        codes = [item.code for item in sight.questions(self._round.version_id)]
        for seat, file in db.session.execute(
                select(ReviewSeat, CreditFile).join(ReviewedHousehold, ReviewedHousehold.id == ReviewSeat.reviewed_id)
                .join(CreditFile, CreditFile.id == ReviewedHousehold.file_id).where(ReviewedHousehold.round_id == self._round.id)
                .order_by(ReviewedHousehold.place, ReviewSeat.lot)).all():
            answers = {code: Answer.GOOD if file.household_id == home else self._chance.choice(MOSTLY) for code in codes}
            if self._chance.random() < share and seat.person_id not in left_out:
                slips.hand_in(seat.id, answers, by=sign_in.load(seat.person_id, at), now=at)

    def close(self, at: datetime) -> None:
        closing.close(self._round.id, by=self._people["admin-zhao"], now=at)
