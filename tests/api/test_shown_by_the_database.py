"""What the database writes as JSON is what the API shows of the same row elsewhere, whatever is in it."""
from datetime import timedelta

import pytest
from sqlalchemy import Boolean, LargeBinary, column, event, select

from api.coupons.offers import OfferSchema
from api.edge.fields import Moment
from api.points import EntrySchema
from api.records.activity_records import ReadRecordSchema
from models import CheckState, Coupon, Offer, Posting, Shop, as_json, db
from models.statements import is_postgresql
from services import ledger
from services.coupons import exchanges, offers
from services.ledger import Cause
from services.points import funds
from services.records import approvals, records
from tests.conftest import NOON

ODD = 'say "hi" \\ then/\n\ttab \x01 \x7f 𠮷 👩‍👩‍👧 {"a": [1]} \u2028 %s :x $1 é'
MOMENTS = (timedelta(), timedelta(milliseconds=1), timedelta(milliseconds=990), timedelta(microseconds=999))


@pytest.fixture
def told(town, li, wang, fund):
    """Records of odd words, at odd moments, one of them credited."""
    made = []
    for n, late in enumerate(MOMENTS):
        began = NOON - timedelta(hours=2) + late
        made.append(records.declare(by=li, now=NOON + late, category="care", area_id=town.grid_a.id, description=f"{ODD}{n}", started_at=began,
                                    ended_at=began + timedelta(hours=1)))
    approvals.approve(made[0].id, by=wang, now=NOON, points=30, note=ODD)
    db.session.commit()
    return made


def listed(client, path):
    return client.get(f"/api/v1{path}").json["items"]


def test_a_record_of_odd_words_and_moments(as_, told, li, wang, town):
    queued, own = listed(as_(wang), f"/activity-records?area_id={town.grid_a.id}"), listed(as_(li), "/me/activity-records")
    assert queued == own and len(own) == len(told)
    for shown, record in zip(own, reversed(told), strict=True):
        assert set(shown) == set(ReadRecordSchema().dump_fields)
        assert shown["description"] == record.description
        assert (shown["created_at"], shown["started_at"]) == (Moment.shown(record.created_at), Moment.shown(record.started_at))
        alone = as_(wang).get(f"/api/v1/activity-records/{record.id}").json
        assert shown | {"history": None} == {name: alone[name] for name in shown} | {"history": None}
    assert own[-1]["history"][1]["note"] == ODD


@pytest.mark.only("postgresql")
def test_a_line_in_another_zone_shows_the_same_moments(as_, told, li):
    """A pooler between may have dropped the zone that we ask for."""
    @event.listens_for(db.engine, "checkout")
    def elsewhere(line, record, proxy):
        line.execute("SET TIME ZONE 'Asia/Shanghai'")
        line.commit()
    try:
        db.session.remove()
        own = listed(as_(li), "/me/activity-records")
    finally:
        event.remove(db.engine, "checkout", elsewhere)
    assert [shown["created_at"] for shown in own] == [Moment.shown(record.created_at) for record in reversed(told)]


def test_refused_words_are_shown_to_their_writer_alone(as_, told, li, wang, town):
    told[1].text_state, told[2].text_state = CheckState.REFUSED, CheckState.REFUSED
    told[2].entered_by_id = wang.id
    db.session.commit()
    words = lambda client, path: [bool(shown["description"]) for shown in listed(client, path)][::-1]  # noqa: E731
    assert words(as_(li), "/me/activity-records") == [True, True, False, True]
    assert words(as_(wang), f"/activity-records?area_id={town.grid_a.id}") == [True, False, True, True]


def test_an_offer_and_a_statement(as_, told, li, zhao, town, lins_market, settings):
    terms = {"merchant_id": lins_market.id, "title": '10% "off" \\', "kind": "goods", "item": "米\n", "face_value_fen": 0, "points_price": 10,
             "stock": 2, "per_resident_limit": 1, "area_id": town.community.id, "on_sale_from": NOON - timedelta(milliseconds=10),
             "on_sale_until": NOON + timedelta(days=9), "valid_days": 30, "funded_by": "community"}
    for shop_ids in ([], db.session.scalars(select(Shop.id).filter_by(merchant_id=lins_market.id)).all()):
        offers.step(offers.create(shop_ids=shop_ids, by=zhao, now=NOON, **terms).id, "publish", by=zhao, now=NOON)
    ledger.credit(funds.purse_of(town.grid_a, li.id, NOON), 30, kind="activity", because=Cause("activity_record", told[0].id),
                  lapses_on=NOON.date(), now=NOON)
    db.session.commit()
    newest = db.session.scalars(select(Offer.id).order_by(Offer.id.desc())).first()
    coupon = exchanges.exchange(newest, by=li, settings=settings, now=NOON)
    db.session.commit()
    for shown in listed(as_(li), "/offers"):
        assert set(shown) == set(OfferSchema().dump_fields)
        alone = as_(li).get(f"/api/v1/offers/{shown['id']}").json
        assert {name: alone[name] for name in shown} == shown
        assert (shown["can_exchange"], shown["why_not"]) == ((False, "limit_reached") if shown["id"] == str(coupon.offer_id) else (True, None))
    spent, earned = listed(as_(li), "/me/points/entries")
    posting = db.session.scalars(select(Posting).filter_by(because_id=coupon.id)).one()
    assert set(spent) == set(earned) == set(EntrySchema().dump_fields)
    assert spent == {"id": str(posting.id), "at": Moment.shown(NOON), "amount": -10, "balance_after": 20, "kind": posting.kind, "memo": posting.memo,
                     "because": {"type": "coupon", "id": str(coupon.id)}, "title": terms["title"]}
    assert (earned["title"], earned["amount"], db.session.get(Coupon, coupon.id).points_paid) == (None, 30, 10)


def test_no_rows_are_an_empty_array(as_, li, wang):
    for client, path in ((as_(li), "/me/activity-records"), (as_(li), "/offers"), (as_(li), "/me/points/entries"), (as_(wang), "/activity-records")):
        assert client.get(f"/api/v1{path}").json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("kind", [Boolean(), LargeBinary()], ids=str)
def test_a_type_of_which_nothing_is_known_is_refused(app, kind):
    with pytest.raises(TypeError):
        as_json.row(is_postgresql(), secret=column("secret", kind))
