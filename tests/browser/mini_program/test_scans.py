"""Codes before a real camera, fed from a file; and scans made without a network, which are sent when it is back."""
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models import Event, Offer, db
from services.scans import codes
from services.wechat import mini_program_codes

SCANS_TWICE = """token => {
  wx.left = 2;
  wx.scanCode = ({ success, fail }) => (wx.left ? (wx.left -= 1, success({ result: token })) : fail({ errMsg: "scanCode:fail cancel" }));
}"""


@pytest.fixture
def running(ask):
    """The event that is on now."""
    now = datetime.now(UTC)
    events = ask("grid-wang", "get", "/events?status=published&limit=100")["items"]
    [event] = [each for each in events if datetime.fromisoformat(each["starts_at"]) <= now < datetime.fromisoformat(each["ends_at"])]
    return event["id"]


def test_li_checks_in_with_her_camera_on_the_venues_code(phone, camera, ask, running):
    li = phone("li-na", with_camera=True)
    li.get_by_role("button", name="扫码签到").click()
    camera.show(ask("grid-wang", "get", f"/events/{running}/code?direction=in")["url"])
    li.get_by_role("button", name="扫现场的码").click()
    expect(li.get_by_text("签到成功")).to_be_visible()


def test_wang_scans_a_resident_with_his_camera_and_sees_her_name(phone, camera, ask, running):
    wang = phone("grid-wang", page_path=f"/grid/scan/scan?id={running}", with_camera=True)
    camera.show(ask("li-na", "get", "/me/code")["token"])
    wang.get_by_role("button", name="连续扫码").click()
    expect(wang.get_by_role("log").get_by_text("李娜").first).to_be_visible()


def test_a_scan_made_off_line_waits_and_is_sent_when_the_network_is_back(phone, ask, running):
    wang = phone("grid-wang", page_path=f"/grid/scan/scan?id={running}")
    expect(wang.get_by_role("button", name="按姓名找居民")).to_be_visible()
    wang.evaluate(SCANS_TWICE, ask("li-na", "get", "/me/code")["token"])
    wang.context.set_offline(True)
    wang.get_by_role("button", name="连续扫码").click()
    wang.wait_for_function("() => !wx.left")
    expect(wang.get_by_role("button", name="连续扫码")).to_be_enabled()
    expect(wang.get_by_text("1 次扫码存在这部手机上")).to_be_visible()
    assert at_event(ask, running) == []

    wang.context.set_offline(False)
    expect(wang.get_by_text("1 次扫码存在这部手机上")).to_be_hidden()
    expect(wang.get_by_role("log").get_by_text("李娜 · 已上传")).to_be_visible()
    assert at_event(ask, running) == ["李娜"]


def at_event(ask, event_id):
    return [row["display_name"] for row in ask("grid-wang", "get", f"/events/{event_id}/sign-ups")["items"] if row["checked_in_at"]]


def test_what_was_seen_before_is_shown_without_a_network_with_its_time(phone):
    li = phone("li-na")
    expect(li.get_by_role("button", name="扫码签到")).to_be_visible()
    li.context.set_offline(True)
    li.get_by_role("button", name="兑换", exact=True).click()
    expect(li.get_by_text("现在没有网络。").first).to_be_visible()
    li.get_by_role("button", name="首页", exact=True).click()
    expect(li.get_by_text("没有网络，这是此时的内容")).to_be_visible()
    li.context.set_offline(False)
    expect(li.get_by_text("没有网络，这是此时的内容")).to_be_hidden()


def test_checking_in_off_line_says_that_nothing_is_kept_and_leads_to_my_code_which_still_works(phone, ask, running):
    li = phone("li-na", page_path="/pages/my-code/my-code")
    expect(li.get_by_role("img", name="我的码")).to_be_visible()
    li.evaluate("() => wx.redirectTo({ url: '/pages/check-in/check-in' })")
    li.get_by_label("或者输入六位数字").fill(ask("grid-wang", "get", f"/events/{running}/code")["short_code"])
    li.context.set_offline(True)
    li.get_by_role("button", name="提交", exact=True).click()
    expect(li.get_by_text("没有网络时扫的码不会补发")).to_be_visible()
    li.get_by_role("alert").get_by_role("button", name="出示我的码").click()
    expect(li.get_by_role("img", name="我的码")).to_be_visible()
    expect(li.get_by_text("没有网络，码不能更新")).to_be_visible()
    assert at_event(ask, running) == []


def test_checking_in_off_line_without_a_code_that_lives_says_what_works_and_keeps_what_was_typed(phone):
    li = phone("li-na", page_path="/pages/check-in/check-in")
    li.get_by_label("或者输入六位数字").fill("123456")
    li.context.set_offline(True)
    li.get_by_role("button", name="提交", exact=True).click()
    expect(li.get_by_role("alert").get_by_text("按姓名找到您")).to_be_visible()
    expect(li.get_by_role("alert").get_by_role("button", name="出示我的码")).to_have_count(0)
    expect(li.get_by_label("或者输入六位数字")).to_have_value("123456")


def test_an_offers_mini_program_code_opens_the_offer_from_the_first_page(app, phone):
    with app.app_context():
        offer = db.session.scalars(select(Offer).order_by(Offer.points_price)).first()
        named, scene, title = offer.id, mini_program_codes.offer_scene(offer.id), offer.title
    li = phone("li-na", page_path=f"/pages/home/home?scene={scene}")
    expect(li.locator("#pages .wx-page:not([hidden])").get_by_text(title).first).to_be_visible()
    assert f"pages/offer/offer?id={named}" in li.url


def test_a_posters_mini_program_code_checks_in_from_the_first_page(app, phone, ask, running):
    with app.app_context():
        scene = codes.poster(codes.POSTER_IN, db.session.get(Event, UUID(running)).code_id)
    li = phone("li-na", page_path=f"/pages/home/home?scene={scene}", expects=(422,))
    expect(li.get_by_text("签到成功")).to_be_visible()


def test_the_poster_shows_the_mini_program_s_code(phone, running):
    wang = phone("grid-wang", page_path=f"/grid/paper/paper?kind=poster&id={running}")
    wang.goto(wang.get_by_role("link").get_attribute("href"))
    expect(wang.locator("#code[src^='data:image/png']")).to_be_visible()
