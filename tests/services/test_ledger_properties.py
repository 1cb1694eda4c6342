"""Whatever is done in whatever order, the books are those of a ledger kept with pencil and paper."""
import os
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, text

from models import Lot, Unit, WalletKind, db
from services import ledger
from services.ledger import Cause, Overdrawn
from services.points import books, funds, lapses
from tests.conftest import NOON

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "15"))  # others each time; `make test-faults` tries more
TODAY = NOON.date()
POINTS = st.integers(1, 40)
DAYS = st.integers(0, 30)


class Paper:
    """The model: each lot's day and what is left of it, in the order of making, and what is owed."""

    def __init__(self):
        self.lots, self.owed = [], 0

    @property
    def balance(self):
        return sum(lot["left"] for lot in self.lots)

    def take(self, points, first=None):
        """Which lots gave how much: `first`, then the soonest-lapsing."""
        uses = []
        for lot in sorted(self.lots, key=lambda lot: (lot is not first, lot["day"])):
            if used := min(lot["left"], points):
                lot["left"] -= used
                points -= used
                uses.append((lot, used))
        return uses


def machine(town, fund, li):
    holder = ledger.wallet(li.id, WalletKind.RESIDENT).id
    spent = ledger.wallet(fund.id, WalletKind.SPENT).id

    class Books(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            self.paper, self.credits, self.spendings = Paper(), [], []
            self.today = 0  # days since TODAY; it never goes back

        def teardown(self):
            db.session.rollback()

        @rule(points=POINTS, days=DAYS)
        def credit(self, points, days):
            posting = ledger.credit(funds.purse_of(town.community, li.id, NOON), points, kind="activity", now=NOON,
                                    because=Cause("activity_record", uuid4()), lapses_on=TODAY + timedelta(days=days))
            lot = {"day": days, "left": points, "lapsed": 0}
            self.paper.lots.append(lot)
            self.credits.append((posting, points, lot))
            self._pay()

        @rule(points=POINTS)
        def spend(self, points):
            if points > self.paper.balance:
                with pytest.raises(Overdrawn), db.session.begin_nested():
                    self._spend(points)
                return
            self.spendings.append((self._spend(points), self.paper.take(points)))

        def _spend(self, points):
            return ledger.spend(holder, spent, points, kind="coupon", because=Cause("coupon", uuid4()),
                                area_id=town.community.id, now=NOON)

        @precondition(lambda self: self.spendings)
        @rule(data=st.data())
        def refund(self, data):
            """What goes back into a lot that is over lapses with the refund."""
            posting, uses = self.spendings.pop(data.draw(st.integers(0, len(self.spendings) - 1)))
            today = TODAY + timedelta(days=self.today)
            ledger.refund(posting, kind="refund", today=today, now=NOON)
            for lot, used in uses:
                lot["lapsed" if lot["day"] < self.today else "left"] += used
            self._pay()

        def _pay(self):
            paid = min(self.paper.balance, self.paper.owed)
            self.paper.owed -= paid
            self.paper.take(paid)

        @precondition(lambda self: self.credits)
        @rule(data=st.data())
        def take_back(self, data):
            posting, points, lot = self.credits.pop(data.draw(st.integers(0, len(self.credits) - 1)))
            ledger.take_back(posting, because=Cause("activity_record", uuid4()), now=NOON)
            there = min(points - lot["lapsed"], self.paper.balance)
            self.paper.take(there, first=lot)
            self.paper.owed += points - lot["lapsed"] - there

        @rule(later=st.integers(0, 7))
        def lapse(self, later):
            self.today += later
            due = [lot for lot in self.paper.lots if lot["day"] < self.today and lot["left"]]
            assert lapses.lapse(TODAY + timedelta(days=self.today), now=NOON) == len(due)
            for lot in due:
                lot["lapsed"], lot["left"] = lot["lapsed"] + lot["left"], 0

        @invariant()
        def the_books_are_the_papers(self):
            if not hasattr(self, "paper"):
                return
            stored = db.session.execute(select(Lot.lapses_on, Lot.remaining)).all()
            assert sorted(((day - TODAY).days, left) for day, left in stored) == sorted(
                (lot["day"], lot["left"]) for lot in self.paper.lots)
            assert ledger.wallet(li.id, WalletKind.RESIDENT).balance == self.paper.balance
            assert ledger.wallet(li.id, WalletKind.OWED).balance == -self.paper.owed
            assert books.problems() == []
            assert db.session.scalar(text("SELECT sum(balance) FROM wallets WHERE unit = :unit"), {"unit": Unit.POINTS}) == 0

    return Books


def test_the_ledger_is_what_pencil_and_paper_say(town, fund, li):
    db.session.commit()
    run_state_machine_as_test(machine(town, fund, li), settings=settings(
        max_examples=EXAMPLES, stateful_step_count=20, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck)))
