"""Every screen of the app, as its people see it: nothing leaves the narrowest phone or is cut off, small type or large, in both languages."""
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from commands import town
from models import (
    ActivityRecord,
    Area,
    CivilityInvitation,
    CivilityPeriod,
    CivilityQuestionnaire,
    CivilityRound,
    CivilityVisit,
    CreditEntry,
    Event,
    EventStatus,
    KnowledgePage,
    LetterReceiver,
    Offer,
    Person,
    Settlement,
    SubjectKind,
    db,
)
from services.access import sign_in
from services.coupons import exchanges
from services.credit import letters
from services.measures import plans
from tests.browser.conftest import inspector
from tests.browser.mini_program.conftest import SIGN_IN

INSPECT = inspector(Path(__file__).with_name("inspect.js"))
RESIDENT = (
    "pages/home/home", "pages/events/events", "pages/event/event?id={event}", "pages/offers/offers", "pages/offer/offer?id={offer}",
    "pages/wallet/wallet", "pages/me/me",
    "pages/check-in/check-in", "pages/records/records", "pages/record/record?id={record}", "pages/declare/declare", "pages/points/points",
    "pages/coupon/coupon?id={coupon}", "pages/my-code/my-code", "pages/my-data/my-data", "pages/my-area/my-area", "pages/household/household",
    "pages/inbox/inbox", "pages/privacy/privacy", "civility/index/index", "civility/leaves/leaves?period={period}&area={community}",
    "civility/tiles/tiles?period={period}",
    "civility/questionnaire/questionnaire?id={questionnaire}", "civility/remarks/remarks",
    "credit/file/file", "credit/file/file?kind=household", "credit/entry/entry?id={entry}", "credit/rules/rules",
    "credit/rules/rules?kind=household", "credit/letters/letters", "credit/letter/letter?id={letter}", "credit/plan/plan",
    "culture/index/index", "culture/page/page?id={knowledge}", "culture/honours/honours",
    "credit/reviews/reviews", "credit/reviewed/reviewed")
SHOP = ("shop/till/till", "shop/today/today", "shop/settlements/settlements", "shop/settlement/settlement?id={settlement}")
GRID = (
    "grid/area/area", "grid/events/events", "grid/plan/plan", "grid/event/event?id={event}", "grid/venue/venue?id={event}",
    "grid/scan/scan?id={event}", "grid/queue/queue", "grid/record/record?id={pending}", "grid/residents/residents",
    "grid/resident/resident?id={resident}", "grid/enrol/enrol", "grid/paper/paper?kind=card&id={resident}", "grid/households/households",
    "grid/boxes/boxes", "grid/box/box?id={questionnaire}",
    "civility/questionnaire/questionnaire?id={questionnaire}&box=1",
    "grid/surveys/surveys", "grid/survey/survey?id={round}", "grid/visit/visit?round={round}&id={visit}",
    "grid/credit/credit?id={resident}&household_id={household}&name=Li", "grid/corrections/corrections",
    "grid/correction/correction?id={plan}&name=Li")
SURVEYOR = ("grid/visit/visit?round={open_round}&id={open_visit}",)
OPEN = ("pages/sign-in/sign-in", "pages/password/password", "pages/privacy/privacy")
WIDTHS = (390, 414, 320)
IS_SHOWN = """path => {
  const shown = [...document.querySelectorAll("#pages > .wx-page:not([hidden])")];
  const isLoading = () => shown[0].querySelector("[role=status][aria-label]");
  return location.hash.slice(2) === path && shown.length === 1 && shown[0].querySelector(".screen") && !isLoading();
}"""


@pytest.fixture
def ids(app, settings):
    """One of each thing that a screen is about."""
    with app.app_context():
        li = db.session.scalars(select(Person).filter_by(display_name="李娜")).one()
        library = db.session.scalars(select(LetterReceiver.id).filter_by(purpose="library_deposit")).one()
        letter = letters.ask(library, SubjectKind.RESIDENT, by=li, now=datetime.now(UTC))
        offer = db.session.scalars(select(Offer).order_by(Offer.points_price)).first()
        coupon = exchanges.exchange(offer.id, by=li, settings=settings, now=datetime.now(UTC))
        more = of_culture(li) | invited(li)
        db.session.commit()
        return {
            "resident": li.id, **more, "household": li.household_id, "letter": letter.id,
            "entry": db.session.scalars(select(CreditEntry.id).filter_by(person_id=li.id, code="litter")).one(),
            "event": db.session.scalars(select(Event.id).filter_by(status=EventStatus.PUBLISHED, area_id=li.home_area_id)
                                        .order_by(Event.starts_at)).first(),
            "record": db.session.scalars(select(ActivityRecord.id).filter_by(resident_id=li.id)).first(),
            "pending": db.session.scalars(select(ActivityRecord.id).filter_by(status="pending", area_id=li.home_area_id)
                                          .where(ActivityRecord.event_id.is_not(None))).first(),
            "offer": offer.id,
            "coupon": coupon.id,
            **of_the_index(),
            "settlement": db.session.scalars(select(Settlement.id).filter_by(status="draft")).one()}


