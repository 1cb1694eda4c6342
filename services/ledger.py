"""Move points and money. The only module that writes wallets and postings. See docs/ledger.md.

A posting changes its two wallets by one guarded UPDATE, whose row count is the answer: of two payments
at once only what the wallet holds is paid, on both databases. Everybody locks wallets in one order, a
person's before those that many share (docs/locking.md).
"""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from sqlalchemy import BigInteger, Select, Uuid, and_, bindparam, case, func, literal_column, or_, select, update
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from models import Lot, Person, Posting, Unit, Wallet, WalletKind, db
from models.shapes import Act, Ahead, Shape, inserts, shaped
from models.statements import is_postgresql, put, put_late, run, waits
from services.points import lots
from services.refusals import N_, Conflict

FLOORLESS = (WalletKind.SPONSOR, WalletKind.BANK, WalletKind.OWED)
ISSUES = ("activity", "reward")  # the kinds of postings by which points come out of a fund
TOWN = UUID(int=0)  # owns the sponsor, bank and lapsed wallets


class Overdrawn(Conflict):
    """The source does not hold so much. Callers turn it into their own sentence."""

    message = N_("There is not enough.")


class NothingLeft(Exception):
    """What was to be taken with a spending is not there. The caller says why, and the transaction is taken back."""


@dataclass(frozen=True)
class Cause:
    """The row that a posting happens because of. With the posting's kind it is unique."""

    type: str
    id: UUID


def open_wallets(owner_id: UUID, kinds: Iterable[tuple[WalletKind, Unit]]) -> None:
    put(Wallet, [
        {"owner_id": owner_id, "kind": kind, "unit": unit, "floor": None if _may_fall(kind, unit) else 0}
        for kind, unit in kinds])


def open_town_wallets() -> None:
    """Once: where they are open already, nothing happens."""
    if db.session.scalar(select(Wallet.id).filter_by(owner_id=TOWN).limit(1)):
        return
    open_wallets(TOWN, [(WalletKind.SPONSOR, Unit.POINTS), (WalletKind.LAPSED, Unit.POINTS),
                        (WalletKind.SPONSOR, Unit.FEN), (WalletKind.BANK, Unit.FEN)])


def open_resident_wallets(person_id: UUID) -> None:
    open_wallets(person_id, [(WalletKind.RESIDENT, Unit.POINTS), (WalletKind.OWED, Unit.POINTS)])


def open_fund_wallets(fund_id: UUID) -> None:
    """A fund's points end at 0; its fen may fall below, which is what it owes for coupons used."""
    open_wallets(fund_id, [(WalletKind.FUND, Unit.POINTS), (WalletKind.SPENT, Unit.POINTS), (WalletKind.FUND, Unit.FEN)])


def open_merchant_wallets(merchant_id: UUID) -> None:
    open_wallets(merchant_id, [(WalletKind.MERCHANT, Unit.FEN)])


def _may_fall(kind: WalletKind, unit: Unit) -> bool:
    return kind in FLOORLESS or (kind == WalletKind.FUND and unit == Unit.FEN)


def wallet(owner_id: UUID, kind: WalletKind, unit: Unit = Unit.POINTS) -> Wallet:
    return db.session.scalars(select(Wallet).filter_by(owner_id=owner_id, kind=kind, unit=unit)
                              .execution_options(populate_existing=True)).one()


def post(source: UUID, destination: UUID, amount: int, *, unit: Unit, kind: str, because: Cause,
         area_id: UUID, now: datetime, memo: str = "", may_wait: bool = True) -> UUID:
    """Move `amount` (> 0) between two wallets, by id; gives the posting's id.

    Overdrawn when the source's floor stops it. Who knows that it will says that this may not wait (models/statements.py), or it would be tried twice.
    """
    posting = _posting(source, destination, amount, unit=unit, kind=kind, because=because, area_id=area_id, now=now, memo=memo)
    _post([posting], may_wait=may_wait)
    return posting[1]["id"]


