"""Who is given a role, by whom, and who loses it. Nobody decides on their own."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import selectinload

from config import Settings
from models import OVERSIGHT, SHOP, Area, Merchant, Person, Role, RoleGrant, StaffLogin, db
from services.access import reach, sign_in, tokens
from services.audit import audit
from services.people import people
from services.refusals import N_, Conflict, Forbidden, NotAllowed, NotFound, ValidationFailed


class OwnRole(NotAllowed):
    message = N_("You cannot decide on your own roles.")


class UsernameTaken(Conflict):
    message = N_("Somebody else has this name.")


def grants_in_sight(by: Person, now: datetime, *, roles=OVERSIGHT):
    """The condition that a grant is live, and in an area or at a merchant that `by` may look at."""
    areas = reach.area_ids(by, roles, now)
    merchants = select(Merchant.id).where(Merchant.area_id.in_(areas))
    own = reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,))
    live = RoleGrant.ended_at.is_(None) & (RoleGrant.since <= now) & or_(RoleGrant.until.is_(None), RoleGrant.until > now)
    return live & or_(RoleGrant.area_id.in_(areas), RoleGrant.merchant_id.in_(merchants), RoleGrant.merchant_id.in_(own))


def people_in_sight(by: Person, now: datetime):
    """The condition that a person lives in an area in reach, or holds a role in sight."""
    holders = select(RoleGrant.person_id).where(grants_in_sight(by, now))
    return Person.joined_into_id.is_(None) & or_(Person.home_area_id.in_(reach.area_ids(by, OVERSIGHT, now)), Person.id.in_(holders))


def search(by: Person, now: datetime, *, area_id: UUID | None = None, role: str | None = None, q: str | None = None):
    """A select of the people in sight with their roles in sight, narrowed: to who lives or works in an area, holds a role, is called so."""
    shown = selectinload(Person.roles.and_(grants_in_sight(by, now)))
    query = select(Person).where(people_in_sight(by, now)).options(shown).execution_options(populate_existing=True)
    if area_id:
        query = query.where(_of_area(by, area_id, now))
    if role and role != Role.RESIDENT:
        query = query.where(Person.id.in_(select(RoleGrant.person_id).where(grants_in_sight(by, now), RoleGrant.role == role)))
    return query.where(Person.display_name.contains(q, autoescape=True)) if q else query


def _of_area(by: Person, area_id: UUID, now: datetime):
    """Who lives in the area, or has a role there."""
    areas = reach.area_ids(by, OVERSIGHT, now, within=area_id)
    holders = select(RoleGrant.person_id).where(grants_in_sight(by, now), RoleGrant.area_id.in_(areas))
    return Person.home_area_id.in_(areas) | Person.id.in_(holders)


def visible(person_id: UUID, *, by: Person, now: datetime) -> Person:
    """The person with the roles that `by` may see; NotFound for one out of sight."""
    person = db.session.scalars(search(by, now).where(Person.id == person_id)).unique().one_or_none()
    if person is None:
        raise NotFound
    return person


def give(person_id: UUID, role: str, *, area_id: UUID | None = None, merchant_id: UUID | None = None,
         until: datetime | None = None, by: Person, now: datetime) -> RoleGrant:
    """A role in an area that `by` administers, or at a merchant there; an owner names clerks of their own.

    Whoever has the person's id may name them: it was handed over, it cannot be guessed.
    """
    person = db.session.scalars(select(Person).where(Person.id == person_id, Person.joined_into_id.is_(None))
                                .with_for_update(of=Person)).one_or_none()
    if person is None:
        raise NotFound
    if person.id == by.id:
        raise OwnRole
    _check(role, area_id, merchant_id, until, now)
    area = _area_to_give_in(role, area_id, merchant_id, by, now)
    _end_other_terms(person.id, role, area_id, merchant_id, until, now)
    given = people.grant(person, role, now=now, area=area if area_id else None, merchant_id=merchant_id, until=until, by=by)
    audit.write("role.give", "role", given.id, by=by.id, area_id=area.id, now=now, role=role, person=str(person.id))
    return given


def _check(role, area_id, merchant_id, until, now) -> None:
    needed, other = ("merchant_id", "area_id") if role in SHOP else ("area_id", "merchant_id")
    given = {"area_id": area_id, "merchant_id": merchant_id}
    if given[needed] is None:
        raise ValidationFailed({needed: [N_("This role needs it.")]})
    if given[other] is not None:
        raise ValidationFailed({other: [N_("This role does not go with it.")]})
    if until is not None and until <= now:
        raise ValidationFailed({"until": [N_("This must lie ahead.")]})


def _area_to_give_in(role, area_id, merchant_id, by, now) -> Area:
    if area_id:
        return reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    merchant = db.session.get(Merchant, merchant_id)
    if merchant is None:
        raise NotFound
    if merchant.id in reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,)):
        if role == Role.MERCHANT_CLERK or reach.reaches(by, merchant.area, (Role.AREA_ADMIN,), now):
            return merchant.area
        raise Forbidden
    reach.require(by, merchant.area, (Role.AREA_ADMIN,), now)
    return merchant.area


def _end_other_terms(person_id, role, area_id, merchant_id, until, now) -> None:
    """The same role with another last day takes the present one's place."""
    held = db.session.scalars(select(RoleGrant).filter_by(person_id=person_id, role=role, area_id=area_id,
                                                          merchant_id=merchant_id, ended_at=None)).first()
    if held and (held.until != until or not held.is_live(now)):
        held.ended_at = now
        db.session.flush()


