"""Migrations from Python: up, and what the newest one is.

Alembic, with what it brings along, takes 16 MB, and a web process needs it for nothing: it is loaded where it is used.
"""
from pathlib import Path

from models.db import is_postgresql

# A step that waits for a table makes everybody wait behind it: it gives way after so long, and tries again so often after a rest.
LOCK_TIMEOUT, TRIES, REST_S = "1500ms", 20, 1.0
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config():
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


REVISIONS = sorted(step.stem for step in (MIGRATIONS / "versions").glob("[0-9]*.py"))  # a step's file has the step's name


def newest_revision() -> str:
    return REVISIONS[-1]


def upgrade(revision: str = "head") -> None:
    """Bring the database of the current app to a revision; several hosts may do so at once."""
    from alembic import command

    command.upgrade(alembic_config(), revision)


def downgrade(revision: str = "base") -> None:
    from alembic import command

    command.downgrade(alembic_config(), revision)


def add_index(name: str, table: str, columns: list[str], **how) -> None:
    """For a step of the schema: make an index of a table that may be large, while others write to it.

    On PostgreSQL that is no transaction. What the step did before stays, so it does nothing else, or what can be done twice; a try that
    was cut off leaves an index that is none, which the next one takes away.
    """
    from alembic import op

    if not is_postgresql():
        op.create_index(name, table, columns, **how)
        return
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it waits for those who were there before, and nobody waits behind it
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.create_index(name, table, columns, postgresql_concurrently=True, **how)
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")


def guard(name: str, event: str, table: str, said: str, when: str | None = None) -> None:
    """For a step of the schema: a trigger that refuses, with a sentence. `event` as in SQL ("UPDATE OF a, b", "DELETE"), `when` over OLD and NEW."""
    from alembic import op

    condition = f" WHEN ({when})" if when else ""
    if is_postgresql():
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW{condition} EXECUTE FUNCTION linli_refuse('{said}')")
    else:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table}{condition} BEGIN SELECT RAISE(ABORT, '{said}'); END")


def only_added(table: str) -> None:
    """For a step of the schema: rows of this table are neither changed nor deleted."""
    _not_truncated(table, f"{table} are only added")
    guard(f"{table}_no_update", "UPDATE", table, f"{table} are only added")
    guard(f"{table}_no_delete", "DELETE", table, f"{table} are only added")


def kept(table: str, stays: str = "", once: tuple[str, ...] = ()) -> None:
    """For a step of the schema: rows stay, the columns `stays` as they were written, each of `once` from when it was first filled."""
    _not_truncated(table, f"{table} are kept")
    guard(f"{table}_no_delete", "DELETE", table, f"{table} are kept")
    if stays:
        guard(f"{table}_stay", f"UPDATE OF {stays}", table, f"{table} stay as they were written")
    for column in once:
        guard(f"{table}_{column}_once", f"UPDATE OF {column}", table, f"{column} is written once", f"OLD.{column} IS NOT NULL")


def _not_truncated(table: str, said: str) -> None:
    """SQLite has no such statement, and empties a table by deleting its rows."""
    from alembic import op

    if is_postgresql():
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION linli_refuse('{said}')")
