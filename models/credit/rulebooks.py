"""Rulebooks: versions with their tree of indicators and their grades, what was said of a draft, and how it was voted."""
import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.credit.entries import Measured
from models.credit.files import SubjectKind
from models.db import Keyed, Versioned, checked_state, db, one_of
from models.wechat import CheckState

OWN_ITEMS_MOST, OWN_CENTIPOINTS_MOST = 5, 200  # of a village's own: so many plus, so many minus, of at most 2 points each


class RulebookStatus(enum.StrEnum):
    """`published` with its day to come or past: what is in force on a day is told by the days, not by a status."""

    DRAFT = "draft"
    CONSULTED = "consulted"
    VOTED = "voted"
    PUBLISHED = "published"
    DROPPED = "dropped"


class Layer(enum.StrEnum):
    """Whose an indicator is: the district's template, shared by several communities, or the community's or village's own."""

    DISTRICT = "district"
    SHARED = "shared"
    OWN = "own"


class Rulebook(Keyed, db.Model):
    """One for each kind of file in an area; its versions follow one another."""

    __tablename__ = "rulebooks"
    __table_args__ = (one_of("kind", SubjectKind), Index("uq_rulebooks_area_id_kind", "area_id", "kind", unique=True))

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    kind: Mapped[str] = mapped_column(String(10))
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]

    area: Mapped[Area] = relationship()


class RulebookVersion(Keyed, Versioned, db.Model):
    """Immutable from its publication on. All points are hundredths (`centipoints`): no score ever needs rounding."""

    __tablename__ = "rulebook_versions"
    __table_args__ = (
        one_of("status", RulebookStatus),
        CheckConstraint("base_centipoints >= 0 AND base_centipoints <= most_centipoints", name="base_within_most"),
        CheckConstraint("(status = 'published') = (in_force_from IS NOT NULL)", name="published_with_its_day"),
        CheckConstraint("retired_on IS NULL OR retired_on >= in_force_from", name="retired_after_force"),
        CheckConstraint("consulted_until IS NULL OR consulted_until > consulted_from", name="consulted_for_days"),
        CheckConstraint("votes_for IS NULL OR (votes_for >= 0 AND votes_against >= 0 AND present >= votes_for + votes_against"
                        " AND eligible >= present)", name="votes_add_up"),
        Index("uq_rulebook_versions_live", "rulebook_id", unique=True, sqlite_where=text("status = 'published' AND retired_on IS NULL"),
              postgresql_where=text("status = 'published' AND retired_on IS NULL")),
        Index("uq_rulebook_versions_rulebook_id_number", "rulebook_id", "number", unique=True),
    )

    rulebook_id: Mapped[UUID] = mapped_column(ForeignKey("rulebooks.id"))
    number: Mapped[int]
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("rulebook_versions.id"))
    status: Mapped[str] = mapped_column(String(10), default=RulebookStatus.DRAFT)
    base_centipoints: Mapped[int]
    most_centipoints: Mapped[int]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    consulted_from: Mapped[date | None]
    consulted_until: Mapped[date | None]
    voted_on: Mapped[date | None]
    voters: Mapped[str | None] = mapped_column(String(10))
    eligible: Mapped[int | None]
    present: Mapped[int | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    minutes: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    in_force_from: Mapped[date | None]
    retired_on: Mapped[date | None]

    rulebook: Mapped[Rulebook] = relationship()
    indicators: Mapped[list["Indicator"]] = relationship(order_by="Indicator.place", viewonly=True)
    grades: Mapped[list["Grade"]] = relationship(order_by="Grade.rank", viewonly=True)

    def grade(self, code: str) -> "Grade | None":
        """Its grade of this code, if it has one."""
        return next((grade for grade in self.grades if grade.code == code), None)

    def reaches(self, rank: int, code: str) -> bool:
        """Whether who has this rank has the grade of this code or a better one. Nobody has, where there is none of this code."""
        last = self.grade(code)
        return last is not None and rank <= last.rank


class Indicator(Keyed, db.Model):
    """A branch of the tree (no `each_centipoints`) or an item below one.

    An entry brings `each_centipoints` for every whole `per_quantity` of its quantity, at most `deed_most` for one deed, and all
    entries of the item together at most `most`; a branch lets through at most `most` above and `least` below nought. It counts for
    `term_months` from the day it happened (null: for good). `doubles`: the same fault again while the one before still counts, counts
    twice. `grade_rank`: who did this has that grade as long as it counts. `not_before_force`: a fault that no earlier version knew; what
    happened before this version's first day is none. `repair_class`: how grave a fault is, and so from when it may be repaired.
    `asked`: what neighbours are asked of a household in a round of reviews, whose result alone is an entry of this item; it only gives.
    """

    __tablename__ = "indicators"
    __table_args__ = (
        one_of("layer", Layer), one_of("measured", Measured),
        CheckConstraint("(parent_id IS NULL) = (each_centipoints IS NULL)", name="branch_or_item"),
        CheckConstraint("each_centipoints IS NULL OR per_quantity > 0", name="item_is_counted"),
        CheckConstraint("term_months IS NULL OR term_months > 0", name="term_positive"),
        CheckConstraint("most IS NULL OR most >= 0", name="most_not_negative"),
        CheckConstraint("least IS NULL OR least <= 0", name="least_not_positive"),
        CheckConstraint("deed_most IS NULL OR deed_most > 0", name="deed_most_positive"),
        CheckConstraint("NOT doubles OR each_centipoints < 0", name="only_faults_double"),
        CheckConstraint("each_centipoints >= 0 OR term_months IS NOT NULL", name="faults_lapse"),
        CheckConstraint(f"(layer = 'own' AND each_centipoints IS NOT NULL) = (own_slot IS NOT NULL)"
                        f" AND (own_slot IS NULL OR own_slot BETWEEN 1 AND {OWN_ITEMS_MOST})", name="own_items_few"),
        CheckConstraint(f"own_slot IS NULL OR abs(each_centipoints) <= {OWN_CENTIPOINTS_MOST}"
                        f" AND coalesce(deed_most, abs(each_centipoints)) <= {OWN_CENTIPOINTS_MOST}", name="own_items_small"),
        Index("uq_indicators_version_id_code", "version_id", "code", unique=True),
        Index("uq_indicators_own_plus", "version_id", "own_slot", unique=True, sqlite_where=text("each_centipoints > 0"),
              postgresql_where=text("each_centipoints > 0")),
        Index("uq_indicators_own_minus", "version_id", "own_slot", unique=True, sqlite_where=text("each_centipoints <= 0"),
              postgresql_where=text("each_centipoints <= 0")),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_versions.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("indicators.id"))
    place: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    layer: Mapped[str] = mapped_column(String(10))
    own_slot: Mapped[int | None]
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(200))
    measured: Mapped[str | None] = mapped_column(String(10))
    each_centipoints: Mapped[int | None]
    per_quantity: Mapped[int | None]
    deed_most: Mapped[int | None]
    most: Mapped[int | None]
    least: Mapped[int | None]
    term_months: Mapped[int | None]
    doubles: Mapped[bool] = mapped_column(default=False)
    grade_rank: Mapped[int | None]
    repair_class: Mapped[str | None] = mapped_column(String(10))
    not_before_force: Mapped[bool] = mapped_column(default=False)
    evidence_zh: Mapped[str] = mapped_column(default="")
    evidence_en: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default="")
    asked_zh: Mapped[str] = mapped_column(default="", server_default=text("''"))
    asked_en: Mapped[str] = mapped_column(default="", server_default=text("''"))


