from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import Lot, Posting, Unit, Wallet, WalletKind, db
from services import ledger
from services.ledger import Cause, Overdrawn
from services.points import funds, lapses, points
from services.points.books import problems
from tests.conftest import NOON

TODAY = NOON.date()


@pytest.fixture
def books(town, fund, li):
    """Li's wallets, and short words for what the ledger does with them."""
    holder, spent = ledger.wallet(li.id, WalletKind.RESIDENT), ledger.wallet(fund.id, WalletKind.SPENT)

    def credit(points, days, because=None):
        return ledger.credit(funds.purse_of(town.community, li.id, NOON), points, kind="activity", now=NOON,
                             because=because or Cause("activity_record", uuid4()), lapses_on=TODAY + timedelta(days=days))

    def spend(points, because=None):
        return ledger.spend(holder.id, spent.id, points, kind="coupon", because=because or Cause("coupon", uuid4()),
                            area_id=town.community.id, now=NOON)

    return SimpleNamespace(credit=credit, spend=spend, holder=holder.id, spent=spent.id, person=li)


def lots():
    """What remains in each lot, soonest-lapsing first."""
    return list(db.session.scalars(select(Lot.remaining).order_by(Lot.lapses_on, Lot.id)))


def balance(person, kind=WalletKind.RESIDENT):
    return ledger.wallet(person.id, kind).balance


def test_spending_takes_the_soonest_lapsing_lots_first(books):
    books.credit(10, days=90)
    books.credit(10, days=30)
    books.credit(10, days=60)
    books.spend(15)
    assert lots() == [0, 5, 10]
    assert balance(books.person) == 15
    assert problems() == []


def test_a_refund_goes_back_into_the_very_lots(books):
    books.credit(10, days=30)
    books.credit(10, days=60)
    first = books.spend(12)
    books.spend(3)
    back = ledger.refund(first, kind="refund", today=NOON.date(), now=NOON)
    assert db.session.get_one(Posting, back).amount == 12
    assert lots() == [10, 7]
    assert balance(books.person) == 17
    assert problems() == []


def test_the_last_point_can_be_spent_and_not_one_more(books):
    books.credit(10, days=30)
    with pytest.raises(Overdrawn):
        books.spend(11)
    db.session.rollback()
    books.credit(10, days=30)
    books.spend(10)
    with pytest.raises(Overdrawn):
        books.spend(1)
    assert balance(books.person) == 0
    assert problems() == []


def test_taking_back_what_is_still_there_empties_its_own_lot_first(books):
    books.credit(10, days=30)
    given = books.credit(10, days=60)
    ledger.take_back(given, because=Cause("activity_record", uuid4()), now=NOON)
    assert lots() == [10, 0]
    assert balance(books.person, WalletKind.OWED) == 0
    assert problems() == []


def test_taking_back_what_was_spent_is_owed_and_the_next_credit_pays_it(books):
    given = books.credit(10, days=30)
    books.spend(8)
    ledger.take_back(given, because=Cause("activity_record", uuid4()), now=NOON)
    assert (balance(books.person), balance(books.person, WalletKind.OWED)) == (0, -8)
    books.credit(5, days=30)
    assert (balance(books.person), balance(books.person, WalletKind.OWED)) == (0, -3)
    books.credit(5, days=30)
    assert (balance(books.person), balance(books.person, WalletKind.OWED)) == (2, 0)
    assert problems() == []


def test_points_count_on_their_last_day_and_lapse_once_after_it(books):
    books.credit(10, days=0)
    books.credit(10, days=1)
    assert lapses.lapse(TODAY, now=NOON) == 0
    assert lapses.lapse(TODAY + timedelta(days=1), now=NOON) == 1
    assert lapses.lapse(TODAY + timedelta(days=1), now=NOON) == 0
    assert lots() == [0, 10]
    assert balance(books.person) == 10
    assert problems() == []


