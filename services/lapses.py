"""Points past their last day go, each night."""
from datetime import date, datetime

from sqlalchemy import Date, bindparam, select

from models import Lot, Posting, Wallet, db
from services import ledger
from services.ledger import Cause

WALLETS_AT_ONCE = 100


def lapse(today: date, *, now: datetime) -> int:
    """Lapse every lot whose last day is before `today` (a local day), some wallets at a time; gives how many lots.

    Running again does nothing. The wallets are locked before their lots, as a spending locks them.
    """
    is_over = (Lot.lapses_on < bindparam("today", type_=Date)) & (Lot.remaining > 0)
    over = select(Lot.wallet_id).where(is_over).group_by(Lot.wallet_id).order_by(Lot.wallet_id).limit(WALLETS_AT_ONCE)
    wallet_ids = db.session.scalars(over, {"today": today}).all()
    db.session.execute(ledger.locked(Wallet.id.in_(wallet_ids)))
    lots = db.session.execute(
        select(Lot.id, Lot.wallet_id, Lot.remaining, Posting.area_id).join(Posting, Posting.id == Lot.posting_id)
        .where(Lot.wallet_id.in_(wallet_ids), is_over).order_by(Lot.wallet_id, Lot.id), {"today": today}).all()
    for lot in lots:
        ledger.lapse(lot.wallet_id, {lot.id: lot.remaining}, because=Cause("lot", lot.id), area_id=lot.area_id, now=now)
    return len(lots)
