import platform

import click
from flask.cli import with_appcontext

from commands import told
from models import db
from models.schema import newest_revision
from version import VERSION


@click.command("version", cls=told.Command)
@with_appcontext
def version() -> None:
    """Which Linli this is, the schema that it needs, and what it runs on."""
    driver = db.engine.dialect.dbapi
    runs_on = f"SQLite {driver.sqlite_version}" if db.engine.dialect.name == "sqlite" else f"psycopg {driver.__version__}"
    click.echo(f"Linli {VERSION}, schema {newest_revision()}, Python {platform.python_version()}, {runs_on}")


COMMANDS = (version,)
