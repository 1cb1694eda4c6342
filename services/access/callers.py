"""Who asks: read in every request, past the ORM, with their live roles and the roles' areas, and what else is to be read of them."""
from datetime import datetime

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from models import Area, Person, RoleGrant, Session
from models.objects import Parts
from models.statements import as_read, run
from services.access import sign_in, tokens
from services.refusals import Unauthenticated

SEALED = ("code_secret", "data_key", "paper_name_sealed", "id_number_sealed", "phone_sealed", "id_number_index", "phone_index")
_PARTS = Parts({Person: SEALED, RoleGrant: (), Area: ()})  # what is sealed of a person is read when it is asked for
PERSON_ID = bindparam("person_id", type_=Uuid)


def with_what(beside: list, join=lambda tables: tables):
    """The statement for `who` that also reads these columns, of what `join` joins."""
    tables = (Person.__table__.outerjoin(RoleGrant.__table__, sign_in.IS_LIVE).outerjoin(Area.__table__, Area.id == RoleGrant.area_id)
              .join(Session.__table__, Session.person_id == Person.id))
    return (select(*_PARTS.columns, *beside).select_from(join(tables))
            .where(Person.id == PERSON_ID, Person.joined_into_id.is_(None), Session.id == bindparam("session_id", type_=Uuid),
                   Session.ended_at.is_(None), Session.expires_at > sign_in.NOW)
            .order_by(RoleGrant.id))


_WHO = with_what([])


def who(claims: tokens.Claims, now: datetime, statement=_WHO, **values) -> tuple[Person, tuple]:
    """The caller with live roles, in one statement, and a row of it; Unauthenticated when the session is over."""
    rows = run(statement, {"person_id": claims.person_id, "session_id": claims.session_id, "now": now} | values).all()
    if not rows:
        raise Unauthenticated
    roles = []
    for row in rows:
        person, grant, area = _PARTS.met(row)
        if grant is not None:
            as_read(grant, area=area)
            roles.append(grant)
    set_committed_value(person, "roles", roles)
    return person, rows[0]
