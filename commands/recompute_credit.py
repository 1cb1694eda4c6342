import click
from flask import current_app
from flask.cli import with_appcontext

from commands import told
from models import db
from services.credit import standings


@click.command("recompute-credit", cls=told.Command)
@with_appcontext
def recompute_credit() -> None:
    """Work the standings of all credit files out anew, as the worker does each night. The scores that people see never depend on them."""
    told.require_migrated()
    now = current_app.extensions["linli_clock"]()
    todo = standings.now_in_force(now)
    done = 0
    with told.progress("Files", sum(standings.count(each) for each in todo)) as bar:
        for each in todo:
            for files in standings.all_anew(each, now=now):
                db.session.commit()
                done += files
                bar.update(files)
    click.echo(f"Worked out {done:,} files by {len(todo)} rulebook{'s' * (len(todo) != 1)}.")


COMMANDS = (recompute_credit,)
