"""What all processes share of the WeChat platform: the access token, codes drawn, pushes heard, texts and pictures checked."""
import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Keyed, db, one_of


class AccessToken(Keyed, db.Model):
    """One for each mini program. `lease_until` is the one fetcher's turn, or, without an owner, a rest after a failure."""

    __tablename__ = "wechat_access_tokens"
    __table_args__ = (CheckConstraint("forced_count >= 0", name="forced_count_not_negative"),)

    app_id: Mapped[str] = mapped_column(String(64), unique=True)
    data_key: Mapped[bytes]
    token_sealed: Mapped[bytes | None]
    fingerprint: Mapped[bytes | None]
    expires_at: Mapped[datetime | None]
    renew_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    forced_at: Mapped[datetime | None]
    forced_on: Mapped[date | None]
    forced_count: Mapped[int] = mapped_column(default=0)


class MiniProgramCode(db.Model):
    """A picture that WeChat drew, for ever good: drawn once for each scene, page and version."""

    __tablename__ = "mini_program_codes"

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    scene: Mapped[str] = mapped_column(String(32), primary_key=True)
    page: Mapped[str] = mapped_column(String(120), primary_key=True)
    env_version: Mapped[str] = mapped_column(String(10), primary_key=True)
    picture: Mapped[bytes]
    at: Mapped[datetime]


class PushReceipt(db.Model):
    """A push that was heard: the same one again, or another body under its signature, changes nothing. Only added."""

    __tablename__ = "push_receipts"
    __table_args__ = (Index("ix_push_receipts_at", "at"),)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    signed: Mapped[bytes] = mapped_column(unique=True)
    at: Mapped[datetime]


class CheckState(enum.StrEnum):
    PENDING = "pending"
    PASSED = "passed"
    REVIEW = "review"  # WeChat leaves it to people, or could not look
    REFUSED = "refused"


class ContentCheck(Keyed, db.Model):
    """A text or picture of a resident's that WeChat is asked about. `was` is the name to go back to."""

    __tablename__ = "content_checks"
    __table_args__ = (
        one_of("state", CheckState),
        Index("ix_content_checks_target", "target_type", "target_id"),
        Index("ix_content_checks_state_at", "state", "at"),
    )

    target_type: Mapped[str] = mapped_column(String(20))
    target_id: Mapped[UUID]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    content_hash: Mapped[bytes]
    was: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(10))
    label: Mapped[int | None]
    trace_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class ContentVerdict(db.Model):
    """What WeChat pushed about a picture; it may come before we know under which trace we asked."""

    __tablename__ = "content_verdicts"

    trace_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    suggest: Mapped[str] = mapped_column(String(10))
    label: Mapped[int | None]
    at: Mapped[datetime]
