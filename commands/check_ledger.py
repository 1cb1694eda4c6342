import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from commands import told
from services.audit import audit_chain, audit_checkpoints
from services.points import books


@click.command("check-ledger", cls=told.Command)
@with_appcontext
def check_ledger() -> None:
    """Prove the books: all wallets of a unit sum to zero, each equals its postings and lots, and what is counted fits the rows."""
    with told.progress("Checks", len(books.CHECKS)) as bar:
        found = []
        for some in books.look():
            found += some
            bar.update(1)
    looked_at = ", ".join(f"{number:,} {table}" for table, number in books.counts().items())
    _tell(found, f"The books balance: {len(books.CHECKS)} checks over {looked_at}.")


@click.command("check-audit", cls=told.Command)
@click.option("--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="the file of signed checkpoints")
@with_appcontext
def check_audit(against: Path | None) -> None:
    """Prove the audit log: no sealed row was changed, removed or slipped in, nor the end cut off since the checkpoints."""
    count, last = audit_chain.head()
    lines = against.read_text().splitlines() if against else []
    found = audit_chain.problems() + audit_checkpoints.problems(lines, current_app.extensions["linli_settings"].keys["fields"])
    fits = f" and fits {len(lines)} checkpoints" if against else ""
    _tell(found, f"The chain of {count} rows holds{fits}; its last hash is {last}.")


def _tell(problems: list[str], all_is_well: str) -> None:
    if not problems:
        click.echo(all_is_well)
        return
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(1)


COMMANDS = (check_ledger, check_audit)
