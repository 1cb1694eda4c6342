"""A page of offers is what their own rule lets one see, with how many one has."""
import json
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from models import Coupon, Offer, Shop, db
from services import ledger
from services.coupons import availability, coupons, exchanges, offers, pages
from services.ledger import Cause
from services.points import funds
from services.refusals import NotFound
from tests.conftest import NOON

LAST = UUID(int=2**128 - 1)


@pytest.fixture
def on_sale(town, zhao, fund, lins_market, clinic, li, settings):
    """Offers of both merchants in three areas, some drafts, some paused; Li had two of a paused one, and gave one back."""
    made = []
    for n, (seller, area, title, status) in enumerate((
            (lins_market, town.community, "Rice 10% off", "on_sale"), (clinic, town.grid_a, "rice_cake", "on_sale"),
            (lins_market, town.grid_b, "Tea/coffee", "draft"), (clinic, town.community, "Tea", "paused"),
            (lins_market, town.grid_a, "RICE", "paused"), (clinic, town.grid_b, "Soap", "on_sale"))):
        offer = offers.create(shop_ids=[], by=zhao, now=NOON, merchant_id=seller.id, title=title, kind="cash_off", face_value_fen=1000,
                              points_price=10 + n, stock=9, area_id=area.id, on_sale_from=NOON, on_sale_until=NOON + timedelta(days=9),
                              valid_days=30, funded_by="community")
        if status != "draft":
            offers.step(offer.id, "publish", by=zhao, now=NOON)
        made.append((offer, status))
    ledger.credit(funds.purse_of(town.grid_a, li.id, NOON), 60, kind="activity", because=Cause("activity_record", uuid4()),
                  lapses_on=NOON.date(), now=NOON)
    paused = made[4][0]
    kept, back = (exchanges.exchange(paused.id, by=li, settings=settings, now=NOON) for _ in range(2))
    coupons.refund(back.id, by=li, now=NOON)
    for offer, status in made:
        if status == "paused":
            offers.step(offer.id, "pause", by=zhao, now=NOON)
    db.session.commit()
    assert db.session.get(Coupon, kept.id).status == "available"
    return [offer for offer, _ in made]


def ids(rows):
    return [row.id for row in rows]


FILTERS = ({}, {"q": "rice"}, {"q": "%"}, {"q": "_"}, {"q": "/"}, {"q": "nothing"}, {"kind": "cash_off"}, {"kind": "goods"}, {"status": "paused"},
           {"status": "draft", "q": "TEA"})


@pytest.mark.parametrize("narrowed", FILTERS, ids=str)
def test_a_page_shows_what_the_rule_lets_each_see(town, on_sale, li, zhang, wang, zhao, lin, kang, narrowed):
    seen = {}
    for person in (li, zhang, wang, zhao, lin, kang):
        expected = db.session.scalars(offers.search(person, NOON, **narrowed).order_by(Offer.id.desc())).unique().all()
        seen[person.display_name] = ids(pages.newest(person, NOON, holder=person, before=LAST, most=99, **narrowed))
        assert seen[person.display_name] == ids(expected), person.display_name
    if not narrowed:
        assert {name: len(found) for name, found in seen.items()} == {"李娜": 4, "张伟": 3, "王网格": 4, "赵主任": 6, "林老板": 5, "康医生": 4}


@pytest.mark.parametrize(("where", "found"), [("grid_a", [4, 3, 1, 0]), ("grid_b", [5, 3, 2, 0]), ("grid_c", []),
                                              ("community", [5, 4, 3, 2, 1, 0]), ("city", [5, 4, 3, 2, 1, 0])])
def test_an_area_means_its_subtree_and_what_is_around_it(town, on_sale, zhao, where, found):
    area_id = getattr(town, where).id
    assert ids(pages.newest(zhao, NOON, holder=zhao, before=LAST, most=99, area_id=area_id)) == [on_sale[n].id for n in found]


def test_a_merchants_offers_and_what_there_is_not(on_sale, zhao, clinic):
    page = partial(pages.newest, zhao, NOON, holder=zhao, before=LAST, most=99)
    assert ids(page(merchant_id=clinic.id)) == [on_sale[n].id for n in (5, 3, 1)]
    for absent in ("merchant_id", "area_id"):
        with pytest.raises(NotFound):
            page(**{absent: uuid4()})


def test_its_pages_follow_each_other(on_sale, zhao):
    first = pages.newest(zhao, NOON, holder=zhao, before=LAST, most=4)
    assert ids(first) + ids(pages.newest(zhao, NOON, holder=zhao, before=first[-1].id, most=4)) == ids(reversed(on_sale))


def test_how_many_one_has_leaves_out_what_was_given_back_and_decides_why_not(on_sale, li, zhao):
    shown = pages.newest(zhao, NOON, holder=li, before=LAST, most=99)
    held = {offer.id: offer.held for offer in shown}
    assert held == dict.fromkeys(held, 0) | {on_sale[4].id: 1}
    again = {offer.id: type(refusal) for offer, refusal in zip(shown, pages.refusals(li, shown, NOON), strict=True)}
    assert again == {offer_id: type(refusal) for offer_id, refusal in availability.refusals_for(li, on_sale, NOON).items()}
    assert again[on_sale[0].id] is type(None) and again[on_sale[4].id] is availability.OfferNotOnSale
    assert [json.loads(shown[0].shown)[key] for key in ("merchant_name", "shop_ids")] == ["康宁诊所", []]


def test_the_shops_that_an_offer_names_come_with_it(on_sale, zhao, lins_market):
    shops = db.session.query(Shop).filter_by(merchant_id=lins_market.id).order_by(Shop.id).all()
    offers.edit(offers.editable(on_sale[2].id, by=zhao, now=NOON), by=zhao, now=NOON, shop_ids=[shop.id for shop in shops])
    shown = {offer.id: json.loads(offer.shown)["shop_ids"] for offer in pages.newest(zhao, NOON, holder=zhao, before=LAST, most=99)}
    assert shown[on_sale[2].id] == [str(shop.id) for shop in shops] and shown[on_sale[0].id] == []
