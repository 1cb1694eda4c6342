"""What Prometheus is told of the town, and what asking costs."""
import re
from datetime import timedelta

import pytest
from sqlalchemy import Float, bindparam, func, select, text
from sqlalchemy.exc import OperationalError
from uuid_utils.compat import uuid7

from api.edge import gauges, metrics
from models import CheckIn, OutboxMessage, db
from models.db import first_id_of, moment_of
from models.statements import run
from services import outbox
from services.audit import last_checks
from services.records import approvals, records
from tests.conftest import NOON
from tests.test_statements import cleanup, counted  # noqa: F401

SLEEPS = select(func.pg_sleep(bindparam("s", type_=Float)))


@pytest.fixture
def told(app):
    """The figures by name, as asked for at this moment."""
    def told(name):
        app.extensions.pop("linli_gauges", None)
        db.session.commit()
        shown = app.test_client().get("/metrics").get_data(as_text=True)
        return [float(value) for value in re.findall(rf"^{re.escape(name)} (\S+)$", shown, re.MULTILINE)]
    return told


def test_of_a_new_town_nothing_waits(told, town):
    for name in ("linli_check_ins_last_hour", "linli_redemptions_last_hour", "linli_pending_records", "linli_pending_records_oldest_seconds",
                 'linli_outbox_messages{state="waiting"}', 'linli_outbox_messages{state="dead"}', "linli_outbox_overdue_seconds"):
        assert told(name) == [0], name
    assert told("linli_database_up") == [1]


def test_the_check_ins_of_the_last_hour_are_counted(told, cleanup, li, zhang, wang, clock):  # noqa: F811
    for resident, at in ((li, NOON - timedelta(hours=1)), (zhang, NOON - timedelta(hours=1, milliseconds=1)), (wang, NOON)):
        db.session.add(CheckIn(id=first_id_of(at), event_id=cleanup.id, resident_id=resident.id, direction="in", at=at, received_at=at,
                               made_by_id=wang.id))
    assert told("linli_check_ins_last_hour") == [2]


def test_the_first_id_of_a_millisecond_is_no_later_than_any_of_it():
    for _ in range(50):
        made = uuid7()
        first = first_id_of(moment_of(made))
        assert first <= made and first.int >> 80 == made.int >> 80 and (first.version, first.variant) == (made.version, made.variant)


def test_a_record_waits_until_it_is_approved(told, town, fund, li, wang, qian, zhao, clock):
    record = records.declare(by=wang, now=NOON, category="care", area_id=town.grid_a.id, description="x", resident_id=li.id,
                             started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))
    clock.now = NOON + timedelta(days=2)
    assert (told("linli_pending_records"), told("linli_pending_records_oldest_seconds")) == ([1], [2 * 86400])
    for by in (qian, zhao):
        approvals.approve(record.id, by=by, now=NOON, points=40)
    assert told("linli_pending_records") == [0]


def test_the_outbox_is_overdue_from_when_a_message_was_due(told, clock):
    outbox.enqueue("greeting", {}, NOON - timedelta(minutes=7))
    outbox.enqueue("greeting", {}, NOON + timedelta(minutes=7))
    assert (told('linli_outbox_messages{state="waiting"}'), told("linli_outbox_overdue_seconds")) == ([2], [420])
    db.session.query(OutboxMessage).update({"state": "dead"})
    assert told('linli_outbox_messages{state="waiting"}') == [0]
    assert told('linli_outbox_messages{state="dead"}') == [2]


def test_what_the_night_found_is_told(told):
    last_checks.note("ledger", ["a", "b"], now=NOON)
    last_checks.note("audit", [], now=NOON - timedelta(hours=1))
    assert (told('linli_check_problems{name="ledger"}'), told('linli_check_problems{name="audit"}')) == ([2], [0])
    assert told('linli_check_timestamp_seconds{name="audit"}') == [NOON.timestamp() - 3600]
    assert told('linli_check_problems{name="backup"}') == []


def test_asking_costs_five_statements_and_again_within_seconds_none(app, told, town, monkeypatch):
    def cost():
        with counted() as seen:
            app.test_client().get("/metrics")
        return len(seen)
    told("linli_database_up")
    assert cost() == 0
    monkeypatch.setattr(gauges, "FRESH_S", 0)
    assert cost() == 5


def test_without_a_database_the_rest_is_told_all_the_same(told):
    db.session.execute(text("ALTER TABLE outbox_messages RENAME TO gone"))
    assert told("linli_database_up") == [0]
    assert told("linli_check_ins_last_hour") == []


def of_statements(route):
    """How many requests of this route asked the database, and for how long together."""
    samples = {sample.name: sample.value for sample in metrics.IN_DATABASE.labels("GET", route)._child_samples()}
    return samples["_count"], samples["_sum"]


def test_the_statements_of_a_request_are_timed_and_those_of_others_are_not(app, as_, li, monkeypatch):
    route = "/api/v1/me"
    client, (count, seconds) = as_(li), of_statements(route)
    ticks = iter(range(10**6))
    monkeypatch.setattr(metrics.time, "perf_counter", lambda: next(ticks))
    with counted() as seen:
        client.get(route)
    db.session.execute(text("SELECT 1"))
    after = of_statements(route)
    assert after[0] == count + 1
    assert after[1] - seconds >= len(seen) > 0
    assert metrics._statements.get() is None


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("ask", [lambda sleeps: db.session.execute(sleeps, {"s": 2}), lambda sleeps: run(sleeps, {"s": 2})],
                         ids=["of the session", "prepared"])
def test_the_time_of_a_statement_that_failed_is_counted(app, ask):
    spent = [0.0, 0.0]
    began = metrics._statements.set(spent)
    try:
        with pytest.raises(OperationalError):
            db.session.execute(text("SET LOCAL statement_timeout = '80ms'"))
            ask(SLEEPS)
        assert 0.08 <= spent[0] < 2
        db.session.rollback()
        assert spent[1] == 0
    finally:
        metrics._statements.reset(began)
