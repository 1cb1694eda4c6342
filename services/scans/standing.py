"""Where a resident stands at an event, and the rows of a check-in: few statements, each put together once."""
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, cast, func, insert, literal, select, true
from sqlalchemy.dialects import postgresql
from uuid_utils.compat import uuid7

from models import CheckIn, Event, Person, SignUp, db
from models.statements import either, is_postgresql, named, run
from services import sign_ups
from services.scans import presence


@dataclass(frozen=True)
class Standing:
    """The resident's live check-ins by direction, the state of their sign-up, and whether they were joined to another person."""

    check_ins: dict[str, CheckIn]
    sign_up: str | None
    is_joined: bool


# The resident is held: nobody joins them to another person before the commit.
_HELD = (select(Person.id, Person.joined_into_id).where(Person.id == bindparam("resident_id"))
         .with_for_update(read=True, of=Person).cte("held"))


def _stands(query, event_id):
    """`query` with what the held resident has at this event."""
    return (query.add_columns(CheckIn, SignUp.status, _HELD.c.joined_into_id)
            .outerjoin(CheckIn, (CheckIn.resident_id == _HELD.c.id) & (CheckIn.event_id == event_id) & CheckIn.annulled_at.is_(None))
            .outerjoin(SignUp, (SignUp.resident_id == _HELD.c.id) & (SignUp.event_id == event_id) & (SignUp.status != "cancelled")))


_AT = _stands(select(_HELD.c.id).select_from(_HELD), bindparam("event_id"))
_BY_CODE = _stands(presence.held_open(Event.code_id == bindparam("code_id")).join_from(Event, _HELD, true()), Event.id)


def at(event_id: UUID, resident_id: UUID) -> Standing:
    return _read(db.session.execute(_AT, {"event_id": event_id, "resident_id": resident_id}).all())


def by_code(code_id: str, resident_id: UUID) -> tuple[Event | None, Standing | None]:
    """The event whose codes have this id, held open, and where the resident stands there."""
    rows = db.session.execute(_BY_CODE, {"code_id": code_id, "resident_id": resident_id}).all()
    return (rows[0].Event, _read(rows)) if rows else (None, None)


def _read(rows) -> Standing:
    return Standing({row.CheckIn.direction: row.CheckIn for row in rows if row.CheckIn}, rows[0].status, rows[0].joined_into_id is not None)


_CHECK_INS, _SIGN_UPS = CheckIn.__table__, SignUp.__table__
_COLUMNS = _CHECK_INS.columns.keys()


@either
def _insert(insert):
    return insert(_CHECK_INS).values(named(_CHECK_INS)).on_conflict_do_nothing().returning(_CHECK_INS.c.id)


def enter(made: CheckIn) -> bool:
    """Write the check-in. The unique index is the judge of a race: False when another live one is there."""
    return run(_insert(), {name: getattr(made, name) for name in _COLUMNS}).first() is not None


def _walk_in():
    """What `walk_in` says in three statements, in one of PostgreSQL's."""
    new = {name: cast(value, value.type) for name, value in named(_CHECK_INS, "new_").items()}
    place = sign_ups.TAKE_PLACE.returning(Event.__table__.c.id).cte("place")
    sign_up = {"id": cast(bindparam("sign_up_id"), Uuid), "event_id": place.c.id, "resident_id": new["resident_id"],
               "status": literal("confirmed"), "at": new["at"]}
    signed = insert(_SIGN_UPS).from_select(list(sign_up), select(*sign_up.values())).cte("signed")
    came = (postgresql.insert(_CHECK_INS).from_select(list(new), select(*new.values()).select_from(place))
            .on_conflict_do_nothing().returning(_CHECK_INS.c.id).cte("came"))
    return select(select(func.count()).select_from(place).scalar_subquery().label("places"),
                  select(func.count()).select_from(came).scalar_subquery().label("entered")).add_cte(signed)


_WALK_IN = _walk_in()


def walk_in(made: CheckIn) -> tuple[bool, bool]:
    """The check-in of who had not signed up takes a place and signs up: whether there was a place, and whether they entered."""
    if is_postgresql():
        values = {f"new_{name}": getattr(made, name) for name in _COLUMNS}
        found = run(_WALK_IN, values | {"event_id": made.event_id, "sign_up_id": uuid7()}).one()
        return found.places == 1, found.entered == 1
    if not sign_ups.take_place(made.event_id):
        return False, False
    sign_ups.confirm_at_once(made.event_id, made.resident_id, at=made.at)
    return True, enter(made)
