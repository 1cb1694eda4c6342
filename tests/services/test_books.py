"""A row changed by hand is named. The rows are those of a whole chain, from a check-in to a settlement."""
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from models import Unit, WalletKind, db
from services import ledger
from services.ledger import Cause
from services.points import books
from tests.conftest import NOON
from tests.test_strangers import rows  # noqa: F401  one of everything in the community

BY_HAND = {
    "points moved between two lots": (
        "UPDATE lots SET remaining = remaining - 1", ("lot ", "left and was used for")),
    "a use at a shop is worth more": (
        "UPDATE redemptions SET merchant_due_fen = merchant_due_fen + 1", ("is owed", "by its redemptions")),
    "a use at a shop is taken back without its money": (
        "UPDATE redemptions SET status = 'reversed', reversed_at = at", ("is owed", "by its redemptions")),
    "a settlement is paid without its money": (
        "UPDATE settlements SET status = 'paid', amount_fen = 7", ("of which 7 are paid",)),
    "a settlement is more than its lines": (
        "UPDATE settlements SET amount_fen = 7", ("settlement ", "says 7 fen in 0 lines, and its lines are 0 fen in 0")),
    "a settlement counts more lines than it has": (
        "UPDATE settlements SET line_count = 7", ("in 7 lines, and its lines are",)),
    "an offer counts another number of coupons": (
        "UPDATE offers SET issued = issued + 1", ("counts 3 coupons, and 2 are out",)),
    "a coupon is refunded without its place in the stock": (
        "UPDATE coupons SET status = 'refunded' WHERE status = 'used'", ("counts 2 coupons, and 1 are out",)),
    "an event counts another number of places": (
        "UPDATE events SET taken = taken + 1", ("counts 2 places taken, and 1 people have one",)),
    "a sign-up is cancelled without its place": (
        "UPDATE sign_ups SET status = 'cancelled'", ("counts 1 places taken, and 0 people have one",)),
}


@pytest.mark.parametrize("change", BY_HAND)
def test_what_is_changed_by_hand_is_named(rows, change):  # noqa: F811
    assert books.problems() == []
    statement, told = BY_HAND[change]
    db.session.execute(text(statement))
    assert any(all(words in found for words in told) for found in books.problems()), books.problems()


def test_a_line_of_another_amount_than_its_redemption_is_named(rows):  # noqa: F811
    db.session.execute(text("""
        INSERT INTO settlement_lines (id, settlement_id, redemption_id, coupon_id, shop_id, at, amount_fen)
        SELECT r.id, s.id, r.id, r.coupon_id, r.shop_id, r.at, 7 FROM redemptions r CROSS JOIN settlements s"""))
    db.session.execute(text("UPDATE settlements SET amount_fen = 7, line_count = 1"))
    found = books.problems()
    assert len(found) == 1 and "is 7 fen, and its redemption 1000 fen, done" in found[0]


def test_points_spent_out_of_no_lot_are_named(rows, li, fund):  # noqa: F811
    ledger.post(ledger.wallet(li.id, WalletKind.RESIDENT).id, ledger.wallet(fund.id, WalletKind.SPENT).id, 3, unit=Unit.POINTS, kind="coupon",
                because=Cause("coupon", uuid7()), area_id=fund.area_id, now=NOON)
    assert any("took 3 points, and 0 out of lots" in found for found in books.problems())


def test_a_town_where_much_was_done_and_undone_balances(rows, as_, key, zhao, li):  # noqa: F811
    admin, resident = as_(zhao), as_(li)
    assert admin.post(f"/api/v1/redemptions/{rows['redemption_id']}/reverse", headers=key(), json={"reason": "x"}).status_code == 200
    for coupon in resident.get("/api/v1/me/coupons").json["items"]:
        assert resident.post(f"/api/v1/coupons/{coupon['id']}/refund", headers=key()).status_code == 200
    assert books.problems() == []
    assert len(list(books.look())) == len(books.CHECKS)
