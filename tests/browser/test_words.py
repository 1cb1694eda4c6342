"""Setting a new password, and where a code leads that another scanner reads."""
import pytest
from playwright.sync_api import expect

from services.people import residents
from services.scans import codes
from tests.browser.test_every_page import INSPECT

NEW = "linjiang-2026-qiutian"


@pytest.fixture
def send_password(visit, reset_path):
    """Open the link and send a password with it."""
    def sent(password, **options):
        page = visit(reset_path, **options)
        page.get_by_label("至少 12 个字符").fill(password)
        page.get_by_role("button", name="保存").click()
        return page
    return sent


def signs_in(client, password):
    return client.post("/api/v1/auth/password", json={"username": "grid-wang", "password": password}).status_code == 200


def test_the_link_sets_a_password_to_sign_in_with(send_password, app):
    page = send_password(NEW)
    expect(page.get_by_role("alert")).to_have_text("密码已更新，请用新密码登录。")
    expect(page.locator("form")).to_be_hidden()
    assert signs_in(app.test_client(), NEW)


def test_a_link_that_was_used_says_so_and_asks_for_nothing_more(send_password, app):
    send_password(NEW)
    page = send_password("another-password-2026")
    expect(page.get_by_role("alert")).to_have_text("链接已使用或已过期。")
    expect(page.locator("form")).to_be_hidden()
    assert signs_in(app.test_client(), NEW)


def test_a_password_that_is_too_short_is_said_beside_it_and_the_link_still_works(send_password, app):
    page = send_password("short")
    expect(page.get_by_role("alert")).to_have_text("密码太短：至少 12 个字符。")
    expect(page.get_by_label("至少 12 个字符")).to_be_focused()
    assert page.evaluate(INSPECT) == []

    page.keyboard.press("Control+A")
    page.keyboard.type(NEW)
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_have_text("密码已更新，请用新密码登录。")
    assert signs_in(app.test_client(), NEW)


def test_a_password_can_be_looked_at_while_it_is_typed(visit, reset_path):
    page = visit(reset_path)
    page.get_by_label("至少 12 个字符").fill(NEW)
    page.get_by_text("显示密码").click()
    expect(page.locator("#password")).to_have_attribute("type", "text")


def test_without_network_the_password_stays_to_be_sent_again(visit, reset_path):
    page = visit(reset_path)
    page.route("**/auth/reset", lambda route: route.abort())
    page.get_by_label("至少 12 个字符").fill(NEW)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_have_text("没有网络，请再试一次。")
    page.unroute("**/auth/reset")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_have_text("密码已更新，请用新密码登录。")


def test_the_link_is_told_to_no_other_page(visit, reset_path):
    asked = []
    page = visit(reset_path)
    page.on("request", lambda request: asked.append(request.headers.get("referer", "")))
    page.reload()
    assert set(asked) == {""}


@pytest.fixture
def tokens(event, coupon, card, settings):
    return {"event": codes.poster(codes.POSTER_IN, event.code_id), "card": residents.card_token(card, settings), "stranger": "hello"}


@pytest.mark.parametrize(("which", "says"), [("event", "小程序扫码"), ("card", "向网格员出示"), ("stranger", "不是我们的码")])
def test_a_code_read_by_another_scanner_leads_to_what_to_do_with_it(visit, tokens, which, says):
    page = visit(f"/c/{tokens[which]}")
    expect(page.locator("main")).to_contain_text(says)
    expect(page.locator("code")).to_have_text(tokens[which])
    assert page.evaluate(INSPECT) == []
