"""The cast.

Li Na lives in grid A, and so does Zhang Wei, in another household. Wang works grid A. **Zhou works
grid B and is kept out of everything.** Zhao and Qian administer the community; Sun audits it. Lin
owns the market, Mei is its clerk; Kang owns the clinic, which must never see the market's month.
"""
import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from uuid_utils.compat import uuid7

from models import Area, Household, Level, Merchant, Role, Shop, db
from services import ledger
from services.access import sign_in
from services.people import people

pytest_plugins = ["tests.order", "tests.once", "tests.databases", "tests.lived_town", "tests.civility"]
KEYS = {name: name.encode().ljust(16, b"-") + bytes(range(16)) for name in ("jwt", "codes", "fields", "blind_index", "cursors")}
NOON = datetime(2026, 5, 6, 4, tzinfo=UTC)  # a Wednesday, noon in Chongqing


class Clock:
    """The hour that requests see. `clock.now += timedelta(...)` moves it."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def make_town():
    """City > district > street > community > grids A and B, and another community with grid C."""
    def area(level, code, name, parent=None):
        made = Area(id=uuid7(), code=code, level=level, name=name, parent_id=parent and parent.id,
                    path=f"{parent.path if parent else '/'}{code}/")
        db.session.add(made)
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
def town(app):
    return make_town()


def make_person(name, area, role=None, reach=None, household=None):
    """`make_person("Li Na", town.grid_a)`, with a role in an area or at a merchant if one is given."""
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


@pytest.fixture
def live(town):
    """Make a person of this town: `live("Li Na", town.grid_a)`."""
    return make_person


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


def make_fund(town, zhao):
    """The community's fund for the year, with 100,000 points and 1,000,000 fen."""
    from services.points import funds
    made = funds.create(area_id=town.community.id, name="2026", period_start=NOON.date().replace(month=1, day=1),
                        period_end=NOON.date().replace(month=12, day=31), by=zhao, now=NOON)
    funds.top_up(made.id, points=100_000, amount_fen=1_000_000, reference="街道拨付", by=zhao, now=NOON)
    db.session.commit()
    return made


@pytest.fixture
def fund(town, zhao, settings):
    return make_fund(town, zhao)


def signed_in(app, person, settings, now):
    """A client with this person's bearer token."""
    token = sign_in.begin(person, settings=settings, now=now).access_token
    db.session.commit()
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture
def as_(app, settings, clock):
    """A client signed in as this person: `as_(li).post(...)`."""
    return lambda person: signed_in(app, person, settings, clock.now)


def new_key():
    return {"Idempotency-Key": uuid.uuid4().hex}


@pytest.fixture
def key():
    """Headers with a fresh Idempotency-Key: `headers=key()`."""
    return new_key
