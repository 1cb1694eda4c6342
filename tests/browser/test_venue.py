"""The screen at the door."""
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from models import CheckIn, db
from tests.browser.conftest import read_code

EVERY_API_CALL = "**/api/v1/**"


@pytest.fixture
def screen(visit, event, wang):
    """The venue's page, opened by Wang; `stays` when it was given a sign-in of its own."""
    def opened(**options):
        page = visit(f"/events/{event.id}/venue", wang, timed=True, **options)
        expect(page.locator("#code")).to_be_visible()
        return page
    return opened


@pytest.fixture
def later(clock):
    """So many seconds pass at once, for the server and for the page: its timers that are due fire, and what they ask takes no time."""
    def pass_by(page, seconds):
        clock.now += timedelta(seconds=seconds)
        page.clock.fast_forward(seconds * 1000)
    return pass_by


def shown_token(page) -> str:
    return read_code(page.locator("#code")).rsplit("/c/")[-1]


def changed(page, before):
    """Wait for another picture, by asking from outside: in the page the clock stands."""
    expect(page.locator("#code")).not_to_have_attribute("src", before)


def test_a_resident_checks_in_with_the_code_on_the_screen(screen, as_, li, key):
    token = shown_token(screen())

    answer = as_(li).post("/api/v1/check-ins", json={"token": token}, headers=key())

    assert answer.status_code == 201, answer.json
    assert db.session.query(CheckIn).one().resident_id == li.id


def test_the_next_code_is_there_while_the_last_is_still_accepted(screen, later, as_, li, zhang, key):
    page = screen()
    first, picture = shown_token(page), page.locator("#code").get_attribute("src")

    later(page, 30)
    changed(page, picture)

    second = shown_token(page)
    assert second != first
    for person, token in ((li, first), (zhang, second)):
        assert as_(person).post("/api/v1/check-ins", json={"token": token}, headers=key()).status_code == 201


def test_the_screen_says_when_the_next_code_comes(screen, later):
    page = screen()
    expect(page.locator("#left")).to_have_text("30 秒后换新码")
    later(page, 12)
    expect(page.locator("#left")).to_have_text("18 秒后换新码")


def test_leaving_has_a_code_of_its_own(screen, as_, li, key):
    page = screen()
    arriving, picture = shown_token(page), page.locator("#code").get_attribute("src")
    as_(li).post("/api/v1/check-ins", json={"token": arriving}, headers=key())

    page.get_by_role("button", name="签退").click()
    changed(page, picture)

    answer = as_(li).post("/api/v1/check-ins", json={"token": shown_token(page)}, headers=key())
    assert (answer.status_code, answer.json["direction"]) == (201, "out"), answer.json
    expect(page.get_by_role("button", name="签退")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="签到")).to_have_attribute("aria-pressed", "false")


def test_without_network_the_screen_says_so_and_shows_no_lapsed_code(screen, later):
    page = screen()
    page.route(EVERY_API_CALL, lambda route: route.abort())

    later(page, 30)

    expect(page.get_by_role("alert")).to_contain_text("没有网络")
    expect(page.locator("#code")).to_be_visible()
    later(page, 11)
    expect(page.locator("#code")).to_be_hidden()


def test_when_the_network_is_back_the_screen_goes_on_by_itself(screen, later, as_, li, key):
    page = screen()
    page.route(EVERY_API_CALL, lambda route: route.abort())
    later(page, 45)
    expect(page.get_by_role("alert")).to_be_visible()

    page.unroute(EVERY_API_CALL)
    later(page, 3)

    expect(page.get_by_role("alert")).to_be_hidden()
    assert as_(li).post("/api/v1/check-ins", json={"token": shown_token(page)}, headers=key()).status_code == 201


def test_a_server_that_is_busy_for_a_moment_leaves_the_code_on_the_screen(screen, later):
    page = screen()
    page.route(EVERY_API_CALL, lambda route: route.fulfill(status=503, json={"code": "unavailable", "detail": "系统繁忙"}))

    later(page, 30)

    expect(page.get_by_role("alert")).to_have_text("系统繁忙")
    expect(page.locator("#code")).to_be_visible()


def test_a_screen_with_a_sign_in_of_its_own_stays_on_all_day(screen, later):
    page = screen(stays=True)
    for _ in range(3):
        picture = page.locator("#code").get_attribute("src")
        later(page, 20 * 60)
        changed(page, picture)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_screen_whose_sign_in_is_over_says_how_to_go_on(screen, later):
    page = screen()
    later(page, 20 * 60)
    expect(page.get_by_role("alert")).to_have_text("登录已过期，请从小程序重新打开本页。")
    expect(page.locator("#code")).to_be_hidden()


def test_who_does_not_run_the_event_sees_no_code(visit, event, zhou):
    page = visit(f"/events/{event.id}/venue", zhou)
    expect(page.get_by_role("alert")).to_have_text("您没有权限做这个操作。")
    expect(page.locator("#code")).to_be_hidden()


def test_the_token_does_not_stay_in_the_address_bar(screen):
    assert screen().url.endswith("/venue")
