import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.db import Keyed, Versioned, db, one_of
from models.merchants import Merchant, Shop
from models.offers import Coupon


class SettlementStatus(enum.StrEnum):
    DRAFT = "draft"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    PAID = "paid"
    DISPUTED = "disputed"


class Settlement(Keyed, Versioned, db.Model):
    """What a merchant is owed for a period (days, both included). Who approved it does not pay it."""

    __tablename__ = "settlements"
    __table_args__ = (
        one_of("status", SettlementStatus),
        CheckConstraint("period_start <= period_end", name="period_in_order"),
        CheckConstraint("paid_by_id IS NULL OR paid_by_id <> approved_by_id", name="four_eyes"),
        CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
        Index("ix_settlements_merchant_id_id", "merchant_id", "id"),
    )

    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))
    period_start: Mapped[date]
    period_end: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default=SettlementStatus.DRAFT)
    amount_fen: Mapped[int] = mapped_column(default=0)
    line_count: Mapped[int] = mapped_column(default=0)
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    paid_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    paid_at: Mapped[datetime | None]
    bank_reference: Mapped[str | None] = mapped_column(String(120))
    posting_id: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id"))
    dispute_reason: Mapped[str | None]
    disputed_line_ids: Mapped[list] = mapped_column(default=list)

    merchant: Mapped[Merchant] = relationship()


class SettlementLine(Keyed, db.Model):
    """A redemption stands in one settlement, ever: it is unique here."""

    __tablename__ = "settlement_lines"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index("ix_settlement_lines_settlement_id_id", "settlement_id", "id"),
    )

    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlements.id"))
    redemption_id: Mapped[UUID] = mapped_column(ForeignKey("redemptions.id"), unique=True)
    coupon_id: Mapped[UUID] = mapped_column(ForeignKey("coupons.id"))
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    at: Mapped[datetime]
    amount_fen: Mapped[int]

    coupon: Mapped[Coupon] = relationship(viewonly=True)
    shop: Mapped[Shop] = relationship(viewonly=True)
