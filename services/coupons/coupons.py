"""Points for a coupon, the coupon's codes, and points back for one that was not used."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, literal, or_, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from uuid_utils.compat import uuid7

from config import Settings
from models import (
    STAFF,
    Area,
    Coupon,
    CouponStatus,
    Merchant,
    Offer,
    OfferStatus,
    Person,
    Redemption,
    Topic,
    Unit,
    Wallet,
    WalletKind,
    db,
    local_day,
)
from models.statements import Parts, run, store
from services import ledger
from services.access import reach
from services.audit import audit
from services.coupons.availability import GONE, InsufficientPoints, LimitReached, OfferNotOnSale, OutOfStock, is_on_sale
from services.coupons.offers import find
from services.ledger import Cause, Overdrawn
from services.messages import messages
from services.points import funds, lapses, lots
from services.refusals import N_, Conflict, Forbidden, NotFound, Unauthenticated
from services.scans import codes, presence


class CouponAlreadyUsed(Conflict):
    message = N_("This coupon has been used already.")


class CouponExpired(Conflict):
    message = N_("This coupon is no longer valid.")


class CouponVoid(Conflict):
    message = N_("This coupon was taken back.")


def exchange(offer_id: UUID, *, by: Person, settings: Settings, now: datetime, resident_token: str | None = None) -> Coupon:
    """Points for one coupon. The wallet's debit locks it, so what is counted after it is this person's last word.

    Staff do it for the person whose code or card `resident_token` is. InsufficientPoints, OutOfStock,
    LimitReached, OfferNotOnSale.
    """
    resident = by if resident_token is None else _represented(resident_token, by, settings, now)
    offer = _for_sale(offer_id, by=by, now=now)
    today = local_day(now, offer.area)
    fund_id, purse, available, spent, overdue = _wallets(offer, resident, by, now)
    if overdue:
        lapses.lapse_in([purse], today, now=now)
    coupon_id = uuid7()
    try:
        posting_id = ledger.spend(purse, spent, offer.points_price, kind="coupon", because=Cause("coupon", coupon_id),
                                  area_id=offer.area_id, now=now)
    except Overdrawn:
        raise InsufficientPoints(available=available - overdue, price=offer.points_price) from None
    _take_stock(offer, resident, now)
    coupon = store(Coupon(
        id=coupon_id, version=1, offer_id=offer.id, merchant_id=offer.merchant_id, area_id=offer.area_id, resident_id=resident.id,
        fund_id=fund_id, status=CouponStatus.AVAILABLE, points_paid=offer.points_price, posting_id=posting_id, bought_at=now,
        valid_until=now + timedelta(days=offer.valid_days), used_at=None, short_code=codes.new_short_code(), code_id=codes.new_id(),
        code_secret=codes.new_secret()),
        messages.line(resident.id, Topic.COUPON_BOUGHT, now=now, coupon_id=coupon_id, points=offer.points_price))
    set_committed_value(coupon, "offer", offer)
    if resident is not by:
        audit.write("coupon.exchange", "coupon", coupon.id, by=by.id, area_id=offer.area_id, now=now)
    return coupon


def _represented(token: str, by: Person, settings: Settings, now: datetime) -> Person:
    if not reach.holds(by, STAFF, now):
        raise Forbidden
    if not token.startswith(codes.CARD):  # the code that one shows at every scan must not spend one's points
        raise presence.TokenInvalid
    resident = presence.resident_by_token(token, settings=settings, now=now)
    reach.require(by, resident.home_area, STAFF, now)
    return resident


_OFFER_PARTS = Parts({Offer: (), Area: (), Merchant: ("bank_sealed", "data_key")})
_OFFER = (select(*_OFFER_PARTS.columns).select_from(Offer.__table__).join(Area.__table__, Area.id == Offer.area_id)
          .join(Merchant.__table__, Merchant.id == Offer.merchant_id).where(Offer.id == bindparam("offer_id")))


def _for_sale(offer_id: UUID, *, by: Person, now: datetime) -> Offer:
    row = run(_OFFER, {"offer_id": offer_id}).first()
    if row is None:
        raise NotFound
    offer, area, merchant = _OFFER_PARTS.met(row)
    set_committed_value(offer, "area", area)
    set_committed_value(offer, "merchant", merchant)
    if not is_on_sale(offer, now):
        if offer.status == OfferStatus.DRAFT:
            find(offer_id, by=by, now=now)  # a draft that one may not see is not there
        raise OfferNotOnSale
    return offer


def _wallets_of():
    fund = funds.NEAREST.subquery("fund")
    purse, spent = (Wallet.__table__.alias(name) for name in ("purse", "spent"))
    return (select(fund.c.id, purse.c.id, purse.c.balance, spent.c.id, lots.overdue(purse.c.id, bindparam("today")), Person.joined_into_id)
            .select_from(fund)
            .join(spent, (spent.c.owner_id == fund.c.id) & (spent.c.kind == WalletKind.SPENT) & (spent.c.unit == Unit.POINTS))
            .join(purse, (purse.c.owner_id == bindparam("resident_id")) & (purse.c.kind == WalletKind.RESIDENT) & (purse.c.unit == Unit.POINTS))
            .join(Person, Person.id == purse.c.owner_id).with_for_update(read=True, of=Person))


_WALLETS = _wallets_of()


def _wallets(offer: Offer, resident: Person, by: Person, now: datetime):
    """The fund that issues here, the resident's wallet and what it holds, the fund's wallet for points spent, and how many
    of the resident's points are over: one statement.

    It holds the resident, who cannot be joined to another person before the commit.
    """
    found = run(_WALLETS, funds.where_from(offer.area, now) | {"resident_id": resident.id}).first()
    if found is None:  # no fund covers today, so nobody could pay the shop
        raise OfferNotOnSale
    *wallets, joined_into_id = found
    if joined_into_id:  # meanwhile: they are somebody else now
        raise Unauthenticated if resident is by else presence.TokenInvalid
    return wallets


_HELD = (select(func.count()).where(Coupon.offer_id == bindparam("offer_id"), Coupon.resident_id == bindparam("resident_id"),
                                    Coupon.status.not_in([literal(gone) for gone in GONE])).scalar_subquery())
_TAKE_STOCK = update(Offer.__table__).where(
    Offer.id == bindparam("offer_id"), Offer.status == OfferStatus.ON_SALE, Offer.issued < Offer.stock,
    or_(Offer.per_resident_limit.is_(None), Offer.per_resident_limit > _HELD)).values(issued=Offer.issued + 1)


def _take_stock(offer: Offer, resident: Person, now: datetime) -> None:
    """One of the stock, within the person's limit; the refusals leave the spending undone with the transaction."""
    if run(_TAKE_STOCK, {"offer_id": offer.id, "resident_id": resident.id}).rowcount == 1:
        return
    db.session.refresh(offer, ["status", "issued", "stock"])
    if not is_on_sale(offer, now):
        raise OfferNotOnSale
    raise OutOfStock if offer.issued >= offer.stock else LimitReached


