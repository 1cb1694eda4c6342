"""Statements that are put together once.

To build a statement and to find its text takes several times as long as to run it. What every check-in, approval, exchange
and redemption asks is therefore made when its module is loaded, with names for the values, and run past the ORM's unit of work.
"""
from collections.abc import Callable
from functools import cache

from sqlalchemy import BigInteger, Executable, bindparam, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError
from sqlalchemy.orm.attributes import instance_state

from models.db import db, is_postgresql, session_here
from models.drivers.lent import Session
from models.prepared import Found, Prepared
from models.shapes import Act, Ahead, Changed, Shape, insert_of, shaped, together, update_of, with_defaults, with_rows

_prepared = cache(Prepared)
DIVIDED_BY_ZERO = "22012"
# For LIMIT, as `most`. SQLite would look at a bare one and make its plan anew for each execution.
MOST = bindparam("most", type_=BigInteger) + 0


class Held:
    """What the session's present transaction goes by: its connection, and an act and rows that wait for the answer that will be kept."""

    __slots__ = ("act", "connection", "keeps", "late", "transaction")

    def __init__(self, connection, transaction):
        self.connection, self.transaction, self.keeps, self.late, self.act = connection, transaction, False, [], None

    def waiting(self) -> tuple[Shape, Act | None, dict]:
        """What waits, and its values; it waits no longer."""
        (shape, values), (act, of_act) = shaped(self.late), self.act or (None, {})
        self.late, self.act = [], None
        return shape, act, values | of_act


class NotDone(Exception):
    """An act that waited was not done. Nothing of its transaction stays, and all of it can be asked for again, without waiting."""


def _held(session: Session) -> Held:
    held = session.held
    if held is not None and held.transaction is session.lent and not session.in_transaction():  # as nearly always
        held.connection.good()
        return held
    transaction = session.get_nested_transaction() or session.get_transaction() or session.lend()  # a savepoint is made when it is asked for in it
    if held is not None and held.transaction is transaction:
        return held
    if held is not None and held.transaction is session.lent and transaction is session.get_transaction():  # SQLAlchemy's has joined
        held.connection, held.transaction = session.connection(), transaction
        return held
    if held is not None and held.transaction.is_active:
        _write_late(held)  # before a savepoint is set
    held = session.held = Held(transaction if transaction is session.lent else session.connection(), transaction)
    return held


def run(statement: Executable, values: dict, *, ahead: Ahead | None = None) -> Found:
    """In the session's transaction, after what waits in the session. No loaded object learns of it. A session that reads alone need not
    begin one for it. On SQLite, where a transaction that writes has locked everything, nothing need go ahead.

    The statement is one that lives as long as the program, with a single value for each name: an IN of a list is refused as TypeError.
    """
    session = session_here()
    if session.reads_alone and statement.is_select and session.lent is None and not session.in_transaction():
        line = session.read_by()
        return _prepared(statement, line.dialect, tuple(values)).execute(line, values, begins=False)
    return _run(_ready(session), statement, values, ahead if session.is_postgresql else None)


def _ready(session: Session) -> Held:
    """Once what waits in the session, and beside it, is written."""
    session.flush()
    held = _held(session)
    if held.late or held.act:
        _write_late(held)
    return held


def _run(held: Held, statement: Executable, values: dict, ahead: Ahead | None = None, **how) -> Found:
    connection = held.connection
    first = ahead and _prepared(ahead.statement, connection.dialect, ahead.names)
    return _prepared(statement, connection.dialect, tuple(values)).execute(connection, values, ahead=first, **how)


def put(kind: type, values: dict | list[dict]) -> None:
    """Write one row, or several with the same columns."""
    if isinstance(values, dict):
        put_together((kind, values))
    elif len(values) == 1:
        put_together((kind, values[0]))
    else:
        session = session_here()
        _ready(session)
        session.connection().execute(insert_of(kind), values)  # SQLAlchemy's own joins: a lent connection has no statement for several


def put_together(*rows: tuple[type, dict] | Changed) -> None:
    """Write rows of several kinds: in their order, or in one statement where the database can."""
    _write(_ready(session_here()), rows)


