"""Rows that are written together: which there are and which columns are given, and the statement for each such shape, made once."""
from functools import cache
from typing import NamedTuple

from sqlalchemy import CTE, BigInteger, ColumnElement, Select, bindparam, case, cast, insert, literal, literal_column, select, true, update


class Changed(NamedTuple):
    """New values of a row whose lock is held, and its id, among rows that are written together."""

    kind: type
    values: dict


class Ahead(NamedTuple):
    """A statement that goes ahead of another to the database, and the names of its values: it locks what many share.

    The other then sees what is locked as it is. Who waits within a statement for a row that another changes meanwhile has the statement's
    whole plan set up once more to look at that row again, which took a seventh of an exchange's time in the database.
    """

    statement: Select
    names: tuple[str, ...]


class Act:
    """What one of PostgreSQL's statements does by these parts, and the condition that tells of them whether it was done."""

    __slots__ = ("ahead", "is_done", "parts")

    def __init__(self, is_done: ColumnElement[bool], *parts: CTE, ahead: Ahead | None = None):
        self.is_done, self.parts, self.ahead = case((is_done, 1), else_=0), parts, ahead


ALWAYS = true()
Shape = tuple[tuple[type, tuple[str, ...], bool], ...]  # of rows: their kinds, the columns that are given, and whether the row is new


def inserts(shape: Shape, *, only_if=ALWAYS, found: dict | None = None, called: str = "row") -> list[CTE]:
    """PostgreSQL writes rows of several tables in one statement, and looks at the foreign keys at its end.

    `found` gives values that the statement itself finds, by the parameter that each stands for. Two lists in one statement are `called` differently.
    """
    rows = []
    for n, (kind, names, is_new) in enumerate(shape):
        types = {f"{called}{n}_{name}": kind.__table__.c[name].type for name in names}
        values = [(found or {}).get(name, cast(bindparam(name, type_=kept), kept)) for name, kept in types.items()]
        if is_new:
            row = insert(kind.__table__).from_select(names, select(*values).where(only_if), include_defaults=False)
        else:
            given = dict(zip(names, values, strict=True))
            row = update(kind.__table__).where(kind.__table__.c.id == given.pop("id"), only_if).values(given)
        rows.append(row.cte(f"{called}{n}"))
    return rows


def shaped(rows, called: str = "row") -> tuple[Shape, dict]:
    """The shape of these rows, and their values under the names of `inserts`."""
    rows = [(row[0], row[1], False) if isinstance(row, Changed) else (row[0], with_defaults(*row), True) for row in rows]
    return (tuple((kind, tuple(values), is_new) for kind, values, is_new in rows),
            {f"{called}{n}_{name}": value for n, (_, values, _) in enumerate(rows) for name, value in values.items()})


@cache
def together(shape: Shape, act: Act | None = None):
    """Writes these rows, and does the act of which it tells 1 or 0, whether it was done; nothing else."""
    if act is None:
        return select(literal(len(shape))).add_cte(*inserts(shape))
    return select(act.is_done).add_cte(*act.parts, *inserts(shape))


@cache
def with_rows(statement, shape: Shape, act: Act | None = None):
    """An INSERT that writes these rows too, and does the act: it fails, dividing by zero, where that is not done.

    None of its values has the name of a column: SQLAlchemy would set it in every row.
    """
    if act is not None:
        statement = statement.returning(literal_column("1", BigInteger) // act.is_done).add_cte(*act.parts)
    return statement.add_cte(*inserts(shape))


@cache
def insert_of(kind: type):
    return insert(kind.__table__)


@cache
def update_of(kind: type, names: tuple[str, ...]):
    table = kind.__table__
    return update(table).where(table.c.id == bindparam("this", type_=table.c.id.type)).values(
        {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names if name != "id"})


@cache
def _defaults(kind: type) -> list:
    return [(column.key, column.default) for column in kind.__table__.columns if column.default is not None]


def with_defaults(kind: type, values: dict) -> dict:
    return values | {name: default.arg(None) if default.is_callable else default.arg for name, default in _defaults(kind) if name not in values}
