"""Funds: what an area can issue and pay in a period, filled by a sponsor."""
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from models import OVERSIGHT, Area, Fund, Person, Posting, Role, TopUp, Unit, Wallet, WalletKind, db, local_day
from models.statements import run
from services import ledger
from services.access import reach
from services.audit import audit
from services.ledger import Cause
from services.refusals import N_, Conflict, NotFound, ValidationFailed


class FundExhausted(Conflict):
    message = N_("The area's fund has too few points left; the record waits.")


ENOUGH = bindparam("enough")


def nearest(path, enough=ENOUGH) -> Select:
    """Selects the fund that pays today in the area of this path: of the nearest area up the tree, the newest that covers the local day,
    and rather one that still holds so many points. The statement is given the day, `today`, and `enough`."""
    over = aliased(Area)
    # No join: SQLite would look through all wallets first.
    holds = select(Wallet.balance).where(Wallet.owner_id == Fund.id, Wallet.kind == WalletKind.FUND, Wallet.unit == Unit.POINTS).scalar_subquery()
    return (select(Fund).join(over, over.id == Fund.area_id)
            .where(func.substr(path, 1, func.length(over.path)) == over.path,
                   Fund.period_start <= bindparam("today"), Fund.period_end >= bindparam("today"))
            .order_by(over.path.desc(), (holds >= enough).desc(), Fund.id.desc()).limit(1))


def purse_beside(enough=ENOUGH, *tables_of_it) -> tuple[list, Callable]:
    """Columns, and what joins them to a statement with `Area` and with the `Person` whose purse it is, who is joined to nobody: for `purse_in`.
    The statement is given the day, `today`; `enough` is as many points as are wanted, by columns of these tables."""
    issuer, holder, owed = (Wallet.__table__.alias(name) for name in ("issuer", "holder", "owed"))
    paying = Fund.__table__.alias("paying")
    fund_id = nearest(Area.path, enough).with_only_columns(Fund.id).correlate(Area, *tables_of_it).scalar_subquery()

    def join(tables):
        return (tables.outerjoin(issuer, (issuer.c.owner_id == fund_id) & (issuer.c.kind == WalletKind.FUND) & (issuer.c.unit == Unit.POINTS))
                .outerjoin(paying, paying.c.id == issuer.c.owner_id)
                .outerjoin(holder, (holder.c.owner_id == Person.id) & (holder.c.kind == WalletKind.RESIDENT) & (holder.c.unit == Unit.POINTS))
                .outerjoin(owed, (owed.c.owner_id == Person.id) & (owed.c.kind == WalletKind.OWED) & (owed.c.unit == Unit.POINTS)))
    return [paying.c.area_id, issuer.c.id, holder.c.id, owed.c.id, owed.c.balance, issuer.c.balance], join


def _purse() -> Select:
    beside, join = purse_beside()
    named = Person.__table__.alias("named")
    tables = (Area.__table__.join(named, named.c.id == bindparam("person_id"))
              .join(Person.__table__, Person.id == func.coalesce(named.c.joined_into_id, named.c.id)))
    return select(*beside).select_from(join(tables)).where(Area.id == bindparam("area_id"))


_PURSE = _purse()


def purse_in(columns: tuple, points: int) -> ledger.Purse:
    """Of the columns of `purse_beside`. FundExhausted without a fund."""
    if columns[0] is None:
        raise FundExhausted
    return ledger.Purse(*columns[:4], owed_points=-columns[4], is_enough=columns[5] >= points)


def purse_of(area: Area, person_id: UUID, now: datetime, *, points: int = 1) -> ledger.Purse:
    """The fund that pays in this area today with the person's wallets, in one statement. FundExhausted without a fund."""
    values = {"area_id": area.id, "person_id": person_id, "today": local_day(now, area), "enough": points}
    return purse_in(run(_PURSE, values).one(), points)


def create(*, area_id: UUID, name: str, period_start: date, period_end: date, by: Person, now: datetime) -> Fund:
    """An empty fund with its wallets, by an admin of the area."""
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    if period_end < period_start:
        raise ValidationFailed({"period_end": [N_("The end must not be before the start.")]})
    fund = Fund(id=uuid7(), area_id=area.id, name=name, period_start=period_start, period_end=period_end,
                created_at=now, created_by_id=by.id)
    db.session.add(fund)
    db.session.flush()
    ledger.open_fund_wallets(fund.id)
    audit.write("fund.create", "fund", fund.id, by=by.id, area_id=area.id, now=now)
    return fund


def top_up(fund_id: UUID, *, points: int, amount_fen: int, reference: str, by: Person, now: datetime) -> TopUp:
    """Points and money from the sponsor; at least one of the two."""
    fund = db.session.get(Fund, fund_id)
    if fund is None:
        raise NotFound
    reach.area_within(by, fund.area_id, (Role.AREA_ADMIN,), now)
    if points + amount_fen == 0:
        raise ValidationFailed({"points": [N_("Points or money, please.")]})
    row = TopUp(id=uuid7(), fund_id=fund.id, points=points, amount_fen=amount_fen, reference=reference, by_id=by.id, at=now)
    db.session.add(row)
    db.session.flush()
    for unit, amount in ((Unit.POINTS, points), (Unit.FEN, amount_fen)):
        if amount:
            ledger.post(ledger.wallet(ledger.TOWN, WalletKind.SPONSOR, unit).id, ledger.wallet(fund.id, WalletKind.FUND, unit).id,
                        amount, unit=unit, kind=f"top_up_{unit}", because=Cause("top_up", row.id), area_id=fund.area_id, now=now)
    audit.write("fund.top_up", "fund", fund.id, by=by.id, area_id=fund.area_id, now=now, points=points, amount_fen=amount_fen)
    return row


def search(by: Person, now: datetime, *, area_id: UUID | None = None) -> Select:
    """Selects the funds of the areas that `by` administers or audits."""
    return select(Fund).where(Fund.area_id.in_(reach.area_ids(by, OVERSIGHT, now, within=area_id)))


def top_ups(fund: Fund) -> Select:
    return select(TopUp).where(TopUp.fund_id == fund.id)


def visible(fund_id: UUID, *, by: Person, now: datetime) -> Fund:
    """The fund, for admins and auditors of its area. Everyone else: NotFound."""
    fund = db.session.get(Fund, fund_id)
    if fund is None:
        raise NotFound
    reach.area_within(by, fund.area_id, OVERSIGHT, now)
    return fund


def figures(fund_ids: list[UUID]) -> dict[UUID, dict]:
    """By fund: points left to issue, issued and spent so far, and fen (below 0 is what the fund owes). Two statements."""
    wallets = db.session.execute(select(Wallet.id, Wallet.owner_id, Wallet.kind, Wallet.unit, Wallet.balance)
                                 .where(Wallet.owner_id.in_(fund_ids))).all()
    by_key = {(row.owner_id, row.kind, row.unit): row for row in wallets}
    issued = dict(db.session.execute(select(Posting.source_id, func.sum(Posting.amount)).where(
        Posting.source_id.in_([row.id for row in wallets]), Posting.kind.in_(ledger.ISSUES)).group_by(Posting.source_id)).all())
    return {fund_id: {
        "points": by_key[fund_id, "fund", "points"].balance,
        "points_issued": int(issued.get(by_key[fund_id, "fund", "points"].id, 0)),
        "points_spent": by_key[fund_id, "spent", "points"].balance,
        "amount_fen": by_key[fund_id, "fund", "fen"].balance} for fund_id in fund_ids}
