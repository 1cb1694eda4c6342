"""The pages at /admin in a real Chromium: by keyboard, on a phone, without scripts, printed."""
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from commands import copy_charts
from models import CheckState, Household, StaffLogin, TopUp, db
from services.access import browser_sessions, passwords
from services.records import records
from tests.browser.conftest import PATIENCE_MS, _listen, inspector

INSPECT = inspector(Path(__file__).with_name("inspect.js"))
WIDTHS = {1280: 800, 390: 844, 320: 640}
DESK = {"width": 1280, "height": 800}
PASSWORD = "correct horse battery"
LISTS = ("", "/figures", "/people", "/households", "/events", "/records", "/objections", "/funds", "/offers", "/merchants", "/settlements",
         "/reconciliation", "/areas", "/unsent", "/me", "/civility/periods", "/civility/versions", "/civility/places", "/civility/rounds",
         "/civility/questionnaires", "/civility/department-figures", "/civility/remarks")


@pytest.fixture
def desk(browser, site, settings, clock, complaints):
    """A page of a browser that this person is signed in with."""
    contexts = []

    def sit_down(person=None, *, language="en", width=1280, height=800, **more):
        context = browser.new_context(locale=language, timezone_id="Asia/Shanghai", base_url=site,
                                      viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if person:
            cookie = browser_sessions.open_for(person, settings=settings, now=clock.now)
            db.session.commit()
            context.add_cookies([{"name": "linli_admin", "value": cookie, "url": site, "httpOnly": True, "sameSite": "Strict"}])
        page = context.new_page()
        _listen(page, site, complaints)
        return page
    yield sit_down
    for context in contexts:
        context.close()


def paths_of(fund, coupon, event):
    return [*LISTS, f"/funds/{fund.id}", f"/offers/{coupon.offer_id}", f"/events/{event.id}", f"/merchants/{coupon.merchant_id}",
            f"/people/{coupon.resident_id}", f"/coupons/{coupon.id}", f"/areas/{fund.area_id}",
            f"/offers/new?merchant_id={coupon.merchant_id}", "/nothing"]


def serious(found):
    """What an office's page has to keep: contrast of 4.5, 24 px to tap (WCAG 2.2 AA); a phone's pages ask for more."""
    small = [match for one in found if (match := re.match(r"(\d+) × (\d+) px to tap", one)) and min(int(match[1]), int(match[2])) < 24]
    pale = [one for one in found if (match := re.match(r"contrast ([\d.]+)", one)) and float(match[1]) < 4.5]
    rest = [one for one in found if not re.match(r"\d+ × \d+ px to tap|contrast|small type", one)]
    return [match[0] for match in small] + pale + rest


def left_wrong(page):
    """What is wrong once the pictures are drawn anew for this width."""
    for _ in range(20):
        if not (found := serious(page.evaluate(INSPECT))):
            break
        page.wait_for_timeout(50)
    return found


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_fits_every_width_and_neither_axe_nor_the_browser_complains(desk, axe, complaints, zhao, fund, coupon, event, language):
    """Each page is loaded once, for a desk, and then looked at on narrower ones too."""
    page, stranger = desk(zhao, language=language), desk(language=language)
    wrong = {}
    for at, path in [(page, path) for path in paths_of(fund, coupon, event)] + [(stranger, "/sign-in")]:
        at.goto(f"/admin{path}")
        at.eval_on_selector_all("main details", "all => all.forEach((it) => { it.open = true; })")
        wrong[path, "axe"] = axe(at)
        at.eval_on_selector_all(".scroll", "all => all.forEach((it) => it.remove())")  # a wide table scrolls in its own frame
        for width, height in WIDTHS.items():
            at.set_viewport_size({"width": width, "height": height})
            wrong[path, width] = left_wrong(at)
        at.set_viewport_size(DESK)
    assert {where: found for where, found in wrong.items() if found} == {}
    assert [said for said in complaints if "404" not in said] == []


def test_signing_in_takes_a_keyboard_and_nothing_else(desk, complaints, zhao):
    db.session.add(StaffLogin(person_id=zhao.id, username="zhao", password_hash=passwords.hash_password(PASSWORD)))
    db.session.commit()
    page = desk()
    page.goto("/admin/funds")
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    keys.press("Enter")
    keys.press("Tab")
    keys.type("zhao")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Funds")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("status")).to_have_text("You have signed out.")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to administer")
    assert complaints == []


def test_a_fund_is_topped_up_without_any_script(desk, zhao, fund):
    page = desk(zhao, java_script_enabled=False)
    page.goto(f"/admin/funds/{fund.id}")
    page.get_by_text("Top it up").click()
    page.get_by_label("Points").fill("2500")
    page.get_by_label("Money, yuan").fill("12.50")
    page.get_by_label("Reference").fill("2026-17")
    page.get_by_role("button", name="Top up").click()

    expect(page.get_by_role("status")).to_have_text("The fund is topped up.")
    assert db.session.execute(select(TopUp.points, TopUp.amount_fen).where(TopUp.reference == "2026-17")).one() == (2500, 1250)


