"""What a merchant is owed for a period: made, confirmed by the shop, approved by one, paid by another."""
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import false, func, insert, or_, select
from sqlalchemy.orm import joinedload
from uuid_utils.compat import uuid7

from config import Settings
from models import (
    OVERSIGHT,
    Area,
    Coupon,
    Merchant,
    Person,
    Redemption,
    Role,
    Settlement,
    SettlementLine,
    SettlementStatus,
    Topic,
    Unit,
    WalletKind,
    db,
    local_day,
)
from services import ledger
from services.access import reach
from services.audit import audit
from services.ledger import Cause
from services.merchants import merchants
from services.messages import messages
from services.refusals import N_, Forbidden, InvalidTransition, NotFound, ValidationFailed

STEPS = {
    (SettlementStatus.DRAFT, "confirm"): SettlementStatus.CONFIRMED,
    (SettlementStatus.DRAFT, "dispute"): SettlementStatus.DISPUTED,
    (SettlementStatus.CONFIRMED, "dispute"): SettlementStatus.DISPUTED,
    (SettlementStatus.DISPUTED, "reopen"): SettlementStatus.DRAFT,
    (SettlementStatus.CONFIRMED, "approve"): SettlementStatus.APPROVED,
    (SettlementStatus.APPROVED, "pay"): SettlementStatus.PAID,
}
ADMINS = (Role.AREA_ADMIN,)


def make(*, merchant_id: UUID, period_start: date, period_end: date, by: Person, settings: Settings, now: datetime) -> Settlement:
    """Take what is done, owed, past its hour and in no settlement yet, of these local days (both included).

    Where that is nothing, the draft of nothing that these days have already is given again, and nobody is told of it.
    """
    if period_end < period_start:
        raise ValidationFailed({"period_end": [N_("The end must not be before the start.")]})
    merchant = db.session.scalars(select(Merchant).where(Merchant.id == merchant_id).with_for_update(of=Merchant)).one_or_none()
    if merchant is None:
        raise NotFound
    reach.require(by, merchant.area, ADMINS, now)
    due = _due(merchant, *_moments(period_start, period_end, merchant.area.timezone), settings, now)
    if not due and (of_nothing := _of_nothing(merchant.id, period_start, period_end)):
        return of_nothing
    settlement = Settlement(id=uuid7(), merchant_id=merchant.id, period_start=period_start, period_end=period_end,
                            created_by_id=by.id, created_at=now)
    db.session.add(settlement)
    db.session.flush()
    _take_lines(settlement, due)
    audit.write("settlement.make", "settlement", settlement.id, by=by.id, area_id=merchant.area_id, now=now,
                amount_fen=settlement.amount_fen, lines=settlement.line_count)
    if due:
        _tell_owners(settlement, Topic.SETTLEMENT_READY, now)
    return settlement


def _of_nothing(merchant_id: UUID, period_start: date, period_end: date) -> Settlement | None:
    return db.session.scalars(select(Settlement).filter_by(
        merchant_id=merchant_id, period_start=period_start, period_end=period_end, line_count=0, status=SettlementStatus.DRAFT)
        .order_by(Settlement.id).limit(1)).first()


def _tell_owners(settlement: Settlement, topic: Topic, now: datetime) -> None:
    messages.tell(messages.owners_of(settlement.merchant_id, now), topic, now=now, settlement_id=settlement.id,
                  amount_fen=settlement.amount_fen)


def _due(merchant: Merchant, start: datetime, end: datetime, settings: Settings, now: datetime) -> list[Redemption]:
    settled = select(SettlementLine.redemption_id)
    return db.session.scalars(select(Redemption).where(
        Redemption.merchant_id == merchant.id, Redemption.status == "done", Redemption.merchant_due_fen > 0,
        Redemption.at >= start, Redemption.at < end, Redemption.at <= now - timedelta(minutes=settings.reversal_minutes),
        Redemption.id.not_in(settled)).order_by(Redemption.id).with_for_update()).all()


def _take_lines(settlement: Settlement, due: list[Redemption]) -> None:
    if due:
        db.session.execute(insert(SettlementLine), [
            {"settlement_id": settlement.id, "redemption_id": row.id, "coupon_id": row.coupon_id, "shop_id": row.shop_id,
             "at": row.at, "amount_fen": row.merchant_due_fen} for row in due])
    settlement.amount_fen, settlement.line_count = sum(row.merchant_due_fen for row in due), len(due)
    db.session.flush()


