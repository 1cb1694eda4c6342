"""The statement as PDF. Chinese needs a font of the system's; without one the statement is in English.

A name that it then cannot say gives way to the code that stands for it, and the last line says so: question marks would name
nobody.
"""
from pathlib import Path

from fpdf import FPDF
from fpdf.fonts import FontFace

FONTS = {  # where systems keep a font with Chinese, and the place of simplified Chinese in the collection
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc": 2,  # Debian and Ubuntu: fonts-noto-cjk
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc": 2,  # Arch
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc": 2,  # Fedora
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc": 0,
}
COLUMNS = {"col_widths": (8, 16, 50, 50, 50, 20), "text_align": ("RIGHT", "LEFT", "LEFT", "LEFT", "LEFT", "RIGHT")}
HEADING = FontFace(emphasis="", fill_color=(232, 232, 232))
WITHOUT_FONT = "This server has no font for Chinese: names are given as codes here, and in full by the CSV and XLSX statements."


def font() -> str | None:
    """The first of FONTS that this system has."""
    return next((path for path in FONTS if Path(path).exists()), None)


def sayable(name: str, instead: str) -> str:
    """The name, or what stands for it where there is no font to say it."""
    return name if font() or _is_latin(name) else instead


def draw(title: str, head: list[tuple], columns: list[str], lines: list[list]) -> bytes:
    """One table with a head; every page has its number and the columns' names."""
    document = _Numbered(orientation="landscape", format="A4")
    if chinese := font():
        document.add_font("chinese", fname=chinese, collection_font_number=FONTS[chinese])
    document.family = "chinese" if chinese else "helvetica"
    document.add_page()
    document.write_line(title, size=18, height=12)
    for label, value in head:
        document.write_line(f"{label}: {value}", size=10, height=6)
    document.ln(3)
    document.set_font(document.family, size=9)
    with document.table(**COLUMNS, headings_style=HEADING, borders_layout="HORIZONTAL_LINES", line_height=6) as table:
        for row in [columns, *lines]:
            table.row([str(value) for value in row])
    if not chinese:
        document.ln(3)
        document.write_line(WITHOUT_FONT, size=9, height=6)
    return bytes(document.output())


def _is_latin(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


class _Numbered(FPDF):
    family = "helvetica"

    def write_line(self, text: str, *, size: int, height: int) -> None:
        self.set_font(self.family, size=size)
        self.multi_cell(w=0, text=text, h=height, align="L", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(self.family, size=9)
        self.cell(text=f"{self.page_no()} / {{nb}}", align="R", w=0)
