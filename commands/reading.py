from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from models import db, sqlite_begin
from models.db import is_postgresql


@contextmanager
def whole_tables() -> Iterator[None]:
    """Read for as long as it takes: nobody who writes waits for it, and no time limit ends it. What came before is not kept."""
    db.session.rollback()
    begins = sqlite_begin.set("DEFERRED")
    try:
        if is_postgresql():
            db.session.execute(text("SET LOCAL statement_timeout = 0"))
        yield
    finally:
        db.session.rollback()
        sqlite_begin.reset(begins)
