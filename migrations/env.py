"""Run migrations on the current app's database (`flask db upgrade`, models/schema.py)."""
from alembic import context
from flask import current_app

from models import db


def render_item(kind, item, _context):
    return "sa.DateTime(timezone=True)" if kind == "type" and type(item).__name__ == "UTCDateTime" else False


with db.engine.connect() as connection:
    dialect = connection.dialect.name
    if dialect == "sqlite":
        # A batch migration drops and renames tables; with foreign keys on, the drop could empty the children.
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
    else:
        # Several hosts may start at once: the second waits here, then finds nothing to do.
        connection.exec_driver_sql("SELECT pg_advisory_lock(725901)")
        connection.exec_driver_sql("SET lock_timeout = '10s'; SET statement_timeout = 0")
        connection.commit()
    try:
        context.configure(connection=connection, target_metadata=db.metadata, render_item=render_item,
                          render_as_batch=True, compare_type=True, compare_server_default=True,
                          transactional_ddl=True)  # SQLite can, once BEGIN is ours: a failed migration changes nothing
        with context.begin_transaction():
            context.run_migrations()
            if dialect == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"this migration breaks foreign keys: {broken[:5]}")
    finally:
        if dialect == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
        else:
            connection.rollback()
            connection.exec_driver_sql("SELECT pg_advisory_unlock(725901)")
            connection.commit()
    current_app.logger.debug("migrated")
