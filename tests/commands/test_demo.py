import os
import socket
from datetime import UTC, datetime, timedelta

import click
import pytest
from sqlalchemy import func, select

from commands import demo, history
from commands import town as demo_town
from miniapp_stub.platform.app import DEMO_APP_ID
from miniapp_stub.platform.codes import openid
from models import ActivityRecord, Area, Card, Event, Person, Redemption, Settlement, SettlementLine, Wallet, WeChatLogin, db, local_day
from services import ledger
from services.access import sign_in
from services.merchants import statement_pdf
from services.people import identifiers
from services.points import books
from tests.conftest import NOON

NEW_YEAR = datetime(2027, 1, 1, 2, tzinfo=UTC)


@pytest.fixture
def now(database):
    """Weeks that end in May are lived through on one database, those that end on New Year's Day on the other."""
    return NEW_YEAR if database.startswith("sqlite") else NOON


@pytest.fixture
def cast(town, settings, now):
    cast = demo_town.found(settings, now)
    history.live_through(cast, settings, now)
    db.session.commit()
    return cast


def test_the_town_has_lived_a_month_and_goes_on(cast, settings, now):
    """One town for three looks at it: to live through a month takes seconds."""
    _it_lived_by_the_rules(cast, settings, now)
    _earlier_months_are_paid_but_for_one_that_waits_and_this_months_uses_are_open(cast, now)
    _a_start_weeks_later_has_events_again_and_a_restart_makes_none(now)


def _it_lived_by_the_rules(cast, settings, now):
    assert books.problems() == []
    li = cast.people["li-na"]
    assert ledger.wallet(li.id, "resident").balance >= 50
    holder = db.session.scalars(select(Person).join(Card, Card.person_id == Person.id).where(Card.revoked_at.is_(None))).one()
    assert ledger.wallet(holder.id, "resident").balance >= 80
    assert db.session.scalar(select(func.count()).select_from(ActivityRecord).filter_by(
        status="pending", area_id=cast.areas[demo_town.GRID_ONE].id)) >= 5
    running = select(Event).where(Event.status == "published", Event.starts_at <= now, Event.ends_at > now + timedelta(hours=1))
    assert db.session.scalars(running).first()
    for login in demo_town.LOGINS:
        assert db.session.get_one(WeChatLogin, (DEMO_APP_ID, openid(DEMO_APP_ID, login.name))).person_id == cast.people[login.name].id
        if login.role:
            sign_in.by_password(login.name, demo_town.PASSWORD, None, settings=settings, now=now)


def _earlier_months_are_paid_but_for_one_that_waits_and_this_months_uses_are_open(cast, now):
    made = db.session.scalars(select(Settlement).order_by(Settlement.id)).all()
    [waits] = [settlement for settlement in made if settlement.status != "paid"]
    assert (waits.status, waits.merchant_id) == ("draft", cast.merchants["market"].id)
    assert waits.amount_fen > 0
    assert len(made) > 2
    today = local_day(now, db.session.scalars(select(Area)).first())
    settled = set(db.session.scalars(select(SettlementLine.redemption_id)))
    for redemption in db.session.scalars(select(Redemption)):
        assert (redemption.id in settled) == (local_day(redemption.at, cast.areas[demo_town.COMMUNITY]) < today.replace(day=1))
    assert db.session.scalar(select(Wallet.balance).filter_by(kind="bank")) > 0


def _a_start_weeks_later_has_events_again_and_a_restart_makes_none(now):
    planned = lambda: db.session.query(Event).count()  # noqa: E731
    before = planned()
    history.plan_ahead(now + timedelta(hours=1))
    assert planned() == before
    history.plan_ahead(now + timedelta(days=30))
    assert planned() > before


def test_papers_in_the_demo_are_well_formed():
    assert all(identifiers.is_id_number(demo_town.id_number(number)) for number in range(60))
    assert all(identifiers.is_uscc(demo_town.with_check_character(about[1] + "X")) for about in demo_town.MERCHANTS.values())


def test_a_busy_port_is_refused_with_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(click.ClickException, match="in use"):
            demo._free_port(str(taken.getsockname()[1]))


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(text):
    with pytest.raises(click.ClickException, match="PORT must be"):
        demo._free_port(text)


def test_one_place_serves_one_demo(tmp_path):
    with demo._alone_in(tmp_path), pytest.raises(click.ClickException, match="already"), demo._alone_in(tmp_path):
        pass


def test_the_demo_has_its_own_database_and_leaves_other_settings_alone(tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "REVERSAL_MINUTES", "1")
    monkeypatch.setitem(os.environ, "DATABASE_URL", "postgresql://production")
    env = demo.environment(tmp_path, 8001)
    assert (env["REVERSAL_MINUTES"], env["DATABASE_URL"]) == ("1", f"sqlite:///{tmp_path}/linli.db")


@pytest.mark.parametrize(("fonts", "told"), [({__file__: 0}, False), ({}, True)])
def test_the_welcome_speaks_of_a_font_for_chinese_only_where_none_is(tmp_path, monkeypatch, fonts, told):
    monkeypatch.setattr(statement_pdf, "FONTS", fonts)
    assert ("fonts-noto-cjk" in demo.welcome(8000, tmp_path)) is told
