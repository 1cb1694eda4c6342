"""A WeChat that says nothing is waited for by few; one that answers, with whatever, by all."""
import threading
import time

import pytest

from clients.wechat import InProcess, Refused, Silent, Unavailable, WeChat, patience
from clients.wechat.errors import Busy
from tests.clients.conftest import APP_ID, SECRET

SIGN_IN = "/sns/jscode2session"


@pytest.fixture
def wechat(base, store, monkeypatch):
    monkeypatch.setattr(patience, "SLOW_S", 0.2)
    monkeypatch.setattr(patience, "REST_S", 0.3)
    return WeChat(base, APP_ID, SECRET, timeout=0.5, longest=0.6, tokens=store)


def ask(wechat):
    """What came of it, and after how many seconds."""
    began = time.monotonic()
    try:
        wechat.code_to_session("demo:li-na")
        came = None
    except (Unavailable, Refused) as error:
        came = type(error)
    return came, time.monotonic() - began


def at_once(wechat, number):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask(wechat))) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads, answers


def end(threads):
    for thread in threads:
        thread.join(timeout=5)


def test_after_a_silence_one_at_a_time_waits_until_there_is_an_answer(wechat, order):
    order("faults", path=SIGN_IN, delay_s=1, times=2)
    assert ask(wechat)[0] is Unavailable
    came, took = ask(wechat)
    assert came is Silent and took < 0.1
    time.sleep(patience.REST_S)
    threads, answers = at_once(wechat, 8)
    end(threads)
    assert sorted(came.__name__ for came, _ in answers) == ["Silent"] * 7 + ["Unavailable"]
    time.sleep(patience.REST_S)
    assert ask(wechat)[0] is None
    threads, answers = at_once(wechat, 8)
    end(threads)
    assert [came for came, _ in answers] == [None] * 8


def test_nobody_joins_who_has_waited_for_long(wechat, order):
    order("faults", path=SIGN_IN, delay_s=0.4, times=2)
    threads, answers = at_once(wechat, 2)
    time.sleep(0.3)
    came, took = ask(wechat)
    assert came is Silent and took < 0.1
    end(threads)
    assert [came for came, _ in answers] == [None, None]
    assert ask(wechat)[0] is None  # slow is not silent


@pytest.mark.parametrize("fault", [{"status": 500}, {"garbage": True}, {"errcode": 99999}, {"garbage": '{"openid": ["x"]}'}])
def test_nonsense_is_an_answer(wechat, order, fault):
    order("faults", path=SIGN_IN, times=3, **fault)
    assert [ask(wechat)[0] for _ in range(4)] == [Unavailable] * 3 + [None]


def test_another_call_is_asked_all_the_same(wechat, order):
    order("faults", path=SIGN_IN, delay_s=1, times=1)
    assert ask(wechat)[0] is Unavailable
    assert wechat.unlimited_code("a=1")


def test_without_patience_all_would_wait(base, order, monkeypatch):
    monkeypatch.setattr(patience, "SLOW_S", 99)
    wechat = WeChat(base, APP_ID, SECRET, timeout=0.5, longest=0.6, tokens=InProcess())
    order("faults", path=SIGN_IN, delay_s=1, times=2)
    assert [came for came, took in (ask(wechat), ask(wechat)) if took > 0.4] == [Unavailable, Unavailable]


def test_while_it_is_busy_one_asks_again_and_the_others_do_not_sleep_over_it(base, store, order, monkeypatch):
    monkeypatch.setattr(patience, "REST_S", 1)
    wechat = WeChat(base, APP_ID, SECRET, tokens=store)
    order("faults", path=SIGN_IN, errcode=-1, times=3 + 5)
    assert ask(wechat)[0] is Busy  # the third time
    for _ in range(5):
        came, took = ask(wechat)
        assert came is Busy and took < 0.1
    assert ask(wechat)[0] is None
    time.sleep(patience.REST_S)
    order("faults", path=SIGN_IN, errcode=-1, times=2)
    assert ask(wechat)[0] is None
