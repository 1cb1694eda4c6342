from datetime import timedelta

import pytest
from sqlalchemy import select

from models import AuditRow, Coupon, Offer, Shop, Unit, WalletKind, db
from services import ledger
from services.coupons import availability, coupon_codes, coupons, discounts, exchanges, offers, redemptions, reversals
from services.ledger import Cause
from services.people import residents
from services.points import books, funds
from services.refusals import Forbidden, InvalidTransition, NotFound, ValidationFailed
from services.scans.presence import TokenInvalid, show_person
from tests.conftest import NOON

TERMS = {"title": "满减 10 元", "kind": "cash_off", "face_value_fen": 1000, "percent": None, "discount_cap_fen": None, "item": None,
         "min_spend_fen": 0, "points_price": 50, "stock": 3, "per_resident_limit": 2, "shop_ids": [],
         "on_sale_from": NOON - timedelta(days=1), "on_sale_until": NOON + timedelta(days=30), "valid_days": 30,
         "funded_by": "community"}


@pytest.fixture
def rich(town, fund, li, zhang):
    """Li has 120 points, and so has Zhang."""
    for person in (li, zhang):
        ledger.credit(funds.purse_of(town.community, person.id, NOON), 120, kind="activity",
                      because=Cause("activity_record", person.id), lapses_on=NOON.date().replace(month=12, day=31), now=NOON)
    db.session.commit()


@pytest.fixture
def on_sale(town, lins_market, zhao, fund):
    def make(**terms):
        offer = offers.create(**TERMS | {"merchant_id": lins_market.id, "area_id": town.community.id} | terms, by=zhao, now=NOON)
        offers.step(offer.id, "publish", by=zhao, now=NOON)
        db.session.commit()
        return offer
    return make


@pytest.fixture
def shop(lins_market):
    return db.session.query(Shop).filter_by(merchant_id=lins_market.id).one()


def points(person):
    return ledger.wallet(person.id, WalletKind.RESIDENT).balance


def owed_to(merchant):
    return ledger.wallet(merchant.id, WalletKind.MERCHANT, Unit.FEN).balance


def test_an_exchange_takes_the_price_and_one_of_the_stock(rich, on_sale, li, settings):
    offer = on_sale()

    coupon = exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)

    assert (coupon.status, coupon.points_paid, points(li)) == ("available", 50, 70)
    assert db.session.query(Offer.issued).scalar() == 1
    assert books.problems() == []


def test_the_day_is_the_areas_own_also_where_it_is_another_than_elsewhere(on_sale, fund, town, li, as_, settings, clock):
    ledger.credit(funds.purse_of(town.community, li.id, NOON), 60, kind="activity", because=Cause("activity_record", fund.id),
                  lapses_on=NOON.date(), now=NOON)
    offer = on_sale()
    clock.now = late = NOON + timedelta(hours=10)  # 22:00 in Chongqing, 02:00 of the next day in Auckland
    assert as_(li).get("/api/v1/offers").json["items"][0]["can_exchange"]
    town.community.timezone = "Pacific/Auckland"
    db.session.commit()
    assert as_(li).get("/api/v1/offers").json["items"][0]["why_not"] == "insufficient_points"
    with pytest.raises(availability.InsufficientPoints):
        exchanges.exchange(offer.id, by=li, settings=settings, now=late)


def test_points_whose_day_is_over_buy_nothing_also_before_the_night(on_sale, fund, town, li, settings):
    ledger.credit(funds.purse_of(town.community, li.id, NOON), 60, kind="activity", because=Cause("activity_record", fund.id),
                  lapses_on=NOON.date(), now=NOON)
    offer, over = on_sale(), NOON + timedelta(days=1)
    assert availability.refusals_for(li, [offer], over)[offer.id].fields == {"available": 0, "price": 50}
    with pytest.raises(availability.InsufficientPoints) as refused:
        exchanges.exchange(offer.id, by=li, settings=settings, now=over)
    assert refused.value.fields == {"available": 0, "price": 50}


def test_a_purchase_leaves_the_points_that_are_over_and_takes_the_others(rich, on_sale, fund, town, li, settings):
    ledger.credit(funds.purse_of(town.community, li.id, NOON), 60, kind="activity", because=Cause("activity_record", fund.id),
                  lapses_on=NOON.date(), now=NOON)
    exchanges.exchange(on_sale().id, by=li, settings=settings, now=NOON + timedelta(days=1))
    assert points(li) == 70
    assert books.problems() == []


def test_too_few_points_buy_nothing(rich, on_sale, li, settings):
    offer = on_sale(points_price=121)

    with pytest.raises(availability.InsufficientPoints) as refused:
        exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)

    assert refused.value.fields == {"available": 120, "price": 121}


def test_the_limit_counts_one_persons_coupons(rich, on_sale, li, zhang, settings):
    offer = on_sale(points_price=10, per_resident_limit=1)
    exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)

    with pytest.raises(availability.LimitReached):
        exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)

    assert exchanges.exchange(offer.id, by=zhang, settings=settings, now=NOON).resident_id == zhang.id


