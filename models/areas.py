import enum
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.db import PATH, Keyed, Versioned, db, one_of

USUAL_ZONE = "Asia/Shanghai"


class Level(enum.StrEnum):
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


class Area(Keyed, db.Model):
    """A node of the tree. `path` is the codes from the root, each closed by a slash: a subtree is one range of it."""

    __tablename__ = "areas"
    __table_args__ = (one_of("level", Level), Index("ix_areas_parent_id_code", "parent_id", "code"))

    code: Mapped[str] = mapped_column(String(20), unique=True)
    level: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("areas.id"))
    path: Mapped[str] = mapped_column(PATH, unique=True)
    timezone: Mapped[str] = mapped_column(String(40), default=USUAL_ZONE)
    ended: Mapped[str | None] = mapped_column(String(4))

    def holds(self, path: str) -> bool:
        return path.startswith(self.path)

    @property
    def span(self) -> tuple[str, str]:
        """The paths of its subtree are from the first on, and below the second."""
        return _span(self.path)


def _span(path: str) -> tuple[str, str]:
    return path, path[:-1] + "0"  # the character after '/'


def subtree(path: str):
    """The condition that an area's path lies in this path's subtree."""
    begins, ends = _span(path)
    return (Area.path >= begins) & (Area.path < ends)


def ancestors(path: str) -> list[str]:
    """The paths from the root down to this one: `/a/b/` gives `/a/`, `/a/b/`."""
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]


def local_day(moment: datetime, area: Area) -> date:
    return moment.astimezone(ZoneInfo(area.timezone)).date()


def usual_day(moment: datetime) -> date:
    """The local day in nearly all areas, for who does not know yet which area it is."""
    return moment.astimezone(ZoneInfo(USUAL_ZONE)).date()


class AreaRules(Versioned, db.Model):
    """An area's own numbers; the nearest area up the tree that has a row decides, else the defaults here."""

    __tablename__ = "area_rules"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id"), primary_key=True)
    notice_days: Mapped[int] = mapped_column(default=0)
    declared_points_per_hour: Mapped[int] = mapped_column(default=10)
    declared_points_max: Mapped[int] = mapped_column(default=40)
    declared_minutes_max: Mapped[int] = mapped_column(default=240)
