"""What credit opens (rewards, by a rulebook), and what limits somebody (constraints, by law alone); inspections; support lists."""
import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, case, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from models.areas import Area
from models.credit.files import Enrolment, SubjectKind
from models.db import Keyed, Versioned, checked_state, db, in_words, one_of
from models.wechat import CheckState


class RewardScene(enum.StrEnum):
    """Where a grade opens something."""

    POINTS_MULTIPLIER = "points_multiplier"
    EVENT_PRIORITY = "event_priority"
    SUPPORT_LIST = "support_list"
    RENT_DEPOSIT = "rent_deposit"
    MEDICAL_DEPOSIT = "medical_deposit"
    LIBRARY_DEPOSIT = "library_deposit"
    CARE_SERVICE = "care_service"
    FARM_PRODUCE_ZONE = "farm_produce_zone"
    MARKET_STALL = "market_stall"
    PROCUREMENT = "procurement"
    FARM_LOAN = "farm_loan"


class Reward(Keyed, Versioned, db.Model):
    """Open to files of a rulebook's kind from a grade on, for so long. `percent` is a multiplier's: 110 gives a tenth more.

    `from_grade` is a grade's code, and counts by the version that a file's score is by: open to that grade there and to the better ones, to
    nobody where it has no grade of this code. Empty where a rank was named before, and no version said whose.
    """

    __tablename__ = "rewards"
    __table_args__ = (
        one_of("scene", RewardScene),
        CheckConstraint("(scene = 'points_multiplier') = (percent IS NOT NULL)", name="percent_of_multiplier"),
        CheckConstraint("percent IS NULL OR percent BETWEEN 101 AND 200", name="percent_likely"),
        CheckConstraint("until_on IS NULL OR until_on > from_on", name="ends_after_beginning"),
        Index("ix_rewards_rulebook_id_scene", "rulebook_id", "scene"),
    )

    rulebook_id: Mapped[UUID] = mapped_column(ForeignKey("rulebooks.id"))
    scene: Mapped[str] = mapped_column(String(20))
    from_grade: Mapped[str] = mapped_column(String(10))
    percent: Mapped[int | None]
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200))
    terms_zh: Mapped[str] = mapped_column(default="")
    terms_en: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]


class ConstraintList(Keyed, db.Model):
    """A list of measures that law allows: its edition and authority. A measure that stands on none cannot be kept (国办发〔2020〕49号)."""

    __tablename__ = "constraint_lists"
    __table_args__ = (
        CheckConstraint("length(name) >= 4 AND length(authority) >= 2 AND length(edition) >= 4", name="named"),
        CheckConstraint("ended_on IS NULL OR ended_on >= in_force_from", name="ends_after_beginning"),
        UniqueConstraint("id", "for_persons", name="uq_constraint_lists_id_for_persons"),
    )

    name: Mapped[str] = mapped_column(String(200))
    authority: Mapped[str] = mapped_column(String(120))
    edition: Mapped[str] = mapped_column(String(40))
    for_persons: Mapped[bool]
    in_force_from: Mapped[date]
    ended_on: Mapped[date | None]
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime]


class ConstraintScene(enum.StrEnum):
    """What may be limited. No basic public service is here (school, care, insurance, allowance, water, light, heat, legal aid, papers),
    so none can be limited."""

    SUPPORT_LIST = "support_list"
    PROCUREMENT = "procurement"
    MARKET_STALL = "market_stall"
    HONOURS = "honours"
    SUBSIDY = "subsidy"
    MORE_INSPECTIONS = "more_inspections"
    FAST_LANE = "fast_lane"


class RepairClass(enum.StrEnum):
    """How grave (信用修复管理办法, 2026): the shortest and the longest time that something counts."""

    MINOR = "minor"
    ORDINARY = "ordinary"
    SERIOUS = "serious"


TERMS = {RepairClass.MINOR: (0, 3), RepairClass.ORDINARY: (3, 12), RepairClass.SERIOUS: (12, 36)}  # months


