"""Culture of trust on the phone: somebody is asked, agrees and takes it back; a quiz that keeps nothing; a plan that is its person's."""
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from models import Person, db
from services.access import sign_in
from services.measures import plans
from tests.browser.mini_program.test_credit import agree, on, press
from tests.browser.mini_program.test_every_screen import show


def test_who_is_asked_agrees_from_the_inbox_is_shown_masked_and_takes_it_back(phone, ask):
    page = phone("li-na")
    page.get_by_role("button", name="消息").click()
    on(page, "社区想公开表彰您，可以吗？").click()
    expect(on(page, "住在这里的人会看到荣誉名称、事迹，以及部分隐去的姓名")).to_be_visible()
    press(page, "同意展示")
    agree(page, "同意展示")
    expect(on(page, "您已同意，尚未展示")).to_be_visible()
    honour = ask("li-na", "get", "/me/honours")["items"][0]
    assert honour["consented_at"] and ask("admin-zhao", "post", f"/honours/{honour['id']}/publish")["published_at"]

    neighbour = phone("anna", language="en")
    neighbour.get_by_role("button", name="Me", exact=True).click()
    press(neighbour, "Culture of trust")
    expect(on(neighbour, "Neighbour of the season")).to_be_visible()
    expect(on(neighbour, "*娜", exact=True)).to_be_visible()
    expect(neighbour.get_by_text("李娜")).to_have_count(0)

    page.reload()
    press(page, "收回")
    agree(page, "收回")
    expect(on(page, "已收回")).to_be_visible()
    assert "Neighbour of the season" not in {row["title_en"] for row in ask("anna", "get", "/honours")["items"]}


def test_a_no_stays_a_no_and_has_no_consequence(phone, ask):
    page = phone("li-na")
    show(page, "culture/honours/honours")
    press(page, "不同意")
    agree(page, "不同意")
    expect(on(page, "您不同意")).to_be_visible()
    assert page.get_by_role("button", name="同意展示").count() == 0
    honour = ask("li-na", "get", "/me/honours")["items"][0]
    assert honour["refused_at"] and ask("admin-zhao", "post", f"/honours/{honour['id']}/publish")["code"] == "honour_answered"


def test_days_are_near_and_a_quiz_says_what_was_right_and_keeps_nothing(phone, ask):
    points = ask("li-na", "get", "/me/points")
    page = phone("li-na")
    show(page, "culture/index/index")
    expect(on(page, "近期的日子")).to_be_visible()
    press(page, "防诈骗：老年朋友记住这几条", exact=False)
    expect(on(page, "只供自己学习：不保存作答，也不给积分。")).to_be_visible()
    shown = page.locator("#pages > .wx-page:not([hidden])")
    expect(shown.get_by_role("button", name="看看答对了没有")).to_be_disabled()
    for answer in ("挂断，打 110 或问网格员", "给", "马上打 110"):
        press(page, answer)
    with page.expect_response("**/knowledge-pages/*"):
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")  # somebody rang meanwhile
    press(page, "看看答对了没有")
    expect(on(page, "共3题，答对2题")).to_be_visible()
    expect(on(page, "正确答案：不给")).to_be_visible()
    expect(on(page, "验证码等于钥匙，退款不需要它。")).to_be_visible()
    press(page, "再答一次")
    expect(on(page, "正确答案：不给")).to_be_hidden()
    assert ask("li-na", "get", "/me/points") == points


def test_a_plan_is_found_by_the_person_it_is_about_and_by_nobody_else(phone, app):
    with app.app_context():
        now = datetime.now(UTC)
        chen, zhao = (db.session.scalars(select(Person).filter_by(display_name=name)).one() for name in ("陈骑手", "赵敏"))
        plans.begin(chen.id, until_on=now.date() + timedelta(days=90), service_minutes=600, aims="按时报到，找到工作。", runner_ids=[],
                    by=sign_in.load(zhao.id, now), now=now)
        db.session.commit()
    page = phone("rider-chen")
    show(page, "pages/my-data/my-data")
    press(page, "我的方案")
    expect(on(page, "按时报到，找到工作。")).to_be_visible()
    expect(on(page, "服务：已完成0分钟，要求10小时")).to_be_visible()
    other = phone("li-na")
    show(other, "pages/my-data/my-data")
    expect(on(other, "保存了我的什么")).to_be_visible()
    assert other.get_by_role("button", name="我的方案").count() == 0
    show(other, "credit/plan/plan")
    expect(on(other, "没有您的方案。")).to_be_visible()


def test_a_grid_worker_writes_down_what_happened_in_a_plan_that_they_run(phone, ask):
    page = phone("grid-wang")
    show(page, "grid/area/area")
    press(page, "我负责的方案")
    press(page, "高翔", exact=False)
    expect(on(page, "经社区推荐，到林记超市做理货员，试用一个月。")).to_be_visible()
    press(page, "记录情况")
    press(page, "完成服务")
    page.get_by_label("多少分钟").fill("120")
    page.get_by_label("说明").fill("清扫滨江步道。")
    page.get_by_role("dialog").get_by_role("button", name="关闭").click()  # by mistake: what was written is still there
    press(page, "记录情况")
    expect(page.get_by_label("说明")).to_have_value("清扫滨江步道。")
    press(page, "记录")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(on(page, "清扫滨江步道。")).to_be_visible()
    expect(on(page, "服务：已完成9小时，要求20小时")).to_be_visible()
    plan = ask("grid-wang", "get", "/correction-plans")["items"][0]
    assert ask("grid-wang", "get", f"/correction-plans/{plan['id']}/steps")["items"][0]["minutes"] == 120
    other = phone("grid-zhou")
    show(other, "grid/area/area")
    expect(on(other, "本月", exact=False)).to_be_visible()
    assert other.get_by_role("button", name="我负责的方案").count() == 0
