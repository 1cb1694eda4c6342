"""What is written on the paper: purses with their lots, records, coupons, uses, offers."""
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(eq=False)
class Lot:
    day: date
    left: int
    continues: "Lot | None" = None
    lapsed: int = 0


@dataclass(eq=False)
class Purse:
    """Lots in the order of their making, and what is owed."""

    lots: list[Lot] = field(default_factory=list)
    owed: int = 0

    @property
    def balance(self) -> int:
        return sum(lot.left for lot in self.lots)

    def good_on(self, day: date) -> int:
        return sum(lot.left for lot in self.lots if lot.day >= day)

    def take(self, points: int, first: Lot | None = None) -> list[tuple[Lot, int]]:
        uses = []
        for lot in sorted(self.lots, key=lambda lot: (lot is not first, lot.day)):
            if used := min(lot.left, points):
                lot.left -= used
                points -= used
                uses.append((lot, used))
        assert points == 0
        return uses

    def pay_owed(self) -> None:
        payable = min(self.owed, self.balance)
        self.owed -= payable
        self.take(payable)

    def lapse(self, today: date) -> int:
        over = [lot for lot in self.lots if lot.day < today and lot.left]
        for lot in over:
            lot.lapsed, lot.left = lot.lapsed + lot.left, 0
        return len(over)


@dataclass(eq=False)
class Record:
    event: str
    owner: str
    points: int
    check_in: str
    made_by: str
    at: datetime
    status: str = "pending"
    notice_until: datetime | None = None
    lot: Lot | None = None
    annulled: bool = False
    objections: set = field(default_factory=set)
    by_check_in: bool = True  # annulling that takes it away
    needs: int = 1
    approved_by: set = field(default_factory=set)


@dataclass(eq=False)
class Coupon:
    owner: str
    offer: str
    price: int
    good_until: datetime
    purse: Purse
    uses: list
    status: str = "available"


@dataclass(eq=False)
class Use:
    coupon: Coupon
    at: datetime
    fen: int
    status: str = "done"
    is_settled: bool = False


@dataclass(eq=False)
class Offer:
    price: int
    stock: int
    limit: int | None
    fen: int
    issued: int = 0
