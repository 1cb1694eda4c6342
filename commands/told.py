"""What goes wrong for a reason that an operator can do something about is a sentence and exit code 1, not a traceback."""
import sys

import click
import sqlalchemy as sa

from models import db
from models.schema import newest_revision
from services.refusals import Refusal, ValidationFailed


class Command(click.Command):
    """`@click.command("name", cls=told.Command)`."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(_refused(refusal)) from refusal
        except sa.exc.DBAPIError as error:
            db.session.rollback()
            raise click.ClickException(_of_database(error)) from error
        except UnicodeDecodeError as error:
            raise click.ClickException(f"This is not UTF-8 text: {error.reason} at byte {error.start}.") from error
        except OSError as error:
            raise click.ClickException(f"{error.filename}: {error.strerror}." if error.filename else f"{error}.") from error


def require_migrated() -> None:
    """Before work that would fail again and again."""
    if _stored_revision() != newest_revision():
        raise click.ClickException(UNMIGRATED)


def progress(label: str, length: int = 0):
    """A bar for who watches; nothing into a log."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


UNMIGRATED = "The database's schema is not that of this version; `flask db upgrade` brings it there."


def _refused(refusal: Refusal) -> str:
    if isinstance(refusal, ValidationFailed):
        return " ".join(f"{path}: {sentence}" for path, sentences in refusal.errors.items() for sentence in sentences)
    return refusal.message % refusal.fields if refusal.fields else refusal.message


def _of_database(error: sa.exc.DBAPIError) -> str:
    try:
        is_migrated = _stored_revision() == newest_revision()
    except sa.exc.DBAPIError:
        return f"The database cannot be reached: {str(error.orig).strip()}"
    return f"The database refused: {str(error.orig).splitlines()[0]}" if is_migrated else UNMIGRATED


def _stored_revision() -> str | None:
    if not sa.inspect(db.engine).has_table("alembic_version"):
        return None
    stored = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    db.session.rollback()
    return stored
