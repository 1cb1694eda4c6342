"""Sixteen at once want what only one may have. Each guard has a negative control: without it the test sees two winners."""
import threading
import time
import uuid
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text, update

from models import CheckIn, Direction, Posting, Shop, SignUp, Wallet, WalletKind, db
from services import approvals, check_ins, events, ledger, offers, presence, records
from services.ledger import Cause, Overdrawn
from tests.conftest import NOON

CROWD = 16


def at_once(app, act, number=CROWD):
    """What `act(i)` gave each thread, an exception included; all start together."""
    db.session.remove()
    barrier, answers = threading.Barrier(number), [None] * number

    def run(i):
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                answers[i] = act(i)
            except Exception as error:
                answers[i] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert all(answer is not None for answer in answers)
    return answers


def post(app, token, path, body, key=None):
    """As a patient client does: busy is tried again with the same key."""
    client, key = app.test_client(), key or uuid.uuid4().hex
    for _ in range(40):
        answer = client.post(f"/api/v1/{path}", json=body, headers={"Authorization": token, "Idempotency-Key": key})
        if answer.status_code != 503:
            break
        time.sleep(0.05)
    return answer


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def one_of(winner, loser):
    return sorted([winner] + [loser] * (CROWD - 1))


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
def rich(town, fund, li):
    def give(person, points):
        ledger.credit(approvals.purse_of(town.community, person.id, NOON), points, kind="activity", now=NOON,
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


def test_one_resident_checks_in_once(app, cleanup, li, token, settings):
    body = {"token": presence.show_event(cleanup(), Direction.IN, settings=settings, now=NOON).token}
    mine = token(li)
    answers = at_once(app, lambda i: post(app, mine, "check-ins", body))
    assert statuses(answers) == one_of(201, 409)
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1
    assert ledger.problems() == []


def test_without_the_index_one_resident_would_check_in_more_than_once(app, cleanup, li, token, settings, monkeypatch):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("writers follow one another on SQLite")
    body = {"token": presence.show_event(cleanup(), Direction.IN, settings=settings, now=NOON).token}
    mine = token(li)
    for index in ("uq_check_ins_live", "uq_sign_ups_live"):
        db.session.execute(text(f"DROP INDEX {index}"))
    db.session.commit()
    look = check_ins._earlier
    monkeypatch.setattr(check_ins, "_earlier", lambda scan: (look(scan), time.sleep(0.2))[0])
    monkeypatch.setattr(check_ins, "_take_place", lambda scan, status: None)
    assert statuses(at_once(app, lambda i: post(app, mine, "check-ins", body))).count(201) > 1


def test_an_event_for_one_takes_one(app, cleanup, live, town, token, settings):
    event = cleanup(capacity=1)
    body = {"token": presence.show_event(event, Direction.IN, settings=settings, now=NOON).token}
    crowd = [token(live(f"居民{i}", town.grid_a)) for i in range(CROWD)]
    answers = at_once(app, lambda i: post(app, crowd[i], "check-ins", body))
    assert statuses(answers) == one_of(201, 409)
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"event_full"}
    assert db.session.scalar(select(func.count()).select_from(SignUp).where(SignUp.status == "confirmed")) == 1


def test_one_record_is_credited_once(app, town, live, li, wang, zhao, fund, token):
    record = records.declare(by=li, now=NOON, category="neighbours", area_id=town.grid_a.id, description="陪诊",
                             started_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=2))
    approvals.approve(record.id, by=wang, now=NOON)
    db.session.commit()
    path, second = f"activity-records/{record.id}/approve", token(zhao)
    answers = at_once(app, lambda i: post(app, second, path, {}))
    assert statuses(answers) == one_of(200, 409)
    assert db.session.scalar(select(func.count()).select_from(Posting).where(Posting.kind == "activity")) == 1
    assert ledger.problems() == []


def spend_ten(rich, li, fund, town):
    rich(li, 10)
    holder, spent = ledger.wallet(li.id, WalletKind.RESIDENT).id, ledger.wallet(fund.id, WalletKind.SPENT).id
    area = town.community.id

    def act(i):
        ledger.spend(holder, spent, 10, kind="coupon", because=Cause("coupon", uuid4()), area_id=area, now=NOON)
        db.session.commit()
        return "spent"
    return act


def test_one_balance_is_spent_once(app, rich, li, fund, town):
    answers = at_once(app, spend_ten(rich, li, fund, town))
    assert answers.count("spent") == 1
    assert sum(isinstance(answer, Overdrawn) for answer in answers) == CROWD - 1
    assert ledger.wallet(li.id, WalletKind.RESIDENT).balance == 0
    assert ledger.problems() == []


def test_without_the_guard_one_balance_would_be_spent_more_than_once(app, rich, li, fund, town, monkeypatch):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("writers follow one another on SQLite")
    act = spend_ten(rich, li, fund, town)

    def read_then_write(wallet_id: UUID, amount: int) -> int:
        row = db.session.execute(select(Wallet.balance, Wallet.floor).where(Wallet.id == wallet_id)).one()
        time.sleep(0.2)
        if row.floor is not None and row.balance + amount < row.floor:
            raise Overdrawn
        db.session.execute(update(Wallet).where(Wallet.id == wallet_id).values(balance=row.balance + amount)
                           .execution_options(synchronize_session=False))
        return row.balance + amount
    monkeypatch.setattr(ledger, "_change", read_then_write)
    monkeypatch.setattr(ledger, "LOWER_LOTS", text("SELECT 1 WHERE :posting = :posting").bindparams(
        *[parameter for parameter in ledger.LOWER_LOTS._bindparams.values()]))
    assert at_once(app, act).count("spent") > 1
    assert ledger.problems() != []


def test_the_last_of_a_stock_is_sold_once(app, rich, offer, live, town, token):
    last, crowd = {"offer_id": offer(stock=1)}, [live(f"居民{i}", town.grid_a) for i in range(CROWD)]
    for person in crowd:
        rich(person, 10)
    crowd = [token(person) for person in crowd]
    answers = at_once(app, lambda i: post(app, crowd[i], "coupons", last))
    assert statuses(answers) == one_of(201, 409)
    assert ledger.problems() == []


def test_one_coupon_is_redeemed_once(app, rich, offer, li, mei, lins_market, token):
    rich(li, 10)
    coupon = post(app, token(li), "coupons", {"offer_id": offer(stock=5)}).json
    shop = db.session.query(Shop.id).filter_by(merchant_id=lins_market.id).scalar()
    body, till = {"code": coupon["short_code"], "shop_id": str(shop)}, token(mei)
    answers = at_once(app, lambda i: post(app, till, "redemptions", body))
    assert statuses(answers) == one_of(201, 409)
    assert ledger.problems() == []


def test_one_key_has_one_effect_and_one_answer(app, cleanup, li, token, settings):
    body = {"token": presence.show_event(cleanup(), Direction.IN, settings=settings, now=NOON).token}
    mine, key = token(li), uuid.uuid4().hex
    answers = at_once(app, lambda i: post(app, mine, "check-ins", body, key))
    done = [answer for answer in answers if answer.status_code == 201]
    assert done
    assert len({answer.data for answer in done}) == 1
    assert {answer.json["code"] for answer in answers if answer.status_code != 201} <= {"request_in_progress"}
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1
