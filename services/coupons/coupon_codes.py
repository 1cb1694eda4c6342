"""Which coupon does this code mean? Rotating codes and the 12 digits are read here."""
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm.attributes import set_committed_value

from config import Settings
from models import Coupon, Offer, OfferShop, Person, Shop
from models.objects import Parts
from models.statements import run
from services.refusals import N_, Gone, Invalid
from services.scans import codes

SHORT_CODE = re.compile(r"[0-9]{12}", re.ASCII)


class CouponCodeInvalid(Invalid):
    message = N_("This is not a coupon's code.")


class CouponCodeExpired(Gone):
    message = N_("This code has expired. Please ask for the one shown now.")


@dataclass(frozen=True)
class Presented:
    """A coupon at a till: whose it is, and whether its offer is good at this shop."""

    coupon: Coupon
    holder: str
    shop: Shop
    good_here: bool


_PARTS = Parts({Coupon: (), Offer: ()})


def _presented(named):
    """A select of the coupon that the condition names, its holder's name, and whether it is good at the shop."""
    listed = select(OfferShop.shop_id).where(OfferShop.offer_id == Coupon.offer_id)
    good_here = (Coupon.merchant_id == bindparam("merchant_id")) & or_(
        ~listed.exists(), listed.where(OfferShop.shop_id == bindparam("shop_id")).exists())
    return (select(*_PARTS.columns, Person.display_name, good_here.label("good_here")).select_from(Coupon.__table__)
            .join(Person.__table__, Person.id == Coupon.resident_id).join(Offer.__table__, Offer.id == Coupon.offer_id).where(named))


_BY_DIGITS, _BY_TOKEN = _presented(Coupon.short_code == bindparam("code")), _presented(Coupon.code_id == bindparam("code"))
_LOCKED = {query: query.with_for_update(of=Coupon.__table__) for query in (_BY_DIGITS, _BY_TOKEN)}


def present(code: str, shop: Shop, settings: Settings, now: datetime, *, lock: bool = False) -> Presented:
    """The coupon of this code, in one statement. CouponCodeInvalid, CouponCodeExpired."""
    parsed = codes.parse(code)
    if SHORT_CODE.fullmatch(code):
        query, named = _BY_DIGITS, code
    elif parsed and parsed.kind == codes.COUPON:
        query, named = _BY_TOKEN, parsed.code_id
    else:
        raise CouponCodeInvalid
    values = {"code": named, "merchant_id": shop.merchant_id, "shop_id": shop.id}
    found = run(_LOCKED[query] if lock else query, values).first()
    if found is None:
        raise CouponCodeInvalid
    coupon, offer = _PARTS.met(found)
    set_committed_value(coupon, "offer", offer)
    if parsed:
        _check_token(code, parsed, coupon, settings, now)
    return Presented(coupon, found.display_name, shop, bool(found.good_here))


def _check_token(token: str, parsed: codes.Code, coupon: Coupon, settings: Settings, now: datetime) -> None:
    if not codes.is_ours(token, coupon.code_secret, key=settings.keys["codes"]) or codes.is_from_the_future(parsed, now):
        raise CouponCodeInvalid
    if not codes.is_fresh(parsed, now, lasts=timedelta(seconds=settings.coupon_code_seconds)):
        raise CouponCodeExpired
