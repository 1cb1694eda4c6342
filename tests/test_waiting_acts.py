"""An act that waits for the answer that is kept goes with it in one statement; where it turns out not to be done, all is asked again at once."""
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, event, func, insert, select, text, update
from uuid_utils.compat import uuid7

from models import CheckIn, Direction, IdempotencyKey, Message, Offer, Person, Topic, Wallet, WalletKind, db
from models.shapes import Act
from models.statements import NotDone, named, put_late, run, run_last, waits, will_keep
from services import events, ledger
from services.coupons import offers
from services.ledger import Cause
from services.points import funds
from services.records import approvals, records
from services.scans import presence
from tests.conftest import NOON

pytestmark = pytest.mark.only("postgresql")
PEOPLE = Person.__table__
RENAMED = (update(PEOPLE).where(PEOPLE.c.id == bindparam("whom"), PEOPLE.c.display_name == bindparam("before"))
           .values(display_name="李大娜").returning(PEOPLE.c.id).cte("renamed"))
RENAMING = Act(select(func.count()).select_from(RENAMED).scalar_subquery() == 1)
LINE = insert(Message.__table__).values(named(Message.__table__, "its_"))
COUNT = select(func.count()).select_from(PEOPLE).where(PEOPLE.c.display_name == "李大娜")


def a_line(li, prefix=""):
    return {prefix + name: value for name, value in {
        "id": uuid7(), "person_id": li.id, "topic": Topic.SIGNED_UP, "payload": {}, "day": None, "at": NOON}.items()}


def left() -> tuple[int, int]:
    """How many are renamed, and how many messages there are."""
    return run(COUNT, {}).one()[0], db.session.scalar(select(func.count()).select_from(Message))


class TestOne:
    @pytest.fixture(autouse=True)
    def keeping(self, li):
        db.session.commit()
        will_keep()

    @pytest.fixture
    def last(self, li):
        given = {f"its_{column.key}": None for column in Message.__table__.columns} | a_line(li, "its_")
        return lambda: run_last(LINE, given)

    @pytest.fixture
    def seen(self):
        seen = []
        note = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        yield seen
        event.remove(db.engine, "before_cursor_execute", note)

    def test_it_goes_with_the_last_statement_and_what_waits_beside_it(self, li, last, seen):
        assert waits(RENAMING, {"whom": li.id, "before": "李娜"})
        put_late((Message, a_line(li)))
        last()
        db.session.commit()
        assert len(seen) == 1 and left() == (1, 2)

    def test_where_it_is_not_done_nothing_stays(self, li, last):
        assert waits(RENAMING, {"whom": li.id, "before": "somebody else"})
        put_late((Message, a_line(li)))
        with pytest.raises(NotDone):
            last()
        db.session.rollback()
        assert left() == (0, 0)

    @pytest.mark.parametrize("ask", [lambda: run(COUNT, {}), lambda: db.session.scalar(text("SELECT 1")), lambda: db.session.commit()],
                             ids=["statement", "orm", "commit"])
    @pytest.mark.parametrize(("before", "renamed"), [("李娜", 1), ("somebody else", 0)])
    def test_whatever_is_asked_next_does_it(self, li, ask, before, renamed):
        assert waits(RENAMING, {"whom": li.id, "before": before})
        put_late((Message, a_line(li)))
        if not renamed:
            with pytest.raises(NotDone):
                ask()
            db.session.rollback()
        else:
            ask()
        assert left() == (renamed, renamed)

    def test_only_one_waits_and_only_for_an_answer_of_a_session_that_may_wait(self, li):
        ask = lambda: waits(RENAMING, {"whom": li.id, "before": "李娜"})  # noqa: E731
        db.session().does_at_once = True
        assert not ask()
        db.session().does_at_once = False
        assert (ask(), ask()) == (True, False)
        with db.session.begin_nested():
            assert not ask()
        db.session.rollback()
        assert not ask()


@pytest.fixture
def meanwhile():
    """`meanwhile(act)`: another connection acts, once, just before the next answer is kept."""
    listening = []

    def at_the_answer(act):
        def note(conn, cursor, statement, *rest):
            if "INSERT INTO idempotency_keys" in statement and act in waiting:
                waiting.clear()
                with db.engine.begin() as other:
                    act(other)
        waiting = [act]
        listening.append(note)
        event.listen(db.engine, "before_cursor_execute", note)
        return waiting
    yield at_the_answer
    for note in listening:
        event.remove(db.engine, "before_cursor_execute", note)


def asked_twice(client, path, key, **body):
    """The answer, which is the same again and kept once."""
    headers = key()
    first, again = (client.post(f"/api/v1/{path}", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, first.data) == (again.status_code, again.data) and again.headers["Idempotency-Replayed"] == "true"
    assert db.session.scalar(select(func.count()).select_from(IdempotencyKey).filter_by(key=headers["Idempotency-Key"])) == 1
    return first


@pytest.fixture
def cleanup(town, wang):
    made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="environment", starts_at=NOON,
                       ends_at=NOON + timedelta(hours=2), check_in_mode="both", check_out_required=True, capacity=1,
                       points_per_hour=60, points_max=400, missing_check_out="review")
    events.step(made, "publish", by=wang, now=NOON)
    db.session.commit()
    return made


