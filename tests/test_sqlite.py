"""SQLite as we use it: its settings hold on every connection, and writers of one process take turns."""
import os
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models import db, sqlite_begin
from models.drivers import sqlite
from tests.strace import let_be_traced, traced

pytestmark = pytest.mark.only("sqlite")


@pytest.fixture
def short_wait(monkeypatch):
    monkeypatch.setattr(sqlite, "WAIT_MS", 200)


def in_another_thread(app, act):
    """What came of it: nothing, or the error."""
    came = []

    def run():
        with app.app_context():
            try:
                act()
            except OperationalError as error:
                came.append(error)
            finally:
                db.session.remove()
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return came


def write():
    db.session.execute(text("SELECT 1"))


def test_each_connection_has_the_settings(app):
    found = {name: db.session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys",
                                                                        "recursive_triggers", "busy_timeout", "trusted_schema")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "busy_timeout": 5000,
                     "trusted_schema": 0}


@pytest.mark.parametrize("end", ["commit", "rollback", "close", "remove"])
def test_the_turn_is_passed_on_at_the_end(app, short_wait, end):
    write()
    assert "database is locked" in str(in_another_thread(app, write)[0])
    getattr(db.session, end)()
    assert in_another_thread(app, write) == []


def test_who_waited_in_vain_can_try_again(app, short_wait):
    write()

    def twice():
        with pytest.raises(OperationalError):
            write()
        db.session.rollback()
        sqlite_begin.set("DEFERRED")
        write()
    assert in_another_thread(app, twice) == []


def test_a_file_locked_by_another_process_leaves_the_turn_free(app, short_wait, database):
    driver = db.engine.dialect.dbapi
    other = driver.connect(database.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        _impatient(write)
    other.execute("ROLLBACK")
    assert in_another_thread(app, write) == []


def _impatient(act):
    """SQLite's own wait is five seconds on each connection; here a tenth."""
    sqlite_begin.set("DEFERRED")
    db.session.execute(text("PRAGMA busy_timeout=100"))
    db.session.rollback()
    sqlite_begin.set("IMMEDIATE")
    act()


def test_readers_wait_for_no_turn(app, short_wait):
    write()

    def read():
        sqlite_begin.set("DEFERRED")
        write()
    assert in_another_thread(app, read) == []


@pytest.mark.parametrize("safety", ["FULL", "NORMAL"])
def test_each_commit_asks_for_the_disk_before_it_is_answered(app, town, tmp_path, monkeypatch, safety):
    """With less safety that would show. What the disk does with it is the disk's affair."""
    monkeypatch.setattr(sqlite, "PRAGMAS", [each.replace("=FULL", f"={safety}") for each in sqlite.PRAGMAS])
    db.session.remove()
    db.engine.dispose()
    commits = 20
    let_be_traced()
    with traced(os.getpid(), "fdatasync,fsync", tmp_path) as trace:
        for i in range(commits):
            db.session.execute(text("UPDATE areas SET name = :name"), {"name": str(i)})
            db.session.commit()
    assert (trace.read_text().count("sync(") >= commits) == (safety == "FULL")
