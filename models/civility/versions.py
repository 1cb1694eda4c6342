"""What is measured: a version's weighted tree. Once published it stays as it is; the database says so too."""
import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.db import Keyed, Versioned, db, one_of

WHOLE = 10_000  # hundredths of a per cent, and of a mark


class VersionStatus(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Part(enum.StrEnum):
    """Whose conduct a leaf is about: 个人、家庭、社区、单位."""

    PERSONAL = "personal"
    HOUSEHOLD = "household"
    COMMUNITY = "community"
    WORKPLACE = "workplace"


class Method(enum.StrEnum):
    CHAIN = "chain"
    FIELD_SURVEY = "field_survey"
    QUESTIONNAIRE = "questionnaire"
    DEPARTMENT = "department"


class Measure(enum.StrEnum):
    """What is counted from the chain (services/civility/measures.py says how)."""

    VOLUNTEER_HOURS = "volunteer_hours"
    RESIDENTS_TOOK_PART = "residents_took_part"
    HOUSEHOLDS_TOOK_PART = "households_took_part"
    EVENTS_HELD = "events_held"
    RECORDS_SCANNED = "records_scanned"
    OBJECTIONS_IN_TIME = "objections_in_time"
    SHOPS_TOOK_PART = "shops_took_part"


class Answers(enum.StrEnum):
    """How a leaf's items are answered: residents from 1 to 5, or yes or no; a surveyor says whether it is met."""

    SCALE = "scale"
    YES_NO = "yes_no"
    CHECK = "check"


class CivilityVersion(Keyed, Versioned, db.Model):
    """What an area measures itself and what lies in it by. One is in use at a time; those before it are kept."""

    __tablename__ = "civility_versions"
    __table_args__ = (
        one_of("status", VersionStatus), UniqueConstraint("area_id", "number"),
        CheckConstraint("(status = 'draft') = (published_at IS NULL)", name="published_has_time"),
        Index("uq_civility_versions_in_use", "area_id", unique=True,
              sqlite_where=text("status = 'published'"), postgresql_where=text("status = 'published'")),
    )

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    number: Mapped[int]
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10), default=VersionStatus.DRAFT)
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    published_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    area: Mapped[Area] = relationship()
    nodes: Mapped[list["CivilityNode"]] = relationship(viewonly=True)

    @property
    def tree(self) -> list["CivilityNode"]:
        """The nodes in the order of their codes."""
        return sorted(self.nodes, key=lambda node: code_order(node.code))


def code_order(code: str) -> tuple[int, ...]:
    """So that 2.10 comes after 2.9."""
    return tuple(int(number) for number in code.split("."))


class CivilityNode(Keyed, db.Model):
    """A branch, or a leaf: what has a method. `2.3` lies below `2`; the weights below one node are 10,000 together.

    The scale turns a leaf's value into its mark: 0 at `scale_from`, 100 at `scale_to`, which may be the smaller. Values, marks and
    weights are hundredths throughout.
    """

    __tablename__ = "civility_nodes"
    __table_args__ = (
        UniqueConstraint("version_id", "code"), one_of("part", Part), one_of("method", Method), one_of("measure", Measure),
        one_of("answers", Answers),
        CheckConstraint("weight_hundredths BETWEEN 1 AND 10000", name="weight_possible"),
        CheckConstraint("(method IS NULL) = (part IS NULL)", name="leaf_has_part"),
        CheckConstraint("(method IS NULL) = (scale_from_hundredths IS NULL) AND (method IS NULL) = (scale_to_hundredths IS NULL)",
                        name="leaf_has_scale"),
        CheckConstraint("scale_from_hundredths <> scale_to_hundredths", name="scale_goes_somewhere"),
        CheckConstraint("(coalesce(method, '') = 'chain') = (measure IS NOT NULL)", name="chain_has_measure"),
        CheckConstraint("(coalesce(method, '') IN ('field_survey', 'questionnaire')) = (answers IS NOT NULL)", name="asked_has_answers"),
        CheckConstraint("(coalesce(method, '') = 'field_survey') = (coalesce(answers, '') = 'check')", name="surveyor_checks"),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("civility_versions.id"))
    code: Mapped[str] = mapped_column(String(20))
    parent_code: Mapped[str] = mapped_column(String(20))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    weight_hundredths: Mapped[int]
    part: Mapped[str | None] = mapped_column(String(10))
    method: Mapped[str | None] = mapped_column(String(15))
    measure: Mapped[str | None] = mapped_column(String(30))
    answers: Mapped[str | None] = mapped_column(String(10))
    scale_from_hundredths: Mapped[int | None]
    scale_to_hundredths: Mapped[int | None]
    evidence_zh: Mapped[str] = mapped_column(default="")
    evidence_en: Mapped[str] = mapped_column(default="")
    items: Mapped[list] = mapped_column(default=list)  # {"zh", "en"} of each question, or of each line of a checklist

    @property
    def is_leaf(self) -> bool:
        return self.method is not None