def _post(rows: list[tuple[type, dict]], *then: Callable, may_wait: bool = True, **values):
    """Move what the posting says, which comes first, and write the rows. What `_move_and_write` gives; None on SQLite, where `then` is not asked."""
    if is_postgresql():
        return _move_and_write(rows, *then, may_wait=may_wait, **values)
    posting = rows[0][1]
    posting["source_after"], posting["destination_after"] = _move(posting["source_id"], posting["destination_id"], posting["amount"])
    put_late(*rows)
    return None


def _posting(source: UUID, destination: UUID, amount: int, *, unit: Unit, kind: str, because: Cause, area_id: UUID, now: datetime, memo: str):
    return Posting, {
        "id": uuid7(), "unit": unit, "source_id": source, "destination_id": destination, "amount": amount, "kind": kind,
        "because_type": because.type, "because_id": because.id, "source_after": None, "destination_after": None, "at": now,
        "area_id": area_id, "memo": memo}


def _move_and_write(rows: list[tuple[type, dict]], *then: Callable, may_wait: bool = True, **values):
    """Change both balances and write the posting, which comes first, with what follows from it, in one statement: also what `then`
    changes or finds, of which the answer says how many rows those were. Overdrawn as above. None where it waits for the answer that is kept."""
    shape, given = shaped(rows, "moved")
    source, destination, amount = (rows[0][1][name] for name in ("source_id", "destination_id", "amount"))
    given |= _moved(source, destination, amount) | values
    told, act = _moving(shape, then)
    if may_wait and waits(act, given):
        return None
    after = run(told, given, ahead=_LOCK).one()
    if after.source is None:
        _move_back(destination, amount)
    return after


# Whose wallet is locked first: a person's own, so that what many share is held shortly.
_RANK = case({kind.value: rank for rank, kind in enumerate((
    WalletKind.RESIDENT, WalletKind.OWED, WalletKind.MERCHANT, WalletKind.FUND, WalletKind.SPENT, WalletKind.LAPSED,
    WalletKind.SPONSOR, WalletKind.BANK))}, value=Wallet.kind)


def locked(*conditions):
    """A select of the ids of the wallets of these conditions, locked in the one order for all."""
    return select(Wallet.id).where(*conditions).order_by(_RANK, Wallet.id).with_for_update()


_SOURCE, _DESTINATION, _AMOUNT = bindparam("moved_from", type_=Uuid), bindparam("moved_to", type_=Uuid), bindparam("how_much", type_=BigInteger)
_LOCK = Ahead(locked(Wallet.id.in_((_SOURCE, _DESTINATION))), ("moved_from", "moved_to"))
_MOVE = (update(Wallet.__table__)
         .where(Wallet.id.in_((_SOURCE, _DESTINATION)),
                or_(Wallet.id == _DESTINATION, Wallet.floor.is_(None), Wallet.balance - _AMOUNT >= Wallet.floor))
         .values(balance=Wallet.balance + case((Wallet.id == _SOURCE, -_AMOUNT), else_=_AMOUNT))
         .returning(Wallet.id, Wallet.balance))


def _moved(source: UUID, destination: UUID, amount: int) -> dict:
    return {"moved_from": source, "moved_to": destination, "how_much": amount}


@cache
def _moving(shape: Shape, then: tuple[Callable, ...]):
    """The statement, and as an act that may wait."""
    moved = _MOVE.cte("moved")
    after = {name: select(moved.c.balance).where(moved.c.id == wallet).scalar_subquery() for name, wallet in
             (("source", _SOURCE), ("destination", _DESTINATION))}
    was_held = after["source"].is_not(None)
    rows = inserts(shape, only_if=was_held, found={f"moved0_{name}_after": balance for name, balance in after.items()}, called="moved")
    parts = [change(was_held) for change in then]
    changed = [(part if part.is_select else part.returning(literal_column("1"))).cte(f"changed{n}") for n, part in enumerate(parts)]
    counts = [select(func.count()).select_from(row).scalar_subquery().label(row.name) for row in changed]
    told = select(*(balance.label(name) for name, balance in after.items()), *counts).add_cte(*rows)
    return told, Act(and_(was_held, *(count > 0 for count in counts)), *rows, ahead=_LOCK)


