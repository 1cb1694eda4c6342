"""Each route that takes an Idempotency-Key, asked many times at once with one key: one effect, one answer.

What many write is what one writes, table by table; with the key off they write more. A key whose hours are over protects nobody:
then the row's own rule does, or the request is a new one. ROUNDS repeats it all (`make test-faults`).
"""
import os
import uuid
from dataclasses import replace

import pytest
from flask import g
from sqlalchemy import delete, func, select

from api.edge import idempotency
from models import Direction, IdempotencyKey, Shop, db
from services.points import books
from services.scans import presence
from tests import credit_books
from tests.conftest import NOON
from tests.races.crowd import at_once, post
from tests.test_architecture import views

ROUNDS = int(os.environ.get("ROUNDS", "1"))
MANY = 8
REASON = {"reason": "x"}
NOT_EFFECTS = {"idempotency_keys", "refused_scans"}
ASKS = {  # the route: who asks, for which row, with what, with what else under the same key, and what comes once the key is forgotten
    "activity-records": ("li", None, "deed", {"description": "y"}, 201),  # two deeds of one kind are two deeds
    "activity-records/<uuid:record_id>/approve": ("zhao", "fresh", {}, {"note": "y"}, "already_approved_by_you"),
    "activity-records/<uuid:record_id>/reject": ("zhao", "fresh", REASON, {"reason": "y"}, "already_decided"),
    "activity-records/<uuid:record_id>/reverse": ("qian", "credited", REASON, {"reason": "y"}, "not_credited"),
    "activity-records/decisions": ("zhao", None, "decisions", {"items": []}, 200),  # each item is refused by itself
    "check-ins": ("li", None, "scan", {"token": "I" + "A" * 28}, "already_checked_in"),
    "coupons": ("li", None, "offer", {"offer_id": str(uuid.UUID(int=7))}, 201),  # as many as the offer's limit allows
    "coupons/<uuid:coupon_id>/refund": ("li", "coupon", {}, None, "coupon_void"),
    "funds/<uuid:fund_id>/top-ups": ("zhao", "fund", {"points": 1, "amount_fen": 1, "reference": "x"}, {"reference": "y"}, 201),
    "redemptions": ("mei", None, "till", {"spend_fen": 1}, "coupon_already_used"),
    "redemptions/<uuid:redemption_id>/reverse": ("zhao", "used", REASON, {"reason": "y"}, "invalid_transition"),
    "settlements": ("zhao", None, "period", {"period_end": "2026-05-30"}, 201),  # of what is not settled yet: of nothing
    "settlements/<uuid:settlement_id>/pay": ("qian", "approved", {"paid_at": NOON.isoformat(), "bank_reference": "x"},
                                             {"bank_reference": "y"}, "invalid_transition"),
    "letters/<uuid:letter_id>/send": ("li", "letter", {}, None, "letter_sent"),
}

ELSEWHERE = ("civility/visits/<uuid:visit_id>/findings", "civility/questionnaires/<uuid:questionnaire_id>/sheets",  # tests/races/test_civility.py
             "civility/versions")  # tests/services/test_civility.py


@pytest.fixture
def settings(settings):
    return replace(settings, reversal_minutes=0)  # what is used may be settled at once


