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
