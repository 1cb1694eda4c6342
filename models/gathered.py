"""What stands beside a row, brought by the database in one value of it: a row of another table, or all of them that belong to it."""
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import func


class Beside(sa.TypeDecorator):
    """`read` makes of one row's values what is used here; identifiers and moments come as text."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, read: Callable):
        super().__init__()
        self.read = read

    def process_result_value(self, value, dialect):
        return self.read(*value)


class Gathered(Beside):
    """In the order of the first column."""

    cache_ok = True

    def process_result_value(self, value, dialect):
        return [self.read(*row) for row in sorted(value or ())]


def beside(read: Callable, *columns, on_postgresql: bool):
    """An expression: these columns of a joined table."""
    return sa.type_coerce(_one(on_postgresql)(*columns), Beside(read))


def gathered(read: Callable, *columns, where, on_postgresql: bool):
    """An expression: these columns of all rows of a table that meet a condition, of which the first column tells the order."""
    together = func.json_agg if on_postgresql else func.json_group_array
    return sa.type_coerce(sa.select(together(_one(on_postgresql)(*columns))).where(where).scalar_subquery(), Gathered(read))


def _one(on_postgresql: bool):
    return func.json_build_array if on_postgresql else func.json_array
