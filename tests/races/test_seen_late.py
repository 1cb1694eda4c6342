"""What is decided by what was read beside a lock, or before it, while that lock was waited for."""
import hashlib
import threading
import time
from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import select

from models import ActivityRecord, AreaRules, CalendarDay, CheckIn, ContentCheck, Direction, Message, Person, Role, Shop, SignUp, WalletKind, db
from services import ledger, sign_ups
from services.access import sign_in
from services.areas import area_rules
from services.credit import workdays
from services.people import people
from services.points import books
from services.records import annulments, approvals, objections
from services.scans import presence
from services.wechat import content
from tests.conftest import NOON
from tests.races.conftest import declared_by
from tests.races.crowd import at_once, post, slowly, statuses


def one_after_the_other(app, *acts, apart=0.1):
    """What each act gave; each begins while those before it are still at it."""
    def act(i):
        time.sleep(i * apart)
        return post(app, *acts[i])
    return at_once(app, act, number=len(acts))


def test_who_moves_up_while_they_scan_the_venues_code_is_in(app, cleanup, li, zhang, token, settings, monkeypatch):
    event = cleanup(capacity=1)
    for person in (li, zhang):
        assert post(app, token(person), f"events/{event.id}/sign-ups", {}).status_code == 201
    code = presence.show_event(event, Direction.IN, settings=settings, now=NOON).token
    monkeypatch.setattr(sign_ups, "_move_up", slowly(sign_ups._move_up))
    first, second = token(li), token(zhang)

    def act(i):
        time.sleep(i / 10)
        if i:
            return post(app, second, "check-ins", {"token": code})
        return app.test_client().delete(f"/api/v1/events/{event.id}/sign-ups/me", headers={"Authorization": first})
    answers = at_once(app, act, number=2)
    assert statuses(answers) == [201, 204], [answer.json for answer in answers]
    assert db.session.scalars(select(CheckIn.resident_id)).all() == [zhang.id]
    assert dict(db.session.execute(select(SignUp.resident_id, SignUp.status)).all()) == {li.id: "cancelled", zhang.id: "confirmed"}


def test_who_checks_out_while_their_check_in_is_annulled_has_no_record_of_it(app, cleanup, li, wang, token, settings, monkeypatch):
    event = cleanup()
    codes = [presence.show_event(event, direction, settings=settings, now=NOON).token for direction in Direction]
    made = post(app, token(wang), "check-ins", {"event_id": str(event.id),
        "resident_token": presence.show_person(li, settings=settings, now=NOON).token, "direction": "in"})
    assert made.status_code == 201, made.json
    monkeypatch.setattr(annulments, "_has_left", slowly(annulments._has_left))
    answers = one_after_the_other(app, (token(wang), f"check-ins/{made.json['id']}/annul", {"reason": "x"}),
                                  (token(li), "check-ins", {"token": codes[1]}))
    assert statuses(answers) == [200, 409], [answer.json for answer in answers]


def test_what_was_taken_back_while_a_record_is_approved_is_paid_of_it_first(app, town, li, wang, zhao, fund, token, monkeypatch):
    for by_two in range(2):
        record = declared_by(li, town)
        approvals.approve(record.id, by=wang, now=NOON)
        if by_two == 0:
            approvals.approve(record.id, by=zhao, now=NOON)
            first = record.id
    second = record.id
    points = ledger.wallet(li.id, WalletKind.RESIDENT).balance
    db.session.commit()
    ledger.spend(ledger.wallet(li.id, WalletKind.RESIDENT).id, ledger.wallet(fund.id, WalletKind.SPENT).id, points, kind="coupon",
                 because=ledger.Cause("coupon", uuid4()), area_id=town.community.id, now=NOON)
    db.session.commit()
    monkeypatch.setattr(ledger, "take_back", slowly(ledger.take_back))
    admin = token(zhao)
    assert statuses(one_after_the_other(app, (admin, f"activity-records/{first}/reverse", {"reason": "x"}),
                                        (admin, f"activity-records/{second}/approve", {}))) == [200, 200]
    held, owed = (ledger.wallet(li.id, kind).balance for kind in (WalletKind.RESIDENT, WalletKind.OWED))
    assert (held, owed) == (0, 0)
    assert books.problems() == []


