import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.db import Keyed, Versioned, db, one_of
from models.merchants import Merchant, Shop


class OfferStatus(enum.StrEnum):
    DRAFT = "draft"
    ON_SALE = "on_sale"
    PAUSED = "paused"
    ENDED = "ended"


class OfferKind(enum.StrEnum):
    CASH_OFF = "cash_off"
    PERCENT_OFF = "percent_off"
    GOODS = "goods"
    SERVICE = "service"
    FREE_TRIAL = "free_trial"


class CouponStatus(enum.StrEnum):
    AVAILABLE = "available"
    USED = "used"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    VOID = "void"


class Offer(Keyed, Versioned, db.Model):
    """What points buy. `issued` counts coupons out of `stock`; the database keeps it within."""

    __tablename__ = "offers"
    __table_args__ = (
        one_of("status", OfferStatus), one_of("kind", OfferKind), one_of("funded_by", ("community", "merchant")),
        CheckConstraint("issued >= 0 AND issued <= stock", name="stock_held"),
        CheckConstraint("points_price > 0", name="price_positive"),
        CheckConstraint("(kind = 'percent_off') = (percent IS NOT NULL)", name="percent_for_percent_off"),
        CheckConstraint("percent IS NULL OR percent BETWEEN 1 AND 99", name="percent_range"),
        CheckConstraint("on_sale_from < on_sale_until", name="sale_in_order"),
        CheckConstraint("valid_days > 0", name="valid_days_positive"),
        Index("ix_offers_area_id_status_id", "area_id", "status", "id"),
        Index("ix_offers_merchant_id_id", "merchant_id", "id"),
    )

    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12))
    face_value_fen: Mapped[int | None]
    percent: Mapped[int | None]
    discount_cap_fen: Mapped[int | None]
    item: Mapped[str | None] = mapped_column(String(200))
    min_spend_fen: Mapped[int] = mapped_column(default=0)
    points_price: Mapped[int]
    stock: Mapped[int]
    issued: Mapped[int] = mapped_column(default=0)
    per_resident_limit: Mapped[int | None]
    on_sale_from: Mapped[datetime]
    on_sale_until: Mapped[datetime]
    valid_days: Mapped[int]
    funded_by: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), default=OfferStatus.DRAFT)
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]

    area: Mapped[Area] = relationship()
    merchant: Mapped[Merchant] = relationship()
    shops: Mapped[list[Shop]] = relationship(secondary="offer_shops")


class OfferShop(db.Model):
    """An offer without rows here is good at all the merchant's shops."""

    __tablename__ = "offer_shops"

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"), primary_key=True)


class Coupon(Keyed, Versioned, db.Model):
    __tablename__ = "coupons"
    __table_args__ = (
        one_of("status", CouponStatus),
        UniqueConstraint("id", "merchant_id"),  # what a redemption's foreign key names
        Index("ix_coupons_resident_id_id", "resident_id", "id"),
        Index("ix_coupons_offer_id_resident_id", "offer_id", "resident_id"),
        Index("ix_coupons_lapsing", "valid_until", sqlite_where=text("status = 'available'"),
              postgresql_where=text("status = 'available'")),
    )

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"))
    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id"))
    status: Mapped[str] = mapped_column(String(10), default=CouponStatus.AVAILABLE)
    points_paid: Mapped[int]
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"))
    bought_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    used_at: Mapped[datetime | None]
    short_code: Mapped[str] = mapped_column(String(12), unique=True)
    code_id: Mapped[str] = mapped_column(String(8), unique=True)
    code_secret: Mapped[bytes]

    offer: Mapped[Offer] = relationship()


class Redemption(Keyed, db.Model):
    """A coupon used at a shop. One live row for each coupon; a reversed one stays, marked."""

    __tablename__ = "redemptions"
    __table_args__ = (
        one_of("status", ("done", "reversed")),
        CheckConstraint("discount_fen >= 0 AND merchant_due_fen >= 0", name="amounts_not_negative"),
        CheckConstraint("(status = 'reversed') = (reversed_at IS NOT NULL)", name="reversed_has_time"),
        Index("uq_redemptions_live", "coupon_id", unique=True,
              sqlite_where=text("reversed_at IS NULL"), postgresql_where=text("reversed_at IS NULL")),
        Index("ix_redemptions_merchant_id_at", "merchant_id", "at"),
        Index("ix_redemptions_shop_id_id", "shop_id", "id"),
    )

    coupon_id: Mapped[UUID] = mapped_column(ForeignKey("coupons.id"))
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))
    fund_id: Mapped[UUID | None] = mapped_column(ForeignKey("funds.id"))
    clerk_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    status: Mapped[str] = mapped_column(String(10), default="done")
    at: Mapped[datetime]
    spend_fen: Mapped[int | None]
    discount_fen: Mapped[int]
    merchant_due_fen: Mapped[int]
    posting_id: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id"))
    reversed_at: Mapped[datetime | None]
    reversed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reversed_reason: Mapped[str | None]

    coupon: Mapped[Coupon] = relationship()
    shop: Mapped[Shop] = relationship()