def of_culture(li):
    """A page with questions; and Li has a plan that Wang runs too, of which something is written down."""
    now = datetime.now(UTC)
    zhao, wang = (db.session.scalars(select(Person.id).filter_by(display_name=name)).one() for name in ("赵敏", "王秀英"))
    zhao = sign_in.load(zhao, now)
    plan = plans.begin(li.id, until_on=now.date() + timedelta(days=90), service_minutes=600, aims="按时报到。\n\n找到工作。", runner_ids=[wang],
                       by=zhao, now=now)
    for kind, minutes in (("service", 90), ("rule_kept", None)):
        plans.write(plan.id, kind=kind, on_day=plan.from_on, minutes=minutes, note="清扫滨江步道。", by=zhao, now=now)
    return {"plan": plan.id, "knowledge": db.session.scalars(select(KnowledgePage.id).order_by(KnowledgePage.id.desc())).first()}


def invited(li):
    """The open questionnaire of Li's community; the lot may have left her out."""
    found = db.session.scalars(select(CivilityQuestionnaire.id).join(CivilityPeriod, CivilityPeriod.id == CivilityQuestionnaire.period_id).join(
        Area, Area.id == CivilityQuestionnaire.area_id).where(Area.code == town.COMMUNITY, CivilityPeriod.status == "open")).one()
    if not db.session.query(CivilityInvitation).filter_by(questionnaire_id=found, person_id=li.id).count():
        db.session.add(CivilityInvitation(questionnaire_id=found, person_id=li.id))
    return {"questionnaire": found}


def of_the_index():
    """The newest published period of Li's community; a round that Wang has done, and a place that Zhou has before him."""
    home = db.session.scalars(select(Area).filter_by(code=town.COMMUNITY)).one()
    period = db.session.scalars(select(CivilityPeriod).filter_by(status="published").order_by(CivilityPeriod.first_on.desc())).first()
    made, ahead = (db.session.scalars(select(CivilityVisit).join(CivilityRound, CivilityRound.id == CivilityVisit.round_id).join(
        Person, Person.id == CivilityRound.surveyor_id).where(Person.display_name == name, condition).order_by(CivilityVisit.id.desc())).first()
        for name, condition in (("王秀英", CivilityVisit.made_at.is_not(None)), ("周强", CivilityVisit.made_at.is_(None))))
    return {
        "period": period.id, "community": home.id, "round": made.round_id, "visit": made.id, "open_round": ahead.round_id, "open_visit": ahead.id}


def keep(page, name):
    """A picture of each screen, where somebody wants to look at them: `SCREENS=folder pytest …`."""
    if folder := os.environ.get("SCREENS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")


def speak(page, name, language):
    """As if chosen under Me: an account's own language comes with it when it signs in."""
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"wx:{name}:language", f'"{language}"'])
    page.reload()


def show(page, path):
    page.evaluate("address => { location.hash = address; }", f"/{path}")
    page.wait_for_function(IS_SHOWN, arg=path)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(("name", "paths"), [("li-na", RESIDENT), ("shop-lin", SHOP), ("grid-wang", GRID), ("grid-zhou", SURVEYOR)])
def test_every_screen_can_be_read_and_tapped_small_and_large(phone, ids, axe, name, paths, language):
    page = phone(name, language=language)
    speak(page, name, language)
    wrong = {}
    for path in paths:
        show(page, path.format(**ids))
        label = "-".join(path.split("?")[0].split("/")[:2])
        wrong[path, "axe"] = axe(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            wrong[path, width] = page.evaluate(INSPECT)
            keep(page, f"{label}-{language}-{width}")
        page.evaluate("() => document.querySelectorAll('.size-100').forEach((each) => each.classList.replace('size-100', 'size-140'))")
        wrong[path, "large"] = page.evaluate(INSPECT)
        keep(page, f"{label}-{language}-large")
        page.set_viewport_size({"width": 390, "height": 844})
    assert {where: found for where, found in wrong.items() if found} == {}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_a_stranger_sees_can_be_read_and_tapped_too(phone, axe, language):
    page = phone("li-na", language=language, signs_in=False)
    expect(page.get_by_role("button", name=SIGN_IN[language])).to_be_visible()
    for path in OPEN:
        show(page, path)
        assert axe(page) == [], path
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(INSPECT) == [], (path, width)
            keep(page, f"{path.split('/')[1]}-{language}-{width}")
