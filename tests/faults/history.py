"""What clients asked and how each try ended, and the one program that looks whether tables and clients can both be right.

A try that got no answer, or was told to come again, is unknown, and stays so: it may have acted or not. `violations` holds what
clients were told (`History`) against what is stored (`Stored`, which tables.py reads). It needs no database itself.
"""
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from json import loads

from tests.faults.register import explanation

FINAL = (409, 410, 422)  # kept for their key, as what was done is
FOREVER = float("inf")


@dataclass
class Try:
    """`status` 0 is a cut line. The moments are of one clock that only goes on."""

    began: float
    ended: float
    status: int
    body: bytes = b""

    @cached_property
    def code(self) -> str:
        return loads(self.body).get("code", "") if self.body.startswith(b"{") else ""

    @property
    def is_done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def may_have_acted(self) -> bool:
        return self.status == 0 or self.status >= 500 or self.code == "request_in_progress"

    @property
    def is_final(self) -> bool:
        return self.is_done or (self.status in FINAL and self.code != "request_in_progress")


@dataclass
class Call:
    """One thing that a client wanted, under one key: `verb` is check_in, approve, buy, redeem, reverse, refund, or a look (coupon, points)."""

    client: int
    verb: str
    about: object
    key: str = ""
    tries: list[Try] = field(default_factory=list)

    @property
    def final(self) -> Try | None:
        return next((each for each in self.tries if each.is_final), None)

    @property
    def outcome(self) -> str:
        """ok, refused or unknown."""
        if self.final:
            return "ok" if self.final.is_done else "refused"
        return "unknown" if not self.tries or any(each.may_have_acted for each in self.tries) else "refused"

    @property
    def began(self) -> float:
        return self.tries[0].began if self.tries else FOREVER

    @property
    def ended(self) -> float:
        """When what it does was done at the latest."""
        return self.final.ended if self.final else FOREVER if self.outcome == "unknown" else self.tries[-1].ended

    @property
    def told(self) -> dict:
        return loads(self.final.body) if self.final else {}


class History:
    """Of all clients. `acknowledged` is how many changes were answered with a yes, `replayed` how many answers
    were said to have been given before."""

    def __init__(self):
        self.calls, self.acknowledged, self.replayed, self._lock = [], 0, 0, threading.Lock()

    def begin(self, *facts) -> Call:
        call = Call(*facts)
        with self._lock:
            self.calls.append(call)
        return call

    def note(self, call: Call, began: float, status: int, body: bytes = b"", *, replayed: bool = False) -> Try:
        one = Try(began, time.monotonic(), status, body)
        with self._lock:
            self.acknowledged += bool(call.key) and one.is_done
            self.replayed += replayed
        call.tries.append(one)
        return one

    def count(self, verb: str | None = None, outcome: str = "ok") -> int:
        return sum(call.outcome == outcome and bool(call.key) and verb in (None, call.verb) for call in self.calls)


@dataclass
class Stored:
    """What the tables hold in the end, by id; `price` and `stock` are those of the one offer."""

    check_ins: dict[str, tuple[str, str]]  # resident, event
    credits: dict[str, tuple[str, int]]  # of a record: resident, points
    coupons: dict[str, tuple[str, str]]  # resident, status
    uses: dict[str, tuple[str, bool]]  # of a redemption: coupon, whether it was reversed
    balances: dict[str, int]  # by resident
    kept: dict[str, tuple[int, bytes]]  # by key: the answer
    problems: list[str]  # of books, audit chain and file
    price: int
    stock: int


def violations(calls: list[Call], stored: Stored) -> list[str]:
    """Each as a sentence; empty where what every client saw and what is stored can both be true."""
    return [*stored.problems, *_answers(calls, stored), *_rows(calls, stored), *_refusals(calls), *_coupons(calls, stored),
            *_points(calls, stored)]


def _answers(calls, stored) -> Iterator[str]:
    """One key has one answer, and what was answered is kept with what was done."""
    for call in calls:
        finals = {(each.status, each.body) for each in call.tries if each.is_final}
        if any(each.status >= 500 and each.status != 503 for each in call.tries):
            yield f"{call.verb} {call.about} was answered {[each.status for each in call.tries]}"
        if call.key and len(finals) > 1:
            yield f"one key, and several answers: {call.verb} {call.about} {sorted(finals)}"
        if call.key and call.final and stored.kept.get(call.key) != (call.final.status, call.final.body):
            yield f"an acknowledged answer is lost: {call.verb} {call.about} {call.outcome}, kept is {stored.kept.get(call.key)}"


