"""Statements that are put together once.

To build a statement and to find its text takes several times as long as to run it. What every check-in, approval, exchange
and redemption asks is therefore made when its module is loaded, with names for the values, and run past the ORM's unit of work.
"""
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from sqlalchemy import CTE, Executable, bindparam, cast, event, insert, inspect, literal, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from models.db import db, is_postgresql
from models.prepared import Found, Prepared

_prepared = cache(Prepared)


class Held:
    """What the session's present transaction goes by: its connection, and rows that wait for the answer that will be kept."""

    __slots__ = ("connection", "keeps", "late", "transaction")

    def __init__(self, session):
        self.connection, self.keeps, self.late = session.connection(), False, []
        self.transaction = session.get_nested_transaction() or session.get_transaction()  # a savepoint is made when it is asked for in it


def _held(session) -> Held:
    held = session.info.get("held")
    if held is None or held.transaction is not (session.get_nested_transaction() or session.get_transaction()):
        if held is not None and held.transaction.is_active:
            _write_late(held)
        held = session.info["held"] = Held(session)
    return held


def run(statement: Executable, values: dict) -> Found:
    """In the session's transaction, after what waits in the session. No loaded object learns of it.

    The statement is one that lives as long as the program, with a single value for each name: an IN of a list is refused as TypeError.
    """
    session = db.session()
    session.flush()
    held = _held(session)
    if held.late:
        _write_late(held)
    return _run(held, statement, values)


def _run(held: Held, statement: Executable, values: dict) -> Found:
    return _prepared(statement, held.connection.dialect, tuple(values)).execute(held.connection, values)


@cache
def _insert(kind: type):
    return insert(kind.__table__)


def put(kind: type, values: dict | list[dict]) -> None:
    """Write one row, or several with the same columns."""
    if isinstance(values, dict):
        run(_insert(kind), _with_defaults(kind, values))
    elif len(values) == 1:
        put(kind, values[0])
    else:
        db.session.connection().execute(_insert(kind), values)


class Changed(NamedTuple):
    """New values of a row whose lock is held, and its id, among rows that are written together."""

    kind: type
    values: dict


ALWAYS = true()
Shape = tuple[tuple[type, tuple[str, ...], bool], ...]  # of rows: their kinds, the columns that are given, and whether the row is new


def inserts(shape: Shape, *, only_if=ALWAYS, found: dict | None = None) -> list[CTE]:
    """PostgreSQL writes rows of several tables in one statement, and looks at the foreign keys at its end.

    `found` gives values that the statement itself finds, by the parameter that each stands for.
    """
    rows = []
    for n, (kind, names, is_new) in enumerate(shape):
        types = {f"row{n}_{name}": kind.__table__.c[name].type for name in names}
        values = [(found or {}).get(name, cast(bindparam(name, type_=kept), kept)) for name, kept in types.items()]
        if is_new:
            row = insert(kind.__table__).from_select(names, select(*values).where(only_if), include_defaults=False)
        else:
            given = dict(zip(names, values, strict=True))
            row = update(kind.__table__).where(kind.__table__.c.id == given.pop("id"), only_if).values(given)
        rows.append(row.cte(f"row{n}"))
    return rows


def shaped(rows) -> tuple[Shape, dict]:
    """The shape of these rows, and their values under the names of `inserts`."""
    rows = [(row[0], row[1], False) if isinstance(row, Changed) else (row[0], _with_defaults(*row), True) for row in rows]
    return (tuple((kind, tuple(values), is_new) for kind, values, is_new in rows),
            {f"row{n}_{name}": value for n, (_, values, _) in enumerate(rows) for name, value in values.items()})


@cache
def _together(shape: Shape):
    return select(literal(len(shape))).add_cte(*inserts(shape))


@cache
def _defaults(kind: type) -> list:
    return [(column.key, column.default) for column in kind.__table__.columns if column.default is not None]


def _with_defaults(kind: type, values: dict) -> dict:
    return values | {name: default.arg(None) if default.is_callable else default.arg for name, default in _defaults(kind) if name not in values}


def put_together(*rows: tuple[type, dict] | Changed) -> None:
    """Write rows of several kinds: in their order, or in one statement where the database can."""
    if len(rows) == 1 or not is_postgresql():
        for row in rows:
            if isinstance(row, Changed):
                _change(row.kind, row.values)
            else:
                put(*row)
        return
    shape, values = shaped(rows)
    run(_together(shape), values)


def put_late(*rows: tuple[type, dict] | Changed) -> None:
    """Write rows that nothing reads before the commit. On PostgreSQL they wait for the answer that is kept, where one will be,
    or for the next statement, and are one statement with it."""
    held = _held(db.session())
    if held.keeps:
        held.late += rows
    else:
        put_together(*rows)


