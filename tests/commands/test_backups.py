"""Backups: sealed, proved by opening them again, rotated, and put back."""
import io
import os
import sqlite3
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from api import create_app
from commands import backup as backing_up
from commands import register, sealed
from commands.backup import backup
from commands.restore import restore
from models import db
from models.schema import downgrade
from tests.conftest import KEYS

MASTER, ANOTHER = KEYS["fields"], KEYS["jwt"]
NAME = "七星岗街道".encode()  # of an area, and not sealed in the database


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(sealed, "PIECE", 64)


def seal(data: bytes, master=MASTER) -> bytes:
    target = io.BytesIO()
    sealed.seal(io.BytesIO(data), target, master)
    return target.getvalue()


def unseal(data: bytes, master=MASTER) -> bytes:
    target = io.BytesIO()
    sealed.unseal(io.BytesIO(data), target, master)
    return target.getvalue()


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1000])
def test_what_is_sealed_is_opened_again_at_every_boundary_of_its_pieces(small, size):
    data = os.urandom(size)
    assert unseal(seal(data)) == data
    assert seal(data) != seal(data), "each file has a key of its own"


def test_a_sealed_file_that_was_changed_anywhere_is_damaged(small):
    whole = seal(os.urandom(200))
    for at in [0, *range(16, len(whole))]:
        with pytest.raises(sealed.Damaged):
            unseal(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])


def test_one_that_was_cut_or_went_on_is_damaged_also_between_two_pieces(small):
    whole = seal(os.urandom(200))
    for length in range(len(whole)):
        with pytest.raises(sealed.Damaged):
            unseal(whole[:length])
    with pytest.raises(sealed.Damaged):
        unseal(whole + b"x")


def test_pieces_in_another_order_are_damaged(small):
    whole, piece = seal(os.urandom(256)), 64 + sealed.TAG
    first, second = sealed.HEAD, sealed.HEAD + piece
    with pytest.raises(sealed.Damaged):
        unseal(whole[:first] + whole[second:second + piece] + whole[first:second] + whole[second + piece:])


def test_another_installations_backup_is_told_from_a_damaged_one(small):
    with pytest.raises(sealed.AnotherKey):
        unseal(seal(b"x", ANOTHER))


@pytest.fixture
def run(app, settings, tmp_path, clock):
    """A command on an application whose database is a file in a folder of this test's own: `run("restore", file)`."""
    (tmp_path / "elsewhere").mkdir()

    made = {}

    def run(*args, **changes):
        if str(changes) not in made:
            there = replace(settings, database_url=f"sqlite:///{tmp_path / 'elsewhere' / 'linli.db'}")
            made[str(changes)] = create_app(replace(there, **changes), clock=clock)
            register(made[str(changes)])
        other = made[str(changes)]
        db.session.remove()
        with other.app_context():
            done = other.test_cli_runner().invoke(args=[str(each) for each in args])
            db.session.remove()
            db.engine.dispose()
        return done
    run.place = tmp_path / "elsewhere" / "linli.db"
    return run


@pytest.fixture
def copy(app, town, fund, tmp_path):
    """A sealed backup of the town."""
    file = tmp_path / "town.sealed"
    done = app.test_cli_runner().invoke(backup, [str(file)])
    assert done.exit_code == 0, done.output
    assert "sealed" in done.output and "the books balance" in done.output
    return file


def areas_in(file) -> int:
    with sqlite3.connect(file) as opened:
        return opened.execute("SELECT count(*) FROM areas").fetchone()[0]


sqlite_only = pytest.mark.only("sqlite")


@sqlite_only
def test_a_backup_shows_nothing_and_is_restored_into_an_empty_place(copy, run, tmp_path):
    assert NAME not in copy.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    done = run("restore", copy)
    assert done.exit_code == 0, done.output
    assert "the books balance, the audit chain holds" in done.output
    assert areas_in(run.place) == 8
    assert NAME in run.place.read_bytes() and stat.S_IMODE(run.place.stat().st_mode) == 0o600
    assert [each.name for each in run.place.parent.iterdir()] == ["linli.db"]


@sqlite_only
def test_nothing_in_clear_is_left_beside_the_database(copy):
    database = Path(db.engine.url.database)
    assert [each.name for each in database.parent.iterdir() if each.name.startswith(".")] == []