def test_a_double_click_makes_one_household(desk, zhao, town):
    page = desk(zhao)
    page.goto(f"/admin/households?area_id={town.grid_a.id}")
    page.get_by_text("Make a household").click()
    name = uuid4().hex[:8]
    page.locator("main form.form").get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it").dblclick()

    expect(page.get_by_role("status")).to_have_text("Made.")
    assert len(db.session.scalars(select(Household.id).where(Household.name == name)).all()) == 1


@pytest.mark.parametrize("who", ["zhao", "qian"])
def test_what_was_typed_when_the_session_ended_waits_for_who_typed_it_and_for_nobody_else(desk, zhao, qian, town, clock, who):
    for person, name in ((zhao, "zhao"), (qian, "qian")):
        db.session.add(StaffLogin(person_id=person.id, username=name, password_hash=passwords.hash_password(PASSWORD)))
    db.session.commit()
    page = desk(zhao)
    page.goto(f"/admin/households?area_id={town.grid_a.id}")
    page.get_by_text("Make a household").click()
    form = page.locator("main form.form")
    form.get_by_label("Area").select_option(str(town.grid_b.id))
    form.get_by_label("Name").fill("7-701")
    clock.now += timedelta(minutes=40)
    form.get_by_role("button").click()

    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    for password in ("guessed", PASSWORD):
        page.get_by_label("Name to sign in with").fill(who)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Households")
    if who == "qian":
        assert form.get_by_label("Name").input_value() == ""
    else:
        expect(page.get_by_text("It has not been sent yet.")).to_be_focused()
        expect(form.get_by_label("Area")).to_have_value(str(town.grid_b.id))
        form.get_by_role("button").click()
        expect(page.get_by_role("status")).to_have_text("Made.")
    assert db.session.scalars(select(Household.name)).all() == ([] if who == "qian" else ["7-701"])
    assert page.evaluate("() => sessionStorage.length") == 0


def test_what_an_act_did_is_said_first_and_has_the_focus(desk, zhao, coupon):
    page = desk(zhao, width=390, height=640)
    page.goto(f"/admin/people/{coupon.resident_id}")
    page.get_by_text("Give a role in an area").click()
    page.locator("form[action$=area-roles]").get_by_label("Role").select_option("auditor")
    page.locator("form[action$=area-roles]").get_by_label("Area").select_option(index=1)
    page.locator("form[action$=area-roles]").get_by_role("button").click()

    expect(page.get_by_role("status")).to_have_text("The role is given.")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_role("status")).to_be_in_viewport()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("status")).to_have_count(0)


def test_words_that_did_not_pass_are_read_where_they_were_asked_for(desk, zhao, town, li, clock):
    deed = records.declare(by=li, now=clock.now, category="care", area_id=town.grid_a.id, description="骂人的话",
                           started_at=clock.now - timedelta(hours=3), ended_at=clock.now - timedelta(hours=2))
    deed.text_state = CheckState.REFUSED
    db.session.commit()
    page = desk(zhao)
    page.goto(f"/admin/records/{deed.id}")
    expect(page.get_by_text("骂人的话")).to_have_count(0)
    page.get_by_text("Read it all the same").click()
    page.get_by_role("button", name="Show it once").click()

    expect(page.locator(":focus")).to_contain_text("骂人的话")


def test_what_is_wrong_is_said_first_and_leads_to_its_field(desk, zhao, fund):
    page = desk(zhao)
    page.goto(f"/admin/funds/{fund.id}")
    page.get_by_text("Top it up").click()
    page.get_by_label("Money, yuan").fill("twelve")
    page.get_by_role("button", name="Top up").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Money, yuan").click()
    expect(page.get_by_label("Money, yuan")).to_be_focused()
    expect(page.get_by_label("Money, yuan")).to_have_value("twelve")
    expect(page.get_by_label("Money, yuan")).to_have_accessible_description("An amount in yuan, please, such as 12.50.")


@pytest.mark.parametrize("is_there", [True, False])
def test_figures_are_pictures_with_echarts_and_without(desk, complaints, zhao, coupon, event, monkeypatch, is_there):
    from admin import charts
    if is_there and not copy_charts.is_there():
        pytest.skip("ECharts was not copied: make charts")
    monkeypatch.setattr(charts, "_is_there", lambda: is_there)
    page = desk(zhao)
    page.goto("/admin/figures")

    picture = page.locator("figure", has_text="Points issued and spent")
    drawn = picture.locator(".drawn svg")
    expect(drawn).to_be_visible()
    assert drawn.bounding_box()["height"] > 150
    assert drawn.locator("rect[class^=s]").count() == (0 if is_there else 24)
    picture.get_by_text("The numbers").click()
    expect(picture.get_by_role("row", name="26-05")).to_contain_text("100")
    assert complaints == []


def test_on_paper_there_are_figures_and_no_buttons(desk, zhao, coupon):
    page = desk(zhao)
    page.goto("/admin/figures")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    expect(page.locator(".drawn svg").first).to_be_visible()
    assert page.pdf().startswith(b"%PDF")
