"""What was done, as it came to be known: by whom, when it happened, when it was entered, on what evidence."""
import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from models.credit.files import ONE_SUBJECT, SUBJECT_COLUMN
from models.db import Keyed, checked_state, db, one_of
from models.wechat import CheckState

REF = String(160).with_variant(String(160, collation="C"), "postgresql")  # sorted alike on both databases


class Source(enum.StrEnum):
    """How we know: from the chain itself, from a department's data, from a grid worker, from neighbours' reviews, from an inspection."""

    CHAIN = "chain"
    DEPARTMENT = "department"
    GRID_WORKER = "grid_worker"
    REVIEW = "review"
    INSPECTION = "inspection"


class Measured(enum.StrEnum):
    """What a quantity is of."""

    MINUTES = "minutes"
    TIMES = "times"


class CreditEntry(Keyed, db.Model):
    """One deed or fault of one person, household or merchant. What it counts is a rulebook's matter, not the entry's.

    It counts for the indicator of its `code` that is measured alike. Entries of one `deed` count once, and so do those whose subjects
    turned out to be one (`joined_deed`: the deed of the other's). `was_of_id`: the other self whose it was until `handed_over_on`, and whose it
    stays for the days before. Rows are only added; what ends one before its term (found wrong:
    `voided_at`; repaired: `stopped_on`) is written beside it, once.
    """

    __tablename__ = "credit_entries"
    __table_args__ = (
        one_of("source", Source), one_of("measured", Measured), CheckConstraint(ONE_SUBJECT, name="one_subject"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("(voided_at IS NULL) = (voided_reason IS NULL)", name="voided_whole"),
        CheckConstraint("(stopped_at IS NULL) = (stopped_on IS NULL)", name="stopped_whole"),
        CheckConstraint("(was_of_id IS NULL) = (handed_over_on IS NULL)", name="handed_over_whole"),
        Index("uq_credit_entries_source", "source", "source_ref", unique=True),
        *(Index(f"ix_credit_entries_{column}_happened_on", column, "happened_on", sqlite_where=text(f"{column} IS NOT NULL"),
                postgresql_where=text(f"{column} IS NOT NULL")) for column in SUBJECT_COLUMN.values()),
        Index("ix_credit_entries_area_id_id", "area_id", "id"),
        Index("ix_credit_entries_was_of_id", "was_of_id", sqlite_where=text("was_of_id IS NOT NULL"),
              postgresql_where=text("was_of_id IS NOT NULL")),
    )

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    merchant_id: Mapped[UUID | None] = mapped_column(ForeignKey("merchants.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    code: Mapped[str] = mapped_column(String(40))
    measured: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[int]
    happened_on: Mapped[date]
    entered_on: Mapped[date]
    entered_at: Mapped[datetime]
    deed: Mapped[str] = mapped_column(REF)
    joined_deed: Mapped[str | None] = mapped_column(REF)
    was_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    handed_over_on: Mapped[date | None]
    title: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(12))
    source_ref: Mapped[str] = mapped_column(REF)
    source_name: Mapped[str] = mapped_column(String(120))
    evidence: Mapped[str] = mapped_column(String(500))
    entered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    voided_at: Mapped[datetime | None]
    voided_reason: Mapped[str | None]
    voided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    stopped_on: Mapped[date | None]
    stopped_at: Mapped[datetime | None]


class EntryObjection(Keyed, db.Model):
    """Somebody says that an entry of their file is wrong. While it is open, the flag is in every view and share of the entry."""

    __tablename__ = "credit_objections"
    __table_args__ = (
        one_of("status", ("open", "upheld", "dismissed")), one_of("text_state", CheckState),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided_whole"),
        CheckConstraint("(decided_at IS NULL) = (decided_reason IS NULL)", name="decided_in_writing"),
        Index("uq_credit_objections_open", "entry_id", unique=True, sqlite_where=text("status = 'open'"),
              postgresql_where=text("status = 'open'")),
        Index("ix_credit_objections_entry_id", "entry_id"),
        Index("ix_credit_objections_area_id_status_due_on_id", "area_id", "status", "due_on", "id"),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("credit_entries.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str]
    text_state: Mapped[str] = checked_state()
    status: Mapped[str] = mapped_column(String(10), default="open")
    at: Mapped[datetime]
    due_on: Mapped[date]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_reason: Mapped[str | None]


CreditEntry.is_disputed = column_property(
    select(EntryObjection.id).where(EntryObjection.entry_id == CreditEntry.id, EntryObjection.status == "open")
    .correlate_except(EntryObjection).exists())


class CreditMark(db.Model):
    """How far the chain has been read into the files: the last step of a record that was looked at."""

    __tablename__ = "credit_marks"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    upto: Mapped[UUID]
