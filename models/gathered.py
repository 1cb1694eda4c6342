"""What stands beside a row, brought by the database in one value of it: a row of another table, or all of them that belong to it."""
import json
from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import func

_parse = json.JSONDecoder().raw_decode


class Beside(sa.TypeDecorator):
    """`read` makes of one row's values what is used here; identifiers and moments come as text.

    The database's JSON comes as text too: the drivers' and SQLAlchemy's ways to read it take longer.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, read: Callable):
        super().__init__()
        self.read = read

    def process_result_value(self, value, dialect):
        return self.read(*_parse(value)[0])


class Gathered(Beside):
    """In the order of the first column."""

    cache_ok = True

    def process_result_value(self, value, dialect):
        return [self.read(*row) for row in sorted(_parse(value)[0])] if value else []


def shown_id(text: str) -> str:
    """An identifier as JSON shows it: SQLite's has no dashes."""
    return text if len(text) == 36 else str(UUID(text))


def beside(read: Callable, *columns, on_postgresql: bool):
    """An expression: these columns of a joined table."""
    return _as_text(_one(on_postgresql)(*columns), Beside(read), on_postgresql)


def gathered(read: Callable, *columns, where, on_postgresql: bool):
    """An expression: these columns of all rows of a table that meet a condition, of which the first column tells the order."""
    together = func.json_agg if on_postgresql else func.json_group_array
    return _as_text(sa.select(together(_one(on_postgresql)(*columns))).where(where).scalar_subquery(), Gathered(read), on_postgresql)


def _one(on_postgresql: bool):
    return func.json_build_array if on_postgresql else func.json_array


def _as_text(found, kind: Beside, on_postgresql: bool):
    return sa.cast(found, kind) if on_postgresql else sa.type_coerce(found, kind)  # SQLite's is text
