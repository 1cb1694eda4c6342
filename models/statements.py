"""Statements that are put together once.

To build a statement and to find its text takes several times as long as to run it. What every check-in, approval, exchange
and redemption asks is therefore made when its module is loaded, with names for the values, and run past the ORM's unit of work.
"""
from collections.abc import Callable

from sqlalchemy import CursorResult, Executable, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from models.db import db


def run(statement: Executable, values: dict | list[dict] | None = None) -> CursorResult:
    """In the session's transaction. Nothing that waits in the session is written before it, and no loaded object learns of it."""
    return db.session.connection().execute(statement, values)


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def either(build: Callable) -> Callable[[], Executable]:
    """`build(insert)` once for each database's own INSERT, which knows ON CONFLICT; a call gives the one of this database."""
    made = {True: build(postgresql.insert), False: build(sqlite.insert)}
    return lambda: made[is_postgresql()]


def named(table, prefix: str = "") -> dict:
    """A parameter for each column of an INSERT, under the column's own name; with a prefix where a CTE has columns of the same names."""
    return {column.key: bindparam(prefix + column.key, type_=column.type) for column in table.columns}
