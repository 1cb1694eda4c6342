"""Statements that are put together once.

To build a statement and to find its text takes several times as long as to run it. What every check-in, approval, exchange
and redemption asks is therefore made when its module is loaded, with names for the values, and run past the ORM's unit of work.
"""
from collections.abc import Callable
from functools import cache

from sqlalchemy import CursorResult, Executable, bindparam, insert, inspect, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from models.db import db


def run(statement: Executable, values: dict | list[dict] | None = None) -> CursorResult:
    """In the session's transaction. Nothing that waits in the session is written before it, and no loaded object learns of it."""
    return db.session.connection().execute(statement, values)


@cache
def _insert(kind: type):
    return insert(kind.__table__)


def put(kind: type, values: dict | list[dict]) -> None:
    """Write one row, or several with the same columns."""
    run(_insert(kind), values)


def store(row):
    """Write a new object of which every column that has a value was given one, and have it in the session as if it had been read."""
    given = inspect(row).dict
    put(type(row), {column.key: given[column.key] for column in type(row).__table__.columns if column.key in given})
    make_transient_to_detached(row)
    db.session.add(row)
    return row


@cache
def _update(kind: type, names: tuple[str, ...]):
    table = kind.__table__
    return update(table).where(table.c.id == bindparam("this", type_=table.c.id.type)).values(
        {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names})


def change(row, **values) -> None:
    """Write new values of a row whose lock is held. The object has them as if they had been read."""
    run(_update(type(row), tuple(values)), {"this": row.id} | {f"new_{name}": value for name, value in values.items()})
    for name, value in values.items():
        set_committed_value(row, name, value)


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def either(build: Callable) -> Callable[[], Executable]:
    """`build(insert)` once for each database's own INSERT, which knows ON CONFLICT; a call gives the one of this database."""
    made = {True: build(postgresql.insert), False: build(sqlite.insert)}
    return lambda: made[is_postgresql()]


def named(table, prefix: str = "") -> dict:
    """A parameter for each column of an INSERT, under the column's own name; with a prefix where a CTE has columns of the same names."""
    return {column.key: bindparam(prefix + column.key, type_=column.type) for column in table.columns}
