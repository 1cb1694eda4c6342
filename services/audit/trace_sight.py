"""Who sees which link of a chain: one's own, what lies in one's areas, what is one's merchants'."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from models import Area, Coupon, Event, Merchant, Person, Role, SettlementLine, Wallet, db
from services.access import reach
from services.people import people


class Sight:
    """What `by` may see of these rows, by kind. Everything is read once, for all the rows."""

    def __init__(self, rows: dict[str, list], by: Person, now: datetime):
        self.merchants = set(reach.merchant_ids(by, now))
        self.owned = set(reach.merchant_ids(by, now, (Role.MERCHANT_OWNER,)))
        self.selves = set(db.session.scalars(people.selves(by)))
        self.wallets = set(db.session.scalars(select(Wallet.id).where(Wallet.owner_id.in_(self.selves))))
        self.coupons = {row.id for row in rows["coupon"] if row.resident_id == by.id}
        self.area_of_holder = _areas(Person.home_area_id, {row.resident_id for row in rows["coupon"]})
        self.settlements = _with_lines_of(by, {row.id for row in rows["settlement"]})
        self.area_of_event = _areas(Event.area_id, {row.event_id for row in rows["check_in"]})
        self.area_of_merchant = _areas(Merchant.area_id, {row.merchant_id for name in ("redemption", "settlement") for row in rows[name]})
        named = {row.area_id for name in ("activity_record", "posting", "coupon") for row in rows[name]}
        areas = db.session.scalars(select(Area).where(
            Area.id.in_(named.union(self.area_of_event.values(), self.area_of_merchant.values(), self.area_of_holder.values()))))
        self.areas = {area.id for area in areas if reach.reaches(by, area, reach.READERS, now)}

    def sees(self, kind: str, row) -> bool:
        return getattr(self, f"_sees_{kind}")(row)

    def sees_whole(self, kind: str, row) -> bool:
        """A resident sees a settlement that their coupon went into as a bare link, without its amount."""
        return kind != "settlement" or row.merchant_id in self.owned or self._is_near(row)

    def _sees_check_in(self, row) -> bool:
        return row.resident_id in self.selves or self.area_of_event[row.event_id] in self.areas

    def _sees_activity_record(self, row) -> bool:
        return row.resident_id in self.selves or row.area_id in self.areas

    def _sees_posting(self, row) -> bool:
        return bool(self.wallets & {row.source_id, row.destination_id}) or row.area_id in self.areas

    def _sees_coupon(self, row) -> bool:
        used_at_ours = row.merchant_id in self.merchants and row.used_at is not None
        is_near = bool(self.areas & {row.area_id, self.area_of_holder[row.resident_id]})
        return row.id in self.coupons or is_near or used_at_ours

    def _sees_redemption(self, row) -> bool:
        return row.coupon_id in self.coupons or row.merchant_id in self.merchants or self._is_near(row)

    def _sees_settlement(self, row) -> bool:
        return row.id in self.settlements or row.merchant_id in self.owned or self._is_near(row)

    def _is_near(self, row) -> bool:
        return self.area_of_merchant[row.merchant_id] in self.areas


def _areas(column, ids: set[UUID]) -> dict[UUID, UUID]:
    kind = column.class_
    return dict(db.session.execute(select(kind.id, column).where(kind.id.in_(ids))).all()) if ids else {}


def _with_lines_of(by: Person, settlement_ids: set[UUID]) -> set[UUID]:
    """Those of these settlements that a coupon of `by` went into, whichever redemptions the walk has found."""
    lines = select(SettlementLine.settlement_id).join(Coupon, Coupon.id == SettlementLine.coupon_id).where(
        SettlementLine.settlement_id.in_(settlement_ids), Coupon.resident_id == by.id)
    return set(db.session.scalars(lines.distinct())) if settlement_ids else set()
