"""Long storms: who comes and goes takes no place twice, eight shops use a coupon once, and a settlement closes under redemptions.

STORM makes each so many times as long (`make test-faults`). The last of each pair is its negative control.
"""
import os
import random
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from models import Event, Redemption, Settlement, SettlementLine, Shop, SignUp, Unit, WalletKind, db
from services import ledger, sign_ups
from services.coupons import coupon_codes, redemptions
from services.merchants import settlements, statements
from services.points import books
from tests.conftest import NOON
from tests.races.crowd import CROWD, at_once, post, slowly
from tests.races.test_without_guards import drop, looking_away_after  # noqa: F401

STORM = int(os.environ.get("STORM", "1"))
SHOPS = 8
pytestmark = pytest.mark.timeout(120 + 60 * STORM)


def delete(app, token, path):
    for _ in range(40):
        answer = app.test_client().delete(f"/api/v1/{path}", headers={"Authorization": token})
        if answer.status_code != 503:
            break
    return answer


@pytest.fixture
def coming_and_going(app, cleanup, live, town, token):
    """Sixteen sign up for five places and withdraw, by chance, `turns` times each; gives the event and how often each was answered how."""
    event, crowd = cleanup(capacity=5), [token(live(f"居民{i}", town.grid_a)) for i in range(CROWD)]

    def run(turns):
        def act(i):
            chance, path = random.Random(i), f"events/{event.id}/sign-ups"
            return Counter((post(app, crowd[i], path, {}) if chance.random() < 0.5 else delete(app, crowd[i], f"{path}/me")).status_code
                           for _ in range(turns))
        return event.id, at_once(app, act, seconds=60 * STORM)
    return run


def places(event_id):
    db.session.rollback()
    taken = db.session.scalar(select(Event.taken).where(Event.id == event_id))
    rows = dict(db.session.execute(select(SignUp.status, func.count()).where(SignUp.event_id == event_id).group_by(SignUp.status)).all())
    return taken, rows.get("confirmed", 0), rows.get("waitlisted", 0)


def test_places_are_never_more_and_never_fewer_than_who_holds_them(coming_and_going):
    event_id, answers = coming_and_going(turns=20 * STORM)
    seen = sum(answers, Counter())
    assert set(seen) == {201, 204, 404, 409}, answers
    taken, held, waiting = places(event_id)
    assert taken == held <= 5
    assert held == 5 or not waiting, "nobody waits beside a free place"
    assert held + waiting == seen[201] - seen[204]


def test_places_would_be_miscounted(app, cleanup, live, town, token, monkeypatch):
    event, (one, other) = cleanup(capacity=5), [token(live(name, town.grid_a)) for name in ("一", "二")]
    path, event_id, waiting = f"events/{event.id}/sign-ups", event.id, [other]

    def read_then_write(event_id):
        taken = db.session.scalar(select(Event.taken).where(Event.id == event_id))
        if waiting:  # somebody else withdraws between the look and the write
            db.session.commit()
            with app.app_context():
                assert delete(app, waiting.pop(), f"{path}/me").status_code == 204
        db.session.execute(update(Event).where(Event.id == event_id).values(taken=taken - 1).execution_options(synchronize_session=False))
    for who in (one, other):
        assert post(app, who, path, {}).status_code == 201
    monkeypatch.setattr(sign_ups, "give_place_back", read_then_write)
    assert delete(app, one, f"{path}/me").status_code == 204
    assert places(event_id) == (1, 0, 0)


@pytest.fixture
def tills(app, rich, offer, li, mei, lin, zhao, lins_market, token, settings):
    """The market's eight shops, and coupons of Li's for them."""
    name = db.session.scalars(select(Shop).filter_by(merchant_id=lins_market.id)).one()
    db.session.add_all(Shop(merchant_id=lins_market.id, name=f"{name.name}{i}", address="x", created_at=NOON) for i in range(SHOPS - 1))
    db.session.commit()
    shops = [str(shop_id) for shop_id in db.session.scalars(select(Shop.id).filter_by(merchant_id=lins_market.id))]
    selling = []
    rich(li, 50_000)
    resident, clerk, admin = token(li), token(mei), token(zhao)

    def coupon(number):
        if number % 20 == 0:  # nobody may have more of one offer
            selling.append(offer(stock=20))
        bought = post(app, resident, "coupons", {"offer_id": selling[-1]})
        assert bought.status_code == 201, bought.json
        return bought.json["short_code"]
    return SimpleNamespace(shops=shops, coupon=coupon, clerk=clerk, admin=admin)


def used(app, tills, code, i):
    return post(app, tills.clerk, "redemptions", {"code": code, "shop_id": tills.shops[i % SHOPS]})


