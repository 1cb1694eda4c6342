from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Keyed, db, for_request, one_of


class AuditRow(Keyed, db.Model):
    """Who did what to which row, written with the change; only ever added. The worker seals it into the chain."""

    __tablename__ = "audit_rows"
    __table_args__ = (Index("ix_audit_rows_area_id_id", "area_id", "id"),
                      Index("ix_audit_rows_credit_file", "target_id", "id", sqlite_where=text("target_type = 'credit_file'"),
                            postgresql_where=text("target_type = 'credit_file'")))

    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    action: Mapped[str] = mapped_column(String(40))
    target_type: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[UUID]
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("areas.id"))
    detail: Mapped[dict] = mapped_column(default=dict)
    request_id: Mapped[str | None] = for_request()


class AuditSeal(db.Model):
    """One link of the chain: the hash of the link before and of one audit row."""

    __tablename__ = "audit_seals"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_id: Mapped[UUID] = mapped_column(ForeignKey("audit_rows.id"), unique=True)
    previous: Mapped[bytes] = mapped_column(unique=True)
    hash: Mapped[bytes]


class OutboxMessage(Keyed, db.Model):
    """Something to tell the outside, written with the change, sent by the worker after the commit."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        one_of("state", ("new", "leased", "done", "dead")),
        Index("ix_outbox_messages_state_not_before", "state", "not_before"),
    )

    topic: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict]
    state: Mapped[str] = mapped_column(String(10), default="new")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    request_id: Mapped[str | None] = for_request()
