from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.db import db, one_of


class LastCheck(db.Model):
    """What the last look at the books, at the chain of the audit log or at a new backup found: a row for each."""

    __tablename__ = "last_checks"
    __table_args__ = (one_of("name", ("ledger", "audit", "backup")),)

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    at: Mapped[datetime]
    problems: Mapped[int]
    said: Mapped[str]
