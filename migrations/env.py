"""Run migrations on the current app's database (`flask db upgrade`, models/schema.py)."""
import time

from alembic import context
from flask import current_app
from sqlalchemy.exc import OperationalError

from models import db, schema
from models.db import is_postgresql

LOCK_NOT_AVAILABLE = "55P03"


def render_item(kind, item, _context):
    return "sa.DateTime(timezone=True)" if kind == "type" and type(item).__name__ == "UTCDateTime" else False


def migrate(connection):
    """On PostgreSQL each step is a transaction of its own, so that no table stays locked while the next ones are made."""
    context.configure(connection=connection, target_metadata=db.metadata, render_item=render_item,
                      render_as_batch=True, compare_type=True, compare_server_default=True,
                      transactional_ddl=True,  # SQLite can, once BEGIN is ours: a failed migration changes nothing
                      transaction_per_migration=is_postgresql())
    with context.begin_transaction():
        context.run_migrations()
        if not is_postgresql() and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"this migration breaks foreign keys: {broken[:5]}")


def migrate_between_others(connection):
    for tries_left in reversed(range(schema.TRIES)):
        try:
            return migrate(connection)
        except OperationalError as error:
            connection.rollback()
            if not tries_left or error.orig.sqlstate != LOCK_NOT_AVAILABLE:
                raise
            time.sleep(schema.REST_S)  # those who waited behind us go first


with db.engine.connect() as connection:
    if is_postgresql():
        connection.exec_driver_sql("SET lock_timeout = 0; SET statement_timeout = 0")
        # Several hosts may start at once: the second waits here, then finds nothing to do.
        connection.exec_driver_sql("SELECT pg_advisory_lock(725901)")
        connection.exec_driver_sql(f"SET lock_timeout = '{schema.LOCK_TIMEOUT}'")
        connection.commit()
    else:
        # A batch migration drops and renames tables; with foreign keys on, the drop could empty the children.
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
    try:
        (migrate_between_others if is_postgresql() else migrate)(connection)
    finally:
        if is_postgresql():
            connection.rollback()
            connection.exec_driver_sql("SELECT pg_advisory_unlock(725901)")
            connection.exec_driver_sql("RESET lock_timeout; RESET statement_timeout")
            connection.commit()
        else:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
    current_app.logger.debug("migrated")