def test_an_objection_of_the_last_moment_of_the_notice_stops_the_credit(app, town, li, zhang, wang, zhao, fund, monkeypatch):
    db.session.add(AreaRules(area_id=town.grid_a.id, **area_rules.DEFAULTS | {"notice_days": 3}))
    record = declared_by(li, town)
    for by in (wang, zhao):
        approvals.approve(record.id, by=by, now=NOON)
    db.session.commit()
    record_id, neighbour, over = record.id, zhang.id, record.notice_until
    monkeypatch.setattr(content, "ask", slowly(content.ask))

    def act(i):
        if i:
            time.sleep(0.1)
            done = approvals.credit_due(over)
        else:
            by, now = sign_in.load(neighbour, NOON), over - timedelta(seconds=1)
            done = objections.object_to(record_id, by=by, now=now, reason="x").status
        db.session.commit()
        return done
    assert at_once(app, act, number=2) == ["open", 0]
    assert db.session.get(ActivityRecord, record_id).status == "approved"


def test_a_use_taken_back_while_its_holder_is_joined_is_told_to_the_one_person(app, while_joined, rich, offer, mei, lins_market, token):
    rich(while_joined.phone, 10)
    coupon = post(app, token(while_joined.phone), "coupons", {"offer_id": offer(stock=5)}).json
    shop = db.session.query(Shop.id).filter_by(merchant_id=lins_market.id).scalar()
    used = post(app, token(mei), "redemptions", {"code": coupon["short_code"], "shop_id": str(shop), "spend_fen": 5000}).json
    _, taken_back = while_joined.run(token(mei), f"redemptions/{used['id']}/reverse", {"reason": "x"})
    assert taken_back.status_code == 200, taken_back.json
    assert db.session.scalars(select(Message.person_id).where(Message.topic == "coupon_use_reversed")).all() == [while_joined.stays.id]


def test_nobody_is_joined_to_who_is_joined_to_another_meanwhile(app, while_joined, town, wang, token, settings):
    while_joined.phone.home_area_id = town.grid_a.id
    newcomer = sign_in.by_openid("grandchild", settings=settings, now=NOON).person
    db.session.commit()
    code = presence.show_person(newcomer, settings=settings, now=NOON).token
    assert statuses(while_joined.run(token(wang), f"residents/{while_joined.phone.id}/join", {"resident_token": code})) == [200, 409]
    assert db.session.get(Person, newcomer.id).joined_into_id is None


def test_a_name_that_is_given_while_the_one_before_is_refused_stays(app, li, token, monkeypatch):
    was, li.display_name, li.name_state = li.display_name, "x", "pending"
    check = ContentCheck(id=uuid4(), target_type="person", target_id=li.id, author_id=li.id, content_hash=hashlib.sha256(b"x").digest(), was=was,
                         state="pending", at=NOON)
    db.session.add(check)
    db.session.commit()
    mine, check_id, at_it = {"Authorization": token(li), "If-Match": f'"{li.version}"'}, check.id, threading.Event()
    monkeypatch.setattr(people, "edit", slowly(people.edit, 0.4, when=lambda _: at_it.set() or True))

    def act(i):
        if i == 0:
            return app.test_client().put("/api/v1/me", json={"display_name": "李大娜"}, headers=mine).status_code
        at_it.wait(10)
        content.answered(check_id, "risky", 20002, now=NOON)
        db.session.commit()
        return 200
    assert at_once(app, act, number=2) == [200, 200]
    db.session.rollback()
    assert db.session.execute(select(Person.display_name, Person.name_state).where(Person.id == li.id)).one() == ("李大娜", "passed")


def test_of_two_who_correct_a_day_of_the_calendar_by_one_version_one_does(app, town, live, token, monkeypatch):
    admins, at_it = [token(live(name, town.district, Role.AREA_ADMIN, town.district)) for name in "xy"], threading.Event()

    def put(i, version):
        return app.test_client().put("/api/v1/calendar/2026-05-07", json={"is_worked": False, "note": str(i)},
                                     headers={"Authorization": admins[i], "If-Match": f'"{version}"'}).status_code
    assert put(0, 0) == 200
    monkeypatch.setattr(workdays.audit, "write", slowly(workdays.audit.write, 0.4, when=lambda _: not at_it.is_set() and (at_it.set() or True)))

    def act(i):
        if i:
            at_it.wait(10)
        return put(i, 1)
    assert at_once(app, act, number=2) == [200, 412]
    assert db.session.get(CalendarDay, date(2026, 5, 7)).note == "0"
