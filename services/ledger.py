"""Move points and money. The only module that writes wallets, postings and lots. See docs/ledger.md.

A debit is one guarded UPDATE whose row count is the answer, so that of two payments at once only
what the wallet holds is paid, on both databases. Wallets are taken in the order payer, payee.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, insert, select, text, update
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from models import Lot, LotUse, Person, Posting, Unit, Wallet, WalletKind, db
from services.refusals import N_, Conflict

FLOORLESS = (WalletKind.SPONSOR, WalletKind.BANK, WalletKind.OWED)
TOWN = UUID(int=0)  # owns the sponsor, bank and lapsed wallets


class Overdrawn(Conflict):
    """The source does not hold so much. Callers turn it into their own sentence."""

    message = N_("There is not enough.")


@dataclass(frozen=True)
class Cause:
    """The row that a posting happens because of. With the posting's kind it is unique."""

    type: str
    id: UUID


def open_wallets(owner_id: UUID, kinds: Iterable[tuple[WalletKind, Unit]]) -> None:
    db.session.execute(insert(Wallet), [
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
         area_id: UUID, now: datetime, memo: str = "") -> UUID:
    """Move `amount` (> 0) between two wallets, by id; gives the posting's id. Overdrawn when the source's floor stops it."""
    source_after = _change(source, -amount)
    destination_after = _change(destination, amount)
    posting_id = uuid7()
    db.session.execute(insert(Posting), {
        "id": posting_id, "unit": unit, "source_id": source, "destination_id": destination, "amount": amount,
        "kind": kind, "because_type": because.type, "because_id": because.id, "source_after": source_after,
        "destination_after": destination_after, "at": now, "area_id": area_id, "memo": memo})
    return posting_id


def _change(wallet_id: UUID, amount: int) -> int:
    """Add to a stored balance and give it back; Overdrawn when the floor would be crossed."""
    allowed = (Wallet.floor.is_(None)) | (Wallet.balance + amount >= Wallet.floor) if amount < 0 else True
    changed = update(Wallet).where(Wallet.id == wallet_id, allowed).values(balance=Wallet.balance + amount)
    after = db.session.scalar(changed.returning(Wallet.balance), execution_options={"synchronize_session": False})
    if after is None:
        raise Overdrawn
    return after


@dataclass(frozen=True)
class Purse:
    """The wallets of one credit: the fund that issues, the person who gets, and what they owe already."""

    area_id: UUID
    issuer: UUID
    holder: UUID
    owed: UUID
    owed_points: int


def credit(purse: Purse, points: int, *, kind: str, because: Cause, lapses_on: date, now: datetime, memo: str = "") -> UUID:
    """Issue points out of a fund into a new lot of the person's; what they owe is paid from it first."""
    posting_id = post(purse.issuer, purse.holder, points, unit=Unit.POINTS, kind=kind, because=because,
                      area_id=purse.area_id, now=now, memo=memo)
    db.session.execute(insert(Lot), {"wallet_id": purse.holder, "posting_id": posting_id, "amount": points,
                                     "remaining": points, "lapses_on": lapses_on})
    if purse.owed_points:
        _pay_owed(purse, points, posting_id, now)
    return posting_id


def _pay_owed(purse: Purse, points: int, posting_id: UUID, now: datetime) -> None:
    """The holder's wallet is locked by the credit, so what is owed is read again behind that lock."""
    owed = -db.session.scalar(select(Wallet.balance).where(Wallet.id == purse.owed).with_for_update())
    if owed > 0:
        spend(purse.holder, purse.owed, min(points, owed), kind="owed_paid", because=Cause("posting", posting_id),
              area_id=purse.area_id, now=now)


def spend(source: UUID, destination: UUID, points: int, *, kind: str, because: Cause, area_id: UUID,
          now: datetime, memo: str = "") -> UUID:
    """Take points out of a resident's wallet, soonest-lapsing lots first. Overdrawn when there are too few."""
    posting_id = post(source, destination, points, unit=Unit.POINTS, kind=kind, because=because,
                      area_id=area_id, now=now, memo=memo)
    db.session.execute(TAKE_FROM_LOTS, {"wallet": source, "posting": posting_id, "points": points})
    db.session.execute(LOWER_LOTS, {"posting": posting_id})
    return posting_id


_RUNNING = """
    SELECT id, remaining, sum(remaining) OVER (ORDER BY lapses_on, id) - remaining AS before
    FROM lots WHERE wallet_id = :wallet AND remaining > 0
"""
TAKE_FROM_LOTS = text(f"""
    INSERT INTO lot_uses (posting_id, lot_id, amount)
    SELECT :posting, id, CASE WHEN remaining < :points - before THEN remaining ELSE :points - before END
    FROM ({_RUNNING}) AS running WHERE before < :points
""").bindparams(bindparam("wallet", type_=Uuid), bindparam("posting", type_=Uuid))
LOWER_LOTS = text("""
    UPDATE lots SET remaining = remaining
        - (SELECT amount FROM lot_uses WHERE lot_uses.lot_id = lots.id AND lot_uses.posting_id = :posting)
    WHERE id IN (SELECT lot_id FROM lot_uses WHERE posting_id = :posting)
""").bindparams(bindparam("posting", type_=Uuid))
RAISE_LOTS = text("""
    UPDATE lots SET remaining = remaining
        + (SELECT amount FROM lot_uses WHERE lot_uses.lot_id = lots.id AND lot_uses.posting_id = :posting)
    WHERE id IN (SELECT lot_id FROM lot_uses WHERE posting_id = :posting)
""").bindparams(bindparam("posting", type_=Uuid))


def refund(posting_id: UUID, *, kind: str, because: Cause, now: datetime) -> UUID:
    """Undo a spending: the points go back into the very lots that they came from (equal ones, if the person was joined)."""
    spent = db.session.get_one(Posting, posting_id)
    holder = _standing_for(spent.source_id)
    back = post(spent.destination_id, holder, spent.amount, unit=Unit.POINTS, kind=kind, because=because,
                area_id=spent.area_id, now=now)
    if holder == spent.source_id:
        db.session.execute(RAISE_LOTS, {"posting": posting_id})
    else:
        _open_equal_lots(posting_id, back, holder)
    return back


def _standing_for(wallet_id: UUID) -> UUID:
    """The wallet that this one's postings go to now: another only where its owner was joined to another person."""
    other = aliased(Wallet)
    joined = select(other.id).select_from(Wallet).join(Person, Person.id == Wallet.owner_id).join(
        other, (other.owner_id == Person.joined_into_id) & (other.kind == Wallet.kind) & (other.unit == Wallet.unit))
    return db.session.scalar(joined.where(Wallet.id == wallet_id)) or wallet_id


def _open_equal_lots(spent_id: UUID, back_id: UUID, wallet_id: UUID) -> None:
    used = db.session.execute(select(LotUse.amount, Lot.lapses_on).join(Lot, Lot.id == LotUse.lot_id)
                              .where(LotUse.posting_id == spent_id)).all()
    db.session.execute(insert(Lot), [
        {"wallet_id": wallet_id, "posting_id": back_id, "amount": use.amount, "remaining": use.amount,
         "lapses_on": use.lapses_on} for use in used])


def take_back(posting_id: UUID, *, because: Cause, now: datetime) -> UUID:
    """Reverse a credit by a counter-posting; what was spent meanwhile becomes owed. Gives the first posting's id."""
    given = db.session.get_one(Posting, posting_id)
    holder = db.session.scalars(select(Wallet).where(Wallet.id == _standing_for(given.destination_id)).with_for_update()
                                .execution_options(populate_existing=True)).one()
    owed = wallet(holder.owner_id, WalletKind.OWED)
    from_own_lot = db.session.scalar(select(Lot.id).where(Lot.posting_id == posting_id))
    available = min(given.amount, holder.balance)
    first = None
    if available:
        first = _take_own_lot_first(holder, given, from_own_lot, available, because, now)
    if available < given.amount:
        debt = post(owed.id, given.source_id, given.amount - available, unit=Unit.POINTS, kind="reversal_owed",
                    because=because, area_id=given.area_id, now=now)
        first = first or debt
    return first


def _take_own_lot_first(holder, given, lot_id, points, because, now) -> UUID:
    """The lot the credit opened gives what it still has; other lots give the rest, soonest-lapsing first."""
    posting_id = post(holder.id, given.source_id, points, unit=Unit.POINTS, kind="reversal", because=because,
                      area_id=given.area_id, now=now)
    own = db.session.scalar(select(Lot.remaining).where(Lot.id == lot_id).with_for_update())
    from_own = min(own, points)
    if from_own:
        db.session.execute(insert(LotUse), {"posting_id": posting_id, "lot_id": lot_id, "amount": from_own})
        db.session.execute(LOWER_LOTS, {"posting": posting_id})
    if from_own < points:
        db.session.execute(TAKE_FROM_LOTS, {"wallet": holder.id, "posting": posting_id, "points": points - from_own})
        db.session.execute(text("""
            UPDATE lots SET remaining = remaining
                - (SELECT amount FROM lot_uses WHERE lot_uses.lot_id = lots.id AND lot_uses.posting_id = :posting)
            WHERE id IN (SELECT lot_id FROM lot_uses WHERE posting_id = :posting AND lot_id <> :own)
        """).bindparams(bindparam("posting", type_=Uuid), bindparam("own", type_=Uuid)),
            {"posting": posting_id, "own": lot_id})
    return posting_id


def lapse(today: date, *, now: datetime) -> int:
    """Lapse every lot whose last day is before `today` (a local day); gives how many. Running again does nothing."""
    lots = db.session.execute(
        select(Lot.id, Lot.wallet_id, Lot.remaining, Posting.area_id).join(Posting, Posting.id == Lot.posting_id)
        .where(Lot.lapses_on < bindparam("today", type_=Date), Lot.remaining > 0).order_by(Lot.wallet_id, Lot.id)
        .limit(500).with_for_update(of=Lot), {"today": today}).all()
    lapsed = wallet(TOWN, WalletKind.LAPSED).id if lots else None
    for lot in lots:
        posting_id = post(lot.wallet_id, lapsed, lot.remaining, unit=Unit.POINTS, kind="lapse",
                          because=Cause("lapse", uuid7()), area_id=lot.area_id, now=now)
        db.session.execute(insert(LotUse), {"posting_id": posting_id, "lot_id": lot.id, "amount": lot.remaining})
        db.session.execute(LOWER_LOTS, {"posting": posting_id})
    return len(lots)


def problems() -> list[str]:
    """What does not hold in the books, each as a sentence; empty when all does. Proves design promise 3."""
    found = []
    for unit, total in db.session.execute(text("SELECT unit, sum(balance) FROM wallets GROUP BY unit")):
        if total:
            found.append(f"the wallets of {unit} hold {total} together, not 0")
    differing = db.session.execute(text("""
        SELECT w.id, w.balance, coalesce(i.total, 0) - coalesce(o.total, 0)
        FROM wallets w
        LEFT JOIN (SELECT destination_id AS id, sum(amount) AS total FROM postings GROUP BY destination_id) i ON i.id = w.id
        LEFT JOIN (SELECT source_id AS id, sum(amount) AS total FROM postings GROUP BY source_id) o ON o.id = w.id
        WHERE w.balance <> coalesce(i.total, 0) - coalesce(o.total, 0)"""))
    found += [f"wallet {row[0]} stores {row[1]} and its postings make {row[2]}" for row in differing]
    below = db.session.execute(text("SELECT id, balance, floor FROM wallets WHERE balance < floor"))
    found += [f"wallet {row[0]} holds {row[1]}, below its floor {row[2]}" for row in below]
    mixed = db.session.execute(text("""
        SELECT p.id FROM postings p JOIN wallets s ON s.id = p.source_id JOIN wallets d ON d.id = p.destination_id
        WHERE s.unit <> p.unit OR d.unit <> p.unit"""))
    found += [f"posting {row[0]} is between wallets of another unit" for row in mixed]
    lots = db.session.execute(text("""
        SELECT w.id, w.balance, coalesce(sum(l.remaining), 0) FROM wallets w LEFT JOIN lots l ON l.wallet_id = w.id
        WHERE w.kind = 'resident' GROUP BY w.id, w.balance HAVING w.balance <> coalesce(sum(l.remaining), 0)"""))
    found += [f"wallet {row[0]} holds {row[1]} and its lots {row[2]}" for row in lots]
    return found


def carry_over(from_person: UUID, to_person: UUID, *, area_id: UUID, now: datetime) -> int:
    """Move what one person's wallets hold to another's, who is the same human being; gives the points moved.

    Each lot goes on with its own day of lapse; what is owed goes too, and is paid from what is there.
    """
    source, destination = wallet(from_person, WalletKind.RESIDENT), wallet(to_person, WalletKind.RESIDENT)
    lots = db.session.execute(
        select(Lot.id, Lot.wallet_id, Lot.remaining, Lot.lapses_on, Posting.area_id).join(Posting, Posting.id == Lot.posting_id)
        .where(Lot.wallet_id == source.id, Lot.remaining > 0).order_by(Lot.id)
        .with_for_update(of=Lot)).all()
    for lot in lots:
        _carry_lot(lot, destination.id, now)
    debt = wallet(from_person, WalletKind.OWED)
    if debt.balance < 0:
        post(wallet(to_person, WalletKind.OWED).id, debt.id, -debt.balance, unit=Unit.POINTS, kind="join_owed",
             because=Cause("person", from_person), area_id=area_id, now=now)
    _pay_what_is_owed(to_person, Cause("person", from_person), area_id, now)
    return sum(lot.remaining for lot in lots)


def _carry_lot(lot, destination: UUID, now: datetime) -> None:
    posting_id = post(lot.wallet_id, destination, lot.remaining, unit=Unit.POINTS, kind="join",
                      because=Cause("lot", lot.id), area_id=lot.area_id, now=now)
    db.session.execute(insert(LotUse), {"posting_id": posting_id, "lot_id": lot.id, "amount": lot.remaining})
    db.session.execute(LOWER_LOTS, {"posting": posting_id})
    db.session.execute(insert(Lot), {"wallet_id": destination, "posting_id": posting_id, "amount": lot.remaining,
                                     "remaining": lot.remaining, "lapses_on": lot.lapses_on})


def _pay_what_is_owed(person_id: UUID, because: Cause, area_id: UUID, now: datetime) -> None:
    holder, owed = wallet(person_id, WalletKind.RESIDENT), wallet(person_id, WalletKind.OWED)
    if paid := min(holder.balance, -owed.balance):
        spend(holder.id, owed.id, paid, kind="owed_paid", because=because, area_id=area_id, now=now)
