from datetime import timedelta

import pytest
from sqlalchemy import event

from models import Shop, db
from services import ledger
from services.ledger import Cause
from services.points import funds
from tests.conftest import NOON


@pytest.fixture
def offer(town, lins_market):
    return {"merchant_id": str(lins_market.id), "title": "10 yuan off", "kind": "cash_off", "face_value_fen": 1000,
            "min_spend_fen": 0, "points_price": 50, "stock": 200, "per_resident_limit": 2, "area_id": str(town.community.id),
            "shop_ids": [], "on_sale_from": NOON.isoformat(), "on_sale_until": (NOON + timedelta(days=9)).isoformat(),
            "valid_days": 30, "funded_by": "community"}


@pytest.fixture
def on_sale(town, offer, zhao, fund, as_, li):
    made = as_(zhao).post("/api/v1/offers", json=offer).json
    as_(zhao).post(f"/api/v1/offers/{made['id']}/publish")
    ledger.credit(funds.purse_of(town.community, li.id, NOON), 90, kind="activity",
                  because=Cause("activity_record", li.id), lapses_on=NOON.date().replace(month=12, day=31), now=NOON)
    db.session.commit()
    return made["id"]


@pytest.fixture
def shop(lins_market):
    return str(db.session.query(Shop.id).filter_by(merchant_id=lins_market.id).scalar())


@pytest.fixture
def statements(app):
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda c, cursor, text, *rest: text.startswith("BEGIN") or seen.append(text))
    return seen


def test_points_become_a_coupon_that_a_till_takes_once(on_sale, as_, li, mei, shop, key, statements):
    resident, till = as_(li), as_(mei)
    shown = resident.get(f"/api/v1/offers/{on_sale}").json
    assert (shown["can_exchange"], shown["why_not"], shown["stock_left"]) == (True, None, 200)
    statements.clear()
    bought = resident.post("/api/v1/coupons", json={"offer_id": on_sale}, headers=key())
    assert bought.status_code == 201
    assert bought.json["offer"]["title"] == "10 yuan off"
    assert len(statements) <= 12, statements
    code = resident.get(f"/api/v1/coupons/{bought.json['id']}/code").json
    assert code["url"].endswith("/c/" + code["token"])
    looked = till.post("/api/v1/redemptions/preview", json={"code": code["token"], "shop_id": shop})
    assert looked.json["can_redeem"] is True
    assert looked.json["problem"] is None
    retry = key()

    statements.clear()
    used = till.post("/api/v1/redemptions", json={"code": code["token"], "shop_id": shop}, headers=retry)

    assert used.status_code == 201
    assert used.json["merchant_due_fen"] == 1000
    assert len(statements) <= 12, statements
    assert till.post("/api/v1/redemptions", json={"code": code["token"], "shop_id": shop}, headers=retry).data == used.data
    refused = till.post("/api/v1/redemptions", json={"code": code["token"], "shop_id": shop}, headers=key())
    assert (refused.status_code, refused.json["code"], refused.json["shop_id"]) == (409, "coupon_already_used", shop)
    assert resident.get(f"/api/v1/coupons/{bought.json['id']}").json["status"] == "used"
    assert [row["id"] for row in till.get(f"/api/v1/redemptions?shop_id={shop}").json["items"]] == [used.json["id"]]
    undone = till.post(f"/api/v1/redemptions/{used.json['id']}/reverse", json={"reason": "错了"}, headers=key())
    assert undone.json["status"] == "reversed"


def test_the_clinic_never_sees_the_markets_till(on_sale, as_, kang, shop, key):
    clinic = as_(kang)

    assert clinic.get(f"/api/v1/redemptions?shop_id={shop}").status_code == 404
    assert clinic.post("/api/v1/redemptions", json={"code": "1" * 12, "shop_id": shop}, headers=key()).status_code == 404
    assert clinic.get("/api/v1/redemptions").json["items"] == []


def test_a_coupon_is_its_holders_and_the_staffs(on_sale, as_, li, zhang, wang, zhou, key):
    bought = as_(li).post("/api/v1/coupons", json={"offer_id": on_sale}, headers=key()).json["id"]

    for stranger in (zhang, zhou):
        assert as_(stranger).get(f"/api/v1/coupons/{bought}").status_code == 404
        assert as_(stranger).post(f"/api/v1/coupons/{bought}/refund", headers=key()).status_code == 404
    printed = as_(wang).get(f"/api/v1/coupons/{bought}/print")
    assert printed.status_code == 200
    assert "10 yuan off" in printed.text
    assert as_(li).get(f"/api/v1/coupons/{bought}/code.png").data.startswith(b"\x89PNG")
    assert [c["id"] for c in as_(li).get("/api/v1/me/coupons?status=available").json["items"]] == [bought]
    assert as_(li).post(f"/api/v1/coupons/{bought}/refund", headers=key()).json["status"] == "refunded"


