"""The API's own pages, in Swagger UI."""
import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import WIDTHS


@pytest.fixture
def docs(visit):
    def opened(**options):
        page = visit("/docs", **options)
        expect(page.locator(".opblock").first).to_be_visible()
        return page
    return opened


AT_THE_END = "scrollY + innerHeight >= document.documentElement.scrollHeight - 1"


def scrolled(page):
    """Step by step from the top to the end: of a long document Swagger UI holds only what is near the screen, and so it grows on the way."""
    page.mouse.move(100, 100)
    for _ in range(400):
        yield
        if page.evaluate(AT_THE_END):
            page.wait_for_timeout(500)  # a busy machine may not have drawn the rest yet
            if page.evaluate(AT_THE_END):
                return
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(40)


def operation(page, method, path):
    block = page.locator(".opblock", has=page.locator(f".opblock-summary-path[data-path='{path}']")).and_(page.locator(f".opblock-{method}"))
    for _ in scrolled(page):
        if block.count():
            break
    return block


def send(block):
    """Send the operation that is open; the status of the answer."""
    block.get_by_role("button", name="Execute").click()
    return block.locator(".live-responses-table .response-col_status").last


def test_the_documents_show_every_operation_in_english_and_fit_the_screen_without_a_complaint(docs, app, complaints):
    """One load for four looks at it: of so long a document it takes seconds."""
    document = app.test_client().get("/api/v1/openapi.json").json
    page, seen = docs(), set()
    expect(page).to_have_title(re.compile("Linli"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for _ in scrolled(page):
        seen.update(page.locator(".opblock").evaluate_all(
            "blocks => blocks.map(block => `${block.querySelector('.opblock-summary-method').textContent} "
            "${block.querySelector('.opblock-summary-path').dataset.path}`)"))
    assert seen == {f"{method.upper()} {path}" for path, operations in document["paths"].items()
                    for method in operations if method != "parameters"}
    _it_fits(page)
    page.locator(".opblock-summary-control").last.click()
    expect(page.locator(".opblock.is-open .responses-wrapper")).to_be_visible()
    _it_fits(page)
    assert complaints == []


def _it_fits(page):
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width


def test_trying_it_out_shows_a_stranger_the_problem_and_with_a_token_the_answer(docs, li, begin):
    page = docs()
    mine = operation(page, "get", "/api/v1/me")
    mine.locator(".opblock-summary-control").click()
    mine.get_by_role("button", name="Try it out").click()
    expect(send(mine)).to_contain_text("401")

    mine.locator("button.authorization__btn").click()
    page.locator(".auth-container input").fill(begin(li).access_token)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(send(mine)).to_contain_text("200")
    expect(mine.locator(".live-responses-table")).to_contain_text("李娜")
