"""Rounds of neighbours' reviews: who was drawn for which household, what came out of it, and slips that nobody's name leads to."""
import enum
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.credit.files import CreditFile
from models.credit.rulebooks import RulebookVersion
from models.db import Keyed, db, one_of

FEWEST_SLIPS = 3  # of fewer it could be known who said what: no round may ask for less
MOST_SEATS = 9


class Answer(enum.StrEnum):
    """What a slip says to one question of a household."""

    GOOD = "good"
    ORDINARY = "ordinary"
    POOR = "poor"
    UNKNOWN = "unknown"


class Outcome(enum.StrEnum):
    """What a round found of a household and a question. Only `good` is written in its file."""

    GOOD = "good"
    ORDINARY = "ordinary"
    POOR = "poor"
    TOO_FEW = "too_few"


class ReviewRound(Keyed, db.Model):
    """The households of an area are reviewed from `opens_on` to `closes_on`, both included, by what its rulebook asks.

    `pool`: how many neighbours could be drawn. Called off, it is closed with a reason, and nothing came of it.
    """

    __tablename__ = "review_rounds"
    __table_args__ = (
        CheckConstraint("closes_on > opens_on", name="lasts_days"),
        CheckConstraint(f"per_household % 2 = 1 AND per_household <= {MOST_SEATS}", name="seats_odd_and_few"),
        CheckConstraint(f"least_slips >= {FEWEST_SLIPS} AND least_slips <= per_household", name="least_slips_possible"),
        CheckConstraint("slips IS NULL OR closed_at IS NOT NULL", name="counted_when_closed"),
        Index("uq_review_rounds_open", "area_id", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        Index("ix_review_rounds_area_id_id", "area_id", "id"),
    )

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_versions.id"))
    per_household: Mapped[int]
    least_slips: Mapped[int]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    seed: Mapped[str] = mapped_column(String(64))
    pool: Mapped[int]
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    slips: Mapped[int | None]
    called_off_reason: Mapped[str | None] = mapped_column(Text)

    area: Mapped[Area] = relationship()
    rules: Mapped[RulebookVersion] = relationship()


class ReviewedHousehold(Keyed, db.Model):
    """A household of a round, at its place in the order of the lots. It is in one open round at a time.

    `slips`: how many were handed in about it, from the closing on; null of too few.
    """

    __tablename__ = "reviewed_households"
    __table_args__ = (
        UniqueConstraint("round_id", "file_id"), UniqueConstraint("round_id", "place"),
        CheckConstraint("seats >= 0", name="seats_not_negative"), CheckConstraint(f"slips IS NULL OR slips >= {FEWEST_SLIPS}", name="no_few_slips"),
        Index("uq_reviewed_households_open", "file_id", unique=True, sqlite_where=text("is_open"), postgresql_where=text("is_open")),
        Index("ix_reviewed_households_file_id_id", "file_id", "id"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("review_rounds.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("credit_files.id"))
    place: Mapped[int]
    seats: Mapped[int]
    is_open: Mapped[bool] = mapped_column(default=True)
    slips: Mapped[int | None]

    round: Mapped[ReviewRound] = relationship()
    file: Mapped[CreditFile] = relationship()
    results: Mapped[list["ReviewResult"]] = relationship(order_by="ReviewResult.code", viewonly=True)


class ReviewSeat(Keyed, db.Model):
    """Somebody was drawn to review a household. Whether they handed in is known while the round is open, and forgotten (null) at its closing."""

    __tablename__ = "review_seats"
    __table_args__ = (UniqueConstraint("reviewed_id", "person_id"), Index("ix_review_seats_person_id_id", "person_id", "id"))

    reviewed_id: Mapped[UUID] = mapped_column(ForeignKey("reviewed_households.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    lot: Mapped[str] = mapped_column(String(64))
    is_handed_in: Mapped[bool | None] = mapped_column(default=False)

    reviewed: Mapped[ReviewedHousehold] = relationship()


class ReviewSlip(db.Model):
    """What one neighbour answered of one household, and not who: no person, no time, no order, and no link to what else they answered.

    Its id is by chance alone, and SQLite keeps rows by it.
    """

    __tablename__ = "review_slips"
    __table_args__ = (Index("ix_review_slips_reviewed_id", "reviewed_id"), {"sqlite_with_rowid": False})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reviewed_id: Mapped[UUID] = mapped_column(ForeignKey("reviewed_households.id"))
    answers: Mapped[dict]  # by the item's code, an Answer


class ReviewResult(Keyed, db.Model):
    """What the slips about a household come to, of one question. `good` is an entry of its file."""

    __tablename__ = "review_results"
    __table_args__ = (one_of("outcome", Outcome), UniqueConstraint("reviewed_id", "code"),
                      CheckConstraint("entry_id IS NULL OR outcome = 'good'", name="only_good_is_written"),
                      Index("ix_review_results_entry_id", "entry_id"))

    reviewed_id: Mapped[UUID] = mapped_column(ForeignKey("reviewed_households.id"))
    code: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(10))
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("credit_entries.id"))

    reviewed: Mapped[ReviewedHousehold] = relationship()
