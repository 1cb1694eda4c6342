"""psycopg as we use it."""
import json
import select
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from sqlalchemy import JSON, Boolean, Date, Float, Integer, LargeBinary, String, Uuid, event
from sqlalchemy.engine import Engine
from sqlalchemy.types import NullType

from models.db import UTCDateTime, zoned

GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Cursor(psycopg.Cursor):
    """Tells what a result's columns are called and of which type, and no more: SQLAlchemy asks after every statement, and
    psycopg's own answer, an object with seven properties for each column, was a tenth of a check-in's time."""

    @property
    def description(self):
        result = self.pgresult
        if not result or not (result.nfields or result.status == ExecStatus.TUPLES_OK):
            return None
        return [((result.fname(n) or b"").decode(), result.ftype(n), None, None, None, None, None) for n in range(result.nfields)]


class Connection(psycopg.Connection):
    """Commits in one call of libpq, where psycopg's own goes by a generator that waits; and has nothing to take back after it."""

    def commit(self) -> None:
        if self.pgconn.transaction_status == TransactionStatus.IDLE:
            return
        result = checked(self.pgconn, self.pgconn.exec_(b"COMMIT"))
        if result.command_status != b"COMMIT":  # of a transaction in which a statement failed the server makes a ROLLBACK, and calls it well done
            raise psycopg.errors.InFailedSqlTransaction("a statement failed in this transaction: nothing of it was committed")

    def rollback(self) -> None:
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            super().rollback()


@event.listens_for(Engine, "do_connect")
def _connect(dialect, record, arguments, parameters):
    return Connection.connect(*arguments, **parameters) if dialect.name == "postgresql" else None


def checked(libpq, result):
    """The result, or the psycopg.Error that it is."""
    if result.status in GOOD:
        return result
    if libpq.status == ConnStatus.BAD and not result.error_field(DiagnosticField.SQLSTATE):
        raise psycopg.OperationalError(result.error_message.decode("utf-8", "replace"))
    raise error_from_result(result)


def _text(value: str) -> bytes:
    written = value.encode()
    if b"\0" in written:  # libpq would read no further
        raise psycopg.DataError("a text with a NUL cannot be stored")
    return written


def _moment(value: datetime) -> bytes:
    return zoned(value).isoformat().encode()


def _json(value) -> bytes:
    return json.dumps(value).encode()


def _any(value) -> bytes:
    """Of a place whose type the statement does not say."""
    for kind, write in PLAIN:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"the statement does not say how to write {type(value)}")


# How a value is written for libpq, where psycopg chooses anew for each execution. Text is UTF-8: `engine_options` says so to the server.
PLAIN = ((str, _text), (UUID, lambda value: b"%032x" % value.int), (int, lambda value: f"{value:d}".encode()), (datetime, _moment),
         (date, lambda value: value.isoformat().encode()), (float, lambda value: repr(float(value)).encode()))
_OF = dict(PLAIN)
WRITERS = ((Uuid, _OF[UUID]), (String, _text), (UTCDateTime, _moment), (Boolean, {True: b"t", False: b"f"}.__getitem__), (Integer, _OF[int]),
           (Date, _OF[date]), (LargeBinary, bytes), (JSON, _json), (Float, _OF[float]), (NullType, _any))


def writer(kind, dialect) -> Callable:
    """What makes of a value that is not None the bytes for a place of this type; of JSON, also of None. TypeError for a type that is not here."""
    for known, write in WRITERS:
        if isinstance(kind, known):
            return write
    raise TypeError(f"no way to write {kind!r}")


def reader(kind, dialect, driven: int) -> Callable | None:
    """What makes of psycopg's value one of this type; None where it is one."""
    if isinstance(kind, UTCDateTime):
        return None  # the connection's zone is UTC, and so the driver gives aware moments in it
    return kind.dialect_impl(dialect).result_processor(dialect, driven)


class Asked:
    """The text of a statement with places `$1`, what the server must be told of their types (the text casts all others), and which are binary."""

    KNOWN = ((LargeBinary, 17), (Boolean, 16))

    def __init__(self, sql: str, types: list):
        self.sql = sql.encode()
        self.types = [next((number for kind, number in self.KNOWN if isinstance(one, kind)), 0) for one in types]
        self.formats = [int(isinstance(one, LargeBinary)) for one in types]