def test_the_last_one_is_sold_once(rich, on_sale, li, zhang, settings):
    offer = on_sale(stock=1)
    exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)

    with pytest.raises(availability.OutOfStock):
        exchanges.exchange(offer.id, by=zhang, settings=settings, now=NOON)


def test_a_paused_offer_sells_nothing(rich, on_sale, li, zhao, settings):
    offer = on_sale()
    offers.step(offer.id, "pause", by=zhao, now=NOON)

    with pytest.raises(availability.OfferNotOnSale):
        exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)


def test_a_grid_worker_of_elsewhere_spends_nobodys_points(rich, on_sale, li, wang, zhou, settings):
    offer, token = on_sale(), residents.card_token(residents.make_card(li.id, by=wang, now=NOON), settings)

    with pytest.raises(TokenInvalid):
        exchanges.exchange(offer.id, resident_token=show_person(li, settings=settings, now=NOON).token, by=wang, settings=settings, now=NOON)
    with pytest.raises(NotFound):
        exchanges.exchange(offer.id, resident_token=token, by=zhou, settings=settings, now=NOON)
    with pytest.raises(Forbidden):
        exchanges.exchange(offer.id, resident_token=token, by=li, settings=settings, now=NOON)

    assert exchanges.exchange(offer.id, resident_token=token, by=wang, settings=settings, now=NOON).resident_id == li.id


def test_a_refund_puts_points_and_stock_back(rich, on_sale, li, settings):
    coupon = exchanges.exchange(on_sale().id, by=li, settings=settings, now=NOON)

    coupons.refund(coupon.id, by=li, now=NOON)

    assert (points(li), coupon.status, db.session.query(Offer.issued).scalar()) == (120, "refunded", 0)
    assert books.problems() == []
    with pytest.raises(coupons.CouponVoid):
        coupons.refund(coupon.id, by=li, now=NOON)


def test_a_lapsed_coupon_is_expired_before_and_after_the_night(rich, on_sale, li, settings):
    coupon = exchanges.exchange(on_sale(valid_days=1).id, by=li, settings=settings, now=NOON)
    later = NOON + timedelta(days=1)

    assert coupons.status_at(coupon, later) == "expired"
    assert (coupons.expire(later), coupons.expire(later)) == (1, 0)
    assert db.session.query(Coupon.status).scalar() == "expired"


def test_a_use_owes_the_shop_and_its_reversal_owes_nothing(rich, on_sale, li, mei, shop, lins_market, settings):
    coupon = exchanges.exchange(on_sale().id, by=li, settings=settings, now=NOON)

    used = redemptions.redeem(coupon.short_code, shop.id, by=mei, settings=settings, now=NOON)
    assert (used.discount_fen, used.merchant_due_fen, owed_to(lins_market)) == (1000, 1000, 1000)
    with pytest.raises(coupons.CouponAlreadyUsed) as refused:
        redemptions.redeem(coupon.short_code, shop.id, by=mei, settings=settings, now=NOON)
    assert refused.value.fields == {"used_at": NOON, "shop_id": shop.id}

    reversals.reverse(used.id, reason="找错人", by=mei, settings=settings, now=NOON)
    assert (owed_to(lins_market), coupon.status, coupon.used_at) == (0, "available", None)
    again = redemptions.redeem(coupon.short_code, shop.id, by=mei, settings=settings, now=NOON)
    assert again.id != used.id
    assert books.problems() == []


def test_the_shop_reverses_within_its_hour_and_an_admin_after(rich, on_sale, li, mei, zhao, wang, shop, settings):
    coupon = exchanges.exchange(on_sale().id, by=li, settings=settings, now=NOON)
    used = redemptions.redeem(coupon.short_code, shop.id, by=mei, settings=settings, now=NOON)
    later = NOON + timedelta(minutes=60)

    with pytest.raises(reversals.ReversalTooLate):
        reversals.reverse(used.id, reason="x", by=mei, settings=settings, now=later)
    with pytest.raises(NotFound):
        reversals.reverse(used.id, reason="x", by=wang, settings=settings, now=later)

    assert reversals.reverse(used.id, reason="x", by=zhao, settings=settings, now=later).status == "reversed"


def test_a_code_dies_after_its_minute_and_is_compared_as_text(rich, on_sale, li, mei, shop, settings):
    coupon = exchanges.exchange(on_sale().id, by=li, settings=settings, now=NOON)
    token = coupons.show(coupon, settings=settings, now=NOON).token

    with pytest.raises(coupon_codes.CouponCodeInvalid):
        redemptions.redeem(token[:-1] + ("A" if token[-1] != "A" else "B"), shop.id, by=mei, settings=settings, now=NOON)
    with pytest.raises(coupon_codes.CouponCodeExpired):
        redemptions.redeem(token, shop.id, by=mei, settings=settings, now=NOON + timedelta(seconds=60))

    assert redemptions.redeem(token, shop.id, by=mei, settings=settings, now=NOON + timedelta(seconds=59)).status == "done"


