"""Rows of a table from one database to another: read, written and summed up in batches."""
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, Table, insert, select, text

from models import db

BATCH = 1000


@dataclass
class Digest:
    """Of a table's rows in any order: the two databases sort text differently. The sum of each row's SHA-256, and how many."""

    rows: int = 0
    total: int = 0

    def add(self, row: tuple) -> None:
        said = json.dumps([_plain(value) for value in row], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        self.rows += 1
        self.total = (self.total + int.from_bytes(sha256(said.encode()).digest())) % 2**256

    def hex(self) -> str:
        return f"{self.total:064x}"


def _plain(value):
    if isinstance(value, date):  # and moments, which are aware and UTC
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, UUID) else value


def digest(table: Table, connection: Connection) -> Digest:
    made = Digest()
    for batch in _batches(table, connection):
        for row in batch:
            made.add(row)
    return made


def carry(table: Table, source: Connection, tell: Callable[[int], None]) -> Digest:
    """All rows into the present database; gives the digest of what was read."""
    made = Digest()
    for batch in _batches(table, source):
        for row in batch:
            made.add(row)
        _write(table, batch)
        tell(len(batch))
    return made


def _batches(table: Table, connection: Connection) -> Iterator[list]:
    yield from connection.execute(select(table).execution_options(yield_per=BATCH)).partitions()


def _write(table: Table, batch: list) -> None:
    db.session.execute(insert(table), [row._asdict() for row in batch])


def lift_guards(tables: list[Table]) -> None:
    """For this transaction alone: no time limit, no triggers of ours (a wallet comes with its balance), and rows that name others of
    their own table are looked at in the end."""
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        db.session.execute(text(f"SET LOCAL {limit} = 0"))
    for table in tables:
        db.session.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
    _alter(tables, "DEFERRABLE INITIALLY DEFERRED")


def put_guards_back(tables: list[Table]) -> None:
    """As they were: foreign keys are looked at here."""
    db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    _alter(tables, "NOT DEFERRABLE")
    for table in tables:
        db.session.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER USER"))


def _alter(tables: list[Table], how: str) -> None:
    for table in tables:
        for key in table.foreign_key_constraints:
            if key.referred_table is table:
                db.session.execute(text(f"ALTER TABLE {table.name} ALTER CONSTRAINT {key.name} {how}"))
