"""What is refused on a long form is seen where the thumb is, and says which field it is about."""
import pytest
from playwright.sync_api import expect

NOTE = "#pages > :not([hidden]) [role=alert]"


@pytest.fixture
def wang(phone):
    """Wang plans an event on a small phone: the button at the top, the numbers far below."""
    page = phone("grid-wang", page_path="/grid/plan/plan", height=640, expects=(422,))
    page.get_by_label("活动名称").fill("清扫")
    page.get_by_label("地点", exact=True).fill("河边")
    return page


def test_a_refusal_names_the_field_marks_it_and_comes_into_sight(wang):
    wang.get_by_label("每小时积分").fill("5000")
    wang.get_by_label("每小时积分").scroll_into_view_if_needed()
    wang.get_by_role("button", name="发布").dispatch_event("click")
    expect(wang.locator(NOTE)).to_be_in_viewport(ratio=1)
    expect(wang.locator(NOTE)).to_contain_text("每小时积分：")
    expect(wang.locator(".grid_plan_plan").get_by_text("须大于或等于 0 且小于或等于 1000")).to_have_count(2)  # in the note, and under the field


def test_a_capacity_that_is_no_number_is_refused_and_not_taken_for_none(wang, ask):
    capacity = wang.get_by_label("名额")
    capacity.evaluate("each => { each.type = 'text'; }")  # as some phones' keyboards let letters through
    capacity.fill("abc")
    wang.get_by_role("button", name="发布").click()
    expect(wang.locator(NOTE)).to_contain_text("名额：请填整数")
    assert [event for event in ask("grid-wang", "get", "/events?limit=100")["items"] if event["title"] == "清扫"] == []


def test_a_deed_that_ends_before_it_starts_is_refused_beside_its_times(phone):
    li = phone("li-na", page_path="/pages/declare/declare", height=500)
    li.get_by_label("做了什么？").fill("帮吴阿姨买药")
    li.get_by_label("开始").fill("11:00")
    li.get_by_label("结束").fill("10:00")
    li.get_by_role("button", name="提交").click()
    expect(li.locator(NOTE)).to_be_in_viewport(ratio=1)
    expect(li.locator(".picker-wrong")).to_have_count(1)


def test_an_event_like_an_earlier_one_is_proposed_for_a_time_ahead(wang):
    choices = wang.get_by_role("group", name="和以前一样").get_by_role("button")
    for at in range(choices.count()):
        choices.nth(at).click()
        day, begins = wang.get_by_label("日期").input_value(), wang.get_by_label("开始").input_value()
        assert wang.evaluate("([day, begins]) => new Date(`${day}T${begins}:00+08:00`) > new Date()", [day, begins])


def test_a_refusal_in_a_sheet_stands_where_the_thumb_is_and_the_sheet_keeps_what_was_typed(phone, person_of):
    """On a phone so small that the sheet is longer than it."""
    wang = phone("grid-wang", page_path=f"/grid/credit/credit?id={person_of('高翔')}&name=高翔", height=460)
    wang.get_by_role("button", name="写一条记录").click()
    sheet = wang.get_by_role("dialog")
    sheet.get_by_label("发生了什么").fill("给老人读报")
    sheet.get_by_label("有什么证明").fill("照片")
    wang.context.set_offline(True)
    sheet.get_by_role("button", name="记录下来").click()
    expect(sheet.get_by_text("现在没有网络。")).to_be_in_viewport()
    expect(sheet.get_by_label("发生了什么")).to_have_value("给老人读报")


def test_a_reason_that_did_not_get_through_is_still_there(phone, ask):
    wang = phone("grid-wang", page_path="/grid/queue/queue")
    wang.get_by_role("checkbox").last.click()
    wang.get_by_role("button", name="不通过").click()
    wang.get_by_role("dialog").get_by_label("或者自己写").fill("那天他没有来")
    wang.context.set_offline(True)
    wang.get_by_role("dialog").get_by_role("button", name="不通过").click()
    expect(wang.get_by_role("dialog").get_by_text("现在没有网络。")).to_be_visible()
    expect(wang.get_by_role("dialog").get_by_label("或者自己写")).to_have_value("那天他没有来")
    wang.context.set_offline(False)
    wang.get_by_role("dialog").get_by_role("button", name="不通过").click()
    expect(wang.get_by_role("dialog")).to_be_hidden()
    records = ask("grid-wang", "get", "/activity-records?status=rejected&limit=100")["items"]
    assert "那天他没有来" in str([ask("grid-wang", "get", f"/activity-records/{each['id']}") for each in records])


def test_who_has_all_they_may_have_of_an_offer_is_led_to_their_coupons(phone, ask):
    offer = next(each for each in ask("li-na", "get", "/offers?status=on_sale")["items"] if each["title"].startswith("10 yuan"))
    for number in range(offer["per_resident_limit"]):
        ask("li-na", "post", "/coupons", json={"offer_id": offer["id"]}, headers={"Idempotency-Key": f"one-of-all-that-li-may-have-{number}"})
    li = phone("li-na", page_path=f"/pages/offer/offer?id={offer['id']}")
    expect(li.get_by_text("每人可兑换的数量已达上限。")).to_be_visible()
    li.get_by_role("button", name="查看我的券").click()
    expect(li.locator("#pages > :not([hidden])").get_by_text("10 yuan off", exact=False).first).to_be_visible()
