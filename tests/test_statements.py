"""How many statements a request needs: fixed for the hot verbs, and not growing with a list."""
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from models import Direction, db
from services import approvals, events, offers, presence, records
from tests.conftest import NOON

HOT = 12  # the budget of a check-in, an approval, a coupon and a redemption


@contextmanager
def counted():
    seen = []
    note = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
        seen[:] = [statement for statement in seen if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]


@pytest.fixture
def cleanup(town, wang):
    made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="environment", starts_at=NOON,
                       ends_at=NOON + timedelta(hours=2), check_in_mode="both", check_out_required=True,
                       points_per_hour=60, points_max=400, missing_check_out="review")
    events.step(made, "publish", by=wang, now=NOON)
    db.session.commit()
    return made


def post(client, url, key, **body):
    with counted() as seen:
        reply = client.post(url, json=body, headers=key())
    return reply, seen


def test_the_volunteers_day_stays_within_its_budget(cleanup, as_, li, wang, fund, settings, clock, key):
    for direction, later in ((Direction.IN, 0), (Direction.OUT, 90)):
        clock.now = NOON + timedelta(minutes=later)
        token = presence.show_event(cleanup, direction, settings=settings, now=clock.now).token
        reply, seen = post(as_(li), "/api/v1/check-ins", key, token=token)
        assert reply.status_code == 201, reply.json
        assert len(seen) <= HOT, "\n".join(seen)
    reply, seen = post(as_(wang), f"/api/v1/activity-records/{reply.json['activity_record_id']}/approve", key)
    assert (reply.status_code, reply.json["status"]) == (200, "credited"), reply.json
    assert len(seen) <= HOT, "\n".join(seen)


@pytest.fixture
def offer(town, zhao, lins_market, fund, wang, li, cleanup):
    """Something for 10 points, and Li has 40."""
    record = records.declare(by=wang, now=NOON, category="care", area_id=town.grid_a.id, description="x", resident_id=li.id,
                             started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))
    for by in (wang, zhao):
        approvals.approve(record.id, by=by, now=NOON, points=40)
    made = offers.create(shop_ids=[], by=zhao, now=NOON, merchant_id=lins_market.id, title="x", kind="cash_off", face_value_fen=1000,
                         points_price=10, stock=9, area_id=town.community.id, on_sale_from=NOON, on_sale_until=NOON + timedelta(days=9),
                         valid_days=30, funded_by="community")
    offers.step(made.id, "publish", by=zhao, now=NOON)
    db.session.commit()
    return made


def test_a_coupon_and_its_use_stay_within_their_budget(offer, as_, li, mei, key):
    shop = as_(mei).get("/api/v1/shops").json["items"][0]
    bought, exchanging = post(as_(li), "/api/v1/coupons", key, offer_id=str(offer.id))
    used, redeeming = post(as_(mei), "/api/v1/redemptions", key, code=bought.json["short_code"], shop_id=shop["id"])
    assert (bought.status_code, used.status_code) == (201, 201)
    assert len(exchanging) <= HOT, "\n".join(exchanging)
    assert len(redeeming) <= HOT, "\n".join(redeeming)


@pytest.mark.parametrize("path", ["/api/v1/activity-records", "/api/v1/events", "/api/v1/objections"])
def test_a_list_needs_the_same_statements_for_two_as_for_twenty(path, as_, li, wang, town, key):
    def needed():
        with counted() as seen:
            assert as_wang.get(f"{path}?limit=100").status_code == 200
        return len(seen)
    as_wang, as_li = as_(wang), as_(li)
    counts = []
    for many in (2, 18):
        for number in range(many):
            made = as_li.post("/api/v1/activity-records", headers=key(), json={
                "category": "x", "description": str(number), "area_id": str(town.grid_a.id),
                "started_at": "2026-05-06T01:00:00Z", "ended_at": "2026-05-06T03:00:00Z"})
            as_li.post(f"/api/v1/activity-records/{made.json['id']}/objection", json={"reason": "x"})
            as_wang.post("/api/v1/events", json={
                "title": "x", "category": "x", "area_id": str(town.grid_a.id), "starts_at": "2026-05-07T01:00:00Z",
                "ends_at": "2026-05-07T03:00:00Z", "place": {"name": "x"}})
        counts.append(needed())
    assert counts[0] == counts[1]
