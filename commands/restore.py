import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect, text

from commands import beside, pg_tools, proofs, sealed, told
from models import db
from models.schema import REVISIONS, newest_revision, upgrade

SQLITE, POSTGRESQL = b"SQLite format 3\0", b"PGDMP"


@click.command("restore", cls=told.Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="put the database that is there aside, under another name")
@click.option("--unproven", is_flag=True, help="take the backup though its books do not balance")
@with_appcontext
def restore(file: Path, replace: bool, unproven: bool) -> None:
    """Open the backup FILE, prove it, and put it where DATABASE_URL says: only where nothing is, and while nobody uses it."""
    if db.engine.dialect.name == "sqlite":
        _restore_sqlite(file, beside.sqlite_file(str(db.engine.url)), replace=replace, unproven=unproven)
    else:
        _restore_postgresql(file)


def _restore_sqlite(file: Path, place: Path, *, replace: bool, unproven: bool) -> None:
    held = _require_room(place, replace)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=place.parent) as folder:
        draft = Path(folder, "restored.db")
        draft.touch(mode=0o600)
        with draft.open("wb") as target:
            _open(file, target)
        _require_kind(draft, SQLITE, "This is a dump of PostgreSQL; DATABASE_URL names a file of SQLite.")
        _bring_up(draft)
        proof = proofs.of_file(draft)
        for problem in proof.problems:
            click.echo(problem, err=True)
        if not proof.is_whole or (proof.problems and not unproven):
            raise click.ClickException("Nothing was restored: the backup is not in order, as told above; take an older one"
                                       + (", or this one with --unproven." if proof.is_whole else "."))
        beside.is_open_elsewhere(draft)  # what the proof has left in its log goes into it
        with draft.open("rb") as restored:
            os.fsync(restored.fileno())
        _put_in(draft, place, aside=held)
    click.echo(f"Restored {place} from {file}: {proof.says}.")


def _require_room(place: Path, replace: bool) -> bool:
    """Whether there are rows to put aside. They are kept from harm, and what is in use always is."""
    rows = 0
    if place.exists():
        rows = _count_rows()
        if beside.is_open_elsewhere(place):
            raise click.ClickException(f"{place} is in use: stop linli and linli-worker first.")
    if rows and not replace:
        raise click.ClickException(f"{place} holds {rows:,} rows; --replace puts it aside under another name.")
    return bool(rows)


def _count_rows() -> int:
    """What the present database holds beside the mark of its schema; then nothing here has it open."""
    names = [name for name in inspect(db.engine).get_table_names() if name != "alembic_version"]
    rows = sum(db.session.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names)
    db.session.remove()
    db.engine.dispose()
    return rows


def _put_in(draft: Path, place: Path, *, aside: bool) -> None:
    """A log without its database goes aside too: SQLite would read it into the next one."""
    mark = f".before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for left in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
        if left.exists() and (aside or left != place):
            left.rename(f"{left}{mark}")
            click.echo(f"What was there is {left}{mark} now.")
    draft.replace(place)


def _open(file: Path, target) -> None:
    with file.open("rb") as source:
        if sealed.is_sealed(file):
            sealed.unseal(source, target, current_app.extensions["linli_settings"].keys["fields"])
        else:
            shutil.copyfileobj(source, target)


def _require_kind(draft: Path, magic: bytes, otherwise: str) -> None:
    with draft.open("rb") as opened:
        found = opened.read(16)
    if not found.startswith(magic):
        raise click.ClickException(otherwise if found.startswith((SQLITE, POSTGRESQL)) else "This is no backup of Linli.")


def _bring_up(draft: Path) -> None:
    """To this version's schema, as the server would when it starts. One of a newer version is refused."""
    with beside.database(f"sqlite:///{draft}"):
        stored = db.session.scalar(text("SELECT version_num FROM alembic_version")) if inspect(db.engine).has_table("alembic_version") else None
        db.session.remove()
        _require_known(stored)
        if stored != newest_revision():
            upgrade()
            click.echo(f"Its schema was {stored}; it is {newest_revision()} now.")


def _require_known(revision: str | None) -> None:
    if revision not in REVISIONS:
        raise click.ClickException(f"Its schema is {revision}, which this version does not know: restore it with the version that made it."
                                   if revision else "This is no backup of Linli.")


def _restore_postgresql(file: Path) -> None:
    """Into an empty database, all or nothing. What it then holds is proved."""
    if tables := inspect(db.engine).get_table_names():
        raise click.ClickException(f"The database has {len(tables)} tables already; restore into an empty one, then let DATABASE_URL name it.")
    db.session.remove()
    with pg_tools.running("pg_restore", *pg_tools.into_database(), stdin=subprocess.PIPE) as tool:
        _open(file, tool.stdin)
    proof = proofs.of_present()
    for problem in proof.problems:
        click.echo(problem, err=True)
    if proof.problems:
        raise click.ClickException("It is restored, but not in order, as told above.")
    click.echo(f"Restored from {file}: {proof.says}.")


COMMANDS = (restore,)
