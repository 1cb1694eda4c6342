"""Honours with consent, pages with quizzes, a calendar."""
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from api.messages.inbox import worded
from models import AuditRow, KnowledgePage, Message, Role, db
from services.access import sign_in
from services.credit import joined
from services.culture import calendar, honours, knowledge, oversight
from services.people import people
from services.refusals import NotFound, ValidationFailed
from tests.conftest import NOON

WORDS = {"title_zh": "社区好邻居", "title_en": "Good neighbour", "reason_zh": "教孩子英语", "reason_en": "English for the children"}
PAGE = {"title_zh": "什么是信用修复", "title_en": "What repair is", "body_zh": "改正、承诺、核实。", "body_en": "Put right, pledged, checked."}
QUESTION = {"asks_zh": "修复要钱吗？", "asks_en": "Does repair cost anything?", "choices": [{"zh": "要", "en": "Yes"}, {"zh": "不要", "en": "No"}],
            "right_place": 1, "because_zh": "免费。", "because_en": "It is free."}


@pytest.fixture
def proposed(town, zhao, li):
    return honours.propose(town.community.id, person_id=li.id, **WORDS, by=zhao, now=NOON)


@pytest.fixture
def feng_of_other(live, town):
    return live("冯主任", town.grid_c, Role.AREA_ADMIN, town.other)


def shown(person):
    return [(row.title_en, row.display_name) for row in db.session.execute(honours.shown(person))]


