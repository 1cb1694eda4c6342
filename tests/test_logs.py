"""No log holds what opens a door, or what a row holds."""
import importlib.util
import io
import json
import logging
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from api.edge import hidden
from api.edge.logs import JsonLines
from models import StaffLogin, db

TOKEN = "vgr_Zk3pQ0aB7xYw-19LmNoPqRs"
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
    (f"/reset/{TOKEN}", "/reset/*"), (f"/c/{TOKEN}", "/c/*"), (f"/api/v1/events/{ID}/sign-ups", f"/api/v1/events/{ID}/sign-ups"),
    ("/admin/areas/网格", "/admin/areas/%E7%BD%91%E6%A0%BC"), ("/x\udc80\n", "/x%80%0A")])
def test_a_path_is_logged_without_its_code(app, lines, asked, logged):
    with app.test_request_context("/"):
        from flask import request
        request.path = asked
        app.logger.warning("looked at")
    assert [line["path"] for line in lines()] == [logged]


def test_the_servers_own_log_hides_the_same():
    spec = importlib.util.spec_from_file_location("gunicorn_conf", Path(__file__).parent.parent / "gunicorn.conf.py")
    conf = importlib.util.module_from_spec(spec)
    before = set(sys.modules)
    spec.loader.exec_module(conf)
    assert conf.safe_path({"PATH_INFO": f"/reset/{TOKEN}"}) == "/reset/*"
    assert conf.safe_path({"PATH_INFO": "/网格".encode().decode("latin-1")}) == hidden.path("/网格")
    assert not {name for name in set(sys.modules) - before if name.split(".")[0] in ("api", "models", "services")}


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
