"""The `flask` commands: what an operator does. Each says what it did."""
from importlib import import_module

from flask_migrate import Migrate

from models import db
from models.schema import MIGRATIONS

MODULES = ("backup", "check_ledger", "create_admin", "demo", "doctor", "import_areas", "move_to", "recompute_credit", "restore", "version", "work")


def register(app) -> None:
    """Ours, and Flask-Migrate's `flask db`."""
    Migrate(app, db, directory=str(MIGRATIONS))
    for name in MODULES:
        for command in import_module(f"commands.{name}").COMMANDS:
            app.cli.add_command(command)
