"""The nightly proof of books and chain, and what becomes of it."""
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select, text

from commands import nightly, work
from commands.backup import backup
from commands.check_ledger import check_audit, check_ledger
from models import AuditRow, AuditSeal, db, sqlite_begin
from models.db import first_id_of, moment_of
from services.audit import audit, audit_chain, last_checks
from tests.conftest import NOON


def break_books():
    db.session.execute(text("UPDATE wallets SET balance = balance + 1 WHERE kind = 'fund' AND unit = 'points'"))
    db.session.commit()


def test_each_night_after_three_the_worker_looks_once(app, town, clock):
    clock.now = NOON.replace(hour=18, minute=0)  # 2:00 in Chongqing
    assert [nightly.prove(clock.now) for _ in range(2)] == [2, 0]
    assert [nightly.prove(clock.now + timedelta(minutes=minutes)) for minutes in (59, 60, 61)] == [0, 2, 0]
    assert {name: (check.problems, check.at) for name, check in last_checks.found().items()} == {
        name: (0, clock.now + timedelta(minutes=60)) for name in ("ledger", "audit")}


def test_what_it_finds_is_kept_and_logged_and_good_books_take_it_back(app, fund, clock, caplog):
    break_books()
    work.round_of_work("me", {}, Event())
    found = last_checks.found()["ledger"]
    assert found.problems == 2 and "not 0" in found.said
    assert [record.levelname for record in caplog.records if record.name == "commands.nightly"] == ["ERROR", "ERROR"]
    db.session.execute(text("UPDATE wallets SET balance = balance - 1 WHERE kind = 'fund' AND unit = 'points'"))
    db.session.commit()
    clock.now += timedelta(days=1)
    work.round_of_work("me", {}, Event())
    assert last_checks.found()["ledger"].problems == 0


def late_row(area, before):
    """A row whose transaction began so long before the newest sealed row, and ends only now."""
    last = db.session.scalar(select(AuditSeal.row_id).order_by(AuditSeal.seq.desc()).limit(1))
    db.session.add(AuditRow(id=first_id_of(moment_of(last) - before), at=NOON, action="x", target_type="x", target_id=area.id))
    db.session.flush()


def test_the_worker_seals_what_comes_up_to_an_hour_late_and_the_night_the_rest(app, town):
    audit.write("event.plan", "event", town.grid_a.id, by=None, area_id=town.grid_a.id, now=NOON)
    assert audit_chain.seal() == 1
    late_row(town.city, timedelta(hours=1))
    assert audit_chain.seal() == 1
    audit.write("event.plan", "event", town.grid_a.id, by=None, area_id=town.grid_a.id, now=NOON)
    assert audit_chain.seal() == 1
    late_row(town.city, timedelta(hours=1, milliseconds=1))
    db.session.commit()
    assert (audit_chain.seal(), len(audit_chain.left_behind()), audit_chain.unsealed()) == (0, 1, 1)
    nightly.prove(NOON)
    assert (audit_chain.unsealed(), audit_chain.problems(), audit_chain.left_behind()) == (0, [], [])


def test_nobody_waits_with_writing_while_it_looks(app, town, monkeypatch):
    begun = []
    monkeypatch.setitem(nightly.LOOKS, "ledger", lambda: begun.append(sqlite_begin.get()) or [])
    nightly.prove(NOON)
    assert begun == ["DEFERRED"] and sqlite_begin.get() == "IMMEDIATE"


@pytest.mark.only("sqlite")
def test_the_commands_keep_what_they_found_too(app, fund, clock, tmp_path):
    run = app.test_cli_runner().invoke
    break_books()
    for command, args in ((check_ledger, []), (check_audit, []), (backup, [str(tmp_path / "x.sealed")])):
        run(command, args)
    assert {name: check.problems for name, check in last_checks.found().items()} == {"ledger": 2, "audit": 0, "backup": 2}
