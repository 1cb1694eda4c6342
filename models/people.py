import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.db import Keyed, Versioned, checked_state, db, one_of
from models.wechat import CheckState


class Role(enum.StrEnum):
    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    AREA_ADMIN = "area_admin"
    AUDITOR = "auditor"
    MERCHANT_OWNER = "merchant_owner"
    MERCHANT_CLERK = "merchant_clerk"
    DEPARTMENT = "department"


STAFF = (Role.GRID_WORKER, Role.AREA_ADMIN)
SHOP = (Role.MERCHANT_OWNER, Role.MERCHANT_CLERK)
OVERSIGHT = (Role.AREA_ADMIN, Role.AUDITOR)


class Household(Keyed, db.Model):
    __tablename__ = "households"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]


class Person(Keyed, Versioned, db.Model):
    """Everyone is a resident. What papers say (name, number, phone) is sealed with the person's own key."""

    __tablename__ = "people"
    __table_args__ = (one_of("language", ("zh-CN", "en")), one_of("name_state", CheckState),
                      Index("ix_people_home_area_id_id", "home_area_id", "id"),
                      Index("ix_people_joined_into_id", "joined_into_id", sqlite_where=text("joined_into_id IS NOT NULL"),
                            postgresql_where=text("joined_into_id IS NOT NULL")))

    display_name: Mapped[str] = mapped_column(String(200))
    name_state: Mapped[str] = checked_state()
    language: Mapped[str] = mapped_column(String(5), default="zh-CN")
    home_area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"), index=True)
    code_id: Mapped[str] = mapped_column(String(8), unique=True)
    code_secret: Mapped[bytes]
    data_key: Mapped[bytes | None]
    paper_name_sealed: Mapped[bytes | None]
    id_number_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    id_number_index: Mapped[bytes | None] = mapped_column(unique=True)
    phone_index: Mapped[bytes | None] = mapped_column(index=True)
    joined_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]

    home_area: Mapped[Area] = relationship()
    roles: Mapped[list["RoleGrant"]] = relationship(foreign_keys="RoleGrant.person_id", order_by="RoleGrant.id")


class RoleGrant(Keyed, db.Model):
    """A dated role, within one area's subtree or one merchant."""

    __tablename__ = "role_grants"
    __table_args__ = (
        one_of("role", [role for role in Role if role != Role.RESIDENT]),
        CheckConstraint("(area_id IS NULL) <> (merchant_id IS NULL)", name="one_reach"),
        CheckConstraint("(role IN ('merchant_owner', 'merchant_clerk')) = (merchant_id IS NOT NULL)", name="reach_fits"),
        Index("ix_role_grants_person_id", "person_id"),
        Index("ix_role_grants_area_id", "area_id"),
        Index("ix_role_grants_merchant_id", "merchant_id"),
        Index("uq_role_grants_live_area", "person_id", "role", "area_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        Index("uq_role_grants_live_merchant", "person_id", "role", "merchant_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(20))
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("areas.id"))
    merchant_id: Mapped[UUID | None] = mapped_column(ForeignKey("merchants.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    granted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))

    area: Mapped[Area | None] = relationship()

    def is_live(self, now: datetime) -> bool:
        return self.ended_at is None and self.since <= now and (self.until is None or now < self.until)

    def was_live(self, at: datetime) -> bool:
        """Also of a role that has ended since."""
        return self.since <= at and all(end is None or at < end for end in (self.until, self.ended_at))


class HouseholdRequest(Keyed, db.Model):
    """A person asks to be of a household; a grid worker confirms."""

    __tablename__ = "household_requests"
    __table_args__ = (
        one_of("status", ("pending", "confirmed", "refused")),
        Index("uq_household_requests_pending", "person_id", unique=True,
              sqlite_where=text("status = 'pending'"), postgresql_where=text("status = 'pending'")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), index=True)
    status: Mapped[str] = mapped_column(String(10), default="pending")
    at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]


class Card(Keyed, db.Model):
    """A printed code for a person without a phone; revoked, it is no code of ours any more."""

    __tablename__ = "cards"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    code_id: Mapped[str] = mapped_column(String(8), unique=True)
    secret: Mapped[bytes]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
