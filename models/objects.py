"""Objects of rows that were read or written past the ORM, in the session as if it had read them itself."""
from functools import cache

from sqlalchemy.orm.attributes import instance_state

from models.db import session_here
from models.statements import as_read, put_late


@cache
def _unread(kind: type, names: tuple[str, ...]) -> frozenset[str]:
    """The attributes that are asked of the database when they are used, where these were read."""
    return frozenset(key for key, attribute in kind.__mapper__.class_manager.items() if key not in names and attribute.impl.accepts_scalar_loader)


def met(kind: type, values: dict):
    """The object of a row that was read by `run`, in the session as if it had been read there. What was not read is when it is asked for."""
    return _met(session_here(), kind, values, tuple(values))


def _met(session, kind: type, values: dict, names: tuple[str, ...]):
    key = kind, (values["id"],), None
    there = session.identity_map.get(key)
    if there is not None:
        as_read(there, **values)
        return there
    row = made(kind, values)
    state = instance_state(row)  # what SQLAlchemy's own loading does for a row, without what it looks for around it
    state.key, state.session_id = key, session.hash_key
    state.expired_attributes.update(_unread(kind, names))
    session.identity_map._add_unpresent(state, key)
    return row


def made(kind: type, values: dict):
    """An object with these values, in no session: what is set of it is written by nobody."""
    row = kind.__mapper__.class_manager.new_instance()
    row.__dict__.update(values)
    return row


class Parts:
    """The columns of several kinds of rows side by side, for a `run` select, and the objects of a row of it.

    `kinds` gives for each kind the columns that it is not asked for.
    """

    def __init__(self, kinds: dict[type, tuple[str, ...]]):
        self.columns, self._slices = [], []
        for kind, without in kinds.items():
            names = ("id", *(column.key for column in kind.__table__.columns if column.key not in ("id", *without)))
            self._slices.append((kind, names, len(self.columns), len(self.columns) + len(names)))
            self.columns += [kind.__table__.c[name] for name in names]

    def met(self, row: tuple) -> list:
        """One object of each kind, None for what an outer join did not find. The parts stand first in the row."""
        session = session_here()
        return [_met(session, kind, dict(zip(names, row[first:last], strict=True)), names) if row[first] is not None else None
                for kind, names, first, last in self._slices]


def store(kind: type, values: dict, *beside: tuple[type, dict]):
    """Write a new row, with other rows that follow from it; gives its object."""
    put_late((kind, values), *beside)
    return met(kind, values)
