"""From a scanned code to a shop that has been paid: every balance after every step, by HTTP alone."""
from datetime import timedelta

from models import db
from services.points import books
from tests.conftest import NOON


def ok(reply, status=200):
    assert reply.status_code == status, (reply.status_code, reply.json)
    return reply.json


def test_a_morning_at_the_river_pays_lins_market(as_, town, li, zhang, wang, zhao, qian, sun, lin, mei, kang, zhou, lins_market,
                                                 fund, key, clock):
    # Wang plans the morning, and shows the code.
    event = ok(as_(wang).post("/api/v1/events", json={
        "title": "Riverside clean-up", "category": "environment", "area_id": str(town.grid_a.id),
        "starts_at": "2026-05-06T12:00:00+08:00", "ends_at": "2026-05-06T14:00:00+08:00",
        "place": {"name": "River", "latitude": 29.56, "longitude": 106.57, "radius_m": 300}, "capacity": 30,
        "check_in_mode": "venue_code", "check_out_required": True, "points_per_hour": 40, "points_max": 100,
        "missing_check_out": "review"}), 201)
    code_url = f"/api/v1/events/{event['id']}/code"
    assert as_(wang).get(code_url).json["code"] == "event_not_open"
    assert as_(zhou).get(code_url).status_code == 404
    assert ok(as_(wang).post(f"/api/v1/events/{event['id']}/publish"))["status"] == "published"
    again = as_(wang).post(f"/api/v1/events/{event['id']}/publish")
    assert (again.status_code, again.json["status"], again.json["code"]) == (409, 409, "invalid_transition")
    assert as_(zhou).get(code_url).status_code == 403

    # Li Na scans in, and out two hours later.
    here = {"latitude": 29.5601, "longitude": 106.5701, "accuracy_m": 20}
    shown = ok(as_(wang).get(code_url))
    came = ok(as_(li).post("/api/v1/check-ins", json={"token": shown["token"], "location": here}, headers=key()), 201)
    assert (came["direction"], came["activity_record_id"]) == ("in", None)
    again = as_(li).post("/api/v1/check-ins", json={"token": shown["token"], "location": here}, headers=key())
    assert (again.status_code, again.json["code"], again.json["check_in_id"]) == (409, "already_checked_in", came["id"])
    clock.now = NOON + timedelta(hours=2)
    left = ok(as_(li).post("/api/v1/check-ins", headers=key(), json={
        "token": ok(as_(wang).get(code_url + "?direction=out"))["token"], "location": here}), 201)

    # Wang finds the record in his queue and approves it: 120 minutes, 80 points.
    queue = ok(as_(wang).get(f"/api/v1/activity-records?status=pending&area_id={town.grid_a.id}"))
    record = queue["items"][0]
    assert (record["id"], record["minutes"], record["points_proposed"], record["evidence_tier"]) == (
        left["activity_record_id"], 120, 80, "A")
    credited = ok(as_(wang).post(f"/api/v1/activity-records/{record['id']}/approve", json={}, headers=key()))
    assert (credited["status"], credited["points"]) == ("credited", 80)
    assert credited["posting_id"]
    assert ok(as_(li).get("/api/v1/me/points"))["available"] == 80

    # Zhao puts ten yuan off on sale; Li exchanges fifty points.
    offer = ok(as_(zhao).post("/api/v1/offers", json={
        "merchant_id": str(lins_market.id), "title": "10 yuan off at Lin's Market", "kind": "cash_off", "face_value_fen": 1000,
        "min_spend_fen": 0, "points_price": 50, "stock": 200, "per_resident_limit": 2, "area_id": str(town.community.id),
        "shop_ids": [], "on_sale_from": "2026-05-01T00:00:00+08:00", "on_sale_until": "2026-06-01T00:00:00+08:00",
        "valid_days": 30, "funded_by": "community"}), 201)
    assert ok(as_(zhao).post(f"/api/v1/offers/{offer['id']}/publish"))["status"] == "on_sale"
    seen = ok(as_(li).get(f"/api/v1/offers/{offer['id']}"))
    assert (seen["can_exchange"], seen["why_not"], seen["stock_left"]) == (True, None, 200)
    coupon = ok(as_(li).post("/api/v1/coupons", json={"offer_id": offer["id"]}, headers=key()), 201)
    assert (coupon["status"], coupon["points_paid"], len(coupon["short_code"])) == ("available", 50, 12)
    points = ok(as_(li).get("/api/v1/me/points"))
    assert (points["available"], points["earned_total"], points["spent_total"]) == (30, 80, 50)
    assert points["expiring"] == [{"on": "2027-12-31", "points": 30}]
    poor = as_(li).post("/api/v1/coupons", json={"offer_id": offer["id"]}, headers=key())
    assert (poor.json["code"], poor.json["available"], poor.json["price"]) == ("insufficient_points", 30, 50)

    # Mei at the till looks, then redeems; a second time is refused; the clinic sees nothing.
    shop = ok(as_(mei).get("/api/v1/shops"))["items"][0]
    token = ok(as_(li).get(f"/api/v1/coupons/{coupon['id']}/code"))["token"]
    preview = ok(as_(mei).post("/api/v1/redemptions/preview", json={"code": token, "shop_id": shop["id"]}))
    assert (preview["can_redeem"], preview["discount_fen"], preview["holder"]) == (True, 1000, "*娜")
    redemption = ok(as_(mei).post("/api/v1/redemptions", json={"code": token, "shop_id": shop["id"]}, headers=key()), 201)
    assert (redemption["status"], redemption["discount_fen"], redemption["merchant_due_fen"]) == ("done", 1000, 1000)
    second = as_(mei).post("/api/v1/redemptions", json={"code": coupon["short_code"], "shop_id": shop["id"]}, headers=key())
    assert (second.status_code, second.json["code"]) == (409, "coupon_already_used")
    assert as_(kang).get(f"/api/v1/redemptions?shop_id={shop['id']}").status_code == 404

    # The hour passes; Zhao settles the month, Lin confirms, Zhao approves, Qian pays.
    period = {"merchant_id": str(lins_market.id), "period_start": "2026-05-01", "period_end": "2026-05-31"}
    early = ok(as_(zhao).post("/api/v1/settlements", json=period, headers=key()), 201)
    assert early["amount_fen"] == 0
    clock.now += timedelta(minutes=61)
    settlement = ok(as_(zhao).post("/api/v1/settlements", json=period, headers=key()), 201)
    url = f"/api/v1/settlements/{settlement['id']}"
    assert (settlement["status"], settlement["amount_fen"]) == ("draft", 1000)
    line = ok(as_(lin).get(f"{url}/lines"))["items"][0]
    assert (line["redemption_id"], line["amount_fen"]) == (redemption["id"], 1000)
    assert as_(kang).get(url).status_code == 404
    assert ok(as_(lin).post(f"{url}/confirm"))["status"] == "confirmed"
    assert ok(as_(zhao).post(f"{url}/approve"))["status"] == "approved"
    payment = {"paid_at": "2026-05-06T15:00:00+08:00", "bank_reference": "ICBC-1"}
    assert as_(zhao).post(f"{url}/pay", json=payment, headers=key()).json["code"] == "forbidden"
    assert ok(as_(qian).post(f"{url}/pay", json=payment, headers=key()))["status"] == "paid"

    # Any link leads to the whole chain, and the books balance.
    chain = [link["type"] for link in ok(as_(zhao).get(f"/api/v1/trace/settlement/{settlement['id']}"))["links"]]
    assert chain[0] == "check_in"
    assert chain[-1] == "settlement"
    assert {"activity_record", "posting", "coupon", "redemption"} <= set(chain)
    assert ok(as_(li).get(f"/api/v1/trace/check_in/{came['id']}"))["links"][0]["type"] == "check_in"

    # From the posting that spent points one sees what was earned and what was spent, each with its sign.
    spent = next(entry["id"] for entry in ok(as_(li).get("/api/v1/me/points/entries"))["items"] if entry["amount"] == -50)
    links = ok(as_(li).get(f"/api/v1/trace/posting/{spent}"))["links"]
    assert [link["summary"] for link in links if link["type"] == "posting"] == ["+80 points", "-50 points"]

    # Each sees their part of it: the till no resident and no settlement, Li what the shop was paid without the amount.
    def sees(person):
        return {link["type"]: link["summary"] for link in ok(as_(person).get(f"/api/v1/trace/coupon/{coupon['id']}"))["links"]}
    whole = {"check_in", "activity_record", "posting", "coupon", "redemption", "settlement"}
    assert set(sees(li)) == set(sees(sun)) == set(sees(zhao)) == whole
    assert (sees(li)["settlement"], sees(lin)["settlement"], sees(sun)["settlement"]) == ("paid", "10.00 CNY · paid", "10.00 CNY · paid")
    assert set(sees(lin)) == {"coupon", "redemption", "settlement"} and set(sees(mei)) == {"coupon", "redemption"}
    assert [as_(person).get(f"/api/v1/trace/coupon/{coupon['id']}").status_code for person in (zhou, kang, zhang)] == [404] * 3

    summary = ok(as_(zhao).get(f"/api/v1/points/summary?area_id={town.community.id}"))
    assert (summary["issued"], summary["spent"], summary["outstanding"], summary["in_balance"]) == (80, 50, 30, True)
    db.session.rollback()
    assert books.problems() == []
