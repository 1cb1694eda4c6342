"""The runbooks are kept: each has its three parts and names what there is, and those that can be rehearsed are.

Books and chain are rehearsed in tests/commands/test_operating.py, backups in test_backups.py, lost secrets in test_doctor.py.
"""
import re
import socket
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import event, text

from api import create_app
from commands import register, work
from commands.doctor import IN_THE_DATABASE, ON_THE_MACHINE
from config import Settings
from models import OutboxMessage, db
from models.drivers import postgresql
from services import outbox
from tests.conftest import NOON

DOCS = Path(__file__).resolve().parent.parent / "docs"
SECTIONS = dict(part.split("\n", 1) for part in (DOCS / "runbooks.md").read_text().split("\n## ")[1:])


@pytest.mark.parametrize("name", SECTIONS)
def test_a_runbook_has_a_sign_where_to_look_and_what_to_do(name):
    assert re.findall(r"^\*(Sign|Look|Do)\.\* \S", SECTIONS[name], re.MULTILINE) == ["Sign", "Look", "Do"]


def test_the_runbooks_name_commands_looks_settings_and_alerts_that_there_are(app):
    register(app)
    told = (DOCS / "runbooks.md").read_text() + (DOCS / "operations.md").read_text()
    commands = set(re.findall(r"`(?:linli|flask) ([a-z-]+)", told)) | set(re.findall(r"^# linli ([a-z-]+)", told, re.MULTILINE))
    assert {"doctor", "restore"} <= commands <= set(app.cli.commands) | {"db"}
    looks = {name for name, _ in ON_THE_MACHINE + IN_THE_DATABASE} | {"database"}
    assert set(re.findall(r"`(\w+)` in the doctor's list", told)) <= looks
    settings = {field.name.upper() for field in fields(Settings)} | {"WEB_CONCURRENCY", "PGPASSWORD", "PGPASSFILE"}
    assert {word for word in re.findall(r"`([A-Z]+(?:_[A-Z]+)+|PG[A-Z]+)", told)} <= settings
    alerts = (DOCS.parent / "deploy" / "monitoring" / "alerts.yml").read_text()
    assert set(re.findall(r"\bLinli[A-Z]\w+", told)) <= set(re.findall(r"alert: (\w+)", alerts))


def declare(client, town, key):
    return client.post("/api/v1/activity-records", headers=key, json={
        "category": "care", "area_id": str(town.grid_a.id), "description": "好" * 2000, "started_at": "2026-05-06T01:00:00Z",
        "ended_at": "2026-05-06T02:00:00Z"})


@pytest.fixture
def full_disk(app):
    """From `full_disk()` on the file of SQLite may not grow; `full_disk(False)` makes room again."""
    def fill(is_full=True):
        db.session.remove()
        db.engine.dispose()
        if not is_full:
            event.remove(db.engine, "connect", limit)
            return
        pages = db.session.scalar(text("PRAGMA page_count"))
        db.session.remove()
        db.engine.dispose()
        fill.pages = pages
        event.listen(db.engine, "connect", limit)

    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {fill.pages}")
    return fill


@pytest.mark.only("sqlite")
def test_rehearsal_while_the_disk_is_full_reading_goes_on_and_writing_changes_nothing(app, as_, li, town, key, full_disk):
    client, same = as_(li), key()
    full_disk()
    refused = [declare(client, town, same) for _ in range(3)]
    assert [(reply.status_code, reply.json["code"], reply.headers["Retry-After"]) for reply in refused] == [(503, "unavailable", "5")] * 3
    assert client.get("/api/v1/me/activity-records").json["items"] == []
    full_disk(False)
    assert declare(client, town, same).status_code == 201
    assert len(client.get("/api/v1/me/activity-records").json["items"]) == 1


@pytest.fixture
def unreachable(app, monkeypatch):
    """From `unreachable()` on nobody connects to the database."""
    def fail():
        db.session.remove()
        db.engine.dispose()
        driver = db.engine.dialect.loaded_dbapi

        def refuse(*_, **__):
            raise driver.OperationalError("unable to open database file" if db.engine.dialect.name == "sqlite" else "connection refused")
        monkeypatch.setattr(postgresql.Connection, "connect", refuse)
        event.listen(db.engine, "do_connect", refuse)
        fail.end = lambda: event.remove(db.engine, "do_connect", refuse)
    yield fail
    fail.end()


def test_rehearsal_while_the_database_is_away_everybody_is_asked_to_come_again(app, as_, li, unreachable):
    client = as_(li)
    unreachable()
    for path in ("/readyz", "/api/v1/me", "/api/v1/offers"):
        reply = client.get(path)
        assert reply.status_code == 503 and int(reply.headers["Retry-After"]) >= 1, (path, reply.json)
    assert client.get("/healthz").status_code == 200
    browser = app.test_client()
    browser.set_cookie("linli_admin", "of-somebody")
    page = browser.get("/admin/people")
    assert page.status_code == 503 and page.mimetype == "text/html"
    app.extensions.pop("linli_gauges", None)
    assert "linli_database_up 0.0" in client.get("/metrics").get_data(as_text=True)


def test_rehearsal_a_worker_that_died_in_hand_is_followed_by_another(app, clock, monkeypatch):
    class Killed(BaseException):
        """As by kill -9: nothing is tidied up."""

    def die(payload, message_id):
        raise Killed
    monkeypatch.setitem(work.SENDERS, "greeting", die)
    message_id = outbox.enqueue("greeting", {}, NOON)
    db.session.commit()
    with pytest.raises(Killed):
        work.round_of_work("one", {}, Event())
    db.session.rollback()
    sent = []
    monkeypatch.setitem(work.SENDERS, "greeting", lambda payload, message_id: sent.append(message_id))
    for minutes in (0, 1, 2):
        clock.now = NOON + timedelta(minutes=minutes)
        work.round_of_work("two", {}, Event())
    assert sent == [str(message_id)]
    assert db.session.get(OutboxMessage, message_id, populate_existing=True).state == "done"


def test_rehearsal_while_redis_is_away_limits_are_counted_all_the_same(settings, clock, town):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        away = create_app(replace(settings, redis_url=f"redis://127.0.0.1:{taken.getsockname()[1]}", rate_limits=True,
                                  sign_in_limit_per_minute=2), clock=clock)
        client = away.test_client()
        asked = [client.post("/api/v1/auth/password", json={"username": "nobody", "password": "wrong"}).status_code for _ in range(3)]
    assert asked == [401, 401, 429]


def test_rehearsal_a_redis_that_is_silent_is_waited_for_once_and_then_left_alone_for_a_while(settings, clock, town):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes a line and never answers, as when a cable is out
        silent.settimeout(0)
        away = create_app(replace(settings, redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}", rate_limits=True,
                                  sign_in_limit_per_minute=2), clock=clock)
        client = away.test_client()
        asked = [client.post("/api/v1/auth/password", json={"username": "nobody", "password": "wrong"}).status_code for _ in range(3)]
        lines = [silent.accept()]
        with pytest.raises(BlockingIOError):
            lines.append(silent.accept())
        lines[0][0].close()
    assert asked == [401, 401, 429]
