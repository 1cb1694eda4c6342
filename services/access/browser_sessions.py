"""Sessions of a browser, for the people who administer and audit: an opaque cookie, idle and absolute ends.

The cookie says which session, never what may be done: roles are read at each request, as with access tokens.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, bindparam, update
from uuid_utils.compat import uuid7

from config import Settings
from models import OVERSIGHT, Person, Session, db
from services.access import reach, sign_in, tokens
from services.audit import audit
from services.refusals import N_, NotAllowed, Unauthenticated

CARRIED_AFTER = timedelta(minutes=1)  # a session in use is written once a minute, not at each page


class NotForYou(NotAllowed):
    message = N_("These pages are for those who administer or audit an area.")


@dataclass(frozen=True)
class Held:
    """Whose session it is, and until when it may stay unused."""

    person: Person
    session: Session


def begin(username: str, password: str, otp: str | None, *, settings: Settings, now: datetime) -> str:
    """The new session's cookie, for an area admin or an auditor; CredentialsInvalid, OtpRequired or NotForYou."""
    person = sign_in.proven(username, password, otp, settings=settings, now=now)
    if not reach.holds(person, OVERSIGHT, now):
        raise NotForYou
    cookie = open_for(person, settings=settings, now=now)
    audit.write("session.begin", "person", person.id, by=person.id, area_id=person.home_area_id, now=now)
    return cookie


def open_for(person: Person, *, settings: Settings, now: datetime) -> str:
    cookie = tokens.new_cookie()
    session = Session(id=uuid7(), person_id=person.id, created_at=now, expires_at=now + timedelta(hours=settings.browser_session_hours),
                      cookie_hash=tokens.digest(cookie), idle_until=now + timedelta(minutes=settings.browser_idle_minutes))
    db.session.add(session)
    db.session.flush()
    return cookie


_WHO = sign_in.WITH_ROLES.add_columns(Session).join(Session, Session.person_id == Person.id).where(
    Session.cookie_hash == bindparam("cookie_hash"), Session.ended_at.is_(None), Session.expires_at > sign_in.NOW,
    Session.idle_until > sign_in.NOW, Person.joined_into_id.is_(None))


def who(cookie: str, now: datetime) -> Held:
    """The person with live roles, and the session, in one statement; Unauthenticated when it is over or unused too long."""
    found = db.session.execute(_WHO, {"cookie_hash": tokens.digest(cookie), "now": now}).unique().one_or_none()
    if found is None:
        raise Unauthenticated
    return Held(*found)


def carried_on(session: Session, *, settings: Settings, now: datetime) -> Update | None:
    """The statement that lets the session stay unused from now on for its whole idle time; None while that is not worth one."""
    until = min(session.expires_at, now + timedelta(minutes=settings.browser_idle_minutes))
    if until - session.idle_until < CARRIED_AFTER:
        return None
    return (update(Session).where(Session.id == session.id, Session.ended_at.is_(None)).values(idle_until=until)
            .execution_options(synchronize_session=False))


def end(cookie: str, now: datetime) -> None:
    """Sign out; a cookie that is none of ours, or over, changes nothing."""
    db.session.execute(update(Session).where(Session.cookie_hash == tokens.digest(cookie), Session.ended_at.is_(None))
                       .values(ended_at=now).execution_options(synchronize_session=False))

