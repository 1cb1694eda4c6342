"""Questionnaires for who has no phone: a box of sheets without names."""
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from models import AuditRow, CivilityInvitation, CivilitySheet, Person, WeChatLogin, db
from services.access import sign_in
from services.civility import on_paper, periods, questionnaires
from services.people import joins
from services.refusals import NotFound, ValidationFailed
from services.scans import presence
from tests.civility import settle
from tests.conftest import NOON


@pytest.fixture
def living(town):
    return settle(town.grid_a, 30)


@pytest.fixture
def asked(living, period, town, tang):
    made = questionnaires.draw(period.id, town.community.id, most=20, seed="0123456789abcdef", by=tang, now=NOON)
    db.session.commit()
    return made


def invited():
    return db.session.scalars(select(CivilityInvitation.person_id).order_by(CivilityInvitation.id)).all()


def people_of(ids):
    return [db.session.get_one(Person, id) for id in ids]


def refused(statement):
    with pytest.raises(IntegrityError):
        db.session.execute(text(statement))
    db.session.rollback()


def put_in(asked, by, many):
    """The sheets of so many who have put none in."""
    waiting = db.session.scalars(on_paper.without_phone(asked.id, by=by, now=NOON).order_by(Person.id).limit(many)).all()
    for person in waiting:
        on_paper.hand_in(asked.id, person.id, by=by, now=NOON)


def listed(asked, by):
    return set(db.session.scalars(on_paper.without_phone(asked.id, by=by, now=NOON)))


def test_the_sheet_counts_and_nothing_leads_from_it_to_them(asked, wang, tang):
    people_ = people_of(invited())
    assert listed(asked, wang) == set(people_)
    for person in people_[:3]:
        on_paper.hand_in(asked.id, person.id, by=wang, now=NOON)
    assert listed(asked, wang) == set(people_[3:]) and on_paper.boxes([asked.id]) == {asked.id: (3, 0)}
    assert db.session.scalars(select(CivilitySheet)).all() == []
    on_paper.type_in(asked.id, {"1.2": [4]}, by=tang, now=NOON)
    assert [sheet.answers for sheet in db.session.scalars(select(CivilitySheet))] == [{"1.2": [4]}]
    assert on_paper.boxes([asked.id]) == {asked.id: (3, 1)}
    told = db.session.scalars(select(AuditRow).where(AuditRow.action.like("civility_questionnaire.%_in"))).all()
    assert [row.action.partition(".")[2] for row in told] == ["hand_in"] * 3 + ["type_in"]
    assert not any(str(people_[0].id) in str(vars(row)) for row in told)


def test_no_more_are_typed_than_were_handed_in(asked, wang):
    with pytest.raises(on_paper.BoxEmpty):
        on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=NOON)
    put_in(asked, wang, 3)
    with pytest.raises(ValidationFailed):
        on_paper.type_in(asked.id, {"1.2": [None]}, by=wang, now=NOON)
    assert [on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=NOON).to_type for _ in range(3)] == [2, 1, 0]
    with pytest.raises(on_paper.BoxEmpty):
        on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=NOON)
    db.session.commit()
    refused("UPDATE civility_boxes SET typed = typed + 1")
    refused("DELETE FROM civility_boxes")


def test_two_stay_in_the_box_until_the_last_week(asked, period, wang):
    early = NOON - timedelta(days=8)  # the period ends the day before NOON's: its last week has not begun
    for already in range(4):
        assert on_paper.to_type(asked, (already, 0), early) == max(0, already - 2)
    put_in(asked, wang, 2)
    for now in (early, NOON):  # fewer than three in all are never typed in
        with pytest.raises(on_paper.FewInBox) as refused_:
            on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=now)
        assert refused_.value.fields == {"least": 3, "last_from": "2026-04-29"}
    put_in(asked, wang, 2)
    assert [on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=early).to_type for _ in range(2)] == [1, 0]
    with pytest.raises(on_paper.FewInBox):
        on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=early)
    put_in(asked, wang, 1)  # among the two that stayed
    assert on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=early).to_type == 0
    assert on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=early + timedelta(days=1)).to_type == 1


def test_nothing_is_put_in_once_the_last_are_taken_out(asked, wang):
    put_in(asked, wang, 3)
    on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=NOON)
    put_in(asked, wang, 1)  # two are there, of which nobody knows whose they are
    for _ in range(2):
        on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=NOON)
    with pytest.raises(on_paper.BoxEmptied):
        put_in(asked, wang, 1)
    db.session.rollback()


def test_the_database_too_has_three_in_a_box_and_an_end(asked, wang):
    put_in(asked, wang, 2)
    db.session.commit()
    refused("UPDATE civility_boxes SET typed = 1")
    put_in(asked, wang, 1)
    for _ in range(2):
        on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=NOON)
    db.session.commit()
    refused("UPDATE civility_boxes SET handed_in = handed_in + 1")


def test_who_has_answered_or_has_a_phone_hands_nothing_in(asked, wang, settings):
    ids = invited()
    questionnaires.answer(asked.id, {"1.2": [5]}, by=people_of(ids)[0], now=NOON)
    with pytest.raises(questionnaires.AlreadyAnswered):
        on_paper.hand_in(asked.id, ids[0], by=wang, now=NOON)
    db.session.add(WeChatLogin(app_id="wx", openid="o", person_id=ids[1], at=NOON))
    db.session.flush()
    assert ids[1] not in {person.id for person in listed(asked, wang)}
    with pytest.raises(on_paper.HasPhone):
        on_paper.hand_in(asked.id, ids[1], by=wang, now=NOON)


def test_who_was_joined_to_who_has_a_phone_hands_nothing_in(asked, wang, settings):
    granny_id, phone = invited()[0], sign_in.by_openid("granny", settings=settings, now=NOON).person
    joins.join(granny_id, presence.show_person(phone, settings=settings, now=NOON).token, by=wang, settings=settings, now=NOON)
    assert granny_id not in {person.id for person in listed(asked, wang)}
    with pytest.raises(on_paper.HasPhone):
        on_paper.hand_in(asked.id, granny_id, by=wang, now=NOON)


def test_who_works_elsewhere_or_was_not_asked_is_not_there(asked, living, zhou, wang, settings):
    ids = invited()
    outsider = next(person for person in living if person.id not in set(ids))
    for by, person_id in ((zhou, ids[0]), (wang, outsider.id)):
        with pytest.raises(NotFound):
            on_paper.hand_in(asked.id, person_id, by=by, now=NOON)
    with pytest.raises(NotFound):
        on_paper.type_in(asked.id, {"1.2": [4]}, by=zhou, now=NOON)
    assert db.session.scalars(on_paper.search(zhou, NOON)).all() == [] and db.session.scalars(on_paper.search(wang, NOON)).all() == [asked]


def test_nothing_is_put_in_or_taken_out_once_it_is_closed(asked, period, wang, tang):
    ids = invited()
    on_paper.hand_in(asked.id, ids[0], by=wang, now=NOON)
    periods.close(period.id, by=tang, now=NOON)
    with pytest.raises(periods.PeriodNotOpen):
        on_paper.hand_in(asked.id, ids[1], by=wang, now=NOON)
    with pytest.raises(periods.PeriodNotOpen):
        on_paper.type_in(asked.id, {"1.2": [4]}, by=wang, now=NOON)
    assert db.session.scalars(on_paper.search(wang, NOON)).all() == []
