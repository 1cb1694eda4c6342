"""Who asks: read in every request, past the ORM, with their live roles and the roles' areas."""
from datetime import datetime

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from models import Area, Person, RoleGrant, Session
from models.statements import met, run
from services.access import sign_in, tokens
from services.refusals import Unauthenticated

# What is sealed of a person is read when it is asked for.
_OF_PERSON = ("id", "display_name", "name_state", "language", "home_area_id", "household_id", "code_id", "joined_into_id", "created_at", "version")
_OF_GRANT = ("id", "person_id", "role", "area_id", "merchant_id", "since", "until", "ended_at", "granted_by_id")
_OF_AREA = ("id", "code", "level", "name", "parent_id", "path", "timezone", "ended")
_GRANT, _AREA = len(_OF_PERSON), len(_OF_PERSON) + len(_OF_GRANT)


def _columns(kind: type, names: tuple[str, ...]):
    return [kind.__table__.c[name] for name in names]


_WHO = (select(*_columns(Person, _OF_PERSON), *_columns(RoleGrant, _OF_GRANT), *_columns(Area, _OF_AREA))
        .select_from(Person.__table__).outerjoin(RoleGrant.__table__, sign_in.IS_LIVE).outerjoin(Area.__table__, Area.id == RoleGrant.area_id)
        .join(Session.__table__, Session.person_id == Person.id)
        .where(Person.id == bindparam("person_id", type_=Uuid), Person.joined_into_id.is_(None), Session.id == bindparam("session_id", type_=Uuid),
               Session.ended_at.is_(None), Session.expires_at > sign_in.NOW)
        .order_by(RoleGrant.id))


def who(claims: tokens.Claims, now: datetime) -> Person:
    """The caller with live roles, in one statement; Unauthenticated when the session is over."""
    rows = run(_WHO, {"person_id": claims.person_id, "session_id": claims.session_id, "now": now}).all()
    if not rows:
        raise Unauthenticated
    person = met(Person, dict(zip(_OF_PERSON, rows[0], strict=False)))
    set_committed_value(person, "roles", [_role(row[_GRANT:_AREA], row[_AREA:]) for row in rows if row[_GRANT]])
    return person


def _role(of_grant: tuple, of_area: tuple) -> RoleGrant:
    grant = met(RoleGrant, dict(zip(_OF_GRANT, of_grant, strict=True)))
    set_committed_value(grant, "area", met(Area, dict(zip(_OF_AREA, of_area, strict=True))) if of_area[0] else None)
    return grant
