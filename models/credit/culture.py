"""Credit as culture: honours shown with consent alone, pages to learn from with their quizzes, and a calendar of days."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.db import Keyed, Versioned, db


class Honour(Keyed, db.Model):
    """Somebody is to be named in public: proposed, agreed to by themselves for this one honour, shown, and taken away when they wish."""

    __tablename__ = "honours"
    __table_args__ = (
        CheckConstraint("published_at IS NULL OR consented_at IS NOT NULL", name="shown_with_consent"),
        CheckConstraint("consented_at IS NULL OR refused_at IS NULL", name="one_answer"),
        Index("ix_honours_area_id_id", "area_id", "id"), Index("ix_honours_person_id_id", "person_id", "id"),
    )

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200))
    reason_zh: Mapped[str] = mapped_column(String(500))
    reason_en: Mapped[str] = mapped_column(String(500))
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]


class KnowledgePage(Keyed, Versioned, db.Model):
    """A page to read, in both languages, and what may be asked about it afterwards. Nobody gets points for it."""

    __tablename__ = "knowledge_pages"
    __table_args__ = (Index("ix_knowledge_pages_area_id_id", "area_id", "id"),)

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200))
    body_zh: Mapped[str]
    body_en: Mapped[str]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    questions: Mapped[list["QuizQuestion"]] = relationship(order_by="QuizQuestion.place", viewonly=True)


class QuizQuestion(Keyed, db.Model):
    """`choices`: what may be answered, each in both languages; `right_place` is the place of the right one, from 0."""

    __tablename__ = "quiz_questions"
    __table_args__ = (CheckConstraint("right_place >= 0", name="right_is_a_place"),
                      Index("uq_quiz_questions_page_id_place", "page_id", "place", unique=True))

    page_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_pages.id"))
    place: Mapped[int]
    asks_zh: Mapped[str] = mapped_column(String(300))
    asks_en: Mapped[str] = mapped_column(String(300))
    choices: Mapped[list]
    right_place: Mapped[int]
    because_zh: Mapped[str] = mapped_column(String(500), default="")
    because_en: Mapped[str] = mapped_column(String(500), default="")


class CultureDay(Keyed, db.Model):
    """A day, or several, of a community's culture calendar."""

    __tablename__ = "culture_days"
    __table_args__ = (CheckConstraint("until_on >= on_day", name="ends_after_beginning"),
                      Index("ix_culture_days_area_id_on_day_id", "area_id", "on_day", "id"))

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    on_day: Mapped[date]
    until_on: Mapped[date]
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(200))
    about_zh: Mapped[str] = mapped_column(String(500), default="")
    about_en: Mapped[str] = mapped_column(String(500), default="")
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
