"""A round is closed: what its slips come to is worked out, written where it is good, and who handed in is forgotten.

Of the answers to one question those count that know. Of fewer than the round's least there is no result. Else it is the middle one, from
the worst to the best, and of two in the middle the worse: `good` where more than half say so. One who praises or blames everybody moves
nothing. Only `good` is an entry; the others take nothing from anybody and are their household's to know.
"""
import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload
from uuid_utils.compat import uuid7

from models import (
    Answer,
    CreditEntry,
    CreditFile,
    Indicator,
    Measured,
    Message,
    Outcome,
    Person,
    ReviewedHousehold,
    ReviewResult,
    ReviewRound,
    ReviewSeat,
    ReviewSlip,
    Role,
    Source,
    Topic,
    db,
    local_day,
)
from models.statements import put
from services.access import reach
from services.audit import audit
from services.credit import counting, entries
from services.credit.reviews import sight
from services.messages import messages
from services.refusals import N_, Conflict, NotFound

log = logging.getLogger(__name__)
WORST_FIRST = (Answer.POOR, Answer.ORDINARY, Answer.GOOD)
SLIPS_KEPT = timedelta(days=180)  # so long a result can be counted again


class RoundNotOver(Conflict):
    """`closes_on`: its last day."""

    message = N_("Slips are taken until the end of %(closes_on)s.")