def _move(source: UUID, destination: UUID, amount: int) -> tuple[int, int]:
    """Change both stored balances and give them back; Overdrawn, and nothing changed, when the source's floor would be crossed."""
    after = dict(run(_MOVE, _moved(source, destination, amount)).all())
    if source not in after:
        _move_back(destination, amount)
    return after[source], after[destination]


_LOWER = update(Wallet.__table__).where(Wallet.id == _DESTINATION).values(balance=Wallet.balance - _AMOUNT)


def _move_back(destination: UUID, amount: int) -> None:
    """What the source did not hold."""
    run(_LOWER, {"moved_to": destination, "how_much": amount})
    raise Overdrawn


@dataclass(frozen=True)
class Purse:
    """The wallets of one credit: the fund that issues, the person who gets, and what they owe already."""

    area_id: UUID
    issuer: UUID
    holder: UUID
    owed: UUID
    owed_points: int
    is_enough: bool = True  # as far as is known before the issuer is locked


def credit(purse: Purse, points: int, *, kind: str, because: Cause, lapses_on: date, now: datetime, memo: str = "") -> UUID:
    """Issue points out of a fund into a new lot of the person's; what they owe is paid from it first."""
    posting = _posting(purse.issuer, purse.holder, points, unit=Unit.POINTS, kind=kind, because=because, area_id=purse.area_id, now=now, memo=memo)
    posting_id, then = posting[1]["id"], {} if purse.owed_points else {"owed_id": purse.owed}
    rows = [posting, (Lot, lots.row(purse.holder, posting_id, points, lapses_on))]
    after = _post(rows, *([_nothing_owed] if then else []), may_wait=purse.is_enough, **then)
    if purse.owed_points or (after and not after.changed0):
        pay_owed(purse.holder, because=Cause("posting", posting_id), area_id=purse.area_id, now=now)
    return posting_id


def _nothing_owed(only_if) -> Select:
    """That nothing is owed by now: what was taken back meanwhile is seen behind the wallet's lock, and not where the purse was read."""
    return select(literal_column("1")).where(Wallet.id == bindparam("owed_id", type_=Uuid), Wallet.balance == 0, only_if)


def pay_owed(holder: UUID, *, because: Cause, area_id: UUID, now: datetime) -> None:
    """Pay what the wallet's owner owes, as far as it goes. Whoever calls holds the wallet's lock, behind which both are read."""
    held, debt = aliased(Wallet), aliased(Wallet)
    owed_id, owed, available = db.session.execute(
        select(debt.id, -debt.balance, held.balance).select_from(held)
        .join(debt, (debt.owner_id == held.owner_id) & (debt.kind == WalletKind.OWED)).where(held.id == holder)).one()
    if payable := min(owed, available):
        spend(holder, owed_id, payable, kind="owed_paid", because=because, area_id=area_id, now=now)


def spend(source: UUID, destination: UUID, points: int, *, kind: str, because: Cause, area_id: UUID,
          now: datetime, memo: str = "", taking: Callable | None = None, may_wait: bool = True, **of) -> UUID:
    """Take points out of a resident's wallet, whose lock the caller holds, soonest-lapsing lots first. Overdrawn when there are too few.

    `taking` makes, of a condition, a guarded UPDATE of what is bought, which is given `of`: NothingLeft when that changes nothing. Who
    knows that the answer will be one of these says that it may not wait (models/statements.py), or it would be asked for twice.
    """
    named = {"kind": kind, "because": because, "unit": Unit.POINTS, "area_id": area_id, "now": now, "memo": memo}
    if is_postgresql():
        posting = _posting(source, destination, points, **named)
        then = [lots.taking] if taking is None else [lots.taking, taking]
        after = _move_and_write([posting], *then, may_wait=may_wait, **lots.taken_by(source, posting[1]["id"], points), **of)
        if after and taking is not None and not after.changed1:
            raise NothingLeft
        return posting[1]["id"]
    posting_id = post(source, destination, points, **named)
    lots.take(source, posting_id, points)
    if taking is not None and run(taking(), of).rowcount != 1:
        raise NothingLeft
    return posting_id


