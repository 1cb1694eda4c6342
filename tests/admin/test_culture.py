"""Honours, pages to learn from and the culture calendar in a browser; plans of correction, for who runs them alone."""
import re

import pytest
from sqlalchemy import select

from models import AuditRow, CorrectionPlan, CultureDay, Honour, KnowledgePage, Message, PlanStep, Role, db
from services.culture import calendar, honours, knowledge
from tests.admin.test_credit import done, one
from tests.conftest import NOON
from tests.culture import DAY, HONOUR, PAGE

WORDS = {"title_zh": "社区好邻居", "title_en": "Good neighbour", "reason_zh": "教孩子英语", "reason_en": "English for the children"}
QUESTION = {"asks_zh": "修复要钱吗？", "asks_en": "Does repair cost anything?", "choices_zh": "要\r\n不要", "choices_en": "Yes\r\n\r\nNo",
            "right": "2", "because_en": "It is free."}


@pytest.fixture
def qian(live, town):
    return live("钱立", town.grid_b, Role.AREA_ADMIN, town.community)


def acts(page, name):
    return re.findall(rf'action="([^"]+/{name})"', page)


def test_an_honour_is_proposed_on_the_persons_page_and_shown_only_once_they_agreed(browse, zhao, li, town):
    visitor = browse(zhao)
    asking = re.search(r'href="(/admin/culture/honours/new\?person_id=[^"]+)"', visitor.get(f"/admin/people/{li.id}").text)[1]
    assert "李娜" in visitor.get(asking).text
    empty = visitor.send("/admin/culture/honours", person_id=li.id, area_id=town.community.id, **WORDS | {"reason_zh": ""})
    assert empty.status_code == 422 and "李娜" in empty.text and db.session.query(Honour).count() == 0
    at = done(visitor.send("/admin/culture/honours", person_id=li.id, area_id=town.community.id, **WORDS))
    assert [message.topic for message in db.session.query(Message).filter_by(person_id=li.id)] == ["honour_asked"]
    assert acts(visitor.get(at).text, "publish") == [] and visitor.send(f"{at}/publish").status_code == 409
    honours.answer(one(Honour).id, consent=True, by=li, now=NOON)
    db.session.commit()
    done(visitor.send(acts(visitor.get(at).text, "publish")[0]))
    assert "Shown since" in visitor.get(at).text and len(db.session.execute(honours.shown(li)).all()) == 1
    done(visitor.send(acts(visitor.get(at).text, "withdraw")[0]))
    assert acts(visitor.get(at).text, "withdraw") == [] and db.session.execute(honours.shown(li)).all() == []
    kept = db.session.scalars(select(AuditRow.action).where(AuditRow.action.like("honour.%")).order_by(AuditRow.id)).all()
    assert kept == ["honour.propose", "honour.publish", "honour.withdraw"]


def test_what_was_said_no_to_is_offered_no_more(browse, zhao, li, town):
    made = honours.propose(town.community.id, person_id=li.id, by=zhao, now=NOON, **HONOUR)
    honours.answer(made.id, consent=False, by=li, now=NOON)
    db.session.commit()
    page = browse(zhao).get(f"/admin/culture/honours/{made.id}").text
    assert "They said no" in page and acts(page, "publish") == acts(page, "withdraw") == []


def test_a_page_is_written_asked_about_and_written_anew_with_the_questions_that_are_kept(browse, zhao, li, town):
    visitor = browse(zhao)
    at = done(visitor.send("/admin/culture/knowledge-pages", area_id=town.community.id, **PAGE))
    for wrong in ({"choices_zh": "要"}, {"choices_en": "Yes"}, {"right": "3"}):
        assert visitor.send(f"{at}/questions", **QUESTION | wrong).status_code == 422
    done(visitor.send(f"{at}/questions", **QUESTION))
    done(visitor.send(f"{at}/questions", **QUESTION | {"asks_en": "How long does it take?", "right": "1"}))
    first = one(KnowledgePage)
    assert [(row.place, row.right_place, row.choices[1]) for row in first.questions] == [
        (0, 1, {"zh": "不要", "en": "No"}), (1, 0, {"zh": "不要", "en": "No"})]
    assert [told.is_right for told in knowledge.answer(first.id, [1, 1], by=li)] == [True, False]
    anew = done(visitor.send(f"{at}/anew", **PAGE | {"title_en": "Repair"}, keeps=str(first.questions[1].id)))
    assert anew != at and "How long does it take?" in visitor.get(anew).text and "Does repair cost anything?" not in visitor.get(anew).text
    assert "Taken away" in visitor.get(at).text and [row.title_en for row in db.session.scalars(knowledge.search(li))] == ["Repair"]
    assert visitor.send(f"{at}/questions", **QUESTION).status_code == 409
    done(visitor.send(f"{anew}/end"))
    assert db.session.scalars(knowledge.search(li)).all() == []


