"""A town's tables with a million rows each, written by the server itself under the first release's schema, whose books balance.

Each resident has a point for one deed: a record, its step, its check-in, its posting and lot. Rows are copies of one of the lived town's
(tests/migrations/first_release.jsonl.gz); what differs from row to row is a function of its number `n`.
"""
from contextlib import suppress

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from models import db

KINDS = ("person", "wallet", "posting", "lot", "record", "step", "sign-up", "check-in", "audit", "session", "outbox", "message")


def _id(kind: str, number: str = "n") -> str:
    """One that rises with the number, as ours do with time."""
    return f"('{KINDS.index(kind):08x}' || lpad(to_hex({number}), 24, '0'))::uuid"


TEMPLATES = {  # table: which row is copied, and what differs
    "people": ("household_id IS NULL", {"id": _id("person"), "code_id": "lpad(to_hex(n), 8, '.')", "id_number_index": "NULL", "phone_index": "NULL"}),
    "wallets": ("kind = 'resident'", {"id": _id("wallet"), "owner_id": _id("person"), "balance": "1"}),
    "postings": ("kind = 'activity'", {"id": _id("posting"), "destination_id": _id("wallet"), "amount": "1", "because_id": _id("record"),
                                       "source_id": "(SELECT id FROM wallets WHERE kind = 'sponsor' AND unit = 'points' LIMIT 1)"}),
    "lots": ("true", {"id": _id("lot"), "wallet_id": _id("wallet"), "posting_id": _id("posting"), "amount": "1", "remaining": "1"}),
    "activity_records": ("status = 'credited'", {"id": _id("record"), "resident_id": _id("person"), "posting_id": _id("posting")}),
    "record_steps": ("action = 'approve'", {"id": _id("step"), "record_id": _id("record")}),
    "sign_ups": ("true", {"id": _id("sign-up"), "resident_id": _id("person"), "status": "'cancelled'"}),
    "check_ins": ("annulled_at IS NULL", {"id": _id("check-in"), "resident_id": _id("person"), "activity_record_id": _id("record")}),
    "audit_rows": ("true", {"id": _id("audit"), "target_id": _id("record")}),
}
WRITTEN = {  # table: all its columns; the lived town has no such rows
    "sessions": {"id": _id("session"), "person_id": _id("person"), "created_at": "now()", "expires_at": "now()"},
    "scan_keys": {"made_by_id": _id("person"), "key": "n::text", "fingerprint": "''", "answer": "'{}'", "at": "now()"},
    "idempotency_keys": {"person_id": _id("person"), "key": "n::text", "fingerprint": "''", "status": "201", "media_type": "'x'", "body": "''",
                         "at": "now()"},
    "outbox_messages": {"id": _id("outbox"), "topic": "'x'", "payload": "'{}'", "state": "'done'", "attempts": "1", "not_before": "now()",
                        "created_at": "now()"},
}
LATER = {  # revision that makes the table: it and its rows
    "0003_messages": {"messages": {"id": _id("message"), "person_id": _id("person"), "topic": "'x'", "payload": "'{}'", "at": "now()"}},
}


def fill(rows: int) -> None:
    """The tables that the first release has."""
    _without_checking_references()
    for table, (which, differs) in TEMPLATES.items():
        columns = [column["name"] for column in inspect(db.engine).get_columns(table)]
        values = ", ".join(differs.get(name, f"template.{name}") for name in columns)
        _run(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM (SELECT * FROM {table} WHERE {which} LIMIT 1) template, "
             f"generate_series(1, {rows}) n")
    _run(f"UPDATE wallets SET balance = balance - {rows} WHERE id = (SELECT source_id FROM postings WHERE id = {_id('posting', '1')})")
    for table, values in WRITTEN.items():
        write(table, values, rows)


def write(table: str, values: dict[str, str], rows: int) -> None:
    _without_checking_references()
    _run(f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM generate_series(1, {rows}) n")


def _without_checking_references() -> None:
    """They are right, and to look each up takes longer than to write it. Who may not do that waits."""
    with suppress(DBAPIError):
        db.session.execute(text("SET session_replication_role = replica"))
    db.session.commit()


def _run(statement: str) -> None:
    db.session.execute(text("SET statement_timeout = 0"))
    db.session.execute(text(statement))
    db.session.commit()
