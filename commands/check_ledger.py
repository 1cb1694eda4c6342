import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from commands import reading, told
from models import db
from services.audit import audit_chain, audit_checkpoints, last_checks
from services.points import books


@click.command("check-ledger", cls=told.Command)
@with_appcontext
def check_ledger() -> None:
    """Prove the books: all wallets of a unit sum to zero, each equals its postings and lots, and what is counted fits the rows."""
    with reading.whole_tables(), told.progress("Checks", len(books.CHECKS)) as bar:
        found = []
        for some in books.look():
            found += some
            bar.update(1)
        looked_at = ", ".join(f"{number:,} {table}" for table, number in books.counts().items())
    _tell("ledger", found, f"The books balance: {len(books.CHECKS)} checks over {looked_at}.")


@click.command("check-audit", cls=told.Command)
@click.option("--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="the file of signed checkpoints")
@with_appcontext
def check_audit(against: Path | None) -> None:
    """Prove the audit log: no sealed row was changed, removed or slipped in, nor the end cut off since the checkpoints."""
    lines = against.read_text().splitlines() if against else []
    with reading.whole_tables():
        count, last = audit_chain.head()
        found = audit_chain.problems() + audit_checkpoints.problems(lines, current_app.extensions["linli_settings"].keys["fields"])
    fits = f" and fits {len(lines)} checkpoints" if against else ""
    _tell("audit", found, f"The chain of {count} rows holds{fits}; its last hash is {last}.")


def _tell(name: str, problems: list[str], all_is_well: str) -> None:
    """On the console, and to whoever asks /metrics or `flask doctor` later."""
    for problem in problems:
        click.echo(problem, err=True)
    if not problems:
        click.echo(all_is_well)
    last_checks.note(name, problems, now=current_app.extensions["linli_clock"]())
    db.session.commit()
    if problems:
        sys.exit(1)


COMMANDS = (check_ledger, check_audit)
