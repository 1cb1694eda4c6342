"""A new step of the schema leaves large tables usable while it is taken (tests/migrations/rules.py)."""
import pytest
from sqlalchemy import event

from api import create_app
from models import db, schema
from models.schema import downgrade, upgrade
from tests.migrations.rules import SMALL, broken_by
from tests.migrations.test_from_the_first_release import FIRST, REVISIONS

MEASURED = REVISIONS[:11]  # before there were rules; tests/faults/test_migrations_of_many_rows.py has what each makes others wait
BREAKS = {
    "CREATE INDEX ix_lots_x ON lots (x)": "add_index",
    "CREATE UNIQUE INDEX uq_people_x ON people (x) WHERE x > 1": "add_index",
    "ALTER TABLE lots ADD COLUMN x INTEGER NOT NULL": "needs a DEFAULT",
    "ALTER TABLE lots ADD COLUMN x UUID DEFAULT gen_random_uuid() NOT NULL": "every row anew",
    "ALTER TABLE lots ADD COLUMN x INTEGER DEFAULT 1 NOT NULL CONSTRAINT ck_lots_x CHECK (x > 0)": "NOT VALID",
    "ALTER TABLE lots ALTER COLUMN x TYPE BIGINT": "another type",
    "ALTER TABLE lots ALTER COLUMN x SET NOT NULL": "every row is read",
    "ALTER TABLE lots ADD CONSTRAINT fk_lots_x FOREIGN KEY(x) REFERENCES people (id)": "NOT VALID",
    "ALTER TABLE lots ADD CONSTRAINT uq_lots_x UNIQUE (x)": "USING INDEX",
    "UPDATE lots SET x = 1": "every row is written",
    "LOCK TABLE lots": "nobody can use",
}
KEEPS = (
    "CREATE INDEX CONCURRENTLY ix_lots_x ON lots (x)", "CREATE INDEX ix_areas_x ON areas (x)", "ALTER TABLE lots ADD COLUMN x INTEGER",
    "ALTER TABLE lots ADD COLUMN x INTEGER DEFAULT '1' NOT NULL", "UPDATE lots SET x = 1 WHERE y = 2",
    "ALTER TABLE lots ADD CONSTRAINT ck_lots_x CHECK (x > 0) NOT VALID", "ALTER TABLE lots VALIDATE CONSTRAINT ck_lots_x")


@pytest.mark.parametrize("statement", BREAKS)
def test_what_locks_a_large_table_is_found_and_what_to_do_instead_said(statement):
    [said] = broken_by([statement])
    assert BREAKS[statement] in said
    assert broken_by([statement.replace("lots", "areas").replace("people (x)", "areas (x)")]) == []
    assert broken_by(["CREATE TABLE lots (id UUID)", "CREATE TABLE people (id UUID)", statement]) == []


def test_what_locks_nothing_for_long_is_let_by():
    assert broken_by(list(KEEPS)) == []


@pytest.fixture
def migrated(database, settings):
    with create_app(settings).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def statements(migrated):
    """`statements(revision)`: what the step to it asks of the database."""
    told = []

    def note(connection, cursor, statement, parameters, context, executemany):
        told.append(statement)
    event.listen(db.engine, "before_cursor_execute", note)

    def of(revision):
        told.clear()
        upgrade(revision)
        return list(told)
    yield of
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.only("postgresql")
def test_every_new_step_keeps_the_rules(statements):
    downgrade(MEASURED[-1])
    assert {revision: found for revision in REVISIONS[len(MEASURED):] if (found := broken_by(statements(revision)))} == {}


@pytest.mark.only("postgresql")
def test_the_rules_see_what_a_step_does(statements):
    downgrade(FIRST)
    assert {revision for revision in MEASURED[1:] if broken_by(statements(revision))} >= {"0005_lots_that_continue", "0008_old_scan_keys"}


def test_small_tables_are_tables():
    assert set(db.metadata.tables) >= SMALL


@pytest.mark.only("postgresql")
def test_a_step_of_the_schema_waits_for_a_table_for_a_short_time(statements):
    downgrade("0010_consents")
    assert f"SET lock_timeout = '{schema.LOCK_TIMEOUT}'" in statements("head")