def refund(posting_id: UUID, *, kind: str, today: date, now: datetime) -> UUID:
    """Undo a spending, with its cause: the points go back into the very lots (equal ones, if the person was joined).

    What goes back into a lot whose last day is before `today` (a local day) lapses with the refund; what the
    person owes is paid from the rest.
    """
    spent = db.session.get_one(Posting, posting_id)
    holder = _standing_for(spent.source_id)
    back = post(spent.destination_id, holder, spent.amount, unit=Unit.POINTS, kind=kind,
                because=Cause(spent.because_type, spent.because_id), area_id=spent.area_id, now=now)
    uses = lots.put_back(posting_id) if holder == spent.source_id else lots.open_equal(posting_id, holder, back)
    late = {use.lot_id: use.amount for use in uses if use.lapses_on < today}
    if late:
        lapse(holder, late, because=Cause("posting", back), area_id=spent.area_id, now=now)
    pay_owed(holder, because=Cause("posting", back), area_id=spent.area_id, now=now)
    return back


def lapse(holder: UUID, points_of: dict[UUID, int], *, because: Cause, area_id: UUID, now: datetime) -> UUID:
    """Let these points of these lots of one wallet go. Whoever calls holds the wallet's lock."""
    gone = post(holder, wallet(TOWN, WalletKind.LAPSED).id, sum(points_of.values()), unit=Unit.POINTS, kind="lapse",
                because=because, area_id=area_id, now=now)
    lots.use(gone, points_of)
    return gone


def _standing_for(wallet_id: UUID) -> UUID:
    """The wallet that this one's postings go to now: another only where its owner was joined to another person."""
    other = aliased(Wallet)
    joined = select(other.id).select_from(Wallet).join(Person, Person.id == Wallet.owner_id).join(
        other, (other.owner_id == Person.joined_into_id) & (other.kind == Wallet.kind) & (other.unit == Wallet.unit))
    return db.session.scalar(joined.where(Wallet.id == wallet_id)) or wallet_id


def _locked_holder(wallet_id: UUID) -> Wallet:
    return db.session.scalars(select(Wallet).where(Wallet.id == wallet_id).with_for_update()
                              .execution_options(populate_existing=True)).one()


def take_back(posting_id: UUID, *, because: Cause, now: datetime) -> None:
    """Reverse a credit by counter-postings: from its own lot first, then from others, soonest-lapsing first.

    What lapsed of it comes back from the lapsed, for nobody had it; what was spent becomes owed.
    """
    given = db.session.get_one(Posting, posting_id)
    holder = _locked_holder(_standing_for(given.destination_id))
    own = lots.descent(posting_id)
    lapsed = lots.lapsed_points(own)
    there = min(given.amount - lapsed, holder.balance)
    if there:
        taken = post(holder.id, given.source_id, there, unit=Unit.POINTS, kind="reversal", because=because,
                     area_id=given.area_id, now=now)
        lots.take(holder.id, taken, there, first=own[-1])
    for source, points, kind in ((WalletKind.LAPSED, lapsed, "reversal_lapsed"),
                                 (WalletKind.OWED, given.amount - lapsed - there, "reversal_owed")):
        if points:
            owner = TOWN if source == WalletKind.LAPSED else holder.owner_id
            post(wallet(owner, source).id, given.source_id, points, unit=Unit.POINTS, kind=kind, because=because,
                 area_id=given.area_id, now=now)