def test_another_merchants_coupon_is_for_another_shop(rich, on_sale, li, kang, mei, shop, clinic, settings):
    coupon = exchanges.exchange(on_sale().id, by=li, settings=settings, now=NOON)
    clinics = db.session.query(Shop).filter_by(merchant_id=clinic.id).one()

    with pytest.raises(redemptions.WrongShop):
        redemptions.redeem(coupon.short_code, clinics.id, by=kang, settings=settings, now=NOON)
    with pytest.raises(NotFound):
        redemptions.redeem(coupon.short_code, clinics.id, by=mei, settings=settings, now=NOON)
    preview = redemptions.preview(coupon.short_code, clinics.id, by=kang, settings=settings, now=NOON)
    assert (preview.can_redeem, preview.title, preview.holder) == (False, None, None)


@pytest.mark.parametrize(("terms", "spend", "discount", "due"), [
    ({}, 400, 400, 400),
    ({"kind": "percent_off", "face_value_fen": None, "percent": 15, "discount_cap_fen": 500}, 1999, 299, 299),
    ({"kind": "percent_off", "face_value_fen": None, "percent": 15, "discount_cap_fen": 200}, 1999, 200, 200),
    ({"kind": "goods", "item": "鸡蛋", "face_value_fen": 800}, None, 800, 800),
    ({"funded_by": "merchant"}, None, 1000, 0),
])
def test_each_kind_has_its_discount(rich, on_sale, li, mei, shop, settings, terms, spend, discount, due):
    coupon = exchanges.exchange(on_sale(**terms).id, by=li, settings=settings, now=NOON)

    used = redemptions.redeem(coupon.short_code, shop.id, spend_fen=spend, by=mei, settings=settings, now=NOON)

    assert (used.discount_fen, used.merchant_due_fen) == (discount, due)


def test_a_minimum_needs_a_spend_that_reaches_it(rich, on_sale, li, mei, shop, settings):
    coupon = exchanges.exchange(on_sale(min_spend_fen=3000).id, by=li, settings=settings, now=NOON)

    with pytest.raises(ValidationFailed):
        redemptions.redeem(coupon.short_code, shop.id, by=mei, settings=settings, now=NOON)
    with pytest.raises(discounts.BelowMinimumSpend):
        redemptions.redeem(coupon.short_code, shop.id, spend_fen=2999, by=mei, settings=settings, now=NOON)
    preview = redemptions.preview(coupon.short_code, shop.id, spend_fen=3000, by=mei, settings=settings, now=NOON)
    assert (preview.can_redeem, preview.discount_fen, preview.min_spend_fen, preview.holder) == (True, 1000, 3000, "*娜")


def test_an_owners_offer_waits_for_an_admin(town, lins_market, lin, zhao, zhou, fund):
    offer = offers.create(**TERMS, merchant_id=lins_market.id, area_id=town.community.id, by=lin, now=NOON)
    with pytest.raises(InvalidTransition):
        offers.step(offer.id, "publish", by=zhao, now=NOON)
    with pytest.raises(NotFound):
        offers.approve(offer.id, by=zhou, now=NOON)

    offers.approve(offer.id, by=zhao, now=NOON)

    assert offers.step(offer.id, "publish", by=zhao, now=NOON).status == "on_sale"
    with pytest.raises(InvalidTransition):
        offers.approve(offer.id, by=zhao, now=NOON)


def test_what_is_promised_stays_once_coupons_are_out(rich, on_sale, li, zhao, settings):
    offer = on_sale()
    exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)
    offer = offers.editable(offer.id, by=zhao, now=NOON)

    with pytest.raises(offers.TermsFixed):
        offers.edit(offer, by=zhao, now=NOON, face_value_fen=1)

    assert offers.edit(offer, by=zhao, now=NOON, stock=9, face_value_fen=1000).stock == 9
    written = db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "offer.edit")).one()
    assert written == {"fields": ["stock"]}, "what came back as it was is no change"


@pytest.mark.parametrize("terms", [{}, {"kind": "percent_off", "face_value_fen": None, "percent": 15, "discount_cap_fen": 500}])
@pytest.mark.parametrize("spend", [0, 6])
def test_a_purchase_too_small_for_a_discount_uses_no_coupon_up(rich, on_sale, li, mei, shop, settings, terms, spend):
    coupon = exchanges.exchange(on_sale(**terms).id, by=li, settings=settings, now=NOON)
    if spend and not terms:
        assert redemptions.redeem(coupon.short_code, shop.id, spend_fen=spend, by=mei, settings=settings, now=NOON).discount_fen == spend
        return
    with pytest.raises(ValidationFailed) as refused:
        redemptions.redeem(coupon.short_code, shop.id, spend_fen=spend, by=mei, settings=settings, now=NOON)
    assert set(refused.value.errors) == {"spend_fen"} and coupon.status == "available"


def test_coupons_expire_a_batch_at_a_time(rich, on_sale, li, settings):
    for _ in range(2):
        exchanges.exchange(on_sale(points_price=10, valid_days=1).id, by=li, settings=settings, now=NOON)
    over = NOON + timedelta(days=1)
    assert coupons.expire(over - timedelta(seconds=1)) == 0
    assert [coupons.expire(over, most=1) for _ in range(3)] == [1, 1, 0]
