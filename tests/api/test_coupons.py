"""Simultaneous requests: one coupon is used once, and the last of a stock is sold once."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models import Shop, db
from services import ledger
from services.coupons import exchanges, offers
from services.ledger import Cause
from services.points import books, funds
from tests.conftest import NOON


@pytest.fixture
def on_sale(town, lins_market, zhao, fund, li, zhang):
    def make(**terms):
        offer = offers.create(**{
            "merchant_id": lins_market.id, "area_id": town.community.id, "title": "满减", "kind": "cash_off", "face_value_fen": 1000,
            "min_spend_fen": 0, "points_price": 10, "stock": 9, "per_resident_limit": None, "shop_ids": [], "on_sale_from": NOON,
            "on_sale_until": NOON + timedelta(days=9), "valid_days": 30, "funded_by": "community"} | terms, by=zhao, now=NOON)
        offers.step(offer.id, "publish", by=zhao, now=NOON)
        for person in (li, zhang):
            ledger.credit(funds.purse_of(town.community, person.id, NOON), 100, kind="activity",
                          because=Cause("activity_record", person.id), lapses_on=NOON.date(), now=NOON)
        db.session.commit()
        return offer
    return make


def at_once(client, path, body, key, times):
    """The statuses and codes of the same request sent so often at once, each under its own key."""
    headers = [dict(client.environ_base) | {"headers": key()} for _ in range(times)]
    app = client.application

    def send(extra):
        answer = app.test_client().post(path, json=body, headers=extra["headers"] | {"Authorization": extra["HTTP_AUTHORIZATION"]})
        return answer.status_code, answer.json.get("code")
    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(send, headers))


def test_one_coupon_at_many_tills_is_used_once(on_sale, as_, li, mei, lins_market, settings, key):
    coupon = exchanges.exchange(on_sale().id, by=li, settings=settings, now=NOON)
    shop = db.session.query(Shop.id).filter_by(merchant_id=lins_market.id).scalar()
    db.session.commit()

    answers = at_once(as_(mei), "/api/v1/redemptions", {"code": coupon.short_code, "shop_id": str(shop)}, key, 8)

    assert answers == [(201, None)] + [(409, "coupon_already_used")] * 7
    assert books.problems() == []


@pytest.mark.parametrize(("terms", "sold", "code"), [
    ({"stock": 2}, 2, "out_of_stock"), ({"per_resident_limit": 3}, 3, "limit_reached"), ({"points_price": 40}, 2, "insufficient_points")])
def test_what_is_scarce_is_not_sold_twice(on_sale, as_, li, key, terms, sold, code):
    offer = on_sale(**terms)

    answers = at_once(as_(li), "/api/v1/coupons", {"offer_id": str(offer.id)}, key, 6)

    assert answers == [(201, None)] * sold + [(409, code)] * (6 - sold)
    assert books.problems() == []


def test_an_auditor_sees_a_coupon_without_the_code_that_uses_it(on_sale, as_, li, sun, wang, settings):
    coupon = exchanges.exchange(on_sale().id, by=li, settings=settings, now=NOON)
    db.session.commit()
    path = f"/api/v1/coupons/{coupon.id}"
    assert [as_(person).get(path).json["short_code"] for person in (li, wang, sun)] == [coupon.short_code, coupon.short_code, None]
    for hidden in (f"{path}/code", f"{path}/code.png", f"{path}/print"):
        assert as_(sun).get(hidden).status_code == 404


def test_another_areas_staff_and_the_shop_find_no_coupon(on_sale, as_, li, zhou, mei, settings):
    coupon = exchanges.exchange(on_sale().id, by=li, settings=settings, now=NOON)
    db.session.commit()
    assert [as_(person).get(f"/api/v1/coupons/{coupon.id}").status_code for person in (zhou, mei)] == [404, 404]
