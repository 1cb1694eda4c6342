"""What `flask doctor` says of an installation that is well, and of each thing that can be wrong with it."""
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from commands.doctor import doctor
from commands.symptoms import machine
from models import AuditRow, LastCheck, OutboxMessage, RoleGrant, db
from services import outbox
from services.audit import audit, audit_chain, last_checks
from services.merchants import statement_pdf
from tests.conftest import KEYS, NOON
from tests.serving.conftest import write_keys


@pytest.fixture
def well(settings, tmp_path, zhao, li, fund, monkeypatch):
    """The settings of an installation with nothing wrong, whose town has an admin, and whose night went well."""
    write_keys(tmp_path / "secrets.json", KEYS)
    (tmp_path / "secrets.json").chmod(0o600)
    (tmp_path / "backups").mkdir()
    for name in ("ledger", "audit", "backup"):
        last_checks.note(name, [], now=NOON - timedelta(hours=9))
    audit_chain.seal()
    db.session.commit()
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    monkeypatch.setattr(statement_pdf, "font", lambda: "a font")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=2**40))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return replace(settings, secrets_file=str(tmp_path / "secrets.json"), public_url="https://linli.example", proxy_hops=1, rate_limits=True,
                   backup_folder=str(tmp_path / "backups"), wechat_app_secret="x" * 32, wechat_push_token="a-token-of-pushes",
                   wechat_push_aes_key="k" * 43, wechat_template_record="T thing1=what")


@pytest.fixture
def told(app, well, monkeypatch):
    """What the doctor says with these settings changed, and the exit code."""
    def told(**changes):
        monkeypatch.setitem(app.extensions, "linli_settings", replace(well, **changes))
        db.session.commit()
        done = app.test_cli_runner().invoke(doctor)
        return done.exit_code, [line for line in done.output.splitlines() if not line.startswith("ok")]
    return told


def wrong(told, sentence, **changes):
    code, lines = told(**changes)
    assert (code, len(lines), lines[0].startswith("!!")) == (1, 1, True), lines
    assert sentence in lines[0]


@pytest.mark.only("sqlite")
def test_of_an_installation_that_is_well_nothing_is_said_and_no_secret(app, told, well):
    assert told() == (0, [])
    output = app.test_cli_runner().invoke(doctor).output
    assert [line[:4] for line in output.splitlines()] == ["ok  "] * 16
    for secret in (well.wechat_app_secret, well.wechat_push_token, well.wechat_push_aes_key, KEYS["fields"].decode("latin-1")):
        assert secret not in output


@pytest.mark.only("postgresql")
def test_on_postgresql_without_redis_it_is_well_with_a_thought(told):
    code, lines = told()
    assert (code, [line[:13] for line in lines]) == (0, ["??  processes"])


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(("changes", "sentence"), [
    ({"demo": True}, "LINLI_DEMO"), ({"public_url": "http://linli.example"}, "PUBLIC_URL"), ({"proxy_hops": 0}, "PROXY_HOPS"),
    ({"rate_limits": False}, "RATE_LIMITS"), ({"secrets_file": "/nowhere/secrets.json"}, "no secrets file"),
    ({"wechat_app_secret": ""}, "one is set and one is not"), ({"redis_url": "redis://127.0.0.1:9"}, "Redis does not answer"),
    ({"redis_url": "nonsense"}, "Redis does not answer"), ({"backup_folder": ""}, "BACKUP_FOLDER is empty"),
    ({"keys": KEYS | {"fields": KEYS["jwt"]}}, "not those that this database"),
    ({"backup_folder": "/nowhere/backups"}, "no folder /nowhere/backups")])
def test_what_is_wrong_with_the_settings_is_told(told, changes, sentence):
    wrong(told, sentence, **changes)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(("changes", "sentence"), [
    ({"wechat_app_id": "", "wechat_app_secret": ""}, "nobody can sign in by WeChat"), ({"wechat_push_token": ""}, "WECHAT_PUSH_TOKEN"),
    ({"wechat_push_aes_key": ""}, "unsealed"), ({"wechat_template_record": ""}, "no phone rings")])
def test_what_is_worth_a_thought_is_told_and_nothing_wrong(told, changes, sentence):
    code, lines = told(**changes)
    assert code == 0 and lines[0].startswith("??") and sentence in lines[0]


@pytest.mark.only("sqlite")
def test_keys_that_others_can_read_or_that_lie_with_the_backups_are_told(told, well):
    file = Path(well.secrets_file)
    wrong(told, "lies in BACKUP_FOLDER", backup_folder=str(file.parent))
    file.chmod(0o640)
    wrong(told, "chmod 600")