@sqlite_only
def test_over_rows_it_is_restored_only_if_asked_and_the_rows_go_aside(copy, run):
    assert run("restore", copy).exit_code == 0
    refused = run("restore", copy)
    assert refused.exit_code == 1 and "--replace" in refused.output
    done = run("restore", copy, "--replace")
    assert done.exit_code == 0, done.output
    [aside] = run.place.parent.glob("linli.db.before-*")
    assert areas_in(aside) == areas_in(run.place) == 8


@sqlite_only
def test_into_a_schema_without_rows_it_is_restored_unasked(copy, run):
    assert run("db", "upgrade").exit_code == 0
    assert run("restore", copy).exit_code == 0
    assert not list(run.place.parent.glob("*before*"))


@sqlite_only
def test_over_a_database_in_use_it_is_never_restored(copy, run):
    assert run("restore", copy).exit_code == 0
    server = db.engine.dialect.loaded_dbapi.connect(run.place)  # the same library: two in one process do not see each other's locks
    server.execute("PRAGMA journal_mode=WAL")
    server.execute("SELECT count(*) FROM areas").fetchone()
    refused = run("restore", copy, "--replace")
    server.close()
    assert refused.exit_code == 1 and "is in use" in refused.output
    assert areas_in(run.place) == 8


@sqlite_only
def test_a_log_that_was_left_behind_is_not_read_into_what_is_restored(copy, run):
    Path(f"{run.place}-wal").write_bytes(b"of another database")
    assert run("restore", copy).exit_code == 0
    assert not Path(f"{run.place}-wal").exists() and list(run.place.parent.glob("linli.db-wal.before-*"))


@sqlite_only
def test_what_cannot_be_opened_is_not_restored(copy, run, tmp_path):
    nonsense, cut, dump = (tmp_path / name for name in ("nonsense", "cut", "dump"))
    nonsense.write_bytes(b"x" * 100)
    cut.write_bytes(copy.read_bytes()[:-1])
    dump.write_bytes(b"PGDMP" + bytes(100))
    for file, told, changes in ((nonsense, "no backup of Linli", {}), (cut, "changed or cut", {}), (dump, "a dump of PostgreSQL", {}),
                                (copy, "another secrets file", {"keys": KEYS | {"fields": ANOTHER}})):
        refused = run("restore", file, **changes)
        assert refused.exit_code == 1 and told in refused.output
        assert not run.place.exists()


@sqlite_only
def test_an_older_schema_is_brought_up_and_an_unknown_one_refused(app, town, run, tmp_path):
    db.session.remove()
    downgrade("0009_kept")
    assert app.test_cli_runner().invoke(backup, [str(tmp_path / "older.sealed")]).output.endswith("so its books were not looked at.\n")
    done = run("restore", tmp_path / "older.sealed")
    assert done.exit_code == 0 and "Its schema was 0009_kept" in done.output and "the books balance" in done.output
    db.session.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    db.session.commit()
    app.test_cli_runner().invoke(backup, [str(tmp_path / "later.sealed")])
    refused = run("restore", tmp_path / "later.sealed", "--replace")
    assert refused.exit_code == 1 and "9999_later, which this version does not know" in refused.output


@pytest.fixture
def folder(app, settings, monkeypatch, tmp_path):
    """The nightly backups', two of which are kept."""
    folder = tmp_path / "nightly"
    folder.mkdir()
    monkeypatch.setitem(app.extensions, "linli_settings", replace(settings, backup_folder=str(folder), backups_kept=2))
    return folder


def nightly(app, clock, nights):
    for _ in range(nights):
        clock.now += timedelta(days=1)
        done = app.test_cli_runner().invoke(backup)
    return done


@sqlite_only
def test_the_newest_backups_are_kept_and_nothing_else_is_touched(app, town, folder, clock):
    (folder / "linli-by-hand.sealed").touch()
    assert nightly(app, clock, 4).exit_code == 0
    assert sorted(each.name for each in folder.iterdir()) == [
        "linli-20260509T040000Z.sealed", "linli-20260510T040000Z.sealed", "linli-by-hand.sealed"]


@sqlite_only
def test_books_that_do_not_balance_are_kept_told_and_push_no_older_backup_out(app, fund, folder, clock, run):
    nightly(app, clock, 2)
    db.session.execute(text("UPDATE wallets SET balance = balance + 1 WHERE kind = 'fund' AND unit = 'points'"))
    db.session.commit()
    told = nightly(app, clock, 1)
    assert told.exit_code == 1 and "not 0" in told.output
    files = sorted(folder.iterdir())
    assert len(files) == 3
    refused = run("restore", files[-1])
    assert refused.exit_code == 1 and "Nothing was restored" in refused.output and not run.place.exists()
    assert run("restore", files[-1], "--unproven").exit_code == 0
    assert areas_in(run.place) == 8