class Constraint(Keyed, Versioned, db.Model):
    """One subject is limited in one scene until a day, on facts, by a decision, on a list, by a law that is named. Else it is no row."""

    __tablename__ = "constraints"
    __table_args__ = (
        one_of("scene", ConstraintScene), one_of("kind", SubjectKind), one_of("grade_class", RepairClass),
        ForeignKeyConstraint(["file_id", "kind"], ["credit_files.id", "credit_files.kind"], name="fk_constraints_file_id_kind"),
        ForeignKeyConstraint(["list_id", "list_for_persons"], ["constraint_lists.id", "constraint_lists.for_persons"],
                             name="fk_constraints_list_id_for_persons"),
        CheckConstraint(in_words("legal_basis", 6), name="legal_basis_given"),
        CheckConstraint(f"{in_words('scope_zh', 2)} AND {in_words('scope_en', 2)}", name="scope_given"),
        CheckConstraint(f"{in_words('decision', 4)} AND {in_words('facts', 4)}", name="decision_and_facts_given"),
        CheckConstraint(f"kind = 'merchant' OR (list_for_persons AND person_basis IS NOT NULL AND {in_words('person_basis', 6)})",
                        name="persons_by_their_own_basis"),
        CheckConstraint("ends_on > from_on", name="ends_after_beginning"),
        CheckConstraint("(grade_class = 'minor' AND months BETWEEN 1 AND 3) OR (grade_class = 'ordinary' AND months BETWEEN 3 AND 12)"
                        " OR (grade_class = 'serious' AND months BETWEEN 12 AND 36)", name="in_proportion"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_whole"),
        CheckConstraint("confirmed_by_id <> entered_by_id", name="confirmed_by_another"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_reason IS NULL)", name="lifted_whole"),
        Index("ix_constraints_file_id", "file_id"), Index("ix_constraints_area_id_id", "area_id", "id"),
    )

    file_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(10))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    scene: Mapped[str] = mapped_column(String(20))
    list_id: Mapped[UUID]
    list_for_persons: Mapped[bool]
    legal_basis: Mapped[str] = mapped_column(String(300))
    person_basis: Mapped[str | None] = mapped_column(String(300))
    facts: Mapped[str] = mapped_column(String(1000))
    decision: Mapped[str] = mapped_column(String(200))
    scope_zh: Mapped[str] = mapped_column(String(300))
    scope_en: Mapped[str] = mapped_column(String(300))
    grade_class: Mapped[str] = mapped_column(String(10))
    months: Mapped[int]
    from_on: Mapped[date]
    ends_on: Mapped[date]
    entered_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_reason: Mapped[str | None] = mapped_column(String(500))

    list: Mapped[ConstraintList] = relationship(viewonly=True, primaryjoin="Constraint.list_id == ConstraintList.id",
                                                foreign_keys="Constraint.list_id")


class InspectionPlan(Keyed, db.Model):
    """Which merchants are visited in a time, drawn by a seed that is told: of the better grades fewer (分级分类监管, 双随机)."""

    __tablename__ = "inspection_plans"
    __table_args__ = (CheckConstraint("until_on > from_on", name="ends_after_beginning"), Index("ix_inspection_plans_area_id_id", "area_id", "id"))

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_versions.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    seed: Mapped[str] = mapped_column(String(64))
    shares: Mapped[list]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]

    area: Mapped[Area] = relationship()


class Inspection(Keyed, db.Model):
    """One merchant of a plan, and what was found there, written once."""

    __tablename__ = "inspections"
    __table_args__ = (
        one_of("result", ("clean", "minor_fault", "serious_fault")),
        CheckConstraint("(result IS NULL) = (done_on IS NULL)", name="done_whole"),
        Index("uq_inspections_plan_id_file_id", "plan_id", "file_id", unique=True),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("inspection_plans.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("credit_files.id"))
    grade_rank: Mapped[int]
    result: Mapped[str | None] = mapped_column(String(15))
    found: Mapped[str | None] = mapped_column(String(1000))
    done_on: Mapped[date | None]
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime | None]


class SupportList(Keyed, Versioned, db.Model):
    """Support that a community may give to so many (industry, interest subsidies, allowances, procurement): applied for, reviewed, told why."""

    __tablename__ = "support_lists"
    __table_args__ = (
        one_of("support", ("industry", "interest_subsidy", "allowance", "procurement")), one_of("kind", SubjectKind),
        CheckConstraint("places > 0 AND granted >= 0 AND granted <= places", name="places_held"),
        CheckConstraint("closes_on > opens_on", name="closes_after_opening"), Index("ix_support_lists_area_id_id", "area_id", "id"),
    )

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    kind: Mapped[str] = mapped_column(String(10))
    support: Mapped[str] = mapped_column(String(20))
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200))
    places: Mapped[int]
    granted: Mapped[int] = mapped_column(default=0)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]


class SupportApplication(Keyed, db.Model):
    """Asked for by whose file it is, who thereby lets the reviewers see its grade; decided with a reason that is shown."""

    __tablename__ = "support_applications"
    __table_args__ = (
        one_of("status", ("open", "granted", "declined", "withdrawn")), one_of("text_state", CheckState),
        CheckConstraint("(status IN ('granted', 'declined')) = (reason IS NOT NULL)", name="decided_with_reason"),
        Index("ix_support_applications_list_id_grade_rank_id", "list_id", "grade_rank", "id"),
        Index("ix_support_applications_by_id_id", "by_id", "id"),
        Index("uq_support_applications_live", "list_id", "file_id", unique=True, sqlite_where=text("status <> 'withdrawn'"),
              postgresql_where=text("status <> 'withdrawn'")),
    )

    list_id: Mapped[UUID] = mapped_column(ForeignKey("support_lists.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("credit_files.id"))
    grade_rank: Mapped[int | None]
    asked: Mapped[str] = mapped_column(String(1000))
    text_state: Mapped[str] = checked_state()
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    status: Mapped[str] = mapped_column(String(10), default="open")
    reason: Mapped[str | None] = mapped_column(String(500))
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]


SupportApplication.shown_rank = column_property(case((
    select(Enrolment.id).where(Enrolment.file_id == SupportApplication.file_id, Enrolment.left_on.is_(None)).correlate_except(Enrolment).exists(),
    SupportApplication.grade_rank)))  # of who has left the scheme nobody sees the grade any more
