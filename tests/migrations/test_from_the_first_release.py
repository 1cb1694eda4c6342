"""A town that lived under the first release comes through every migration since.

`first_release.jsonl.gz` holds its rows, a JSON object a line, in an order in which they can be put: three weeks of the demo's town under
the schema of 0001, then a join with points in it, a credit taken back after it was spent, a coupon refunded, an upheld objection.
The rows stay as they are for good; a release that cannot read them any more has broken its promise.
"""
import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from api import create_app
from commands.check_ledger import check_audit, check_ledger
from commands.town import PASSWORD
from models import ActivityRecord, Coupon, Lot, Objection, Person, SettlementLine, db
from models.schema import alembic_config, downgrade, upgrade
from services.access import sign_in
from services.coupons import coupons
from services.people import vault
from services.points import books, points
from services.records import approvals
from tests.conftest import KEYS, NOON

ROWS = Path(__file__).with_name("first_release.jsonl.gz")
REVISIONS = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]
FIRST = REVISIONS[0]


@pytest.fixture
def first_release(database, settings):
    """An application on the first release's schema with the town's rows in it."""
    app = create_app(settings, clock=lambda: NOON)
    with app.app_context():
        downgrade()
        upgrade(FIRST)
        put_rows()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def upgraded(first_release):
    upgrade()
    return first_release


def put_rows():
    """As they were stored: on PostgreSQL everything but bytes as a text, which the server reads as the column's type."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    with gzip.open(ROWS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        table = row.pop("table")
        values = {name: bytes.fromhex(value["hex"]) if isinstance(value, dict) else value if on_sqlite else str(value)
                  for name, value in row.items()}
        marks = ", ".join(f":{name}" if on_sqlite else f"%({name})s" for name in values)
        db.session.connection().exec_driver_sql(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", values)
    db.session.commit()


def counts():
    tables = set(inspect(db.engine).get_table_names()) - {"alembic_version", "household_members"}  # filled by their step
    found = {table: db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}
    db.session.rollback()
    return {table: number for table, number in found.items() if number}


def called(name):
    [person_id] = db.session.scalars(db.select(Person.id).filter_by(display_name=name, joined_into_id=None))
    return sign_in.load(person_id, NOON)


class TestOnBothDatabases:
    def test_every_migration_keeps_every_row(self, first_release):
        before = counts()
        assert before["postings"] > 50 and before["check_ins"] > 100 and before["lot_uses"] > 5
        for revision in REVISIONS[1:]:
            upgrade(revision)
            assert counts() == before, revision

    def test_who_was_of_a_household_is_its_member(self, upgraded):
        of_one = set(db.session.execute(text("SELECT id, household_id FROM people WHERE household_id IS NOT NULL AND joined_into_id IS NULL")))
        members = set(db.session.execute(text("SELECT person_id, household_id FROM household_members WHERE left_on IS NULL")))
        assert members == of_one and of_one

    def test_the_way_down_and_up_again_keeps_every_row(self, upgraded):
        before = counts()
        downgrade(FIRST)
        assert counts() == before
        upgrade()
        assert counts() == before
        assert books.problems() == []

    def test_a_balance_that_was_wrong_before_is_still_found(self, first_release):
        db.session.execute(text("UPDATE wallets SET balance = balance + 1 WHERE kind = 'bank'"))
        db.session.commit()
        upgrade()
        assert any("hold 1 together" in problem for problem in books.problems())

    def test_everybody_has_what_they_had(self, upgraded):
        # The books balance and the audit chain holds.
        runner = upgraded.test_cli_runner()
        for command, says in ((check_ledger, "The books balance"), (check_audit, "The chain of 123 rows holds")):
            proved = runner.invoke(command)
            assert proved.exit_code == 0 and says in proved.output, proved.output

        # Points, what is owed, and sealed papers are as they were.
        assert [(held["available"], held["owed"]) for held in (points.of(called(name), NOON) for name in ("吴奶奶", "周退", "郑欠"))] == [
            (60, 0), (10, 0), (0, 20)]
        li = called("李娜")
        assert vault.unseal(KEYS["fields"], li.data_key, li.paper_name_sealed, table="people", column="paper_name", row=li.id) == "李娜"

        # Zhao signs in with her password and traces a use from the check-in to the settlement.
        client = upgraded.test_client()
        answer = client.post("/api/v1/auth/password", json={"username": "admin-zhao", "password": PASSWORD})
        assert answer.status_code == 200, answer.json
        redemption_id = db.session.scalars(db.select(SettlementLine.redemption_id)).one()
        traced = client.get(f"/api/v1/trace/redemption/{redemption_id}", headers={"Authorization": f"Bearer {answer.json['access_token']}"})
        assert traced.status_code == 200, traced.json
        assert traced.json["links"][0]["type"] == "check_in" and traced.json["links"][-1]["type"] == "settlement"
        assert client.get("/readyz").status_code == 200

    def test_what_began_under_the_first_release_goes_on(self, upgraded):
        later = NOON + timedelta(hours=2)

        # A coupon bought then is refunded now, and what its owner owes is paid from it.
        debtor = called("郑欠")
        [coupon_id] = db.session.scalars(db.select(Coupon.id).filter_by(resident_id=debtor.id))
        coupons.refund(coupon_id, by=debtor, now=later)
        assert (points.of(debtor, later)["available"], points.of(debtor, later)["owed"]) == (0, 0)

        # Points that a join carried are taken back from who has them now: only 0005 says which lot continues which.
        carried = db.session.scalars(db.select(Lot).where(Lot.continues_id.is_not(None))).one()
        given = db.session.get_one(Lot, carried.continues_id).posting_id
        record = db.session.scalars(db.select(ActivityRecord).filter_by(posting_id=given)).one()
        approvals.reverse(record.id, by=called("赵敏"), now=later, reason="x")
        assert points.of(called("吴奶奶"), later)["available"] == 30
        assert db.session.scalar(db.select(Lot.remaining).filter_by(id=carried.id)) == 0

        # Whose approval was overturned before rounds were counted (0007) may approve again.
        record = db.session.get_one(ActivityRecord, db.session.scalars(db.select(Objection.record_id)).one())
        assert (record.status, record.round) == ("pending", 2)
        approvals.approve(record.id, by=called("王秀英"), now=later)
        assert books.problems() == []
