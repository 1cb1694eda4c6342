"""What is printed: the poster, the resident's card, the coupon."""
import unicodedata
from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from models import CheckIn, db
from tests.browser.conftest import EVENT, OFFER, read_code
from tests.conftest import NOON

A4_MM = (210, 297)
LONGEST = 80


def printed(page):
    return PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))


def text_of(page):
    """As written: a font may join letters, and a PDF say a character by its look-alike."""
    return " ".join(unicodedata.normalize("NFKC", page.extract_text()).split())


def size_mm(page):
    return tuple(round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height))


@pytest.fixture
def poster(visit, event, wang):
    def opened(query="", **options):
        page = visit(f"/events/{event.id}/poster{query}", wang, **options)
        expect(page.locator("#code")).to_be_visible()
        return page
    return opened


@pytest.fixture
def wordy(event):
    """The event's title and place are as long as they may be."""
    event.title, event.place_name = "滨江清扫志愿服务" * (LONGEST // 8), "南滨公园东门广场" * (LONGEST // 8)
    db.session.commit()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_poster_is_one_a4_page(poster, language):
    pages = printed(poster(language=language)).pages
    assert [size_mm(page) for page in pages] == [A4_MM]
    assert EVENT in text_of(pages[0])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_longest_title_and_place_still_leave_it_one_page(wordy, poster, language):
    assert len(printed(poster(language=language)).pages) == 1


def test_buttons_and_links_are_not_printed(poster):
    text = text_of(printed(poster()).pages[0])
    assert "打印" not in text and "English" not in text


def test_with_the_poster_on_the_wall_a_resident_checks_in_at_the_place(event, poster, as_, li, key):
    event.latitude, event.longitude, event.radius_m = 29.5, 106.5, 300
    db.session.commit()
    token = read_code(poster().locator("#code")).rsplit("/c/")[-1]

    answer = as_(li).post("/api/v1/check-ins", json={"token": token, "location": {"latitude": 29.5, "longitude": 106.5}}, headers=key())

    assert answer.status_code == 201, answer.json
    assert db.session.query(CheckIn).one().resident_id == li.id


def test_there_is_a_poster_for_checking_out_too(poster):
    page = poster()
    arriving = read_code(page.locator("#code"))
    page.get_by_role("link", name="签退海报").click()
    expect(page.locator(".direction")).to_have_text("签退")
    assert read_code(page.locator("#code")) != arriving


@pytest.mark.parametrize(("language", "says"), [("zh-CN", "2026年5月6日星期三 12:00–14:00"), ("en", "Wednesday, 6 May 2026, 12:00–14:00")])
def test_a_poster_says_when_in_its_own_language(poster, language, says):
    assert " ".join(poster(language=language).locator("#time").inner_text().split()) == says


def test_a_poster_appears_when_the_network_is_back(poster):
    page = poster()
    page.route("**/api/v1/**", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("alert")).to_have_text("没有网络，恢复后本页会继续。")

    page.unroute("**/api/v1/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(page.locator("#code")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()


@pytest.fixture
def card_page(visit, card, li, wang):
    page = visit(f"/residents/{li.id}/card", wang)
    expect(page.locator("#code")).to_be_visible()
    return page


def test_staff_check_in_a_resident_by_the_printed_card(card_page, event, as_, li, wang, key):
    token = read_code(card_page.locator("#code")).rsplit("/c/")[-1]

    answer = as_(wang).post("/api/v1/check-ins", headers=key(),
                            json={"event_id": str(event.id), "resident_token": token, "direction": "in"})

    assert (answer.status_code, answer.json["resident_id"]) == (201, str(li.id)), answer.json


def test_a_card_is_one_page_with_the_residents_name(card_page):
    pages = printed(card_page).pages
    assert len(pages) == 1
    assert "李娜" in text_of(pages[0])


def test_the_page_of_a_resident_without_a_card_says_so(visit, li, wang):
    expect(visit(f"/residents/{li.id}/card", wang).get_by_role("alert")).to_be_visible()


def test_the_grid_worker_of_elsewhere_gets_no_card(visit, card, li, zhou):
    page = visit(f"/residents/{li.id}/card", zhou)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#code")).to_be_hidden()
    expect(page.locator("#name")).to_be_empty()


@pytest.fixture
def coupon_page(visit, coupon, wang):
    page = visit(f"/coupons/{coupon.id}/print", wang)
    expect(page.locator("main img")).to_be_visible()
    return page


def test_a_till_takes_the_printed_coupon_by_its_picture(coupon_page, coupon, lins_market, as_, mei, key):
    shop = as_(mei).get("/api/v1/shops").json["items"][0]["id"]
    code = read_code(coupon_page.locator("main img"))

    answer = as_(mei).post("/api/v1/redemptions", json={"code": code, "shop_id": shop, "spend_fen": 3000}, headers=key())

    assert answer.status_code == 201, answer.json


def test_the_digits_on_the_coupon_are_those_of_the_picture(coupon_page):
    assert coupon_page.locator(".digits").inner_text().replace(" ", "") == read_code(coupon_page.locator("main img"))


def test_a_coupon_is_one_page(coupon_page):
    pages = printed(coupon_page).pages
    assert len(pages) == 1
    assert OFFER in text_of(pages[0])


def test_a_used_coupon_is_not_printed_again(visit, coupon, wang):
    coupon.status, coupon.used_at = "used", NOON
    db.session.commit()
    page = visit(f"/coupons/{coupon.id}/print", wang)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("main img")).to_have_count(0)
