"""Slips: each neighbour who was drawn hands in one for each household, and nothing joins the two.

A seat says that its slip was handed in; the slip says what was answered. No person, no moment, no key of a retried request, no line of
the audit log, no order of rows lead from one to the other, nor from one slip of somebody to their next (docs/credit.md says what remains
to be known). Nobody hands in for somebody else, who would learn what they think.
"""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import aliased, joinedload

from models import Answer, CreditFile, Household, Indicator, Person, ReviewedHousehold, ReviewRound, ReviewSeat, ReviewSlip, db, local_day
from services.credit import counting, entries
from services.credit.reviews import neighbours, sight
from services.people import people
from services.refusals import N_, Conflict, NotFound, ValidationFailed

MOST_SHOWN = 60


class RoundNotOpen(Conflict):
    """`opens_on`, `closes_on`: the days on which slips are taken."""

    message = N_("Slips are taken from %(opens_on)s to %(closes_on)s.")


class HandedInAlready(Conflict):
    message = N_("Your slip about this household was handed in already. Thank you.")


def seats(by: Person, now: datetime) -> list[ReviewSeat]:
    """Of the rounds that are not closed, whom somebody was drawn to review; `household_name` says who that is.

    One for each household, also for who was joined to another that was drawn for it: the one that is not handed in yet.
    """
    rows = db.session.execute(
        _own(by, local_day(now, by.home_area)).join(Household, Household.id == CreditFile.household_id).add_columns(Household.name)
        .where(ReviewedHousehold.is_open).order_by(ReviewSeat.is_handed_in, ReviewSeat.id).limit(MOST_SHOWN)).all()
    found = {}
    for seat, name in rows:
        seat.household_name = name
        found.setdefault(seat.reviewed_id, seat)
    return sorted(found.values(), key=lambda seat: seat.id)


def _own(by: Person, on: date):
    """As long as the household and they themselves are in the scheme, and they are no staff."""
    return (select(ReviewSeat).join(ReviewedHousehold, ReviewedHousehold.id == ReviewSeat.reviewed_id)
            .join(CreditFile, CreditFile.id == ReviewedHousehold.file_id)
            .options(joinedload(ReviewSeat.reviewed).joinedload(ReviewedHousehold.round).joinedload(ReviewRound.area))
            .where(ReviewSeat.person_id.in_(people.selves(by)), counting.enrolled(CreditFile.id, on), neighbours.may_review(by.id, on)))


def hand_in(seat_id: UUID, answers: dict[str, str], *, by: Person, now: datetime) -> None:
    """Once, by who was drawn. NotFound for others, and where one of the two left the scheme or the reviewer works here by now, without saying which.

    RoundNotOpen, HandedInAlready; OwnFile for who is of the household meanwhile.
    """
    people.hold(by)
    seat = db.session.scalars(_own(by, local_day(now, by.home_area)).where(ReviewSeat.id == seat_id)).one_or_none()
    if seat is None:
        raise NotFound
    if entries.is_of(seat.reviewed.file, by):
        raise entries.OwnFile
    found = _held([seat.reviewed.round_id])[0]
    _require_open(found, local_day(now, found.area))
    kept = check(answers, sight.questions(found.version_id))
    used = db.session.execute(update(ReviewSeat).where(ReviewSeat.id == seat.id, ReviewSeat.is_handed_in.is_(False)).values(is_handed_in=True)
                              .execution_options(synchronize_session=False))
    if used.rowcount != 1:
        raise HandedInAlready
    db.session.add(ReviewSlip(reviewed_id=seat.reviewed_id, answers=kept))
    db.session.flush()


def keep_one_seat(old: UUID, new: UUID) -> None:
    """Two who were drawn for one household are one: of what both might hand in, what one of them did counts, else the seat of `new` stands.

    The other seat stays, since its lot will be published, and is used up.
    """
    one, other, both = aliased(ReviewSeat), aliased(ReviewSeat), ReviewSeat.person_id.in_((old, new))
    _held(select(ReviewedHousehold.round_id).join(ReviewSeat).where(both, ReviewedHousehold.is_open))
    doubled = select(one.reviewed_id).join(other, other.reviewed_id == one.reviewed_id).where(one.person_id == old, other.person_id == new)
    used = select(one.reviewed_id).where(one.person_id.in_((old, new)), one.is_handed_in.is_(True))
    db.session.execute(update(ReviewSeat).where(
        both, ReviewSeat.is_handed_in.is_(False), ReviewSeat.reviewed_id.in_(doubled),
        (ReviewSeat.person_id == old) | ReviewSeat.reviewed_id.in_(used)).values(is_handed_in=True).execution_options(synchronize_session=False))


def _held(ids) -> list[ReviewRound]:
    """Nobody closes them before the commit."""
    return db.session.scalars(select(ReviewRound).where(ReviewRound.id.in_(ids)).order_by(ReviewRound.id).with_for_update(read=True, of=ReviewRound)
                              .execution_options(populate_existing=True)).all()


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
