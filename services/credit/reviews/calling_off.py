"""A round that was opened by mistake is called off: nobody reads its slips, nothing comes of it, and it stays listed with its seed and the reason."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from models import CreditFile, Message, Person, ReviewedHousehold, ReviewRound, ReviewSeat, ReviewSlip, Topic, db, local_day
from models.statements import put
from services.audit import audit
from services.credit import counting
from services.credit.reviews import closing
from services.messages import messages
from services.refusals import N_, Conflict


class RoundClosed(Conflict):
    message = N_("This round is closed: what came out of it stands.")


def call_off(round_id: UUID, *, reason: str, by: Person, now: datetime) -> ReviewRound:
    """As long as it is not closed. Calling off again changes nothing, the reason neither. RoundClosed.

    Its slips are destroyed; who was drawn, and the people of the households, are told why.
    """
    found = closing.managed(round_id, by=by, now=now)
    if found.called_off_reason is not None:
        return found
    if found.closed_at is not None:
        raise RoundClosed
    found.closed_at, found.closed_by_id, found.called_off_reason = now, by.id, reason
    db.session.flush()
    of_round = select(ReviewedHousehold.id).where(ReviewedHousehold.round_id == found.id)
    for statement in (delete(ReviewSlip).where(ReviewSlip.reviewed_id.in_(of_round)),
                      update(ReviewedHousehold).where(ReviewedHousehold.round_id == found.id).values(is_open=False)):
        db.session.execute(statement.execution_options(synchronize_session=False))
    closing.forget_who(found)
    _tell(found, now)
    audit.write("review_round.call_off", "review_round", found.id, by=by.id, area_id=found.area_id, now=now, reason=reason)
    return found


def _tell(found: ReviewRound, now: datetime) -> None:
    """Each once: the people of the households that are in the scheme, and of the others who was drawn."""
    row = ReviewedHousehold
    reviewed = dict(db.session.execute(
        select(Person.id, row.id).join(CreditFile, CreditFile.household_id == Person.household_id).join(row, row.file_id == CreditFile.id)
        .where(row.round_id == found.id, row.seats > 0, counting.enrolled(CreditFile.id, local_day(now, found.area)))).all())
    drawn = db.session.scalars(select(ReviewSeat.person_id).join(row, row.id == ReviewSeat.reviewed_id).where(row.round_id == found.id))
    about = {person_id: {"review_round_id": found.id} for person_id in drawn} | {
        person_id: {"reviewed_household_id": row_id} for person_id, row_id in reviewed.items()}
    if about:
        put(Message, [messages.line(person_id, Topic.REVIEW_CALLED_OFF, now=now, **what)[1] for person_id, what in sorted(about.items())])
