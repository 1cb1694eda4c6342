"""Repair of credit, personal plans of people under community correction, and the days on which offices work."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.credit.measures import RepairClass
from models.db import Keyed, Versioned, checked_state, db, one_of
from models.wechat import CheckState


class Repair(Keyed, db.Model):
    """Asked for by whose file it is, with a pledge and what shows that the duty is done; decided by somebody else, in writing."""

    __tablename__ = "repairs"
    __table_args__ = (
        one_of("status", ("open", "granted", "refused", "withdrawn")), one_of("grade_class", RepairClass), one_of("text_state", CheckState),
        CheckConstraint("length(trim(pledge)) >= 10", name="pledged"),
        CheckConstraint("(status IN ('granted', 'refused')) = (decided_reason IS NOT NULL)", name="decided_in_writing"),
        Index("uq_repairs_open", "entry_id", unique=True, sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
        Index("ix_repairs_area_id_status_due_on_id", "area_id", "status", "due_on", "id"), Index("ix_repairs_entry_id", "entry_id"),
        Index("ix_repairs_by_id_id", "by_id", "id"),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("credit_entries.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    grade_class: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    pledge: Mapped[str] = mapped_column(String(1000))
    evidence: Mapped[str] = mapped_column(String(1000))
    text_state: Mapped[str] = checked_state()
    at: Mapped[datetime]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default="open")
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_reason: Mapped[str | None] = mapped_column(String(1000))

    @property
    def words(self) -> str:
        """What its writer says: looked at as one, shown or hidden as one."""
        return f"{self.pledge}\n{self.evidence}"


class CorrectionPlan(Keyed, Versioned, db.Model):
    """The way back of somebody under community correction. Only who runs it, and who it is about, knows that it is there."""

    __tablename__ = "correction_plans"
    __table_args__ = (
        one_of("status", ("running", "done", "ended")), CheckConstraint("until_on > from_on", name="ends_after_beginning"),
        CheckConstraint("service_minutes > 0", name="service_asked"),
        Index("uq_correction_plans_running", "person_id", unique=True, sqlite_where=text("status = 'running'"),
              postgresql_where=text("status = 'running'")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    service_minutes: Mapped[int]
    aims: Mapped[str] = mapped_column(String(1000))
    status: Mapped[str] = mapped_column(String(10), default="running")
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    runners: Mapped[list["PlanRunner"]] = relationship(viewonly=True)


class PlanRunner(db.Model):
    """Who runs a plan, and so may see it."""

    __tablename__ = "plan_runners"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("correction_plans.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)


class PlanStep(Keyed, db.Model):
    """What happened in a plan: a rule kept or broken, service done, work found. Only added."""

    __tablename__ = "plan_steps"
    __table_args__ = (one_of("kind", ("rule_kept", "rule_broken", "service", "work_found")),
                      CheckConstraint("(kind = 'service') = (minutes IS NOT NULL)", name="minutes_of_service"),
                      Index("ix_plan_steps_plan_id_id", "plan_id", "id"))

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("correction_plans.id"))
    kind: Mapped[str] = mapped_column(String(12))
    on_day: Mapped[date]
    minutes: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class CalendarDay(Versioned, db.Model):
    """A day that an administrator has corrected: worked or free, whatever the packaged calendar says."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_worked: Mapped[bool]
    note: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
