"""Whether a person can have an offer's coupon now, and why not."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, func, select

from models import STAFF, Coupon, CouponStatus, Offer, OfferStatus, Person, Unit, Wallet, WalletKind, db, local_day
from models.statements import run
from services.people import residents
from services.points import lots
from services.refusals import N_, Conflict

GONE = (CouponStatus.REFUNDED, CouponStatus.VOID)  # these no longer count against a person's limit


class OfferNotOnSale(Conflict):
    message = N_("This offer is not on sale now.")


class OutOfStock(Conflict):
    message = N_("Nothing is left of this offer.")


class LimitReached(Conflict):
    message = N_("One person may have no more of these.")


class InsufficientPoints(Conflict):
    message = N_("%(available)d points are there; this costs %(price)d.")


def whose(resident_id: UUID | None, *, by: Person, now: datetime) -> Person:
    """Whom an exchange would be for: oneself, or the resident that staff ask for. NotFound out of their reach."""
    return by if resident_id is None else residents.within(resident_id, by=by, roles=STAFF, now=now)


def refusals_for(person: Person, offers: list[Offer], now: datetime) -> dict[UUID, Conflict | None]:
    """Why this person could not exchange each of these offers now; None where they could. Two statements for any number."""
    held = dict(db.session.execute(select(Coupon.offer_id, func.count()).where(
        Coupon.resident_id == person.id, Coupon.offer_id.in_([offer.id for offer in offers]),
        Coupon.status.not_in(GONE)).group_by(Coupon.offer_id)).all())
    points = points_of(person, local_day(now, offers[0].area)) if offers else 0
    return {offer.id: refusal_for(offer, offer.merchant.status, available=points, held=held.get(offer.id, 0), now=now) for offer in offers}


def held(offer_id, person_id):
    """An expression: how many of an offer's coupons this resident has, by values or by names for them."""
    return select(func.count()).select_from(Coupon).where(
        Coupon.offer_id == offer_id, Coupon.resident_id == person_id, *(Coupon.status != status for status in GONE)).scalar_subquery()


def available(owner_id, today):
    """An expression: the points that this resident can spend today, by values or by names for them."""
    return select(Wallet.balance - lots.overdue(Wallet.id, today)).where(
        Wallet.owner_id == owner_id, Wallet.kind == WalletKind.RESIDENT, Wallet.unit == Unit.POINTS).scalar_subquery()


_AVAILABLE = select(available(bindparam("owner_id", type_=Uuid), bindparam("today", type_=Date)))


def points_of(person: Person, today: date) -> int:
    """How many points this person can spend on this day."""
    return run(_AVAILABLE, {"owner_id": person.id, "today": today}).one()[0] or 0


def refusal_for(offer, merchant_status: str, *, available: int, held: int, now: datetime) -> Conflict | None:
    """Why someone with so many points and so many of this offer's coupons cannot have another; None if they can."""
    if not is_on_sale(offer, merchant_status, now):
        return OfferNotOnSale()
    if available < offer.points_price:
        return InsufficientPoints(available=available, price=offer.points_price)
    if offer.issued >= offer.stock:
        return OutOfStock()
    if offer.per_resident_limit is not None and held >= offer.per_resident_limit:
        return LimitReached()
    return None


def is_on_sale(offer, merchant_status: str, now: datetime) -> bool:
    """Of an offer, or a row with its columns."""
    return offer.status == OfferStatus.ON_SALE and offer.on_sale_from <= now < offer.on_sale_until and merchant_status == "active"
