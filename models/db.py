"""The database handle, and the column types that mean the same on SQLite and PostgreSQL."""
import unicodedata
from contextvars import ContextVar
from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator
from uuid_utils.compat import uuid7

from models.drivers.lent import Session, begin_sqlite

NAMES = {  # named constraints, so that migrations can drop what they made
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# The request that rows are written for: set where it comes in, and by the worker for what it sends.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def zoned(moment: datetime) -> datetime:
    """The same; ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


class UTCDateTime(TypeDecorator):
    """An aware UTC moment, also on databases that forget the zone. A naive one is a bug: ValueError."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else zoned(value).astimezone(UTC)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


PATH = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")

# STRICT tables know only INTEGER, REAL, TEXT and BLOB; each type of ours has one of them.
for kinds, name in (
    ((sa.Uuid, sa.UUID, sa.String, sa.VARCHAR, sa.CHAR, sa.Text, sa.JSON, sa.DateTime, sa.DATETIME, sa.Date), "TEXT"),
    ((sa.Boolean, sa.BigInteger, sa.SmallInteger), "INTEGER"),
    ((sa.Float, sa.Double), "REAL"),
):
    for kind in kinds:
        compiles(kind, "sqlite")(lambda element, compiler, name=name, **kw: name)


class Base(DeclarativeBase):
    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: UTCDateTime, date: sa.Date, UUID: sa.Uuid, int: sa.BigInteger, str: sa.Text,
                             dict: sa.JSON, list: sa.JSON, bytes: sa.LargeBinary},
    )


@event.listens_for(sa.Table, "before_parent_attach")
def _strict(table, metadata):
    table.dialect_options["sqlite"]["strict"] = True


db = SQLAlchemy(model_class=Base, session_options={"class_": Session, "expire_on_commit": False})


def session_here() -> Session:
    """As `db.session()`, in half the steps."""
    registry = db.session.registry
    return registry.registry.get(registry.scopefunc()) or db.session()


class Keyed:
    """A UUIDv7 key: sorts by the time of making, so a list by id is a list by age."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)


def first_id_of(moment: datetime) -> UUID:
    """The smallest UUIDv7 of this millisecond (RFC 9562, 5.7)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)


def moment_of(key: UUID) -> datetime:
    """When this UUIDv7 was made."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)


class Versioned:
    """Counts its changes; the count is the resource's ETag."""

    version: Mapped[int] = mapped_column(default=1)


def for_request() -> Mapped[str | None]:
    """A column for the request that the row was written in, by which its lines of the logs are found."""
    return mapped_column(sa.String(64), default=lambda: request_id.get())


def checked_state() -> Mapped[str]:
    """A column for what WeChat said of a resident's words or picture; whoever is not asked about has passed."""
    return mapped_column(sa.String(10), default="passed", server_default="passed")


def one_of(column: str, values) -> sa.CheckConstraint:
    """The database's half of a closed vocabulary."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


# All that Python's `strip` takes away; a database's `trim` by itself takes the space alone.
BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


# What takes no ink: controls, formats and private letters (by category), fillers, and what only changes the letter before it. What has no
# category here yet may be a new emoji.
UNSEEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
FILLERS = {"\u3164", "\u115f", "\u1160", "\uffa0", "\u2800"}
SELECTORS = {"\u034f", *map(chr, range(0xFE00, 0xFE10))}


def seen(words: str) -> str:
    """What of a text can be seen, without the blanks around it. A text that has to say something says it in these letters."""
    return "".join(letter for letter in words if letter.isspace() or not (
        unicodedata.category(letter) in UNSEEN_CATEGORIES or letter in FILLERS or letter in SELECTORS)).strip()


def in_words(column: str, least: int) -> str:
    """The database's half of a text that has to say something: so many letters, without the blanks around them."""
    return f"length(trim({column}, '{BLANKS}')) >= {least}"


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection):
    if connection.dialect.name == "sqlite":
        begin_sqlite(connection)


def is_postgresql() -> bool:
    return session_here().is_postgresql


def insert_or(table):
    """INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, which both databases know and SQL does not."""
    return (postgresql if is_postgresql() else sqlite).insert(table)
