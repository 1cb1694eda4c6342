"""The many of a city, each kind of row by one statement: residents and their sessions, what they earned, records that wait, coupons.

Its books balance: purses hold what their credits brought, and each coupon was bought with points of a credit of its own.
"""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text, update

from bench.numbered import (
    CAME,
    COUPON,
    COUPON_CREDIT,
    COUPON_LOT,
    COUPON_SPENDING,
    CREDIT,
    DEED,
    DEED_STEP,
    EVENT,
    LEFT,
    LOT,
    OWED,
    PURSE,
    RESIDENT,
    SESSION,
    SIGN_UP,
    digits,
    insert_rows,
    key,
    key_of,
    of,
)
from models import (
    ActivityRecord,
    Area,
    CheckIn,
    Coupon,
    Event,
    Fund,
    IdempotencyKey,
    Lot,
    LotUse,
    Merchant,
    Offer,
    Person,
    Posting,
    RecordStep,
    Session,
    SignUp,
    Unit,
    Wallet,
    WalletKind,
    db,
)
from services import ledger

CREDIT_POINTS, COUPON_POINTS = 1000, 10  # what each credit brings; what each coupon costs
AT_AN_EVENT = 50  # who came to each event that is over, in a town that has so many
QUEUE = 200  # records that wait in a grid where nobody decides
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Size:
    residents: int = 2000
    credits_each: int = 25  # more than a page of a statement
    visits_each: int = 5  # of events that are over
    acting: int = 2000  # of the residents, those who ask
    deeds: int = 20_000  # to approve
    coupons: int = 20_000  # to redeem
    events: int = 40
    offers: int = 40

    @property
    def actor(self) -> str:
        """The resident who acts in row `n`, in SQL: in turns, and spread over all rows."""
        return f"1 + (n - 1) % {self.acting} * {self.residents // self.acting}"

    def nth_actor(self, n: int) -> int:
        return 1 + (n - 1) % self.acting * (self.residents // self.acting)

    @property
    def issued(self) -> int:
        """Points that the fund has given out."""
        return self.residents * self.credits_each * CREDIT_POINTS + self.coupons * COUPON_POINTS


@contextmanager
def in_haste() -> Iterator[None]:
    """For this connection: a filling may take minutes, and names only rows that are there. Where one may, foreign keys are not looked up."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA cache_size = -1000000"))  # kB
        yield
        return
    db.session.execute(text("SET statement_timeout = 0"))
    if db.session.scalar(text("SHOW is_superuser")) == "on":
        db.session.execute(text("SET session_replication_role = replica"))
    yield
    db.session.execute(text("RESET ALL"))


def residents(size: Size, grid: Area, now: datetime) -> None:
    insert_rows(Person, size.residents, id=key_of(RESIDENT), display_name="居民", home_area_id=grid.id, code_id=digits(8), code_secret=bytes(32),
                created_at=now, version=1, language="zh-CN")
    for family, kind, floor in ((PURSE, WalletKind.RESIDENT, 0), (OWED, WalletKind.OWED, None)):
        insert_rows(Wallet, size.residents, id=key_of(family), owner_id=key_of(RESIDENT), kind=kind, unit=Unit.POINTS, balance=0, floor=floor)
    db.session.execute(update(Wallet).where(Wallet.id.between(key(PURSE, 1), key(PURSE, size.residents)))
                       .values(balance=size.credits_each * CREDIT_POINTS).execution_options(synchronize_session=False))
    insert_rows(Session, size.acting, id=key_of(SESSION), person_id=key_of(RESIDENT, size.actor), created_at=now, expires_at=now + 30 * A_DAY)


def credits(size: Size, grid: Area, fund: Fund, now: datetime) -> None:
    """Credits in turns to all; the first of each for a record that is there."""
    count, purse = size.residents * size.credits_each, key_of(PURSE, f"1 + (n - 1) % {size.residents}")
    _posting(count, id=key_of(CREDIT), source_id=ledger.wallet(fund.id, WalletKind.FUND).id, destination_id=purse, amount=CREDIT_POINTS,
             kind="activity", because_type="activity_record", because_id=key_of(CREDIT), area_id=fund.area_id, now=now)
    insert_rows(Lot, count, id=key_of(LOT), wallet_id=purse, posting_id=key_of(CREDIT), amount=CREDIT_POINTS, remaining=CREDIT_POINTS,
                lapses_on=date(now.year + 1, 12, 31))
    _record(size.residents, id=key_of(CREDIT), resident_id=key_of(RESIDENT), area_id=grid.id, status="credited", points=40,
            posting_id=key_of(CREDIT), now=now)


def visits(size: Size, grid: Area, by: Person, now: datetime) -> None:
    """Events of some days ago, who signed up, came and left: a town that has been at work. On a PostgreSQL whose tables were empty when a
    statement's plan was made it walks them whole until the next ANALYZE; in a town in use it has long been told."""
    count, at_each, began = size.residents * size.visits_each, min(AT_AN_EVENT, size.residents), now - 3 * A_DAY
    ended = began + timedelta(hours=1)
    insert_rows(Event, -(-count // at_each), id=key_of(EVENT), title="清扫楼道", category="environment", description="", area_id=grid.id,
                starts_at=began, ends_at=ended, place_name="", taken=at_each, check_in_mode="venue_code", check_out_required=True,
                points_per_hour=10, points_max=40, missing_check_out="review", status="closed", closed_at=now, code_id=digits(8),
                code_secret=bytes(32), created_by_id=by.id, created_at=began - A_DAY, version=1)
    there = {"event_id": key_of(EVENT, f"1 + (n - 1) / {at_each}"), "resident_id": key_of(RESIDENT, f"1 + (n - 1) % {size.residents}")}
    insert_rows(SignUp, count, id=key_of(SIGN_UP), status="confirmed", line=2, at=began - A_DAY, **there)
    for family, direction, at in ((CAME, "in", began), (LEFT, "out", ended)):
        insert_rows(CheckIn, count, id=key_of(family), direction=direction, at=at, received_at=at, made_by_id=there["resident_id"],
                    rotating=True, **there)


def answers(size: Size, now: datetime) -> None:
    """What is kept of a day's requests, under the keys that they came with."""
    insert_rows(IdempotencyKey, size.residents * size.visits_each, person_id=key_of(RESIDENT, f"1 + (n - 1) % {size.residents}"), key=digits(32),
                fingerprint=bytes(32), status=201, media_type="application/json", body=b"{}\n", at=now)


def deeds(size: Size, grid: Area, neighbours: Area, now: datetime) -> None:
    """Records that wait: numbers up to QUEUE in the grid where nobody decides, the others to be approved."""
    count = QUEUE + size.deeds
    area = of(f"CASE WHEN n <= {QUEUE} THEN {_quoted(neighbours.id)} ELSE {_quoted(grid.id)} END")
    _record(count, id=key_of(DEED), resident_id=key_of(RESIDENT, size.actor), area_id=area, status="pending", now=now)
    insert_rows(RecordStep, count, id=key_of(DEED_STEP), record_id=key_of(DEED), action="create", at=now)


def _record(count: int, *, now: datetime, **values) -> None:
    started = now - A_DAY
    insert_rows(ActivityRecord, count, category="environment", description="清扫楼道", started_at=started, ended_at=started + timedelta(hours=1),
                minutes=60, points_proposed=10, points_max=40, evidence_tier="A", approvals_needed=1, flags=[], created_at=now, version=1, **values)


def coupons(size: Size, fund: Fund, offer_id: UUID, merchant: Merchant, city: Area, now: datetime) -> None:
    count, owner, purse = size.coupons, key_of(RESIDENT, size.actor), key_of(PURSE, size.actor)
    issuer, spent = (ledger.wallet(fund.id, kind).id for kind in (WalletKind.FUND, WalletKind.SPENT))
    _posting(count, id=key_of(COUPON_CREDIT), source_id=issuer, destination_id=purse, amount=COUPON_POINTS, kind="activity",
             because_type="activity_record", because_id=key_of(COUPON_CREDIT), area_id=city.id, now=now)
    insert_rows(Lot, count, id=key_of(COUPON_LOT), wallet_id=purse, posting_id=key_of(COUPON_CREDIT), amount=COUPON_POINTS,
                remaining=0, lapses_on=date(now.year + 1, 12, 31))
    _posting(count, id=key_of(COUPON_SPENDING), source_id=purse, destination_id=spent, amount=COUPON_POINTS, kind="coupon",
             because_type="coupon", because_id=key_of(COUPON), area_id=city.id, now=now)
    insert_rows(LotUse, count, posting_id=key_of(COUPON_SPENDING), lot_id=key_of(COUPON_LOT), amount=COUPON_POINTS)
    insert_rows(Coupon, count, id=key_of(COUPON), offer_id=offer_id, merchant_id=merchant.id, area_id=city.id,
                resident_id=owner, fund_id=fund.id, status="available", points_paid=COUPON_POINTS,
                posting_id=key_of(COUPON_SPENDING), bought_at=now, valid_until=now + 30 * A_DAY, short_code=digits(12), code_id=digits(8),
                code_secret=bytes(32), version=1)
    db.session.execute(update(Offer).where(Offer.id == offer_id).values(issued=count))


def _posting(count: int, *, now: datetime, **values) -> None:
    insert_rows(Posting, count, unit=Unit.POINTS, source_after=0, destination_after=0, at=now, memo="", **values)


def _quoted(row_id: UUID) -> str:
    return f"'{row_id.hex}'" if db.engine.dialect.name == "sqlite" else f"CAST('{row_id}' AS UUID)"
