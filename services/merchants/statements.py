"""A settlement's statement as CSV, XLSX and PDF: the same lines and the same hash in each.

What draws a PDF and a workbook takes 19 MB and is loaded when it is asked for: most processes never are.
"""
import csv
import hashlib
import io

from sqlalchemy import select

from models import Settlement, SettlementLine, Shop, db, local_day

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf",
               "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
WORDS = {
    "zh": {"title": "结算单", "merchant": "商户", "period": "期间", "status": "状态", "total": "合计（元）", "hash": "明细校验码 SHA-256",
           "columns": ["行号", "日期", "门店", "核销编号", "券编号", "金额（元）"],
           "draft": "待确认", "confirmed": "已确认", "approved": "已审批", "paid": "已付款", "disputed": "有异议"},
    "en": {"title": "Settlement statement", "merchant": "Merchant", "period": "Period", "status": "Status", "total": "Total (CNY)",
           "hash": "SHA-256 of the lines", "columns": ["No.", "Date", "Shop", "Redemption", "Coupon", "Amount (CNY)"],
           "draft": "draft", "confirmed": "confirmed", "approved": "approved", "paid": "paid", "disputed": "disputed"},
}
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


def make(settlement: Settlement, suffix: str, *, language: str) -> bytes:
    """The statement in `csv`, `xlsx` or `pdf`, in `zh` or `en`; a PDF without a font for Chinese is in English."""
    if suffix == "pdf":
        from services.merchants import statement_pdf

        words, say, draw = WORDS[language if statement_pdf.font() else "en"], statement_pdf.sayable, statement_pdf.draw
    else:
        words, say, draw = WORDS[language], _as_it_is, {"csv": _csv, "xlsx": _xlsx}[suffix]
    return draw(words["title"], _head(settlement, words, say), words["columns"], _lines(settlement, say))


def _as_it_is(name: str, instead: str) -> str:
    return name


def digest(settlement: Settlement) -> str:
    """SHA-256 over `redemption id, fen` of each line in the order of the ids: the same at every rendering."""
    rows = db.session.execute(select(SettlementLine.redemption_id, SettlementLine.amount_fen).where(
        SettlementLine.settlement_id == settlement.id).order_by(SettlementLine.redemption_id))
    return hashlib.sha256("".join(f"{redemption},{fen}\n" for redemption, fen in rows).encode()).hexdigest()


def _head(settlement: Settlement, words, say) -> list[tuple]:
    first, last = settlement.period_start, settlement.period_end
    return [(words["merchant"], say(settlement.merchant.name, settlement.merchant.uscc)),
            (words["period"], say(f"{first} – {last}", f"{first} - {last}")), (words["status"], words[settlement.status]),
            (words["total"], _yuan(settlement.amount_fen)), (words["hash"], digest(settlement))]


def _lines(settlement: Settlement, say) -> list[list]:
    rows = db.session.execute(select(SettlementLine, Shop.name).join(Shop, Shop.id == SettlementLine.shop_id).where(
        SettlementLine.settlement_id == settlement.id).order_by(SettlementLine.id))
    return [[number, str(local_day(line.at, settlement.merchant.area)), say(shop, str(line.shop_id)), str(line.redemption_id),
             str(line.coupon_id), _yuan(line.amount_fen)] for number, (line, shop) in enumerate(rows, 1)]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _safe(value) -> str:
    """Text that a spreadsheet will not run as a formula (OWASP ASVS 1.2.10)."""
    text = str(value)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def _csv(title, head, columns, lines) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in [[title], *head, [], columns, *lines]:
        writer.writerow([_safe(value) for value in row])
    return out.getvalue().encode()


def _xlsx(title, head, columns, lines) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 5, 38)
        for number, row in enumerate([[title], *head, [], columns]):
            sheet.write_row(number, 0, row)
        for number, row in enumerate(lines, len(head) + 3):
            sheet.write_row(number, 0, row[:-1])
            sheet.write_number(number, 5, float(row[-1]), book.add_format({"num_format": "0.00"}) if number == len(head) + 3 else None)
    return out.getvalue()
