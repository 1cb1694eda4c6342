"""What happened in the demo's community in the past weeks, lived through day by day under the real rules."""
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from types import SimpleNamespace

from sqlalchemy import select, update

from commands import credit_of_town, culture_of_town, index_of_town, reviews_of_town, town
from config import Settings
from models import (
    ActivityRecord,
    Area,
    CheckInMode,
    Direction,
    Event,
    EventStatus,
    Message,
    MissingCheckOut,
    Offer,
    Person,
    RecordStatus,
    Redemption,
    Shop,
    StaffLogin,
    db,
)
from services import check_ins, events, sign_ups
from services.access import sign_in
from services.coupons import exchanges, offers, redemptions
from services.merchants import settlements
from services.people import residents
from services.records import approvals, records
from services.refusals import Conflict
from services.scans import presence

OLDEST_DAYS, EVERY_DAYS, AHEAD_DAYS = 75, 3, 10
OPENS, CLOSES = 8, 21
LEFT_PENDING = timedelta(days=5)
UNREAD = timedelta(days=7)
BOUGHT_BY_NAMED = 2
KINDS = (  # title, category, place, and how far north and east of the community's middle, in degrees: within a walk of every door
    ("滨江步道清洁 Riverside clean-up", "environment", "滨江步道东口", 0, 0),
    ("垃圾分类入户宣传 Sorting waste, door to door", "environment", "晚晴社区广场", 0.0009, 0.0006),
    ("陪独居老人读报 Reading with elders", "care", "晚晴社区养老服务站", -0.0011, 0.0008),
    ("楼道安全巡查 Stairwell safety walk", "safety", "一网格工作站", 0.0003, -0.0012),
    ("社区义诊志愿服务 Free clinic helpers", "health", "康宁诊所门前", 0.0003, 0.0007),
    ("儿童阅读角 Children's reading corner", "culture", "晚晴社区书屋", 0.0014, -0.0011),
)
HOURS = (9, 14, 19, 8, 16)
MARKET_OFFERS = (
    {"title": "10 yuan off at Lin's Market 林记超市 10 元券", "kind": "cash_off", "face_value_fen": 1000, "min_spend_fen": 0,
     "points_price": 50},
    {"title": "10% off at Lin's Market 林记超市九折券", "kind": "percent_off", "percent": 10, "discount_cap_fen": 2000,
     "min_spend_fen": 3000, "points_price": 30},
    {"title": "Ten eggs 鲜鸡蛋十枚", "kind": "goods", "item": "鲜鸡蛋十枚", "face_value_fen": 800, "min_spend_fen": 0, "points_price": 40},
)
CLINIC_OFFERS = (
    {"title": "A health check 基础健康体检", "kind": "service", "item": "血压、血糖、心电图", "face_value_fen": 6000, "min_spend_fen": 0,
     "points_price": 80},
    {"title": "A massage to try 推拿体验", "kind": "free_trial", "item": "20 分钟推拿体验", "face_value_fen": 2000, "min_spend_fen": 0,
     "points_price": 20},
)


def live_through(cast: SimpleNamespace, settings: Settings, now: datetime) -> None:
    """Weeks of events, approvals, coupons and settlements until `now`, then what is planned for the days ahead."""
    days = _Days(now)
    story, credit = _Story(cast, settings, now, days), credit_of_town.Credit(cast, settings, now)
    credit.begin()
    story.plan()
    for moment, act in (*credit.days(), *culture_of_town.Culture(cast, now).days()):
        days.at(moment, act)
    index_of_town.plan(cast, settings, now, days.at)
    reviews_of_town.plan(cast, settings, now, days.at)
    days.live()
    _read_the_old(now)
    plan_ahead(now)


def _read_the_old(now: datetime) -> None:
    """What people were told in those weeks they have read, all but the last days'; no phone rings for any of it."""
    db.session.execute(update(Message).where(Message.at < now - UNREAD).values(read_at=Message.at))
    db.session.execute(update(Message).values(noticed_at=now))


