"""Points past their last day go, each night."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from models import Lot, Posting, Wallet, db
from services import ledger
from services.ledger import Cause

WALLETS_AT_ONCE = 100


def lapse(today: date, *, now: datetime) -> int:
    """Lapse every lot whose last day is before `today` (a local day), some wallets at a time; gives how many lots.

    Running again does nothing. The wallets are locked before their lots, as a spending locks them.
    """
    over = (select(Lot.wallet_id).where(Lot.lapses_on < today, Lot.remaining > 0)
            .group_by(Lot.wallet_id).order_by(Lot.wallet_id).limit(WALLETS_AT_ONCE))
    return lapse_in(db.session.scalars(over).all(), today, now=now)


def lapse_in(wallet_ids: list[UUID], today: date, *, now: datetime) -> int:
    """The same in these wallets, as a spending does before it: nobody spends what is over, also before the night."""
    db.session.execute(ledger.locked(Wallet.id.in_(wallet_ids)))
    lots = db.session.execute(
        select(Lot.id, Lot.wallet_id, Lot.remaining, Posting.area_id).join(Posting, Posting.id == Lot.posting_id)
        .where(Lot.wallet_id.in_(wallet_ids), Lot.remaining > 0, Lot.lapses_on < today).order_by(Lot.wallet_id, Lot.id)).all()
    for lot in lots:
        ledger.lapse(lot.wallet_id, {lot.id: lot.remaining}, because=Cause("lot", lot.id), area_id=lot.area_id, now=now)
    return len(lots)
