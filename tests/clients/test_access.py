"""One access token for all, by the documented rules of `stable_token`."""
import threading
from time import monotonic

import pytest

from clients.wechat import InProcess, Unavailable, WeChat
from clients.wechat.access import Access
from tests.clients.conftest import APP_ID, SECRET


def token_of(wechat, instead_of=None):
    return wechat._access.token(monotonic() + 5, instead_of=instead_of)


def test_the_same_token_is_used_until_four_minutes_before_its_end(wechat, clock, order):
    first = token_of(wechat)
    clock.now += 7200 - 241
    assert token_of(wechat) == first
    clock.now += 1
    assert token_of(wechat) != first


def test_a_token_that_cannot_be_renewed_is_used_while_it_is_good_and_asked_for_again_after_a_rest(wechat, clock, order):
    first = token_of(wechat)
    clock.now += 7200 - 240
    order("faults", path="/cgi-bin/stable_token", status=500, times=1)
    assert token_of(wechat) == first
    assert token_of(wechat) == first  # resting
    clock.now += 5
    assert token_of(wechat) != first


@pytest.mark.parametrize("errcode", [40001, 40014, 42001, "42001"])
def test_a_refused_token_is_replaced_and_the_call_made_once_more(wechat, order, errcode):
    order("faults", path="/wxa/getwxacodeunlimit", errcode=errcode, times=1)
    first = token_of(wechat)
    assert wechat.unlimited_code("x")
    assert token_of(wechat) != first  # the normal mode gave the refused one again, so one was forced


def test_a_token_ended_at_the_platform_is_replaced_without_force(wechat, order, store):
    first = token_of(wechat)
    order("tokens/end")
    assert wechat.unlimited_code("x")
    assert token_of(wechat) != first
    assert store._forced == []


def test_what_is_refused_twice_is_not_tried_a_third_time(wechat, order):
    order("faults", path="/wxa/getwxacodeunlimit", errcode=40001, times=2)
    with pytest.raises(Unavailable, match="40001"):
        wechat.unlimited_code("x")
    assert wechat.unlimited_code("x")


def test_force_is_spent_at_most_twice_in_half_a_minute_and_twenty_times_a_day(wechat, order, clock, store):
    token_of(wechat)
    for _ in range(20):
        order("tokens/end", still_given=True)
        assert wechat.unlimited_code("x")
        order("tokens/end", still_given=True)
        with pytest.raises(Unavailable, match="no more may be forced"):
            wechat.unlimited_code("x")
        clock.now += 31
    assert len(store._forced) == 20
    with pytest.raises(Unavailable, match="no more may be forced"):
        wechat.unlimited_code("x")


def test_only_the_token_that_failed_is_dropped(wechat):
    first = token_of(wechat)
    second = token_of(wechat, instead_of=first)
    assert second != first
    assert token_of(wechat, instead_of=first) == second


def test_of_many_at_once_one_asks(base, clock):
    asked, together = [], threading.Barrier(8)
    store = InProcess(clock)
    wechat = WeChat(base, APP_ID, SECRET, tokens=store)
    ask = wechat._ask_for_token
    counting = Access(lambda force, ends: asked.append(force) or ask(force, ends), store)
    tokens = []

    def go():
        together.wait()
        tokens.append(counting.token(monotonic() + 5))
    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == [False]
    assert len(tokens) == 8 and len(set(tokens)) == 1


@pytest.mark.parametrize(("errcode", "rest_s"), [(40125, 60), (45009, 3600), (89506, 86400), (89507, 3600), (50007, 60)])
def test_after_a_refusal_that_a_person_must_mend_nobody_asks_for_a_while(wechat, order, clock, errcode, rest_s):
    order("faults", path="/cgi-bin/stable_token", errcode=errcode, times=1)
    with pytest.raises(Unavailable):
        token_of(wechat)
    clock.now += rest_s - 1
    with pytest.raises(Unavailable, match="no access token"):
        token_of(wechat)
    clock.now += 1
    assert token_of(wechat)


@pytest.mark.parametrize("body", ['{"access_token": "t"}', '{"access_token": "", "expires_in": 7200}', '{"access_token": "a b", "expires_in": 9}',
                                  '{"access_token": "t", "expires_in": 0}', '{"access_token": "t", "expires_in": "7200"}', "{}"])
def test_a_token_that_is_none_is_not_kept(wechat, order, body):
    order("faults", path="/cgi-bin/stable_token", garbage=body)
    with pytest.raises(Unavailable, match="not understood"):
        token_of(wechat)


def test_no_token_is_logged(wechat, order, caplog):
    caplog.set_level("DEBUG")
    order("faults", path="/wxa/getwxacodeunlimit", status=500, times=1)
    with pytest.raises(Unavailable) as told:
        wechat.unlimited_code("x")
    token = token_of(wechat)
    assert token not in caplog.text + repr(told.value) + repr(told.value.__cause__)