def put_late(*rows: tuple[type, dict] | Changed) -> None:
    """Write rows that nothing reads before the commit. They wait for the answer that is kept, where one will be, or for the next statement,
    and on PostgreSQL are one statement with it."""
    held = _held(session_here())
    if held.keeps:
        held.late += rows
    else:
        put_together(*rows)


def will_keep() -> None:
    """From here to the commit: an answer will be kept, by `run_last`."""
    _held(session_here()).keeps = True


def waits(act: Act, values: dict) -> bool:
    """Whether this act can wait for the answer that is kept, and be one statement with it. Who is told so goes on as if it had been done:
    should it not be then, or by the next statement, NotDone is raised. Only one waits; none in a session that `does_at_once`, none on SQLite."""
    session = session_here()
    if session.does_at_once or not session.is_postgresql:
        return False
    held = _held(session)
    if not held.keeps or held.act:
        return False
    held.act = act, values
    return True


def run_last(statement: Executable, values: dict) -> Found:
    """`run` an INSERT, the transaction's last statement, and in the same one what waits for it. On PostgreSQL the COMMIT is sent along;
    the session's own, which has to follow, finds nothing left to do there. If the statement fails nothing is committed."""
    session = session_here()
    if not session.is_postgresql:
        return _run(_ready(session), statement, values)
    session.flush()
    held = _held(session)
    shape, act, late = held.waiting()
    how = {"commits": True} if session.get_nested_transaction() is None else {}
    try:
        return _run(held, with_rows(statement, shape, act) if shape or act else statement, values | late, act and act.ahead, **how)
    except DataError as error:
        if act and error.orig.sqlstate == DIVIDED_BY_ZERO:
            raise NotDone from error
        raise


def _write_late(held: Held) -> None:
    if held.act:
        shape, act, values = held.waiting()
        if _run(held, together(shape, act), values, act.ahead).one()[0] == 0:
            raise NotDone
    elif held.late:
        rows, held.late = held.late, []
        _write(held, rows)


def _write(held: Held, rows) -> None:
    if len(rows) > 1 and held.connection.dialect.name == "postgresql":
        shape, values = shaped(rows)
        _run(held, together(shape), values)
        return
    for row in rows:
        if isinstance(row, Changed):
            given = {"this" if name == "id" else f"new_{name}": value for name, value in row.values.items()}
            _run(held, update_of(row.kind, tuple(row.values)), given)
        else:
            _run(held, insert_of(row[0]), with_defaults(*row))


@event.listens_for(db.session, "before_commit")
def _before_commit(session) -> None:
    if (held := session.held) and (held.late or held.act):
        _write_late(_held(session))


@event.listens_for(db.session, "before_flush")
def _before_flush(session, *_) -> None:
    _before_commit(session)  # or a savepoint that the flush sets would have them, too


@event.listens_for(db.session, "do_orm_execute")
def _before_statement(state) -> None:
    _before_commit(state.session)


def as_read(row, /, **values) -> None:
    """The object has these values as if they had been read of the database: columns, or the row that another stands for; no collection."""
    row.__dict__.update(values)
    instance_state(row)._commit(row.__dict__, values)  # all at once, which SQLAlchemy's set_committed_value does one by one


def changed(row, **values) -> Changed:
    """What `change` writes, to be written with other rows. The object has the values at once."""
    as_read(row, **values)
    return Changed(type(row), {"id": row.id} | values)


def change(row, **values) -> None:
    """Write new values of a row whose lock is held. The object has them as if they had been read."""
    put_together(changed(row, **values))


def either(build: Callable) -> Callable[[], Executable]:
    """`build(insert)` once for each database's own INSERT, which knows ON CONFLICT; a call gives the one of this database."""
    made = {True: build(postgresql.insert), False: build(sqlite.insert)}
    return lambda: made[is_postgresql()]


def named(table, prefix: str = "") -> dict:
    """A parameter for each column of an INSERT, under the column's own name; with a prefix where a CTE has columns of the same names."""
    return {column.key: bindparam(prefix + column.key, type_=column.type) for column in table.columns}
