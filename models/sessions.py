from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Keyed, db


class WeChatLogin(db.Model):
    """An identity at WeChat is the pair of the mini program and its openid."""

    __tablename__ = "wechat_logins"

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    openid: Mapped[str] = mapped_column(String(128), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime]


class StaffLogin(db.Model):
    __tablename__ = "staff_logins"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[bytes | None]
    totp_last_step: Mapped[int | None]
    reset_hash: Mapped[bytes | None] = mapped_column(unique=True)
    reset_until: Mapped[datetime | None]


class Session(Keyed, db.Model):
    """One sign-in: a family of refresh tokens that lives and dies together, or one browser's cookie.

    `cookie_hash` is of the browser's token; `idle_until`, carried forward by use, ends it before `expires_at`.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("uq_sessions_cookie_hash", "cookie_hash", unique=True),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cookie_hash: Mapped[bytes | None]
    idle_until: Mapped[datetime | None]


class RefreshToken(Keyed, db.Model):
    __tablename__ = "refresh_tokens"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    predecessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("refresh_tokens.id"), index=True)
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
