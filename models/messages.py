"""What people are told: an inbox, the rights to write to a phone, and what was sent there."""
import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Keyed, db, for_request, one_of


class Topic(enum.StrEnum):
    """No constraint repeats these in the database: each part of the product adds its own."""

    SIGNED_UP = "signed_up"
    WAITLISTED = "waitlisted"
    MOVED_UP = "moved_up"
    EVENT_CANCELLED = "event_cancelled"
    RECORD_MADE = "record_made"
    RECORD_APPROVED = "record_approved"  # its public notice begins
    RECORD_CREDITED = "record_credited"
    RECORD_REJECTED = "record_rejected"
    RECORD_REOPENED = "record_reopened"
    RECORD_REVERSED = "record_reversed"
    POINTS_LAPSING = "points_lapsing"
    COUPON_BOUGHT = "coupon_bought"
    COUPON_USED = "coupon_used"
    COUPON_USE_REVERSED = "coupon_use_reversed"
    COUPON_REFUNDED = "coupon_refunded"
    SETTLEMENT_READY = "settlement_ready"
    SETTLEMENT_PAID = "settlement_paid"
    CONTENT_REFUSED = "content_refused"
    CONTENT_HELD_BACK = "content_held_back"
    CREDIT_FAULT = "credit_fault"  # written in one's file
    CREDIT_OBJECTION_UPHELD = "credit_objection_upheld"
    CREDIT_OBJECTION_DISMISSED = "credit_objection_dismissed"
    REPAIR_GRANTED = "repair_granted"
    REPAIR_REFUSED = "repair_refused"
    LETTER_READ = "letter_read"  # for the first time
    SUPPORT_GRANTED = "support_granted"
    SUPPORT_DECLINED = "support_declined"
    CONSTRAINT_CONFIRMED = "constraint_confirmed"
    CONSTRAINT_LIFTED = "constraint_lifted"
    HONOUR_ASKED = "honour_asked"  # whether one agrees to be named
    HONOUR_SHOWN = "honour_shown"
    REVIEW_ASKED = "review_asked"
    REVIEW_CLOSED = "review_closed"
    REVIEW_CALLED_OFF = "review_called_off"
    CIVILITY_ASKED = "civility_asked"
    CIVILITY_SURVEY = "civility_survey"
    CIVILITY_PUBLISHED = "civility_published"
    CIVILITY_ANSWERED = "civility_answered"


class Message(Keyed, db.Model):
    """One line of a person's inbox. `payload` holds ids and figures; the sentence is made when it is read.

    `day` makes a daily reminder happen once; `noticed_at` says that the worker has looked whether a phone
    may be written to.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_person_id_id", "person_id", "id"),
        Index("ix_messages_unread", "person_id", "id", sqlite_where=text("read_at IS NULL"),
              postgresql_where=text("read_at IS NULL")),
        Index("ix_messages_unnoticed", "id", sqlite_where=text("noticed_at IS NULL"), postgresql_where=text("noticed_at IS NULL")),
        Index("uq_messages_once_a_day", "person_id", "topic", "day", unique=True,
              sqlite_where=text("day IS NOT NULL"), postgresql_where=text("day IS NOT NULL")),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    topic: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict]
    day: Mapped[date | None]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    noticed_at: Mapped[datetime | None]
    request_id: Mapped[str | None] = for_request()


class SubscriptionRight(db.Model):
    """How many messages of a template an openid has agreed to: each `accept` is one.

    `client_ahead` is what the mini program reported less what WeChat pushed: of one tap both tell.
    """

    __tablename__ = "subscription_rights"
    __table_args__ = (
        ForeignKeyConstraint(["app_id", "openid"], ["wechat_logins.app_id", "wechat_logins.openid"], ondelete="CASCADE"),
        CheckConstraint("rights >= 0", name="rights_not_negative"),
    )

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    openid: Mapped[str] = mapped_column(String(128), primary_key=True)
    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    rights: Mapped[int] = mapped_column(default=0)
    client_ahead: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]


class Delivery(db.Model):
    """A message on its way to a phone. An openid is written to by one sender at a time: the index says so."""

    __tablename__ = "deliveries"
    __table_args__ = (
        one_of("state", ("sending", "waiting", "unknown", "sent", "failed")),
        Index("uq_deliveries_one_at_a_time", "app_id", "openid", unique=True,
              sqlite_where=text("state = 'sending'"), postgresql_where=text("state = 'sending'")),
        Index("ix_deliveries_app_id_openid", "app_id", "openid"),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    app_id: Mapped[str] = mapped_column(String(64))
    openid: Mapped[str] = mapped_column(String(128))
    template_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    platform_id: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
