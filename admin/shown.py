"""What a page shows, before it is drawn: cells, tables, facts, acts. Drawn by templates/admin/parts.html."""
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import g, request, url_for
from flask_babel import gettext as _

from admin import forms, words
from admin.charts import Picture as Chart
from admin.forms import HOME, ShownForm
from models import ActivityRecord, CheckState, Role
from services.access import reach
from services.wechat import content

ADMIN = (Role.AREA_ADMIN,)


@dataclass
class Cell:
    text: str
    href: str = ""
    kind: str = ""  # number, badge, moment, code
    tone: str = ""
    machine: str = ""  # the moment as programs read it


@dataclass
class Table:
    caption: str
    columns: list[str]
    rows: list[list[Cell]]
    empty: str = ""
    next_href: str = ""
    numbers: set[int] = field(default_factory=set)


@dataclass
class Picture:
    """One small, that opens large; without an address its caption says why it is not shown."""

    label: str
    href: str = ""
    caption: str = ""


@dataclass
class Tile:
    """A community on the grid without a map: its name, its mark, its shade (t0 to t4, or none), and where it leads."""

    name: str
    mark: str
    band: str
    href: str


@dataclass
class Section:
    """A part of a page: a table, facts, forms, a note; whichever it has."""

    title: str
    table: Table | None = None
    facts: list[tuple[str, Cell]] = field(default_factory=list)
    forms: list[tuple[str, ShownForm]] = field(default_factory=list)
    note: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    charts: list[tuple[Chart, str]] = field(default_factory=list)  # each with what its rows are
    is_answer: bool = False  # what was asked for: the focus lands on it


def text(value, href: str = "") -> Cell:
    return Cell("—" if value in (None, "") else str(value), href)


def code(value) -> Cell:
    return Cell(str(value), kind="code")


def number(value) -> Cell:
    return Cell("—" if value is None else f"{value:,}", kind="number")


def yuan(fen: int | None) -> Cell:
    if fen is None:
        return Cell("—", kind="number")
    return Cell(f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}", kind="number")


def moment(at: datetime | None) -> Cell:
    if at is None:
        return Cell("—")
    here = at.astimezone(HOME)
    return Cell(here.strftime("%Y-%m-%d %H:%M"), kind="moment", machine=here.isoformat(timespec="minutes"))


def day(on: date | None) -> Cell:
    return Cell("—") if on is None else Cell(on.isoformat(), kind="moment", machine=on.isoformat())


def days(first: date, last: date) -> Cell:
    return Cell(f"{first} – {last}", kind="moment", machine=f"{first}/{last}")


def badge(value: str, called: dict) -> Cell:
    return Cell(_(called[value]) if value in called else value, kind="badge", tone=words.tone(value))


def word(value: str | None, called: dict) -> Cell:
    return text(_(called[value]) if value in called else value)


def deed(record: ActivityRecord) -> str:
    """What was done, in its writer's words; what did not pass WeChat's check is its kind alone."""
    return content.shown(record.description, record.text_state, to_writer=False) or word(record.category, words.CATEGORIES).text


def written(row, words: str) -> str:
    """Words of who wrote the row: nothing of what WeChat's check refused, but to them."""
    return content.shown(words, row.text_state, to_writer=row.by_id == g.person.id)


def decided(row, called: dict, why: str | None) -> list[tuple[str, Cell]]:
    """Who decided on it, when and why; nothing while nobody has. `called`: people's names."""
    if row.decided_at is None:
        return []
    return [(_("Decided by"), text(called.get(row.decided_by_id))), (_("Decided"), moment(row.decided_at)), (_("Why"), text(why))]


def hidden_words(state: str, action: str, *, may_read: bool, words_read: str) -> list[Section]:
    """In the place of words that did not pass WeChat's check; who decides may read them, and the audit log keeps that they did."""
    if state != CheckState.REFUSED:
        return []
    if words_read:
        return [Section(_("What was written"), note=words_read, is_answer=True)]
    section = Section(_("What was written"), note=_("It did not pass the check and is not shown."))
    if may_read:
        section.forms = [(_("Read it all the same"), forms.show(
            None, action, _("Show it once"), once=False, note=_("For who decides on it. The audit log keeps who read it and when.")))]
    return [section]


def table(caption: str, columns: list[str], page: dict, row, *, empty: str, numbers=()) -> Table:
    """A page of a list, each of its rows drawn by `row`, with the way to the next page."""
    return Table(caption, columns, [row(item) for item in page["items"]], empty, next_page(page), set(numbers))


def next_page(page: dict) -> str:
    if not page["next_cursor"]:
        return ""
    kept = {name: value for name, value in request.args.items() if name not in ("cursor", "done")}
    return url_for(request.endpoint, **(request.view_args or {}), **kept, cursor=page["next_cursor"])


def may_change(area=None) -> bool:
    """Whether to draw what changes something: for an admin of this area, or of any. The rules look again."""
    return reach.holds(g.person, ADMIN, g.now) if area is None else reach.reaches(g.person, area, ADMIN, g.now)
