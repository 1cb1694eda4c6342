from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.db import db


class IdempotencyKey(db.Model):
    """The first answer to a caller's key, written in the transaction that it answers for."""

    __tablename__ = "idempotency_keys"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(60))
    etag: Mapped[str | None] = mapped_column(String(80))
    body: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)
