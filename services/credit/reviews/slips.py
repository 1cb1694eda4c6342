"""Slips: each neighbour who was drawn hands in one for each household, and nothing joins the two.

A seat says that its slip was handed in; the slip says what was answered. No person, no moment, no key of a retried request, no line of
the audit log, no order of rows lead from one to the other, nor from one slip of somebody to their next (docs/credit.md says what remains
to be known). Nobody hands in for somebody else, who would learn what they think.
"""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from models import Answer, CreditFile, Household, Indicator, Person, ReviewedHousehold, ReviewRound, ReviewSeat, ReviewSlip, db, local_day
from services.credit import entries
from services.credit.reviews import sight
from services.people import people
from services.refusals import N_, Conflict, NotFound, ValidationFailed

MOST_SHOWN = 60


class RoundNotOpen(Conflict):
    """`opens_on`, `closes_on`: the days on which slips are taken."""

    message = N_("Slips are taken from %(opens_on)s to %(closes_on)s.")


class HandedInAlready(Conflict):
    message = N_("Your slip about this household was handed in already. Thank you.")


def seats(by: Person) -> list[ReviewSeat]:
    """Of the rounds that are not closed, whom somebody was drawn to review; `household_name` says who that is."""
    rows = db.session.execute(
        _own(by).join(Household, Household.id == CreditFile.household_id).add_columns(Household.name)
        .where(ReviewedHousehold.is_open).order_by(ReviewSeat.id).limit(MOST_SHOWN)).all()
    for seat, name in rows:
        seat.household_name = name
    return [seat for seat, _ in rows]


def _own(by: Person):
    return (select(ReviewSeat).join(ReviewedHousehold, ReviewedHousehold.id == ReviewSeat.reviewed_id)
            .join(CreditFile, CreditFile.id == ReviewedHousehold.file_id)
            .options(joinedload(ReviewSeat.reviewed).joinedload(ReviewedHousehold.round).joinedload(ReviewRound.area))
            .where(ReviewSeat.person_id.in_(people.selves(by))))


def hand_in(seat_id: UUID, answers: dict[str, str], *, by: Person, now: datetime) -> None:
    """Once, by who was drawn. NotFound for others; RoundNotOpen, HandedInAlready; OwnFile for who is of the household meanwhile."""
    seat = db.session.scalars(_own(by).where(ReviewSeat.id == seat_id)).one_or_none()
    if seat is None:
        raise NotFound
    if entries.is_of(seat.reviewed.file, by):
        raise entries.OwnFile
    found = _held(seat.reviewed.round_id)
    _require_open(found, local_day(now, found.area))
    kept = check(answers, sight.questions(found.version_id))
    used = db.session.execute(update(ReviewSeat).where(ReviewSeat.id == seat.id, ReviewSeat.is_handed_in.is_(False)).values(is_handed_in=True)
                              .execution_options(synchronize_session=False))
    if used.rowcount != 1:
        raise HandedInAlready
    db.session.add(ReviewSlip(reviewed_id=seat.reviewed_id, answers=kept))
    db.session.flush()


def _held(round_id: UUID) -> ReviewRound:
    """Nobody closes it before the commit."""
    return db.session.scalars(select(ReviewRound).where(ReviewRound.id == round_id).with_for_update(read=True, of=ReviewRound)
                              .execution_options(populate_existing=True)).one()


def _require_open(found: ReviewRound, on: date) -> None:
    if found.closed_at is not None or not found.opens_on <= on <= found.closes_on:
        raise RoundNotOpen(opens_on=found.opens_on.isoformat(), closes_on=found.closes_on.isoformat())


def check(answers: dict[str, str], questions: list[Indicator]) -> dict[str, str]:
    """An answer to each question, `unknown` where none was given. ValidationFailed for what was not asked."""
    known = [item.code for item in questions]
    errors = {f"answers.{code}": [N_("Nothing with this code is asked.")] for code in answers.keys() - set(known)}
    if errors:
        raise ValidationFailed(errors)
    return {code: answers.get(code, Answer.UNKNOWN) for code in known}
