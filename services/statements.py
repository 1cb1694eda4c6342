"""A settlement's statement as CSV, XLSX and PDF: the same lines and the same hash in each."""
import csv
import hashlib
import io
from pathlib import Path

import xlsxwriter
from fpdf import FPDF
from fpdf.fonts import FontFace
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
FONTS = {"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc": 2,  # the place of simplified Chinese in the collection
         "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc": 0}


def make(settlement: Settlement, suffix: str, *, language: str) -> bytes:
    """The statement in `csv`, `xlsx` or `pdf`, in `zh` or `en`."""
    words, lines = WORDS[language if suffix != "pdf" or _font() else "en"], _lines(settlement)
    head = [(words["merchant"], settlement.merchant.name), (words["period"], f"{settlement.period_start} – {settlement.period_end}"),
            (words["status"], words[settlement.status]), (words["total"], _yuan(settlement.amount_fen)), (words["hash"], digest(settlement))]
    return {"csv": _csv, "xlsx": _xlsx, "pdf": _pdf}[suffix](words, head, lines)


def digest(settlement: Settlement) -> str:
    """SHA-256 over `redemption id, fen` of each line in the order of the ids: the same at every rendering."""
    rows = db.session.execute(select(SettlementLine.redemption_id, SettlementLine.amount_fen).where(
        SettlementLine.settlement_id == settlement.id).order_by(SettlementLine.redemption_id))
    return hashlib.sha256("".join(f"{redemption},{fen}\n" for redemption, fen in rows).encode()).hexdigest()


def _lines(settlement: Settlement) -> list[list]:
    rows = db.session.execute(select(SettlementLine, Shop.name).join(Shop, Shop.id == SettlementLine.shop_id).where(
        SettlementLine.settlement_id == settlement.id).order_by(SettlementLine.id))
    return [[number, str(local_day(line.at, settlement.merchant.area)), shop, str(line.redemption_id), str(line.coupon_id),
             _yuan(line.amount_fen)] for number, (line, shop) in enumerate(rows, 1)]


def _font() -> str | None:
    """A font with Chinese, if the system has one (Debian: fonts-noto-cjk); without, the PDF is in English, and a name that
    ASCII cannot say is question marks."""
    return next((path for path in FONTS if Path(path).exists()), None)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _safe(value) -> str:
    """Text that a spreadsheet will not run as a formula (OWASP ASVS 1.2.10)."""
    text = str(value)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def _csv(words, head, lines) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in [[words["title"]], *head, [], words["columns"], *lines]:
        writer.writerow([_safe(value) for value in row])
    return out.getvalue().encode()


def _xlsx(words, head, lines) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(words["title"])
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 5, 38)
        for number, row in enumerate([[words["title"]], *head, [], words["columns"]]):
            sheet.write_row(number, 0, row)
        for number, row in enumerate(lines, len(head) + 3):
            sheet.write_row(number, 0, row[:-1])
            sheet.write_number(number, 5, float(row[-1]), book.add_format({"num_format": "0.00"}) if number == len(head) + 3 else None)
    return out.getvalue()


def _pdf(words, head, lines) -> bytes:
    document = FPDF(orientation="landscape", format="A4")
    font = _font()
    if font:
        document.add_font("cjk", fname=font, collection_font_number=FONTS[font])
    document.set_font("cjk" if font else "helvetica", size=10)
    text = str if font else lambda value: str(value).replace("–", "-").encode("ascii", "replace").decode()
    document.add_page()
    document.cell(text=text(words["title"]), new_x="LMARGIN", new_y="NEXT")
    for label, value in head:
        document.cell(text=text(f"{label}: {value}"), new_x="LMARGIN", new_y="NEXT")
    with document.table(col_widths=(8, 16, 40, 62, 62, 20), headings_style=FontFace(emphasis="")) as table:
        for row in [words["columns"], *lines]:
            table.row([text(value) for value in row])
    return bytes(document.output())
