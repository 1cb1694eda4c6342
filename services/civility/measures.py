"""What is counted from the chain, for each community, in one statement for each table: by whom it was done, and where they live.

Somebody lives where their home is on the day of closing. A deed counts when it is approved, on the day it began.
"""
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from models import (
    ActivityRecord,
    Area,
    CivilityPeriod,
    Event,
    EventStatus,
    Household,
    Level,
    Measure,
    Merchant,
    Objection,
    Person,
    RecordStatus,
    Redemption,
    Shop,
    Tier,
    db,
    subtree,
)
from services.civility.marks import Counted

GIVEN = (RecordStatus.APPROVED, RecordStatus.CREDITED)
SCANNED = (Tier.SCANNED_TWICE, Tier.SCANNED_ONCE)
IN_TIME = timedelta(days=10)
COMMUNITY = case((Area.level == Level.GRID, Area.parent_id), else_=Area.id)  # a grid lies right below its community


def count(measures: Iterable[str], period: CivilityPeriod, now: datetime) -> dict[str, dict[UUID, Counted]]:
    """By measure and community; what there is nothing of is not there."""
    asked, found = set(measures), {}
    for group, counting in ((BY_RESIDENTS, _by_residents), ({Measure.HOUSEHOLDS_TOOK_PART}, _households), ({Measure.EVENTS_HELD}, _events),
                            ({Measure.OBJECTIONS_IN_TIME}, _objections), ({Measure.SHOPS_TOOK_PART}, _shops)):
        if asked & group:
            found |= counting(period, now)
    return {measure: found[measure] for measure in asked}


BY_RESIDENTS = {Measure.VOLUNTEER_HOURS, Measure.RESIDENTS_TOOK_PART, Measure.RECORDS_SCANNED}


def bounds(period: CivilityPeriod) -> tuple[datetime, datetime]:
    """From the first moment of its first day to the first after its last, where it is measured."""
    zone = ZoneInfo(period.area.timezone)
    return datetime.combine(period.first_on, time(), zone), datetime.combine(period.last_on + timedelta(days=1), time(), zone)


def residents(area: Area):
    """Who lives in it, with their community and household: one row for each human being."""
    return select(Person.id.label("person_id"), Person.household_id, COMMUNITY.label("community_id")).join(
        Area, Area.id == Person.home_area_id).where(subtree(area.path), Person.joined_into_id.is_(None))


def _deeds(period: CivilityPeriod, living):
    """What each of them did in these days, wherever; a record of who was joined is the one person's. Records are found by whose they are."""
    begins, ends = bounds(period)
    joined = aliased(Person)
    selves = select(living.c.person_id.label("self_id"), living.c.person_id).union_all(
        select(joined.id, joined.joined_into_id).join(living, living.c.person_id == joined.joined_into_id)).cte("selves")
    return select(selves.c.person_id, func.count().label("deeds"), func.sum(ActivityRecord.minutes).label("minutes"),
                  func.sum(case((ActivityRecord.evidence_tier.in_(SCANNED), 1), else_=0)).label("scanned")).select_from(selves).join(
        ActivityRecord, ActivityRecord.resident_id == selves.c.self_id).where(
        ActivityRecord.status.in_(GIVEN), ActivityRecord.started_at >= begins, ActivityRecord.started_at < ends).group_by(selves.c.person_id)


def _by_residents(period: CivilityPeriod, now: datetime) -> dict:
    living = residents(period.area).cte("living")
    deeds = _deeds(period, living).cte("deeds")
    rows = db.session.execute(
        select(living.c.community_id, func.count().label("people"), func.count(deeds.c.person_id).label("doers"),
               func.coalesce(func.sum(deeds.c.minutes), 0).label("minutes"), func.coalesce(func.sum(deeds.c.deeds), 0).label("deeds"),
               func.coalesce(func.sum(deeds.c.scanned), 0).label("scanned"))
        .select_from(living).outerjoin(deeds, deeds.c.person_id == living.c.person_id).group_by(living.c.community_id)).all()
    return {  # the hours, and how deeds are proved, say something of those alone who did them
        Measure.VOLUNTEER_HOURS: {row.community_id: Counted(row.people, int(row.minutes), people=row.doers) for row in rows},
        Measure.RESIDENTS_TOOK_PART: {row.community_id: Counted(row.people, row.doers, people=row.people) for row in rows},
        Measure.RECORDS_SCANNED: {row.community_id: Counted(int(row.deeds), int(row.scanned), people=row.doers) for row in rows}}