class _Days:
    """What happens, in the order of its time, so that every balance is what it was then."""

    def __init__(self, now: datetime):
        self._now, self._queue, self._count = now, [], count()

    def at(self, moment: datetime, act: Callable[[datetime], None]) -> None:
        if moment < self._now:
            heappush(self._queue, (moment, next(self._count), act))

    def live(self) -> None:
        while self._queue:
            moment, _, act = heappop(self._queue)
            act(moment)


class _Story:
    def __init__(self, cast, settings, now, days):
        self._people, self._areas, self._merchants = cast.people, cast.areas, cast.merchants
        self._settings, self._now, self._days = settings, now, days
        self._chance = Random(1900)  # the same town each time
        wang, named = self._people["grid-wang"], ("li-na", "zhang-wei", "anna", "rider-chen")
        self._neighbours = [self._people[name] for name in named] + [
            person for grid in (town.GRID_ONE, town.GRID_TWO) for person in cast.neighbours[grid]
            if person.household_id != wang.household_id]  # Wang may not decide on those
        self._others = cast.neighbours[town.OTHER_GRID]
        self._offers: list[Offer] = []
        self._tills, self._bought = {}, Counter()
        self._card_holder = next(person for person in self._neighbours if person.display_name == town.WITH_A_CARD)
        self._card = ""

    def plan(self) -> None:
        first = self._now - timedelta(days=OLDEST_DAYS)
        self._days.at(first, self._open_sales)
        self._days.at(first, self._print_card)
        for number, days in enumerate(range(1, OLDEST_DAYS - 3, EVERY_DAYS)):
            self._plan_event(number, town.local(self._now, -days, HOURS[number % len(HOURS)]))
        self._days.at(town.local(self._now, -2, 20), self._declare)
        month = self._first_of_month(self._now)
        while month > first:
            self._days.at(min(month, self._now - timedelta(hours=5)), lambda at, month=month: self._settle_before(month, at))
            month = self._first_of_month(month - timedelta(days=1))

    @staticmethod
    def _first_of_month(moment: datetime) -> datetime:
        return datetime.combine(moment.astimezone(town.LOCAL).date().replace(day=1), time(10), town.LOCAL)

    def _open_sales(self, at: datetime) -> None:
        zhao = self._people["admin-zhao"]
        for merchant, terms in [("market", each) for each in MARKET_OFFERS] + [("clinic", each) for each in CLINIC_OFFERS]:
            offer = offers.create(
                shop_ids=[], by=zhao, now=at, merchant_id=self._merchants[merchant].id, area_id=self._areas[town.COMMUNITY].id,
                stock=500, per_resident_limit=3, on_sale_from=at, on_sale_until=self._now + timedelta(days=365), valid_days=30,
                funded_by="community", **terms)
            self._offers.append(offers.approve(offer.id, by=zhao, now=at) if offer.approved_at is None else offer)
            offers.step(offer.id, "publish", by=zhao, now=at)
        shops = {shop.merchant_id: shop.id for shop in db.session.scalars(select(Shop))}
        self._tills = {self._merchants[merchant].id: (shops[self._merchants[merchant].id], self._people[till])
                       for merchant, till in (("market", "clerk-zhou"), ("clinic", "shop-kang"))}

    def _print_card(self, at: datetime) -> None:
        card = residents.make_card(self._card_holder.id, by=self._people["grid-wang"], now=at)
        self._card = residents.card_token(card, self._settings)

    def _plan_event(self, number: int, starts: datetime) -> None:
        away = number % 6 == 5
        worker = self._people["grid-zhou" if away else "grid-wang"]
        area = self._areas[town.OTHER_GRID if away else town.GRID_ONE]
        who = self._chance.sample(self._others if away else self._neighbours, 3 if away else 9)
        if not away and number % 2:
            who = list(dict.fromkeys([self._people["li-na"], self._people["zhang-wei"], *who]))
        self._days.at(starts - timedelta(days=3), lambda at: self._announce(number, worker, area, starts, who, at))

    def _announce(self, number, worker, area, starts, who, at) -> None:
        event = _publish(number, worker, area, starts, starts + timedelta(hours=2), at)
        ends = event.ends_at
        for person in who:
            came = starts + timedelta(minutes=self._chance.randint(-15, 10))
            left = ends + timedelta(minutes=self._chance.randint(-10, 15))
            self._days.at(came, lambda at, person=person: self._scan(event, person, Direction.IN, at))
            if person is who[-1] and ends > self._now - LEFT_PENDING:
                continue  # forgot to check out: a record of 0 minutes waits, flagged
            self._days.at(left, lambda at, person=person: self._scan(event, person, Direction.OUT, at))
        self._days.at(ends + timedelta(minutes=90), lambda at: events.step(event, "close", by=worker, now=at))
        if ends < self._now - LEFT_PENDING:
            self._days.at(_while_open(ends + timedelta(hours=14)), lambda at: self._approve(event, worker, at))

    def _scan(self, event: Event, person: Person, direction: Direction, at: datetime) -> None:
        if person is self._card_holder:
            check_ins.scan_resident(event_id=event.id, resident_token=self._card, direction=direction, by=self._people["grid-wang"],
                                    settings=self._settings, now=at)
            return
        token = presence.show_event(event, direction, settings=self._settings, now=at).token
        here = {"latitude": event.latitude + 0.0004, "longitude": event.longitude, "accuracy_m": 12}
        check_ins.check_in(token=token, by=person, settings=self._settings, now=at, location=here)

    def _approve(self, event: Event, worker: Person, at: datetime) -> None:
        waiting = db.session.scalars(select(ActivityRecord).filter_by(event_id=event.id, status=RecordStatus.PENDING)
                                     .order_by(ActivityRecord.id)).all()
        for record in waiting:
            approvals.approve(record.id, by=worker, now=at)
        buyers = {record.resident_id for record in waiting}
        buyers.discard(self._card_holder.id)  # has no phone, and saves
        for person in (person for person in self._neighbours if person.id in buyers):
            later = _while_open(at + timedelta(hours=self._chance.randint(2, 30)))
            self._days.at(later, lambda at, person=person: self._buy(person, at))

    def _buy(self, person: Person, at: datetime) -> None:
        """Whoever has too few points for it leaves it; those who can sign in keep some."""
        if person in self._people.values() and self._bought[person.id] == BOUGHT_BY_NAMED:
            return
        offer = self._chance.choice(self._offers)
        try:
            with db.session.begin_nested():
                coupon = exchanges.exchange(offer.id, by=person, settings=self._settings, now=at)
        except Conflict:
            return
        self._bought[person.id] += 1
        if self._chance.random() < 0.75:
            self._days.at(_while_open(at + timedelta(hours=self._chance.randint(3, 72))), lambda at: self._redeem(coupon, at))

    def _redeem(self, coupon, at: datetime) -> None:
        shop_id, clerk = self._tills[coupon.merchant_id]
        redemptions.redeem(coupon.short_code, shop_id, by=clerk, settings=self._settings, now=at,
                           spend_fen=self._chance.randint(40, 160) * 100)

    def _declare(self, at: datetime) -> None:
        for person, said in ((self._people["zhang-wei"], "帮邻居吴玉兰买药、送药上门"), (self._neighbours[6], "清理单元门口积水"),
                             (self._people["anna"], "Translated the notice board into English")):
            records.declare(by=person, now=at, category="neighbours", area_id=self._areas[town.GRID_ONE].id, description=said,
                            started_at=at - timedelta(hours=6), ended_at=at - timedelta(hours=5))

    def _settle_before(self, month: datetime, at: datetime) -> None:
        """The month before this one: drafted, confirmed by the shop, approved by one and paid by another. The market's last waits for Lin."""
        last = month.date() - timedelta(days=1)
        zhao, qian = self._people["admin-zhao"], self._people["admin-qian"]
        for merchant, owner in (("market", "shop-lin"), ("clinic", "shop-kang")):
            if not self._has_used(merchant, month):
                continue
            made = settlements.make(merchant_id=self._merchants[merchant].id, period_start=last.replace(day=1), period_end=last,
                                      by=zhao, settings=self._settings, now=at)
            if merchant == "market" and month == self._first_of_month(self._now):
                continue
            settlements.confirm(made.id, by=self._people[owner], now=at + timedelta(hours=1))
            settlements.approve(made.id, by=zhao, now=at + timedelta(hours=2))
            settlements.pay(made.id, paid_at=at + timedelta(hours=3), bank_reference=f"DEMO-{last:%Y%m}-{merchant}", by=qian,
                            now=at + timedelta(hours=3))

    def _has_used(self, merchant: str, month: datetime) -> bool:
        """Whether a coupon was used there in the month before."""
        begins, ends = (self._first_of_month(each).replace(hour=0) for each in (month - timedelta(days=1), month))
        return db.session.scalar(select(Redemption.id).where(
            Redemption.merchant_id == self._merchants[merchant].id, Redemption.at >= begins, Redemption.at < ends).limit(1)) is not None


