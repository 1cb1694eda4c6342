import os
import unicodedata
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from models import Coupon, Message, Offer, Posting, Redemption, SettlementLine, SettlementStatus, Shop, Unit, WalletKind, db
from services import ledger
from services.ledger import Cause
from services.merchants import settlements, statement_pdf, statements
from services.points import books
from services.refusals import Forbidden, InvalidTransition, NotFound, ValidationFailed
from services.scans import codes
from tests.conftest import NOON

MAY = {"period_start": date(2026, 5, 1), "period_end": date(2026, 5, 31)}


@pytest.fixture
def use(town, lins_market, li, lin, zhao, fund):
    """`use(fen, at)`: a coupon of Li's used at Lin's, with the money owed for it."""
    offer = Offer(merchant_id=lins_market.id, area_id=town.community.id, title="减十元", kind="cash_off", face_value_fen=1000, points_price=5,
                  stock=500, on_sale_from=NOON - timedelta(days=60), on_sale_until=NOON + timedelta(days=60), valid_days=30,
                  funded_by="community", status="on_sale", created_by_id=zhao.id, created_at=NOON)
    db.session.add(offer)
    db.session.flush()
    shop = db.session.scalars(select(Shop).filter_by(merchant_id=lins_market.id)).one()

    def made(fen, at):
        wallets = [ledger.wallet(fund.id, WalletKind.FUND), ledger.wallet(li.id, WalletKind.RESIDENT)]
        paid = ledger.post(wallets[0].id, ledger.wallet(fund.id, WalletKind.SPENT).id, 5, unit=Unit.POINTS, kind="coupon",
                           because=Cause("coupon", uuid7()), area_id=town.community.id, now=at)
        coupon = Coupon(id=uuid7(), offer_id=offer.id, merchant_id=lins_market.id, area_id=town.community.id, resident_id=li.id,
                        fund_id=fund.id, status="used", points_paid=5, posting_id=paid, bought_at=at, valid_until=at + timedelta(days=30),
                        used_at=at, short_code=codes.new_short_code(), code_id=codes.new_id(), code_secret=codes.new_secret())
        db.session.add(coupon)
        offer.issued += 1
        db.session.flush()
        row = Redemption(id=uuid7(), coupon_id=coupon.id, shop_id=shop.id, merchant_id=lins_market.id, fund_id=fund.id, clerk_id=lin.id,
                         at=at, discount_fen=fen, merchant_due_fen=fen)
        db.session.add(row)
        db.session.flush()
        ledger.post(ledger.wallet(fund.id, WalletKind.FUND, Unit.FEN).id, ledger.wallet(lins_market.id, WalletKind.MERCHANT, Unit.FEN).id,
                    fen, unit=Unit.FEN, kind="redemption", because=Cause("redemption", row.id), area_id=town.community.id, now=at)
        db.session.commit()
        return row
    return made


@pytest.fixture
def make(lins_market, zhao, settings):
    return lambda now=NOON, **period: settlements.make(merchant_id=lins_market.id, by=zhao, settings=settings, now=now, **(period or MAY))


def test_a_redemption_is_settled_once_its_hour_is_over_and_only_once(use, make):
    use(1000, NOON)
    assert make(NOON + timedelta(minutes=60, seconds=-1)).line_count == 0
    assert make(NOON + timedelta(minutes=60)).amount_fen == 1000
    assert make(NOON + timedelta(days=9)).amount_fen == 0


def test_days_without_anything_to_settle_have_one_settlement_of_nothing(use, make, lin):
    empty = make()
    assert (empty.line_count, empty.amount_fen) == (0, 0)
    assert make().id == empty.id
    assert db.session.scalars(select(Message.topic)).all() == []

    use(1000, NOON)
    full = make(NOON + timedelta(hours=2))
    assert full.id != empty.id and full.line_count == 1
    assert make(NOON + timedelta(hours=3)).id == empty.id
    assert make(period_start=date(2026, 5, 2), period_end=date(2026, 5, 31)).id not in (empty.id, full.id)
    assert db.session.scalars(select(Message.person_id)).all() == [lin.id]


