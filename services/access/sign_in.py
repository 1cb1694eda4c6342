"""Sessions: how they begin (WeChat, password), are carried on (refresh) and end."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager
from uuid_utils.compat import uuid7

from config import Settings
from models import Area, Level, Person, RefreshToken, RoleGrant, Session, StaffLogin, UTCDateTime, WeChatLogin, db
from services.access import passwords, tokens
from services.audit import audit
from services.people import people, vault
from services.refusals import N_, Invalid, Unauthenticated, Unavailable

NEWCOMER = {"zh-CN": "新邻居", "en": "New neighbour"}  # what a person without a name is called, in their language: it is stored


class WechatCodeInvalid(Unauthenticated):
    message = N_("WeChat did not accept this sign-in. Please try again.")


class WechatUnavailable(Unavailable):
    message = N_("WeChat does not answer at the moment. Please try again.")


class CredentialsInvalid(Unauthenticated):
    message = N_("The name or the password is not right.")


class OtpRequired(Unauthenticated):
    message = N_("Please give the 6-digit code of your authenticator.")


class RefreshReused(Unauthenticated):
    message = N_("This sign-in was used elsewhere and has been ended. Please sign in again.")


class ResetInvalid(Invalid):
    message = N_("This link has been used or is too old.")


@dataclass(frozen=True)
class SignedIn:
    person: Person
    access_token: str
    refresh_token: str
    is_new: bool = False


def by_openid(openid: str, *, settings: Settings, now: datetime, display_name: str = "", language: str = "zh-CN") -> SignedIn:
    """The person of this WeChat identity, made as a resident who speaks this language at the first sign-in."""
    login = db.session.get(WeChatLogin, (settings.wechat_app_id, openid))
    if login:
        return begin(load(login.person_id, now), settings=settings, now=now)
    try:
        with db.session.begin_nested():
            person_id = _newcomer(openid, display_name, language, settings, now)
    except IntegrityError:  # the same phone signs in twice at once: the first made the person
        db.session.expire_all()
        person_id = db.session.get_one(WeChatLogin, (settings.wechat_app_id, openid)).person_id
        return begin(load(person_id, now), settings=settings, now=now)
    return begin(load(person_id, now), settings=settings, now=now, is_new=True)


def _newcomer(openid: str, display_name: str, language: str, settings: Settings, now: datetime) -> UUID:
    person = people.make(display_name or NEWCOMER[language], first_area(settings), keys=settings.keys, now=now, language=language)
    db.session.add(WeChatLogin(app_id=settings.wechat_app_id, openid=openid, person_id=person.id, at=now))
    db.session.flush()
    return person.id


def first_area(settings: Settings) -> Area:
    """Where a new person lives until they say: HOME_AREA_CODE, else the root of the tree."""
    if settings.home_area_code:
        return db.session.scalars(select(Area).filter_by(code=settings.home_area_code)).one()
    return db.session.scalars(select(Area).filter_by(level=Level.CITY).order_by(Area.code)).first()


def by_password(username: str, password: str, otp: str | None, *, settings: Settings, now: datetime) -> SignedIn:
    """As `proven` says: a new session for whoever these are."""
    return begin(proven(username, password, otp, settings=settings, now=now), settings=settings, now=now)


def proven(username: str, password: str, otp: str | None, *, settings: Settings, now: datetime) -> Person:
    """Whose name, password and, where it is set up, authenticator's code these are; the code is used up.

    CredentialsInvalid whether the name or the password is wrong, after the same work. Comparing takes long, so the
    login is read again under a lock: a password that was reset meanwhile opens nothing.
    """
    seen = db.session.execute(select(StaffLogin.person_id, StaffLogin.password_hash).filter_by(username=username)).first()
    if not passwords.matches(seen and seen.password_hash, password):
        raise CredentialsInvalid
    login = db.session.scalars(select(StaffLogin).filter_by(person_id=seen.person_id, password_hash=seen.password_hash)
                               .with_for_update().execution_options(populate_existing=True)).one_or_none()
    if login is None:
        raise CredentialsInvalid
    if login.totp_sealed:
        _check_otp(login, otp, settings, now)
    return load(login.person_id, now)


def _check_otp(login: StaffLogin, otp: str | None, settings: Settings, now: datetime) -> None:
    if not otp:
        raise OtpRequired
    person = db.session.get_one(Person, login.person_id)
    secret = vault.unseal(settings.keys["fields"], person.data_key, login.totp_sealed,
                          table="staff_logins", column="totp", row=person.id)
    step = passwords.otp_step(secret, otp, now, after=login.totp_last_step)
    if step is None:
        raise CredentialsInvalid
    used = db.session.execute(update(StaffLogin).where(
        StaffLogin.person_id == person.id,
        StaffLogin.totp_last_step.is_(None) | (StaffLogin.totp_last_step < step)).values(totp_last_step=step))
    if used.rowcount != 1:
        raise CredentialsInvalid


# WITH_ROLES gives people with their live roles and the roles' areas at the moment `now`.
NOW = bindparam("now", type_=UTCDateTime)
IS_LIVE = ((RoleGrant.person_id == Person.id) & RoleGrant.ended_at.is_(None)
           & (RoleGrant.since <= NOW) & (RoleGrant.until.is_(None) | (RoleGrant.until > NOW)))
WITH_ROLES = (select(Person)
               .outerjoin(RoleGrant, IS_LIVE)
               .outerjoin(Area, Area.id == RoleGrant.area_id)
               .options(contains_eager(Person.roles).contains_eager(RoleGrant.area))
               .order_by(RoleGrant.id)
               .execution_options(populate_existing=True))
_ONE = WITH_ROLES.where(Person.id == bindparam("person_id", type_=Uuid))


def load(person_id: UUID, now: datetime) -> Person:
    """The person with their live roles and the roles' areas, in one statement."""
    return db.session.scalars(_ONE, {"person_id": person_id, "now": now}).unique().one()