class Grade(Keyed, db.Model):
    """From `from_centipoints` up to below the next better one. Rank 1 is the best."""

    __tablename__ = "grades"
    __table_args__ = (Index("uq_grades_version_id_rank", "version_id", "rank", unique=True),
                      Index("uq_grades_version_id_code", "version_id", "code", unique=True),
                      CheckConstraint("from_centipoints >= 0 AND (below_centipoints IS NULL OR below_centipoints > from_centipoints)",
                                      name="band"))

    version_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_versions.id"))
    rank: Mapped[int]
    code: Mapped[str] = mapped_column(String(10))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(100))
    opens_zh: Mapped[str] = mapped_column(default="")
    opens_en: Mapped[str] = mapped_column(default="")
    from_centipoints: Mapped[int]
    below_centipoints: Mapped[int | None]


class VersionComment(Keyed, db.Model):
    """What somebody said of a draft while it was consulted, and what came of it. Kept with the version."""

    __tablename__ = "rulebook_comments"
    __table_args__ = (one_of("text_state", CheckState), Index("ix_rulebook_comments_version_id_id", "version_id", "id"))

    version_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_versions.id"))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    said: Mapped[str]
    text_state: Mapped[str] = checked_state()
    at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]


class TrialRun(Keyed, db.Model):
    """What a draft would have made of the entries there are: who would move, by group. `found` is the whole result, and empty until it is there."""

    __tablename__ = "rulebook_trials"
    __table_args__ = (Index("ix_rulebook_trials_version_id_id", "version_id", "id"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_versions.id"))
    on_day: Mapped[date]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    found: Mapped[dict]


class TrialTask(db.Model):
    """How far a trial run is: the last file that was looked at (`after`), and what was found so far. It is gone with the last one.

    `of_version`: the draft's version that is tried; a draft that was rewritten meanwhile is tried from the first file on.
    """

    __tablename__ = "rulebook_trial_tasks"
    __table_args__ = (CheckConstraint("files >= 0 AND done >= 0", name="counted"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_trials.id"), primary_key=True)
    of_version: Mapped[int]
    files: Mapped[int]
    done: Mapped[int]
    after: Mapped[UUID]
    so_far: Mapped[dict]


class Standing(db.Model):
    """A score as it was last worked out: a copy that may be thrown away, by which lists are sorted. What has an effect is worked out anew."""

    __tablename__ = "credit_standings"
    __table_args__ = (Index("ix_credit_standings_version_id_grade_rank", "version_id", "grade_rank"),)

    file_id: Mapped[UUID] = mapped_column(ForeignKey("credit_files.id"), primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("rulebook_versions.id"))
    on_day: Mapped[date]
    centipoints: Mapped[int]
    low: Mapped[int]
    high: Mapped[int]
    grade_rank: Mapped[int]
    worked_out_at: Mapped[datetime]


class Traits(db.Model):
    """What somebody said of themselves so that a draft can be tried for fairness. Shown to nobody else, used in sums over ten and more."""

    __tablename__ = "person_traits"
    __table_args__ = (one_of("sex", ("female", "male", "other")), one_of("hukou", ("here_rural", "here_urban", "elsewhere", "abroad")),
                      CheckConstraint("born_year BETWEEN 1900 AND 2100", name="born_year_likely"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    born_year: Mapped[int | None]
    sex: Mapped[str | None] = mapped_column(String(10))
    hukou: Mapped[str | None] = mapped_column(String(12))
    has_disability: Mapped[bool | None]
    told_at: Mapped[datetime]
