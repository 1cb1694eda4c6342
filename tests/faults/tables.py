"""What is stored after a day under faults, for the history to be held against."""
from sqlalchemy import func, select, text

from models import ActivityRecord, AuditSeal, CheckIn, Coupon, IdempotencyKey, Posting, Redemption, Wallet, WalletKind, db
from services.audit import audit_chain
from services.points import books
from tests.faults.history import Stored


def stored(*, price: int, stock: int) -> Stored:
    """Read from the database of the present context. The audit log is sealed first."""
    while audit_chain.seal():
        db.session.commit()
    problems = [*books.problems(), *audit_chain.problems()]
    assert db.session.scalar(select(func.count()).select_from(AuditSeal)) > 0
    if db.engine.dialect.name == "sqlite":
        problems += [line for line in db.session.scalars(text("PRAGMA integrity_check")) if line != "ok"]
    credited = select(ActivityRecord.id, ActivityRecord.resident_id, Posting.amount).join(
        Posting, (Posting.because_id == ActivityRecord.id) & (Posting.kind == "activity"))
    return Stored(
        check_ins={str(id): (str(who), str(event)) for id, who, event in _all(select(CheckIn.id, CheckIn.resident_id, CheckIn.event_id))},
        credits={str(id): (str(who), points) for id, who, points in _all(credited)},
        coupons={str(id): (str(who), str(status)) for id, who, status in _all(select(Coupon.id, Coupon.resident_id, Coupon.status))},
        uses={str(id): (str(coupon), status == "reversed") for id, coupon, status in _all(
            select(Redemption.id, Redemption.coupon_id, Redemption.status))},
        balances={str(who): points for who, points in _all(
            select(Wallet.owner_id, Wallet.balance).where(Wallet.kind == WalletKind.RESIDENT))},
        kept={key: (status, body) for key, status, body in _all(select(IdempotencyKey.key, IdempotencyKey.status, IdempotencyKey.body))},
        problems=problems, price=price, stock=stock)


def _all(query):
    return db.session.execute(query).all()
