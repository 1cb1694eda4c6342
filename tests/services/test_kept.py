"""Rows of the chain are marked or handed over, never deleted; the database says so, whoever asks it."""
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models import db
from tests.test_strangers import rows  # noqa: F401  one of everything in the community

KEPT = ("check_ins", "activity_records", "objections", "lots", "coupons", "redemptions", "settlements", "funds", "offers", "events",
        "sign_ups", "record_steps", "credit_files", "credit_enrolments", "credit_entries", "credit_file_facts", "household_members", "rulebooks",
        "rulebook_versions", "rulebook_comments")


def test_no_link_of_the_chain_is_deleted(rows):  # noqa: F811
    for table in KEPT:
        held = db.session.scalar(text(f"SELECT count(*) FROM {table}"))
        with pytest.raises(IntegrityError, match=f"{table} are (kept|only added)"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.rollback()
        assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) == held > 0


@pytest.mark.parametrize(("statement", "told"), [
    ("DELETE FROM settlement_lines", "kept"), ("UPDATE settlement_lines SET amount_fen = 1", "only added")])
def test_a_line_of_a_settlement_stays_as_it_is(rows, statement, told):  # noqa: F811
    db.session.execute(text("""
        INSERT INTO settlement_lines (id, settlement_id, redemption_id, coupon_id, shop_id, at, amount_fen)
        SELECT r.id, s.id, r.id, r.coupon_id, r.shop_id, r.at, 1000 FROM redemptions r CROSS JOIN settlements s"""))
    with pytest.raises(IntegrityError, match=f"settlement_lines are {told}"):
        db.session.execute(text(statement))


@pytest.mark.only("postgresql")
def test_no_link_of_the_chain_is_truncated(rows):  # noqa: F811
    for table in (*KEPT, "settlement_lines"):
        with pytest.raises(IntegrityError, match=r"are (kept|only added)"):
            db.session.execute(text(f"TRUNCATE {table} CASCADE"))
        db.session.rollback()
