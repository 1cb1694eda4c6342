import os
import shutil
import subprocess
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url

from commands import told
from models import db

PAGES = 4096  # that one step copies: 16 MB


@click.command("backup", cls=told.Command)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Copy the database into FILE while it is in use, and check the copy. Keep the secrets file apart from it."""
    if file.exists():
        raise click.ClickException(f"{file} is there already; a backup overwrites nothing.")
    if not file.parent.is_dir():
        raise click.ClickException(f"There is no folder {file.parent}.")
    draft = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        copied = _copy_sqlite(draft) if db.engine.dialect.name == "sqlite" else _dump_postgresql(draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"{file}: {file.stat().st_size:,} bytes{copied}.")


def _copy_sqlite(draft: Path) -> str:
    """By SQLite's online backup: one consistent moment, whatever is written meanwhile.

    The transaction that reads it spans all the steps: without it each write in between would begin the copy anew.
    """
    draft.touch(mode=0o600)
    copy = db.engine.dialect.loaded_dbapi.connect(draft)
    try:
        pooled = db.engine.raw_connection()
        try:
            source = pooled.driver_connection
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            with told.progress("Pages") as bar:
                source.backup(copy, pages=PAGES, progress=lambda _state, left, pages: _show(bar, pages, pages - left))
        finally:
            pooled.rollback()
            pooled.close()
        found = copy.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)]:
            raise click.ClickException(f"The copy is not whole: {found[:5]}")
        copy.execute("PRAGMA journal_mode=DELETE")
        return f", {_count_rows(copy):,} rows, whole"
    finally:
        copy.close()


def _show(bar, pages: int, done: int) -> None:
    bar.length = pages
    bar.update(done - bar.pos)


def _count_rows(copy) -> int:
    tables = [name for name, in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return sum(copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables)


def _dump_postgresql(draft: Path) -> str:
    """The password goes by the environment: a command line can be read by others."""
    click.echo("On PostgreSQL, pgBackRest keeps continuous backups; this is one dump by pg_dump.")
    tool = shutil.which("pg_dump")
    if tool is None:
        raise click.ClickException("pg_dump is not installed here; use it, or pgBackRest, on the database's host.")
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    draft.touch(mode=0o600)
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run([tool, "--format=custom", f"--file={draft}", plain], check=False,
                          env=os.environ | ({"PGPASSWORD": url.password} if url.password else {}))
    if done.returncode:
        raise click.ClickException("pg_dump failed; what it said is above.")
    return " (restore it with pg_restore)"


COMMANDS = (backup,)
