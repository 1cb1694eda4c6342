"""Which coupon does this code mean? Rotating codes and the 12 digits are read here."""
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from config import Settings
from models import Coupon, Merchant, Offer, OfferShop, Person, Shop, Unit, Wallet, WalletKind
from models.objects import Parts
from models.statements import as_read, run
from services.refusals import N_, Gone, Invalid
from services.scans import codes

SHORT_CODE = re.compile(r"[0-9]{12}", re.ASCII)


class CouponCodeInvalid(Invalid):
    message = N_("This is not a coupon's code.")


class CouponCodeExpired(Gone):
    message = N_("This code has expired. Please ask for the one shown now.")


@dataclass(frozen=True)
class Presented:
    """A coupon at a till: whose it is, whether its offer is good at this shop, and the wallets, in fen, that pay and are paid."""

    coupon: Coupon
    holder: str
    shop: Shop
    good_here: bool
    fund_wallet_id: UUID
    merchant_wallet_id: UUID


_PARTS = Parts({Coupon: (), Offer: (), Shop: (), Merchant: ("bank_sealed", "data_key")})


def _presented(named):
    """A select of the coupon that the condition names, its holder's name, the shop, and whether it is good there."""
    listed = select(OfferShop.shop_id).where(OfferShop.offer_id == Coupon.offer_id)
    good_here = (Coupon.merchant_id == Shop.merchant_id) & or_(~listed.exists(), listed.where(OfferShop.shop_id == Shop.id).exists())
    pays, paid = (Wallet.__table__.alias(name) for name in ("pays", "paid"))
    return (select(*_PARTS.columns, Person.display_name, good_here.label("good_here"), pays.c.id.label("pays"), paid.c.id.label("paid"))
            .select_from(Coupon.__table__.join(Person.__table__, Person.id == Coupon.resident_id).join(Offer.__table__, Offer.id == Coupon.offer_id)
                         .join(Shop.__table__, Shop.id == bindparam("shop_id")).join(Merchant.__table__, Merchant.id == Shop.merchant_id)
                         .outerjoin(pays, _in_fen(pays, Coupon.fund_id, WalletKind.FUND))
                         .outerjoin(paid, _in_fen(paid, Coupon.merchant_id, WalletKind.MERCHANT)))
            .where(named))


def _in_fen(wallet, owner_id, kind: WalletKind):
    return (wallet.c.owner_id == owner_id) & (wallet.c.kind == kind) & (wallet.c.unit == Unit.FEN)


_BY_DIGITS, _BY_TOKEN = _presented(Coupon.short_code == bindparam("code")), _presented(Coupon.code_id == bindparam("code"))
_LOCKED = {query: query.with_for_update(of=Coupon.__table__) for query in (_BY_DIGITS, _BY_TOKEN)}


def present(code: str, shop_id: UUID, settings: Settings, now: datetime, *, lock: bool = False) -> Presented:
    """The coupon of this code, at this shop, in one statement. CouponCodeInvalid, also where there is no such shop; CouponCodeExpired."""
    parsed = codes.parse(code)
    if SHORT_CODE.fullmatch(code):
        query, named = _BY_DIGITS, code
    elif parsed and parsed.kind == codes.COUPON:
        query, named = _BY_TOKEN, parsed.code_id
    else:
        raise CouponCodeInvalid
    statement, values = _LOCKED[query] if lock else query, {"code": named, "shop_id": shop_id}
    # Who waited for its lock while its holder was joined to another person is not shown it beside either: they ask again.
    found = run(statement, values).first() or (lock and run(statement, values).first()) or None
    if found is None:
        raise CouponCodeInvalid
    coupon, offer, shop, merchant = _PARTS.met(found)
    as_read(coupon, offer=offer)
    as_read(shop, merchant=merchant)
    if parsed:
        _check_token(code, parsed, coupon, settings, now)
    return Presented(coupon, found.display_name, shop, bool(found.good_here), found.pays, found.paid)


def _check_token(token: str, parsed: codes.Code, coupon: Coupon, settings: Settings, now: datetime) -> None:
    if not codes.is_ours(token, coupon.code_secret, key=settings.keys["codes"]) or codes.is_from_the_future(parsed, now):
        raise CouponCodeInvalid
    if not codes.is_fresh(parsed, now, lasts=timedelta(seconds=settings.coupon_code_seconds)):
        raise CouponCodeExpired
