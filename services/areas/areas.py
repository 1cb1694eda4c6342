"""The area tree: look through it, and bring it in from rows of code, level, parent, name and the year a code ended."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from uuid_utils.compat import uuid7

from models import Area, Level, db
from services.refusals import N_, Invalid, NotFound

BATCH = 1000
ORDER = {level: depth for depth, level in enumerate(Level)}
LONGEST_CODE, LONGEST_NAME = 20, 80


class AreaRowInvalid(Invalid):
    message = N_("The area %(area)s cannot be taken in: %(why)s.")

    def __init__(self, area: str, why: str):
        super().__init__(area=area, why=why)


@dataclass(frozen=True)
class Imported:
    made: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class _Node:
    """`parent` is the parent's code."""

    level: str
    parent: str | None
    name: str
    ended: str | None


def take_in(rows: Iterable[dict], *, done: Callable[[int], None] = lambda _count: None) -> Imported:
    """Make what is new and correct what differs, by code; areas the rows do not name stay as they are.

    Taking the same rows in again changes nothing. `done` hears how many more rows are finished.
    AreaRowInvalid for a row whose level, name or parent cannot be right, or whose code stood before: nothing is written then.
    """
    held = {area.code: area for area in db.session.execute(select(
        Area.id, Area.code, Area.level, Area.name, Area.parent_id, Area.path, Area.ended))}
    given = _given(rows)
    tree = _as_nodes(held) | given
    ids = {code: held[code].id if code in held else uuid7() for code in sorted(tree, key=lambda code: ORDER[tree[code].level])}
    paths = {}
    for code in ids:
        paths[code] = _path(code, tree, paths)
    wanted = [_columns(code, tree[code], ids, paths) for code in ids]
    new = [row for row in wanted if row["code"] not in held]
    differing = [row for row in wanted if row["code"] in held and _differs(held[row["code"]], row)]
    _write(insert(Area), new, done)
    _write(_correction(), [{f"the_{name}": value for name, value in row.items()} for row in differing], done)
    changed = sum(row["code"] in given for row in differing)
    done(len(given) - len(new) - changed)
    return Imported(len(new), changed, len(given) - len(new) - changed)


def _given(rows: Iterable[dict]) -> dict[str, _Node]:
    """By code; which of two rows with one code is right, nobody can tell. The first row is line 2 of its file."""
    given, lines = {}, {}
    for line, row in enumerate(rows, 2):
        code = row["code"].strip()
        if code in given:
            raise AreaRowInvalid(code, f"it stands on line {lines[code]} and again on line {line}")
        given[code], lines[code] = _node(row), line
    return given


def _node(row: dict) -> _Node:
    code, level, name = (row[column].strip() for column in ("code", "level", "name"))
    if not 1 <= len(code) <= LONGEST_CODE or "/" in code:
        raise AreaRowInvalid(code, f"a code is 1-{LONGEST_CODE} characters without a slash")
    if level not in ORDER:
        raise AreaRowInvalid(code, f"{level!r} is no level")
    if not 1 <= len(name) <= LONGEST_NAME:
        raise AreaRowInvalid(code, f"a name is 1-{LONGEST_NAME} characters")
    return _Node(level, row["parent_code"].strip() or None, name, (row.get("ended") or "").strip() or None)


def _as_nodes(held: dict) -> dict[str, _Node]:
    codes = {area.id: code for code, area in held.items()}
    return {code: _Node(area.level, codes.get(area.parent_id), area.name, area.ended) for code, area in held.items()}


def _path(code: str, tree: dict[str, _Node], paths: dict[str, str]) -> str:
    """Parents come before children, since the codes are taken level by level."""
    node = tree[code]
    if node.parent is None:
        if node.level != Level.CITY:
            raise AreaRowInvalid(code, "only a city has no parent")
        return f"/{code}/"
    if node.parent not in tree:
        raise AreaRowInvalid(code, f"its parent {node.parent} is not there")
    if ORDER[tree[node.parent].level] >= ORDER[node.level]:
        raise AreaRowInvalid(code, f"a {node.level} does not lie in a {tree[node.parent].level}")
    return f"{paths[node.parent]}{code}/"


def _columns(code: str, node: _Node, ids: dict, paths: dict) -> dict:
    return {"id": ids[code], "code": code, "level": node.level, "name": node.name, "ended": node.ended,
            "parent_id": ids[node.parent] if node.parent else None, "path": paths[code]}


def _differs(area, row: dict) -> bool:
    return any(getattr(area, name) != value for name, value in row.items())


def _correction():
    names = ("level", "name", "ended", "parent_id", "path")
    table = Area.__table__
    return update(table).where(table.c.id == bindparam("the_id")).values({name: bindparam(f"the_{name}") for name in names})


def _write(statement, rows: list[dict], done: Callable[[int], None]) -> None:
    for first in range(0, len(rows), BATCH):
        batch = rows[first:first + BATCH]
        db.session.connection().execute(statement, batch)
        done(len(batch))


def search(*, parent_id: UUID | None = None, q: str | None = None):
    """A select of the tree, narrowed to one area's own parts and to a part of a name. NotFound for a parent that there is not."""
    query = select(Area)
    if parent_id is not None:
        if db.session.get(Area, parent_id) is None:
            raise NotFound
        query = query.where(Area.parent_id == parent_id)
    return query.where(Area.name.contains(q, autoescape=True)) if q else query
