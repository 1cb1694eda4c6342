"""A day in a town under faults: people check in, have deeds approved, buy coupons, and use, return and take back each other's at the
till, often at once. What each client was told is held against the tables in the end.
"""
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import select

from models import Direction, Shop, db
from services import events
from services.access import sign_in
from services.coupons import offers
from services.records import approvals, records
from services.scans import presence
from tests.faults.clients import Client, Line
from tests.faults.history import History, violations
from tests.faults.tables import stored

PRICE, STOCK = 8, 60


class RealClock:
    """These requests see the real hour: the servers are other processes."""
    now = property(lambda self: datetime.now(UTC))
    __call__ = now.fget


class Day:
    """`cast` has wang, zhao, mei and lins_market. Two clients act for each of the `people`, who have `deeds` that wait for the last approval."""

    def __init__(self, app, people, cast, *, plans: int, deeds: int, settings, seed: int):
        self.app, self._settings, self.seed = app, settings, seed
        self.people = [str(person.id) for person in people]
        self.tokens = [self._token(person) for person in people]
        self.approver, self.clerk = self._token(cast.zhao), self._token(cast.mei)
        now = datetime.now(UTC)
        self.plans = [self._event(cast.wang, now) for _ in range(plans)]
        self.deeds = [[self._deed(person, cast.wang, now) for _ in range(deeds)] for person in people]
        self.offer, self.shop = self._offer(cast, now), str(db.session.scalar(select(Shop.id).where(Shop.merchant_id == cast.lins_market.id)))
        db.session.commit()
        db.session.remove()
        self.stop, self.history, self.slips, self.uses = threading.Event(), History(), [], []

    def _token(self, person) -> str:
        settings = replace(self._settings, access_token_minutes=600)
        return f"Bearer {sign_in.begin(person, settings=settings, now=datetime.now(UTC)).access_token}"

    def _event(self, wang, now):
        event = events.plan(by=wang, now=now - timedelta(days=1), area_id=wang.home_area_id, title="清扫", category="environment",
                            starts_at=now, ends_at=now + timedelta(hours=2), capacity=None, check_in_mode="both",
                            check_out_required=True, points_per_hour=10, points_max=40, missing_check_out="review")
        events.step(event, "publish", by=wang, now=now - timedelta(days=1))
        return event

    def _deed(self, person, wang, now):
        record = records.declare(by=person, now=now, category="neighbours", area_id=wang.home_area_id, description="x",
                                 started_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1))
        approvals.approve(record.id, by=wang, now=now)
        return str(record.id)

    def _offer(self, cast, now) -> str:
        offer = offers.create(title="满减", kind="cash_off", face_value_fen=1000, percent=None, discount_cap_fen=None, item=None,
                              min_spend_fen=0, points_price=PRICE, stock=STOCK, per_resident_limit=None, shop_ids=[],
                              on_sale_from=now - timedelta(days=1), on_sale_until=now + timedelta(days=9), valid_days=30,
                              funded_by="community", merchant_id=cast.lins_market.id, area_id=cast.zhao.home_area.parent_id, by=cast.zhao, now=now)
        offers.step(offer.id, "publish", by=cast.zhao, now=now)
        return str(offer.id)

    @property
    def acknowledged(self) -> int:
        return self.history.acknowledged

    # What a client does, each once

    def check_in(self, client: Client, person: int, event) -> None:
        """A code may turn while there is nobody to answer; whoever scanned it then scans the next."""
        while True:
            shown = presence.show_event(event, Direction.IN, settings=self._settings, now=datetime.now(UTC)).token
            call = client.want("check_in", (self.people[person], str(event.id)), "check-ins", {"token": shown}, token=self.tokens[person])
            if not (call.final and call.final.code == "token_expired"):
                return

    def approve(self, client: Client, person: int, record: str) -> None:
        client.want("approve", record, f"activity-records/{record}/approve", {}, token=self.approver)

    def buy(self, client: Client, person: int) -> None:
        call = client.want("buy", self.people[person], "coupons", {"offer_id": self.offer}, token=self.tokens[person])
        if call.outcome == "ok":
            self.slips.append((call.told["id"], call.told["short_code"], self.tokens[person]))

    def look_at_points(self, client: Client, person: int) -> None:
        client.want("points", self.people[person], "me/points", token=self.tokens[person])

    def with_a_coupon(self, client: Client) -> None:
        """Anybody's, so that several want different things of one at once."""
        coupon, code, owner = client.chance.choice(self.slips[-8:])
        match client.chance.choice(("redeem", "redeem", "refund", "look", "reverse")):
            case "redeem":
                call = client.want("redeem", coupon, "redemptions", {"code": code, "shop_id": self.shop}, token=self.clerk)
                if call.outcome == "ok":
                    self.uses.append(call.told["id"])
            case "refund" if client.chance.random() < 0.3:
                client.want("refund", coupon, f"coupons/{coupon}/refund", {}, token=owner)
            case "reverse" if self.uses:
                use = client.chance.choice(self.uses[-8:])
                client.want("reverse", use, f"redemptions/{use}/reverse", {"reason": "x"}, token=self.clerk)
            case _:
                client.want("coupon", coupon, f"coupons/{coupon}", token=owner)

    def begin(self, live_through) -> list[threading.Thread]:
        """`live_through(i)` in two threads for each person, numbered on."""
        self.stop.clear()
        def one(i):
            with self.app.app_context():
                live_through(i)
                db.session.remove()
        threads = [threading.Thread(target=one, args=(i,)) for i in range(2 * len(self.people))]
        for thread in threads:
            thread.start()
        return threads

    def client(self, i: int, port: int, **how) -> Client:
        line = Line(port, **{name: how.pop(name) for name in ("address", "sealed", "timeout") if name in how})
        return Client(i, line, self.history, Random(f"{self.seed} {i}"), **how)

    def living(self, port: int, pause: float, *, first: int = 0, **how):
        """Lives on from this round until the day is stopped: one thing after the other, with a pause."""
        def live_through(i):
            client = self.client(i, port, **how)
            for round_ in range(first, 10**6):
                if self.stop.wait(pause * client.chance.uniform(0.5, 1.5)):
                    break
                self.one_round(client, i // 2, round_)
        return live_through

    def one_round(self, client: Client, person: int, round_: int) -> None:
        if round_ < len(self.plans):
            self.check_in(client, person, self.plans[round_])
        if round_ < len(self.deeds[person]):
            self.approve(client, person, self.deeds[person][round_])
        if client.chance.random() < 0.6:
            self.buy(client, person)
        if client.chance.random() < 0.3:
            self.look_at_points(client, person)
        for _ in range(2):
            if self.slips:
                self.with_a_coupon(client)

    def end(self, threads) -> None:
        self.stop.set()
        for thread in threads:
            thread.join(timeout=180)
        assert not any(thread.is_alive() for thread in threads)

    def compare(self) -> str:
        """What every client was told and what is stored can both be true; the books balance. Says how much there was."""
        db.session.rollback()
        held = stored(price=PRICE, stock=STOCK)
        db.session.rollback()  # to look through a long day takes longer than a transaction may stand idle
        found = violations(self.history.calls, held)
        assert found == [], (len(found), found[:5])
        counts = {verb: self.history.count(verb) for verb in ("check_in", "approve", "buy", "redeem", "reverse", "refund")}
        ends = {outcome: self.history.count(outcome=outcome) for outcome in ("ok", "refused", "unknown")}
        looks = sum(not call.key for call in self.history.calls)
        return f"{counts}, in all {ends} and {looks} looks"

    def nothing_missed(self) -> str:
        """As `compare`; and nobody asked again, and nobody had to."""
        missed = [(call.verb, each.status, each.code) for call in self.history.calls for each in call.tries if each.may_have_acted]
        assert missed == [], missed[:5]
        return self.compare()

    def wait_for(self, count: int, *, seconds: float = 60) -> None:
        """Until so many more were acknowledged."""
        until, goal = time.monotonic() + seconds, self.acknowledged + count
        while self.acknowledged < goal:
            assert time.monotonic() < until, self.acknowledged
            time.sleep(0.01)