def _households(period: CivilityPeriod, now: datetime) -> dict:
    living = residents(period.area).cte("living")
    deeds = _deeds(period, living).cte("deeds")
    each = (select(Household.id.label("id"), COMMUNITY.label("community_id"), func.count().label("people"),
                   func.max(case((deeds.c.person_id.is_not(None), 1), else_=0)).label("took_part"))
            .select_from(living).join(Household, Household.id == living.c.household_id).join(Area, Area.id == Household.area_id)
            .outerjoin(deeds, deeds.c.person_id == living.c.person_id).where(subtree(period.area.path))
            .group_by(Household.id, COMMUNITY).subquery())
    rows = db.session.execute(select(each.c.community_id, func.count(), func.sum(each.c.took_part)).group_by(each.c.community_id)).all()
    return {Measure.HOUSEHOLDS_TOOK_PART: {community: Counted(households, int(took_part), people=households)
                                           for community, households, took_part in rows}}


def _events(period: CivilityPeriod, now: datetime) -> dict:
    begins, ends = bounds(period)
    living = residents(period.area).cte("living")
    people = dict(db.session.execute(select(living.c.community_id, func.count()).group_by(living.c.community_id)).all())
    held = dict(db.session.execute(
        select(COMMUNITY, func.count()).select_from(Event).join(Area, Area.id == Event.area_id).where(
            subtree(period.area.path), Event.status.in_((EventStatus.PUBLISHED, EventStatus.CLOSED)),
            Event.starts_at >= begins, Event.starts_at < ends).group_by(COMMUNITY)).all())
    return {Measure.EVENTS_HELD: {community: Counted(count_, held.get(community, 0), people=count_) for community, count_ in people.items()}}


def _objections(period: CivilityPeriod, now: datetime) -> dict:
    """Those of these days that were answered within ten, or should have been; there are few, and they are looked at one by one."""
    begins, ends = bounds(period)
    rows = db.session.execute(
        select(COMMUNITY.label("community_id"), Objection.by_id, Objection.at, Objection.decided_at)
        .join(ActivityRecord, ActivityRecord.id == Objection.record_id).join(Area, Area.id == ActivityRecord.area_id)
        .where(subtree(period.area.path), Objection.at >= begins, Objection.at < ends)).all()
    found = {}
    for row in rows:
        due = row.at + IN_TIME
        if row.decided_at is None and due > now:
            continue
        total, in_time, people = found.setdefault(row.community_id, [0, 0, set()])
        people.add(row.by_id)
        found[row.community_id] = [total + 1, in_time + (row.decided_at is not None and row.decided_at <= due), people]
    return {Measure.OBJECTIONS_IN_TIME: {community: Counted(total, in_time, people=len(people))
                                         for community, (total, in_time, people) in found.items()}}


def _shops(period: CivilityPeriod, now: datetime) -> dict:
    """Of the shops that are open, those where a coupon was used; a shop may be one person's, so ten are needed as of people."""
    begins, ends = bounds(period)
    used = select(Redemption.shop_id).where(Redemption.status == "done", Redemption.at >= begins, Redemption.at < ends).distinct().subquery()
    rows = db.session.execute(
        select(COMMUNITY, func.count(), func.count(used.c.shop_id)).select_from(Shop).join(Merchant, Merchant.id == Shop.merchant_id)
        .join(Area, Area.id == Merchant.area_id).outerjoin(used, used.c.shop_id == Shop.id)
        .where(subtree(period.area.path), Shop.status == "active", Merchant.status == "active").group_by(COMMUNITY)).all()
    return {Measure.SHOPS_TOOK_PART: {community: Counted(shops, took_part, people=shops) for community, shops, took_part in rows}}
