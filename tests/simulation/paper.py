"""What a town's books must say, kept beside it with pencil and paper: no database, no code of Linli's.

`may_…` says how an act is answered, as the refusal's code or None; the verb of the same name writes down what it does.
"""
from datetime import date, datetime, timedelta

from tests.simulation.paper_rows import Coupon, Lot, Purse, Record, Use

CHINA = timedelta(hours=8)
REVERSAL, ANNULMENT, COUPON_DAYS = timedelta(minutes=60), timedelta(minutes=15), 5
UNDECIDED = ("pending", "approved")
AHEAD = ("pending", "approved", "credited")


def day_of(moment: datetime) -> date:
    return (moment + CHINA).date()


class Paper:
    def __init__(self, names, *, fund: int):
        self.purses = {name: Purse() for name in names}
        self.joined, self.fund, self.notice, self.paid = {}, fund, timedelta(), 0
        self.present, self.records, self.offers, self.coupons, self.uses = {}, {}, {}, {}, {}

    def who(self, name: str) -> str:
        return self.joined.get(name, name)

    def purse(self, name: str) -> Purse:
        return self.purses[self.who(name)]

    # Records

    def come(self, record_id: str, record: Record) -> None:
        self.records[record_id] = record
        self.present[record.event, record.owner] = record

    def was_here(self, event: str, name: str) -> bool:
        return any(not record.annulled for (at, owner), record in self.present.items() if at == event and self.who(owner) == self.who(name))

    def may_annul(self, record: Record, by: str, now: datetime) -> str | None:
        if record.made_by != self.who(by):
            return "forbidden"
        if record.annulled:
            return "conflict"
        if now - record.at > ANNULMENT:
            return "annul_too_late"
        return None if record.status in ("pending", "withdrawn") else "already_decided"

    def annul(self, record: Record) -> None:
        record.annulled, record.status = True, "withdrawn"

    def may_decide(self, record: Record) -> str | None:
        return None if record.status == "pending" else "already_decided"

    def may_approve(self, record: Record, by: str) -> str | None:
        if record.status != "pending":
            return "already_decided"
        if by in record.approved_by:
            return "already_approved_by_you"
        is_last = len(record.approved_by) + 1 == record.needs
        return "fund_exhausted" if is_last and not self.notice and record.points > self.fund else None

    def approve(self, record: Record, by: str, now: datetime) -> None:
        record.approved_by.add(by)
        if len(record.approved_by) < record.needs:
            return
        if self.notice:
            record.status, record.notice_until = "approved", now + self.notice
        else:
            self._credit(record, now)

    def _credit(self, record: Record, now: datetime) -> None:
        purse, record.status = self.purse(record.owner), "credited"
        if not record.points:
            return
        record.lot = Lot(date(day_of(now).year + 1, 12, 31), record.points)
        self.fund -= record.points
        purse.lots.append(record.lot)
        purse.pay_owed()

    def credit_due(self, now: datetime) -> int:
        due = [record for record in self.records.values()
               if record.status == "approved" and record.notice_until <= now and not record.objections and record.points <= self.fund]
        credited = 0
        for record in due:
            if record.points <= self.fund:
                self._credit(record, now)
                credited += 1
        return credited

    def reverse(self, record: Record) -> None:
        """From its own lot first; what lapsed of it comes back from the lapsed, what is spent becomes owed."""
        record.status = "reversed"
        if not record.points:
            return
        purse, own = self.purse(record.owner), self._descent(record.lot)
        lapsed = sum(lot.lapsed for lot in own)
        there = min(record.points - lapsed, purse.balance)
        purse.take(there, first=own[-1])
        purse.owed += record.points - lapsed - there
        self.fund += record.points

    def _descent(self, lot: Lot) -> list[Lot]:
        found, newest = [lot], [lot]
        while newest := [each for purse in self.purses.values() for each in purse.lots if each.continues in newest]:
            found += newest
        return found

    def uphold(self, record: Record) -> None:
        if record.status == "credited":
            self.reverse(record)
        if record.status == "rejected":
            record.approved_by.clear()
        record.status = {"approved": "rejected", "rejected": "pending"}.get(record.status, record.status)

    # Coupons

    def may_exchange(self, name: str, offer_id: str, now: datetime) -> str | None:
        offer = self.offers[offer_id]
        if self.purse(name).good_on(day_of(now)) < offer.price:
            return "insufficient_points"
        if offer.issued >= offer.stock:
            return "out_of_stock"
        held = sum(coupon.offer == offer_id and self.who(coupon.owner) == self.who(name) and coupon.status != "refunded"
                   for coupon in self.coupons.values())
        return None if offer.limit is None or held < offer.limit else "limit_reached"

    def exchange(self, coupon_id: str, name: str, offer_id: str, now: datetime) -> None:
        purse, offer = self.purse(name), self.offers[offer_id]
        purse.lapse(day_of(now))
        offer.issued += 1
        self.coupons[coupon_id] = Coupon(self.who(name), offer_id, offer.price, now + timedelta(days=COUPON_DAYS), purse, purse.take(offer.price))

    def may_use(self, coupon: Coupon, now: datetime) -> str | None:
        if coupon.status in ("refunded", "used"):
            return {"refunded": "coupon_void", "used": "coupon_already_used"}[coupon.status]
        return "coupon_expired" if coupon.status == "expired" or coupon.good_until <= now else None

    def refund(self, coupon: Coupon, now: datetime) -> None:
        purse, today = self.purse(coupon.owner), day_of(now)
        coupon.status = "refunded"
        self.offers[coupon.offer].issued -= 1
        for lot, used in sorted(coupon.uses, key=lambda use: coupon.purse.lots.index(use[0])):
            if purse is not coupon.purse:
                lot = Lot(lot.day, 0, continues=lot)
                purse.lots.append(lot)
            lot.lapsed, lot.left = (lot.lapsed + used, lot.left) if lot.day < today else (lot.lapsed, lot.left + used)
        purse.pay_owed()

    def redeem(self, use_id: str, coupon: Coupon, now: datetime) -> None:
        coupon.status = "used"
        self.uses[use_id] = Use(coupon, now, self.offers[coupon.offer].fen)

    def may_take_back(self, use: Use, now: datetime, *, as_admin: bool) -> str | None:
        if use.status == "reversed":
            return "invalid_transition"
        if use.is_settled:
            return "already_settled"
        return None if as_admin or now < use.at + REVERSAL else "reversal_too_late"

    def take_back(self, use: Use, now: datetime) -> None:
        use.status = "reversed"
        use.coupon.status = "available" if use.coupon.good_until > now else "expired"

    def expire(self, now: datetime) -> int:
        over = [coupon for coupon in self.coupons.values() if coupon.status == "available" and coupon.good_until <= now]
        for coupon in over:
            coupon.status = "expired"
        return len(over)

    def may_settle(self, now: datetime) -> list[Use]:
        """What is done, past its hour and in no settlement yet."""
        return [use for use in self.uses.values() if use.status == "done" and not use.is_settled and use.at <= now - REVERSAL]

    def settle(self, now: datetime) -> int:
        due = self.may_settle(now)
        for use in due:
            use.is_settled = True
        return sum(use.fen for use in due)

    @property
    def owed_to_merchant(self) -> int:
        return sum(use.fen for use in self.uses.values() if use.status == "done") - self.paid

    # One human being

    def join(self, newcomer: str, enrolled: str) -> None:
        """Of two records of one event the credited one stands, else the approved one, else the enrolled one's."""
        for old in self._undone(newcomer):
            for new in self._undone(enrolled):
                if old.event == new.event:
                    new_gives_way = new.status in UNDECIDED and old.status in AHEAD[AHEAD.index(new.status) + 1:]
                    second = new if new_gives_way else old
                    second.status = "withdrawn" if second.status in UNDECIDED else second.status
        source, destination = self.purses[newcomer], self.purses[enrolled]
        for lot in [lot for lot in source.lots if lot.left]:
            destination.lots.append(Lot(lot.day, lot.left, continues=lot))
            lot.left = 0
        destination.owed += source.owed
        source.owed = 0
        destination.pay_owed()
        self.joined[newcomer] = enrolled

    def _undone(self, name: str) -> list[Record]:
        return [record for record in self.records.values() if record.owner == name and record.status != "withdrawn"]
