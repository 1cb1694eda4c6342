"""A coupon's state and codes, and points back for one that was not used."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from config import Settings
from models import (
    STAFF,
    Coupon,
    CouponStatus,
    Offer,
    Person,
    Redemption,
    Topic,
    Wallet,
    WalletKind,
    db,
    local_day,
)
from services import ledger
from services.access import reach
from services.audit import audit
from services.coupons.availability import GONE
from services.messages import messages
from services.refusals import N_, Conflict, NotFound
from services.scans import codes, presence


class CouponAlreadyUsed(Conflict):
    message = N_("This coupon has been used already.")


class CouponExpired(Conflict):
    message = N_("This coupon is no longer valid.")


class CouponVoid(Conflict):
    message = N_("This coupon was taken back.")


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
