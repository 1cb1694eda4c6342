import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.areas import Area
from models.db import Keyed, Versioned, db, one_of


class EventStatus(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CheckInMode(enum.StrEnum):
    VENUE_CODE = "venue_code"
    RESIDENT_CODE = "resident_code"
    BOTH = "both"


class MissingCheckOut(enum.StrEnum):
    PLANNED_END = "planned_end"
    ZERO = "zero"
    REVIEW = "review"


class Direction(enum.StrEnum):
    IN = "in"
    OUT = "out"


class Line(enum.IntEnum):
    """The two lines of a waiting list: the first moves up before the second, and in each who came first."""

    REWARDED = 1
    OTHERS = 2


class Event(Keyed, Versioned, db.Model):
    """A planned activity. `taken` counts confirmed sign-ups: the room left is capacity - taken."""

    __tablename__ = "events"
    __table_args__ = (
        one_of("status", EventStatus), one_of("check_in_mode", CheckInMode),
        one_of("missing_check_out", MissingCheckOut),
        CheckConstraint("starts_at < ends_at", name="starts_before_end"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        CheckConstraint("taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="room"),
        CheckConstraint("points_per_hour >= 0 AND points_max >= 0", name="points_not_negative"),
        Index("ix_events_area_id_starts_at", "area_id", "starts_at"),
        Index("ix_events_status_starts_at", "status", "starts_at"),
    )

    title: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(40))
    description: Mapped[str] = mapped_column(default="")
    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place_name: Mapped[str] = mapped_column(String(200))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    radius_m: Mapped[int | None]
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    check_in_mode: Mapped[str] = mapped_column(String(15))
    check_out_required: Mapped[bool]
    points_per_hour: Mapped[int]
    points_max: Mapped[int]
    missing_check_out: Mapped[str] = mapped_column(String(15))
    status: Mapped[str] = mapped_column(String(10), default=EventStatus.DRAFT)
    closed_at: Mapped[datetime | None]
    code_id: Mapped[str] = mapped_column(String(8), unique=True)
    code_secret: Mapped[bytes]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]

    area: Mapped[Area] = relationship()


class SignUp(Keyed, db.Model):
    """A resident's place, or place in the queue. Cancelled rows stay; one live row for each resident and event.

    `line` is who waits first because of a reward that they held when they signed up. It is forgotten with the waiting.
    """

    __tablename__ = "sign_ups"
    __table_args__ = (
        one_of("status", ("confirmed", "waitlisted", "cancelled")), CheckConstraint("line IN (1, 2)", name="line_known"),
        Index("uq_sign_ups_live", "event_id", "resident_id", unique=True,
              sqlite_where=text("status <> 'cancelled'"), postgresql_where=text("status <> 'cancelled'")),
        Index("ix_sign_ups_waiting", "event_id", "status", "line", "id"),
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    status: Mapped[str] = mapped_column(String(10))
    line: Mapped[int] = mapped_column(default=Line.OTHERS, server_default="2")
    at: Mapped[datetime]


class CheckIn(Keyed, db.Model):
    """A resident was there. One live row for each resident, event and direction; an annulled one stays, marked.

    Coordinates are checked and dropped; the band of the distance stays.
    """

    __tablename__ = "check_ins"
    __table_args__ = (
        one_of("direction", Direction),
        Index("uq_check_ins_live", "event_id", "resident_id", "direction", unique=True,
              sqlite_where=text("annulled_at IS NULL"), postgresql_where=text("annulled_at IS NULL")),
        Index("ix_check_ins_device", "event_id", "device_hash"),
        Index("ix_check_ins_resident_id_at", "resident_id", "at"),
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    direction: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    rotating: Mapped[bool] = mapped_column(default=True)
    distance_band: Mapped[str | None] = mapped_column(String(20))
    device_hash: Mapped[bytes | None]
    annulled_at: Mapped[datetime | None]
    annulled_reason: Mapped[str | None]
    activity_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("activity_records.id"), index=True)


class RefusedScan(Keyed, db.Model):
    __tablename__ = "refused_scans"
    __table_args__ = (Index("ix_refused_scans_event_id_id", "event_id", "id"),)

    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id"))
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    direction: Mapped[str | None] = mapped_column(String(3))
    code: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    device_hash: Mapped[bytes | None]


class ScanKey(db.Model):
    """A kept scan's own key, so that sending the batch again answers as the first time."""

    __tablename__ = "scan_keys"
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    fingerprint: Mapped[bytes]
    answer: Mapped[dict]
    at: Mapped[datetime] = mapped_column(index=True)
