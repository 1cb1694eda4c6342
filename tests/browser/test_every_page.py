"""What holds of each page, in both languages, on a small phone, a phone and a desk."""
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from services.scans import codes
from tests.browser.conftest import EVENT, MERCHANT, OFFER, PLACE, inspector

INSPECT = inspector(Path(__file__).with_name("inspect.js"))
WIDTHS = {320: 640, 414: 896, 1280: 800}
NAMES_OF_PEOPLE_AND_THINGS = (EVENT, PLACE, OFFER, MERCHANT, "李娜")
PAGES = ("venue", "poster", "card", "coupon", "reset", "landing", "letter", "sheet")
OPEN = ("reset", "landing", "letter")
ALL_WORDS = """() => [document.title, document.body.innerText, ...[...document.querySelectorAll("[alt], [aria-label], [placeholder], [title]")]
  .flatMap((element) => ["alt", "aria-label", "placeholder", "title"].map((name) => element.getAttribute(name) || ""))].join("\\n")"""


@pytest.fixture
def opened(visit, event, card, coupon, reset_path, letter_path, questionnaire, li, wang):
    """Each page by its name, opened by who uses it, and complete."""
    paths = {"venue": f"/events/{event.id}/venue", "poster": f"/events/{event.id}/poster", "card": f"/residents/{li.id}/card",
             "coupon": f"/coupons/{coupon.id}/print", "reset": reset_path, "letter": letter_path,
             "sheet": f"/civility/questionnaires/{questionnaire.id}/sheet", "landing": f"/c/{codes.poster(codes.POSTER_IN, event.code_id)}"}

    def open_page(name, **options):
        page = visit(paths[name], None if name in OPEN else wang, **options)
        expect(main_part(page, name)).to_be_visible()
        return page
    return open_page


def main_part(page, name):
    """What comes last when the page is loaded."""
    if name in OPEN:
        return page.locator("#letter" if name == "letter" else "main h1")
    return page.locator("#questions li" if name == "sheet" else "main img").last


@pytest.mark.parametrize(("language", "other"), [("zh-CN", r"[A-Za-z]{2,}"), ("en", r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_in_one_language_can_be_read_and_tapped_at_every_width_and_complains_of_nothing(opened, axe, complaints, name, language, other):
    """Loaded once for all looks at it."""
    page = opened(name, language=language)
    assert page.locator("html").get_attribute("lang") == language
    assert axe(page) == []
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(INSPECT) == [], width
    page.eval_on_selector_all(".language, [translate=no]", "all => all.forEach((element) => element.remove())")
    words = page.evaluate(ALL_WORDS)
    for kept in NAMES_OF_PEOPLE_AND_THINGS:
        words = words.replace(kept, "")
    assert re.findall(other, words) == []
    assert complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_offers_the_other_language_and_stays_signed_in(opened, name):
    page = opened(name)
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(main_part(page, name)).to_be_visible()
    expect(page.locator("[role=alert]:visible")).to_have_count(0)
    expect(page.get_by_role("link", name="中文")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", ["venue", "poster", "card"])
def test_what_goes_wrong_is_said_within_the_screen_too(visit, event, li, name, width):
    path = {"venue": f"/events/{event.id}/venue", "poster": f"/events/{event.id}/poster", "card": f"/residents/{li.id}/card"}[name]
    page = visit(path, width=width)
    expect(page.get_by_role("alert")).to_have_text("登录已过期，请从小程序重新打开本页。")
    assert page.evaluate(INSPECT) == []
