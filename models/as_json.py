"""Rows as the JSON that is shown of them, put together by the database.

In Python the same takes three times as long: each value is read, made an identifier or a moment, and written again
(docs/performance.md, Pages). What is shown is what api/edge/fields.py shows; tests/api/test_shown_by_the_database.py holds them together.
"""
import sqlalchemy as sa
from sqlalchemy import func

from models.db import UTCDateTime


class Shown(sa.types.UserDefinedType):
    """JSON inside of a statement; `text` of it comes out."""

    cache_ok = True


def row(on_postgresql: bool, **values):
    """An object with these keys: columns, expressions, or other JSON of this module. TypeError for a type that would be shown differently."""
    together = func.json_build_object if on_postgresql else func.json_object
    return together(*(part for key, value in values.items() for part in (sa.literal_column(f"'{key}'"), _shown(value, on_postgresql))), type_=Shown())


def rows(on_postgresql: bool, one, *, by, where):
    """An array of what `one` is of each row of a table that meets a condition, in the order of a column."""
    together = (func.json_agg if on_postgresql else func.json_group_array)(_shown(one, on_postgresql)).aggregate_order_by(by)
    found = sa.select(together).where(where).scalar_subquery()
    if on_postgresql:
        return func.coalesce(found, sa.literal_column("'[]'::json"), type_=Shown())
    return func.json(found, type_=Shown())  # SQLite may forget on the way out of a subquery that it is JSON


def text(shown, on_postgresql: bool):
    """What comes out of the statement, as the column `shown`."""
    return (sa.cast(shown, sa.Text) if on_postgresql else sa.type_coerce(shown, sa.Text)).label("shown")


def _shown(value, on_postgresql: bool):
    match value.type:
        case UTCDateTime():
            return _moment_on_postgresql(value) if on_postgresql else _moment_on_sqlite(value)
        case sa.Uuid():
            return value if on_postgresql else _dashed(value)
        case sa.JSON():
            return value if on_postgresql else func.json(value)  # kept as text, it would be shown as one
        case sa.Integer() | sa.String() | Shown():
            return value
    raise TypeError(f"nothing is known of how {value.type!r} is shown")


def _moment_on_postgresql(value):
    return func.replace(func.to_char(func.timezone("UTC", value), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), ".000Z", "Z")


def _moment_on_sqlite(value):
    kept = sa.type_coerce(value, sa.Text)  # 2026-11-27 08:00:00.120000
    return func.replace(func.substr(kept, 1, 10) + "T" + func.substr(kept, 12, 12) + "Z", ".000Z", "Z")


def _dashed(value):
    kept = sa.type_coerce(value, sa.Text)
    parts = [func.substr(kept, first, length, type_=sa.Text) for first, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))]
    dashed = parts[0]
    for part in parts[1:]:
        dashed = dashed + "-" + part
    return dashed