@sqlite_only
def test_a_copy_that_is_not_whole_is_none(app, town, tmp_path, monkeypatch):
    def spoil(made, copy=backing_up._copy_pages):
        copy(made)
        whole = made.read_bytes()
        made.write_bytes(whole[:4096] + bytes(4096 * 4) + whole[4096 * 5:])
    monkeypatch.setattr(backing_up, "_copy_pages", spoil)
    refused = app.test_cli_runner().invoke(backup, [str(tmp_path / "copy.sealed")])
    assert refused.exit_code == 1 and "not whole" in refused.output
    assert not list(tmp_path.glob("copy*"))


def test_a_backup_needs_a_place(app):
    run = app.test_cli_runner().invoke
    assert "set BACKUP_FOLDER" in run(backup).output
    assert "needs a FILE" in run(backup, ["--plain"]).output


@pytest.mark.only("postgresql")
def test_a_sealed_dump_is_restored_into_an_empty_database_and_into_no_other(tools, copy, empty, app, run):
    assert NAME not in copy.read_bytes()
    done = run("restore", copy, database_url=empty)
    assert done.exit_code == 0, done.output
    assert "the books balance" in done.output
    again = run("restore", copy, database_url=empty)
    assert again.exit_code == 1 and "tables already" in again.output
    refused = app.test_cli_runner().invoke(restore, [str(copy)])
    assert refused.exit_code == 1 and "tables already" in refused.output


@pytest.mark.only("postgresql")
def test_a_cut_dump_leaves_the_database_empty(tools, copy, empty, run):
    copy.write_bytes(copy.read_bytes()[:-1])
    assert "changed or cut" in run("restore", copy, database_url=empty).output
    with psycopg.connect(make_url(empty).set(drivername="postgresql").render_as_string(hide_password=False)) as there:
        assert there.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


@pytest.fixture
def server(database):
    """Statements on the server, past the application."""
    with psycopg.connect(make_url(database).set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as connection:
        yield lambda statement: connection.execute(statement)


def left_over(server):
    return server("SELECT datname FROM pg_database WHERE datname LIKE '%proof_of_backup'").fetchall()


@pytest.mark.only("postgresql")
def test_a_dump_is_proved_by_what_is_in_it(tools, copy, app, fund, server, tmp_path, monkeypatch):
    # The dump holds a wrong balance; by the time of the proof the running database's is right again.
    def dump_wrong_books(name, *arguments, running=backing_up.pg_tools.running, **streams):
        if name == "pg_restore":
            server("UPDATE wallets SET balance = balance - 1 WHERE kind = 'fund' AND unit = 'points'")
        return running(name, *arguments, **streams)
    db.session.remove()
    server("UPDATE wallets SET balance = balance + 1 WHERE kind = 'fund' AND unit = 'points'")
    monkeypatch.setattr(backing_up.pg_tools, "running", dump_wrong_books)
    told = app.test_cli_runner().invoke(backup, [str(tmp_path / "wrong.sealed")])
    assert told.exit_code == 1 and "not 0" in told.output, told.output
    assert left_over(server) == []


@pytest.mark.only("postgresql")
def test_a_scratch_database_that_a_killed_backup_left_is_taken_away(tools, app, town, server, tmp_path):
    server(f'CREATE DATABASE "{db.engine.url.database}_proof_of_backup"')
    done = app.test_cli_runner().invoke(backup, [str(tmp_path / "after.sealed")])
    assert done.exit_code == 0 and "the books balance" in done.output, done.output
    assert left_over(server) == []


@pytest.fixture
def of_a_poor_role(server, database):
    """The URL of the test's database for a role that may make no databases."""
    name = f"poor_{make_url(database).database}"
    server(f'CREATE ROLE "{name}" LOGIN PASSWORD \'poor\' IN ROLE pg_read_all_data, pg_write_all_data')
    yield make_url(database).set(username=name, password="poor").render_as_string(hide_password=False)
    server(f'DROP ROLE "{name}"')


@pytest.mark.only("postgresql")
def test_a_role_that_may_create_no_database_is_told_that_the_running_books_are_proved(tools, app, town, server, of_a_poor_role, run, tmp_path):
    done = run("backup", tmp_path / "poor.sealed", database_url=of_a_poor_role)
    assert done.exit_code == 0 and "CREATEDB" in done.output and "the books balance" in done.output, done.output
    assert left_over(server) == []
