"""Wang plans an event like an earlier one and enrols somebody without a phone, both on paper too; Zhou at the till is told why not, and undoes."""
import re

import pytest
from playwright.sync_api import expect

from commands import town
from tests.browser.mini_program.conftest import listen


def test_wang_publishes_an_event_like_an_earlier_one_and_prints_its_poster(phone, site):
    wang = phone("grid-wang")
    wang.get_by_role("button", name="新建活动").click()
    wang.get_by_role("button", name=re.compile("儿童阅读角")).click()
    expect(wang.get_by_label("地点")).not_to_have_value("")
    wang.get_by_label("活动名称").fill("周末阅读角")
    wang.get_by_role("button", name="发布", exact=True).click()
    expect(wang.get_by_role("button", name="出示现场码")).to_be_visible()
    expect(wang.get_by_text("周末阅读角").last).to_be_visible()

    wang.get_by_role("button", name="打印海报").click()
    assert_prints(wang, site, "周末阅读角")


def test_wang_enrols_somebody_without_a_phone_and_prints_their_card(phone, site):
    wang = phone("grid-wang", page_path="/grid/enrol/enrol")
    wang.get_by_label("姓名").fill("吴阿姨")
    wang.get_by_role("button", name="登记并制卡").click()
    expect(wang.get_by_text(re.compile("制卡日期"))).to_be_visible()
    wang.get_by_role("button", name="打印卡").click()
    assert_prints(wang, site, "吴阿姨")


def test_wang_exchanges_for_a_card_holder_what_she_can_afford_and_prints_it(phone, site, person_of):
    wang = phone("grid-wang", page_path=f"/grid/resident/resident?id={person_of(town.WITH_A_CARD)}")
    had = int(re.search(r"\d+", wang.get_by_text(re.compile(r"^可用\d+积分$")).inner_text())[0])
    wang.get_by_role("button", name="替他兑换").click()
    sheet = wang.get_by_role("dialog")
    expect(sheet.get_by_text(town.WITH_A_CARD)).to_be_visible()
    sheet.get_by_role("button", name=re.compile("鲜鸡蛋十枚")).click()
    wang.get_by_role("button", name="兑换", exact=True).click()
    expect(wang.get_by_text("兑换成功")).to_be_visible()
    expect(wang.get_by_text(f"可用{had - 40}积分").first).to_be_visible()

    wang.get_by_role("button", name="打印券").click()
    assert_prints(wang, site, "Ten eggs 鲜鸡蛋十枚")


def test_wang_is_told_what_somebody_cannot_have_yet_and_why(phone, ask):
    home = ask("grid-wang", "get", "/me")["home_area_id"]
    made = ask("grid-wang", "post", "/residents", json={"display_name": "吴阿姨", "home_area_id": home})
    ask("grid-wang", "post", f"/residents/{made['id']}/card")
    wang = phone("grid-wang", page_path=f"/grid/resident/resident?id={made['id']}")
    wang.get_by_role("button", name="替他兑换").click()
    offers = wang.get_by_role("dialog").locator(".offers").get_by_role("button")
    expect(offers).to_have_count(5)
    for offer in offers.all():
        expect(offer).to_be_disabled()
        expect(offer).to_contain_text("还差")


def assert_prints(page, site, name):
    """The page to print is beside the app, and reads by the right that it is handed."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="打开这一页").click()
    complaints = []
    listen(opened.value, site, complaints)
    expect(opened.value.locator("main img").first).to_be_visible()
    expect(opened.value.get_by_text(name).first).to_be_visible()
    assert complaints == []


@pytest.fixture
def digits(ask):
    """A coupon of Li's for Lin's Market, to read out."""
    offer = next(each for each in ask("li-na", "get", "/offers?status=on_sale")["items"] if each["title"].startswith("10 yuan"))
    made = ask("li-na", "post", "/coupons", json={"offer_id": offer["id"]}, headers={"Idempotency-Key": "one-coupon-for-li-na"})
    return made["short_code"]


def test_zhou_serves_once_is_told_why_not_twice_and_undoes_it(phone, digits, ask):
    zhou = phone("clerk-zhou", expects=(409,))
    serve(zhou, digits)
    expect(zhou.get_by_text(re.compile("收券成功"))).to_be_visible()
    zhou.get_by_label("或者输入十二位数字").fill(digits)
    zhou.get_by_role("button", name="查看").click()
    expect(zhou.get_by_role("alert").get_by_text("每张券只能用一次")).to_be_visible()
    expect(zhou.get_by_text(re.compile("收券成功"))).to_have_count(0)

    zhou.get_by_role("button", name="今天的清单").click()
    zhou.get_by_role("button", name="撤销").click()
    zhou.get_by_role("button", name="扫错了").click()
    zhou.get_by_role("button", name="撤销").last.click()
    expect(zhou.locator("#pages").get_by_text("已撤销")).to_be_visible()
    [coupon] = ask("li-na", "get", "/me/coupons?status=available")["items"]
    assert coupon["short_code"] == digits


def serve(zhou, digits):
    zhou.get_by_label("或者输入十二位数字").fill(digits)
    zhou.get_by_role("button", name="查看").click()
    zhou.get_by_role("button", name="确认收券").click()


def test_lin_finds_a_settlement_that_waits_looks_at_its_lines_and_confirms(phone):
    lin = phone("shop-lin", page_path="/shop/settlements/settlements")
    lin.get_by_role("button", name=re.compile("请确认")).click()
    expect(lin.get_by_role("button", name=re.compile(r"鲜鸡蛋十枚.*林记超市 Lin's Market")).first).to_be_visible()
    lin.get_by_role("button", name="确认无误").click()
    lin.get_by_role("dialog").get_by_role("button", name="确认无误").click()
    expect(lin.get_by_text("已确认").first).to_be_visible()
