"""SQLite as we use it: its settings, and the turns that writers of one process take at its write lock.

SQLite itself lets whoever is refused the lock sleep and try again, so that with eight threads the unlucky one
waits a second (docs/decisions/0008-workers.md). A lock of the process wakes the next at once. Other processes
are still waited for as SQLite does it, within its busy timeout.
"""
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, SafeUUID

from sqlalchemy import JSON, Date, LargeBinary, String, Uuid

from models.db import UTCDateTime, zoned

WAIT_MS = 5000  # for the turn, and then for other processes
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", f"busy_timeout={WAIT_MS}",
           "trusted_schema=OFF")
STATEMENTS = 500  # that a connection keeps ready. The driver keeps a hundred, and once it has them each new one is soon forgotten again


def connections(driver) -> type:
    """The class of connections for one engine, which share one turn."""
    turn = threading.Lock()

    class Connection(driver.Connection):
        has_turn = False

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.isolation_level = None  # BEGIN is ours: models/db.py
            for pragma in PRAGMAS:
                self.execute("PRAGMA " + pragma).fetchall()

        def take_turn(self):
            """Wait for the writers of this process; twice is once. A turn not had in time is the driver's OperationalError."""
            if not self.has_turn:
                if not turn.acquire(timeout=WAIT_MS / 1000):
                    raise driver.OperationalError("database is locked")
                self.has_turn = True

        def pass_on(self):
            """The next may begin. Nothing if the turn is not held here."""
            if self.has_turn:
                self.has_turn = False
                turn.release()

        def commit(self):
            try:
                super().commit()
            finally:
                self.pass_on()

        def rollback(self):
            try:
                if self.in_transaction:
                    super().rollback()
            finally:
                self.pass_on()

        def close(self):
            try:
                super().close()
            finally:
                self.pass_on()
    return Connection


def _moment(value: datetime) -> str:
    if value.tzinfo is not UTC:
        value = zoned(value).astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:26]  # without the zone, as SQLAlchemy stores it


def _read_moment(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


_SET_INT, _SET_SAFE, _UNKNOWN = UUID.int.__set__, UUID.is_safe.__set__, SafeUUID.unknown


def _read_uuid(value: str) -> UUID:
    """What `UUID(value)` is, for what we wrote ourselves: it looks for other forms first, which takes four times as long."""
    read = object.__new__(UUID)
    _SET_INT(read, int(value, 16))
    _SET_SAFE(read, _UNKNOWN)
    return read


# Where this is the same as SQLAlchemy's way from a value to what is stored and back, and takes fewer steps.
WRITERS = ((Uuid, lambda value: f"{value.int:032x}"), (String, None), (UTCDateTime, _moment), (Date, lambda value: value.isoformat()),
           (LargeBinary, None))
READERS = ((Uuid, _read_uuid), (UTCDateTime, _read_moment), (JSON, json.JSONDecoder().decode))


def writer(kind, dialect) -> Callable | None:
    """What makes of a value that is not None (of JSON, also of None) what the driver is given; None where it is given as it is."""
    for known, write in WRITERS:
        if isinstance(kind, known):
            return write
    return kind.dialect_impl(dialect).bind_processor(dialect)


def reader(kind, dialect, driven) -> Callable | None:
    """What makes one of this type of a value that is stored and not None; None where it is one."""
    for known, read in READERS:
        if isinstance(kind, known):
            return read
    return kind.dialect_impl(dialect).result_processor(dialect, driven)


class Asked:
    """The text of a statement with places `?`."""

    def __init__(self, sql: str, types: list):
        self.sql = sql


class Line:
    """A connection's one cursor for statements whose results are all fetched at once."""

    def __init__(self, connection):
        self._cursor = connection.cursor()

    def ask(self, asked: Asked, parameters: list, *, begins: bool = True) -> None:
        """In a transaction if one is open; the session's is begun in models/db.py."""
        self._cursor.execute(asked.sql, parameters)

    def rows(self, make: Callable) -> list:
        """Those of the last statement, each as what `make` makes of the tuple of its values."""
        return [*map(make, self._cursor)]

    def kinds(self) -> list[None]:
        return [None] * len(self._cursor.description)

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount
