import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.db import Keyed, Versioned, checked_state, db, one_of
from models.events import CheckIn
from models.wechat import CheckState


class RecordStatus(enum.StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    CREDITED = "credited"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"


class Tier(enum.StrEnum):
    """How sure we are: scanned in and out, scanned once, entered by the organiser, declared by the resident."""

    SCANNED_TWICE = "A"
    SCANNED_ONCE = "B"
    ENTERED = "C"
    DECLARED = "D"


class ActivityRecord(Keyed, Versioned, db.Model):
    __tablename__ = "activity_records"
    __table_args__ = (
        one_of("status", RecordStatus), one_of("evidence_tier", Tier), one_of("text_state", CheckState),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        CheckConstraint("points_proposed >= 0 AND points_proposed <= points_max", name="proposal_within_max"),
        CheckConstraint("points IS NULL OR (points >= 0 AND points <= points_max)", name="points_within_max"),
        CheckConstraint("approvals_needed IN (1, 2)", name="one_or_two_approvers"),
        Index("uq_activity_records_event_once", "event_id", "resident_id", unique=True,
              sqlite_where=text("event_id IS NOT NULL AND status <> 'withdrawn'"),
              postgresql_where=text("event_id IS NOT NULL AND status <> 'withdrawn'")),
        Index("ix_activity_records_queue", "status", "area_id", "id"),
        Index("ix_activity_records_resident_id_id", "resident_id", "id"),
    )

    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    entered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    category: Mapped[str] = mapped_column(String(40))
    description: Mapped[str] = mapped_column(default="")
    text_state: Mapped[str] = checked_state()
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    minutes: Mapped[int]
    points_proposed: Mapped[int]
    points_max: Mapped[int]
    points: Mapped[int | None]
    evidence_tier: Mapped[str] = mapped_column(String(1))
    approvals_needed: Mapped[int]
    status: Mapped[str] = mapped_column(String(10), default=RecordStatus.PENDING)
    round: Mapped[int] = mapped_column(default=1, server_default="1")
    flags: Mapped[list] = mapped_column(default=list)
    notice_until: Mapped[datetime | None]
    posting_id: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id"))
    created_at: Mapped[datetime]

    area: Mapped[Area] = relationship()
    history: Mapped[list["RecordStep"]] = relationship(order_by="RecordStep.id")
    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.id", viewonly=True)
    check_ins: Mapped[list[CheckIn]] = relationship(order_by=CheckIn.at, viewonly=True)


class RecordStep(Keyed, db.Model):
    """One line of a record's history. Rows are only added; an approver approves a record once in each round.

    A round ends when a rejected record is opened again: approvals of the one before count no more.
    """

    __tablename__ = "record_steps"
    __table_args__ = (
        Index("ix_record_steps_record_id_id", "record_id", "id"),
        Index("uq_record_steps_one_approval_each", "record_id", "round", "by_id", unique=True,
              sqlite_where=text("action = 'approve'"), postgresql_where=text("action = 'approve'")),
    )

    record_id: Mapped[UUID] = mapped_column(ForeignKey("activity_records.id"))
    action: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    points: Mapped[int | None]
    note: Mapped[str | None]
    round: Mapped[int] = mapped_column(default=1, server_default="1")


class Evidence(Keyed, db.Model):
    """A picture that stands behind a declared record."""

    __tablename__ = "evidence"
    __table_args__ = (one_of("state", CheckState),)

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("activity_records.id"), index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    picture: Mapped[bytes] = mapped_column(deferred=True)
    state: Mapped[str] = checked_state()
    at: Mapped[datetime]


class Objection(Keyed, db.Model):
    __tablename__ = "objections"
    __table_args__ = (
        one_of("status", ("open", "upheld", "dismissed")), one_of("text_state", CheckState),
        Index("uq_objections_open", "record_id", "by_id", unique=True,
              sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
        Index("ix_objections_status_id", "status", "id"),
    )

    record_id: Mapped[UUID] = mapped_column(ForeignKey("activity_records.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str]
    text_state: Mapped[str] = checked_state()
    status: Mapped[str] = mapped_column(String(10), default="open")
    at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_reason: Mapped[str | None]

    record: Mapped[ActivityRecord] = relationship()
