"""When it is measured, and what came out of it for each community."""
import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.civility.versions import CivilityNode, CivilityVersion
from models.db import Keyed, Versioned, db, one_of


class PeriodStatus(enum.StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


class CivilityPeriod(Keyed, Versioned, db.Model):
    """Days that are measured by one version. While it is open all is collected; closed, its figures stand; published, for ever."""

    __tablename__ = "civility_periods"
    __table_args__ = (
        one_of("status", PeriodStatus), UniqueConstraint("version_id", "first_on"),
        CheckConstraint("first_on <= last_on", name="days_in_order"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_has_time"),
        CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_has_time"),
        CheckConstraint("published_by_id <> closed_by_id", name="published_by_another"),
        Index("ix_civility_periods_area_id_first_on", "area_id", "first_on"),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("civility_versions.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default=PeriodStatus.OPEN)
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    published_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None]

    area: Mapped[Area] = relationship()
    civility_version: Mapped[CivilityVersion] = relationship()


class FigureState(enum.StrEnum):
    MEASURED = "measured"
    SUPPRESSED = "suppressed"  # over too few people: nothing of it is kept
    MISSING = "missing"  # nothing was there to measure


class CivilityFigure(Keyed, db.Model):
    """What a leaf came to in a community. Rows are only added: a corrected figure stands beside the one before it.

    `n`, `total` and `squares` are what it is made of (people, deeds, answers; their sum; the sum of their squares), so that value, mark
    and error can be worked out again to the last digit. `error_hundredths` is the mark's standard error; 0: everybody was counted.
    """

    __tablename__ = "civility_figures"
    __table_args__ = (
        one_of("state", FigureState), UniqueConstraint("period_id", "area_id", "node_id", "revision"),
        CheckConstraint("revision >= 1", name="revision_counts"),
        CheckConstraint("mark_hundredths BETWEEN 0 AND 10000", name="mark_possible"),
        CheckConstraint("(state = 'measured') = (value_hundredths IS NOT NULL) AND (state = 'measured') = (mark_hundredths IS NOT NULL)"
                        " AND (state = 'measured') = (error_hundredths IS NOT NULL)", name="measured_has_value"),
        CheckConstraint("state = 'measured' OR (n IS NULL AND people IS NULL AND total IS NULL AND squares IS NULL)", name="others_have_none"),
        CheckConstraint("people IS NULL OR people >= 10", name="of_ten_people"),
        CheckConstraint("(revision > 1) = (reason IS NOT NULL)", name="corrected_says_why"),
    )

    period_id: Mapped[UUID] = mapped_column(ForeignKey("civility_periods.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("civility_nodes.id"))
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10))
    n: Mapped[int | None]
    people: Mapped[int | None]
    total: Mapped[int | None]
    squares: Mapped[int | None]
    value_hundredths: Mapped[int | None]
    mark_hundredths: Mapped[int | None]
    error_hundredths: Mapped[int | None]
    evidence: Mapped[dict] = mapped_column(default=dict)
    reason: Mapped[str | None]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]

    node: Mapped[CivilityNode] = relationship()


class DepartmentFigure(Keyed, db.Model):
    """A department's figure for a leaf and a community: one enters it from a document, another confirms it."""

    __tablename__ = "civility_department_figures"
    __table_args__ = (
        one_of("status", ("entered", "confirmed", "withdrawn")),
        CheckConstraint("decided_by_id <> entered_by_id OR status <> 'confirmed'", name="confirmed_by_another"),
        CheckConstraint("(status = 'entered') = (decided_at IS NULL)", name="decided_has_time"),
        CheckConstraint("people >= 0", name="people_not_negative"),
        Index("uq_civility_department_figures_live", "period_id", "area_id", "node_id", unique=True,
              sqlite_where=text("status <> 'withdrawn'"), postgresql_where=text("status <> 'withdrawn'")),
        Index("ix_civility_department_figures_period_id_id", "period_id", "id"),
    )

    period_id: Mapped[UUID] = mapped_column(ForeignKey("civility_periods.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("civility_nodes.id"))
    value_hundredths: Mapped[int]
    people: Mapped[int | None]  # over how many people, households or firms it is; None: it is about none
    source: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10), default="entered")
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]

    period: Mapped[CivilityPeriod] = relationship()
    node: Mapped[CivilityNode] = relationship()
