"""The postings of a resident's wallet, newest first, as the wallet sees them: one statement, made once.

What left the wallet and what came into it are two walks along two indexes, each no longer than the page.
"""
from functools import cache
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, select, union_all

from models import Coupon, Offer, Person, Posting, Unit, Wallet, WalletKind, as_json
from models.statements import MOST, is_postgresql, run

PURSE = select(Wallet.id).where(Wallet.owner_id == bindparam("owner_id", type_=Uuid), Wallet.kind == WalletKind.RESIDENT,
                                Wallet.unit == Unit.POINTS).scalar_subquery()


def _side(wallet_id, amount, balance_after):
    newest = select(Posting.id, Posting.at, amount.label("amount"), balance_after.label("balance_after"), Posting.kind, Posting.because_type,
                    Posting.because_id, Posting.memo).where(wallet_id == PURSE, Posting.id < bindparam("before", type_=Uuid)).order_by(
        Posting.id.desc()).limit(MOST).subquery()
    return select(newest)


BOTH = union_all(_side(Posting.source_id, -Posting.amount, Posting.source_after),
                 _side(Posting.destination_id, Posting.amount, Posting.destination_after)).subquery()
NEWEST = select(BOTH).order_by(BOTH.c.id.desc()).limit(MOST).subquery()
SHOWN = ("id", "at", "amount", "balance_after", "kind", "memo")


def newest(person: Person, *, before: UUID, most: int) -> list[Row]:
    """The entries with ids below `before`, at most so many, each `id` with what is `shown` of it, a text of JSON."""
    return run(_entries(is_postgresql()), {"owner_id": person.id, "before": before, "most": most}).all()


@cache
def _entries(on_postgresql: bool):
    """With the title of the coupon that each was for: api.points.EntrySchema."""
    because = as_json.row(on_postgresql, type=NEWEST.c.because_type, id=NEWEST.c.because_id)
    shown = as_json.row(on_postgresql, **{name: NEWEST.c[name] for name in SHOWN}, because=because, title=Offer.title)
    return (select(NEWEST.c.id, as_json.text(shown, on_postgresql))
            .outerjoin(Coupon, (NEWEST.c.because_type == "coupon") & (Coupon.id == NEWEST.c.because_id))
            .outerjoin(Offer, Offer.id == Coupon.offer_id).order_by(NEWEST.c.id.desc()))
