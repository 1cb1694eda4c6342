"""A statement of SQLAlchemy's, compiled once and then handed to the driver itself.

SQLAlchemy's execution (a context, a result with its metadata, a pass through the unit of work) takes two to three times as long
as the statement. What runs in every check-in, approval, exchange and redemption goes past it (docs/decisions/0011-hot-statements.md).
Types, errors and listeners are SQLAlchemy's: a moment is aware, a broken constraint an IntegrityError, a statement is counted.
"""
from collections import namedtuple
from collections.abc import Iterator
from functools import cache

import psycopg
from sqlalchemy import Connection, Executable
from sqlalchemy.exc import DBAPIError


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


def _as_it_is(value):
    return value


@cache
def _by_position(dialect):
    """The dialect whose text has places for values ($1, ?) and no names: psycopg need not look for names in it each time."""
    return type(dialect)(paramstyle="numeric_dollar") if dialect.name == "postgresql" else dialect


def _cursor(connection: Connection):
    """The connection's one cursor for these statements, whose results are all fetched at once."""
    held = connection.info
    if "cursor" not in held:
        line = connection.connection.driver_connection
        held["cursor"] = psycopg.RawCursor(line) if connection.dialect.name == "postgresql" else line.cursor()
    return held["cursor"]


class Prepared:
    """`names` are those of the values that each execution gives."""

    def __init__(self, statement: Executable, dialect, names: tuple[str, ...]):
        compiled = statement.compile(dialect=_by_position(dialect), column_keys=list(names))
        if compiled.post_compile_params:
            raise TypeError(f"a list of values has no fixed text: {statement}")
        if getattr(compiled, "insert_prefetch", ()):
            raise KeyError(f"a column's default is for `put` to give: {statement}")
        self._sql, self._order = str(compiled), compiled.positiontup
        self._given, self._constant = [], {}
        for bound, name in compiled.bind_names.items():
            write = bound.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
            if bound.key in names:
                self._given.append((name, bound.key, write))
            elif bound.required:
                raise KeyError(bound.key)
            else:
                self._constant[name] = write(compiled.params[name])
        self._columns = list(getattr(statement, "exported_columns", ()))
        self._row = namedtuple("Row", [column.key or "_" for column in self._columns], rename=True) if self._columns else None
        self._reads = None  # how values are read, which the driver's type of each column decides

    def execute(self, connection: Connection, values: dict) -> Found:
        parameters = self._parameters(values)
        cursor = _cursor(connection)
        try:
            for told in connection.dispatch.before_cursor_execute:
                told(connection, cursor, self._sql, parameters, None, False)
            cursor.execute(self._sql, parameters)
            rows = self._rows(cursor, connection.dialect) if self._row else []
            for told in connection.dispatch.after_cursor_execute:
                told(connection, cursor, self._sql, parameters, None, False)
            return Found(rows, cursor.rowcount)
        except connection.dialect.loaded_dbapi.Error as error:
            raise self._as_sqlalchemy(error, connection, cursor, parameters) from error

    def _parameters(self, values: dict) -> tuple:
        found = dict(self._constant)
        for name, key, write in self._given:
            found[name] = write(values[key])
        return tuple([found[name] for name in self._order])

    def _rows(self, cursor, dialect) -> list:
        if self._reads is None:
            reads = [column.type.dialect_impl(dialect).result_processor(dialect, told[1])
                     for column, told in zip(self._columns, cursor.description, strict=True)]
            self._reads = [(n, read) for n, read in enumerate(reads) if read]
        made = []
        for row in cursor.fetchall():
            values = list(row)
            for n, read in self._reads:
                values[n] = read(values[n])
            made.append(self._row._make(values))
        return made

    def _as_sqlalchemy(self, error: Exception, connection: Connection, cursor, parameters: tuple) -> DBAPIError:
        dialect = connection.dialect
        is_lost = dialect.is_disconnect(error, connection.connection.driver_connection, cursor)
        if is_lost:
            connection.invalidate(error)
        return DBAPIError.instance(self._sql, parameters, error, dialect.loaded_dbapi.Error, hide_parameters=connection.engine.hide_parameters,
                                   connection_invalidated=is_lost, dialect=dialect)
