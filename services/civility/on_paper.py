"""Questionnaires for who has no phone: their sheet goes into a box without a name, and what is in the box is typed in later.

Two acts, so that whoever types does not know whose sheet it is: that somebody put theirs into the box is one, and uses up their
invitation; a sheet of the box is the other. Of the second there are never more than of the first: the database counts.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import contains_eager, joinedload

from models import (
    STAFF,
    Area,
    CivilityBox,
    CivilityInvitation,
    CivilityPeriod,
    CivilityQuestionnaire,
    PeriodStatus,
    Person,
    WeChatLogin,
    db,
    insert_or,
)
from services.access import reach
from services.audit import audit
from services.civility import periods, questionnaires
from services.people import residents
from services.refusals import N_, Conflict, NotFound


class HasPhone(Conflict):
    message = N_("They sign in with their own phone, and answer there.")


class BoxEmpty(Conflict):
    message = N_("All sheets that were put into the box are typed in already.")


def search(by: Person, now: datetime):
    """A select of the questionnaires that are being answered where `by` works, or in the community in which their grid lies."""
    return select(CivilityQuestionnaire).join(Area, Area.id == CivilityQuestionnaire.area_id).join(
        CivilityPeriod, CivilityPeriod.id == CivilityQuestionnaire.period_id).options(
        contains_eager(CivilityQuestionnaire.area), contains_eager(CivilityQuestionnaire.period)).where(
        CivilityPeriod.status == PeriodStatus.OPEN, reach.around_condition(by, STAFF, now))


def without_phone(questionnaire_id: UUID, *, by: Person, now: datetime):
    """A select of who is invited, cannot answer by a phone, has put no sheet into the box, and lives where `by` works. NotFound elsewhere."""
    questionnaire = _near(questionnaire_id, by, now)
    return select(Person).join(CivilityInvitation, CivilityInvitation.person_id == Person.id).where(
        CivilityInvitation.questionnaire_id == questionnaire.id, ~CivilityInvitation.is_used, Person.joined_into_id.is_(None), ~_signs_in(),
        Person.home_area_id.in_(reach.area_ids(by, STAFF, now)))


def _near(questionnaire_id: UUID, by: Person, now: datetime) -> CivilityQuestionnaire:
    found = db.session.get(CivilityQuestionnaire, questionnaire_id, options=[joinedload(CivilityQuestionnaire.area)])
    if found is None or not reach.is_around(by, found.area, STAFF, now):
        raise NotFound
    return found


def _signs_in():
    """A condition on Person: they signed in from a phone once, or who was joined to them, whose login is theirs now."""
    return exists().where(WeChatLogin.person_id == Person.id)


def hand_in(questionnaire_id: UUID, person_id: UUID, *, by: Person, now: datetime) -> None:
    """Their sheet is in the box. NotFound for who is not invited, HasPhone, AlreadyAnswered, PeriodNotOpen."""
    questionnaire = _near(questionnaire_id, by, now)
    periods.held_open(questionnaire.period_id)
    person = residents.within(person_id, by=by, now=now)
    invitation = questionnaires.invitation_of(questionnaire.id, person)
    if invitation is None:
        raise NotFound
    if db.session.scalar(select(Person.id).where(Person.id == person.id, _signs_in())):
        raise HasPhone
    questionnaires.use(invitation)
    put = insert_or(CivilityBox).values(questionnaire_id=questionnaire.id, handed_in=1, typed=0)
    db.session.execute(put.on_conflict_do_update(index_elements=["questionnaire_id"], set_={"handed_in": CivilityBox.handed_in + 1}))
    audit.write("civility_questionnaire.hand_in", "civility_questionnaire", questionnaire.id, by=by.id, area_id=questionnaire.area_id, now=now)


def type_in(questionnaire_id: UUID, answers: dict[str, list[int | None]], *, by: Person, now: datetime) -> CivilityBox:
    """A sheet of the box, by whoever opened it; an empty one is none (ValidationFailed). BoxEmpty, PeriodNotOpen."""
    questionnaire = _near(questionnaire_id, by, now)
    kept = questionnaires.check(answers, questionnaires.questions(periods.held_open(questionnaire.period_id)))
    counted = db.session.execute(update(CivilityBox).where(
        CivilityBox.questionnaire_id == questionnaire.id, CivilityBox.typed < CivilityBox.handed_in).values(
        typed=CivilityBox.typed + 1).execution_options(synchronize_session=False))
    if counted.rowcount != 1:
        raise BoxEmpty
    questionnaires.keep(questionnaire, kept)
    audit.write("civility_questionnaire.type_in", "civility_questionnaire", questionnaire.id, by=by.id, area_id=questionnaire.area_id, now=now)
    return db.session.get(CivilityBox, questionnaire.id, populate_existing=True)


def boxes(ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """By questionnaire, how many sheets were put into its box and how many of these were typed in."""
    rows = db.session.execute(select(CivilityBox.questionnaire_id, CivilityBox.handed_in, CivilityBox.typed).where(
        CivilityBox.questionnaire_id.in_(ids)))
    return {id: (handed_in, typed) for id, handed_in, typed in rows}