def visible(settlement_id: UUID, *, by: Person, now: datetime, lock: bool = False) -> Settlement:
    """For the merchant's owners, and admins and auditors of its area. Everyone else: NotFound."""
    query = select(Settlement).where(Settlement.id == settlement_id).execution_options(populate_existing=True)
    settlement = db.session.scalars(query.with_for_update(of=Settlement) if lock else query).one_or_none()
    if settlement is None or not (owns(settlement, by, now) or reach.reaches(by, settlement.merchant.area, OVERSIGHT, now)):
        raise NotFound
    return settlement


def owns(settlement: Settlement, by: Person, now: datetime) -> bool:
    """Whether `by` gains from it, and so decides nothing about it as an admin."""
    return settlement.merchant_id in reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,))


def seen_by(by: Person, now: datetime):
    """A select of the settlements that this person sees."""
    in_reach = select(Merchant.id).where(Merchant.area_id.in_(reach.area_ids(by, OVERSIGHT, now)))
    return select(Settlement).where(
        Settlement.merchant_id.in_(in_reach) | Settlement.merchant_id.in_(reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,))))


def search(by: Person, now: datetime, *, merchant_id: UUID | None = None, status: str | None = None):
    """The same, narrowed to a merchant and a state. NotFound for a merchant that `by` does not see."""
    query = seen_by(by, now)
    if merchant_id is not None:
        merchants.visible(merchant_id, by=by, now=now)
    for wanted, column in ((merchant_id, Settlement.merchant_id), (status, Settlement.status)):
        if wanted is not None:
            query = query.where(column == wanted)
    return query


def lines_of(settlement: Settlement):
    """A select of its lines, with what each was for and at which shop."""
    return select(SettlementLine).where(SettlementLine.settlement_id == settlement.id).options(
        joinedload(SettlementLine.shop, innerjoin=True),
        joinedload(SettlementLine.coupon, innerjoin=True).joinedload(Coupon.offer, innerjoin=True))


def confirm(settlement_id: UUID, *, by: Person, now: datetime) -> Settlement:
    settlement = _as_owner(settlement_id, by, now)
    _step(settlement, "confirm", by, now)
    settlement.confirmed_by_id, settlement.confirmed_at = by.id, now
    return settlement


def dispute(settlement_id: UUID, *, reason: str, line_ids: list[UUID], by: Person, now: datetime) -> Settlement:
    """By the merchant's owner, naming the lines that are not right."""
    settlement = _as_owner(settlement_id, by, now)
    known = db.session.scalar(select(func.count()).select_from(SettlementLine).where(
        SettlementLine.settlement_id == settlement.id, SettlementLine.id.in_(line_ids)))
    if known != len(set(line_ids)):
        raise ValidationFailed({"line_ids": [N_("Not all of these are lines of this settlement.")]})
    _step(settlement, "dispute", by, now)
    settlement.dispute_reason, settlement.disputed_line_ids = reason, [str(line_id) for line_id in line_ids]
    return settlement


def reopen(settlement_id: UUID, *, by: Person, now: datetime) -> Settlement:
    """The dispute is answered: the owner looks at the draft again."""
    settlement = _as_admin(settlement_id, by, now)
    _step(settlement, "reopen", by, now)
    settlement.confirmed_by_id = settlement.confirmed_at = None
    _tell_owners(settlement, Topic.SETTLEMENT_READY, now)
    return settlement


def approve(settlement_id: UUID, *, by: Person, now: datetime) -> Settlement:
    settlement = _as_admin(settlement_id, by, now)
    _step(settlement, "approve", by, now)
    settlement.approved_by_id, settlement.approved_at = by.id, now
    return settlement


def pay(settlement_id: UUID, *, paid_at: datetime, bank_reference: str, by: Person, now: datetime) -> Settlement:
    """By another admin than the one who approved: the merchant's fen leave to the bank."""
    settlement = _as_admin(settlement_id, by, now)
    if settlement.approved_by_id == by.id:
        raise Forbidden
    _check_paid_at(paid_at, settlement, now)
    _step(settlement, "pay", by, now)
    settlement.paid_by_id, settlement.paid_at, settlement.bank_reference = by.id, paid_at, bank_reference
    if settlement.amount_fen:
        settlement.posting_id = ledger.post(
            ledger.wallet(settlement.merchant_id, WalletKind.MERCHANT, Unit.FEN).id, ledger.wallet(ledger.TOWN, WalletKind.BANK, Unit.FEN).id,
            settlement.amount_fen, unit=Unit.FEN, kind="settlement", because=Cause("settlement", settlement.id),
            area_id=settlement.merchant.area_id, now=now, memo=bank_reference)
    db.session.flush()
    _tell_owners(settlement, Topic.SETTLEMENT_PAID, now)
    return settlement