def outcome(answers: Iterable[str], least: int) -> Outcome:
    """What the answers to one question come to."""
    known = sorted(WORST_FIRST.index(answer) for answer in answers if answer != Answer.UNKNOWN)
    if len(known) < least:
        return Outcome.TOO_FEW
    return Outcome(WORST_FIRST[known[(len(known) - 1) // 2]])


def is_over(found: ReviewRound, now: datetime) -> bool:
    """Whether its last day is over, where it is held."""
    return local_day(now, found.area) > found.closes_on


def close(round_id: UUID, *, by: Person, now: datetime) -> ReviewRound:
    """From the day after its last one. Closing again changes nothing. RoundNotOver."""
    found = managed(round_id, by=by, now=now)
    if found.closed_at is not None:
        return found
    if not is_over(found, now):
        raise RoundNotOver(closes_on=found.closes_on.isoformat())
    return _close(found, by, now)


def managed(round_id: UUID, *, by: Person, now: datetime) -> ReviewRound:
    """Locked, for an admin of its area: nobody else closes it, nor hands in. NotFound for who does not live near either."""
    found = _locked(round_id)
    if found is None or not sight.is_near(found.area, by, now):
        raise NotFound
    reach.require(by, found.area, (Role.AREA_ADMIN,), now)
    return found


def close_due(now: datetime) -> int:
    """One round that nobody closed; gives 1, or 0 where there is none. One that cannot be closed is logged, and holds no other up."""
    waiting = db.session.scalars(select(ReviewRound).options(joinedload(ReviewRound.area)).where(ReviewRound.closed_at.is_(None))
                                 .order_by(ReviewRound.closes_on, ReviewRound.id))
    due = [row.id for row in waiting if is_over(row, now)]
    return next((1 for round_id in due if _closed(round_id, now)), 0)


def _closed(round_id: UUID, now: datetime) -> bool:
    try:
        with db.session.begin_nested():
            found = _locked(round_id)
            if found.closed_at is not None:  # by another worker meanwhile
                return False
            _close(found, None, now)
    except Exception:
        log.exception("the round of reviews %s could not be closed", round_id)
        return False
    return True


def forget_slips(now: datetime) -> int:
    """The slips of a round that was closed long ago are destroyed; what they came to stays."""
    old = select(ReviewedHousehold.id).join(ReviewRound).where(ReviewRound.closed_at < now - SLIPS_KEPT)
    return db.session.execute(delete(ReviewSlip).where(ReviewSlip.reviewed_id.in_(old)).execution_options(synchronize_session=False)).rowcount


def _locked(round_id: UUID) -> ReviewRound | None:
    return db.session.scalars(select(ReviewRound).where(ReviewRound.id == round_id).with_for_update(of=ReviewRound)
                              .execution_options(populate_existing=True)).one_or_none()


def _close(found: ReviewRound, by: Person | None, now: datetime) -> ReviewRound:
    answers, questions = _answers(found), sight.questions(found.version_id)
    reviewed = db.session.scalars(select(ReviewedHousehold).where(ReviewedHousehold.round_id == found.id).order_by(ReviewedHousehold.place)).all()
    in_scheme = _hold_files([row.file_id for row in reviewed], (found.closes_on, local_day(now, found.area)))
    written = []
    for row in reviewed:
        slips = answers.get(row.id, [])
        row.is_open, row.slips = False, sight.told_of(found, len(slips))
        if file := in_scheme.get(row.file_id):
            written += _results(found, row, file, questions, slips, now=now)
    found.closed_at, found.closed_by_id, found.slips = now, by and by.id, sight.told_of(found, sum(map(len, answers.values())))
    db.session.flush()
    forget_who(found)
    entries.touch(written, now=now)
    _tell({in_scheme[row.file_id].household_id: row.id for row in reviewed if row.seats and row.file_id in in_scheme}, now)
    audit.write("review_round.close", "review_round", found.id, by=by and by.id, area_id=found.area_id, now=now, slips=found.slips,
                written=len(written))
    return found


def _answers(found: ReviewRound) -> dict[UUID, list[dict]]:
    """By reviewed household, what each of its slips says."""
    told = {}
    for reviewed_id, answers in db.session.execute(select(ReviewSlip.reviewed_id, ReviewSlip.answers).join(
            ReviewedHousehold, ReviewedHousehold.id == ReviewSlip.reviewed_id).where(ReviewedHousehold.round_id == found.id)):
        told.setdefault(reviewed_id, []).append(answers)
    return told


def _hold_files(ids: list[UUID], days: Iterable[date]) -> dict[UUID, CreditFile]:
    """The files of those that are in the scheme on all these days, locked in their order."""
    rows = db.session.scalars(select(CreditFile).where(CreditFile.id.in_(ids), *(counting.enrolled(CreditFile.id, day) for day in days))
                              .order_by(CreditFile.id).with_for_update(of=CreditFile).execution_options(populate_existing=True))
    return {file.id: file for file in rows}


def _results(found: ReviewRound, row: ReviewedHousehold, file: CreditFile, questions: list[Indicator], slips: list[dict], *,
             now: datetime) -> list[CreditEntry]:
    """A result for each question, and an entry for each that is good."""
    written = []
    for item in questions:
        came_out = outcome((slip[item.code] for slip in slips), found.least_slips)
        entry = _entry(found, row, file, item, now) if came_out == Outcome.GOOD else None
        db.session.add(ReviewResult(id=uuid7(), reviewed_id=row.id, code=item.code, outcome=came_out, entry_id=entry and entry.id))
        written += [entry] if entry else []
    return written


def _entry(found: ReviewRound, row: ReviewedHousehold, file: CreditFile, item: Indicator, now: datetime) -> CreditEntry:
    return entries.write(
        file, item.code, Measured.TIMES, 1, happened_on=found.closes_on, title=f"{item.name_zh} / {item.name_en}"[:200], source=Source.REVIEW,
        evidence=f"review round {found.id}: {row.slips} slips", source_ref=f"{found.id}/{item.code}/{file.id}", source_name=found.area.name, now=now)


def _tell(reviewed: dict[UUID, UUID], now: datetime) -> None:
    """The people of each household that what came out of it stands there."""
    people = db.session.execute(select(Person.id, Person.household_id).where(Person.household_id.in_(reviewed)).order_by(Person.id))
    lines = [messages.line(person_id, Topic.REVIEW_CLOSED, now=now, reviewed_household_id=reviewed[household_id])[1]
             for person_id, household_id in people]
    if lines:
        put(Message, lines)


def forget_who(found: ReviewRound) -> None:
    """Who handed in and who did not: it served that each did so once."""
    of_round = select(ReviewedHousehold.id).where(ReviewedHousehold.round_id == found.id)
    db.session.execute(update(ReviewSeat).where(ReviewSeat.reviewed_id.in_(of_round)).values(is_handed_in=None)
                       .execution_options(synchronize_session=False))
