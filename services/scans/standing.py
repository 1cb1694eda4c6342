"""Where a resident stands at an event, and the rows of a check-in: few statements, each put together once."""
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, cast, func, literal, select, true
from sqlalchemy.dialects import postgresql
from uuid_utils.compat import uuid7

from models import CheckIn, Event, Line, Person, SignUp, objects
from models.objects import Parts
from models.shapes import Act, Ahead
from models.statements import either, is_postgresql, named, run, waits
from services import sign_ups
from services.scans import presence


@dataclass(frozen=True)
class Standing:
    """The resident's live check-ins by direction, the state of their sign-up, and whether they were joined to another person."""

    check_ins: dict[str, CheckIn]
    sign_up: str | None
    is_joined: bool


_CHECK_INS, _SIGN_UPS, _EVENTS = CheckIn.__table__, SignUp.__table__, Event.__table__
_COLUMNS = _CHECK_INS.columns.keys()
_OWN = Parts({CheckIn: ()})
_WITH_EVENT = Parts({CheckIn: (), Event: ("description", "place_name", "created_by_id", "created_at")})
_RESIDENT = select(Person.id, Person.joined_into_id).where(Person.id == bindparam("resident_id"))
_WHO = _RESIDENT.subquery("who")

# The resident is held: nobody joins them to another person before the commit. That, and the event's lock, go ahead of what is read: who waits
# for somebody who withdraws, annuls or joins would be given what stood there before, and be refused a place that they have by now.
_HOLD = Ahead(_RESIDENT.with_for_update(read=True, of=Person), ("resident_id",))


def _hold_both() -> Ahead:
    held = _RESIDENT.with_for_update(read=True, of=Person).cte("held")
    both = select(_EVENTS.c.id, held.c.id).select_from(_EVENTS.join(held, true())).where(_EVENTS.c.code_id == bindparam("code_id"))
    return Ahead(presence.held_open(both), ("code_id", "resident_id"))


_HOLD_BOTH = _hold_both()


def _stands(parts, tables, event_id):
    """A select of what the resident has at this event."""
    return (select(*parts.columns, _SIGN_UPS.c.status.label("sign_up"), _WHO.c.joined_into_id).select_from(tables)
            .outerjoin(_CHECK_INS, (_CHECK_INS.c.resident_id == _WHO.c.id) & (_CHECK_INS.c.event_id == event_id)
                       & _CHECK_INS.c.annulled_at.is_(None))
            .outerjoin(_SIGN_UPS, (_SIGN_UPS.c.resident_id == _WHO.c.id) & (_SIGN_UPS.c.event_id == event_id)
                       & (_SIGN_UPS.c.status != "cancelled")))


_AT = _stands(_OWN, _WHO, bindparam("event_id", type_=Uuid))
_BY_CODE = _stands(_WITH_EVENT, _EVENTS.join(_WHO, true()), _EVENTS.c.id).where(_EVENTS.c.code_id == bindparam("code_id"))


def at(event_id: UUID, resident_id: UUID) -> Standing:
    rows = run(_AT, {"event_id": event_id, "resident_id": resident_id}, ahead=_HOLD).all()
    return _read(rows, [_OWN.met(row)[0] for row in rows])


def by_code(code_id: str, resident_id: UUID) -> tuple[Event | None, Standing | None]:
    """The event whose codes have this id, held open, and where the resident stands there."""
    rows = run(_BY_CODE, {"code_id": code_id, "resident_id": resident_id}, ahead=_HOLD_BOTH).all()
    if not rows:
        return None, None
    found = [_WITH_EVENT.met(row) for row in rows]
    return found[0][1], _read(rows, [check_in for check_in, _ in found])


def _read(rows, check_ins: list[CheckIn | None]) -> Standing:
    return Standing({made.direction: made for made in check_ins if made}, rows[0].sign_up, rows[0].joined_into_id is not None)


def came(**values) -> CheckIn:
    """A check-in that nobody has written yet; what is not given is None."""
    return objects.made(CheckIn, dict.fromkeys(_COLUMNS) | values)


@either
def _insert(insert):
    return insert(_CHECK_INS).values(named(_CHECK_INS)).on_conflict_do_nothing().returning(_CHECK_INS.c.id)


def _enter():
    """The same of PostgreSQL's, as an act that may wait."""
    new = named(_CHECK_INS, "new_")
    came = postgresql.insert(_CHECK_INS).values(new).on_conflict_do_nothing().returning(_CHECK_INS.c.id).cte("came")
    return Act(select(func.count()).select_from(came).scalar_subquery() > 0)


_ENTERING = _enter()


def enter(made: CheckIn) -> bool:
    """Write the check-in. The unique index is the judge of a race: False when another live one is there."""
    return waits(_ENTERING, _values(made, "new_")) or run(_insert(), _values(made)).first() is not None


def _values(made: CheckIn, prefix: str = "") -> dict:
    given = made.__dict__
    return {prefix + name: given[name] for name in _COLUMNS}


def _walk_in():
    """What `walk_in` says in three statements, in one of PostgreSQL's."""
    new = {name: cast(value, value.type) for name, value in named(_CHECK_INS, "new_").items()}
    place = sign_ups.taking_place(new["event_id"]).returning(Event.__table__.c.id).cte("place")
    sign_up = {"id": cast(bindparam("sign_up_id"), Uuid), "event_id": place.c.id, "resident_id": new["resident_id"],
               "status": literal("confirmed"), "line": literal(Line.OTHERS.value), "at": new["at"]}
    signed = (postgresql.insert(_SIGN_UPS).from_select(list(sign_up), select(*sign_up.values()))
              .on_conflict_do_nothing().returning(_SIGN_UPS.c.id).cte("signed"))
    came = (postgresql.insert(_CHECK_INS).from_select(list(new), select(*new.values()).select_from(signed))
            .on_conflict_do_nothing().returning(_CHECK_INS.c.id).cte("came"))
    counts = [select(func.count()).select_from(made).scalar_subquery().label(made.name) for made in (place, signed, came)]
    room = Ahead(select(_EVENTS.c.id).where(_EVENTS.c.id == bindparam("new_event_id")).with_for_update(key_share=True), ("new_event_id",))
    return select(*counts), Act(counts[-1] > 0, ahead=room)


_WALK_IN, _WALKING_IN = _walk_in()


@dataclass(frozen=True)
class WalkedIn:
    """What came of it: without a place nothing; who was signed up meanwhile all the same has taken one too many."""

    has_place: bool
    signed_up: bool = False
    entered: bool = False


def walk_in(made: CheckIn, *, may_wait: bool) -> WalkedIn:
    """The check-in of who had not signed up takes a place and signs up. Where that will hardly be so it may not wait (models/statements.py),
    and a crowd that is refused locks nothing."""
    if is_postgresql():
        values = _values(made, "new_") | {"sign_up_id": uuid7()}
        if may_wait and waits(_WALKING_IN, values):
            return WalkedIn(has_place=True, signed_up=True, entered=True)
        return WalkedIn(*(count == 1 for count in run(_WALK_IN, values, ahead=_WALKING_IN.ahead if may_wait else None).one()))
    if not sign_ups.take_place(made.event_id):
        return WalkedIn(has_place=False)
    sign_ups.confirm_at_once(made.event_id, made.resident_id, at=made.at)
    return WalkedIn(has_place=True, signed_up=True, entered=enter(made))
