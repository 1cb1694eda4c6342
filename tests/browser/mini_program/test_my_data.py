"""Li's consents, each by itself, and her phone number, by WeChat's button; what she takes back is not done."""
import re

from playwright.sync_api import expect


def given(ask, purpose):
    return ask("li-na", "get", f"/me/consents/{purpose}")["given"]


def test_li_says_no_to_her_location_and_none_is_sent(phone, ask):
    li = phone("li-na", page_path="/pages/my-data/my-data", expects=(422,))
    li.get_by_role("switch", name="我的位置").click()
    expect(li.get_by_text(re.compile("已同意，"))).to_have_count(1)
    li.get_by_role("switch", name="我的位置").click()
    expect(li.get_by_text(re.compile("不同意，"))).to_have_count(1)
    assert given(ask, "location") is False

    sent = []
    li.on("request", lambda asked: sent.append(asked.post_data_json) if asked.url.endswith("/check-ins") else None)
    token = venue_code(ask)
    li.evaluate("location.hash = '/pages/check-in/check-in'")
    li.get_by_label("或者输入六位数字").fill(token)
    li.get_by_role("button", name="提交", exact=True).click()
    expect(li.get_by_role("alert")).to_be_visible()
    assert sent == [{"token": token}]


def test_checking_in_where_the_phone_agrees_is_kept_as_a_consent(phone, ask):
    li = phone("li-na", page_path="/pages/check-in/check-in")
    li.get_by_label("或者输入六位数字").fill(venue_code(ask))
    li.get_by_role("button", name="提交", exact=True).click()
    expect(li.get_by_text(re.compile("签到成功"))).to_be_visible()
    assert given(ask, "location") is True


def venue_code(ask):
    me = ask("grid-wang", "get", "/me")["home_area_id"]
    events = ask("grid-wang", "get", f"/events?status=published&limit=100&area_id={me}")["items"]
    running = min(events, key=lambda each: each["starts_at"])
    return ask("grid-wang", "get", f"/events/{running['id']}/code?direction=in")["token"]


def test_li_removes_her_phone_number_and_adds_it_by_wechat(phone, ask):
    li = phone("li-na", page_path="/pages/my-data/my-data")
    li.get_by_role("button", name="删除手机号").click()
    add = li.get_by_role("button", name="用微信添加")
    add.click()
    li.get_by_role("button", name="不允许").click()
    expect(add).to_be_enabled()
    assert given(ask, "phone_number") is False

    add.click()
    li.get_by_role("button", name="允许", exact=True).click()
    expect(li.get_by_text(re.compile(r"^199\*+\d\d$"))).to_be_visible()
    assert given(ask, "phone_number") is True
