"""Questionnaires for who has no phone: their sheet goes into a box without a name, and what is in the box is typed in later.

Two acts, so that whoever types does not know whose sheet it is: that somebody put theirs into the box is one, and uses up their
invitation; a sheet of the box is the other. Of the second there are never more than of the first: the database counts.

Of three sheets at least one is taken out: while the questionnaire goes on two always stay in the box, among those to come. In the last week
they are typed in too, and then nobody puts another one in, which would lie there alone.
"""
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select, update
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
    local_day,
)
from services.access import reach
from services.audit import audit
from services.civility import periods, questionnaires
from services.people import residents
from services.refusals import N_, Conflict, NotFound

FEWEST_IN_BOX = 3  # of fewer it could be known whose sheet is whose
LAST_DAYS = timedelta(days=7)


class HasPhone(Conflict):
    message = N_("They sign in with their own phone, and answer there.")


class BoxEmpty(Conflict):
    message = N_("All sheets that were put into the box are typed in already.")


class FewInBox(Conflict):
    """`least`: so many there have to be; `last_from`: from this day on the last two are typed in too."""

    message = N_("At least %(least)d sheets have to lie in the box, so that nobody knows whose is whose. If so many were put in, the last two are "
                 "typed in from %(last_from)s on.")


class BoxEmptied(Conflict):
    message = N_("The last sheets were taken out of the box, so no other is put in: it would lie there alone.")


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
    found = db.session.get(CivilityQuestionnaire, questionnaire_id, options=[
        joinedload(CivilityQuestionnaire.area), joinedload(CivilityQuestionnaire.period)])
    if found is None or not reach.is_around(by, found.area, STAFF, now):
        raise NotFound
    return found


def _signs_in():
    """A condition on Person: they signed in from a phone once, or who was joined to them, whose login is theirs now."""
    return exists().where(WeChatLogin.person_id == Person.id)


def hand_in(questionnaire_id: UUID, person_id: UUID, *, by: Person, now: datetime) -> None:
    """Their sheet is in the box. NotFound for who is not invited, HasPhone, AlreadyAnswered, BoxEmptied, PeriodNotOpen."""
    questionnaire = _near(questionnaire_id, by, now)
    periods.held_open(questionnaire.period_id)
    person = residents.within(person_id, by=by, now=now)
    invitation = questionnaires.invitation_of(questionnaire.id, person)
    if invitation is None:
        raise NotFound
    if db.session.scalar(select(Person.id).where(Person.id == person.id, _signs_in())):
        raise HasPhone
    questionnaires.use(invitation)
    box, first = CivilityBox, insert_or(CivilityBox).values(questionnaire_id=questionnaire.id, handed_in=1, typed=0)
    no_end = or_(box.typed == 0, box.handed_in - box.typed >= FEWEST_IN_BOX - 1)
    put = first.on_conflict_do_update(index_elements=["questionnaire_id"], set_={"handed_in": box.handed_in + 1}, where=no_end)
    if db.session.scalar(put.returning(box.questionnaire_id)) is None:
        raise BoxEmptied
    audit.write("civility_questionnaire.hand_in", "civility_questionnaire", questionnaire.id, by=by.id, area_id=questionnaire.area_id, now=now)


def type_in(questionnaire_id: UUID, answers: dict[str, list[int | None]], *, by: Person, now: datetime) -> CivilityBox:
    """A sheet of the box, by whoever opened it; an empty one is none (ValidationFailed). BoxEmpty, FewInBox, PeriodNotOpen.

    `to_type` of the box says how many may follow.
    """
    questionnaire = _near(questionnaire_id, by, now)
    period = periods.held_open(questionnaire.period_id)
    kept = questionnaires.check(answers, questionnaires.questions(period))
    box, least = CivilityBox, 1 if _is_last_week(questionnaire, now) else FEWEST_IN_BOX
    counted = db.session.execute(update(box).where(
        box.questionnaire_id == questionnaire.id, box.handed_in >= FEWEST_IN_BOX, box.handed_in - box.typed >= least).values(
        typed=box.typed + 1).execution_options(synchronize_session=False))
    if counted.rowcount != 1:
        raise _why_not(questionnaire)
    questionnaires.keep(questionnaire, kept)
    audit.write("civility_questionnaire.type_in", "civility_questionnaire", questionnaire.id, by=by.id, area_id=questionnaire.area_id, now=now)
    held = db.session.get(CivilityBox, questionnaire.id, populate_existing=True)
    held.to_type = to_type(questionnaire, (held.handed_in, held.typed), now)
    return held


def _why_not(questionnaire: CivilityQuestionnaire) -> Conflict:
    held = db.session.get(CivilityBox, questionnaire.id, populate_existing=True)
    if held is None or held.typed == held.handed_in:
        return BoxEmpty()
    return FewInBox(least=FEWEST_IN_BOX, last_from=_last_from(questionnaire).isoformat())


def to_type(questionnaire: CivilityQuestionnaire, box: tuple[int, int], now: datetime) -> int:
    """How many of the sheets in the box may be typed in today."""
    handed_in, typed = box
    if handed_in < FEWEST_IN_BOX:
        return 0
    return handed_in - typed if _is_last_week(questionnaire, now) else max(0, handed_in - typed - FEWEST_IN_BOX + 1)


def _last_from(questionnaire: CivilityQuestionnaire) -> date:
    return questionnaire.period.last_on - LAST_DAYS + timedelta(days=1)


def _is_last_week(questionnaire: CivilityQuestionnaire, now: datetime) -> bool:
    """Or later, as long as the period is open."""
    return local_day(now, questionnaire.area) >= _last_from(questionnaire)


def boxes(ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """By questionnaire, how many sheets were put into its box and how many of these were typed in."""
    rows = db.session.execute(select(CivilityBox.questionnaire_id, CivilityBox.handed_in, CivilityBox.typed).where(
        CivilityBox.questionnaire_id.in_(ids)))
    return {id: (handed_in, typed) for id, handed_in, typed in rows}
