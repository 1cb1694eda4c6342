"""A town in one process: its clock, chance from a seed, people with phones, and a network that loses answers."""
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from models import (
    ActivityRecord,
    AreaRules,
    Coupon,
    Event,
    Lot,
    Offer,
    Posting,
    Redemption,
    Role,
    Shop,
    SignUp,
    Unit,
    Wallet,
    WalletKind,
    db,
)
from services import ledger
from services.access import sign_in
from services.points import books, funds
from services.scans import presence
from tests.conftest import NOON, make_person, make_town, merchant
from tests.simulation.paper import Paper
from tests.simulation.paper_rows import Offer as PaperOffer

RESIDENTS = ("李娜", "张伟", "陈晨", "吴玉兰", "吴奶奶")
NEWCOMER, ENROLLED = RESIDENTS[3:]
KEPT = timedelta(hours=48)
FUND = 150
STUBBORN = 0.25  # how often somebody tries what probably cannot be done


class World:
    def __init__(self, app, settings, clock, seed: int):
        self.app, self.settings, self.clock, self.chance = app, settings, clock, Random(seed)
        self.tokens, self.answers, self.keys, self.acts = {}, [], 0, []
        self.events, self.gatherings = [], []
        self._settle_in()

    def _settle_in(self):
        self.town = town = make_town()
        self.ids = {name: make_person(name, town.grid_a).id for name in RESIDENTS}
        shop = merchant(town, "林记超市", "91110000600037341L")
        self.merchant_id, self.shop_id = shop.id, db.session.scalar(select(Shop.id))
        for name, role, reach in (("王", Role.GRID_WORKER, town.grid_a), ("赵", Role.AREA_ADMIN, town.community),
                                  ("钱", Role.AREA_ADMIN, town.community), ("林", Role.MERCHANT_OWNER, shop), ("梅", Role.MERCHANT_CLERK, shop)):
            self.ids[name] = make_person(name, town.grid_b, role, reach).id
        db.session.add(AreaRules(area_id=town.community.id, notice_days=0))
        zhao = sign_in.load(self.ids["赵"], NOON)
        fund = funds.create(area_id=town.community.id, name="x", period_start=date(2026, 1, 1), period_end=date(2045, 12, 31), by=zhao, now=NOON)
        funds.top_up(fund.id, points=FUND, amount_fen=1_000_000, reference="x", by=zhao, now=NOON)
        self.fund_id = fund.id
        db.session.commit()
        self.paper = Paper(RESIDENTS, fund=FUND)
        for price, stock, limit, fen in ((7, 4, None, 500), (12, 40, 2, 1000)):
            offer = self.send("赵", "offers", {
                "merchant_id": str(self.merchant_id), "title": "x", "kind": "cash_off", "face_value_fen": fen, "points_price": price,
                "stock": stock, "per_resident_limit": limit, "area_id": str(town.community.id), "on_sale_from": "2026-05-01T00:00:00Z",
                "on_sale_until": "2045-01-01T00:00:00Z", "valid_days": 5, "funded_by": "community"}).json
            assert self.send("赵", f"offers/{offer['id']}/publish").status_code == 200
            self.paper.offers[offer["id"]] = PaperOffer(price, stock, limit, fen)

    @property
    def now(self) -> datetime:
        return self.clock.now

    def change_notice(self, days: int):
        db.session.get(AreaRules, self.town.community.id).notice_days = days
        db.session.commit()
        self.paper.notice = timedelta(days=days)

    def pick(self, known, fits=lambda each: True):
        """One of the newest of these, mostly one that fits; None where there is none."""
        known = list(known)
        fitting = [each for each in known if fits(each)]
        if self.chance.random() > STUBBORN:
            known = fitting
        return self.chance.choice(known[-8:]) if known else None

    def person(self, name):
        return sign_in.load(self.ids[self.paper.who(name)], self.now)

    def send(self, name, path, body=None, key=None, method="POST"):
        headers = {"Authorization": f"Bearer {self._token(name)}"} | ({"Idempotency-Key": key} if key else {})
        return self.app.test_client().open(f"/api/v1/{path}", method=method, json=body or {}, headers=headers)

    def _token(self, name) -> str:
        """That sign-ins end is not what is tried here."""
        who = self.paper.who(name)
        if who not in self.tokens:
            for_good = replace(self.settings, access_token_minutes=10**7, refresh_token_days=10**4)
            self.tokens[who] = sign_in.begin(self.person(who), settings=for_good, now=self.now).access_token
            db.session.commit()
        return self.tokens[who]

    def ask(self, name, path, body=None, *, refused, done, key=True, method="POST"):
        """One act of one person, as a phone does it: asked again with the same key until there is an answer.

        `refused()` is the code with which the paper says that it is refused, or None; `done(answer)` writes it down.
        """
        self.keys += 1
        key = f"key-{self.keys}" if key else None
        if key and refused() is None and self.chance.random() < 0.05:
            self._token(name)
            with commit_failing():
                lost = self.send(name, path, body() if callable(body) else body, key)
            assert lost.status_code == 503, lost.json
            yield
        body = body() if callable(body) else body
        code, who = refused(), self.paper.who(name)
        answer = self.send(name, path, body, key, method)
        told = answer.json or {}
        self.acts.append(f"{self.now:%Y-%m-%d %H:%M} {name} {path}: {answer.status_code} {told.get('code', '')}")
        assert told.get("code") == code, (self.acts[-12:], "the paper says", code, told)
        if code is None:
            assert answer.status_code in (200, 201, 204), told
            done(told)
        if not key or answer.status_code not in (200, 201, 409, 410, 422):
            return
        self.answers.append((self.now, name, who, path, body, key, answer))
        if self.chance.random() < 0.15:  # the answer is lost on its way
            yield
            self.again(self.answers[-1])

    def again(self, sent):
        """The same request once more: the same answer, whatever has happened since."""
        at, name, who, path, body, key, first = sent
        if self.now - at >= KEPT or self.paper.who(name) != who:
            return
        again = self.send(name, path, body, key)
        assert (again.status_code, again.data) == (first.status_code, first.data), self.acts[-12:]
        assert again.headers["Idempotency-Replayed"] == "true"

    def code_of_person(self, name) -> str:
        return presence.show_person(self.person(name), settings=self.settings, now=self.now).token

    # What the database says, against the paper

    def compare(self):
        db.session.rollback()
        assert books.problems() == [], self.acts[-12:]
        paper = self.paper
        for name in RESIDENTS:
            purse, owner = paper.purses[name], self.ids[name]
            held = ledger.wallet(owner, WalletKind.RESIDENT)
            stored = db.session.execute(select(Lot.lapses_on, Lot.remaining).where(Lot.wallet_id == held.id).order_by(Lot.id)).all()
            told = (held.balance, -ledger.wallet(owner, WalletKind.OWED).balance, [tuple(row) for row in stored])
            assert told == (purse.balance, purse.owed, [(lot.day, lot.left) for lot in purse.lots]), (name, self.acts[-20:])
        assert ledger.wallet(self.fund_id, WalletKind.FUND).balance == paper.fund
        assert ledger.wallet(self.merchant_id, WalletKind.MERCHANT, Unit.FEN).balance == paper.owed_to_merchant
        self._compare_states(ActivityRecord, paper.records)
        self._compare_states(Coupon, paper.coupons)
        self._compare_states(Redemption, paper.uses)
        assert {str(id): issued for id, issued in db.session.execute(select(Offer.id, Offer.issued))} == {
            id: offer.issued for id, offer in paper.offers.items()}
        self._compare_places()
        self._happened_once()

    def _compare_states(self, row, known):
        stored = {str(id): str(status) for id, status in db.session.execute(select(row.id, row.status))}
        assert stored == {id: each.status for id, each in known.items()}, self.acts[-20:]

    def _compare_places(self):
        for gathering in self.gatherings:
            rows = db.session.execute(select(SignUp.resident_id, SignUp.status).where(
                SignUp.event_id == gathering.id, SignUp.status != "cancelled").order_by(SignUp.id)).all()
            stored = {status: [resident for resident, each in rows if each == status] for status in ("confirmed", "waitlisted")}
            assert set(stored["confirmed"]) == {self.ids[name] for name in gathering.held}, self.acts[-20:]
            assert stored["waitlisted"] == [self.ids[name] for name in gathering.queue], self.acts[-20:]
            assert db.session.scalar(select(Event.taken).where(Event.id == gathering.id)) == len(gathering.held) <= gathering.capacity

    def _happened_once(self):
        """A posting for each credit, for each coupon and for each use, and no coupon is used twice at a time."""
        of_kind = dict(db.session.execute(select(Posting.kind, func.count()).group_by(Posting.kind)).all())
        assert of_kind.get("activity", 0) == sum(record.lot is not None for record in self.paper.records.values())
        assert of_kind.get("coupon", 0) == len(self.paper.coupons)
        assert of_kind.get("redemption", 0) == len(self.paper.uses)
        doubly = select(Redemption.coupon_id).where(Redemption.reversed_at.is_(None)).group_by(Redemption.coupon_id).having(func.count() > 1)
        assert db.session.scalars(doubly).all() == []
        below = select(Wallet.id).where(Wallet.balance < Wallet.floor)
        assert db.session.scalars(below).all() == []


@contextmanager
def commit_failing():
    """The commit does not come about: nothing of this request happened."""
    def fail(_session):
        raise OperationalError("COMMIT", None, Exception("database is locked"))
    event.listen(db.session, "before_commit", fail)
    try:
        yield
    finally:
        event.remove(db.session, "before_commit", fail)
        db.session.rollback()
