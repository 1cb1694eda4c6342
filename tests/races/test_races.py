"""Sixteen at once want what only one may have. test_without_guards.py shows that each of these tests can fail."""
import uuid

from sqlalchemy import func, select

from models import ActivityRecord, CheckIn, Coupon, Direction, Posting, Shop, SignUp, WalletKind, db
from services import ledger
from services.access import callers
from services.ledger import Overdrawn
from services.points import books
from services.records import approvals, steps
from services.scans import presence
from tests.conftest import NOON
from tests.races.conftest import declared_by
from tests.races.crowd import CROWD, at_once, one_of, post, slowly, statuses


def test_one_resident_checks_in_once(app, cleanup, li, token, settings):
    body = {"token": presence.show_event(cleanup(), Direction.IN, settings=settings, now=NOON).token}
    mine = token(li)
    answers = at_once(app, lambda i: post(app, mine, "check-ins", body))
    assert statuses(answers) == one_of(201, 409)
    came = [str(id) for id in db.session.scalars(select(CheckIn.id))]
    assert len(came) == 1
    assert {(answer.json["code"], answer.json.get("check_in_id")) for answer in answers if answer.status_code == 409} == {
        ("already_checked_in", *came)}
    assert books.problems() == []


def test_who_signs_up_while_checking_in_has_one_place(app, cleanup, li, token, settings):
    event = cleanup(capacity=1)
    body, mine = {"token": presence.show_event(event, Direction.IN, settings=settings, now=NOON).token}, token(li)
    answers = at_once(app, lambda i: post(app, mine, *(("check-ins", body) if i % 2 else (f"events/{event.id}/sign-ups", {}))))
    assert {answer.json["code"] for answer in answers if answer.status_code != 201} == {"already_checked_in", "already_signed_up"}
    assert [row.status for row in db.session.scalars(select(SignUp))] == ["confirmed"]
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1
    assert books.problems() == []


def test_one_kept_scan_sent_many_times_at_once_is_one_check_in_and_one_answer(app, cleanup, li, wang, token, settings):
    event = cleanup()
    scan = {"key": "1", "scanned_at": NOON.isoformat(), "event_id": str(event.id), "direction": "in",
            "resident_token": presence.show_person(li, settings=settings, now=NOON).token}
    mine = token(wang)
    answers = at_once(app, lambda i: post(app, mine, "check-ins/batch", {"items": [scan]}))
    assert statuses(answers) == [200] * CROWD
    assert {answer.json["items"][0]["check_in"]["id"] for answer in answers} == {str(db.session.scalar(select(CheckIn.id)))}


def test_an_event_for_one_takes_one(app, cleanup, live, town, token, settings):
    event = cleanup(capacity=1)
    body = {"token": presence.show_event(event, Direction.IN, settings=settings, now=NOON).token}
    crowd = [token(live(f"居民{i}", town.grid_a)) for i in range(CROWD)]
    answers = at_once(app, lambda i: post(app, crowd[i], "check-ins", body))
    assert statuses(answers) == one_of(201, 409)
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"event_full"}
    assert db.session.scalar(select(func.count()).select_from(SignUp).where(SignUp.status == "confirmed")) == 1


def test_one_record_is_credited_once(app, half_approved, zhao, token):
    second = token(zhao)
    answers = at_once(app, lambda i: post(app, second, half_approved, {}))
    assert statuses(answers) == one_of(200, 409)
    assert db.session.scalar(select(func.count()).select_from(Posting).where(Posting.kind == "activity")) == 1
    assert books.problems() == []


def test_two_who_approve_at_once_are_two(app, declared, wang, zhao, token, monkeypatch):
    both = [token(wang), token(zhao)]
    monkeypatch.setattr(steps, "locked", slowly(steps.locked))
    answers = at_once(app, lambda i: post(app, both[i], f"activity-records/{declared}/approve", {}), number=2)
    assert statuses(answers) == [200, 200]
    assert sorted(answer.json["status"] for answer in answers) == ["credited", "pending"]
    assert db.session.scalar(select(func.count()).select_from(Posting).where(Posting.kind == "activity")) == 1
    assert books.problems() == []


def test_a_record_that_is_approved_while_its_resident_is_joined_is_the_one_persons(while_joined, town, fund, wang, zhao, token):
    record = declared_by(while_joined.phone, town)
    approvals.approve(record.id, by=wang, now=NOON)
    db.session.commit()
    assert statuses(while_joined.run(token(zhao), f"activity-records/{record.id}/approve", {})) == [200, 200]
    assert ledger.wallet(while_joined.stays.id, WalletKind.RESIDENT).balance == record.points_proposed
    assert books.problems() == []


