"""The town's figures for Prometheus: asked of the database when somebody looks, and no oftener than every few seconds.

They are the same whichever process is asked.
"""
import time
from collections.abc import Iterator

from flask import current_app
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily as Gauge
from sqlalchemy.exc import SQLAlchemyError

from models import db
from services import pulse

FRESH_S = 10


def exposition() -> bytes:
    """In Prometheus' words; of a database that is not reached only that."""
    known = current_app.extensions.get("linli_gauges")
    if known is None or time.monotonic() - known[0] >= FRESH_S:
        registry = CollectorRegistry()
        registry.register(_Town(list(_felt())))
        known = current_app.extensions["linli_gauges"] = time.monotonic(), generate_latest(registry)
    return known[1]


class _Town:
    def __init__(self, found: list[Gauge]):
        self.collect = lambda: found


def _felt() -> Iterator[Gauge]:
    now = current_app.extensions["linli_clock"]()
    try:
        felt = pulse.feel(now)
    except SQLAlchemyError as error:
        db.session.rollback()
        current_app.logger.warning("the database has no pulse: %s", error)
        yield Gauge("linli_database_up", "Whether the database answers", value=0)
        return
    yield Gauge("linli_database_up", "Whether the database answers", value=1)
    yield Gauge("linli_check_ins_last_hour", "Check-ins and check-outs received in the last hour", value=felt.check_ins)
    yield Gauge("linli_redemptions_last_hour", "Coupons used in the last hour", value=felt.redemptions)
    yield Gauge("linli_pending_records", "Activity records that wait for approval", value=felt.pending)
    yield Gauge("linli_pending_records_oldest_seconds", "How long the oldest of them has waited", value=_age(felt.pending_since, now))
    messages = Gauge("linli_outbox_messages", "Messages in the outbox that wait, and that were given up", labels=["state"])
    messages.add_metric(["waiting"], felt.outbox.waiting)
    messages.add_metric(["dead"], felt.outbox.dead)
    yield messages
    yield Gauge("linli_outbox_overdue_seconds", "How long the first message of the outbox has been due", value=_age(felt.outbox.due_at, now))
    problems = Gauge("linli_check_problems", "What the last look at books, audit chain or backup found wrong", labels=["name"])
    at = Gauge("linli_check_timestamp_seconds", "When that was", labels=["name"])
    for name, check in felt.checks.items():
        problems.add_metric([name], check.problems)
        at.add_metric([name], check.at.timestamp())
    yield problems
    yield at


def _age(since, now) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
