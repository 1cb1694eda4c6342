"""Questionnaires: residents drawn by a seed and asked once, without points; what they answer is kept without them.

An invitation says that it was used; the sheet says what was answered. Nothing joins the two: no person, no moment, no key of a
retried request, no order of rows (docs/civility.md says what remains to be known).
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased, joinedload
from uuid_utils.compat import uuid7

from models import (
    STAFF,
    CivilityInvitation,
    CivilityNode,
    CivilityOptOut,
    CivilityPeriod,
    CivilityQuestionnaire,
    CivilitySheet,
    Method,
    PeriodStatus,
    Person,
    Topic,
    code_order,
    db,
    insert_or,
    local_day,
)
from models.statements import put
from services import draws
from services.access import reach
from services.audit import audit
from services.civility import closing, measures, periods
from services.civility.marks import FEWEST_PEOPLE
from services.messages import messages
from services.people import people
from services.refusals import N_, Conflict, NotFound, ValidationFailed

BATCH = 500
MOST_INVITED, MOST_WAITING = 5000, 20


class AlreadyDrawn(Conflict):
    message = N_("The sample of this community is drawn already. It is drawn once, so that nobody draws until they like it.")


class TooFewResidents(Conflict):
    message = N_("Fewer than ten residents could be asked here, so that nothing of it could be shown.")


class NothingToAsk(Conflict):
    message = N_("This version of the index asks nothing of this kind.")


class AlreadyAnswered(Conflict):
    message = N_("You have answered already. Thank you.")


def draw(period_id: UUID, area_id: UUID, *, most: int, seed: str, by: Person, now: datetime) -> CivilityQuestionnaire:
    """Invite at most so many of those who live there, but for who does not want to be asked. Drawn once for each community."""
    period, area = periods.open_for(period_id, area_id, by=by, now=now)
    if not questions(period):
        raise NothingToAsk
    if db.session.scalar(select(CivilityQuestionnaire.id).filter_by(period_id=period.id, area_id=area.id)):
        raise AlreadyDrawn
    living = measures.residents(area).subquery()
    could = db.session.scalars(select(living.c.person_id).where(living.c.person_id.not_in(select(CivilityOptOut.person_id)))).all()
    if len(could) < FEWEST_PEOPLE:
        raise TooFewResidents
    chosen = draws.pick(could, most, seed=seed)
    made = CivilityQuestionnaire(id=uuid7(), period_id=period.id, area_id=area.id, seed=seed, invited=len(chosen), of_residents=len(could),
                                 drawn_by_id=by.id, drawn_at=now)
    db.session.add(made)
    db.session.flush()
    for first in range(0, len(chosen), BATCH):
        batch = chosen[first:first + BATCH]
        put(CivilityInvitation, [{"id": uuid7(), "questionnaire_id": made.id, "person_id": person_id, "is_used": False} for person_id in batch])
        messages.tell(batch, Topic.CIVILITY_ASKED, now=now, civility_questionnaire_id=made.id)
    audit.write("civility_questionnaire.draw", "civility_questionnaire", made.id, by=by.id, area_id=area.id, now=now, seed=seed, invited=len(chosen))
    return made


def questions(period: CivilityPeriod) -> list[CivilityNode]:
    """The leaves that residents are asked about, in their order."""
    leaves = [leaf for leaf in closing.leaves_of(period) if leaf.method == Method.QUESTIONNAIRE]
    return sorted(leaves, key=lambda leaf: code_order(leaf.code))


def waiting_of(person: Person) -> list[CivilityQuestionnaire]:
    """The questionnaires that this person may answer still; of those of a community one at a time, they are few.

    What one of two who were joined has answered is answered, as `invitation_of` says.
    """
    used = aliased(CivilityInvitation)
    answered = select(used.questionnaire_id).where(used.person_id.in_(people.selves(person)), used.is_used)
    return list(db.session.scalars(select(CivilityQuestionnaire).join(
        CivilityInvitation, CivilityInvitation.questionnaire_id == CivilityQuestionnaire.id).join(
        CivilityPeriod, CivilityPeriod.id == CivilityQuestionnaire.period_id).options(
        joinedload(CivilityQuestionnaire.period), joinedload(CivilityQuestionnaire.area)).where(
        CivilityInvitation.person_id.in_(people.selves(person)), CivilityInvitation.questionnaire_id.not_in(answered),
        CivilityPeriod.status == PeriodStatus.OPEN).order_by(CivilityQuestionnaire.id).limit(MOST_WAITING)).unique())


def search(by: Person, now: datetime, *, period_id: UUID | None = None):
    """A select of the questionnaires of periods in reach."""
    query = select(CivilityQuestionnaire).options(joinedload(CivilityQuestionnaire.period), joinedload(CivilityQuestionnaire.area)).where(
        CivilityQuestionnaire.period_id.in_(periods.ids_in_reach(by, now)))
    return query.where(CivilityQuestionnaire.period_id == periods.visible(period_id, by=by, now=now).id) if period_id else query


def answered_counts(ids: list[UUID]) -> dict[UUID, int | None]:
    """How many have answered each; None while they are fewer than ten."""
    rows = dict(db.session.execute(select(CivilitySheet.questionnaire_id, func.count()).where(CivilitySheet.questionnaire_id.in_(ids))
                                   .group_by(CivilitySheet.questionnaire_id)).all())
    return {id: rows.get(id, 0) if rows.get(id, 0) >= FEWEST_PEOPLE else None for id in ids}


def visible(questionnaire_id: UUID, *, by: Person, now: datetime) -> tuple[CivilityQuestionnaire, bool | None]:
    """For who is invited, with whether they have answered; for who works there and who oversees its period, with None. NotFound for others."""
    found = db.session.scalars(select(CivilityQuestionnaire).options(
        joinedload(CivilityQuestionnaire.period).joinedload(CivilityPeriod.area), joinedload(CivilityQuestionnaire.area)).where(
        CivilityQuestionnaire.id == questionnaire_id)).one_or_none()
    if found is None:
        raise NotFound
    invitation = invitation_of(found.id, by)
    if invitation is None and not (reach.reaches(by, found.period.area, periods.READERS, now) or reach.is_around(by, found.area, STAFF, now)):
        raise NotFound
    return found, invitation.is_used if invitation else None


def invitation_of(questionnaire_id: UUID, by: Person) -> CivilityInvitation | None:
    """Of who was joined to another with an invitation each, the one that is used counts."""
    return db.session.scalars(select(CivilityInvitation).where(
        CivilityInvitation.questionnaire_id == questionnaire_id, CivilityInvitation.person_id.in_(people.selves(by)))
        .order_by(CivilityInvitation.is_used.desc(), CivilityInvitation.id).limit(1).execution_options(populate_existing=True)).one_or_none()


def answer(questionnaire_id: UUID, answers: dict[str, list[int | None]], *, by: Person, now: datetime) -> None:
    """Once, by who is invited; what is left out is None. NotFound for others, AlreadyAnswered, PeriodNotOpen.

    The invitation is marked and the sheet is written in one transaction, with nothing that leads from one to the other.
    """
    questionnaire = db.session.get(CivilityQuestionnaire, questionnaire_id)
    invitation = questionnaire and invitation_of(questionnaire_id, by)
    if invitation is None:
        raise NotFound
    kept = check(answers, questions(periods.held_open(questionnaire.period_id)))
    use(invitation)
    keep(questionnaire, kept)


def use(invitation: CivilityInvitation) -> None:
    """Once: AlreadyAnswered."""
    used = db.session.execute(update(CivilityInvitation).where(CivilityInvitation.id == invitation.id, ~CivilityInvitation.is_used)
                              .values(is_used=True).execution_options(synchronize_session=False))
    if used.rowcount != 1:
        raise AlreadyAnswered


def keep(questionnaire: CivilityQuestionnaire, answers: dict[str, list[int | None]]) -> None:
    """A sheet, with nothing that says whose."""
    db.session.add(CivilitySheet(questionnaire_id=questionnaire.id, answers=answers))
    db.session.flush()


def check(answers: dict[str, list[int | None]], leaves: list[CivilityNode]) -> dict[str, list[int | None]]:
    """By the leaves' codes, an answer or None for each line. ValidationFailed for others, and where nothing is answered."""
    known, errors = {leaf.code: leaf for leaf in leaves}, {}
    for code, given in answers.items():
        leaf = known.get(code)
        if leaf is None:
            errors[f"answers.{code}"] = [N_("Nothing with this code is asked.")]
        elif len(given) != len(leaf.items) or any(one is not None and one not in closing.POSSIBLE[leaf.answers] for one in given):
            errors[f"answers.{code}"] = [N_("One answer for each line, please, as it can be answered; null where there is none.")]
    if errors:
        raise ValidationFailed(errors)
    if not any(one is not None for given in answers.values() for one in given):
        raise ValidationFailed({"answers": [N_("Please answer at least one question.")]})
    return {leaf.code: answers.get(leaf.code, [None] * len(leaf.items)) for leaf in leaves}


def is_opted_out(person: Person) -> bool:
    return db.session.get(CivilityOptOut, person.id) is not None


def opt_out(person: Person, *, opted_out: bool, now: datetime) -> None:
    """Not to be drawn for a questionnaire any more, or to be drawn again."""
    held = db.session.get(CivilityOptOut, person.id)
    if opted_out and held is None:
        db.session.execute(insert_or(CivilityOptOut).values(person_id=person.id, since_on=local_day(now, person.home_area)).on_conflict_do_nothing())
    elif not opted_out and held is not None:
        db.session.execute(delete(CivilityOptOut).where(CivilityOptOut.person_id == person.id))
