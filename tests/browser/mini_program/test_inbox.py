"""What Li is told, in the app and on her phone; the words and the type that she chooses."""
import re

from playwright.sync_api import expect


def test_li_reads_what_she_is_told_and_the_first_screen_counts_what_is_left(phone, ask):
    unread = ask("li-na", "get", "/me/messages/unread")["unread"]
    li = phone("li-na")
    li.get_by_role("button", name=re.compile(f"消息.*{unread}条新消息", re.DOTALL)).click()
    expect(li.get_by_text(f"{unread}条未读")).to_be_visible()
    li.get_by_role("button", name=re.compile("为您登记了一条记录")).first.click()
    expect(li.get_by_role("heading", name="记录")).to_be_visible()

    li.get_by_role("button", name="返回").click()
    expect(li.get_by_text(f"{unread - 1}条未读")).to_be_visible()
    li.get_by_role("button", name="全部标为已读").click()
    li.get_by_role("button", name="返回").click()
    expect(li.get_by_role("button", name=re.compile("消息"))).to_be_visible()
    expect(li.get_by_text("条新消息")).to_be_hidden()


def test_everything_is_marked_as_read_at_once(phone, ask):
    li = phone("li-na", page_path="/pages/inbox/inbox")
    li.get_by_role("button", name="全部标为已读").click()
    expect(li.get_by_role("button", name="全部标为已读")).to_be_hidden()
    assert ask("li-na", "get", "/me/messages/unread") == {"unread": 0}


def test_a_yes_in_wechats_dialog_is_one_message_of_each_kind_and_a_no_is_none(phone, ask):
    li = phone("li-na", page_path="/pages/inbox/inbox")
    before = ask("li-na", "get", "/me/points")["available"]
    for answer, held in (("取消", 0), ("确定", 1)):
        li.get_by_role("button", name="同时用微信提醒我").click()
        li.get_by_role("button", name="去选择").click()
        li.get_by_role("dialog").get_by_role("button", name=answer).click()
        expect(li.get_by_role("button", name="去选择")).to_be_hidden()
        rights = {each["kind"]: each["rights"] for each in ask("li-na", "get", "/me/subscriptions")["items"]}
        assert rights == {"event": held, "record": held, "points": held, "coupon": held, "settlement": 0}
    assert ask("li-na", "get", "/me/points")["available"] == before


def test_anna_chooses_large_type_and_then_chinese(phone):
    anna = phone("anna", page_path="/pages/me/me")
    anna.get_by_role("switch", name="Large type").click()
    expect(anna.locator(".screen.size-140").first).to_be_visible()
    anna.get_by_role("button", name="中文").click()
    expect(anna.get_by_role("heading", name="我的")).to_be_visible()
    anna.get_by_role("button", name="首页", exact=True).click()
    expect(anna.get_by_role("button", name="扫码签到")).to_be_visible()


def test_somebody_new_with_an_english_phone_is_told_things_in_english(phone, ask):
    phone("new-123456", language="en")
    assert ask("new-123456", "get", "/me")["language"] == "en"