def test_a_day_is_a_day_of_the_area(use, make):
    use(1, NOON.replace(day=1, hour=15, minute=59) - timedelta(days=1))  # 23:59 on 30 April in Chongqing
    use(10, NOON.replace(day=1, hour=16) - timedelta(days=1))            # midnight
    use(100, NOON.replace(day=31, hour=15, minute=59))
    use(1000, NOON.replace(day=31, hour=16))
    assert make(NOON + timedelta(days=60)).amount_fen == 110


def test_a_reversed_or_unfunded_use_is_owed_nothing(use, make):
    row = use(1000, NOON)
    row.status, row.reversed_at = "reversed", NOON
    db.session.flush()
    assert make(NOON + timedelta(hours=2)).line_count == 0


def test_the_database_keeps_a_redemption_out_of_a_second_settlement(use, make):
    row = use(1000, NOON)
    make(NOON + timedelta(hours=2))
    second = make(NOON + timedelta(hours=2))
    db.session.add(SettlementLine(settlement_id=second.id, redemption_id=row.id, coupon_id=row.coupon_id, shop_id=row.shop_id,
                                  at=row.at, amount_fen=1000))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_from_draft_to_paid_by_two_admins_and_the_shop(use, make, lin, zhao, qian, lins_market):
    use(1000, NOON)
    made = make(NOON + timedelta(hours=2))
    later = NOON + timedelta(hours=3)
    with pytest.raises(InvalidTransition):
        settlements.approve(made.id, by=zhao, now=later)
    settlements.confirm(made.id, by=lin, now=later)
    settlements.approve(made.id, by=zhao, now=later)
    with pytest.raises(Forbidden):
        settlements.pay(made.id, paid_at=later, bank_reference="1", by=zhao, now=later)
    paid = settlements.pay(made.id, paid_at=later, bank_reference="1", by=qian, now=later)
    assert paid.status == SettlementStatus.PAID
    assert ledger.wallet(lins_market.id, WalletKind.MERCHANT, Unit.FEN).balance == 0
    assert db.session.get(Posting, paid.posting_id).amount == 1000
    with pytest.raises(InvalidTransition):
        settlements.pay(made.id, paid_at=later, bank_reference="1", by=qian, now=later)
    assert books.problems() == []


def test_the_database_keeps_approver_and_payer_apart(use, make, zhao):
    made = make(NOON + timedelta(hours=2))
    made.approved_by_id = made.paid_by_id = zhao.id
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_dispute_names_lines_of_this_settlement_and_reopens_as_a_draft(use, make, lin, zhao):
    use(1000, NOON)
    made = make(NOON + timedelta(hours=2))
    line = db.session.scalars(select(SettlementLine)).one()
    with pytest.raises(ValidationFailed):
        settlements.dispute(made.id, reason="金额不对", line_ids=[uuid7()], by=lin, now=NOON)
    assert settlements.dispute(made.id, reason="金额不对", line_ids=[line.id], by=lin, now=NOON).status == "disputed"
    assert settlements.reopen(made.id, by=zhao, now=NOON).status == "draft"


def test_another_merchant_and_another_community_see_nothing(use, make, kang, zhou, mei, sun):
    made = make()
    for person in (kang, zhou, mei):
        with pytest.raises(NotFound):
            settlements.visible(made.id, by=person, now=NOON)
    assert settlements.visible(made.id, by=sun, now=NOON) is made
    with pytest.raises(Forbidden):
        settlements.approve(made.id, by=sun, now=NOON)


def test_the_statement_says_the_same_in_every_form(use, make):
    for fen in (1000, 250):
        use(fen, NOON)
    made = make(NOON + timedelta(hours=2))
    text = statements.make(made, "csv", language="zh").decode()
    assert "12.50" in text
    assert statements.digest(made) in text
    assert statements.make(made, "csv", language="zh").decode() == text
    assert statements.make(made, "xlsx", language="en").startswith(b"PK")
    assert statements.make(made, "pdf", language="zh").startswith(b"%PDF")


def text_of(pdf):
    """pypdf gives the two bytes of a character of an embedded font as two characters, the first of them NUL."""
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\0", "")
    return " ".join(unicodedata.normalize("NFKC", text).split())


@pytest.fixture
def chinese_font():
    if statement_pdf.font() is None and os.environ.get("REQUIRE_CHINESE_FONT"):
        pytest.fail("a font for Chinese is required here and was not found")
    if statement_pdf.font() is None:
        pytest.skip("no font for Chinese: install fonts-noto-cjk")


