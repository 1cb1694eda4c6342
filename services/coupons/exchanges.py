"""Points for a coupon."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, update
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
    Topic,
    Unit,
    Wallet,
    WalletKind,
    db,
    local_day,
)
from models.objects import Parts, store
from models.statements import run
from services import ledger
from services.access import reach
from services.audit import audit
from services.coupons.availability import GONE, InsufficientPoints, LimitReached, OfferNotOnSale, OutOfStock, is_on_sale
from services.coupons.offers import find
from services.ledger import Cause, Overdrawn
from services.messages import messages
from services.points import funds, lapses, lots
from services.refusals import Forbidden, NotFound, Unauthenticated
from services.scans import codes, presence


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
    coupon = store(Coupon, dict(
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
                                    Coupon.status.not_in(GONE)).scalar_subquery())
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
