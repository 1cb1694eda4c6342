import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from commands import beside, pg_tools, proofs, rotation, scratch, sealed, told
from models import db
from models.schema import newest_revision
from services.audit import last_checks

PAGES = 4096  # that one step copies: 16 MB


@click.command("backup", cls=told.Command)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--plain", is_flag=True, help="not sealed: whoever has the file can read it")
@with_appcontext
def backup(file: Path | None, plain: bool) -> None:
    """Copy the database into FILE while it is in use, seal the copy, open it again and prove it.

    Without FILE it goes into BACKUP_FOLDER, and the oldest there beyond BACKUPS_KEPT go. Keep the secrets file apart from it.
    """
    settings = current_app.extensions["linli_settings"]
    if plain and file is None:
        raise click.ClickException("A backup that is not sealed needs a FILE: the folder holds sealed ones.")
    rotates, file = file is None, file or rotation.next_file(settings, current_app.extensions["linli_clock"]())
    if file.exists():
        raise click.ClickException(f"{file} is there already; a backup overwrites nothing.")
    if not file.parent.is_dir():
        raise click.ClickException(f"There is no folder {file.parent}.")
    draft = file.with_name(f"{file.name}.{os.getpid()}.part")
    draft.touch(mode=0o600)
    try:
        make = _copy_sqlite if db.engine.dialect.name == "sqlite" else _dump_postgresql
        proof = make(draft, None if plain else settings.keys["fields"])
        if not proof.is_whole:
            raise click.ClickException(" ".join(proof.problems))
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    _tell(file, "" if plain else ", sealed", proof)
    if rotates:
        rotation.drop_old(settings)


def _tell(file: Path, how: str, proof: proofs.Proof) -> None:
    """A copy of books that do not balance is a true copy all the same: it stays, and nothing older goes."""
    click.echo(f"{file}: {file.stat().st_size:,} bytes{how}, {proof.says}.")
    for problem in proof.problems:
        click.echo(problem, err=True)
    if proof.revision == newest_revision():
        last_checks.note("backup", proof.problems, now=current_app.extensions["linli_clock"]())
        db.session.commit()
    if proof.problems:
        sys.exit(1)


def _copy_sqlite(draft: Path, key: bytes | None) -> proofs.Proof:
    """The copy that is proved is the one that is read back from `draft`. What lies in clear does so beside the database."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=beside.sqlite_file(str(db.engine.url)).parent) as place:
        made, again = Path(place, "made.db"), Path(place, "again.db")
        _copy_pages(made)
        with made.open("rb") as source, draft.open("wb") as target:
            sealed.seal(source, target, key) if key else shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        made.unlink()
        with draft.open("rb") as source, again.open("wb") as target:
            sealed.unseal(source, target, key) if key else shutil.copyfileobj(source, target)
        return proofs.of_file(again)


def _copy_pages(made: Path) -> None:
    """By SQLite's online backup: one consistent moment, whatever is written meanwhile.

    The transaction that reads it spans all the steps: without it each write in between would begin the copy anew.
    """
    made.touch(mode=0o600)
    copy = db.engine.dialect.loaded_dbapi.connect(made)
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
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()


def _show(bar, pages: int, done: int) -> None:
    bar.length = pages
    bar.update(done - bar.pos)


def _dump_postgresql(draft: Path, key: bytes | None) -> proofs.Proof:
    """Through pg_dump. What it wrote is proved in a database of its own, where the role may make one."""
    click.echo("On PostgreSQL, pgBackRest keeps continuous backups; this is one dump by pg_dump.")
    with draft.open("wb") as target, pg_tools.running("pg_dump", "--format=custom", pg_tools.database(), stdout=subprocess.PIPE) as dump:
        sealed.seal(dump.stdout, target, key) if key else shutil.copyfileobj(dump.stdout, target)
        target.flush()
        os.fsync(target.fileno())
    with scratch.database() as url:
        if url:
            with beside.database(url):
                _read_back(draft, key, *pg_tools.into_database())
                return proofs.of_present()
    click.echo("The role may not create databases (ALTER ROLE … CREATEDB), so the dump is read back only; "
               "the books that are proved are those of the running database.")
    _read_back(draft, key, f"--file={os.devnull}")
    return proofs.of_present()


def _read_back(draft: Path, key: bytes | None, *arguments: str) -> None:
    with draft.open("rb") as source, pg_tools.running("pg_restore", *arguments, stdin=subprocess.PIPE) as reader:
        sealed.unseal(source, reader.stdin, key) if key else shutil.copyfileobj(source, reader.stdin)


COMMANDS = (backup,)