def _check_paid_at(paid_at: datetime, settlement: Settlement, now: datetime) -> None:
    """Not before the period that is paid for; a bank's clock may be some minutes ahead of ours."""
    if paid_at > now + timedelta(minutes=5):
        raise ValidationFailed({"paid_at": [N_("This lies in the future.")]})
    if local_day(paid_at, settlement.merchant.area) < settlement.period_start:
        raise ValidationFailed({"paid_at": [N_("This is before the period that is paid for.")]})


def _as_owner(settlement_id: UUID, by: Person, now: datetime) -> Settlement:
    settlement = visible(settlement_id, by=by, now=now, lock=True)
    if not owns(settlement, by, now):
        raise Forbidden
    return settlement


def _as_admin(settlement_id: UUID, by: Person, now: datetime) -> Settlement:
    settlement = visible(settlement_id, by=by, now=now, lock=True)
    if not reach.reaches(by, settlement.merchant.area, ADMINS, now) or owns(settlement, by, now):
        raise Forbidden  # the one who gains never decides
    return settlement


def _step(settlement: Settlement, verb: str, by: Person, now: datetime) -> None:
    if (settlement.status, verb) not in STEPS:
        raise InvalidTransition(status=settlement.status)
    settlement.status = STEPS[settlement.status, verb]
    settlement.version += 1
    audit.write(f"settlement.{verb}", "settlement", settlement.id, by=by.id, area_id=settlement.merchant.area_id, now=now)


def reconciliation(period_start: date, period_end: date, *, by: Person, now: datetime) -> list[dict]:
    """Per merchant and fund, in the areas in reach: due by the redemptions of these days, settled, paid, the difference."""
    if period_end < period_start:
        raise ValidationFailed({"period_end": [N_("The end must not be before the start.")]})
    due, line, paid = Redemption.merchant_due_fen, SettlementLine.amount_fen, Settlement.status == SettlementStatus.PAID
    rows = db.session.execute(
        select(Redemption.merchant_id, Merchant.name, Redemption.fund_id, func.sum(due), func.coalesce(func.sum(line), 0),
               func.coalesce(func.sum(line).filter(paid), 0))
        .join(Merchant, Merchant.id == Redemption.merchant_id).join(Area, Area.id == Merchant.area_id)
        .outerjoin(SettlementLine, SettlementLine.redemption_id == Redemption.id)
        .outerjoin(Settlement, Settlement.id == SettlementLine.settlement_id)
        .where(Merchant.area_id.in_(reach.area_ids(by, OVERSIGHT, now)), Redemption.status == "done", due > 0,
               _within_local_days(period_start, period_end, by, now))
        .group_by(Redemption.merchant_id, Merchant.name, Redemption.fund_id).order_by(Redemption.merchant_id, Redemption.fund_id))
    return [{"merchant_id": merchant_id, "merchant_name": name, "fund_id": fund_id, "due_fen": int(due_fen),
             "settled_fen": int(settled), "paid_fen": int(paid_fen), "difference_fen": int(due_fen) - int(paid_fen)}
            for merchant_id, name, fund_id, due_fen, settled, paid_fen in rows]


def _within_local_days(first: date, last: date, by: Person, now: datetime):
    """The condition that a redemption lies in these days (both included) of its merchant's area, whose own zone says when they begin."""
    zones = db.session.scalars(select(Area.timezone).where(reach.areas_condition(by, OVERSIGHT, now)).distinct())
    return or_(false(), *((Area.timezone == name) & (Redemption.at >= start) & (Redemption.at < end)
                          for name in zones for start, end in [_moments(first, last, name)]))


def _moments(first: date, last: date, timezone: str) -> tuple[datetime, datetime]:
    """When the first of these days begins there, and when the day after the last does."""
    zone = ZoneInfo(timezone)
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
