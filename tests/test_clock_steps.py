"""The clock is wrong, or the day is an odd one: nothing is accepted early or late, no time is negative, nothing breaks down."""
from datetime import UTC, date, datetime, timedelta
from threading import Event
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from commands import work as worker
from models import ActivityRecord, CheckIn, Direction, Lot, Shop, db
from services import events
from services.coupons import coupons
from services.points import books, funds
from services.scans import presence
from tests.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = {
    "a day back": NOON - DAY, "a day on": NOON + DAY, "400 days on": NOON + 400 * DAY,
    "the last second that 31 bits count": datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC), "midnight": datetime(2026, 5, 7, tzinfo=SHANGHAI),
    "the second before midnight": datetime(2026, 5, 6, 23, 59, 59, tzinfo=SHANGHAI), "a leap day": datetime(2028, 2, 29, 12, tzinfo=SHANGHAI),
    "the end of a leap day": datetime(2028, 2, 29, 23, 59, 59, tzinfo=SHANGHAI),
    "a new year here, and not yet in UTC": datetime(2027, 1, 1, tzinfo=SHANGHAI),
}


@pytest.fixture
def fund(town, zhao):
    made = funds.create(area_id=town.community.id, name="x", period_start=date(2020, 1, 1), period_end=date(2045, 12, 31), by=zhao, now=NOON)
    funds.top_up(made.id, points=10_000, amount_fen=1_000_000, reference="x", by=zhao, now=NOON)
    db.session.commit()
    return made


@pytest.fixture
def ask(as_, key, clock):
    """Ask as this person at the clock's hour, signed in just now: the answer, which is never a breakdown."""
    def asked(person, path, body=None, who=None):
        client = who or as_(person)
        answer = client.get(f"/api/v1/{path}") if body is None else client.post(f"/api/v1/{path}", json=body, headers=key())
        assert answer.status_code < 500, (clock.now, path, answer.json)
        return answer
    return asked


@pytest.fixture
def work(app):
    def everything_due():
        with app.app_context():
            worker.round_of_work("me", {}, Event())
    return everything_due


@pytest.fixture
def clean_up(town, wang, clock):
    """An event of two hours that begins now."""
    def plan():
        event = events.plan(by=wang, now=clock.now - DAY, area_id=town.grid_a.id, title="清扫", category="environment", starts_at=clock.now,
                            ends_at=clock.now + 2 * HOUR, capacity=None, check_in_mode="both", check_out_required=True, points_per_hour=10,
                            points_max=40, missing_check_out="review")
        events.step(event, "publish", by=wang, now=clock.now - DAY)
        db.session.commit()
        return event
    return plan


@pytest.fixture
def shown(settings, clock):
    return lambda event, direction="in": {"token": presence.show_event(event, Direction(direction), settings=settings, now=clock.now).token}


@pytest.fixture
def offer(ask, zhao, town, lins_market, fund, clock):
    def make():
        made = ask(zhao, "offers", {
            "merchant_id": str(lins_market.id), "title": "x", "kind": "cash_off", "face_value_fen": 500, "points_price": 10, "stock": 9,
            "area_id": str(town.community.id), "on_sale_from": (clock.now - DAY).isoformat(), "on_sale_until": (clock.now + DAY).isoformat(),
            "valid_days": 1, "funded_by": "community"}).json["id"]
        assert ask(zhao, f"offers/{made}/publish", {}).status_code == 200
        return made
    return make


