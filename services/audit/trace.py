"""Walk the chain in either direction: check-in → record → posting → coupon → redemption → settlement.

From any link the walk goes up to the presence that it began with and down to the money it became,
a statement a kind of link and a direction; then what the caller may not see is left out. Of a kind and a
direction the walk takes the MOST oldest; who sees of a settlement only their own redemptions walks up from those.
"""
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from models import (
    ActivityRecord,
    CheckIn,
    Coupon,
    Lot,
    LotUse,
    Person,
    Posting,
    Redemption,
    Settlement,
    SettlementLine,
    Wallet,
    WalletKind,
    db,
)
from services.audit.trace_sight import Sight
from services.refusals import NotFound

ORDER = ("check_in", "activity_record", "posting", "coupon", "redemption", "settlement")
ROWS = {"check_in": CheckIn, "activity_record": ActivityRecord, "posting": Posting, "coupon": Coupon, "redemption": Redemption,
        "settlement": Settlement}
MOST = 200


def _by(column, key, *joins):
    """A step: the ids of `key` in rows whose `column` is among the given ids."""
    def step(ids):
        query = select(key).distinct()
        for target, condition in joins:
            query = query.join(target, condition)
        return db.session.scalars(query.where(column.in_(ids), key.is_not(None)).order_by(key).limit(MOST + 1)).all() if ids else []
    return step


UP = {  # from a kind to the one before it
    "settlement": _by(SettlementLine.settlement_id, SettlementLine.redemption_id),
    "redemption": _by(Redemption.id, Redemption.coupon_id),
    "coupon": _by(Coupon.id, Lot.posting_id, (LotUse, LotUse.lot_id == Lot.id), (Coupon, Coupon.posting_id == LotUse.posting_id)),
    "posting": _by(ActivityRecord.posting_id, ActivityRecord.id),
    "activity_record": _by(CheckIn.activity_record_id, CheckIn.id),
}
CREDITS_OF_USED_LOTS = _by(LotUse.posting_id, Lot.posting_id, (LotUse, LotUse.lot_id == Lot.id))
DOWN = {  # from a kind to the one after it
    "check_in": _by(CheckIn.id, CheckIn.activity_record_id),
    "activity_record": _by(ActivityRecord.id, ActivityRecord.posting_id),
    "posting": _by(Lot.posting_id, Coupon.id, (LotUse, LotUse.posting_id == Coupon.posting_id), (Lot, Lot.id == LotUse.lot_id)),
    "coupon": _by(Redemption.coupon_id, Redemption.id),
    "redemption": _by(SettlementLine.redemption_id, SettlementLine.settlement_id),
}


class Chain(NamedTuple):
    """The links in order, presence to money; and the kinds of which there are more than are here."""

    links: list[dict]
    cut: list[str]


def chain(kind: str, row_id: UUID, *, by: Person, now: datetime) -> Chain:
    """As far as the caller may see. NotFound where the first may not be seen."""
    if kind not in ROWS or db.session.get(ROWS[kind], row_id) is None:
        raise NotFound
    found, cut = _walk(kind, row_id, by, now)
    rows = {name: _rows(name, ids) for name, ids in found.items()}
    sight = Sight(rows, by, now)
    seen = {name: sorted((row for row in rows[name] if sight.sees(name, row)), key=lambda row: row.id) for name in ORDER}
    if not any(row.id == row_id for row in seen[kind]):
        raise NotFound
    spent = _spent(rows["posting"])
    links = [_link(name, row, sight.sees_whole(name, row), row.id in spent) for name in ORDER for row in seen[name]]
    return Chain(links, [name for name in ORDER if name in cut and len(seen[name]) == len(rows[name])])  # else it is another's number


def _walk(kind: str, row_id: UUID, by: Person, now: datetime) -> tuple[dict[str, set[UUID]], set[str]]:
    """The ids by kind, and the kinds that were cut."""
    found, cut = {name: set() for name in ORDER}, set()

    def add(name: str, ids) -> None:
        if len(ids) > MOST:
            cut.add(name)
        found[name].update(ids[:MOST])
    found[kind].add(row_id)
    if kind == "posting":
        _stand_in_for_spending(found, row_id)
    place = ORDER.index(kind)
    if kind == "settlement" and not _sees_all_of(row_id, by, now):
        add("redemption", _own_redemptions(row_id, by))
        place -= 1
    for name in reversed(ORDER[1:place + 1]):
        if name == "posting":
            add(name, CREDITS_OF_USED_LOTS(found[name]))  # points that a join carried over lead to the first credit
        add(ORDER[ORDER.index(name) - 1], UP[name](found[name]))
    for name in ORDER[place:-1]:
        add(ORDER[ORDER.index(name) + 1], DOWN[name](found[name]))
    return found, cut


def _sees_all_of(settlement_id: UUID, by: Person, now: datetime) -> bool:
    settlement = db.session.get_one(Settlement, settlement_id)
    return Sight({name: [] for name in ORDER} | {"settlement": [settlement]}, by, now).sees_whole("settlement", settlement)


def _own_redemptions(settlement_id: UUID, by: Person) -> list[UUID]:
    return db.session.scalars(
        select(SettlementLine.redemption_id).join(Coupon, Coupon.id == SettlementLine.coupon_id)
        .where(SettlementLine.settlement_id == settlement_id, Coupon.resident_id == by.id)
        .order_by(SettlementLine.redemption_id).limit(MOST + 1)).all()


def _stand_in_for_spending(found: dict, posting_id: UUID) -> None:
    """A posting that bought a coupon, or paid a use or a settlement, leads to that row."""
    posting = db.session.get_one(Posting, posting_id)
    if posting.because_type in ("coupon", "redemption", "settlement"):
        found[posting.because_type].add(posting.because_id)


def _rows(name: str, ids: set) -> list:
    if not ids:
        return []
    return list(db.session.scalars(select(ROWS[name]).where(ROWS[name].id.in_(ids))).unique())


def _spent(postings: list) -> set[UUID]:
    """The postings by which points or money leave somebody: a resident or a merchant, for a fund, the town or the bank."""
    ids = {end for posting in postings for end in (posting.source_id, posting.destination_id)}
    somebodys = set(db.session.scalars(select(Wallet.id).where(
        Wallet.id.in_(ids), Wallet.kind.in_((WalletKind.RESIDENT, WalletKind.MERCHANT))))) if ids else set()
    return {posting.id for posting in postings if posting.source_id in somebodys and posting.destination_id not in somebodys}


def _link(name: str, row, whole: bool, spent: bool) -> dict:
    at = {"check_in": "at", "activity_record": "created_at", "posting": "at", "coupon": "bought_at", "redemption": "at",
          "settlement": "created_at"}[name]
    return {"type": name, "id": row.id, "at": getattr(row, at), "summary": _summary(name, row, "-" if spent else "+") if whole else row.status}


def _summary(name: str, row, sign: str) -> str:
    """A line that says the same in every language: figures, units and states."""
    return {
        "check_in": lambda: f"{row.direction}",
        "activity_record": lambda: f"{row.minutes} min · {row.points if row.points is not None else row.points_proposed} points · {row.status}",
        "posting": lambda: f"{sign}{row.amount} {row.unit}",
        "coupon": lambda: f"-{row.points_paid} points · {row.status}",
        "redemption": lambda: f"{row.discount_fen / 100:.2f} CNY · {row.status}",
        "settlement": lambda: f"{row.amount_fen / 100:.2f} CNY · {row.status}",
    }[name]()


