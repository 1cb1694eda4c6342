"""What the last look at the books, the chain and a backup found, for who looks after the machine."""
from datetime import datetime

from sqlalchemy import select

from models import LastCheck, db, insert_or

LONGEST = 500


def note(name: str, problems: list[str], *, now: datetime) -> None:
    """In place of what the look before found. The first sentences are kept."""
    found = {"at": now, "problems": len(problems), "said": " ".join(problems[:3])[:LONGEST]}
    db.session.execute(insert_or(LastCheck).values(name=name, **found).on_conflict_do_update(index_elements=["name"], set_=found)
                       .execution_options(synchronize_session=False))


def found() -> dict[str, LastCheck]:
    """By name; what was never looked at is not there."""
    return {check.name: check for check in db.session.scalars(select(LastCheck).execution_options(populate_existing=True))}
