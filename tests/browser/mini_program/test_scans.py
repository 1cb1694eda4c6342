"""Codes before a real camera, fed from a file; and scans made without a network, which are sent when it is back."""
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect


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
    token = ask("li-na", "get", "/me/code")["token"]
    wang.get_by_label("或者输入码").fill(token)
    wang.context.set_offline(True)
    wang.get_by_role("button", name="提交").click()
    expect(wang.get_by_text("1 次扫码存在这部手机上")).to_be_visible()
    assert at_event(ask, running) == []

    wang.context.set_offline(False)
    expect(wang.get_by_text("1 次扫码存在这部手机上")).to_be_hidden()
    expect(wang.get_by_role("log").get_by_text("已上传")).to_be_visible()
    assert at_event(ask, running) == ["李娜"]


def at_event(ask, event_id):
    return [row["display_name"] for row in ask("grid-wang", "get", f"/events/{event_id}/sign-ups")["items"] if row["checked_in_at"]]


def test_what_was_seen_before_is_shown_without_a_network_with_its_time(phone):
    li = phone("li-na")
    expect(li.get_by_role("button", name="扫码签到")).to_be_visible()
    li.context.set_offline(True)
    li.get_by_role("button", name="我的", exact=True).click()
    expect(li.get_by_text("现在没有网络。").first).to_be_visible()
    li.get_by_role("button", name="首页", exact=True).click()
    expect(li.get_by_text("没有网络，这是此时的内容")).to_be_visible()
    li.context.set_offline(False)
    expect(li.get_by_text("没有网络，这是此时的内容")).to_be_hidden()