def end(person_id: UUID, role_id: UUID, *, by: Person, now: datetime) -> None:
    """End a role at once; who may give it may end it."""
    held = db.session.get(RoleGrant, role_id)
    if held is None or held.person_id != person_id or held.ended_at:
        raise NotFound
    if held.person_id == by.id:
        raise OwnRole
    area = _area_to_give_in(held.role, held.area_id, held.merchant_id, by, now)
    ended = db.session.execute(update(RoleGrant).where(RoleGrant.id == role_id, RoleGrant.ended_at.is_(None)).values(ended_at=now))
    if ended.rowcount != 1:
        raise NotFound
    audit.write("role.end", "role", role_id, by=by.id, area_id=area.id, now=now, role=held.role, person=str(person_id))


def reset_password(person_id: UUID, *, username: str | None = None, by: Person, settings: Settings, now: datetime) -> tuple[str, datetime]:
    """A one-time link's token and its end, for somebody all of whose roles `by` administers; their sessions end,
    and their password opens nothing any more, whether or not the link is ever used."""
    person = db.session.get(Person, person_id)
    if person is None or person.joined_into_id:
        raise NotFound
    if person.id == by.id:
        raise OwnRole
    area_id = require_all_roles(person.id, by, now)
    login = _login(person.id, username)
    token, until = tokens.new_reset(), now + timedelta(minutes=settings.password_reset_minutes)
    login.password_hash, login.reset_hash, login.reset_until = None, tokens.digest(token), until
    db.session.flush()
    sign_in.end_all(person.id, now)
    audit.write("password.reset", "person", person.id, by=by.id, area_id=area_id, now=now)
    return token, until


def require_all_roles(person_id, by, now) -> UUID:
    """The area of their first role, once `by` administers all of their roles: otherwise a grid's admin could sign in as somebody who
    also serves the whole street. NotFound where `by` administers none, Forbidden where not all."""
    grants = db.session.execute(
        select(RoleGrant, Area, Merchant).outerjoin(Merchant, Merchant.id == RoleGrant.merchant_id)
        .join(Area, Area.id.in_((RoleGrant.area_id, Merchant.area_id)))
        .where(RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None)).order_by(RoleGrant.id)).all()
    areas = [row.Area for row in grants if row.RoleGrant.is_live(now)]
    reached = [area for area in areas if reach.reaches(by, area, (Role.AREA_ADMIN,), now)]
    if not reached:
        raise NotFound
    if len(reached) < len(areas):
        raise Forbidden
    return reached[0].id


def _login(person_id: UUID, username: str | None) -> StaffLogin:
    login = db.session.get(StaffLogin, person_id)
    if login:
        return login
    if username is None:
        raise ValidationFailed({"username": [N_("They have no name to sign in with yet: please give one.")]})
    if db.session.scalar(select(StaffLogin.person_id).filter_by(username=username)):
        raise UsernameTaken
    login = StaffLogin(person_id=person_id, username=username)
    db.session.add(login)
    return login
