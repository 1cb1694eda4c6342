"""Whether some order of what clients did with one coupon explains what each of them was told (linearizability).

What began after another had ended comes after it; what overlapped may come either way; what is unknown may have come at any later
moment, or never.
"""
AVAILABLE, USED, REFUNDED = "available", "used", "refunded"
SAID = {"coupon_already_used": USED, "coupon_void": REFUNDED}
START = (AVAILABLE, None)


def explanation(calls: list, *, ends_as: str) -> bool:
    """Whether there is such an order, after which the coupon is in this state."""
    seen, waiting = set(), [(frozenset(range(len(calls))), START)]
    while waiting:
        left, state = waiting.pop()
        if (left, state) in seen:
            continue
        seen.add((left, state))
        if state[0] == ends_as and all(calls[i].outcome == "unknown" for i in left):
            return True
        horizon = min((calls[i].ended for i in left), default=0)
        for i in left:
            if calls[i].began <= horizon:
                waiting += [(left - {i}, after) for after in _after(calls[i], state)]
    return False


def _after(call, state: tuple) -> list[tuple]:
    """The states that this call may leave behind; none where it cannot have been answered so."""
    status, use = state
    if call.outcome == "unknown":
        return [state, *_done(call, state, use=None)]
    if call.outcome == "ok":
        return [state] if call.verb == "coupon" and call.told["status"] == status else _done(call, state, use=call.told.get("id"))
    if call.verb == "reverse":
        return [state] if (status, use) != (USED, call.about) else []
    return [state] if SAID.get(call.told.get("code"), status) == status else []


def _done(call, state, *, use) -> list[tuple]:
    status, used_by = state
    match call.verb:
        case "redeem" if status == AVAILABLE:
            return [(USED, use)]
        case "refund" if status == AVAILABLE:
            return [(REFUNDED, None)]
        case "reverse" if (status, used_by) == (USED, call.about):
            return [START]
    return []
