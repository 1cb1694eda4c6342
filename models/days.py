"""Days as both databases count them."""
from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class months_after(FunctionElement):
    """`months_after(day, months)`: the same day so many months later, or that month's last (31 January and one month: 28 or 29 February)."""

    name, type, inherit_cache = "months_after", Date(), True


@compiles(months_after, "postgresql")
def _on_postgresql(element, compiler, **kw):
    day, months = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({day} + make_interval(months => {months}::int))::date"


@compiles(months_after, "sqlite")
def _on_sqlite(element, compiler, **kw):
    """SQLite lets 31 January and a month run over into March; the earlier of that and the month's last day is meant."""
    day, months = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"min(date({day}, {months} || ' months'), date({day}, 'start of month', ({months} + 1) || ' months', '-1 day'))"
