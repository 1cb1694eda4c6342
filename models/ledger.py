"""Points and money on paper: wallets, postings between two of them, and the lots that credits open.

A posting has a source and a destination, so none can be unbalanced and all wallets of a unit
together always hold zero. Postings are added, never changed (a trigger says so).
"""
import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Keyed, db, one_of


class Unit(enum.StrEnum):
    POINTS = "points"
    FEN = "fen"


class WalletKind(enum.StrEnum):
    SPONSOR = "sponsor"      # where top-ups come from: the world outside
    FUND = "fund"            # what a fund can still issue, or owes in fen
    SPENT = "spent"          # points that residents gave for coupons
    LAPSED = "lapsed"
    RESIDENT = "resident"
    OWED = "owed"            # a reversal of points already spent; below zero until later credits pay it
    MERCHANT = "merchant"    # fen a merchant has earned and not been paid
    BANK = "bank"            # fen that left by bank transfer


class Wallet(Keyed, db.Model):
    """`balance` is stored and always equals its postings; `floor` null means it may fall without end."""

    __tablename__ = "wallets"
    __table_args__ = (
        one_of("unit", Unit), one_of("kind", WalletKind),
        CheckConstraint("floor IS NULL OR balance >= floor", name="floor_held"),
        CheckConstraint("balance BETWEEN -9007199254740991 AND 9007199254740991", name="balance_safe"),
        UniqueConstraint("owner_id", "kind", "unit"),
    )

    owner_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(6))
    balance: Mapped[int] = mapped_column(default=0)
    floor: Mapped[int | None]


class Posting(Keyed, db.Model):
    """`kind` with its cause is unique: each posting happens once, however often it is asked for."""

    __tablename__ = "postings"
    __table_args__ = (
        one_of("unit", Unit),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("source_id <> destination_id", name="two_wallets"),
        UniqueConstraint("because_type", "because_id", "kind"),
        Index("ix_postings_source_id_id", "source_id", "id"),
        Index("ix_postings_destination_id_id", "destination_id", "id"),
        Index("ix_postings_area_id_kind", "area_id", "kind"),
    )

    unit: Mapped[str] = mapped_column(String(6))
    source_id: Mapped[UUID] = mapped_column(ForeignKey("wallets.id"))
    destination_id: Mapped[UUID] = mapped_column(ForeignKey("wallets.id"))
    amount: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    because_type: Mapped[str] = mapped_column(String(20))
    because_id: Mapped[UUID]
    source_after: Mapped[int]
    destination_after: Mapped[int]
    at: Mapped[datetime]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    memo: Mapped[str] = mapped_column(default="")


class Lot(Keyed, db.Model):
    """Points of one credit, with the day they lapse (they count on that day still)."""

    __tablename__ = "lots"
    __table_args__ = (
        CheckConstraint("remaining >= 0 AND remaining <= amount", name="remaining_within_amount"),
        Index("ix_lots_wallet_id_lapses_on", "wallet_id", "lapses_on", "id"),
        Index("ix_lots_lapses_on", "lapses_on"),
    )

    wallet_id: Mapped[UUID] = mapped_column(ForeignKey("wallets.id"))
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"), index=True)
    amount: Mapped[int]
    remaining: Mapped[int]
    lapses_on: Mapped[date]
    continues_id: Mapped[UUID | None] = mapped_column(ForeignKey("lots.id"), index=True)


class LotUse(db.Model):
    """How much of which lot a posting took; a refund reads it to put the very points back."""

    __tablename__ = "lot_uses"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"), primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    amount: Mapped[int]


class Fund(Keyed, db.Model):
    """What an area can issue in a period (days, both included), and who filled it."""

    __tablename__ = "funds"
    __table_args__ = (
        CheckConstraint("period_start <= period_end", name="period_in_order"),
        Index("ix_funds_area_id_period", "area_id", "period_start", "period_end"),
    )

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    name: Mapped[str] = mapped_column(String(120))
    period_start: Mapped[date]
    period_end: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))


class TopUp(Keyed, db.Model):
    __tablename__ = "top_ups"
    __table_args__ = (CheckConstraint("points >= 0 AND amount_fen >= 0 AND points + amount_fen > 0", name="something"),)

    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id"), index=True)
    points: Mapped[int]
    amount_fen: Mapped[int]
    reference: Mapped[str] = mapped_column(String(120))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
