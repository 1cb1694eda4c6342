"""Traces hold where the time went, and nothing that a row, a path or a caller holds; without the setting there are none."""
import subprocess
import sys
from dataclasses import replace
from threading import Event

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import DBAPIError

from api import create_app
from api.edge import traces
from commands import work
from config import UnsafeSettings
from models import db, request_id
from models.statements import run
from services import outbox
from tests.conftest import NOON, signed_in


@pytest.fixture
def kept(settings, clock, town):
    """An application whose traces are all kept here; gives it and the finished spans."""
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter").InMemorySpanExporter()
    app = create_app(replace(settings, traces_percent=100), clock=clock)
    traces.register(app, memory)
    return app, memory.get_finished_spans


def test_a_request_is_a_span_and_each_of_its_statements_one_below_it(kept, li, settings, clock):
    app, spans = kept
    client = signed_in(app, li, settings, clock.now)
    client.get("/api/v1/me?of=nobody", headers={"X-Request-ID": "the-question"})
    *statements, request = spans()
    assert request.name == "GET /api/v1/me" and request.parent is None
    assert dict(request.attributes) == {"http.request.method": "GET", "http.route": "/api/v1/me", "http.response.status_code": 422,
                                        "linli.request_id": "the-question"}
    assert "SELECT" in {span.name for span in statements}
    assert {span.parent.span_id for span in statements} == {request.context.span_id}


def test_no_span_holds_a_value(kept, li, wang, town, settings, clock):
    app, spans = kept
    client = signed_in(app, li, settings, clock.now)
    assert client.get(f"/api/v1/events/{li.household_id}").status_code == 404
    client.post("/api/v1/auth/password", json={"username": "nobody-should-read-this", "password": "nor-this"})
    said = " ".join(f"{span.name} {dict(span.attributes)} {[event.attributes for event in span.events]}" for span in spans())
    assert "/api/v1/events/<uuid:event_id>" in said and len(spans()) > 4
    for secret in (str(li.household_id), li.household_id.hex, li.id.hex, "nobody-should-read-this", "nor-this", "Bearer"):
        assert secret not in said


def test_a_request_that_breaks_down_is_an_error_and_so_is_its_statement(kept, li, settings, clock):
    app, spans = kept
    client = signed_in(app, li, settings, clock.now)
    db.session.execute(text("ALTER TABLE offers RENAME TO gone"))
    db.session.commit()
    assert client.get("/api/v1/offers").status_code == 500
    by_name = {span.name: span.status.status_code.name for span in spans()}
    assert by_name["GET /api/v1/offers"] == by_name["SELECT"] == "ERROR"


def test_a_prepared_statement_that_fails_is_an_error_at_once(kept):
    app, spans = kept
    with app.app_context(), traces.work("a check"), pytest.raises(DBAPIError):
        try:
            run(select(func.no_such_function(bindparam("n"))), {"n": 1})
        finally:
            failed = [span.status.status_code.name for span in spans() if span.name == "SELECT"]
            db.session.remove()
            db.engine.dispose()
    assert failed == ["ERROR"]


def test_what_the_worker_sends_is_a_span_with_the_request_it_began_with(kept, monkeypatch):
    app, spans = kept
    monkeypatch.setitem(work.SENDERS, "greeting", lambda payload, message_id: db.session.execute(text("SELECT 1")))
    with app.app_context():
        named = request_id.set("the-question")
        outbox.enqueue("greeting", {}, NOON)
        request_id.reset(named)
        db.session.commit()
        work.round_of_work("me", {}, Event())
        db.session.remove()
        db.engine.dispose()
    by_name = {span.name: span for span in spans()}
    assert by_name["send greeting"].attributes["linli.request_id"] == "the-question"
    assert "job seal" in by_name


def test_of_what_the_worker_could_not_send_the_kind_is_kept_and_not_the_words(kept):
    app, spans = kept
    with app.app_context(), pytest.raises(ConnectionError), traces.work("send greeting"):
        raise ConnectionError("nobody should read this")
    [span] = spans()
    assert span.attributes["error.type"] == "ConnectionError"
    assert "nobody should read this" not in span.to_json()


def test_a_call_of_wechat_is_a_span_below_its_request_and_says_only_where_to(kept, clock):
    app, spans = kept
    answer = app.test_client().post("/api/v1/auth/wechat", json={"code": "nobody-should-read-this"})
    assert answer.status_code == 503, answer.json  # nobody answers there
    by_name = {span.name: span for span in spans()}
    call = by_name["WeChat /sns/jscode2session"]
    assert call.parent.span_id == by_name["POST /api/v1/auth/wechat"].context.span_id
    assert dict(call.attributes) == {"error.type": "Unavailable"} and call.status.status_code.name == "ERROR"
    assert "nobody-should-read-this" not in call.to_json() and call.events == ()


def test_of_none_in_a_hundred_nothing_is_kept(settings, clock, town):
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter").InMemorySpanExporter()
    app = create_app(replace(settings, traces_percent=0), clock=clock)
    traces.register(app, memory)
    assert app.test_client().get("/readyz").status_code == 200
    assert memory.get_finished_spans() == ()


def test_without_the_setting_nothing_is_loaded(tmp_path):
    code = "import sys, wsgi; print([name for name in sys.modules if name.startswith('opentelemetry')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60,
                          env={"SECRETS_FILE": str(tmp_path / "secrets.json"), "PATH": "/usr/bin:/bin"})
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_setting_without_the_packages_keeps_the_server_from_starting(settings, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("opentelemetry.exporter")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter", None)
    with pytest.raises(UnsafeSettings, match=r"requirements-traces\.txt"):
        create_app(replace(settings, traces_to="http://127.0.0.1:9/v1/traces"))


def test_a_failing_statement_without_a_span_fails_as_ever(kept):
    app, spans = kept
    with app.app_context(), pytest.raises(DBAPIError):
        try:
            db.session.execute(text("SELECT nothing FROM nowhere"))
        finally:
            db.session.remove()
            db.engine.dispose()
    assert spans() == ()
