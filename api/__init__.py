"""HTTP in, JSON out, no rule. One module for each resource holds its schemas and routes."""
import logging
import os
import secrets
from datetime import UTC, datetime
from importlib import import_module

from flask import Flask, g, request
from sqlalchemy.pool import NullPool
from werkzeug.middleware.proxy_fix import ProxyFix

import admin
from api import headers, mini_program
from api.application import Application
from api.edge import bodies, limits, logs, metrics, openapi, outside, problems, traces, turns
from api.edge.i18n import babel, pick_locale
from clients.wechat import WeChat
from config import Settings, UnsafeSettings
from models import db, request_id
from services.messages import message_templates
from services.refusals import Malformed

RESOURCES = ("health", "auth_routes", "areas", "people.me", "people.consents", "events", "codes", "check_ins", "records.activity_records",
             "records.objections", "points", "funds", "trace", "coupons.offers", "coupons.coupons", "coupons.redemptions", "merchants.shops",
             "merchants.settlements", "people.people", "people.households", "merchants.merchants", "audit", "messages.messages",
             "messages.subscriptions", "wechat.phones", "wechat.mini_program_codes", "wechat.wechat_push", "civility.versions",
             "civility.periods", "civility.marks", "civility.surveys", "civility.questionnaires", "civility.on_paper",
             "civility.departments", "civility.remarks",
             "credit.files", "credit.entries", "credit.rulebooks", "credit.letters",
             "credit.objections", "credit.repairs", "credit.plans", "credit.calendar", "credit.reviews", "measures.rewards", "measures.constraints",
             "measures.supervision", "measures.support", "culture.honours", "culture.knowledge", "pages")
SAFE_SQLITE = (3, 51, 3)  # older ones can corrupt a WAL file under several processes: sqlite.org/wal.html
# A PostgreSQL whose host is gone says nothing at all; without these whoever waits for it waits until gunicorn ends the process.
GONE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 11_000}
# The connection used last is taken next: what it has read and planned is still in the processor's cache.
POOL = {"pool_size": 10, "max_overflow": 10, "pool_use_lifo": True}
REQUEST_ID = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:")


def create_app(settings: Settings | None = None, *, clock=lambda: datetime.now(UTC)) -> Flask:
    """The application. Refuses to be made (UnsafeSettings) where it could lose data."""
    settings = settings or Settings.from_env()
    app = Application(__name__)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.extensions["linli_settings"] = settings
    app.extensions["linli_clock"] = clock
    app.extensions["linli_limits"] = limits.Limits(settings.redis_url)
    app.extensions["linli_turns"] = turns.Turns(one_by_one=not settings.database_url.startswith("postgres"))
    app.extensions["linli_wechat"] = WeChat(settings.wechat_api_base, settings.wechat_app_id, settings.wechat_app_secret,
                                                tokens=outside.SharedTokens(app), watched=traces.call)
    message_templates.templates(settings)  # one that cannot be read is told at the start
    app.config.update(SQLALCHEMY_DATABASE_URI=database_url(settings.database_url),
                      SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
                      BABEL_DEFAULT_LOCALE="zh_Hans",
                      BABEL_TRANSLATION_DIRECTORIES=f"translations;{admin.TRANSLATIONS}",
                      MAX_CONTENT_LENGTH=settings.max_evidence_bytes + bodies.FORM_BYTES)
    app.wsgi_app = headers.Headed(app.wsgi_app)
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops, x_host=0)
    db.init_app(app)
    babel.init_app(app, locale_selector=pick_locale)
    logs.configure(app)
    _name_requests(app)
    metrics.register(app)
    problems.register(app)
    api = openapi.make(app)
    for name in RESOURCES:
        module = import_module(f"api.{name}")
        api.register_blueprint(module.bp)
    admin.register(app)
    app.register_blueprint(mini_program.bp)  # files for people: no part of the API's document
    return app


def database_url(url: str) -> str:
    """Plain `postgresql://` means psycopg 3 here."""
    return url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)


def engine_options(url: str) -> dict:
    """How the engine reaches this database. What a statement was given stands in no error, and so in no log."""
    if url.startswith("postgres"):
        from models.drivers import postgresql
        times = "-c lock_timeout=3s -c statement_timeout=10s -c idle_in_transaction_session_timeout=15s -c timezone=UTC"
        return POOL | {"hide_parameters": True, "pool_timeout": 10, "connect_args": GONE | {
            "cursor_factory": postgresql.Cursor, "options": times, "client_encoding": "utf8"}}
    from models.drivers import sqlite
    try:
        from pysqlite3 import dbapi2 as driver
    except ImportError:
        import sqlite3 as driver
    if driver.sqlite_version_info < SAFE_SQLITE and int(os.environ.get("WEB_CONCURRENCY", "1")) > 1:
        raise UnsafeSettings(f"SQLite {driver.sqlite_version} can corrupt its file under several processes; "
                             "install pysqlite3 or set WEB_CONCURRENCY=1")
    connecting = {"factory": sqlite.connections(driver), "cached_statements": sqlite.STATEMENTS}
    options = {"hide_parameters": True, "module": driver, "connect_args": connecting}
    return options | ({"poolclass": NullPool} if ":memory:" in url else POOL)


def _name_requests(app: Flask) -> None:
    @app.before_request
    def name_request():
        here = g._get_current_object()
        for left_over in list(here):  # an application context that was open before the request keeps its own
            here.pop(left_over)
        asked = request.environ.get("HTTP_X_REQUEST_ID", "")
        here.request_id = asked if 0 < len(asked) <= 64 and set(asked) <= REQUEST_ID else secrets.token_hex(16)
        request.environ[headers.REQUEST_ID] = here.request_id
        request_id.set(here.request_id)
        try:
            request.query_string.decode()  # also what was not written as %E6…, as curl sends it; werkzeug would fail later where it is no UTF-8
        except UnicodeDecodeError as error:
            request.query_string = b""
            raise Malformed from error


logging.getLogger("werkzeug").setLevel(logging.WARNING)