@pytest.fixture
def ask(app, rich, offer, cleanup, li, wang, zhao, qian, lin, mei, lins_market, town, fund, token, settings):
    """`ask(route)` makes what the route needs, anew each time; gives whose token, path and body."""
    rich(li, 50_000)
    everybody = {name: token(person) for name, person in (("li", li), ("zhao", zhao), ("qian", qian), ("lin", lin), ("mei", mei))}
    shop, grid, market, fund_id = (str(row_id) for row_id in (
        db.session.scalar(select(Shop.id).filter_by(merchant_id=lins_market.id)), town.grid_a.id, lins_market.id, fund.id))

    def ok(who, path, body):
        answer = post(app, everybody[who], path, body)
        assert answer.status_code < 300, answer.json
        return answer.json

    def deed():
        return {"category": "neighbours", "area_id": grid, "description": "陪诊",
                "started_at": "2026-05-06T09:00:00+08:00", "ended_at": "2026-05-06T10:00:00+08:00"}

    def fresh():
        return ok("li", "activity-records", deed())["id"]

    def credited():
        record = fresh()
        for who in ("zhao", "qian"):
            ok(who, f"activity-records/{record}/approve", {"points": 5})
        return record

    def coupon():
        return ok("li", "coupons", {"offer_id": offer(stock=9)})

    def till():
        return {"code": coupon()["short_code"], "shop_id": shop, "spend_fen": 5000}

    def used():
        return ok("mei", "redemptions", till())["id"]

    def period():
        used()
        return {"merchant_id": market, "period_start": "2026-05-01", "period_end": "2026-05-31"}

    def approved():
        made = ok("zhao", "settlements", period())["id"]
        for who, verb in (("lin", "confirm"), ("zhao", "approve")):
            ok(who, f"settlements/{made}/{verb}", {})
        return made

    def letter():
        if not made_for_letters:
            credit_books.in_force(town.district, by=zhao)
            ok("li", "me/credit-files/join", {"kind": "resident"})
            made_for_letters.append(ok("zhao", "letter-receivers", {
                "area_id": str(town.community.id), "name": "x", "uscc": "91350100M000100Y43", "purpose": "library_deposit", "from_grade": "C",
                "offers_zh": "x", "offers_en": "x"})["id"])
        return ok("li", "letters", {"receiver_id": made_for_letters[0], "kind": "resident"})["id"]
    made_for_letters = []
    rows = {"letter": letter, "fresh": fresh, "credited": credited, "coupon": lambda: coupon()["id"], "fund": lambda: fund_id, "used": used,
            "approved": approved}
    bodies = {"deed": deed, "decisions": lambda: {"items": [{"id": fresh(), "decision": "approve"}]}, "till": till, "period": period,
              "scan": lambda: {"token": presence.show_event(cleanup(), Direction.IN, settings=settings, now=NOON).token},
              "offer": lambda: {"offer_id": offer(stock=9)}}

    def make(route):
        who, row, body, *_ = ASKS[route]
        path = route if row is None else f"{route.partition('<')[0]}{rows[row]()}/{route.rpartition('/')[2]}"
        return everybody[who], path, bodies[body]() if isinstance(body, str) else body
    return make


def counts():
    db.session.rollback()
    return {name: db.session.scalar(select(func.count()).select_from(table)) for name, table in db.metadata.tables.items()}


def written(act):
    """How many rows of each table come with it, and what it gives."""
    before = counts()
    given = act()
    after = counts()
    return {name: after[name] - before[name] for name in after if after[name] != before[name] and name not in NOT_EFFECTS}, given


def test_every_route_that_takes_a_key_is_asked(app):
    """The forms of /admin: tests/admin/test_double_clicks.py."""
    assert {rule.rule for rule, view in views(app) if getattr(view, "once", False) and not rule.rule.startswith("/admin/")} == {
        f"/api/v1/{route}" for route in (*ASKS, *ELSEWHERE)}


@pytest.mark.parametrize("route", ASKS)
@pytest.mark.timeout(600)
def test_one_key_at_once_has_one_effect_and_one_answer(app, ask, route):
    *_, changes, afterwards = ASKS[route]
    by, path, body = ask(route)
    of_one, _ = written(lambda: post(app, by, path, body))
    for _ in range(ROUNDS):
        by, path, body = ask(route)
        key = uuid.uuid4().hex
        of_many, answers = written(lambda by=by, path=path, body=body, key=key: at_once(app, lambda i: post(app, by, path, body, key), MANY))
        good = [answer for answer in answers if answer.status_code < 300]
        assert good, answers[0].json
        assert {answer.json["code"] for answer in answers if answer not in good} <= {"request_in_progress"}
        assert len({(answer.status_code, answer.data) for answer in good}) == 1
        assert of_many == of_one
        nothing, again = written(lambda by=by, path=path, body=body, key=key: post(app, by, path, body, key))
        assert (nothing, again.data, again.headers["Idempotency-Replayed"]) == ({}, good[0].data, "true")
        if changes is not None:
            nothing, other = written(lambda by=by, path=path, body=body, key=key: post(app, by, path, body | changes, key))
            assert (nothing, other.status_code, other.json["code"]) == ({}, 422, "idempotency_key_reused")
        db.session.execute(delete(IdempotencyKey))  # as the worker does after their hours
        db.session.commit()
        late = post(app, by, path, body, key)
        assert afterwards in (late.status_code, late.json.get("code")), late.json
    assert books.problems() == []


@pytest.mark.parametrize("route", [route for route in ASKS if ASKS[route][-1] == 201 and route != "settlements"])
def test_with_the_key_off_many_would_write_more(app, ask, route, monkeypatch):
    def claim_nothing():
        g.key = "x"
    monkeypatch.setattr(idempotency, "claim", claim_nothing)
    monkeypatch.setattr(idempotency, "keep", lambda answer: True)
    by, path, body = ask(route)
    of_one, _ = written(lambda: post(app, by, path, body))
    of_many, _ = written(lambda: at_once(app, lambda i: post(app, by, path, body), MANY))
    assert all(of_many[name] == MANY * of_one[name] for name in of_one)
