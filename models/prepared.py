"""A statement of SQLAlchemy's, compiled once and then handed to the driver itself.

SQLAlchemy's execution (a context, a result with its metadata, a pass through the unit of work) takes two to three times as long
as the statement. What runs in every check-in, approval, exchange and redemption goes past it (docs/decisions/0011-hot-statements.md).
Types, errors and listeners are SQLAlchemy's: a moment is aware, a broken constraint an IntegrityError, a statement is counted.
"""
from collections import namedtuple
from collections.abc import Iterator
from functools import cache, partial
from importlib import import_module
from itertools import chain

from sqlalchemy import JSON, Connection, Executable, Insert, Update

from models.drivers.lent import Lent


class Found:
    """The rows of a result, all of them, as named tuples; and how many rows were changed."""

    __slots__ = ("rowcount", "rows")

    def __init__(self, rows: list, rowcount: int):
        self.rows, self.rowcount = rows, rowcount

    def __iter__(self) -> Iterator:
        return iter(self.rows)

    def all(self) -> list:
        return self.rows

    def first(self):
        return self.rows[0] if self.rows else None

    def one(self):
        (row,) = self.rows
        return row


@cache
def _with_places(dialect):
    """The dialect whose text has places ($1, ?) for the values that each execution gives, and those that are always the same in it.

    A database that knows `status != 'cancelled'` uses the index of the rows that are not; SQLite makes its plan anew for each
    execution where it is a place instead, and PostgreSQL for each or none.
    """
    made = type(dialect)(paramstyle="numeric_dollar" if dialect.name == "postgresql" else "qmark")

    class Compiler(dialect.statement_compiler):
        def visit_bindparam(self, bindparam, **kw):
            return super().visit_bindparam(bindparam, **kw | ({} if bindparam.required else {"literal_binds": True}))
    made.statement_compiler = Compiler
    return made


def _driver(dialect):
    """models/drivers/postgresql.py or models/drivers/sqlite.py: a town on one of them has no use for the other's driver."""
    return import_module(f"models.drivers.{dialect.name}")


def _line(connection: Connection | Lent):
    """The connection's own way to ask, which lives as long as the driver's connection does."""
    held = connection.info
    if "line" not in held:
        held["line"] = _driver(connection.dialect).Line(connection.connection.driver_connection)
    return held["line"]


class Prepared:
    """`names` are those of the values that each execution gives."""

    def __init__(self, statement: Executable, dialect, names: tuple[str, ...]):
        compiled = statement.compile(dialect=_with_places(dialect), column_keys=list(names))
        if compiled.post_compile_params:
            raise TypeError(f"a list of values has no fixed text: {statement}")
        for part in compiled.ctes or {}:
            if isinstance(part.element, Insert | Update) and (same := {*names} & {*part.element.table.columns.keys()}):
                raise TypeError(f"a column of {part.element.table} has the name of a value, and SQLAlchemy would set it: {same}")
        if getattr(compiled, "insert_prefetch", ()):
            raise KeyError(f"a column's default is for `put` to give: {statement}")
        self._sql = str(compiled)
        bound = [{name: parameter for parameter, name in compiled.bind_names.items()}[name] for name in compiled.positiontup]
        self._places = [self._place(parameter, dialect, names) for parameter in bound]
        self._columns = list(getattr(statement, "exported_columns", ()))
        row = namedtuple("Row", [column.key or "_" for column in self._columns], rename=True) if self._columns else None
        self._made = row and partial(tuple.__new__, row)  # as its own `_make`, without counting
        self._asked = _driver(dialect).Asked(self._sql, [parameter.type for parameter in bound])
        self._reads = None  # how values are read, which the driver's type of each column decides

    @staticmethod
    def _place(parameter, dialect, names) -> tuple:
        """The value's name, how it is written or None, and whether None is written too."""
        if parameter.key not in names:
            raise KeyError(parameter.key)
        return parameter.key, _driver(dialect).writer(parameter.type, dialect), isinstance(parameter.type, JSON)

    def execute(self, connection: Connection | Lent, values: dict, *, ahead: "Prepared | None" = None, **how) -> Found:
        """`ahead` is asked before it, of the same values and on the same way to the database; `how` is for the driver's line."""
        line, parameters = _line(connection), None
        before, after = connection.dispatch.before_cursor_execute, connection.dispatch.after_cursor_execute
        try:
            if ahead:
                how["ahead"] = ahead._asked, ahead._written(values)
                for tell in chain(before, after):  # at once: its time is this one's
                    tell(connection, line, ahead._sql, how["ahead"][1], None, False)
            parameters = self._written(values)
            for tell in chain(before.parent_listeners, before.listeners):  # what iterating over it does, in twice the steps
                tell(connection, line, self._sql, parameters, None, False)
            line.ask(self._asked, parameters, **how)
            rows = self._rows(line, connection.dialect) if self._made else []
            for tell in chain(after.parent_listeners, after.listeners):
                tell(connection, line, self._sql, parameters, None, False)
            return Found(rows, len(rows) if self._made else line.rowcount)
        except BaseException as error:
            self._fail(error, connection, parameters)
            raise

    def _written(self, values: dict) -> list:
        return [values[name] if write is None or (values[name] is None and not is_json) else write(values[name])
                for name, write, is_json in self._places]

    def _rows(self, line, dialect) -> list:
        if self._reads is None:
            reader = _driver(dialect).reader
            self._reads = [(n, read) for n, (column, kind) in enumerate(zip(self._columns, line.kinds(), strict=True))
                           if (read := reader(column.type, dialect, kind))]
        if not self._reads:
            return line.rows(self._made)
        made = []
        for row in line.rows(list):
            for n, read in self._reads:
                if (value := row[n]) is not None:
                    row[n] = read(value)
            made.append(self._made(row))
        return made

    def _fail(self, error: BaseException, connection: Connection | Lent, parameters: list | None) -> None:
        """As of SQLAlchemy's own statements: who listens for `handle_error` is told, an error of the driver becomes SQLAlchemy's, a lost line
        ends its connection and all that the pool holds. Who is interrupted leaves a line that may stand in the middle of something: it ends too."""
        if isinstance(error, connection.dialect.loaded_dbapi.Error) or not isinstance(error, Exception):
            connection._handle_dbapi_exception(error, self._sql, parameters, None, None)
