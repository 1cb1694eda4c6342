"""Rows that are written together: which there are and which columns are given, and the statement for each such shape, made once."""
from functools import cache
from typing import NamedTuple

from sqlalchemy import CTE, bindparam, cast, insert, literal, select, true, update


class Changed(NamedTuple):
    """New values of a row whose lock is held, and its id, among rows that are written together."""

    kind: type
    values: dict


ALWAYS = true()
Shape = tuple[tuple[type, tuple[str, ...], bool], ...]  # of rows: their kinds, the columns that are given, and whether the row is new


def inserts(shape: Shape, *, only_if=ALWAYS, found: dict | None = None) -> list[CTE]:
    """PostgreSQL writes rows of several tables in one statement, and looks at the foreign keys at its end.

    `found` gives values that the statement itself finds, by the parameter that each stands for.
    """
    rows = []
    for n, (kind, names, is_new) in enumerate(shape):
        types = {f"row{n}_{name}": kind.__table__.c[name].type for name in names}
        values = [(found or {}).get(name, cast(bindparam(name, type_=kept), kept)) for name, kept in types.items()]
        if is_new:
            row = insert(kind.__table__).from_select(names, select(*values).where(only_if), include_defaults=False)
        else:
            given = dict(zip(names, values, strict=True))
            row = update(kind.__table__).where(kind.__table__.c.id == given.pop("id"), only_if).values(given)
        rows.append(row.cte(f"row{n}"))
    return rows


def shaped(rows) -> tuple[Shape, dict]:
    """The shape of these rows, and their values under the names of `inserts`."""
    rows = [(row[0], row[1], False) if isinstance(row, Changed) else (row[0], with_defaults(*row), True) for row in rows]
    return (tuple((kind, tuple(values), is_new) for kind, values, is_new in rows),
            {f"row{n}_{name}": value for n, (_, values, _) in enumerate(rows) for name, value in values.items()})


@cache
def together(shape: Shape):
    """Writes these rows and nothing else."""
    return select(literal(len(shape))).add_cte(*inserts(shape))


@cache
def with_rows(statement, shape: Shape):
    """An INSERT that writes these rows too. None of its values has the name of a column: SQLAlchemy would set it in every row."""
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