@pytest.mark.only("sqlite")
def test_an_old_sqlite_or_several_processes_on_it_are_told(told, monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    wrong(told, "WEB_CONCURRENCY is 2")
    monkeypatch.setenv("WEB_CONCURRENCY", "1")
    monkeypatch.setattr(machine, "SAFE_SQLITE", (99, 0, 0))
    wrong(told, "can corrupt its file")


@pytest.mark.only("sqlite")
def test_a_disk_with_less_than_a_gigabyte_is_told(told, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=2**30))
    assert told()[0] == 0
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=2**30 - 1))
    code, lines = told()
    assert code == 1 and len(lines) == 2 and "make room" in lines[0]


@pytest.mark.only("sqlite")
def test_a_clock_without_a_time_server_is_told(told, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: name)
    for said, code in (("yes\n", 0), ("no\n", 1), ("", 0)):
        monkeypatch.setattr(subprocess, "run", lambda *args, said=said, **how: SimpleNamespace(stdout=said))
        assert told()[0] == code


@pytest.mark.only("sqlite")
def test_a_clock_that_went_back_is_told(told, clock, town):
    db.session.add(AuditRow(at=NOON + timedelta(seconds=5), action="x", target_type="x", target_id=town.city.id))
    assert told()[0] == 0
    db.session.add(AuditRow(at=NOON + timedelta(seconds=6), action="x", target_type="x", target_id=town.city.id))
    wrong(told, "the clock has gone back")


@pytest.mark.only("postgresql")
def test_the_databases_clock_is_compared_too(told, monkeypatch):
    monkeypatch.setattr("commands.symptoms.database.SKEW", timedelta(seconds=-1))
    code, lines = told()
    assert code == 1 and any("apart" in line for line in lines)


@pytest.mark.only("sqlite")
def test_a_worker_that_stands_still_is_known_by_its_outbox(told, clock):
    outbox.enqueue("greeting", {}, NOON)
    outbox.enqueue("greeting", {}, NOON + timedelta(days=1))
    db.session.commit()
    clock.now = NOON + timedelta(minutes=5)
    assert told()[0] == 0
    clock.now += timedelta(seconds=1)
    wrong(told, "2 messages wait in the outbox")


@pytest.mark.only("sqlite")
def test_a_worker_that_stands_still_is_known_by_the_open_end_of_the_log(told, clock, town):
    audit.write("event.plan", "event", town.grid_a.id, by=None, area_id=town.grid_a.id, now=NOON)
    db.session.commit()
    clock.now = NOON + timedelta(minutes=5)
    assert told()[0] == 0
    clock.now += timedelta(seconds=1)
    wrong(told, "has not been sealed")
    audit_chain.seal()
    assert told()[0] == 0


@pytest.mark.only("sqlite")
def test_dead_letters_are_counted(told):
    message_id = outbox.enqueue("greeting", {}, NOON)
    db.session.get(OutboxMessage, message_id).state = "dead"
    db.session.commit()
    wrong(told, "1 messages could not be sent")


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(("name", "late", "problem"), [
    ("ledger", "check-ledger has not run since 2026-05-04 21:", "check-ledger found 1 things"),
    ("audit", "check-audit has not run since 2026-05-04 21:", "check-audit found 1 things"),
    ("backup", "A backup has not been made since 2026-05-04 21:", "books that do not balance")])
def test_a_night_without_a_proof_or_with_a_bad_one_is_told(told, clock, name, late, problem):
    last_checks.note(name, [], now=NOON - timedelta(hours=30))
    assert told()[0] == 0
    last_checks.note(name, [], now=NOON - timedelta(hours=30, seconds=1))
    wrong(told, late)
    last_checks.note(name, ["the wallets of points hold 1"], now=NOON)
    wrong(told, problem)
    db.session.query(LastCheck).filter_by(name=name).delete()
    wrong(told, "never")


@pytest.mark.only("sqlite")
def test_a_town_without_anybody_who_administers_it_is_told(told):
    db.session.query(RoleGrant).update({"ended_at": NOON})
    wrong(told, "create-admin")


def test_a_schema_of_another_version_is_told_and_nothing_more_asked(told):
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    code, lines = told()
    assert code == 1 and "The schema is 0001" in lines[-1] and "db upgrade" in lines[-1]


def call(tmp_path, **env):
    """`python -m commands.doctor`, on an installation of its own."""
    return subprocess.run([sys.executable, "-m", "commands.doctor"], capture_output=True, text=True, check=False, timeout=60,
                          env=env | {"SECRETS_FILE": str(tmp_path / "secrets.json"), "PATH": "/usr/bin:/bin"})


def test_where_the_server_does_not_start_the_doctor_says_why(tmp_path):
    done = call(tmp_path, REVERSAL_MINUTES="soon")
    assert (done.returncode, done.stdout) == (1, "!!  settings: REVERSAL_MINUTES must be a whole number, not 'soon'.\n")


def test_a_database_that_is_not_there_is_told_without_its_password(tmp_path):
    done = call(tmp_path, DATABASE_URL="postgresql://linli:a-secret-word@127.0.0.1:9/linli")
    assert done.returncode == 1 and "The database cannot be reached" in done.stdout
    assert "a-secret-word" not in done.stdout + done.stderr and "Traceback" not in done.stderr
