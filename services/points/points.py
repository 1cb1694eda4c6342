"""A resident's points, and an area's: what was issued, spent, lapsed, and what is still out."""
from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import aliased

from models import ActivityRecord, Area, Lot, Person, Posting, RecordStatus, Role, Unit, Wallet, WalletKind, db, local_day, subtree
from services import ledger
from services.access import reach
from services.people import people


def lapses_on(now: datetime, area: Area) -> date:
    """The last day on which points credited now still count: the end of the following year."""
    return date(local_day(now, area).year + 1, 12, 31)


def of(person: Person, now: datetime) -> dict:
    """available, held (approved, waiting out the public notice), owed, earned and spent in all, and what lapses when."""
    holder, owed = ledger.wallet(person.id, WalletKind.RESIDENT), ledger.wallet(person.id, WalletKind.OWED)
    expiring = _expiring(holder.id, local_day(now, person.home_area))
    return {"available": sum(day["points"] for day in expiring), "owed": -owed.balance,
            "held": _held(ActivityRecord.resident_id == person.id), "expiring": expiring, **_totals(person)}


def available(person: Person, now: datetime) -> int:
    """What this person can spend at this moment."""
    return sum(day["points"] for day in _expiring(ledger.wallet(person.id, WalletKind.RESIDENT).id, local_day(now, person.home_area)))


def _held(condition) -> int:
    return db.session.scalar(select(func.coalesce(func.sum(ActivityRecord.points), 0)).where(
        condition, ActivityRecord.status == RecordStatus.APPROVED))


def _expiring(wallet_id, today: date) -> list[dict]:
    """What the wallet's lots hold, by last day; those over are gone, whether or not the night has let them go."""
    rows = db.session.execute(select(Lot.lapses_on, func.sum(Lot.remaining)).where(
        Lot.wallet_id == wallet_id, Lot.remaining > 0, Lot.lapses_on >= today).group_by(Lot.lapses_on).order_by(Lot.lapses_on))
    return [{"on": on, "points": int(left)} for on, left in rows]


def _totals(person: Person) -> dict:
    """Earned: what activities brought and nobody took back. Spent: what coupons took, less what refunds gave back.

    Both also under the name that they had before they were joined.
    """
    own = select(Wallet.id).where(Wallet.owner_id.in_(people.selves(person)), Wallet.kind == WalletKind.RESIDENT)
    came, left, undone = Posting.destination_id.in_(own), Posting.source_id.in_(own), aliased(Posting)
    taken_back = exists().where(undone.because_type == Posting.because_type, undone.because_id == Posting.because_id,
                                undone.kind.in_(REVERSALS))  # a credit is taken back as a whole, whatever is left of it
    earned = case((came & Posting.kind.in_(ledger.ISSUES) & ~taken_back, Posting.amount), else_=0)
    spent = case((left & (Posting.kind == "coupon"), Posting.amount), (came & Posting.kind.in_(REFUNDS), -Posting.amount), else_=0)
    row = db.session.execute(select(func.coalesce(func.sum(earned), 0), func.coalesce(func.sum(spent), 0)).where(came | left)).one()
    return {"earned_total": int(row[0]), "spent_total": int(row[1])}


REVERSALS = ("reversal", "reversal_lapsed", "reversal_owed")
REFUNDS = ("refund", "coupon_refund")


def summary(area: Area) -> dict:
    """The figures of an area's subtree, and whether the whole town's books balance."""
    within = Posting.area_id.in_(select(Area.id).where(subtree(area.path)))
    sums = defaultdict(int, {kind: int(total) for kind, total in db.session.execute(
        select(Posting.kind, func.sum(Posting.amount)).where(within, Posting.unit == Unit.POINTS).group_by(Posting.kind))})
    issued, spent = sum(sums[kind] for kind in ledger.ISSUES), sums["coupon"] - sum(sums[kind] for kind in REFUNDS)
    expired = sums["lapse"] - sums["reversal_lapsed"]
    reversed_ = sum(sums[kind] for kind in REVERSALS)
    return {"issued": issued, "spent": spent, "expired": expired, "reversed": reversed_,
            "outstanding": issued - spent - expired - reversed_, "in_balance": _in_balance(),
            "held": _held(ActivityRecord.area_id.in_(select(Area.id).where(subtree(area.path))))}


def _in_balance() -> bool:
    return not db.session.scalar(select(func.sum(Wallet.balance)).where(Wallet.unit == Unit.POINTS))


def area_for(by: Person, area_id, now: datetime) -> Area:
    return reach.area_within(by, area_id, (*reach.READERS, Role.AREA_ADMIN), now)
