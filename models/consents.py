import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Keyed, db, one_of


class Purpose(enum.StrEnum):
    """What a person is asked for, each by itself."""

    LOCATION = "location"
    WECHAT_MESSAGES = "wechat_messages"
    PHONE_NUMBER = "phone_number"


class Consent(Keyed, db.Model):
    """A consent given to a version of the text, and its end; a refusal was never given. Rows are added and ended, never changed."""

    __tablename__ = "consents"
    __table_args__ = (
        one_of("purpose", Purpose),
        CheckConstraint("given_at IS NOT NULL OR withdrawn_at IS NOT NULL", name="given_or_refused"),
        Index("ix_consents_person_id_id", "person_id", "id"),
        Index("uq_consents_live", "person_id", "purpose", unique=True,
              sqlite_where=text("withdrawn_at IS NULL"), postgresql_where=text("withdrawn_at IS NULL")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    text_version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
