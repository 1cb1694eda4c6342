"""A database beside the one in use, for as long as a dump in it is proved."""
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from models import db

ENDING = "_proof_of_backup"
ONE_AT_A_TIME = 725902  # migrations take 725901


@contextmanager
def database() -> Iterator[str | None]:
    """The URL of an empty database on the same PostgreSQL, gone afterwards; None where the role may make none.

    One that a killed backup has left is taken away first. A second backup waits here for the first.
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")):
            yield None
            return
        connection.execute(text("SET lock_timeout = 0; SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": ONE_AT_A_TIME})
        try:
            url = db.engine.url
            name = _made(connection, f"{url.database[:63 - len(ENDING)]}{ENDING}")
            try:
                yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
            finally:
                _drop(connection, name)
        finally:
            connection.invalidate()  # it has no time limits any more; and its lock goes with it


def _made(connection: Connection, name: str) -> str:
    """In the same letters and order as the one in use."""
    _drop(connection, name)
    encoding, collation, kinds = connection.execute(text(
        "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = current_database()")).one()
    connection.exec_driver_sql(f"CREATE DATABASE {_quoted(connection, name)} TEMPLATE template0 "
                               f"ENCODING '{encoding}' LC_COLLATE '{collation}' LC_CTYPE '{kinds}'")
    return name


def _drop(connection: Connection, name: str) -> None:
    connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {_quoted(connection, name)} WITH (FORCE)")


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)
