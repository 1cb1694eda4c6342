import sys

import click
from flask.cli import with_appcontext

from services import audit_chain, ledger


@click.command("check-ledger")
@with_appcontext
def check_ledger() -> None:
    """Prove the books: all wallets of a unit sum to zero, and each equals its postings and lots."""
    _tell(ledger.problems(), "The books balance.")


@click.command("check-audit")
@with_appcontext
def check_audit() -> None:
    """Prove the audit log: no sealed row was changed, removed or slipped in."""
    count, last = audit_chain.head()
    _tell(audit_chain.problems(), f"The chain of {count} rows holds; its last hash is {last}.")


def _tell(problems: list[str], all_is_well: str) -> None:
    if not problems:
        click.echo(all_is_well)
        return
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(1)


COMMANDS = (check_ledger, check_audit)