@pytest.mark.parametrize(("language", "says"), [("zh", ["结算单", "商户: 林记超市", "合计(元): 10.00"]),
                                                ("en", ["Settlement statement", "Merchant: 林记超市", "Total (CNY): 10.00"])])
def test_with_a_font_for_chinese_the_pdf_is_in_the_readers_language_and_has_the_names(chinese_font, use, make, language, says):
    use(1000, NOON)
    text = text_of(statements.make(make(NOON + timedelta(hours=2)), "pdf", language=language))
    assert [said for said in says if said not in text] == []


def test_without_a_font_for_chinese_the_pdf_says_who_is_meant_by_codes(use, make, lins_market, monkeypatch):
    monkeypatch.setattr(statement_pdf, "FONTS", {})
    row = use(1000, NOON)

    text = text_of(statements.make(make(NOON + timedelta(hours=2)), "pdf", language="zh"))

    assert f"Merchant: {lins_market.uscc}" in text and str(row.shop_id) in text and "10.00" in text
    assert "no font for Chinese" in text
    assert "?" not in text


def test_without_a_font_for_chinese_a_name_in_latin_letters_stays(make, lins_market, monkeypatch):
    monkeypatch.setattr(statement_pdf, "FONTS", {})
    lins_market.name = "Café Lin"
    assert "Merchant: Café Lin" in text_of(statements.make(make(), "pdf", language="en"))


def test_a_long_pdf_numbers_its_pages(use, make):
    for fen in range(1, 41):
        use(fen, NOON)
    text = text_of(statements.make(make(NOON + timedelta(hours=2)), "pdf", language="en"))
    assert "1 / 2" in text and "2 / 2" in text


def test_a_name_that_looks_like_a_formula_stays_text(use, make, lins_market):
    lins_market.name = "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in statements.make(make(), "csv", language="en").decode()


def test_reconciliation_shows_due_settled_paid_and_the_difference(use, make, zhao, lins_market, fund):
    use(1000, NOON)
    make(NOON + timedelta(hours=2))
    use(300, NOON)
    row, = settlements.reconciliation(MAY["period_start"], MAY["period_end"], by=zhao, now=NOON + timedelta(days=1))
    assert (row["merchant_id"], row["fund_id"]) == (lins_market.id, fund.id)
    assert (row["due_fen"], row["settled_fen"], row["paid_fen"], row["difference_fen"]) == (1300, 1000, 0, 1300)
    assert db.session.scalar(select(func.count()).select_from(Redemption)) == 2


def test_the_days_of_a_reconciliation_are_the_areas_own(use, town, zhao):
    """23:30 on 30 April in Chongqing is 00:30 on 1 May where the zone is an hour ahead."""
    use(1000, NOON.replace(day=1, hour=15, minute=30) - timedelta(days=1))
    assert settlements.reconciliation(MAY["period_start"], MAY["period_end"], by=zhao, now=NOON) == []
    town.community.timezone = "Asia/Tokyo"
    db.session.flush()
    row, = settlements.reconciliation(MAY["period_start"], MAY["period_end"], by=zhao, now=NOON)
    assert row["due_fen"] == 1000


@pytest.mark.parametrize(("paid_at", "is_taken"), [
    (timedelta(days=-5, hours=-12), True), (timedelta(days=-5, hours=-13), False), (timedelta(days=-300), False),
    (timedelta(hours=1), True),
    (timedelta(days=1, minutes=5), True), (timedelta(days=1, minutes=6), False)])
def test_it_is_paid_between_the_beginning_of_its_period_and_now(use, make, lin, zhao, qian, paid_at, is_taken):
    """It is approved at noon on the 6th of its month, and said to be paid a day later."""
    use(1000, NOON - timedelta(hours=2))
    made = make(NOON)
    settlements.confirm(made.id, by=lin, now=NOON)
    settlements.approve(made.id, by=zhao, now=NOON)
    told = {"paid_at": NOON + paid_at, "bank_reference": "1", "by": qian, "now": NOON + timedelta(days=1)}
    if is_taken:
        assert settlements.pay(made.id, **told).status == SettlementStatus.PAID
        return
    with pytest.raises(ValidationFailed) as refused:
        settlements.pay(made.id, **told)
    assert set(refused.value.errors) == {"paid_at"} and made.status == SettlementStatus.APPROVED