def plan_ahead(now: datetime) -> None:
    """One event running now, where checking in is enough, and one or two on each of the coming days; unless some are planned."""
    wang = sign_in.load(db.session.scalars(select(StaffLogin.person_id).filter_by(username="grid-wang")).one(), now)
    grid = db.session.scalars(select(Area).filter_by(code=town.GRID_ONE)).one()
    if db.session.scalar(select(Event.id).where(Event.area_id == grid.id, Event.status == EventStatus.PUBLISHED,
                                                Event.ends_at > now).limit(1)):
        return
    guests = db.session.scalars(select(Person).where(Person.home_area_id == grid.id, Person.display_name.not_in(
        [login.display_name for login in town.LOGINS])).order_by(Person.id)).all()
    _publish(0, wang, grid, now - timedelta(minutes=20), now + timedelta(hours=3), now, check_out_required=False)
    for number in range(1, AHEAD_DAYS * 2):
        starts = town.local(now, number // 2, HOURS[number % len(HOURS)])
        if starts > now:
            event = _publish(number, wang, grid, starts, starts + timedelta(hours=2), now)
            for person in guests[number % 5:number % 5 + 4]:
                sign_ups.sign_up(event, person, now=now)


def _while_open(at: datetime) -> datetime:
    """That moment, or for a moment of the night one of the day after it, when shops serve and offices work."""
    here = at.astimezone(town.LOCAL)
    if OPENS <= here.hour < CLOSES:
        return at
    day = here.date() + timedelta(days=here.hour >= CLOSES)
    return datetime.combine(day, time(OPENS + here.hour % (CLOSES - OPENS), here.minute), town.LOCAL)


def _publish(number: int, worker: Person, area, starts: datetime, ends: datetime, at: datetime, *,
             check_out_required: bool = True) -> Event:
    title, category, place, north, east = KINDS[number % len(KINDS)]
    latitude, longitude = round(town.PLACE[0] + north, 6), round(town.PLACE[1] + east, 6)
    event = events.plan(
        by=worker, now=at, area_id=area.id, title=title, category=category, description="", starts_at=starts, ends_at=ends,
        place={"name": place, "latitude": latitude, "longitude": longitude, "radius_m": 300}, capacity=30,
        check_in_mode=CheckInMode.BOTH, check_out_required=check_out_required, points_per_hour=10, points_max=40,
        missing_check_out=MissingCheckOut.REVIEW)
    return events.step(event, "publish", by=worker, now=at)
