"""A resident's statement: what came and what left, as their wallet saw it."""
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from models import Unit, WalletKind, db
from services import ledger
from services.ledger import Cause
from services.points import entries, funds
from tests.conftest import NOON

LAST = UUID(int=2**128 - 1)


def newest(person, **asked):
    return [json.loads(row.shown) for row in entries.newest(person, **asked)]


@pytest.fixture
def moved(town, fund, li, zhang):
    """Credits of 10, 20, 30 …, every third followed by one point spent; Zhang's are nobody else's."""
    spent = ledger.wallet(fund.id, WalletKind.SPENT, Unit.POINTS).id
    amounts = []
    for n in range(1, 10):
        for person in (zhang, li):
            ledger.credit(funds.purse_of(town.grid_a, person.id, NOON), 10 * n, kind="activity", because=Cause("activity_record", uuid4()),
                          lapses_on=NOON.date() + timedelta(days=9), now=NOON)
        amounts.append(10 * n)
        if n % 3 == 0:
            ledger.spend(ledger.wallet(li.id, WalletKind.RESIDENT).id, spent, 1, kind="coupon", because=Cause("coupon", uuid4()),
                         area_id=town.grid_a.id, now=NOON)
            amounts.append(-1)
    db.session.commit()
    return amounts


def test_a_statement_adds_up_from_the_oldest_entry_to_the_newest(moved, li):
    read = newest(li, before=LAST, most=99)[::-1]
    assert [entry["amount"] for entry in read] == moved
    assert [entry["balance_after"] for entry in read] == [sum(moved[:n + 1]) for n in range(len(moved))]


@pytest.mark.parametrize("most", [1, 2, 5, 12, 13])
def test_its_pages_hold_each_entry_once(moved, li, most):
    found, before = [], LAST
    while page := newest(li, before=before, most=most):
        assert len(page) <= most
        found, before = found + [entry["amount"] for entry in page], UUID(page[-1]["id"])
    assert found == moved[::-1]


def test_who_has_moved_nothing_has_no_entries(moved, wang):
    assert newest(wang, before=LAST, most=9) == []
