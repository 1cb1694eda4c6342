import re
import sys
from datetime import UTC, datetime

import click
import pyotp
from flask import current_app
from flask.cli import with_appcontext
from marshmallow import ValidationError
from sqlalchemy import select

from api.edge.fields import Name
from commands import told
from config import Settings
from models import Area, Person, Role, StaffLogin, db
from services import ledger
from services.access import passwords
from services.audit import audit
from services.people import people, vault


@click.command("create-admin", cls=told.Command)
@click.option("--username", required=True, help="what they sign in with")
@click.option("--area-code", required=True, help="the area they administer, with all below it")
@click.option("--name", required=True, help="their display name")
@click.option("--totp", is_flag=True, help="ask for an authenticator's code too; prints its secret once")
@click.option("--password-stdin", is_flag=True, help="read the password from standard input")
@with_appcontext
def create_admin(username: str, area_code: str, name: str, totp: bool, password_stdin: bool) -> None:
    """Make an area admin who signs in with a password: the first one of an installation, above all."""
    area = db.session.scalars(select(Area).filter_by(code=area_code)).one_or_none()
    if area is None:
        raise click.ClickException(f"There is no area {area_code}; `flask import-areas` takes them in.")
    name = _as_the_api_takes_it(username, name)
    if db.session.scalar(select(StaffLogin.person_id).filter_by(username=username)):
        raise click.ClickException(f"The username {username} is taken.")
    password_hash = passwords.hash_chosen(_password(password_stdin))
    settings, now = current_app.extensions["linli_settings"], datetime.now(UTC)
    person = _admin(name, area, settings, now)
    login = StaffLogin(person_id=person.id, username=username, password_hash=password_hash)
    secret = _seal_totp(login, person, settings) if totp else None
    db.session.add(login)
    db.session.commit()
    click.echo(f"{username} now administers {area.name}.")
    if secret:
        click.echo(f"The authenticator's secret, shown only now: {secret}")


def _as_the_api_takes_it(username: str, name: str) -> str:
    """The name as it is stored; refused where the API would refuse it."""
    if not re.match(passwords.USERNAME, username):
        raise click.ClickException("A username is 3-64 small letters, digits, dots, hyphens and underscores, and begins with a letter or a digit.")
    try:
        return Name().deserialize(name)
    except ValidationError as error:
        raise click.ClickException(f"The name cannot be taken: {' '.join(error.messages)}") from error


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)


def _admin(name: str, area: Area, settings: Settings, now: datetime) -> Person:
    ledger.open_town_wallets()
    person = people.make(name, area, keys=settings.keys, now=now)
    people.grant(person, Role.AREA_ADMIN, area=area, now=now)
    audit.write("person.create_admin", "person", person.id, by=None, area_id=area.id, now=now)
    return person


def _seal_totp(login: StaffLogin, person: Person, settings: Settings) -> str:
    secret = pyotp.random_base32()
    login.totp_sealed = vault.seal(settings.keys["fields"], person.data_key, secret,
                                   table="staff_logins", column="totp", row=person.id)
    return secret


COMMANDS = (create_admin,)