class Line:
    """A psycopg connection asked through libpq: each statement is prepared once on it and is then one call, which waits.

    psycopg's cursor does the same by several generators, and chooses again each time how values are written.
    """

    def __init__(self, connection: psycopg.Connection):
        self._connection, self._libpq, self._values = connection, connection.pgconn, Transformer(connection)
        # After each ROLLBACK psycopg would deallocate all that is prepared, ours too, in case the transaction had made tables.
        connection._prepared.clear = lambda: False
        self._prepared: dict[Asked, bytes] = {}
        self._result = None
        self._coming, self._sending = select.poll(), select.poll()
        self._coming.register(self._libpq.socket, select.POLLIN)
        self._sending.register(self._libpq.socket, select.POLLIN | select.POLLOUT)

    def ask(self, asked: Asked, written: list, *, commits: bool = False, begins: bool = True, ahead: tuple[Asked, list] | None = None) -> None:
        """In the connection's transaction, which begins here if none is open, and ends with it if so asked: all in one round trip, in which
        another statement may go ahead, whose result nobody reads.

        psycopg.Error as a cursor's; then nothing is committed.
        """
        told = [(self._name(asked), written, asked.formats)]
        begins = begins and self._libpq.transaction_status == TransactionStatus.IDLE and not self._connection.autocommit
        if ahead:
            told.insert(0, (self._name(ahead[0]), ahead[1], ahead[0].formats))
        if begins or commits or ahead:
            self._result = self._in_one_trip(told, begins, commits)
        else:
            self._result = checked(self._libpq, self._libpq.exec_prepared(*told[0]))

    def _name(self, asked: Asked) -> bytes:
        """Under which the server knows it, on this line."""
        name = self._prepared.get(asked)
        if name is None:
            name = b"linli_%d" % len(self._prepared)
            checked(self._libpq, self._libpq.prepare(name, asked.sql, asked.types))
            self._prepared[asked] = name
        return name

    def _in_one_trip(self, told: list[tuple], begins: bool, commits: bool):
        """The last statement's result. After one that fails the server does nothing of what was sent with it."""
        libpq = self._libpq
        libpq.enter_pipeline_mode()
        try:
            if begins:
                libpq.send_query_params(b"BEGIN", None)
            for one in told:
                libpq.send_query_prepared(*one)
            if commits:
                libpq.send_query_params(b"COMMIT", None)
            libpq.pipeline_sync()
            results = self._results()
        except BaseException:
            if libpq.status != ConnStatus.BAD:
                try:
                    libpq.exit_pipeline_mode()
                except psycopg.Error:  # who is interrupted leaves it in the middle of something
                    libpq.finish()
            raise
        if libpq.status != ConnStatus.BAD:
            libpq.exit_pipeline_mode()
        for result in results:
            checked(libpq, result)
        return results[begins + len(told) - 1]

    def _results(self) -> list:
        """Those of all that was sent. It is waited for here: in `get_result` libpq would wait with Python's lock in hand, and with that
        wait for a row that another thread of this process has locked."""
        libpq, results = self._libpq, []
        while libpq.flush():
            self._sending.poll()
            libpq.consume_input()
        while True:
            try:
                while libpq.is_busy():
                    self._coming.poll()
                    libpq.consume_input()
            except psycopg.OperationalError:
                if results and results[-1].status not in GOOD:  # what the server said before it was gone
                    return results
                raise
            result = libpq.get_result()
            if result is None:  # ends each
                if libpq.status == ConnStatus.BAD:
                    raise psycopg.OperationalError(libpq.get_error_message())
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return results
            else:
                results.append(result)

    def rows(self, make: Callable) -> list:
        """Those of the last statement, each as what `make` makes of the tuple of its values."""
        self._values.set_pgresult(self._result)
        return self._values.load_rows(0, self._result.ntuples, make)

    def kinds(self) -> list[int]:
        return [self._result.ftype(n) for n in range(self._result.nfields)]

    @property
    def rowcount(self) -> int:
        changed = self._result.command_tuples
        return -1 if changed is None else changed
