"""Many rows by one statement: row `n` of a family has a key that Python and both databases can name.

Such keys are UUIDv7 of the year 1970: older than all that the services make, and in the order of `n`.
"""
from uuid import UUID

from sqlalchemy import Uuid, insert, literal, literal_column, select, text

from models import db

RESIDENT, SESSION, PURSE, OWED, CREDIT, LOT, DEED, DEED_STEP, COUPON, COUPON_CREDIT, COUPON_LOT, COUPON_SPENDING, EVENT, SIGN_UP, \
    CAME, LEFT = range(1, 17)
CHUNK = 1_000_000  # rows: of a longer transaction the log is slow to read, and each commit writes much anew


def key(family: int, n: int) -> UUID:
    return UUID(f"{_prefix(family)}{n:012x}")


def key_of(family: int, n: str = "n"):
    """The same as an expression of the row's number."""
    if _is_sqlite():
        return literal_column(f"'{_prefix(family)}' || printf('%012x', {n})", Uuid)
    return literal_column(f"CAST('{_prefix(family)}' || lpad(to_hex({n}), 12, '0') AS UUID)", Uuid)


def digits(width: int, n: str = "n"):
    """The number as text of so many digits."""
    return literal_column(f"printf('%0{width}d', {n})" if _is_sqlite() else f"lpad(CAST({n} AS TEXT), {width}, '0')")


def of(n: str):
    """A number made of the row's, in SQL."""
    return literal_column(f"({n})")


def insert_rows(table, count: int, **values) -> None:
    """Rows 1 to `count`, committed chunk by chunk. A value is an expression, or the same for all rows."""
    columns = table.__table__.columns
    given = [value if hasattr(value, "compile") else literal(value, columns[name].type) for name, value in values.items()]
    for first in range(1, count + 1, CHUNK):
        series = select(literal_column(str(first)).label("n")).cte("series", recursive=True)
        series = series.union_all(select(literal_column("n + 1")).select_from(series).where(text(f"n < {min(count, first + CHUNK - 1)}")))
        db.session.execute(insert(table.__table__).from_select(list(values), select(*given).select_from(series)))
        db.session.commit()


def _prefix(family: int) -> str:
    return f"{family:012x}70008000"


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
