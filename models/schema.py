"""Migrations from Python: up, and what the newest one is."""
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@cache
def newest_revision() -> str:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def upgrade(revision: str = "head") -> None:
    """Bring the database of the current app to a revision; several hosts may do so at once."""
    command.upgrade(alembic_config(), revision)


def downgrade(revision: str = "base") -> None:
    command.downgrade(alembic_config(), revision)
