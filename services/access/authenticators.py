"""An authenticator's one-time codes beside the password: set up by oneself, taken away by oneself or by an admin."""
from datetime import datetime
from uuid import UUID

import pyotp

from config import Settings
from models import Person, StaffLogin, db
from services.access import passwords, roles, sign_in
from services.access.roles import OwnRole
from services.audit import audit
from services.people import vault
from services.refusals import N_, NotFound, ValidationFailed

ISSUER = "Linli 邻里"


def new_secret() -> str:
    return pyotp.random_base32()


def address(secret: str, login: StaffLogin) -> str:
    """What an authenticator scans to take the secret in."""
    return pyotp.TOTP(secret).provisioning_uri(name=login.username, issuer_name=ISSUER)


def login_of(person_id: UUID) -> StaffLogin | None:
    """How this person signs in by name; None where they do not."""
    return db.session.get(StaffLogin, person_id)


def set_up(person: Person, secret: str, code: str, password: str, *, settings: Settings, now: datetime) -> None:
    """From now on codes of this secret are asked for; proven by the password and a code. The code is used up."""
    login = _own_login(person, password)
    step = passwords.otp_step(secret, code, now, after=None)
    if step is None:
        raise ValidationFailed({"code": [N_("This code does not fit. Is the clock of your phone right?")]})
    login.totp_sealed = vault.seal(settings.keys["fields"], person.data_key, secret, table="staff_logins", column="totp", row=person.id)
    login.totp_last_step = step
    audit.write("authenticator.set_up", "person", person.id, by=person.id, area_id=person.home_area_id, now=now)


def give_up(person: Person, password: str, *, now: datetime) -> None:
    """The password alone is enough again."""
    _forget(_own_login(person, password))
    audit.write("authenticator.give_up", "person", person.id, by=person.id, area_id=person.home_area_id, now=now)


def reset(person_id: UUID, *, by: Person, now: datetime) -> None:
    """For somebody who lost their phone, by who administers all of their roles; their sessions end."""
    if person_id == by.id:
        raise OwnRole
    area_id = roles.require_all_roles(person_id, by, now)
    login = login_of(person_id)
    if login is None or login.totp_sealed is None:
        raise NotFound
    _forget(login)
    sign_in.end_all(person_id, now)
    audit.write("authenticator.reset", "person", person_id, by=by.id, area_id=area_id, now=now)


def _own_login(person: Person, password: str) -> StaffLogin:
    login = login_of(person.id)
    if login is None or not passwords.matches(login.password_hash, password):
        raise ValidationFailed({"password": [N_("This is not your password.")]})
    return login


def _forget(login: StaffLogin) -> None:
    login.totp_sealed = login.totp_last_step = None
    db.session.flush()