@pytest.mark.parametrize(("came", "code"), [("li", "already_checked_in"), ("zhang", "event_full")])
def test_somebody_came_at_that_very_moment(as_, key, meanwhile, cleanup, li, zhang, settings, came, code):
    """The same person by another phone, or who took the last place."""
    whom, event_id = {"li": li, "zhang": zhang}[came].id, cleanup.id
    token = presence.show_event(cleanup, Direction.IN, settings=settings, now=NOON).token

    def comes(other):
        other.execute(text("UPDATE events SET taken = taken + 1 WHERE id = :event"), {"event": event_id})
        other.execute(text("INSERT INTO sign_ups (id, event_id, resident_id, status, line, at) VALUES (:id, :event, :whom, 'confirmed', 2, :at)"),
                      {"id": uuid7(), "event": event_id, "whom": whom, "at": NOON})
        other.execute(insert(CheckIn), {"id": uuid7(), "event_id": event_id, "resident_id": whom, "direction": "in", "at": NOON,
                                        "received_at": NOON, "made_by_id": whom, "rotating": True})
    waiting = meanwhile(comes)
    answer = asked_twice(as_(li), "check-ins", key, token=token)
    assert (answer.status_code, answer.json["code"], waiting) == (409, code, [])
    assert db.session.execute(text("SELECT taken, (SELECT count(*) FROM check_ins), (SELECT count(*) FROM sign_ups) FROM events")).one() == (1, 1, 1)


@pytest.fixture
def offer(town, zhao, lins_market, fund, li):
    made = offers.create(shop_ids=[], by=zhao, now=NOON, merchant_id=lins_market.id, title="x", kind="cash_off", face_value_fen=1000,
                         points_price=10, stock=1, area_id=town.community.id, on_sale_from=NOON, on_sale_until=NOON + timedelta(days=9),
                         valid_days=30, funded_by="community")
    offers.step(made.id, "publish", by=zhao, now=NOON)
    ledger.credit(funds.purse_of(town.grid_a, li.id, NOON), 10, kind="activity", because=Cause("activity_record", uuid7()),
                  lapses_on=NOON.date(), now=NOON)
    db.session.commit()
    return made


@pytest.mark.parametrize(("change", "code"), [({"issued": 1}, "out_of_stock"), ({"status": "paused"}, "offer_not_on_sale")])
def test_the_last_one_was_sold_or_the_sale_stopped_at_that_very_moment(as_, key, meanwhile, offer, li, change, code):
    waiting = meanwhile(lambda other: other.execute(update(Offer.__table__).values(change)))
    answer = asked_twice(as_(li), "coupons", key, offer_id=str(offer.id))
    assert (answer.status_code, answer.json["code"], waiting) == (409, code, [])
    assert (ledger.wallet(li.id, WalletKind.RESIDENT).balance, db.session.scalar(text("SELECT count(*) FROM coupons"))) == (10, 0)


def test_the_fund_was_emptied_at_that_very_moment(as_, key, meanwhile, town, fund, wang, qian, li):
    record = records.declare(by=li, now=NOON, category="care", area_id=town.grid_a.id, description="x",
                             started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))
    approvals.approve(record.id, by=qian, now=NOON, points=10)
    db.session.commit()
    emptied = update(Wallet.__table__).where(Wallet.owner_id == fund.id, Wallet.kind == WalletKind.FUND).values(balance=0)
    waiting = meanwhile(lambda other: other.execute(emptied))
    answer = asked_twice(as_(wang), f"activity-records/{record.id}/approve", key, points=10)
    assert (answer.status_code, answer.json["code"], waiting) == (409, "fund_exhausted", [])
    db.session.refresh(record)
    assert (record.status, ledger.wallet(li.id, WalletKind.RESIDENT).balance) == ("pending", 0)


@pytest.fixture
def failed():
    """Statements that failed."""
    seen = []
    note = lambda context: seen.append(context.statement)  # noqa: E731
    event.listen(db.engine, "handle_error", note)
    yield seen
    event.remove(db.engine, "handle_error", note)


@pytest.mark.parametrize(("stock", "limit", "points", "code"), [(1, None, 10, "out_of_stock"), (2, 1, 10, "limit_reached"),
                                                              (2, None, 0, "insufficient_points")])
def test_what_is_known_before_is_not_tried_in_vain(as_, key, offer, li, town, failed, stock, limit, points, code):
    """A stock that is sold out, a limit that is reached and points that are not there."""
    offer.stock, offer.per_resident_limit = stock, limit
    db.session.commit()
    assert as_(li).post("/api/v1/coupons", json={"offer_id": str(offer.id)}, headers=key()).status_code == 201
    if points:
        ledger.credit(funds.purse_of(town.grid_a, li.id, NOON), points, kind="activity", because=Cause("activity_record", uuid7()),
                      lapses_on=NOON.date(), now=NOON)
        db.session.commit()
    answer = as_(li).post("/api/v1/coupons", json={"offer_id": str(offer.id)}, headers=key())
    assert (answer.status_code, answer.json["code"], failed) == (409, code, [])


def test_a_fund_that_is_known_to_be_empty_is_not_tried_in_vain(as_, key, town, fund, wang, qian, li, failed):
    record = records.declare(by=li, now=NOON, category="care", area_id=town.grid_a.id, description="x",
                             started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))
    approvals.approve(record.id, by=qian, now=NOON, points=10)
    db.session.execute(update(Wallet.__table__).where(Wallet.owner_id == fund.id, Wallet.kind == WalletKind.FUND).values(balance=0))
    db.session.commit()
    answer = as_(wang).post(f"/api/v1/activity-records/{record.id}/approve", json={"points": 10}, headers=key())
    assert (answer.status_code, answer.json["code"], failed) == (409, "fund_exhausted", [])


def test_what_holds_is_done_and_told_once(as_, key, meanwhile, offer, li):
    waiting = meanwhile(lambda other: None)
    answer = asked_twice(as_(li), "coupons", key, offer_id=str(offer.id))
    assert (answer.status_code, waiting) == (201, [])
    assert (ledger.wallet(li.id, WalletKind.RESIDENT).balance, db.session.scalar(text("SELECT count(*) FROM coupons"))) == (0, 1)