def test_a_coupon_that_is_used_while_its_holder_is_joined_is_used(app, while_joined, rich, offer, mei, lins_market, token):
    rich(while_joined.phone, 10)
    coupon = post(app, token(while_joined.phone), "coupons", {"offer_id": offer(stock=5)}).json
    shop = db.session.query(Shop.id).filter_by(merchant_id=lins_market.id).scalar()
    _, used = while_joined.run(token(mei), "redemptions", {"code": coupon["short_code"], "shop_id": str(shop), "spend_fen": 5000})
    assert (used.status_code, used.json.get("code")) == (201, None)
    assert db.session.scalars(select(Coupon.resident_id)).one() == while_joined.stays.id
    assert books.problems() == []


def test_one_balance_is_spent_once(app, spend_ten, li):
    answers = at_once(app, spend_ten)
    assert answers.count("spent") == 1
    assert sum(isinstance(answer, Overdrawn) for answer in answers) == CROWD - 1
    assert ledger.wallet(li.id, WalletKind.RESIDENT).balance == 0
    assert books.problems() == []


def test_the_last_of_a_stock_is_sold_once(app, rich, offer, live, town, token):
    last, crowd = {"offer_id": offer(stock=1)}, [live(f"居民{i}", town.grid_a) for i in range(CROWD)]
    for person in crowd:
        rich(person, 10)
    crowd = [token(person) for person in crowd]
    answers = at_once(app, lambda i: post(app, crowd[i], "coupons", last))
    assert statuses(answers) == one_of(201, 409)
    assert books.problems() == []


def test_of_what_there_is_enough_everybody_has_one(app, rich, offer, live, town, token):
    plenty, crowd = {"offer_id": offer(stock=CROWD)}, [live(f"居民{i}", town.grid_a) for i in range(CROWD)]
    for person in crowd:
        rich(person, 10)
    crowd = [token(person) for person in crowd]
    answers = at_once(app, lambda i: post(app, crowd[i], "coupons", plenty))
    assert statuses(answers) == [201] * CROWD
    assert books.problems() == []


def test_one_resident_has_as_many_as_the_points_go_for(app, rich, offer, li, token):
    plenty, mine = {"offer_id": offer(stock=CROWD)}, token(li)
    for points in (13, 13, 24):  # in lots that no price divides
        rich(li, points)
    answers = at_once(app, lambda i: post(app, mine, "coupons", plenty))
    assert sorted(answer.json.get("code", "bought") for answer in answers) == ["bought"] * 5 + ["insufficient_points"] * (CROWD - 5)
    assert books.problems() == []


def test_one_coupon_is_redeemed_once(app, at_the_till):
    answers = at_once(app, lambda i: post(app, at_the_till.token, "redemptions", at_the_till.body))
    assert statuses(answers) == one_of(201, 409)
    assert books.problems() == []


def test_one_key_has_one_effect_and_one_answer(app, cleanup, li, token, settings):
    body = {"token": presence.show_event(cleanup(), Direction.IN, settings=settings, now=NOON).token}
    mine, key = token(li), uuid.uuid4().hex
    answers = at_once(app, lambda i: post(app, mine, "check-ins", body, key))
    done = [answer for answer in answers if answer.status_code == 201]
    assert done
    assert len({answer.data for answer in done}) == 1
    assert {answer.json["code"] for answer in answers if answer.status_code != 201} <= {"request_in_progress"}
    assert db.session.scalar(select(func.count()).select_from(CheckIn)) == 1


def test_who_checks_in_while_the_event_closes_has_a_record_or_is_refused(closing, monkeypatch):
    monkeypatch.setattr(presence, "event_by_token", slowly(presence.event_by_token))
    closed, *came = closing()
    assert closed.status_code == 200
    assert {answer.json["code"] for answer in came if answer.status_code != 201} <= {"event_not_open"}
    made = db.session.scalars(select(CheckIn)).all()
    assert len(made) == statuses(came).count(201)
    assert all(check_in.activity_record_id for check_in in made)


def test_what_one_does_while_being_joined_is_the_one_persons_or_refused(joining, monkeypatch):
    monkeypatch.setattr(callers, "who", slowly(callers.who, 0.4, when=lambda found: found[0].id == joining.left))
    joined, *answers = joining.run()
    assert joined.status_code == 200
    assert set(statuses(answers)) <= {201, 401, 409}
    for row in (CheckIn, SignUp, Coupon, ActivityRecord):
        assert set(db.session.scalars(select(row.resident_id))) <= {joining.stays}
    assert books.problems() == []
