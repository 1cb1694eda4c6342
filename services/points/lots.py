"""Lots: the points of one credit, with the day they lapse. The only module that writes them.

Whoever calls holds the lock of the lots' wallet: a posting takes it before it touches a lot (docs/locking.md).
"""
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Update, Uuid, bindparam, case, cast, func, insert, select, text, update
from uuid_utils.compat import uuid7

from models import Lot, LotUse, Posting, db
from models.shapes import ALWAYS
from models.statements import is_postgresql, put, run


class Use(NamedTuple):
    """How many points of which lot, and its last day."""

    lot_id: UUID
    amount: int
    lapses_on: date


def open_one(wallet_id: UUID, posting_id: UUID, points: int, lapses_on: date, *, continues: UUID | None = None) -> UUID:
    """`continues` is the lot in another wallet that these points were in before."""
    lot = row(wallet_id, posting_id, points, lapses_on, continues=continues)
    put(Lot, lot)
    return lot["id"]


def row(wallet_id: UUID, posting_id: UUID, points: int, lapses_on: date, *, continues: UUID | None = None) -> dict:
    """The same lot, to be written together with its posting."""
    return {"id": uuid7(), "wallet_id": wallet_id, "posting_id": posting_id, "amount": points, "remaining": points,
            "lapses_on": lapses_on, "continues_id": continues}


def take(wallet_id: UUID, posting_id: UUID, points: int, *, first: UUID | None = None) -> None:
    """Use up points of the wallet's lots: those of `first`, then the soonest-lapsing."""
    values = taken_by(wallet_id, posting_id, points, first)
    if is_postgresql():
        run(TAKE_AND_LOWER, values)
        return
    run(TAKE, values)
    run(LOWER, {"posting": posting_id})


def taken_by(wallet_id: UUID, posting_id: UUID, points: int, first: UUID | None = None) -> dict:
    """What a statement with `taking` is given."""
    return {"taken_from": wallet_id, "taken_for": posting_id, "taken_points": points, "taken_first": first}


def use(posting_id: UUID, points_of: dict[UUID, int]) -> None:
    """Use up these points of these lots."""
    put(LotUse, [{"posting_id": posting_id, "lot_id": lot_id, "amount": points} for lot_id, points in points_of.items()])
    run(LOWER, {"posting": posting_id})


def uses_of(posting_id: UUID) -> list[Use]:
    rows = db.session.execute(select(LotUse.lot_id, LotUse.amount, Lot.lapses_on).join(Lot, Lot.id == LotUse.lot_id)
                              .where(LotUse.posting_id == posting_id).order_by(LotUse.lot_id))
    return [Use(*row) for row in rows]


def put_back(posting_id: UUID) -> list[Use]:
    """Undo what a posting took from its lots; gives what went back where."""
    run(RAISE, {"posting": posting_id})
    return uses_of(posting_id)


def open_equal(posting_id: UUID, wallet_id: UUID, back_id: UUID) -> list[Use]:
    """Lots of another wallet, opened by `back_id`, equal to what a posting took; gives what is in them."""
    return [Use(open_one(wallet_id, back_id, used.amount, used.lapses_on, continues=used.lot_id), used.amount, used.lapses_on)
            for used in uses_of(posting_id)]


def overdue(wallet_id, today: date):
    """An expression: the points of this wallet whose last day is over and that the night has not yet let go."""
    return select(cast(func.coalesce(func.sum(Lot.remaining), 0), BigInteger)).where(
        Lot.wallet_id == wallet_id, Lot.remaining > 0, Lot.lapses_on < today).scalar_subquery()


def descent(posting_id: UUID) -> list[UUID]:
    """The lot that a credit opened, and those where its points went on when its owner was joined to another person."""
    lot_ids = [db.session.scalars(select(Lot.id).where(Lot.posting_id == posting_id)).one()]
    newest = lot_ids
    while newest := db.session.scalars(select(Lot.id).where(Lot.continues_id.in_(newest)).order_by(Lot.id)).all():
        lot_ids += newest
    return lot_ids


def lapsed_points(lot_ids: list[UUID]) -> int:
    """How many points of these lots have lapsed."""
    lapsed = select(func.coalesce(func.sum(LotUse.amount), 0)).join(Posting, Posting.id == LotUse.posting_id).where(
        LotUse.lot_id.in_(lot_ids), Posting.kind == "lapse")
    return int(db.session.scalar(lapsed))


def _taking(only_if=ALWAYS):
    wallet, posting, first = (bindparam(name, type_=Uuid) for name in ("taken_from", "taken_for", "taken_first"))
    points = bindparam("taken_points", type_=BigInteger)
    before = func.sum(Lot.remaining).over(order_by=(case((Lot.id == first, 0), else_=1), Lot.lapses_on, Lot.id)) - Lot.remaining
    running = select(Lot.id, Lot.remaining, before.label("before")).where(Lot.wallet_id == wallet, Lot.remaining > 0).subquery("running")
    rest = points - running.c.before
    used = select(posting, running.c.id, case((running.c.remaining < rest, running.c.remaining), else_=rest)).where(rest > 0, only_if)
    return insert(LotUse.__table__).from_select(["posting_id", "lot_id", "amount"], used, include_defaults=False)


def taking(only_if=ALWAYS) -> Update:
    """Both in one of PostgreSQL's statements, as a part of another, if this holds there: `take`, with the values of `taken_by`."""
    taken = _taking(only_if).returning(LotUse.lot_id, LotUse.amount).cte("taken")
    return update(Lot.__table__).where(Lot.id == taken.c.lot_id).values(remaining=Lot.remaining - taken.c.amount)


TAKE, TAKE_AND_LOWER = _taking(), taking()
LOWER, RAISE = (text(f"""
    UPDATE lots SET remaining = remaining {sign}
        (SELECT amount FROM lot_uses WHERE lot_uses.lot_id = lots.id AND lot_uses.posting_id = :posting)
    WHERE id IN (SELECT lot_id FROM lot_uses WHERE posting_id = :posting)
""").bindparams(bindparam("posting", type_=Uuid)) for sign in "-+")