def status_at(coupon: Coupon, now: datetime) -> str:
    """The state at this moment: an available coupon past its time has expired, whether or not the night has marked it."""
    lapsed = coupon.status == CouponStatus.AVAILABLE and coupon.valid_until <= now
    return CouponStatus.EXPIRED if lapsed else coupon.status


def held_by(person: Person, status: str | None, now: datetime):
    """A select of the person's coupons, in one state as of now if asked."""
    query = select(Coupon).where(Coupon.resident_id == person.id).options(
        joinedload(Coupon.offer).joinedload(Offer.merchant))
    lapsed = (Coupon.status == CouponStatus.AVAILABLE) & (Coupon.valid_until <= now)
    if status == CouponStatus.EXPIRED:
        return query.where((Coupon.status == CouponStatus.EXPIRED) | lapsed)
    return query.where(Coupon.status == status, ~lapsed) if status else query


def find_own(coupon_id: UUID, *, by: Person, now: datetime) -> Coupon:
    """The coupon, for whoever holds it and for staff who reach the holder's home."""
    return with_holder(coupon_id, by=by, roles=STAFF, now=now)[0]


def look_at(coupon_id: UUID, *, by: Person, now: datetime) -> tuple[Coupon, bool]:
    """The coupon, for an auditor too; and whether `by` may see its code, with which it is used (an auditor may not)."""
    coupon, holder = with_holder(coupon_id, by=by, roles=reach.READERS, now=now)
    return coupon, holder.id == by.id or reach.reaches(by, holder.home_area, STAFF, now)


