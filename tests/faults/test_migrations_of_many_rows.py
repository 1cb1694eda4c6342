"""Each step of the schema is taken with a million rows in each large table, and nobody who uses one waits for long.
Run by `make test-faults`; ROWS says how many. What was seen is printed (`-s` shows it).
"""
import os
import time

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from api import create_app
from models import db
from models.schema import downgrade, upgrade
from services.points import books
from tests.faults import many_rows
from tests.faults.waits import waiting
from tests.migrations.test_from_the_first_release import FIRST, REVISIONS, counts, put_rows

ROWS = int(os.environ.get("ROWS", str(10**6)))
LONGEST_S = 2.0
LARGE = (*many_rows.TEMPLATES, *many_rows.WRITTEN)
pytestmark = [pytest.mark.timeout(3600), pytest.mark.only("postgresql")]


@pytest.fixture
def large(database, settings):
    """The first release's schema, with many rows in it."""
    with create_app(settings).app_context():
        downgrade()
        upgrade(FIRST)
        put_rows()
        began = time.monotonic()
        many_rows.fill(ROWS)
        print(f"{ROWS:,} rows in each of {len(LARGE)} tables in {time.monotonic() - began:.0f} s")
        yield make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
        db.session.remove()
        db.engine.dispose()


def digests():
    """Of each large table under the first release's columns; the sum over its rows, whatever their order."""
    found = {}
    for table, columns in COLUMNS.items():
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
        found[table] = db.session.scalar(text(f"SELECT sum(hashtextextended(ROW({', '.join(columns)})::text, 0)) FROM {table}"))
    db.session.rollback()
    return found


COLUMNS: dict[str, list[str]] = {}


def columns_of(table):
    return list(db.session.scalars(text("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :table "
                                        "ORDER BY ordinal_position"), {"table": table}))


def step(url, move, revision, tables):
    """Take it; the longest that somebody waited for a table."""
    with waiting(url, tables) as waits:
        began = time.monotonic()
        move(revision)
        took = time.monotonic() - began
    waited, where = waits.worst()
    print(f"{move.__name__} {revision}: {took:.2f} s, the longest wait {waited:.2f} s for {where}")
    return waited


def test_a_step_of_the_schema_makes_nobody_wait_for_long_also_in_a_large_town(large):
    COLUMNS.update({table: columns_of(table) for table in LARGE})
    before, digest, tables, waits = counts(), digests(), set(LARGE), {}
    for revision in REVISIONS[1:]:
        waits[revision] = step(large, upgrade, revision, tables)
        assert counts() == before, revision
        for table, values in many_rows.LATER.get(revision, {}).items():
            many_rows.write(table, values, ROWS)
            tables.add(table)
            before = counts()
    assert digests() == digest
    with db.session.begin_nested():
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
        assert books.problems() == []
    db.session.rollback()

    for revision in REVISIONS[-2:-5:-1]:
        waits[f"down to {revision}"] = step(large, downgrade, revision, tables)
    for revision in REVISIONS[-3:]:
        waits[f"again {revision}"] = step(large, upgrade, revision, tables)
    assert counts() == before and digests() == digest
    assert {name: round(waited, 2) for name, waited in waits.items() if waited > LONGEST_S} == {}
