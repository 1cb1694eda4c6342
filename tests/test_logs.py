"""No log holds what opens a door, or what a row holds."""
import importlib.util
import io
import json
import logging
import sys
from pathlib import Path
from threading import Event

import pytest
from gunicorn.config import Config
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from api.edge import hidden
from api.edge.logs import JsonLines
from commands import work
from models import AuditRow, Message, StaffLogin, db, request_id
from services import outbox
from tests.conftest import NOON

TOKEN = "vgr_Zk3pQ0aB7xYw-19LmNoPqRs"
LETTER = "LZk3pQ0aB7xYw-19LmNoPqR"
ID = "019a5e0c-7a10-7c3e-8f21-0123456789ab"


@pytest.fixture
def lines(app):
    """What the application logs, as objects."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    app.logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    app.logger.removeHandler(handler)


@pytest.mark.parametrize(("asked", "logged"), [
    (f"/reset/{TOKEN}", "/reset/*"), (f"/l/{LETTER}", "/l/*"),
    (f"/api/v1/letters/{LETTER}/code.png", "/api/v1/letters/*/code.png"), (f"/c/{TOKEN}", "/c/*"),
    (f"/api/v1/events/{ID}/sign-ups", f"/api/v1/events/{ID}/sign-ups"),
    ("/admin/areas/网格", "/admin/areas/%E7%BD%91%E6%A0%BC"), ("/x\udc80\n", "/x%80%0A")])
def test_a_path_is_logged_without_its_code(app, lines, asked, logged):
    with app.test_request_context("/"):
        from flask import request
        request.path = asked
        app.logger.warning("looked at")
    assert [line["path"] for line in lines()] == [logged]


def read_conf():
    spec = importlib.util.spec_from_file_location("gunicorn_conf", Path(__file__).parent.parent / "gunicorn.conf.py")
    conf = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conf)
    return conf


def test_the_servers_own_log_hides_the_same():
    before = set(sys.modules)
    conf = read_conf()
    assert conf.safe_path({"PATH_INFO": f"/reset/{TOKEN}"}) == "/reset/*"
    assert conf.safe_path({"PATH_INFO": "/网格".encode().decode("latin-1")}) == hidden.path("/网格")
    assert not {name for name in set(sys.modules) - before if name.split(".")[0] in ("api", "models", "services")}


def test_what_gunicorn_says_is_one_object_a_line(capsys):
    made = read_conf().JsonLog(Config())
    made.info("Booting worker with pid: %s", 7)
    try:
        raise BlockingIOError(11, "Resource temporarily unavailable")
    except BlockingIOError:
        made.exception("Error handling request")
    booting, error = map(json.loads, capsys.readouterr().err.splitlines())
    assert (booting["message"], booting["level"], booting["logger"]) == ("Booting worker with pid: 7", "info", "gunicorn.error")
    assert "BlockingIOError: [Errno 11]" in error["trace"] and error["pid"]


def test_an_error_of_the_database_is_logged_without_the_rows_values(app, lines, li, wang):
    row = {"person_id": li.id, "username": "a-name-nobody-should-read", "password_hash": "$argon2-nobody-should-read"}
    db.session.execute(insert(StaffLogin), row)
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(insert(StaffLogin), row | {"person_id": wang.id})
    db.session.rollback()
    app.logger.error("unexpected", exc_info=caught.value)
    trace = lines()[0]["trace"]
    assert "nobody-should-read" not in trace and "INSERT INTO" in trace and "Traceback" in trace
    assert "IntegrityError" in trace


@pytest.fixture
def workers_lines():
    """What the worker logs, as objects."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("commands.work")
    log.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    log.removeHandler(handler)


@pytest.mark.parametrize(("answers", "logged"), [(None, "sent"), (outbox.GiveUp("no"), "gave up"), (outbox.Postpone(5), "postponed"),
                                                 (ConnectionError("a secret"), "could not send")])
def test_the_request_that_a_message_began_with_stands_in_the_workers_lines(app, workers_lines, monkeypatch, answers, logged):
    def send(payload, message_id):
        if answers:
            raise answers
    monkeypatch.setitem(work.SENDERS, "greeting", send)
    name = request_id.set("of-the-request")
    outbox.enqueue("greeting", {}, NOON)
    db.session.commit()
    request_id.reset(name)
    work.round_of_work("me", {}, Event())
    [line] = [line for line in workers_lines() if "greeting" in line["message"]]
    assert line["message"].startswith(logged) and line["request_id"] == "of-the-request"
    assert "a secret" not in str(line)
    assert request_id.get() != "of-the-request"


def test_what_a_request_writes_names_it(as_, li, zhao, town, fund, key):
    made = as_(zhao).post("/api/v1/events", headers=key() | {"X-Request-ID": "the-plan"}, json={
        "title": "x", "category": "x", "area_id": str(town.grid_a.id), "starts_at": "2026-05-06T05:00:00Z", "ends_at": "2026-05-06T06:00:00Z"})
    as_(zhao).post(f"/api/v1/events/{made.json['id']}/publish", headers=key() | {"X-Request-ID": "the-publishing"})
    as_(li).post(f"/api/v1/events/{made.json['id']}/sign-ups", headers=key() | {"X-Request-ID": "the-sign-up"})
    assert db.session.scalars(select(Message.request_id)).all() == ["the-sign-up"]
    assert set(db.session.scalars(select(AuditRow.request_id).where(AuditRow.target_type == "event"))) == {"the-plan", "the-publishing"}
