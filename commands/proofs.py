"""Whether a copy of the database is whole and its books balance: what a backup and a restore ask."""
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from commands import beside, reading
from models import db, sqlite_begin
from models.schema import newest_revision
from services.audit import audit_chain
from services.points import books


@dataclass
class Proof:
    """What was looked at, and what is wrong with it."""

    problems: list[str] = field(default_factory=list)
    is_whole: bool = True
    revision: str | None = None
    rows: int = 0

    @property
    def says(self) -> str:
        if self.problems:
            return f"{self.rows:,} rows, whole, but not in order"
        if self.revision != newest_revision():
            return f"{self.rows:,} rows, whole; its schema is {self.revision}, so its books were not looked at"
        return f"{self.rows:,} rows, whole, the books balance, the audit chain holds"


def of_file(file: Path) -> Proof:
    """Of a file of SQLite that nobody uses; it stays as it was but for the way it keeps its journal."""
    begins = sqlite_begin.set("DEFERRED")
    try:
        with beside.database(f"sqlite:///{file}"):
            found = db.session.execute(text("PRAGMA integrity_check")).scalars().all()
            return of_present() if found == ["ok"] else _broken(found)
    except DatabaseError as error:
        return _broken([str(error.orig)])
    finally:
        sqlite_begin.reset(begins)


def _broken(found: list[str]) -> Proof:
    return Proof([f"the copy is not whole: {each}" for each in found[:5]], is_whole=False)


def of_present() -> Proof:
    """Of the database of the present context. Books and chain are looked at where the schema is this version's."""
    with reading.whole_tables():
        tables = inspect(db.session.connection()).get_table_names()
        proof = Proof(rows=sum(db.session.scalar(text(f'SELECT count(*) FROM "{table}"')) for table in tables))
        if "alembic_version" in tables:
            proof.revision = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        if proof.revision == newest_revision():
            proof.problems = list(_problems())
    return proof


def _problems() -> Iterator[str]:
    yield from books.problems()
    yield from audit_chain.problems()
