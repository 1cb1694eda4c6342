"""Connections of the pool's without SQLAlchemy's around them, and the session that begins on one and joins it when the ORM is asked.

What SQLAlchemy keeps of a transaction (its session's, its connection's, the events of both) took an eighth of a page's time and a
twelfth of a check-in's, of which most never ask the ORM (docs/decisions/0011-hot-statements.md).
"""
from contextvars import ContextVar
from functools import cached_property

import flask_sqlalchemy.session
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, PendingRollbackError

# A request that only reads sets this to DEFERRED; everything else takes SQLite's write lock at BEGIN,
# since a snapshot that later wants to write is refused whatever the busy timeout (docs/locking.md).
sqlite_begin: ContextVar[str] = ContextVar("sqlite_begin", default="IMMEDIATE")


class Lent:
    """Offers what models/prepared.py asks of a Connection. Errors are SQLAlchemy's."""

    __slots__ = ("_engine", "_joined", "connection", "dialect", "dispatch", "info", "is_active")

    def __init__(self, engine: Engine):
        self._engine, self.dialect, self.dispatch, self._joined = engine, engine.dialect, engine.dispatch, None
        try:
            self.connection = engine.raw_connection()
        except engine.dialect.loaded_dbapi.Error as error:
            Connection._handle_dbapi_exception_noconnection(error, engine.dialect, engine)
            raise
        self.info, self.is_active = self.connection.info, True

    def begin(self) -> None:
        """On PostgreSQL BEGIN goes along with the first statement (models/drivers/postgresql.py)."""
        if self.dialect.name == "sqlite":
            begin_sqlite(self)

    def commit(self) -> None:
        try:
            self.connection.commit()
        except BaseException as error:
            self._handle_dbapi_exception(error, None, None, None, None)
            raise

    def give_back(self) -> None:
        """To the pool, which takes back what was not committed."""
        self.is_active = False
        self.connection.close()

    def joined(self) -> Connection:
        """SQLAlchemy's connection around the same line: whoever begins on it is in the transaction that has begun."""
        if self._joined is None:
            self._joined = Connection(self._engine, connection=self.connection)
        return self._joined

    def _handle_dbapi_exception(self, *failed) -> None:
        """SQLAlchemy takes back what an unjoined line has begun: what follows would be in no transaction, or in another."""
        joined = self.joined()
        self.is_active = joined.in_transaction()
        joined._handle_dbapi_exception(*failed)

    def good(self) -> "Lent":
        """PendingRollbackError where its transaction was taken back by a failure and the session does not know."""
        if not self.is_active:
            raise PendingRollbackError("a statement failed and its transaction was taken back: roll back first")
        return self


def begin_sqlite(connection: Connection | Lent) -> None:
    """BEGIN, unless it has begun; who listens to statements is told of it, for it may wait. A write lock not had in time is an OperationalError."""
    driver = connection.connection.driver_connection
    if driver.in_transaction:
        return
    how, told = "BEGIN " + sqlite_begin.get(), connection.dispatch
    try:
        if how == "BEGIN IMMEDIATE":
            driver.take_turn()
        for tell in told.before_cursor_execute:
            tell(connection, None, how, (), None, False)
        driver.execute(how)
        for tell in told.after_cursor_execute:
            tell(connection, None, how, (), None, False)
    except connection.dialect.loaded_dbapi.Error as error:
        driver.pass_on()
        raise OperationalError(how, None, error) from error


class Session(flask_sqlalchemy.session.Session):
    """Has one transaction. It may begin on a lent connection; as soon as the ORM is asked for something, SQLAlchemy's own joins it there.

    While it `reads_alone`, each statement sees what is committed when it begins, in no transaction: on PostgreSQL the ORM's too, by
    AUTOCOMMIT, in which it has no cursor on the server (`yield_per`); on SQLite those of models/statements.py, unless the ORM has begun a
    transaction.
    """

    held = None  # what models/statements.py goes by in the present transaction
    reads_alone = False
    does_at_once = False  # nothing waits for an answer that will be kept (models/statements.py)
    lent: Lent | None = None
    reader: Lent | None = None

    @property
    def engine(self) -> Engine:
        return super().get_bind()

    @cached_property
    def is_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    def lend(self) -> Lent:
        """The connection on which this session's transaction has begun, or begins here; not once the ORM has one."""
        if self.lent is None:
            lent = Lent(self.engine)
            try:
                lent.begin()
            except BaseException:
                lent.give_back()
                raise
            self.lent = lent
        return self.lent.good()

    def read_by(self) -> Lent:
        """The connection by which this session reads alone, until it ends; nothing is begun on it."""
        if self.reader is not None and not self.reader.is_active:  # it failed, and may be lost
            self._give_back()
        if self.reader is None:
            self.reader = Lent(self.engine)
        return self.reader

    def get_bind(self, *args, **kw):
        if self.lent is not None:
            return self.lent.good().joined()
        self._give_back()  # a request has one line: what reads alone goes on by the ORM's (models/statements.py)
        engine = super().get_bind(*args, **kw)
        if not (self.reads_alone and self.is_postgresql):
            return engine
        if "reading" not in self.info:
            self.info["reading"] = engine.execution_options(isolation_level="AUTOCOMMIT")
        return self.info["reading"]

    def commit(self) -> None:
        if self.lent is not None and not self.in_transaction() and self._is_clean():
            self.lent.good()
            self.dispatch.before_commit(self)
            self.lent.commit()
        else:
            if self.lent is not None:
                self.connection()  # SQLAlchemy's own may have begun without a statement: it has to join before it ends
            super().commit()
        self._give_back()

    def rollback(self) -> None:
        if self.lent is not None and not self.in_transaction():
            self.begin()  # what it has in hand is forgotten as with every rollback
        try:
            super().rollback()
        finally:
            self._give_back()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._give_back()

    def _give_back(self) -> None:
        lines, self.lent, self.reader = (self.lent, self.reader), None, None
        for line in lines:
            if line is not None:
                line.give_back()