@pytest.mark.parametrize(("days_later", "comes_back"), [(0, 4), (1, 0)])
def test_what_a_refund_puts_back_into_a_lot_that_is_over_lapses_with_it(books, days_later, comes_back):
    books.credit(10, days=0)
    books.credit(5, days=9)
    spent = books.spend(4)
    today = TODAY + timedelta(days=days_later)
    lapses.lapse(today, now=NOON)
    ledger.refund(spent, kind="refund", today=today, now=NOON)
    assert balance(books.person) == 5 + (6 + comes_back if comes_back else 0)
    assert lapses.lapse(today, now=NOON) == 0
    assert problems() == []


def test_a_refund_before_the_nights_run_leaves_the_rest_of_the_lot_to_the_night(books):
    books.credit(10, days=0)
    spent, tomorrow = books.spend(4), TODAY + timedelta(days=1)
    ledger.refund(spent, kind="refund", today=tomorrow, now=NOON)
    assert (lots(), balance(books.person)) == ([6], 6)
    assert lapses.lapse(tomorrow, now=NOON) == 1
    assert problems() == []


def test_a_lot_lapses_because_of_itself_so_that_it_lapses_once(books):
    posting = books.credit(10, days=0)
    books.credit(10, days=9)
    lapses.lapse(TODAY + timedelta(days=1), now=NOON)
    lot = db.session.scalars(select(Lot).filter_by(posting_id=posting)).one()
    with pytest.raises(IntegrityError):
        ledger.lapse(books.holder, {lot.id: 1}, because=Cause("lot", lot.id), area_id=books.person.home_area_id, now=NOON)


def test_taking_back_points_that_lapsed_leaves_nothing_owed(books):
    given = books.credit(10, days=0)
    books.spend(3)
    lapses.lapse(TODAY + timedelta(days=1), now=NOON)
    ledger.take_back(given, because=Cause("activity_record", uuid4()), now=NOON)
    assert (balance(books.person), balance(books.person, WalletKind.OWED)) == (0, -3)
    assert ledger.wallet(ledger.TOWN, WalletKind.LAPSED).balance == 0
    assert problems() == []


def test_one_cause_posts_once(books):
    cause = Cause("activity_record", uuid4())
    books.credit(10, days=30, because=cause)
    with pytest.raises(IntegrityError):
        books.credit(10, days=30, because=cause)


SAME = "id, unit, source_id, destination_id, amount, kind, because_type, because_id, source_after, destination_after, at, area_id, memo"
TAMPERING = {
    "update": "UPDATE postings SET amount = amount + 1",
    "delete": "DELETE FROM postings",
    "update of uses": "UPDATE lot_uses SET amount = amount + 1",
    "delete of uses": "DELETE FROM lot_uses",
    "delete of wallets": "DELETE FROM wallets",
    "wallet of another": "UPDATE wallets SET kind = 'bank' WHERE kind = 'owed'",
    "upsert": f"INSERT INTO postings ({SAME}) SELECT {SAME} FROM postings WHERE true ON CONFLICT (id) DO UPDATE SET amount = 999",
}


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING)
def test_the_database_refuses_to_change_history(books, statement):
    books.credit(10, days=30)
    books.spend(4)
    db.session.commit()
    with pytest.raises(DBAPIError, match=r"only added|keeps its owner|are kept"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert problems() == []


@pytest.mark.only("sqlite")  # PostgreSQL knows no REPLACE
def test_sqlite_refuses_to_replace_a_posting(books):
    books.credit(10, days=30)
    db.session.commit()
    with pytest.raises(DBAPIError, match="only added"):
        db.session.execute(text(f"INSERT OR REPLACE INTO postings ({SAME}) SELECT {SAME} FROM postings"))


def test_each_wallet_has_its_floor(fund, li, lins_market):
    """Whoever may owe has none: the sponsor, the bank, what a person owes, and a fund's money."""
    without = db.session.execute(select(Wallet.kind, Wallet.unit).where(Wallet.floor.is_(None)).distinct()).all()
    assert set(without) == {("sponsor", "points"), ("sponsor", "fen"), ("bank", "fen"), ("owed", "points"), ("fund", "fen")}
    held = db.session.execute(select(Wallet.kind, Wallet.unit).where(Wallet.floor == 0).distinct()).all()
    assert set(held) == {("resident", "points"), ("fund", "points"), ("spent", "points"), ("lapsed", "points"), ("merchant", "fen")}


def test_a_wallet_is_born_empty(app, database):
    with pytest.raises(DBAPIError, match="born empty"):
        db.session.add(Wallet(owner_id=uuid4(), kind=WalletKind.BANK, unit=Unit.FEN, balance=5))
        db.session.flush()


def test_a_balance_changed_by_hand_is_named(books, database):
    books.credit(10, days=30)
    db.session.execute(text("UPDATE wallets SET balance = balance + 7 WHERE kind = 'resident' AND balance = 10"))
    found = "\n".join(problems())
    assert "the wallets of points hold 7 together, not 0" in found
    assert f"wallet {_stored(books.holder)} stores 17 and its postings make 10" in found
    assert f"wallet {_stored(books.holder)} holds 17 and its lots 10" in found


def test_lots_changed_by_hand_are_named(books, database):
    books.credit(10, days=30)
    db.session.execute(text("UPDATE lots SET remaining = 9"))
    assert f"wallet {_stored(books.holder)} holds 10 and its lots 9" in problems()


def test_a_balance_moved_by_hand_between_two_wallets_is_named(books, database):
    books.credit(10, days=30)
    db.session.execute(text("UPDATE wallets SET balance = balance + 3 WHERE kind = 'spent'"))
    db.session.execute(text("UPDATE wallets SET balance = balance - 3 WHERE kind = 'fund' AND unit = 'points'"))
    assert len([problem for problem in problems() if "its postings make" in problem]) == 2


def test_a_posting_between_two_units_is_named(books, database, town):
    sponsor = ledger.wallet(ledger.TOWN, WalletKind.SPONSOR, Unit.FEN).id
    posting = ledger.post(sponsor, books.spent, 1, unit=Unit.POINTS, kind="x", because=Cause("x", uuid4()),
                          area_id=town.community.id, now=NOON)
    assert f"posting {_stored(posting)} is between wallets of another unit" in problems()
    assert db.session.get(Posting, posting)


def _stored(row_id):
    """An id as the raw rows of this database write it."""
    return row_id.hex if db.engine.dialect.name == "sqlite" else str(row_id)


def test_a_refund_pays_first_what_is_owed(books):
    given = books.credit(10, days=30)
    spent = books.spend(10)
    ledger.take_back(given, because=Cause("activity_record", uuid4()), now=NOON)
    ledger.refund(spent, kind="refund", today=TODAY, now=NOON)
    assert (balance(books.person), balance(books.person, WalletKind.OWED)) == (0, 0)
    assert problems() == []


def test_what_cannot_be_paid_changes_neither_wallet(books):
    books.credit(10, days=30)
    with pytest.raises(Overdrawn):
        ledger.post(books.holder, books.spent, 11, unit=Unit.POINTS, kind="coupon", because=Cause("coupon", uuid4()),
                    area_id=books.person.home_area_id, now=NOON)
    assert balance(books.person) == 10
    assert db.session.scalar(select(Wallet.balance).where(Wallet.id == books.spent)) == 0
    assert problems() == []


def test_what_was_taken_back_was_not_earned_and_what_was_refunded_not_spent(books):
    """Whatever had become of the points meanwhile: there, spent or lapsed."""
    records = [Cause("activity_record", uuid4()) for _ in range(3)]
    first, second, _ = (books.credit(10, days=30 + days, because=record) for days, record in enumerate(records))
    kept, undone = books.spend(12), books.spend(5)
    assert _totals(books) == {"earned_total": 30, "spent_total": 17}

    ledger.refund(undone, kind="coupon_refund", today=TODAY, now=NOON)
    ledger.take_back(first, because=records[0], now=NOON)
    lapses.lapse(TODAY + timedelta(days=32), now=NOON)
    ledger.take_back(second, because=records[1], now=NOON)
    assert _totals(books) == {"earned_total": 10, "spent_total": 12}
    assert kept and problems() == []


def _totals(books):
    of = points.of(books.person, NOON)
    return {name: of[name] for name in ("earned_total", "spent_total")}
