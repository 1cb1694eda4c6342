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


def operation(page, method, path):
    return page.locator(".opblock", has=page.locator(f".opblock-summary-path[data-path='{path}']")).and_(page.locator(f".opblock-{method}"))


def try_out(page, method, path):
    """Open the operation and send it; the status of the answer."""
    block = operation(page, method, path)
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    return block.locator(".live-responses-table .response-col_status").last


def test_every_operation_of_the_document_is_shown_without_a_complaint(docs, app, complaints):
    document = app.test_client().get("/api/v1/openapi.json").json
    expect(docs().locator(".opblock")).to_have_count(sum(len(set(operations) - {"parameters"}) for operations in document["paths"].values()))
    assert complaints == []


def test_trying_it_out_as_a_stranger_shows_the_problem(docs):
    expect(try_out(docs(), "get", "/api/v1/me")).to_contain_text("401")


def test_trying_it_out_with_a_token_shows_the_answer(docs, li, begin):
    page = docs()
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(begin(li).access_token)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close", exact=True).click()

    status = try_out(page, "get", "/api/v1/me")

    expect(status).to_contain_text("200")
    expect(operation(page, "get", "/api/v1/me").locator(".live-responses-table")).to_contain_text("李娜")


def test_the_documents_fit_the_screen_open_or_not(docs):
    page = docs()
    operation(page, "post", "/api/v1/events").locator(".opblock-summary-control").click()
    expect(page.locator(".opblock.is-open .responses-wrapper")).to_be_visible()
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width


def test_the_documents_have_a_title_and_say_that_they_are_in_english(docs):
    page = docs()
    expect(page).to_have_title(re.compile("Linli"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