def begin(person: Person, *, settings: Settings, now: datetime, is_new: bool = False) -> SignedIn:
    session = Session(id=uuid7(), person_id=person.id, created_at=now,
                      expires_at=now + timedelta(days=settings.refresh_token_days))
    db.session.add(session)
    db.session.flush()
    return SignedIn(person, _access(person, session.id, settings, now), _leaf(session, None, settings, now), is_new)


def _access(person: Person, session_id, settings: Settings, now: datetime) -> str:
    return tokens.sign_access(person.id, session_id, key=settings.keys["jwt"], now=now,
                              lasts=timedelta(minutes=settings.access_token_minutes))


def _leaf(session: Session, predecessor_id, settings: Settings, now: datetime) -> str:
    token = tokens.new_refresh()
    idle_until = min(session.expires_at, now + timedelta(days=settings.refresh_idle_days))
    db.session.add(RefreshToken(session_id=session.id, token_hash=tokens.digest(token), predecessor_id=predecessor_id,
                                expires_at=idle_until))
    db.session.flush()
    return token


def refresh(token: str, *, settings: Settings, now: datetime) -> SignedIn:
    """Spend a refresh token for a new pair.

    The last one spent is accepted once more within the grace while its successor is unused: the
    answer was lost on the way. Any other use of a spent one is theft: the session ends (OWASP ASVS 10.4.5).
    """
    held = db.session.scalars(select(RefreshToken).filter_by(token_hash=tokens.digest(token))).first()
    if held is None:
        raise Unauthenticated
    session = db.session.scalars(select(Session).where(Session.id == held.session_id).with_for_update()
                                 .execution_options(populate_existing=True)).one()
    db.session.refresh(held)
    if session.ended_at or held.expires_at <= now:
        raise Unauthenticated
    if held.revoked_at or (held.spent_at and not _is_lost_answer(held, settings, now)):
        raise _theft(session, now)
    if held.spent_at:
        held.revoked_at = now
    held.spent_at = held.spent_at or now
    person = load(session.person_id, now)
    return SignedIn(person, _access(person, session.id, settings, now), _leaf(session, held.id, settings, now))


def _is_lost_answer(held: RefreshToken, settings: Settings, now: datetime) -> bool:
    """Within the grace, and its one successor unused; that successor is withdrawn."""
    if now - held.spent_at >= timedelta(seconds=settings.refresh_grace_seconds):
        return False
    withdrawn = db.session.execute(update(RefreshToken).where(
        RefreshToken.predecessor_id == held.id, RefreshToken.spent_at.is_(None),
        RefreshToken.revoked_at.is_(None)).values(revoked_at=now))
    return withdrawn.rowcount == 1


def _theft(session: Session, now: datetime) -> RefreshReused:
    """The refusal, which leaves the session ended behind although the request is refused."""
    refusal = RefreshReused()
    refusal.leaves.append(update(Session).where(Session.id == session.id, Session.ended_at.is_(None)).values(ended_at=now))
    return refusal


def sign_out(token: str, *, now: datetime) -> None:
    """End the session; a token that is none of ours, or over, changes nothing."""
    session_id = select(RefreshToken.session_id).where(RefreshToken.token_hash == tokens.digest(token)).scalar_subquery()
    db.session.execute(update(Session).where(Session.id == session_id, Session.ended_at.is_(None)).values(ended_at=now)
                       .execution_options(synchronize_session=False))


def end_all(person_id, now: datetime) -> None:
    db.session.execute(update(Session).where(Session.person_id == person_id, Session.ended_at.is_(None))
                       .values(ended_at=now).execution_options(synchronize_session=False))


def reset_password(token: str, password: str, *, now: datetime) -> None:
    """Spend a one-time link for a new password; ResetInvalid for a used or old one, ValidationFailed for a password that is easily guessed."""
    hashed = passwords.hash_chosen(password)
    done = db.session.execute(update(StaffLogin).where(
        StaffLogin.reset_hash == tokens.digest(token), StaffLogin.reset_until > now).values(
        password_hash=hashed, reset_hash=None, reset_until=None)
        .returning(StaffLogin.person_id))
    person_id = done.scalar()
    if person_id is None:
        raise ResetInvalid
    end_all(person_id, now)
    audit.write("password.set", "person", person_id, by=person_id, area_id=_area_of(person_id, now), now=now)


def _area_of(person_id: UUID, now: datetime) -> UUID:
    """Where their auditors look: the area of a role of theirs, else their home."""
    person = load(person_id, now)
    return next((grant.area_id for grant in person.roles if grant.area_id), person.home_area_id)
