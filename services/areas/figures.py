"""What happened in an area, month by month: events, hours given, points issued and spent, coupons used at each shop."""
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select

from models import (
    ActivityRecord,
    Area,
    Event,
    EventStatus,
    Merchant,
    Posting,
    RecordStatus,
    Redemption,
    Shop,
    Unit,
    db,
    local_day,
    subtree,
)
from services import ledger
from services.points.points import REFUNDS

GIVEN = (RecordStatus.APPROVED, RecordStatus.CREDITED)
MOST_SHOPS = 10


@dataclass(frozen=True)
class Months:
    """First days of months of an area, oldest first, and what they are bounded by."""

    firsts: list[date]
    bounds: list[datetime]  # one more than there are months


def last_months(area: Area, now: datetime, count: int) -> Months:
    """The present month and those before it, as months of the area's time zone."""
    today, zone = local_day(now, area), ZoneInfo(area.timezone)
    number = today.year * 12 + today.month - 1
    firsts = [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 2)]
    return Months(firsts[:-1], [datetime.combine(first, time(), zone) for first in firsts])


def events(area: Area, months: Months) -> list[int]:
    """How many took place or were to, by month; none that were called off."""
    return _by_month(months, Event.starts_at, func.count(), Event.area_id.in_(_within(area)),
                     Event.status.in_((EventStatus.PUBLISHED, EventStatus.CLOSED)))


def hours(area: Area, months: Months) -> list[float]:
    """Given in deeds that were approved, by the month they were done in."""
    minutes = _by_month(months, ActivityRecord.started_at, func.sum(ActivityRecord.minutes),
                        ActivityRecord.area_id.in_(_within(area)), ActivityRecord.status.in_(GIVEN))
    return [round(total / 60, 1) for total in minutes]


def points(area: Area, months: Months) -> tuple[list[int], list[int]]:
    """Issued for deeds, and spent on coupons less what refunds gave back."""
    spent = case((Posting.kind == "coupon", Posting.amount), else_=-Posting.amount)
    here = (Posting.area_id.in_(_within(area)), Posting.unit == Unit.POINTS)
    return (_by_month(months, Posting.at, func.sum(Posting.amount), *here, Posting.kind.in_(ledger.ISSUES)),
            _by_month(months, Posting.at, func.sum(spent), *here, Posting.kind.in_(("coupon", *REFUNDS))))


def of_month(area: Area, now: datetime) -> dict:
    """This month in the area's subtree: its events, its deeds that were approved, their hours, and the points that they brought.

    Whose fund paid the points does not matter here: a grid has none of its own.
    """
    months = last_months(area, now, 1)
    deeds, minutes, brought = db.session.execute(
        select(func.count(), func.coalesce(func.sum(ActivityRecord.minutes), 0),
               func.coalesce(func.sum(ActivityRecord.points).filter(ActivityRecord.status == RecordStatus.CREDITED), 0))
        .where(ActivityRecord.area_id.in_(_within(area)), ActivityRecord.status.in_(GIVEN),
               ActivityRecord.started_at >= months.bounds[0], ActivityRecord.started_at < months.bounds[1])).one()
    return {"month": months.firsts[0], "events": events(area, months)[0], "records": deeds, "minutes": int(minutes), "points": int(brought)}


def coupons_by_shop(area: Area, months: Months) -> list[tuple[str, int, int]]:
    """(shop, coupons used there, fen given) over all these months, the busiest first; at most ten."""
    rows = db.session.execute(
        select(Shop.name, func.count(), func.sum(Redemption.discount_fen)).select_from(Redemption)
        .join(Shop, Shop.id == Redemption.shop_id).join(Merchant, Merchant.id == Redemption.merchant_id)
        .where(Merchant.area_id.in_(_within(area)), Redemption.status == "done",
               Redemption.at >= months.bounds[0], Redemption.at < months.bounds[-1])
        .group_by(Shop.id, Shop.name).order_by(func.count().desc(), Shop.id).limit(MOST_SHOPS))
    return [(name, used, int(fen)) for name, used, fen in rows]


def _within(area: Area):
    return select(Area.id).where(subtree(area.path))


def _by_month(months: Months, moment, total, *conditions) -> list[int]:
    """One statement: the rows that the months hold, summed by the month each lies in."""
    place = case(*((moment < bound, number) for number, bound in enumerate(months.bounds[1:])), else_=-1)
    rows = select(place.label("month"), total.label("total")).where(
        *conditions, moment >= months.bounds[0], moment < months.bounds[-1]).group_by("month")
    found = dict(db.session.execute(rows).all())
    return [int(found.get(number) or 0) for number in range(len(months.firsts))]
