"""The negative controls of test_races.py: with a guard off, the same crowd gets more than there is."""
import time
import uuid
from uuid import uuid4

import pytest
from flask import g
from sqlalchemy import func, select, text, update

from api.edge import idempotency
from models import ActivityRecord, CheckIn, Coupon, Direction, Event, Offer, SignUp, Wallet, db
from services import check_ins, ledger, sign_ups
from services.access import callers
from services.coupons import coupon_codes, redemptions
from services.ledger import Cause, Overdrawn
from services.people import people
from services.points import books, lots
from services.records import steps
from services.scans import presence, standing
from tests.conftest import NOON
from tests.races.crowd import at_once, post, statuses


def look_away(seconds=0.2):
    """Time passes between the look and the write that follows from it.

    What was locked is let go: a row on PostgreSQL, on SQLite the file, which a writer holds from its beginning.
    """
    db.session.commit()
    time.sleep(seconds)


def looking_away_after(look):
    def looked(*args, **more):
        found = look(*args, **more)
        look_away()
        return found
    return looked


@pytest.fixture
def drop(app):
    def indexes(*names):
        for name in names:
            db.session.execute(text(f"DROP INDEX {name}"))
        db.session.commit()
    return indexes


def test_one_resident_would_check_in_more_than_once(app, cleanup, li, token, settings, monkeypatch, drop):
    body = {"token": presence.show_event(cleanup(), Direction.IN, settings=settings, now=NOON).token}
    mine = token(li)
    drop("uq_check_ins_live", "uq_sign_ups_live")
    monkeypatch.setattr(check_ins, "_standing", looking_away_after(check_ins._standing))
    monkeypatch.setattr(standing, "walk_in", lambda made, may_wait: standing.WalkedIn(True, True, standing.enter(made)))
    assert statuses(at_once(app, lambda i: post(app, mine, "check-ins", body))).count(201) > 1


def test_an_event_for_one_would_take_more(app, cleanup, live, town, token, settings, monkeypatch):
    event = cleanup(capacity=1)
    body = {"token": presence.show_event(event, Direction.IN, settings=settings, now=NOON).token}
    crowd = [token(live(f"居民{i}", town.grid_a)) for i in range(16)]

    def read_then_write(event_id):
        row = db.session.execute(select(Event.taken, Event.capacity).where(Event.id == event_id)).one()
        look_away()
        db.session.execute(update(Event).where(Event.id == event_id).values(taken=min(row.taken + 1, row.capacity))
                           .execution_options(synchronize_session=False))
        return row.taken < row.capacity
    monkeypatch.setattr(sign_ups, "take_place", read_then_write)
    monkeypatch.setattr(standing, "is_postgresql", lambda: False)
    at_once(app, lambda i: post(app, crowd[i], "check-ins", body))
    assert db.session.scalar(select(func.count()).select_from(SignUp).where(SignUp.status == "confirmed")) > 1


def test_one_record_would_be_credited_more_than_once(app, half_approved, zhao, token, monkeypatch, drop):
    second, credit = token(zhao), ledger.credit
    drop("uq_record_steps_one_approval_each")
    monkeypatch.setattr(steps, "locked", looking_away_after(steps.locked))
    monkeypatch.setattr(ledger, "credit", lambda *args, because, **more: credit(*args, because=Cause("x", uuid4()), **more))
    assert statuses(at_once(app, lambda i: post(app, second, half_approved, {}))).count(200) > 1


def test_one_balance_would_be_spent_more_than_once(app, spend_ten, monkeypatch):
    def read_then_write(source, destination, amount):
        held, floor = db.session.execute(select(Wallet.balance, Wallet.floor).where(Wallet.id == source)).one()
        look_away()
        if held - amount < floor:
            raise Overdrawn
        for wallet_id, balance in ((source, held - amount), (destination, Wallet.balance + amount)):
            db.session.execute(update(Wallet).where(Wallet.id == wallet_id).values(balance=balance)
                               .execution_options(synchronize_session=False))
        return held - amount, amount
    monkeypatch.setattr(ledger, "_move", read_then_write)
    monkeypatch.setattr(ledger, "is_postgresql", lambda: False)
    monkeypatch.setattr(lots, "take", lambda *args, **more: None)
    assert at_once(app, spend_ten).count("spent") > 1
    assert books.problems() != []


def test_the_last_of_a_stock_would_be_sold_more_than_once(app, rich, offer, live, town, token, monkeypatch):
    last, crowd = {"offer_id": offer(stock=1)}, [live(f"居民{i}", town.grid_a) for i in range(16)]
    for person in crowd:
        rich(person, 10)
    crowd = [token(person) for person in crowd]

    spend = ledger.spend

    def read_then_write(*args, taking, bought_id, buyer_id, may_wait, **more):
        issued, stock = db.session.execute(select(Offer.issued, Offer.stock).where(Offer.id == bought_id)).one()
        posting_id = spend(*args, **more)
        look_away()
        if issued >= stock:
            raise ledger.NothingLeft
        db.session.execute(update(Offer).where(Offer.id == bought_id).values(issued=issued + 1)
                           .execution_options(synchronize_session=False))
        return posting_id
    monkeypatch.setattr(ledger, "spend", read_then_write)
    assert statuses(at_once(app, lambda i: post(app, crowd[i], "coupons", last))).count(201) > 1
    assert db.session.scalar(select(func.count()).select_from(Coupon)) > 1


def test_one_coupon_would_be_redeemed_more_than_once(app, at_the_till, monkeypatch, drop):
    drop("uq_redemptions_live")
    monkeypatch.setattr(redemptions, "present", looking_away_after(coupon_codes.present))
    monkeypatch.setattr(redemptions, "_use", lambda coupon, now: None)
    assert statuses(at_once(app, lambda i: post(app, at_the_till.token, "redemptions", at_the_till.body))).count(201) > 1


def test_one_key_would_have_more_than_one_effect(app, town, li, token, monkeypatch):
    mine, key = token(li), uuid.uuid4().hex
    deed = {"category": "neighbours", "area_id": str(town.grid_a.id), "description": "陪诊",
            "started_at": "2026-05-06T09:00:00+08:00", "ended_at": "2026-05-06T10:00:00+08:00"}

    def claim_nothing():
        g.key = key
    monkeypatch.setattr(idempotency, "claim", claim_nothing)
    monkeypatch.setattr(idempotency, "keep", lambda answer: True)
    assert statuses(at_once(app, lambda i: post(app, mine, "activity-records", deed, key))).count(201) > 1
    assert db.session.scalar(select(func.count()).select_from(ActivityRecord)) > 1


def test_who_checks_in_while_the_event_closes_would_have_no_record(closing, monkeypatch):
    monkeypatch.setattr(presence, "event_by_token", looking_away_after(presence.event_by_token))
    closing()
    assert None in db.session.scalars(select(CheckIn.activity_record_id)).all()


def test_what_one_does_while_being_joined_would_be_done_by_nobody(joining, monkeypatch):
    who = callers.who

    def look_at_the_joined_and_away(*args, **values):
        found = who(*args, **values)
        if found[0].id == joining.left:
            look_away(0.5)
        return found
    monkeypatch.setattr(callers, "who", look_at_the_joined_and_away)
    monkeypatch.setattr(people, "hold", lambda person: None)
    joining.run()
    assert joining.left in db.session.scalars(select(ActivityRecord.resident_id)).all()
