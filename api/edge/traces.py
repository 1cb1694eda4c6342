"""Traces by OpenTelemetry, where TRACES_TO names who takes them: a span for a request or a piece of the worker's work, and one for each
statement and each call of WeChat in it (docs/decisions/0010-traces.md). Otherwise none of this is loaded.

Its instrumentation for SQLAlchemy refuses 2.1; what is needed of it are two listeners. No span has a value of a row, a path's id, a
query or a body: routes are templates, and statements have names for their values.
"""
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from flask import Flask, current_app, g, has_app_context, request
from sqlalchemy import event
from sqlalchemy.engine import Engine

from config import Settings, UnsafeSettings
from models import request_id

LONGEST_STATEMENT = 2000
_statement: ContextVar = ContextVar("statement", default=None)  # the span of the one that runs: there is one at a time


def register(app: Flask, exporter=None) -> None:
    """`exporter` in place of the one to TRACES_TO: a test's."""
    settings = app.extensions["linli_settings"]
    if not (settings.traces_to or exporter):
        return
    tracer = app.extensions["linli_tracer"] = _tracer(settings, exporter)
    _listen()

    @app.before_request
    def begin():
        g.span = tracer.start_as_current_span(f"{request.method} {request.url_rule.rule if request.url_rule else 'none'}")
        g.span.__enter__().set_attributes({
            "http.request.method": request.method, "http.route": request.url_rule.rule if request.url_rule else "none"})

    @app.after_request
    def answered(response):
        from opentelemetry import trace
        span = trace.get_current_span()
        span.set_attributes({"http.response.status_code": response.status_code, "linli.request_id": g.get("request_id", "")})
        if response.status_code >= 500:
            span.set_status(trace.StatusCode.ERROR)
        return response

    @app.teardown_request
    def end(_error):
        _end_statement(failed=True)
        if span := g.pop("span", None):
            span.__exit__(None, None, None)


@contextmanager
def work(name: str):
    """A piece of the worker's work, under the request that it began with. Of what went wrong the kind is kept, its words are not."""
    with _part(name, {"linli.request_id": request_id.get() or ""}):
        yield


@contextmanager
def call(name: str):
    """A call of another server, in a span that is kept."""
    if not _is_kept():
        yield
        return
    with _part(name, {}) as span:
        try:
            yield
        except Exception:
            from opentelemetry import trace
            span.set_status(trace.StatusCode.ERROR)
            raise


@contextmanager
def _part(name: str, attributes: dict):
    tracer = has_app_context() and current_app.extensions.get("linli_tracer")
    if not tracer:
        yield
        return
    with tracer.start_as_current_span(name, attributes=attributes, record_exception=False, set_status_on_exception=False) as span:
        try:
            yield span
        except Exception as error:
            span.set_attribute("error.type", type(error).__name__)
            raise
        finally:
            _end_statement(failed=True)


def _is_kept() -> bool:
    """Whether there is a span here that somebody will see. Without the setting nothing of OpenTelemetry is loaded."""
    if not (has_app_context() and current_app.extensions.get("linli_tracer")):
        return False
    from opentelemetry import trace
    return trace.get_current_span().is_recording()


def _tracer(settings: Settings, exporter):
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
        from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
    except ImportError as error:
        raise UnsafeSettings("TRACES_TO is set, and OpenTelemetry is not installed: pip install -r requirements-traces.txt") from error
    provider = TracerProvider(sampler=TraceIdRatioBased(settings.traces_percent / 100), resource=Resource.create({"service.name": "linli"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter) if exporter else BatchSpanProcessor(OTLPSpanExporter(settings.traces_to)))
    return provider.get_tracer("linli")


@cache
def _listen() -> None:
    """To every engine, once. Outside of a span that is kept nothing is done."""
    @event.listens_for(Engine, "before_cursor_execute")
    def begin(connection, cursor, statement, parameters, context, executemany):
        if _is_kept():
            _end_statement(failed=True)
            _statement.set(current_app.extensions["linli_tracer"].start_span(statement.split(None, 1)[0], attributes={
                "db.system.name": connection.dialect.name, "db.query.text": statement[:LONGEST_STATEMENT]}))

    @event.listens_for(Engine, "after_cursor_execute")
    def end(connection, cursor, statement, parameters, context, executemany):
        _end_statement()

    @event.listens_for(Engine, "handle_error")
    def fail(context):
        _end_statement(failed=True)


def _end_statement(*, failed: bool = False) -> None:
    """One that was begun and did not come to its end has failed: what no error told of is noticed at the next, or at the end of the work."""
    if span := _statement.get():
        if failed:
            from opentelemetry import trace
            span.set_status(trace.StatusCode.ERROR)
        span.end()
        _statement.set(None)