def will_keep() -> None:
    """From here to the commit: an answer will be kept, by `keep_with_late`."""
    _held(db.session()).keeps = is_postgresql()


def run_with_late(statement: Executable, values: dict) -> Found:
    """`run` an INSERT, and in the same statement what waits for it. No value has the name of a column: SQLAlchemy would set it in every row."""
    session = db.session()
    held = _held(session)
    if not held.late:
        return run(statement, values)
    session.flush()
    shape, late = shaped(held.late)
    held.late = []
    return _run(held, _with_rows(statement, shape), values | late)


@cache
def _with_rows(statement, shape: Shape):
    return statement.add_cte(*inserts(shape))


def _write_late(held: Held) -> None:
    shape, values = shaped(held.late)
    held.late = []
    if shape:
        _run(held, _together(shape), values)


@event.listens_for(db.session, "before_commit")
def _before_commit(session) -> None:
    if (held := session.info.get("held")) and held.late:
        _write_late(_held(session))


@event.listens_for(db.session, "do_orm_execute")
def _before_statement(state) -> None:
    _before_commit(state.session)


def store(row, *beside: tuple[type, dict]):
    """Write a new object of which every column that has a value was given one, with other rows that follow from it. The session has
    the object as if it had been read."""
    given = inspect(row).dict
    put_late((type(row), {column.key: given[column.key] for column in type(row).__table__.columns if column.key in given}), *beside)
    make_transient_to_detached(row)
    db.session.add(row)
    return row


@cache
def _unread(kind: type, names: tuple[str, ...]) -> frozenset[str]:
    """The attributes that are asked of the database when they are used, where these were read."""
    return frozenset(key for key, attribute in kind.__mapper__.class_manager.items() if key not in names and attribute.impl.accepts_scalar_loader)


def met(kind: type, values: dict):
    """The object of a row that was read by `run`, in the session as if it had been read there. What was not read is when it is asked for."""
    session = db.session()
    key = kind, (values["id"],), None
    there = session.identity_map.get(key)
    if there is not None:
        for name, value in values.items():
            set_committed_value(there, name, value)
        return there
    row = kind.__mapper__.class_manager.new_instance()
    row.__dict__.update(values)
    state = instance_state(row)  # what SQLAlchemy's own loading does for a row, without what it looks for around it
    state.key, state.session_id = key, session.hash_key
    state.expired_attributes.update(_unread(kind, tuple(values)))
    session.identity_map._add_unpresent(state, key)
    return row


class Parts:
    """The columns of several kinds of rows side by side, for a `run` select, and the objects of a row of it.

    `kinds` gives for each kind the columns that it is not asked for.
    """

    def __init__(self, kinds: dict[type, tuple[str, ...]]):
        self.columns, self._slices = [], []
        for kind, without in kinds.items():
            names = ["id", *(column.key for column in kind.__table__.columns if column.key not in ("id", *without))]
            self._slices.append((kind, names, len(self.columns), len(self.columns) + len(names)))
            self.columns += [kind.__table__.c[name] for name in names]

    def met(self, row: tuple) -> list:
        """One object of each kind, None for what an outer join did not find. The parts stand first in the row."""
        return [met(kind, dict(zip(names, row[first:last], strict=True))) if row[first] is not None else None
                for kind, names, first, last in self._slices]


@cache
def _update(kind: type, names: tuple[str, ...]):
    table = kind.__table__
    return update(table).where(table.c.id == bindparam("this", type_=table.c.id.type)).values(
        {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names if name != "id"})


def _change(kind: type, values: dict) -> None:
    run(_update(kind, tuple(values)), {"this" if name == "id" else f"new_{name}": value for name, value in values.items()})


def changed(row, **values) -> Changed:
    """What `change` writes, to be written with other rows. The object has the values at once."""
    for name, value in values.items():
        set_committed_value(row, name, value)
    return Changed(type(row), {"id": row.id} | values)


def change(row, **values) -> None:
    """Write new values of a row whose lock is held. The object has them as if they had been read."""
    _change(*changed(row, **values))


def either(build: Callable) -> Callable[[], Executable]:
    """`build(insert)` once for each database's own INSERT, which knows ON CONFLICT; a call gives the one of this database."""
    made = {True: build(postgresql.insert), False: build(sqlite.insert)}
    return lambda: made[is_postgresql()]


def named(table, prefix: str = "") -> dict:
    """A parameter for each column of an INSERT, under the column's own name; with a prefix where a CTE has columns of the same names."""
    return {column.key: bindparam(prefix + column.key, type_=column.type) for column in table.columns}
