"""Prometheus figures by route template, right over several gunicorn workers; with the town's own (api/edge/gauges.py)."""
import os
import time
from contextvars import ContextVar
from functools import cache

from flask import Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from sqlalchemy import event
from sqlalchemy.engine import Engine

from api.edge import gauges, traces

REQUESTS = Counter("linli_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("linli_request_seconds", "Time to answer", ["method", "route"],
                    buckets=(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10))
IN_DATABASE = Histogram("linli_request_database_seconds", "Time that the statements of a request took", ["method", "route"],
                        buckets=(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5))
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")

# Of this request: seconds so far, and when the statement that runs began, or 0.
_statements: ContextVar[list[float] | None] = ContextVar("statements", default=None)
count_of, seconds_of, in_database_of = (cache(kind.labels) for kind in (REQUESTS, SECONDS, IN_DATABASE))  # to look one up takes longer than to count


def register(app) -> None:
    @app.before_request
    def start():
        g.started = time.perf_counter()
        _statements.set([0.0, 0.0])

    @app.after_request
    def count(response):
        asked = request._get_current_object()
        route = asked.url_rule.rule if asked.url_rule else "none"
        method = asked.method if asked.method in METHODS else "other"
        count_of(method, route, response.status_code).inc()
        seconds_of(method, route).observe(time.perf_counter() - g.get("started", time.perf_counter()))
        if spent := _statements.get():
            in_database_of(method, route).observe(spent[0])
            _statements.set(None)
        return response

    traces.register(app)


def count_turned_away() -> None:
    """A request for which there was no thread: no route saw it (web_worker.py)."""
    count_of("other", "none", 503).inc()


@event.listens_for(Engine, "before_cursor_execute", retval=True)  # SQLAlchemy wraps one that gives nothing
def _begin_statement(connection, cursor, statement, parameters, context, executemany):
    if spent := _statements.get():
        spent[1] = time.perf_counter()
    return statement, parameters


@event.listens_for(Engine, "after_cursor_execute")
def _end_statement(connection, cursor, statement, parameters, context, executemany):
    if spent := _statements.get():
        spent[0] += time.perf_counter() - spent[1]
        spent[1] = 0.0


@event.listens_for(Engine, "handle_error")
def _end_failed(context):
    """A statement that failed took its time too, and often the longest; what fails beside a statement has none that began."""
    if (spent := _statements.get()) and spent[1]:
        spent[0] += time.perf_counter() - spent[1]
        spent[1] = 0.0


def exposition() -> Response:
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return Response(generate_latest(registry) + gauges.exposition(), content_type=CONTENT_TYPE_LATEST)