def test_of_eight_shops_that_take_a_coupon_at_once_one_has_it(app, tills, monkeypatch):
    monkeypatch.setattr(redemptions, "present", slowly(coupon_codes.present, 0.02))
    for number in range(5 * STORM):
        code = tills.coupon(number)
        answers = at_once(app, lambda i, code=code: used(app, tills, code, i))
        assert Counter(answer.json.get("code") for answer in answers) == {None: 1, "coupon_already_used": CROWD - 1}
        [winner] = [answer.json["shop_id"] for answer in answers if answer.status_code == 201]
        told = {answer.json["shop_id"] for answer in answers if "shop_id" in answer.json}
        assert told == {winner}, "where it was used is told to that shop alone"
    assert db.session.scalar(select(func.count()).select_from(Redemption)) == 5 * STORM
    assert books.problems() == []


def test_more_than_one_of_eight_shops_would_have_it(app, tills, monkeypatch, drop):  # noqa: F811
    drop("uq_redemptions_live")
    monkeypatch.setattr(redemptions, "present", looking_away_after(coupon_codes.present))
    monkeypatch.setattr(redemptions, "_use", lambda coupon, now: None)
    code = tills.coupon(0)
    assert [answer.status_code for answer in at_once(app, lambda i: used(app, tills, code, i))].count(201) > 1


@pytest.fixture
def closing_under_redemptions(app, tills, lins_market):
    """Twelve use coupons and take some uses back while four make settlements; then one settlement more takes the rest."""
    period = {"merchant_id": str(lins_market.id), "period_start": "2026-05-01", "period_end": "2026-05-31"}

    def run(turns):
        codes = [[tills.coupon(i * turns + turn) for turn in range(turns)] for i in range(12)]

        def act(i):
            if i >= 12:
                return Counter(post(app, tills.admin, "settlements", period).status_code for _ in range(turns))
            chance, seen = random.Random(i), Counter()
            for code in codes[i]:
                use = used(app, tills, code, i)
                seen[use.status_code] += 1
                if chance.random() < 0.5:
                    back = post(app, tills.admin, f"redemptions/{use.json['id']}/reverse", {"reason": "x"})
                    seen[back.json.get("code", "reversed")] += 1
            return seen
        answers = at_once(app, act, seconds=60 * STORM)
        last = post(app, tills.admin, "settlements", period)
        assert last.status_code == 201, last.json
        db.session.rollback()
        return answers
    return run


@pytest.fixture
def settings(settings):
    return replace(settings, reversal_minutes=0)  # what is used may be settled at once


def test_each_use_is_in_one_settlement_and_the_sums_agree(closing_under_redemptions, lins_market):
    seen = sum(closing_under_redemptions(turns=2 * STORM if STORM < 10 else 20), Counter())
    assert set(seen) <= {201, "reversed", "already_settled"}, seen
    done = set(db.session.scalars(select(Redemption.id).filter_by(status="done")))
    lines = db.session.execute(select(SettlementLine.redemption_id, SettlementLine.amount_fen)).all()
    assert sorted(redemption for redemption, _ in lines) == sorted(done)
    assert db.session.scalar(select(func.count()).select_from(Redemption)) == len(done) + seen["reversed"]
    fen = sum(fen for _, fen in lines)
    assert fen == ledger.wallet(lins_market.id, WalletKind.MERCHANT, Unit.FEN).balance
    for made in db.session.scalars(select(Settlement)):
        of_it = db.session.execute(select(SettlementLine.redemption_id, SettlementLine.amount_fen).where(
            SettlementLine.settlement_id == made.id).order_by(SettlementLine.redemption_id)).all()
        assert (made.amount_fen, made.line_count) == (sum(fen for _, fen in of_it), len(of_it))
        assert statements.digest(made) == sha256("".join(f"{redemption},{fen}\n" for redemption, fen in of_it).encode()).hexdigest()
    assert books.problems() == []


def test_a_use_taken_back_would_be_settled(app, tills, lins_market, monkeypatch):
    real, use = settlements._due, used(app, tills, tills.coupon(0), 0).json["id"]

    def taken_back_meanwhile(*args):
        found = real(*args)
        db.session.commit()
        with app.app_context():
            assert post(app, tills.admin, f"redemptions/{use}/reverse", {"reason": "x"}).status_code == 200
        return found
    monkeypatch.setattr(settlements, "_due", taken_back_meanwhile)
    post(app, tills.admin, "settlements", {"merchant_id": str(lins_market.id), "period_start": "2026-05-01", "period_end": "2026-05-31"})
    db.session.rollback()
    assert list(db.session.scalars(select(SettlementLine.redemption_id).join(Redemption, Redemption.id == SettlementLine.redemption_id)
                                   .where(Redemption.status == "reversed"))) == [UUID(use)]