def with_holder(coupon_id: UUID, *, by: Person, roles, now: datetime) -> tuple[Coupon, Person]:
    """The coupon and whose it is: for them, and for who reaches their home in one of these roles. NotFound otherwise."""
    found = db.session.execute(
        select(Coupon, Person).join(Person, Person.id == Coupon.resident_id).where(Coupon.id == coupon_id)
        .options(joinedload(Coupon.offer).joinedload(Offer.merchant), joinedload(Person.home_area))).first()
    if found is None or (found.Person.id != by.id and not reach.reaches(by, found.Person.home_area, roles, now)):
        raise NotFound
    return found.Coupon, found.Person


def discount_of(coupon: Coupon) -> int | None:
    """What the coupon took off when it was used, in fen."""
    return db.session.scalar(select(Redemption.discount_fen).where(Redemption.coupon_id == coupon.id, Redemption.reversed_at.is_(None)))


def usable(coupon_id: UUID, *, by: Person, now: datetime) -> Coupon:
    """As `find_own`; refused for a coupon that no till would take."""
    coupon = find_own(coupon_id, by=by, now=now)
    require_available(coupon, now)
    return coupon


def show(coupon: Coupon, *, settings: Settings, now: datetime) -> presence.Shown:
    """The rotating code's present value."""
    made_at, seconds = now.replace(microsecond=0), settings.coupon_code_seconds
    token = codes.show(codes.COUPON, coupon.code_id, coupon.code_secret, key=settings.keys["codes"], made_at=made_at)
    return presence.Shown(token, f"{settings.public_url}/c/{token}", made_at + timedelta(seconds=seconds), max(1, seconds - 5))


def require_available(coupon: Coupon, now: datetime, **used) -> None:
    """CouponVoid, CouponAlreadyUsed (with `used_at`, and what else the caller may know of it), CouponExpired."""
    status = status_at(coupon, now)
    if status in GONE:
        raise CouponVoid
    if status == CouponStatus.USED:
        raise CouponAlreadyUsed(used_at=coupon.used_at, **used)
    if status == CouponStatus.EXPIRED:
        raise CouponExpired


def refund(coupon_id: UUID, *, by: Person, now: datetime) -> Coupon:
    """The points go back into the lots that they came from, and the coupon into the stock."""
    coupon = find_own(coupon_id, by=by, now=now)
    db.session.execute(select(Wallet.id).where(  # the holder's wallet first, as an exchange takes it
        Wallet.owner_id == coupon.resident_id, Wallet.kind == WalletKind.RESIDENT).with_for_update())
    db.session.refresh(coupon, with_for_update={"of": Coupon})
    require_available(coupon, now)
    coupon.status, coupon.version = CouponStatus.REFUNDED, coupon.version + 1
    db.session.flush()
    ledger.refund(coupon.posting_id, kind="coupon_refund", today=local_day(now, coupon.offer.area), now=now)
    db.session.execute(update(Offer).where(Offer.id == coupon.offer_id).values(issued=Offer.issued - 1)
                       .execution_options(synchronize_session=False))
    if coupon.resident_id != by.id:
        audit.write("coupon.refund", "coupon", coupon.id, by=by.id, area_id=coupon.area_id, now=now)
        messages.tell(coupon.resident_id, Topic.COUPON_REFUNDED, now=now, coupon_id=coupon.id, points=coupon.points_paid)
    return coupon


def expire(now: datetime, *, most: int = 500) -> int:
    """Mark what lapsed unused, each night, a batch at a time; gives how many. No points come back, and running again does nothing."""
    due = select(Coupon.id).where(Coupon.status == CouponStatus.AVAILABLE, Coupon.valid_until <= now).order_by(
        Coupon.valid_until, Coupon.id).limit(most)
    return db.session.execute(update(Coupon).where(Coupon.id.in_(due), Coupon.status == CouponStatus.AVAILABLE).values(
        status=CouponStatus.EXPIRED, version=Coupon.version + 1).execution_options(synchronize_session=False)).rowcount
