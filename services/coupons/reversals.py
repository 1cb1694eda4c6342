"""A use taken back: by the shop within its minutes, by an area admin until it is settled."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from config import Settings
from models import OVERSIGHT, Coupon, CouponStatus, Offer, Person, Redemption, Role, SettlementLine, Topic, Unit, db
from services import ledger
from services.access import reach
from services.audit import audit
from services.coupons.redemptions import fen_wallets
from services.ledger import Cause
from services.messages import messages
from services.refusals import N_, Conflict, Forbidden, InvalidTransition, NotFound


class ReversalTooLate(Conflict):
    message = N_("The time to take this back is over. Please ask the community.")


class AlreadySettled(Conflict):
    message = N_("This has been settled already.")


def reverse(redemption_id: UUID, *, reason: str, by: Person, settings: Settings, now: datetime) -> Redemption:
    """Take a use back: the shop within its minutes, an area admin until it is settled. The coupon is good again if still valid."""
    redemption = db.session.scalars(
        select(Redemption).where(Redemption.id == redemption_id).with_for_update(of=Redemption)
        .options(joinedload(Redemption.coupon, innerjoin=True).joinedload(Coupon.offer, innerjoin=True)
                 .joinedload(Offer.area, innerjoin=True)).execution_options(populate_existing=True)).one_or_none()
    if redemption is None:
        raise NotFound
    as_admin = _may_reverse(redemption, by, now)
    if redemption.status == "reversed":
        raise InvalidTransition(status=redemption.status)
    if db.session.scalar(select(SettlementLine.id).where(SettlementLine.redemption_id == redemption.id)):
        raise AlreadySettled
    if not as_admin and now >= redemption.at + timedelta(minutes=settings.reversal_minutes):
        raise ReversalTooLate
    _give_back(redemption, now)
    redemption.status, redemption.reversed_at = "reversed", now
    redemption.reversed_by_id, redemption.reversed_reason = by.id, reason
    db.session.flush()
    audit.write("redemption.reverse", "redemption", redemption.id, by=by.id, area_id=redemption.coupon.area_id, now=now)
    messages.tell(redemption.coupon.resident_id, Topic.COUPON_USE_REVERSED, now=now, coupon_id=redemption.coupon_id)
    return redemption


def _may_reverse(redemption: Redemption, by: Person, now: datetime) -> bool:
    """True for an area admin, False for the shop; who only reads it is Forbidden, and to others it is not there."""
    area = redemption.coupon.offer.area
    if reach.reaches(by, area, [Role.AREA_ADMIN], now):
        return True
    if redemption.merchant_id in reach.merchant_ids(by, now):
        return False
    raise Forbidden if reach.reaches(by, area, OVERSIGHT, now) else NotFound


def _give_back(redemption: Redemption, now: datetime) -> None:
    coupon = redemption.coupon
    db.session.refresh(coupon, ["resident_id", "version"], with_for_update={"of": Coupon})  # whose it is, also where they were joined meanwhile
    coupon.status = CouponStatus.AVAILABLE if coupon.valid_until > now else CouponStatus.EXPIRED
    coupon.used_at, coupon.version = None, coupon.version + 1
    db.session.flush()
    if redemption.posting_id:
        fund, merchant = fen_wallets(redemption.fund_id, redemption.merchant_id)
        ledger.post(merchant, fund, redemption.merchant_due_fen, unit=Unit.FEN, kind="redemption_reversal",
                    because=Cause("redemption", redemption.id), area_id=coupon.area_id, now=now)