class TestOnBothDatabases:
    def test_nobody_publishes_an_honour_of_their_own(self, proposed, li, town):
        honours.answer(proposed.id, consent=True, by=li, now=NOON)
        people.grant(li, Role.AREA_ADMIN, now=NOON, area=town.community)
        db.session.commit()
        li = sign_in.load(li.id, NOON)
        with pytest.raises(honours.OwnHonour):
            honours.publish(proposed.id, by=li, now=NOON)
        with pytest.raises(honours.OwnHonour):
            honours.propose(town.community.id, person_id=li.id, **WORDS, by=li, now=NOON)

    def test_nobody_is_named_before_they_agree_nor_after_they_take_it_back(self, proposed, zhao, li, zhang):
        with pytest.raises(honours.NoConsent):
            honours.publish(proposed.id, by=zhao, now=NOON)
        honours.answer(proposed.id, consent=True, by=li, now=NOON)
        assert shown(zhang) == []
        honours.publish(proposed.id, by=zhao, now=NOON)
        assert shown(zhang) == [("Good neighbour", "李娜")]
        honours.withdraw(proposed.id, by=li, now=NOON)
        assert shown(zhang) == []

    def test_who_lives_elsewhere_is_shown_nobody(self, proposed, zhao, li, zhang, feng_of_other, town):
        honours.answer(proposed.id, consent=True, by=li, now=NOON)
        honours.publish(proposed.id, by=zhao, now=NOON)
        for area, seen in ((town.community, 1), (town.district, 0)):
            assert len(db.session.execute(honours.shown(zhang, area_id=area.id)).all()) == seen
        assert shown(feng_of_other) == []
        for area in (town.community, town.grid_a):
            with pytest.raises(NotFound):
                honours.shown(feng_of_other, area_id=area.id)

    def test_who_is_named_is_asked_and_told_that_it_is_shown(self, proposed, zhao, li):
        honours.answer(proposed.id, consent=True, by=li, now=NOON)
        honours.publish(proposed.id, by=zhao, now=NOON)
        told = db.session.scalars(select(Message).where(Message.person_id == li.id).order_by(Message.id)).all()
        assert [(row.topic, row.payload) for row in told] == [(topic, {"honour_id": str(proposed.id)}) for topic in ("honour_asked", "honour_shown")]
        assert worded(told, "en")[0]["text"].startswith("Good neighbour. Nothing is shown unless you agree")
        assert worded(told, "zh-CN")[1]["about"] == {"type": "honour", "id": proposed.id}

    def test_an_administrators_withdrawal_is_in_the_audit_log_and_ones_own_is_not(self, town, zhao, li):
        for by in (li, zhao):
            made = honours.propose(town.community.id, person_id=li.id, **WORDS, by=zhao, now=NOON)
            honours.withdraw(made.id, by=by, now=NOON)
        assert db.session.scalars(select(AuditRow.by_id).where(AuditRow.action == "honour.withdraw")).all() == [zhao.id]

    def test_two_who_are_one_take_back_what_either_agreed_to(self, town, zhao, li, zhang, proposed):
        honours.answer(proposed.id, consent=True, by=li, now=NOON)
        honours.publish(proposed.id, by=zhao, now=NOON)
        joined.hand_over(li.id, zhang.id, on=NOON.date(), now=NOON)
        db.session.expire_all()
        assert shown(zhang) == [("Good neighbour", "张伟")]
        honours.withdraw(proposed.id, by=zhang, now=NOON)
        assert shown(zhang) == []

    def test_a_page_written_anew_takes_the_place_of_the_old_with_the_questions_that_are_kept(self, town, zhao, li):
        old = knowledge.write(town.community.id, **PAGE, questions=[dict(QUESTION)], by=zhao, now=NOON)
        knowledge.ask(old.id, **QUESTION | {"asks_en": "How long?"}, by=zhao, now=NOON)
        second = knowledge.shown(old.id, by=li).questions[1]
        new = knowledge.rewrite(old.id, **PAGE, keeps=[second.id], by=zhao, now=NOON)
        assert [(row.place, row.asks_en) for row in knowledge.shown(new.id, by=li).questions] == [(0, "How long?")]
        with pytest.raises(NotFound):
            knowledge.shown(old.id, by=li)
        with pytest.raises(knowledge.PageEnded):
            knowledge.ask(old.id, **QUESTION, by=zhao, now=NOON)
        with pytest.raises(knowledge.PageEnded):
            knowledge.rewrite(old.id, **PAGE, keeps=[], by=zhao, now=NOON)

    def test_who_administers_or_audits_looks_at_what_is_ended_too_and_others_find_nothing(self, town, zhao, sun, feng_of_other, li, proposed):
        page = knowledge.write(town.community.id, **PAGE, questions=[], by=zhao, now=NOON)
        knowledge.end(page.id, by=zhao, now=NOON)
        for person in (zhao, sun):
            assert oversight.page(page.id, by=person, now=NOON) == page and oversight.honour(proposed.id, by=person, now=NOON) == proposed
        for person in (li, feng_of_other):
            with pytest.raises(NotFound):
                oversight.page(page.id, by=person, now=NOON)
            assert db.session.scalars(oversight.honours(person, NOON)).all() == []

    def test_a_no_is_a_no(self, proposed, zhao, li):
        honours.answer(proposed.id, consent=False, by=li, now=NOON)
        with pytest.raises(honours.HonourAnswered):
            honours.publish(proposed.id, by=zhao, now=NOON)
        with pytest.raises(honours.HonourAnswered):
            honours.answer(proposed.id, consent=True, by=li, now=NOON)

    def test_nobody_agrees_for_another_and_an_admin_elsewhere_finds_nothing(self, proposed, zhang, zhou):
        with pytest.raises(NotFound):
            honours.answer(proposed.id, consent=True, by=zhang, now=NOON)
        with pytest.raises(NotFound):
            honours.withdraw(proposed.id, by=zhou, now=NOON)

    def test_the_database_shows_nobody_without_consent(self, proposed):
        with pytest.raises(DatabaseError):
            db.session.execute(text("UPDATE honours SET published_at = proposed_at"))

    def test_a_quiz_tells_what_was_right_and_keeps_nothing(self, town, zhao, li):
        page = knowledge.write(town.community.id, **PAGE, questions=[dict(QUESTION), dict(QUESTION)], by=zhao, now=NOON)
        told = knowledge.answer(page.id, [1, 0], by=li)
        assert [each.is_right for each in told] == [True, False]
        with pytest.raises(ValidationFailed):
            knowledge.answer(page.id, [1], by=li)
        knowledge.end(page.id, by=zhao, now=NOON)
        with pytest.raises(NotFound):
            knowledge.shown(page.id, by=li)
        assert db.session.query(KnowledgePage).count() == 1

    def test_the_right_answer_is_among_the_choices(self, town, zhao):
        with pytest.raises(ValidationFailed):
            knowledge.write(town.community.id, **PAGE, questions=[QUESTION | {"right_place": 2}], by=zhao, now=NOON)

    def test_the_calendar_has_what_touches_the_days_asked_for(self, town, zhao, li, zhou):
        made = calendar.enter(town.community.id, on_day=date(2026, 5, 1), until_on=date(2026, 5, 3), title_zh="诚信文化周", title_en="Days of trust",
                              about_zh="", about_en="", by=zhao, now=NOON)
        ids = lambda person, **days: [row.id for row in db.session.scalars(calendar.search(person, **days))]  # noqa: E731
        assert ids(li, from_=date(2026, 5, 3)) == ids(li, to=date(2026, 5, 1)) == [made.id]
        assert ids(li, from_=date(2026, 5, 4)) == ids(li, to=date(2026, 4, 30)) == ids(zhou) == []
        calendar.end(made.id, by=zhao, now=NOON)
        assert ids(li) == []
