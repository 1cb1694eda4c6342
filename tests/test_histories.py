"""The program that judges a day under faults (tests/faults/history.py): it believes a true day, and sees each kind of lie."""
from json import dumps, loads

import pytest

from tests.faults.history import Call, Stored, Try, violations

LI, EVENT, RECORD, OTHER_RECORD, COUPON, SPARE, USE, LATER_USE = "li", "event", "record", "other record", "coupon", "spare", "use", "later use"
PRICE = 8


def call(verb, about, began, ended, status, told=None, key=None):
    """Status 0 is a cut line."""
    body = b"" if status == 0 else dumps(told or {}).encode()
    return Call(0, verb, about, "" if verb in ("points", "coupon") else key or f"{verb} {about} {began}", [Try(began, ended, status, body)])


def used(at="x"):
    return {"code": "coupon_already_used", "used_at": at}


@pytest.fixture
def calls():
    """Li checks in and is credited twice ten, buys two coupons, uses one at the second try; it is taken back and used again."""
    redeemed = call("redeem", COUPON, 6, 7, 0, key="lost")
    redeemed.tries.append(Try(7.1, 7.5, 201, dumps({"id": USE}).encode()))
    return [
        call("check_in", (LI, EVENT), 0, 1, 201, {"id": "in"}),
        call("check_in", (LI, EVENT), 0.5, 1.5, 409, {"code": "already_checked_in"}),
        call("approve", RECORD, 1, 2, 200, {"id": RECORD}), call("approve", OTHER_RECORD, 1, 2, 200, {"id": OTHER_RECORD}),
        call("points", LI, 2, 2.5, 200, {"available": 20}),
        call("buy", LI, 3, 4, 201, {"id": COUPON}), call("buy", LI, 4, 5, 0, key="unknown"),
        call("buy", LI, 5.1, 5.5, 409, {"code": "insufficient_points", "available": 4}),
        redeemed, call("redeem", COUPON, 6, 8, 409, used()), call("coupon", COUPON, 8, 8.5, 200, {"status": "used"}),
        call("reverse", USE, 9, 10, 200, {"id": USE}), call("coupon", COUPON, 10.1, 10.5, 200, {"status": "available"}),
        call("redeem", COUPON, 11, 12, 201, {"id": LATER_USE}), call("refund", COUPON, 12.1, 13, 409, used()),
        call("points", LI, 13, 14, 200, {"available": 4}),
    ]


@pytest.fixture
def stored(calls):
    kept = {each.key: (each.final.status, each.final.body) for each in calls if each.key and each.final}
    kept["unknown"] = (201, dumps({"id": SPARE}).encode())
    return Stored(check_ins={"in": (LI, EVENT)}, credits={RECORD: (LI, 10), OTHER_RECORD: (LI, 10)},
                  coupons={COUPON: (LI, "used"), SPARE: (LI, "available")}, uses={USE: (COUPON, True), LATER_USE: (COUPON, False)},
                  balances={LI: 4}, kept=kept, problems=[], price=PRICE, stock=2)


def find(calls, verb, began):
    return next(each for each in calls if (each.verb, each.began) == (verb, began))


def answer(one, **told):
    """Another answer than the true one."""
    last = one.tries[-1]
    last.body = dumps(loads(last.body) | told).encode()


def add(calls, stored, one):
    calls.append(one)
    if one.key and one.final:
        stored.kept[one.key] = (one.final.status, one.final.body)


def test_a_true_day_is_believed(calls, stored):
    assert violations(calls, stored) == []


def test_what_is_unknown_may_not_have_happened_either(calls, stored):
    del stored.kept["unknown"], stored.coupons[SPARE]
    stored.balances[LI] = 12
    find(calls, "buy", 5.1).tries[-1] = Try(5.1, 5.5, 409, dumps({"code": "out_of_stock"}).encode())
    stored.kept["buy li 5.1"] = (409, find(calls, "buy", 5.1).final.body)
    answer(find(calls, "points", 13), available=12)
    assert violations(calls, stored) == []


