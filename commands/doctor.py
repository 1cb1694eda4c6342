import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from commands import told
from commands.symptoms import Patient, database, machine
from config import UnsafeSettings
from models import db, sqlite_begin

ON_THE_MACHINE = (
    ("settings", machine.settings), ("secrets", machine.secrets), ("processes", machine.processes), ("disk", machine.disk),
    ("clock", machine.clock), ("WeChat", machine.wechat), ("Redis", machine.redis), ("font", machine.font))
IN_THE_DATABASE = (
    ("keys", database.keys), ("town", database.town), ("clocks", database.clock), ("worker", database.worker),
    ("outbox", database.dead_letters), ("books", database.books), ("backups", database.backups))
WELL, MINOR, WRONG = "ok", "??", "!!"


@click.command("doctor", cls=told.Command)
@with_appcontext
def doctor() -> None:
    """Say what is wrong with this installation and what to do about it. Ends with 1 if anything is."""
    sqlite_begin.set("DEFERRED")
    patient = Patient(current_app.extensions["linli_settings"], current_app.extensions["linli_clock"]())
    is_well = all([_look(name, look, patient) for name, look in ON_THE_MACHINE])
    if _look("database", database.reached, patient):
        is_well = all([_look(name, look, patient) for name, look in IN_THE_DATABASE]) and is_well
    else:
        is_well = False
    db.session.rollback()
    if not is_well:
        sys.exit(1)


def _look(name: str, look, patient: Patient) -> bool:
    """Whether nothing is wrong there, which what is only worth a thought is not."""
    found = list(look(patient))
    for symptom in found:
        click.echo(f"{MINOR if symptom.is_minor else WRONG}  {name}: {symptom.sentence}")
    if not found:
        click.echo(f"{WELL}  {name}")
    return all(symptom.is_minor for symptom in found)


COMMANDS = (doctor,)


def main() -> None:
    """`python -m commands.doctor`: also where the settings keep the server from starting."""
    try:
        from wsgi import app
    except UnsafeSettings as error:
        click.echo(f"{WRONG}  settings: {error}.")
        sys.exit(1)
    with app.app_context():
        doctor()


if __name__ == "__main__":
    main()
