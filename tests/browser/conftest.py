"""The pages, served to a real Chromium from a database of the test's own: on SQLite, which is the same to a page.

`visit("/docs")` opens a page as a stranger, `visit(path, as_=wang)` as Wang; what the browser objects to meanwhile is in
`complaints`. Without Chromium these tests are skipped, unless REQUIRE_CHROMIUM is set.
"""
import os
import shutil
import socket
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings
from models import CivilityQuestionnaire, SubjectKind, db
from services import events, ledger
from services.access import roles, sign_in
from services.civility import periods
from services.coupons import exchanges, offers
from services.credit import letters, recalls
from services.ledger import Cause
from services.people import residents
from services.points import funds
from tests import civility
from tests.conftest import KEYS, NOON
from tests.credit_books import file_of, in_force, volunteering
from tests.databases import copied

NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")
EVENT, PLACE, OFFER, MERCHANT = "滨江清扫 Riverside", "南滨公园 Park", "满减十元 Ten off", "林记超市"
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


CONTRAST = Path(__file__).with_name("contrast.js").read_text()
AXE = Path(__file__).parents[2] / "miniapp_stub" / "node_modules" / "axe-core" / "axe.min.js"
ASK_AXE = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" and ")}`)"""


def inspector(path: Path) -> str:
    """The script of one of the two inspect.js, ready to be evaluated in a page."""
    return f"() => {{\n{CONTRAST}\nreturn ({path.read_text()})();\n}}"


@pytest.fixture(scope="session")
def axe():
    """What axe-core finds serious or critical on a page as it stands: `axe(page) == []`.

    It is evaluated in the page, which its Content-Security-Policy does not see; a script element it would refuse.
    """
    if not AXE.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("axe-core is not installed: make app")
    script = AXE.read_text()

    def found(page) -> list[str]:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(script)
        return page.evaluate(ASK_AXE)
    return found


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser():
    """One for each worker: a page of its own is what costs little."""
    path = find_chromium()
    if path is None and os.environ.get("REQUIRE_CHROMIUM"):
        pytest.fail("Chromium is required here and was not found")
    if path is None:
        pytest.skip("no Chromium: install chromium and fonts-noto-cjk to test the pages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def listener(browser):
    """The address to serve on: it stands in the codes, so that one application can make them for all tests."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def settings(listener, templates, place):
    return Settings(database_url=copied(templates("sqlite"), place[0]), keys=KEYS, rate_limits=False, wechat_api_base="http://127.0.0.1:9",
                    public_url=f"http://127.0.0.1:{listener.getsockname()[1]}")


class Impatient(WSGIRequestHandler):
    """A connection that Chromium only keeps ready is not waited for."""

    timeout = 2


@pytest.fixture
def site(app, settings, listener):
    """The address of a server of this test's own: with the test ends everything that it was asked."""
    server = make_server(*listener.getsockname(), app, threaded=True, request_handler=Impatient, fd=listener.fileno())
    server.daemon_threads = False  # so that closing waits for them
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield settings.public_url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def complaints():
    """What a page printed to the console as an error or a warning, and what it asked of other hosts."""
    return []


@pytest.fixture
def begin(settings, clock):
    """A sign-in for this person, with its tokens."""
    def made(person):
        begun = sign_in.begin(person, settings=settings, now=clock.now)
        db.session.commit()
        return begun
    return made


@pytest.fixture
def visit(browser, site, begin, complaints):
    """Open a page. `timed` lets the test move the page's own clock."""
    contexts = []

    def open_page(path, as_=None, *, language="zh-CN", width=414, height=896, timed=False, stays=False):
        context = browser.new_context(locale=language, timezone_id="Asia/Shanghai", viewport={"width": width, "height": height})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        _listen(page, site, complaints)
        if timed:
            page.clock.install(time=NOON)
        page.goto(site + path + (_handed_over(begin(as_), stays) if as_ else ""))
        return page
    yield open_page
    for context in contexts:
        context.close()


def _listen(page, site, complaints):
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if _leaves(request.url, site) else None)


def _leaves(url, site) -> bool:
    return urlsplit(url).scheme not in ("data", "blob") and not url.startswith(f"{site}/")


def _handed_over(begun, stays) -> str:
    """What the app puts behind the address of a page that it opens."""
    return f"#token={begun.access_token}" + (f"&refresh={begun.refresh_token}" if stays else "")


def read_code(locator) -> str:
    """The text of the QR code that this element shows."""
    expect(locator).to_be_visible()
    found = zxingcpp.read_barcodes(Image.open(BytesIO(locator.screenshot())))
    assert len(found) == 1, found
    return found[0].text


@pytest.fixture
def event(town, wang):
    made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title=EVENT, category="environment", starts_at=NOON,
                       ends_at=NOON + timedelta(hours=2), check_in_mode="both", check_out_required=True, points_per_hour=60,
                       points_max=400, missing_check_out="review", place={"name": PLACE})
    events.step(made, "publish", by=wang, now=NOON)
    db.session.commit()
    return made


@pytest.fixture
def card(li, wang):
    made = residents.make_card(li.id, by=wang, now=NOON)
    db.session.commit()
    return made


@pytest.fixture
def coupon(town, lins_market, zhao, fund, li, settings):
    offer = offers.create(merchant_id=lins_market.id, area_id=town.community.id, title=OFFER, kind="cash_off", face_value_fen=1000,
                          min_spend_fen=0, points_price=10, stock=9, per_resident_limit=None, shop_ids=[], on_sale_from=NOON,
                          on_sale_until=NOON + timedelta(days=9), valid_days=30, funded_by="community", by=zhao, now=NOON)
    offers.step(offer.id, "publish", by=zhao, now=NOON)
    ledger.credit(funds.purse_of(town.community, li.id, NOON), 100, kind="activity", because=Cause("activity_record", li.id),
                  lapses_on=NOON.date(), now=NOON)
    made = exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)
    db.session.commit()
    return made


@pytest.fixture
def letter_path(town, zhao, li):
    """Where the receiver of Li's letter reads it, after something behind it has changed."""
    in_force(town.district, by=zhao)
    volunteering(file_of(li), NOON.date(), 60)
    receiver = letters.register(town.community.id, name=MERCHANT, uscc="91350100M000100Y43", purpose="farm_loan", from_grade="A",
                                offers_zh="信用惠农贷", offers_en="farm loan", by=zhao, now=NOON)
    sent = letters.send(letters.ask(receiver.id, SubjectKind.RESIDENT, by=li, now=NOON).id, by=li, now=NOON)
    recalls.of_files([sent.letter.file_id], "repaired", since=NOON, now=NOON)
    db.session.commit()
    return f"/l/{sent.code}"


@pytest.fixture
def questionnaire(town, zhao):
    """One that is being answered where Wang works."""
    version = civility.make_version(town.community, zhao)
    period = periods.begin(version.id, first_on=NOON.date(), last_on=NOON.date(), by=zhao, now=NOON)
    made = CivilityQuestionnaire(period_id=period.id, area_id=town.community.id, seed="0", invited=1, of_residents=1, drawn_by_id=zhao.id,
                                 drawn_at=NOON)
    db.session.add(made)
    db.session.commit()
    return made


@pytest.fixture
def reset_path(wang, zhao, settings):
    """A one-time link to set a password, as Zhao sends it to Wang."""
    token, _ = roles.reset_password(wang.id, username="grid-wang", by=zhao, settings=settings, now=NOON)
    db.session.commit()
    return f"/reset/{token}"
