"""Another database than the one of the settings, and whether anybody has one open."""
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy.engine import make_url

from api import database_url, engine_options
from models import db


@contextmanager
def database(url: str) -> Iterator[None]:
    """Within, `db.session` and every rule work on the database at this URL."""
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=database_url(url), SQLALCHEMY_ENGINE_OPTIONS=engine_options(url))
    db.init_app(app)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def sqlite_file(url: str) -> Path | None:
    """Where this database is, if it is a file of SQLite."""
    parsed = make_url(database_url(url))
    return Path(parsed.database).resolve() if parsed.get_backend_name() == "sqlite" and parsed.database else None


def is_open_elsewhere(file: Path) -> bool:
    """Whether another connection has this file of SQLite open. If none has, its log is written into it and is gone."""
    driver = engine_options("sqlite://")["module"]
    with closing(driver.connect(file, timeout=0, isolation_level=None)) as mine:
        try:
            return mine.execute("PRAGMA journal_mode=DELETE").fetchone() != ("delete",)
        except driver.OperationalError:
            return True
