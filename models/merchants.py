from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.db import Keyed, Versioned, db, one_of


class Merchant(Keyed, Versioned, db.Model):
    __tablename__ = "merchants"
    __table_args__ = (one_of("status", ("active", "suspended")), Index("ix_merchants_area_id_id", "area_id", "id"))

    name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    bank_sealed: Mapped[bytes | None]
    data_key: Mapped[bytes | None]
    status: Mapped[str] = mapped_column(String(10), default="active")
    created_at: Mapped[datetime]

    area: Mapped[Area] = relationship()


class Shop(Keyed, Versioned, db.Model):
    __tablename__ = "shops"
    __table_args__ = (one_of("status", ("active", "suspended")), Index("ix_shops_merchant_id_id", "merchant_id", "id"))

    merchant_id: Mapped[UUID] = mapped_column(ForeignKey("merchants.id"))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(200))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    status: Mapped[str] = mapped_column(String(10), default="active")
    created_at: Mapped[datetime]

    merchant: Mapped[Merchant] = relationship()
