"""A coupon used at a till: looked at first, used once, and taken back within the hour."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select
from sqlalchemy.orm import contains_eager
from uuid_utils.compat import uuid7

from config import Settings
from models import (
    OVERSIGHT,
    Coupon,
    CouponStatus,
    Merchant,
    Person,
    Redemption,
    Shop,
    Topic,
    Unit,
    Wallet,
    WalletKind,
    db,
)
from models.objects import store
from models.statements import changed, put_late, run
from services import ledger
from services.access import reach
from services.coupons import coupons, discounts
from services.coupons.coupon_codes import CouponCodeExpired, CouponCodeInvalid, Presented, present
from services.ledger import Cause
from services.messages import messages
from services.people import people
from services.refusals import N_, Conflict, NotFound, Refusal


class WrongShop(Conflict):
    message = N_("This coupon is not for this shop.")


class ShopSuspended(Conflict):
    message = N_("This shop cannot take coupons at present.")


@dataclass(frozen=True)
class Preview:
    """What redeeming would do. Of another merchant's coupon nothing is told."""

    problem: Refusal | None
    title: str | None = None
    kind: str | None = None
    discount_fen: int = 0
    min_spend_fen: int | None = None
    holder: str | None = None

    @property
    def can_redeem(self) -> bool:
        return self.problem is None


def preview(code: str, shop_id: UUID, *, by: Person, settings: Settings, now: datetime, spend_fen: int | None = None) -> Preview:
    """The same rules as `redeem`, changing nothing. A shop that is not one's own is NotFound."""
    try:
        presented = _at_till(code, shop_id, by=by, settings=settings, now=now)
    except (CouponCodeInvalid, CouponCodeExpired) as refusal:
        return Preview(refusal)
    try:
        _check(presented, now)
        problem, discount = None, discounts.discount_of(presented.coupon.offer, spend_fen)
    except WrongShop as refusal:
        return Preview(refusal)
    except Refusal as refusal:
        problem, discount = refusal, 0
    offer = presented.coupon.offer
    return Preview(problem, offer.title, offer.kind, discount, offer.min_spend_fen, people.masked(presented.holder))


def redeem(code: str, shop_id: UUID, *, by: Person, settings: Settings, now: datetime, spend_fen: int | None = None) -> Redemption:
    """Use the coupon, once, and owe the shop what the community pays for it.

    Refused in this order: code, shop, suspension, void, used, expired, spend. Of simultaneous
    uses the coupon's row lock lets one through.
    """
    presented = _at_till(code, shop_id, by=by, settings=settings, now=now, lock=True)
    _check(presented, now)
    coupon, offer, shop = presented.coupon, presented.coupon.offer, presented.shop
    discount = discounts.discount_of(offer, spend_fen)
    due = discounts.due_of(offer, discount)
    redemption_id = uuid7()
    posting_id = _owe(presented, redemption_id, due, now)
    _use(coupon, now)
    redemption = store(Redemption, dict(
        id=redemption_id, coupon_id=coupon.id, shop_id=shop.id, merchant_id=shop.merchant_id, clerk_id=by.id, status="done",
        fund_id=coupon.fund_id if offer.funded_by == "community" else None, at=now, spend_fen=spend_fen,
        discount_fen=discount, merchant_due_fen=due, posting_id=posting_id,
        reversed_at=None, reversed_by_id=None, reversed_reason=None),
        messages.line(coupon.resident_id, Topic.COUPON_USED, now=now, coupon_id=coupon.id))
    return redemption


def _at_till(code: str, shop_id: UUID, *, by: Person, settings: Settings, now: datetime, lock: bool = False) -> Presented:
    """What is presented at one's own shop. NotFound for another's, whatever the code; CouponCodeInvalid, CouponCodeExpired."""
    try:
        presented = present(code, shop_id, settings, now, lock=lock)
    except (CouponCodeInvalid, CouponCodeExpired):
        _require_own(db.session.get(Shop, shop_id), by, now)
        raise
    _require_own(presented.shop, by, now)
    return presented


def _require_own(shop: Shop | None, by: Person, now: datetime) -> None:
    if shop is None or shop.merchant_id not in reach.merchant_ids(by, now):
        raise NotFound


def _check(presented: Presented, now: datetime) -> None:
    """WrongShop, ShopSuspended, then what the coupon's own state refuses."""
    if not presented.good_here:
        raise WrongShop
    if "suspended" in (presented.shop.status, presented.shop.merchant.status):
        raise ShopSuspended
    used_here = _used_here(presented) if presented.coupon.status == CouponStatus.USED else {}
    coupons.require_available(presented.coupon, now, **used_here)


def _used_here(presented: Presented) -> dict:
    """Where the coupon was used, told only to that shop."""
    shop_id = db.session.scalar(select(Redemption.shop_id).where(
        Redemption.coupon_id == presented.coupon.id, Redemption.reversed_at.is_(None)))
    return {"shop_id": shop_id} if shop_id == presented.shop.id else {}


def _use(coupon: Coupon, now: datetime) -> None:
    """Its lock is held, and it was available."""
    put_late(changed(coupon, status=CouponStatus.USED, used_at=now, version=coupon.version + 1))


def _owe(presented: Presented, redemption_id: UUID, due_fen: int, now: datetime) -> UUID | None:
    if not due_fen:
        return None
    return ledger.post(presented.fund_wallet_id, presented.merchant_wallet_id, due_fen, unit=Unit.FEN, kind="redemption",
                       because=Cause("redemption", redemption_id), area_id=presented.coupon.area_id, now=now)


_FEN_WALLETS = select(Wallet.id).where(
    Wallet.unit == Unit.FEN, Wallet.owner_id.in_((bindparam("fund_id", type_=Uuid), bindparam("merchant_id", type_=Uuid))),
    or_(Wallet.kind == WalletKind.FUND, Wallet.kind == WalletKind.MERCHANT)).order_by(Wallet.kind)


def fen_wallets(fund_id: UUID, merchant_id: UUID) -> list[UUID]:
    """The fund's and the merchant's wallet, in that order."""
    return [wallet_id for (wallet_id,) in run(_FEN_WALLETS, {"fund_id": fund_id, "merchant_id": merchant_id})]


def search(by: Person, now: datetime, *, shop_id: UUID | None = None, since: datetime | None = None, until: datetime | None = None):
    """A select of the redemptions of one's merchants, and of one's areas' offers, from `since` up to before `until`, with what each was for."""
    seen = or_(Redemption.merchant_id.in_(reach.merchant_ids(by, now)), Coupon.area_id.in_(reach.area_ids(by, OVERSIGHT, now)))
    query = select(Redemption).join(Redemption.coupon).options(contains_eager(Redemption.coupon).joinedload(Coupon.offer)).where(seen)
    if shop_id:
        query = query.where(Redemption.shop_id == _seen_shop(shop_id, by, now))
    if since:
        query = query.where(Redemption.at >= since)
    return query.where(Redemption.at < until) if until else query


def _seen_shop(shop_id: UUID, by: Person, now: datetime) -> UUID:
    shop = db.session.scalars(select(Shop).join(Shop.merchant).where(
        Shop.id == shop_id, or_(Shop.merchant_id.in_(reach.merchant_ids(by, now)),
                                Merchant.area_id.in_(reach.area_ids(by, OVERSIGHT, now))))).one_or_none()
    if shop is None:
        raise NotFound
    return shop.id
