"""What the crowd wants: an event, points, an offer, a balance, a coupon at a till."""
import threading
import time
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from api.edge import turns
from models import Direction, Shop, WalletKind, db
from services import events, ledger
from services.access import sign_in
from services.coupons import offers
from services.ledger import Cause
from services.people import joins, residents
from services.points import funds
from services.records import approvals, records
from services.scans import presence
from tests.conftest import NOON
from tests.races.crowd import CROWD, at_once, post


@pytest.fixture(autouse=True)
def all_at_work(app):
    """On SQLite requests of a process take turns, and so would hide a guard that is missing: other processes take none."""
    turns_of_a_process = app.extensions["linli_turns"]
    app.extensions["linli_turns"] = turns.Turns(one_by_one=False)
    yield
    app.extensions["linli_turns"] = turns_of_a_process


@pytest.fixture
def token(as_):
    return lambda person: as_(person).environ_base["HTTP_AUTHORIZATION"]


@pytest.fixture
def cleanup(town, wang):
    def plan(capacity=None):
        event = events.plan(by=wang, now=NOON - timedelta(days=1), area_id=town.grid_a.id, title="清扫", category="environment",
                            starts_at=NOON, ends_at=NOON + timedelta(hours=2), capacity=capacity, check_in_mode="both",
                            check_out_required=True, points_per_hour=10, points_max=40, missing_check_out="review")
        events.step(event, "publish", by=wang, now=NOON - timedelta(days=1))
        db.session.commit()
        return event
    return plan


@pytest.fixture
def closing(app, cleanup, live, town, wang, token, settings):
    """Fifteen check in while Wang closes the event; gives the answers."""
    event = cleanup()
    body = {"token": presence.show_event(event, Direction.IN, settings=settings, now=NOON).token}
    staff, crowd = token(wang), [token(live(f"居民{i}", town.grid_a)) for i in range(CROWD)]

    def act(i):
        if i:
            return post(app, crowd[i], "check-ins", body)
        time.sleep(0.1)
        return post(app, staff, f"events/{event.id}/close", {})
    return lambda: at_once(app, act)


@pytest.fixture
def joining(app, cleanup, town, wang, token, settings, rich, offer):
    """Somebody does what residents do, fifteen times at once, while Wang joins them to the person of a card; gives the answers."""
    event, granny = cleanup(), residents.enrol("冉婆婆", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)
    phone = sign_in.by_openid("granny", settings=settings, now=NOON).person
    rich(phone, 20)
    own = presence.show_person(phone, settings=settings, now=NOON).token
    acts = [("check-ins", {"token": presence.show_event(event, Direction.IN, settings=settings, now=NOON).token}),
            (f"events/{cleanup().id}/sign-ups", {}), ("coupons", {"offer_id": offer(stock=20)}),
            ("activity-records", {"category": "x", "area_id": str(town.grid_a.id), "description": "陪诊",
                                  "started_at": "2026-05-06T09:00:00+08:00", "ended_at": "2026-05-06T10:00:00+08:00"})]
    staff, resident = token(wang), token(phone)

    def act(i):
        if i:
            return post(app, resident, *acts[i % len(acts)])
        time.sleep(0.1)
        return post(app, staff, f"residents/{granny.id}/join", {"resident_token": own})
    return SimpleNamespace(run=lambda: at_once(app, act), left=phone.id, stays=granny.id)


@pytest.fixture
def rich(town, fund, li):
    def give(person, points):
        ledger.credit(funds.purse_of(town.community, person.id, NOON), points, kind="activity", now=NOON,
                      because=Cause("activity_record", uuid4()), lapses_on=NOON.date() + timedelta(days=90))
        db.session.commit()
    return give


@pytest.fixture
def offer(town, lins_market, zhao, fund):
    def make(stock):
        made = offers.create(title="满减", kind="cash_off", face_value_fen=1000, percent=None, discount_cap_fen=None, item=None,
                             min_spend_fen=0, points_price=10, stock=stock, per_resident_limit=20, shop_ids=[],
                             on_sale_from=NOON - timedelta(days=1), on_sale_until=NOON + timedelta(days=9), valid_days=30,
                             funded_by="community", merchant_id=lins_market.id, area_id=town.community.id, by=zhao, now=NOON)
        offers.step(made.id, "publish", by=zhao, now=NOON)
        db.session.commit()
        return str(made.id)
    return make


@pytest.fixture
def spend_ten(rich, li, fund, town):
    """Li has ten points; the act spends them."""
    rich(li, 10)
    holder, spent = ledger.wallet(li.id, WalletKind.RESIDENT).id, ledger.wallet(fund.id, WalletKind.SPENT).id
    area = town.community.id

    def act(i):
        ledger.spend(holder, spent, 10, kind="coupon", because=Cause("coupon", uuid4()), area_id=area, now=NOON)
        db.session.commit()
        return "spent"
    return act


def declared_by(person, town):
    """A record that needs two approvals."""
    return records.declare(by=person, now=NOON, category="neighbours", area_id=town.grid_a.id, description="陪诊",
                           started_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=2))


@pytest.fixture
def declared(town, li, fund):
    record = declared_by(li, town)
    db.session.commit()
    return record.id


@pytest.fixture
def half_approved(town, li, wang, fund):
    """A declared record that Wang has approved and that waits for a second approver."""
    record = declared_by(li, town)
    approvals.approve(record.id, by=wang, now=NOON)
    db.session.commit()
    return f"activity-records/{record.id}/approve"


@pytest.fixture
def at_the_till(app, rich, offer, li, mei, lins_market, token):
    """Li's coupon, Mei at the till, and what Mei sends."""
    rich(li, 10)
    coupon = post(app, token(li), "coupons", {"offer_id": offer(stock=5)}).json
    shop = db.session.query(Shop.id).filter_by(merchant_id=lins_market.id).scalar()
    return SimpleNamespace(token=token(mei), body={"code": coupon["short_code"], "shop_id": str(shop)})


@pytest.fixture
def joined_while(app, town, wang, token, settings, monkeypatch):
    """The phone's person is joined to the one of a card by Wang once an act has come to what it is told by a name, and before it commits; gives
    what came of both."""
    granny = residents.enrol("冉婆婆", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)
    phone = sign_in.by_openid("granny", settings=settings, now=NOON).person
    own = presence.show_person(phone, settings=settings, now=NOON).token
    db.session.commit()

    staff = token(wang)

    def join():
        return post(app, staff, f"residents/{granny.id}/join", {"resident_token": own})

    def run(first, where, name, *, then=join, before=False):
        at_it, real = threading.Event(), getattr(where, name)

        def slow(*args, **more):
            if at_it.is_set():
                return real(*args, **more)
            found = None if before else real(*args, **more)
            at_it.set()
            time.sleep(0.6)
            return real(*args, **more) if before else found
        monkeypatch.setattr(where, name, slow)

        def act(i):
            if i == 0:
                return first()
            at_it.wait(10)
            return then()
        return at_once(app, act, number=2)
    return SimpleNamespace(run=run, join=join, phone=phone, stays=granny, app=app)


@pytest.fixture
def while_joined(joined_while):
    """The other way round: somebody does meanwhile what waits for the joining; gives the answers, the joining's first."""
    def run(*act):
        return joined_while.run(joined_while.join, joins, "_carry_points", then=lambda: post(joined_while.app, *act))
    return SimpleNamespace(run=run, phone=joined_while.phone, stays=joined_while.stays)