def _rows(calls, stored) -> Iterator[str]:
    """Each row is the doing of exactly one key, and each doing has its row."""
    uses = {id: coupon for id, (coupon, _) in stored.uses.items()}
    reversed_ = {id: id for id, (_, is_reversed) in stored.uses.items() if is_reversed}
    refunded = {id: id for id, (_, status) in stored.coupons.items() if status == "refunded"}
    for verb, rows in (("check_in", stored.check_ins), ("approve", {id: id for id in stored.credits}), ("redeem", uses),
                       ("buy", {id: owner for id, (owner, _) in stored.coupons.items()}), ("reverse", reversed_), ("refund", refunded)):
        doers = defaultdict(list)
        for call in calls:
            status, body = stored.kept.get(call.key, (0, b""))
            if call.verb == verb and 200 <= status < 300:
                doers[loads(body)["id"]].append(call)
        for id in rows.keys() | doers.keys():
            if len(doers[id]) != 1:
                yield f"{verb} {id} is the doing of {len(doers[id])} keys"
            elif id not in rows:
                yield f"what was done is lost: {verb} {id}"
            elif rows[id] != doers[id][0].about:
                yield f"{verb} {id} is about {rows[id]}, and was asked about {doers[id][0].about}"


TAKEN = {("check_in", "already_checked_in"), ("approve", "already_decided")}  # somebody else was first
ALWAYS = {("check_in", "token_expired")}
ELSEWHERE = {("redeem", "coupon_already_used"), ("redeem", "coupon_void"), ("refund", "coupon_already_used"), ("refund", "coupon_void"),
             ("reverse", "invalid_transition"), ("buy", "insufficient_points"), ("buy", "out_of_stock")}


def _refusals(calls) -> Iterator[str]:
    """Who is refused because it was done already: somebody must have done it, or may have."""
    first = {}
    for call in calls:
        if call.outcome != "refused":
            first[call.verb, call.about] = min(call.began, first.get((call.verb, call.about), FOREVER))
    for call in calls:
        if call.outcome == "refused":
            said = call.verb, (call.final or call.tries[-1]).code
            if said in TAKEN and first.get((call.verb, call.about), FOREVER) >= call.ended:
                yield f"{call.verb} {call.about} was refused as {said[1]}, and nobody had done it"
            elif said not in TAKEN | ALWAYS | ELSEWHERE:
                yield f"{call.verb} {call.about} was refused as {said[1]}"


def _coupons(calls, stored) -> Iterator[str]:
    """Of each coupon: some order of what was done with it explains every answer, and the state it is in."""
    of_use = {call.told["id"]: call.about for call in calls if call.verb == "redeem" and call.outcome == "ok"}
    about = defaultdict(list)
    for call in calls:
        if call.verb in ("redeem", "refund", "coupon"):
            about[call.about].append(call)
        elif call.verb == "reverse":
            about[of_use.get(call.about)].append(call)
    for coupon, asked in about.items():
        if coupon in stored.coupons and not explanation(asked, ends_as=stored.coupons[coupon][1]):
            steps = sorted((round(call.began, 3), call.verb, call.outcome, (call.final or Try(0, 0, 0)).code) for call in asked)
            yield f"no order explains coupon {coupon}, {stored.coupons[coupon][1]} in the end: {steps}"
    if (out := sum(status != "refunded" for _, status in stored.coupons.values())) > stored.stock:
        yield f"{out} coupons of a stock of {stored.stock}"


def _points(calls, stored) -> Iterator[str]:
    """A balance is what its rows add up to, never below zero, and each look at it lies between the least and the most it can have been."""
    for resident, balance in stored.balances.items():
        earned = {id: points for id, (whose, points) in stored.credits.items() if whose == resident}
        bought = {id: status for id, (whose, status) in stored.coupons.items() if whose == resident}
        expected = sum(earned.values()) - stored.price * sum(status != "refunded" for status in bought.values())
        if balance != expected or balance < 0:
            yield f"{resident} has {balance} points, and {expected} by the rows"
        moves = [(call, {"approve": earned.get(call.about, 0), "buy": -stored.price, "refund": stored.price}[call.verb])
                 for call in calls if call.outcome != "refused" and (
                     (call.verb == "approve" and call.about in earned) or (call.verb == "refund" and call.about in bought)
                     or (call.verb == "buy" and call.about == resident))]
        for look in calls:
            if (seen := _balance_seen(look, resident)) is None:
                continue
            sure = sum(by for call, by in moves if call.ended <= look.began)
            open_ = [by for call, by in moves if call.ended > look.began and call.began < look.ended]
            least, most = sure + sum(by for by in open_ if by < 0), sure + sum(by for by in open_ if by > 0)
            if not max(0, least) <= seen <= most or (look.verb == "buy" and max(0, least) >= stored.price):
                yield f"{resident} was told {seen} points, which must have been {least} to {most}"


def _balance_seen(call: Call, resident: str) -> int | None:
    if call.about == resident and call.final and (
            (call.verb == "points" and call.outcome == "ok") or (call.verb == "buy" and call.final.code == "insufficient_points")):
        return call.told["available"]
    return None
