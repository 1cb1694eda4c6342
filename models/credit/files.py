"""Credit files, who is in the scheme, who is of a household when, and what a file says of land, herds and loans."""
import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.db import Keyed, Versioned, db, one_of

ONE_SUBJECT = ("(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN household_id IS NULL THEN 0 ELSE 1 END)"
               " + (CASE WHEN merchant_id IS NULL THEN 0 ELSE 1 END) = 1")


class SubjectKind(enum.StrEnum):
    """Whose file it is: 一户一档, a resident's, a merchant's or another enterprise's."""

    HOUSEHOLD = "household"
    RESIDENT = "resident"
    MERCHANT = "merchant"


# The column, of a file and of an entry, that names whose it is.
SUBJECT_COLUMN = {SubjectKind.RESIDENT: "person_id", SubjectKind.HOUSEHOLD: "household_id", SubjectKind.MERCHANT: "merchant_id"}


class CreditFile(Keyed, Versioned, db.Model):
    """One for each household, resident and merchant that ever joined the scheme of their community.

    `without_volunteering`: a resident may keep their volunteering, honours and gifts out of it (深圳经济特区社会信用条例, article 39).
    """

    __tablename__ = "credit_files"
    __table_args__ = (
        one_of("kind", SubjectKind), CheckConstraint(ONE_SUBJECT, name="one_subject"),
        CheckConstraint("(kind = 'resident') = (person_id IS NOT NULL) AND (kind = 'household') = (household_id IS NOT NULL)",
                        name="kind_fits"),
        *(Index(f"uq_credit_files_{column}", column, unique=True, sqlite_where=text(f"{column} IS NOT NULL"),
                postgresql_where=text(f"{column} IS NOT NULL")) for column in SUBJECT_COLUMN.values()),
        Index("ix_credit_files_area_id_kind_id", "area_id", "kind", "id"),
        Index("uq_credit_files_id_kind", "id", "kind", unique=True),
    )

    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    merchant_id: Mapped[UUID | None] = mapped_column(ForeignKey("merchants.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    without_volunteering: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime]

    area: Mapped[Area] = relationship()
    enrolments: Mapped[list["Enrolment"]] = relationship(viewonly=True)


class Enrolment(Keyed, db.Model):
    """From the day of joining to the day before leaving. Joining is a wish, and so is leaving: nothing is lost by either.

    `area_id`: where the file was then, if it has moved on since.
    """

    __tablename__ = "credit_enrolments"
    __table_args__ = (
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),
        CheckConstraint("(left_on IS NULL) = (left_at IS NULL)", name="left_whole"),
        Index("ix_credit_enrolments_file_id_joined_on", "file_id", "joined_on"),
        Index("uq_credit_enrolments_live", "file_id", unique=True, sqlite_where=text("left_on IS NULL"),
              postgresql_where=text("left_on IS NULL")),
    )

    file_id: Mapped[UUID] = mapped_column(ForeignKey("credit_files.id"))
    joined_on: Mapped[date]
    joined_at: Mapped[datetime]
    joined_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    text_version: Mapped[str] = mapped_column(String(20))
    left_on: Mapped[date | None]
    left_at: Mapped[datetime | None]
    left_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("areas.id"))

    area: Mapped[Area | None] = relationship(viewonly=True)


JOINED_HOW = ("founded", "born", "married_in", "moved_in", "split")
LEFT_HOW = ("married_out", "moved_out", "split", "died")


class HouseholdMember(Keyed, db.Model):
    """A person is of one household at a time, from a day to the day before another."""

    __tablename__ = "household_members"
    __table_args__ = (
        one_of("joined_how", JOINED_HOW), one_of("left_how", LEFT_HOW),
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),
        CheckConstraint("(left_on IS NULL) = (left_how IS NULL)", name="left_whole"),
        Index("ix_household_members_household_id_joined_on", "household_id", "joined_on"),
        Index("uq_household_members_live", "person_id", unique=True, sqlite_where=text("left_on IS NULL"),
              postgresql_where=text("left_on IS NULL")),
        Index("ix_household_members_person_id_joined_on", "person_id", "joined_on"),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    joined_on: Mapped[date]
    joined_how: Mapped[str] = mapped_column(String(12), default="moved_in")
    left_on: Mapped[date | None]
    left_how: Mapped[str | None] = mapped_column(String(12))


class FactKind(enum.StrEnum):
    """What a household's file says besides deeds; a merchant's has `licence` alone."""

    REGISTRATION = "registration"
    CONTRACTED_LAND = "contracted_land"
    PLANTING = "planting"
    LIVESTOCK = "livestock"
    LEASE_IN = "lease_in"
    LEASE_OUT = "lease_out"
    LOAN = "loan"
    LICENCE = "licence"


UNITS = ("none", "mu_hundredths", "head", "fen", "kg", "persons")


class FileFact(Keyed, db.Model):
    """A line of the file that counts for nothing: land, a herd, a loan. Corrected by ending it and writing another."""

    __tablename__ = "credit_file_facts"
    __table_args__ = (one_of("kind", FactKind), one_of("unit", UNITS), CheckConstraint("quantity >= 0", name="quantity_not_negative"),
                      Index("ix_credit_file_facts_file_id_id", "file_id", "id"))

    file_id: Mapped[UUID] = mapped_column(ForeignKey("credit_files.id"))
    kind: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int] = mapped_column(default=0)
    unit: Mapped[str] = mapped_column(String(15), default="none")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200))
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