def test_a_page_asks_twenty_questions_at_most(browse, zhao, town):
    asked = {"asks_zh": "x", "asks_en": "x", "choices": [{"zh": "x", "en": "x"}] * 2, "right_place": 0}
    made = knowledge.write(town.community.id, questions=[dict(asked) for _ in range(knowledge.MOST_QUESTIONS)], by=zhao, now=NOON, **PAGE)
    db.session.commit()
    more = browse(zhao).send(f"/admin/culture/knowledge-pages/{made.id}/questions", **QUESTION)
    assert more.status_code == 422 and "twenty questions at most" in more.text


def test_a_day_is_entered_and_taken_off_the_calendar(browse, zhao, li, town):
    visitor = browse(zhao)
    sent = {**DAY, "on_day": "2026-06-19", "until_on": "2026-06-19", "area_id": town.community.id}
    assert visitor.send("/admin/culture/days", **sent | {"until_on": "2026-06-18"}).status_code == 422
    at = done(visitor.send("/admin/culture/days", **sent))
    assert "2026-06-19" in visitor.get("/admin/culture/days").text and len(db.session.scalars(calendar.search(li)).all()) == 1
    done(visitor.send(f"{at}/end"))
    assert one(CultureDay).ended_at and db.session.scalars(calendar.search(li)).all() == []
    assert visitor.send(f"{at}/end").status_code == 409


def test_a_plan_is_run_by_those_it_names_and_is_not_there_for_anybody_else(browse, zhao, qian, sun, wang, li, town):
    visitor, other = browse(zhao), browse(qian)
    asking = re.search(r'href="(/admin/credit/correction-plans/new\?person_id=[^"]+)"', visitor.get(f"/admin/people/{li.id}").text)[1]
    form = visitor.get(asking).text
    assert "钱立" in form and f'value="{li.id}"' in form and f'type="checkbox" name="runner_ids" value="{zhao.id}"' not in form
    sent = {"person_id": li.id, "until_on": "2026-12-31", "service_minutes": 90, "aims": "按时参加公益劳动"}
    assert visitor.send("/admin/credit/correction-plans", **sent | {"until_on": "2026-05-06"}).status_code == 422
    at = done(visitor.send("/admin/credit/correction-plans", **sent, runner_ids=str(wang.id)))
    assert "王网格" in visitor.get(at).text and "李娜" in visitor.get("/admin/credit/correction-plans").text
    assert other.get(at).status_code == other.send(f"{at}/close").status_code == 404
    assert "李娜" not in other.get("/admin/credit/correction-plans").text
    assert browse(sun).get(at).status_code == 403 and db.session.query(AuditRow).filter(AuditRow.action.like("%plan%")).count() == 0


def test_what_happened_is_written_down_until_the_plan_is_closed(browse, zhao, li):
    visitor = browse(zhao)
    at = done(visitor.send("/admin/credit/correction-plans", person_id=li.id, until_on="2026-12-31", service_minutes=90, aims="x"))
    step = {"kind": "service", "on_day": "2026-05-06", "note": "清扫步道"}
    assert visitor.send(f"{at}/steps", **step).status_code == 422
    done(visitor.send(f"{at}/steps", **step, minutes=90))
    assert "90 of 90" in visitor.get(at).text and one(PlanStep).note == "清扫步道"
    done(visitor.send(f"{at}/close"))
    assert one(CorrectionPlan).status == "done" and acts(visitor.get(at).text, "steps") == []
    assert visitor.send(f"{at}/steps", **step, minutes=1).status_code == 409


def test_nobody_looks_at_work_at_the_plan_that_is_about_themselves(browse, zhao, live, town):
    yu = live("于芳", town.grid_b, Role.AREA_ADMIN, town.community)
    at = done(browse(zhao).send("/admin/credit/correction-plans", person_id=yu.id, until_on="2026-12-31", service_minutes=90, aims="x"))
    assert browse(yu).get(at).status_code == 404