@pytest.mark.parametrize("hour", HOURS)
def test_the_chain_holds_at_any_hour(work, ask, clean_up, shown, offer, li, wang, zhao, mei, lins_market, clock, hour):
    clock.now = HOURS[hour].astimezone(UTC)
    event = clean_up()
    assert ask(li, "check-ins", shown(event)).status_code == 201
    clock.now += HOUR
    out = ask(li, "check-ins", shown(event, "out"))
    assert out.status_code == 201
    record = ask(wang, f"activity-records/{out.json['activity_record_id']}/approve", {}).json
    assert (record["minutes"], record["points"], record["status"]) == (60, 10, "credited")
    coupon = ask(li, "coupons", {"offer_id": offer()}).json
    till = {"code": coupon["short_code"], "shop_id": str(db.session.scalar(select(Shop.id).where(Shop.merchant_id == lins_market.id)))}
    used = ask(mei, "redemptions", till).json
    assert ask(mei, f"redemptions/{used['id']}/reverse", {"reason": "x"}).status_code == 200
    clock.now += DAY - timedelta(seconds=1)
    assert ask(mei, "redemptions", till).status_code == 201
    for path in ("me/points", "me/points/entries", "me/coupons", "me/activity-records", f"trace/coupon/{coupon['id']}"):
        assert ask(li, path).status_code == 200
    work()
    assert db.session.scalars(select(Lot.lapses_on)).one() == date((HOURS[hour] + HOUR).astimezone(SHANGHAI).year + 1, 12, 31)
    assert books.problems() == []


@pytest.mark.parametrize("step", [-DAY, -HOUR, -timedelta(seconds=6), timedelta(seconds=44), timedelta(seconds=45), HOUR, DAY, 400 * DAY])
def test_a_step_lets_in_nobody_early_or_late_and_is_mended_by_the_step_back(ask, as_, work, clean_up, shown, li, zhang, settings, clock, step):
    event, phone = clean_up(), as_(zhang)
    code = shown(event)
    assert ask(li, "check-ins", code).status_code == 201
    clock.now += step
    late = ask(zhang, "check-ins", code, who=phone)
    assert (late.status_code == 201) == (timedelta(0) <= step < timedelta(seconds=45)), late.json
    assert (ask(zhang, "me", who=phone).status_code == 200) == (step < timedelta(minutes=settings.access_token_minutes))
    early = ask(li, "check-ins", shown(event, "out"))
    assert (early.status_code == 201) == (-timedelta(minutes=30) <= step <= 3 * HOUR), early.json
    work()
    clock.now = NOON + timedelta(minutes=90)
    if early.status_code != 201:
        assert ask(li, "check-ins", shown(event, "out")).status_code == 201
    assert ask(zhang, "me").status_code == 200
    assert all(minutes >= 0 for minutes in db.session.scalars(select(ActivityRecord.minutes)))
    assert all(record.started_at <= record.ended_at for record in db.session.scalars(select(ActivityRecord)))
    assert books.problems() == []


def test_who_leaves_before_they_came_has_given_no_time(ask, clean_up, shown, li, clock):
    event = clean_up()
    clock.now += HOUR
    assert ask(li, "check-ins", shown(event)).status_code == 201
    clock.now -= timedelta(minutes=20)
    assert ask(li, "check-ins", shown(event, "out")).status_code == 201
    record = db.session.scalars(select(ActivityRecord)).one()
    assert (record.minutes, record.points_proposed) == (0, 0) and record.started_at <= record.ended_at


def test_a_coupons_last_moment_is_where_the_clock_says(ask, offer, clean_up, shown, li, mei, wang, lins_market, clock, settings):
    event = clean_up()
    ask(li, "check-ins", shown(event))
    clock.now += HOUR
    ask(wang, f"activity-records/{ask(li, 'check-ins', shown(event, 'out')).json['activity_record_id']}/approve", {})
    coupon = ask(li, "coupons", {"offer_id": offer()}).json
    row = coupons.find_own(UUID(coupon["id"]), by=li, now=clock.now)
    bought, lasts = clock.now, timedelta(seconds=settings.coupon_code_seconds)
    till = {"shop_id": str(db.session.scalar(select(Shop.id).where(Shop.merchant_id == lins_market.id)))}
    code = coupons.show(row, settings=settings, now=bought).token
    for hour, body, said in ((bought - timedelta(seconds=6), code, "coupon_code_invalid"), (bought + lasts, code, "coupon_code_expired"),
                             (bought + DAY, coupon["short_code"], "coupon_expired"), (bought + 400 * DAY, coupon["short_code"], "coupon_expired"),
                             (bought + lasts - timedelta(seconds=1), code, None)):
        clock.now = hour
        answer = ask(mei, "redemptions", till | {"code": body})
        assert answer.json.get("code") == said, hour
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 2