def test_an_offers_answer_can_be_sent_back(on_sale, as_, zhao, li):
    admin = as_(zhao)
    shown = admin.get(f"/api/v1/offers/{on_sale}")

    edited = admin.put(f"/api/v1/offers/{on_sale}", json=shown.json | {"stock": 5}, headers={"If-Match": shown.headers["ETag"]})

    assert (edited.status_code, edited.json["stock_left"]) == (200, 5)
    assert admin.put(f"/api/v1/offers/{on_sale}", json={"stock": 6}).status_code == 428
    assert as_(li).put(f"/api/v1/offers/{on_sale}", json={"stock": 6}).status_code == 403


def test_shops_are_ones_own_or_those_with_offers(on_sale, as_, li, kang, shop, clinic):
    assert [row["id"] for row in as_(li).get("/api/v1/shops").json["items"]] == [shop]
    assert [row["merchant_id"] for row in as_(kang).get("/api/v1/shops").json["items"]] == [str(clinic.id)]
    assert [row["id"] for row in as_(li).get("/api/v1/offers?q=yuan").json["items"]] == [on_sale]


@pytest.mark.parametrize(("min_spend_fen", "said"), [(3000, "¥30"), (3050, "¥30.50")])
def test_the_least_purchase_is_said_in_yuan_before_and_with_the_refusal(offer, on_sale, as_, zhao, li, mei, shop, key, min_spend_fen, said):
    made = as_(zhao).post("/api/v1/offers", json=offer | {"min_spend_fen": min_spend_fen}).json
    as_(zhao).post(f"/api/v1/offers/{made['id']}/publish")
    code = as_(li).post("/api/v1/coupons", json={"offer_id": made["id"]}, headers=key()).json["short_code"]

    looked = as_(mei).post("/api/v1/redemptions/preview", json={"code": code, "shop_id": shop}).json
    refused = as_(mei).post("/api/v1/redemptions", json={"code": code, "shop_id": shop, "spend_fen": 1200}, headers=key()).json
    assert looked["min_spend_fen"] == min_spend_fen
    assert refused["min_spend_fen"] == min_spend_fen
    assert refused["detail"] == f"这张券须消费满 {said} 才能使用。"


def test_staff_see_what_a_resident_of_theirs_can_have_and_with_how_many_points(on_sale, as_, li, wang, zhou, zhang):
    asked = f"/api/v1/offers?resident_id={li.id}"
    theirs = as_(wang).get(asked).json["items"][0]
    assert (theirs["can_exchange"], theirs["why_not"]) == (True, None)
    assert as_(wang).get("/api/v1/offers").json["items"][0]["why_not"] == "insufficient_points"
    assert as_(wang).get(f"/api/v1/residents/{li.id}").json["points_available"] == 90
    assert [as_(person).get(asked).status_code for person in (zhou, zhang)] == [404, 404]


def test_an_offer_says_where_it_is_good_before_points_are_spent(offer, on_sale, as_, zhao, li, shop):
    second = as_(zhao).post(f"/api/v1/merchants/{offer['merchant_id']}/shops", json={"name": "分店", "address": "中山二路 2 号"}).json
    assert [each["address"] for each in as_(li).get(f"/api/v1/offers/{on_sale}").json["shops"]] == ["中山一路 1 号", "中山二路 2 号"]

    named = as_(zhao).post("/api/v1/offers", json=offer | {"shop_ids": [second["id"]]}).json
    shown = as_(zhao).get(f"/api/v1/offers/{named['id']}")
    assert [each["id"] for each in shown.json["shops"]] == [second["id"]]
    sent_back = as_(zhao).put(f"/api/v1/offers/{named['id']}", json=shown.json, headers={"If-Match": shown.headers["ETag"]})
    assert sent_back.status_code == 200, sent_back.json

    as_(zhao).post(f"/api/v1/shops/{shop}/suspend")
    assert [each["name"] for each in as_(li).get(f"/api/v1/offers/{on_sale}").json["shops"]] == ["分店"]


def test_a_used_coupon_says_what_it_gave_and_the_points_entry_which_it_was(on_sale, as_, li, mei, shop, key):
    made = as_(li).post("/api/v1/coupons", json={"offer_id": on_sale}, headers=key()).json
    assert "discount_fen" not in as_(li).get(f"/api/v1/coupons/{made['id']}").json
    as_(mei).post("/api/v1/redemptions", json={"code": made["short_code"], "shop_id": shop}, headers=key())

    assert as_(li).get(f"/api/v1/coupons/{made['id']}").json["discount_fen"] == 1000
    entries = as_(li).get("/api/v1/me/points/entries").json["items"]
    assert [(entry["kind"], entry["title"]) for entry in entries] == [("coupon", "10 yuan off"), ("activity", None)]
