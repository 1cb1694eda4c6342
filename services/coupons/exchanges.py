"""Points for a coupon."""
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, case, or_, select, true, update
from uuid_utils.compat import uuid7

from config import Settings
from models import (
    STAFF,
    Area,
    Coupon,
    CouponStatus,
    Fund,
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
from models.areas import usual_day
from models.objects import Parts, store
from models.statements import as_read, run
from services import ledger
from services.access import reach
from services.audit import audit
from services.coupons import availability
from services.coupons.availability import InsufficientPoints, LimitReached, OfferNotOnSale, OutOfStock, is_on_sale
from services.coupons.offers import find
from services.ledger import Cause, NothingLeft, Overdrawn
from services.messages import messages
from services.points import funds, lapses, lots
from services.refusals import Conflict, Forbidden, NotFound, Unauthenticated
from services.scans import codes, presence


def exchange(offer_id: UUID, *, by: Person, settings: Settings, now: datetime, resident_token: str | None = None) -> Coupon:
    """Points for one coupon. The wallet's debit locks it, so what is counted after it is this person's last word.

    Staff do it for the person whose code or card `resident_token` is. InsufficientPoints, OutOfStock,
    LimitReached, OfferNotOnSale.
    """
    resident = by if resident_token is None else _represented(resident_token, by, settings, now)
    offer, wallets = _to_buy(offer_id, resident, by, now)
    if wallets.overdue:
        lapses.lapse_in([wallets.purse_id], local_day(now, offer.area), now=now)
    coupon_id = uuid7()
    posting_id = _pay(offer, resident, wallets, Cause("coupon", coupon_id), now)
    coupon = store(Coupon, dict(
        id=coupon_id, version=1, offer_id=offer.id, merchant_id=offer.merchant_id, area_id=offer.area_id, resident_id=resident.id,
        fund_id=wallets.fund_id, status=CouponStatus.AVAILABLE, points_paid=offer.points_price, posting_id=posting_id, bought_at=now,
        valid_until=now + timedelta(days=offer.valid_days), used_at=None, short_code=codes.new_short_code(), code_id=codes.new_id(),
        code_secret=codes.new_secret()),
        messages.line(resident.id, Topic.COUPON_BOUGHT, now=now, coupon_id=coupon_id, points=offer.points_price))
    as_read(coupon, offer=offer)
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


_PARTS = Parts({Offer: (), Area: (), Merchant: ("bank_sealed", "data_key")})
_OFFERS = Offer.__table__.join(Area.__table__, Area.id == Offer.area_id).join(Merchant.__table__, Merchant.id == Offer.merchant_id)
_OFFER = select(*_PARTS.columns).select_from(_OFFERS).where(Offer.id == bindparam("offer_id"))


class Wallets(NamedTuple):
    """The fund that issues here, its wallet for points spent, the resident's wallet, what that holds, how much of it is over, and how many
    of the offer's coupons they have where these are limited."""

    fund_id: UUID
    spent_id: UUID
    purse_id: UUID
    available: int
    overdue: int
    held: int

    @property
    def to_spend(self) -> int:
        return self.available - self.overdue


def _buying():
    held = (select(Person.id, Person.joined_into_id).where(Person.id == bindparam("resident_id"))
            .with_for_update(read=True, of=Person).cte("held"))
    purse = (select(Wallet.id, Wallet.balance).join(held, held.c.id == Wallet.owner_id)
             .where(Wallet.kind == WalletKind.RESIDENT, Wallet.unit == Unit.POINTS).with_for_update(key_share=True, of=Wallet).cte("purse"))
    spent = Wallet.__table__.alias("spent")
    fund_id = funds.nearest(Area.path).with_only_columns(Fund.id).correlate(Area).scalar_subquery()
    overdue = lots.overdue(purse.c.id, bindparam("today"))
    has = case((Offer.per_resident_limit.is_not(None), availability.held(Offer.id, held.c.id)), else_=0)
    return (select(*_PARTS.columns, held.c.joined_into_id, spent.c.owner_id, spent.c.id, purse.c.id, purse.c.balance, overdue, has)
            .select_from(_OFFERS.join(held, true()).join(purse, true())
                         .join(spent, (spent.c.owner_id == fund_id) & (spent.c.kind == WalletKind.SPENT) & (spent.c.unit == Unit.POINTS)))
            .where(Offer.id == bindparam("offer_id")))


_BUYING = _buying()


def _to_buy(offer_id: UUID, resident: Person, by: Person, now: datetime) -> tuple[Offer, Wallets]:
    """The offer and the wallets of its exchange, in one statement. It holds the resident, who cannot be joined to another person
    before the commit, and the resident's wallet. NotFound, OfferNotOnSale."""
    day = usual_day(now)
    row = run(_BUYING, {"offer_id": offer_id, "resident_id": resident.id, "today": day, "enough": 1}).first()
    offer = _for_sale(row or run(_OFFER, {"offer_id": offer_id}).first(), by=by, now=now)
    if local_day(now, offer.area) != day:
        row = run(_BUYING, {"offer_id": offer_id, "resident_id": resident.id, "today": local_day(now, offer.area), "enough": 1}).first()
    if row is None:  # no fund covers today, so nobody could pay the shop
        raise OfferNotOnSale
    joined_into_id, *wallets = row[len(_PARTS.columns):]
    if joined_into_id:  # meanwhile: they are somebody else now
        raise Unauthenticated if resident is by else presence.TokenInvalid
    return offer, Wallets(*wallets)


def _for_sale(row: tuple | None, *, by: Person, now: datetime) -> Offer:
    if row is None:
        raise NotFound
    offer, area, merchant = _PARTS.met(row)
    as_read(offer, area=area, merchant=merchant)
    if not is_on_sale(offer, offer.merchant.status, now):
        if offer.status == OfferStatus.DRAFT:
            find(offer.id, by=by, now=now)  # a draft that one may not see is not there
        raise OfferNotOnSale
    return offer


_HELD = availability.held(bindparam("bought_id"), bindparam("buyer_id"))


@cache
def _take_stock(*conditions):
    """One of the stock, within the person's limit."""
    return update(Offer.__table__).where(
        Offer.id == bindparam("bought_id"), Offer.status == OfferStatus.ON_SALE, Offer.issued < Offer.stock,
        or_(Offer.per_resident_limit.is_(None), Offer.per_resident_limit > _HELD), *conditions).values(issued=Offer.issued + 1)


def _pay(offer: Offer, resident: Person, wallets: Wallets, because: Cause, now: datetime) -> UUID:
    """Points for one of the stock; the refusals leave the spending undone with the transaction."""
    known = availability.refusal_for(offer, offer.merchant.status, available=wallets.to_spend, held=wallets.held, now=now)
    try:
        return ledger.spend(wallets.purse_id, wallets.spent_id, offer.points_price, kind="coupon", because=because, area_id=offer.area_id,
                            now=now, taking=_take_stock, bought_id=offer.id, buyer_id=resident.id, may_wait=known is None)
    except Overdrawn:
        raise InsufficientPoints(available=wallets.to_spend, price=offer.points_price) from None
    except NothingLeft:
        raise _why_nothing(offer, resident, now) from None


def _why_nothing(offer: Offer, resident: Person, now: datetime) -> Conflict:
    """As things are now. If by now there is something again (a refund), there was nothing left a moment ago."""
    db.session.refresh(offer, ["status", "issued", "stock"])
    if not is_on_sale(offer, offer.merchant.status, now):
        return OfferNotOnSale()
    has_enough = offer.per_resident_limit is not None and offer.per_resident_limit <= db.session.scalar(
        select(_HELD), {"bought_id": offer.id, "buyer_id": resident.id})
    return LimitReached() if has_enough and offer.issued < offer.stock else OutOfStock()
