"""The demo's town goes from SQLite to PostgreSQL, whole or not at all."""
import shutil
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import JSON, func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from api import create_app
from commands import beside, carrying, register
from models import AuditSeal, Posting, Wallet, db
from services.audit import audit_chain
from services.points import books
from tests.conftest import KEYS

pytestmark = pytest.mark.only("postgresql")


@pytest.fixture
def town_file(lived_town, tmp_path):
    return shutil.copy(lived_town, tmp_path / "linli.db")


@pytest.fixture
def move(settings, town_file):
    """`move(url)` as an operator of the town on SQLite types it."""
    def move(url):
        app = create_app(replace(settings, database_url=f"sqlite:///{town_file}", keys=KEYS))
        register(app)
        with app.app_context():
            done = app.test_cli_runner().invoke(args=["move-to", url])
            db.session.remove()
            db.engine.dispose()
        return done
    return move


def rows_at(url) -> dict[str, int]:
    with beside.database(url):
        there = set(inspect(db.engine).get_table_names())
        return {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in db.metadata.sorted_tables if table.name in there}


def guards_at(url):
    """The triggers and how they are set, and the foreign keys."""
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)) as there:
        return [there.execute(query).fetchall() for query in (
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
            "SELECT conname, condeferrable, condeferred FROM pg_constraint WHERE contype = 'f' ORDER BY 1",
            "SELECT sequencename FROM pg_sequences")]


def test_the_town_is_carried_whole_and_the_guards_stand_again(move, town_file, database):
    before, guards = rows_at(f"sqlite:///{town_file}"), guards_at(database)
    done = move(database)
    assert done.exit_code == 0, done.output
    assert "Both are equal" in done.output
    assert rows_at(database) == before and before["postings"] > 100 and before["audit_rows"] > 100
    assert guards_at(database) == guards and guards[2] == [], "no sequence is there that would have to be set"
    with beside.database(database):
        assert books.problems() == audit_chain.problems() == []
        assert db.session.scalar(select(func.count()).select_from(Wallet).where(Wallet.balance != 0)) > 5
        with pytest.raises(IntegrityError):
            db.session.execute(text("DELETE FROM postings"))
        db.session.rollback()
    again = move(database)
    assert again.exit_code == 1 and "not empty" in again.output


def test_into_a_database_without_a_schema_it_brings_its_own(move, town_file, empty):
    done = move(empty)
    assert done.exit_code == 0, done.output
    assert rows_at(empty) == rows_at(f"sqlite:///{town_file}")


def test_no_column_of_json_may_be_null():
    """It would come over as JSON's null, and no digest would tell."""
    assert [str(column) for table in db.metadata.sorted_tables for column in table.columns if isinstance(column.type, JSON) and column.nullable] == []


def lose_a_use(table, rows):
    return rows[1:] if table.name == "lot_uses" else rows


def change_a_name(table, rows):
    """Which no rule looks at."""
    return [row | {"name": f"{row['name']}!"} for row in rows] if table.name == "shops" else rows


@pytest.mark.parametrize(("spoil", "told"), [(lose_a_use, "lot_uses came over differently"), (change_a_name, "shops came over differently")])
def test_what_is_lost_or_changed_on_the_way_is_found_and_nothing_is_moved(move, database, monkeypatch, spoil, told):
    monkeypatch.setattr(carrying, "_write", lambda table, batch: db.session.execute(
        table.insert(), spoil(table, [dict(row._mapping) for row in batch])))
    refused = move(database)
    assert refused.exit_code == 1 and told in refused.output
    assert set(rows_at(database).values()) == {0}


def test_books_that_do_not_balance_are_not_moved(move, town_file, database):
    with beside.database(f"sqlite:///{town_file}"):
        db.session.execute(text("UPDATE wallets SET balance = balance + 1 WHERE kind = 'fund' AND unit = 'points'"))
        db.session.commit()
    refused = move(database)
    assert refused.exit_code == 1 and "not 0" in refused.output
    assert set(rows_at(database).values()) == {0}


def test_a_chain_that_was_broken_is_not_moved(move, town_file, database):
    with beside.database(f"sqlite:///{town_file}"):
        audit_chain.seal()
        db.session.commit()
        db.session.execute(text("DROP TRIGGER audit_seals_no_delete"))
        db.session.execute(db.delete(AuditSeal).where(AuditSeal.seq == 2))
        db.session.commit()
    refused = move(database)
    assert refused.exit_code == 1 and "seal 2 is missing" in refused.output
    assert set(rows_at(database).values()) == {0}


def test_a_town_in_use_is_not_moved(move, town_file, database):
    with beside.database(f"sqlite:///{town_file}"):
        db.session.scalar(select(Posting.id).limit(1))
        refused = move(database)
    assert refused.exit_code == 1 and "is in use" in refused.output


def test_nothing_but_an_empty_postgresql_of_its_own_is_moved_to(move, empty, database, app, tmp_path):
    with psycopg.connect(make_url(empty).set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as there:
        there.execute("CREATE TABLE of_others (id int)")
    for url, told in ((empty, "other tables (of_others)"), (f"sqlite:///{tmp_path / 'x.db'}", "must be a PostgreSQL's")):
        refused = move(url)
        assert refused.exit_code == 1 and told in refused.output
    register(app)
    refused = app.test_cli_runner().invoke(args=["move-to", empty])
    assert refused.exit_code == 1 and "Only a town on SQLite" in refused.output
