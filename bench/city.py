"""A city to measure on: as many residents and postings as asked for, and enough undone acts for every request to be the first.

The many are numbered rows (crowd.py); areas, staff, the fund, offers and events are made by the services.
"""
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from uuid_utils.compat import uuid7

from bench import crowd
from bench.crowd import A_DAY, COUPON_POINTS, Size
from bench.numbered import RESIDENT, SESSION, key
from config import Settings
from models import Area, Direction, Fund, Level, Merchant, Person, Role, Session, Shop, Wallet, WalletKind, db
from services import events, ledger
from services.access import sign_in, tokens
from services.coupons import offers
from services.people import people
from services.points import funds
from services.scans import presence


@dataclass(frozen=True)
class City:
    size: Size
    tokens: list[str]  # access tokens of those who act, in the order of their numbers
    codes: list[str]  # what each event's venue shows
    offer_ids: list[UUID]
    shop_id: UUID
    grid_id: UUID  # whose queue stays as it is
    worker: str  # of the grid where records are approved
    neighbour_worker: str
    clerk: str

    @property
    def resident_ids(self) -> list[str]:
        """Of those who act, in the order of their tokens."""
        return [str(key(RESIDENT, self.size.nth_actor(n))) for n in range(1, self.size.acting + 1)]


def build(settings: Settings, size: Size) -> City:
    """In an empty, migrated database. Codes and tokens are good for a day."""
    now = datetime.now(UTC)
    with crowd.in_haste():
        ledger.open_town_wallets()
        city = _area(Level.CITY, "500000000000", "重庆市")
        grid, neighbours = (_area(Level.GRID, f"50000000000000{n}", f"{n}网格", city) for n in (1, 2))
        admin = _staff("赵主任", Role.AREA_ADMIN, city, settings, now)
        worker, neighbour = (_staff("王网格", Role.GRID_WORKER, area, settings, now) for area in (grid, neighbours))
        fund = _fund(admin, city, size, now)
        crowd.residents(size, grid, now)
        crowd.credits(size, grid, fund, now)
        crowd.visits(size, grid, worker, now)
        crowd.answers(size, now)
        crowd.deeds(size, grid, neighbours, now)
        merchant, shop = _market(city, now)
        clerk = _staff("梅店员", Role.MERCHANT_CLERK, city, settings, now, merchant)
        offer_ids = [_offer(n, merchant, city, admin, now) for n in range(size.offers)]
        crowd.coupons(size, fund, offer_ids[0], merchant, city, now)
    codes = [_code(n, grid, worker, settings, now) for n in range(size.events)]
    acting = [_token(key(RESIDENT, size.nth_actor(n)), key(SESSION, n), settings, now) for n in range(1, size.acting + 1)]
    staff = [_signed_in(person, settings, now) for person in (worker, neighbour, clerk)]
    db.session.commit()
    return City(size, acting, codes, offer_ids, shop.id, neighbours.id, *staff)


def _area(level: Level, code: str, name: str, parent: Area | None = None) -> Area:
    area = Area(code=code, level=level, name=name, parent_id=parent and parent.id, path=f"{parent.path if parent else '/'}{code}/")
    db.session.add(area)
    db.session.flush()
    return area


def _staff(name: str, role: Role, area: Area, settings: Settings, now: datetime, merchant: Merchant | None = None) -> Person:
    person = people.make(name, area, keys=settings.keys, now=now)
    people.grant(person, role, now=now - A_DAY, area=None if merchant else area, merchant_id=merchant and merchant.id)
    return sign_in.load(person.id, now)


def _fund(admin: Person, city: Area, size: Size, now: datetime) -> Fund:
    """For this year and the next, and ample after all that the crowd was given."""
    fund = funds.create(area_id=city.id, name="x", period_start=date(now.year, 1, 1), period_end=date(now.year + 1, 12, 31), by=admin, now=now)
    funds.top_up(fund.id, points=size.issued + 10**9, amount_fen=10**9, reference="x", by=admin, now=now)
    for kind, change in ((WalletKind.FUND, -size.issued), (WalletKind.SPENT, COUPON_POINTS * size.coupons)):
        wallet = ledger.wallet(fund.id, kind)
        db.session.execute(update(Wallet).where(Wallet.id == wallet.id).values(balance=Wallet.balance + change))
    return fund


def _market(city: Area, now: datetime) -> tuple[Merchant, Shop]:
    merchant = Merchant(name="林记超市", uscc="91110000600037341L", area_id=city.id, created_at=now)
    db.session.add(merchant)
    db.session.flush()
    ledger.open_merchant_wallets(merchant.id)
    shop = Shop(merchant_id=merchant.id, name="林记超市", address="中山一路 1 号", created_at=now)
    db.session.add(shop)
    db.session.flush()
    return merchant, shop


def _offer(number: int, merchant: Merchant, city: Area, admin: Person, now: datetime) -> UUID:
    offer = offers.create(shop_ids=[], by=admin, now=now, merchant_id=merchant.id, title=f"十元优惠 {number}", kind="cash_off",
                          face_value_fen=1000, points_price=COUPON_POINTS, stock=1_000_000, area_id=city.id, on_sale_from=now - A_DAY,
                          on_sale_until=now + 30 * A_DAY, valid_days=30, funded_by="community")
    offers.step(offer.id, "publish", by=admin, now=now)
    return offer.id


def _code(number: int, grid: Area, worker: Person, settings: Settings, now: datetime) -> str:
    event = events.plan(by=worker, now=now, area_id=grid.id, title=f"清扫 {number}", category="environment", starts_at=now,
                        ends_at=now + timedelta(hours=12), capacity=None, check_in_mode="venue_code", check_out_required=True,
                        points_per_hour=10, points_max=40, missing_check_out="review")
    events.step(event, "publish", by=worker, now=now)
    return presence.show_event(event, Direction.IN, settings=settings, now=now).token


def _signed_in(person: Person, settings: Settings, now: datetime) -> str:
    session = Session(id=uuid7(), person_id=person.id, created_at=now, expires_at=now + 30 * A_DAY)
    db.session.add(session)
    db.session.flush()
    return _token(person.id, session.id, settings, now)


def _token(person_id: UUID, session_id: UUID, settings: Settings, now: datetime) -> str:
    return tokens.sign_access(person_id, session_id, key=settings.keys["jwt"], now=now, lasts=A_DAY)
