import csv
from pathlib import Path

import click
from flask.cli import with_appcontext

from commands import told
from models import db
from services import ledger
from services.areas import areas
from services.refusals import Refusal

COLUMNS = {"code", "level", "parent_code", "name"}


@click.command("import-areas", cls=told.Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_areas(file: Path) -> None:
    """Take the area tree in from a CSV file (code, level, parent_code, name, ended). Again changes nothing."""
    rows = read(file)
    with click.progressbar(length=len(rows), label="Areas") as bar:
        imported = take_in(rows, bar.update)
    click.echo(f"Made {imported.made}, changed {imported.changed}, unchanged {imported.unchanged}.")


def read(file: Path) -> list[dict]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, restval="")
            if missing := COLUMNS - set(reader.fieldnames or ()):
                raise click.ClickException(f"{file} lacks the columns {', '.join(sorted(missing))}.")
            return list(reader)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8; save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise click.ClickException(f"{file} is no CSV: {error}.") from error


def take_in(rows: list[dict], done=lambda _count: None) -> areas.Imported:
    """All of the rows or none."""
    try:
        imported = areas.take_in(rows, done=done)
        ledger.open_town_wallets()
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(refusal.message % refusal.fields) from refusal
    db.session.commit()
    return imported


COMMANDS = (import_areas,)