def lost_row(calls, stored):
    del stored.check_ins["in"]


def lost_with_its_answer(calls, stored):
    del stored.check_ins["in"], stored.kept["check_in ('li', 'event') 0"]


def twice_by_one_key(calls, stored):
    stored.check_ins["again"] = (LI, EVENT)


def two_answers_to_one_key(calls, stored):
    find(calls, "check_in", 0).tries.append(Try(1.5, 2, 201, dumps({"id": "other"}).encode()))


def a_refusal_turned_into_a_yes(calls, stored):
    find(calls, "check_in", 0.5).tries.append(Try(2, 3, 201, dumps({"id": "in"}).encode()))


def another_row_than_asked_for(calls, stored):
    stored.check_ins["in"] = (LI, "other event")


def an_overdraft(calls, stored):
    stored.balances[LI], stored.credits[RECORD] = -1, (LI, 5)


def points_from_nowhere(calls, stored):
    stored.balances[LI] = 14


def a_balance_that_cannot_have_been(calls, stored):
    answer(find(calls, "points", 13), available=20)


def refused_with_enough_points(calls, stored):
    add(calls, stored, call("buy", LI, 2.6, 2.9, 409, {"code": "insufficient_points", "available": 20}))


def a_coupon_used_twice(calls, stored):
    add(calls, stored, call("redeem", COUPON, 14, 15, 201, {"id": "third"}))
    stored.uses["third"] = (COUPON, False)


def used_at_the_same_moment_by_two(calls, stored):
    add(calls, stored, call("redeem", COUPON, 11, 12, 201, {"id": "third"}))
    stored.uses["third"] = (COUPON, False)


def a_stale_look(calls, stored):
    answer(find(calls, "coupon", 10.1), status="used")


def used_and_given_back(calls, stored):
    add(calls, stored, call("refund", COUPON, 14, 15, 200, {"id": COUPON}))
    stored.coupons[COUPON], stored.balances[LI] = (LI, "refunded"), 12


def a_state_that_nobody_brought_about(calls, stored):
    stored.coupons[COUPON] = (LI, "available")


def more_sold_than_there_were(calls, stored):
    stored.stock = 1


def refused_as_done_by_nobody(calls, stored):
    add(calls, stored, call("check_in", (LI, "other event"), 3, 4, 409, {"code": "already_checked_in"}))


def a_refusal_nobody_documented(calls, stored):
    add(calls, stored, call("check_in", (LI, EVENT), 3, 4, 409, {"code": "conflict"}))


def a_crash(calls, stored):
    add(calls, stored, call("check_in", (LI, EVENT), 3, 4, 500, {"code": "internal_error"}))


def a_bad_book(calls, stored):
    stored.problems.append("the points do not sum to zero")


LIES = {
    lost_row: "what was done is lost", lost_with_its_answer: "an acknowledged answer is lost", twice_by_one_key: "doing of 0 keys",
    two_answers_to_one_key: "several answers", a_refusal_turned_into_a_yes: "several answers", another_row_than_asked_for: "was asked about",
    an_overdraft: "by the rows", points_from_nowhere: "by the rows", a_balance_that_cannot_have_been: "must have been",
    refused_with_enough_points: "must have been", a_coupon_used_twice: "no order", used_at_the_same_moment_by_two: "no order",
    a_stale_look: "no order", used_and_given_back: "no order", a_state_that_nobody_brought_about: "no order",
    more_sold_than_there_were: "of a stock of", refused_as_done_by_nobody: "nobody had done it", a_refusal_nobody_documented: "as conflict",
    a_crash: "was answered [500]", a_bad_book: "do not sum",
}


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_each_kind_of_lie_is_seen(calls, stored, lie):
    lie(calls, stored)
    assert any(LIES[lie] in sentence for sentence in violations(calls, stored)), violations(calls, stored)
