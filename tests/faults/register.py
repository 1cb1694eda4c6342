"""Whether some order of what clients did with one coupon explains what each of them was told (linearizability).

What began after another had ended comes after it; what overlapped may come either way; what is unknown may have come at any later
moment, or never.
"""
from typing import NamedTuple

AVAILABLE, USED, REFUNDED = "available", "used", "refunded"
SAID = {"coupon_already_used": USED, "coupon_void": REFUNDED}
START = (AVAILABLE, None)


class Told(NamedTuple):
    """A call, and what its client was told, read once: the search comes by it often."""

    began: float
    ended: float
    outcome: str
    verb: str
    about: object
    body: dict


def explanation(calls: list, *, ends_as: str) -> bool:
    """Whether there is such an order, after which the coupon is in this state."""
    told = [Told(call.began, call.ended, call.outcome, call.verb, call.about, call.told) for call in calls]
    seen, waiting = set(), [(frozenset(range(len(told))), START)]
    while waiting:
        left, state = waiting.pop()
        left = _without_those_that_fit(told, left, state)
        if (left, state) in seen:
            continue
        seen.add((left, state))
        if state[0] == ends_as and all(told[i].outcome == "unknown" for i in left):
            return True
        for i in _next(told, left):
            waiting += [(left - {i}, after) for after in _done(told[i], state)]
    return False


def _next(told: list[Told], left: frozenset[int]) -> list[int]:
    """Those that may come now: no other that is left had ended before they began."""
    horizon = min((told[i].ended for i in left), default=0)
    return [i for i in left if told[i].began <= horizon]


def _without_those_that_fit(told: list[Told], left: frozenset[int], state: tuple) -> frozenset[int]:
    """A look, or a refusal, that may come now and that this state explains comes now: later it would leave no more than it does here."""
    while fitting := {i for i in _next(told, left) if _only_tells(told[i], state)}:
        left -= fitting
    return left


def _only_tells(call: Told, state: tuple) -> bool:
    status, use = state
    match call.outcome, call.verb:
        case "unknown", _:
            return False
        case "ok", "coupon":
            return call.body["status"] == status
        case "ok", _:
            return False
        case _, "reverse":
            return (status, use) != (USED, call.about)
    return SAID.get(call.body.get("code"), status) == status


def _done(call: Told, state: tuple) -> list[tuple]:
    """The state that a call leaves behind which did what it asked for; none where it cannot have. One that is unknown and did nothing stays left."""
    if call.outcome == "refused":
        return []
    status, used_by = state
    match call.verb:
        case "redeem" if status == AVAILABLE:
            return [(USED, call.body.get("id") if call.outcome == "ok" else None)]
        case "refund" if status == AVAILABLE:
            return [(REFUNDED, None)]
        case "reverse" if (status, used_by) == (USED, call.about):
            return [START]
    return []
