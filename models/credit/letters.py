"""Reference letters: who may receive one and for what, what one says, and who looked at it."""
import enum
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.db import Keyed, Versioned, db, one_of

LETTER_DAYS = 60  # that a letter holds
LINES = 2  # that a letter has; one more where something behind it was under objection


class LetterPurpose(enum.StrEnum):
    """The reward's scene that a receiver grants: one purpose a receiver, one purpose a letter."""

    FARM_LOAN = "farm_loan"
    RENT_DEPOSIT = "rent_deposit"
    MEDICAL_DEPOSIT = "medical_deposit"
    LIBRARY_DEPOSIT = "library_deposit"
    SUBSIDY = "subsidy"


class LetterReceiver(Keyed, Versioned, db.Model):
    """A bank, a landlord's agency, a hospital, a library, an office: registered for one purpose. It never gets a score.

    `from_grade` as a reward's: a code, by the version that a file's score is by.
    """

    __tablename__ = "letter_receivers"
    __table_args__ = (
        one_of("purpose", LetterPurpose),
        Index("ix_letter_receivers_area_id_id", "area_id", "id"),
        Index("uq_letter_receivers_live", "area_id", "uscc", "purpose", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    name: Mapped[str] = mapped_column(String(120))
    uscc: Mapped[str] = mapped_column(String(18))
    purpose: Mapped[str] = mapped_column(String(20))
    from_grade: Mapped[str] = mapped_column(String(10))
    offers_zh: Mapped[str] = mapped_column(String(300))
    offers_en: Mapped[str] = mapped_column(String(300))
    registered_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    registered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Letter(Keyed, Versioned, db.Model):
    """`says` is all that its receiver sees, and exactly what its subject saw before sending it. Written once, then sent, withdrawn, or past.

    `lapsed_at`: when it was found that what it says holds no longer, since something behind it lapsed.
    """

    __tablename__ = "letters"
    __table_args__ = (
        one_of("status", ("draft", "sent", "withdrawn")),
        CheckConstraint("(status = 'draft') = (sent_at IS NULL)", name="sent_whole"),
        CheckConstraint("(status = 'draft') = (code_hash IS NULL)", name="code_when_sent"),
        Index("ix_letters_file_id_id", "file_id", "id"), Index("uq_letters_code_hash", "code_hash", unique=True),
    )

    file_id: Mapped[UUID] = mapped_column(ForeignKey("credit_files.id"))
    receiver_id: Mapped[UUID] = mapped_column(ForeignKey("letter_receivers.id"))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    says: Mapped[dict]
    expires_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default="draft")
    code_hash: Mapped[bytes | None]
    sent_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]

    @property
    def asked_on(self) -> date:
        return self.expires_on - timedelta(days=LETTER_DAYS)

    @property
    def notes_objection(self) -> bool:
        """Whether it says that something behind it was under objection."""
        return len(self.says["zh"]) > LINES

    @property
    def without_note(self) -> dict:
        return {language: lines[:LINES] for language, lines in self.says.items()}

    receiver: Mapped[LetterReceiver] = relationship(viewonly=True, lazy="joined", innerjoin=True)


class LetterLook(Keyed, db.Model):
    """Somebody opened a letter by its code."""

    __tablename__ = "letter_looks"
    __table_args__ = (Index("ix_letter_looks_letter_id_id", "letter_id", "id"),)

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"))
    at: Mapped[datetime]


class Recall(Keyed, db.Model):
    """What a receiver was given holds no longer, or otherwise: it is told, and says that it has heard."""

    __tablename__ = "recalls"
    __table_args__ = (one_of("why", ("repaired", "objection_upheld", "lapsed", "left", "withdrawn", "voided")),
                      Index("ix_recalls_letter_id_id", "letter_id", "id"),
                      Index("uq_recalls_unheard", "letter_id", "why", unique=True, sqlite_where=text("acknowledged_at IS NULL"),
                            postgresql_where=text("acknowledged_at IS NULL")))

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id"))
    why: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
