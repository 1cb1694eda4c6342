"""WeChat hangs, talks nonsense or lies while many sign in: each is answered in time, nobody becomes somebody, and all else goes on.

Run by `make test-faults`. ILL_S says for how long each illness lasts.
"""
import os
import threading
import time
from collections import Counter
from json import loads

import pytest
from sqlalchemy import func, select

from miniapp_stub.platform.app import create_app as create_platform
from miniapp_stub.platform.server import serving
from models import Person, WeChatLogin, db
from tests.faults.clients import Line
from tests.faults.hosts import several
from tests.stand_in import orders

ILL_S = float(os.environ.get("ILL_S", "8"))
APP_ID, SECRET, SIGN_IN = "wxtest", "s3cr3t", "/sns/jscode2session"
ILLNESSES = {
    "hangs": {"delay_s": 60}, "is slow to fail": {"delay_s": 2.5, "status": 500}, "breaks down": {"status": 500},
    "talks nonsense": {"garbage": True}, "is always busy": {"errcode": -1}, "refuses us": {"errcode": 40125},
    "says what nobody knows": {"errcode": 99999},
    "forgets who": {"garbage": '{"session_key": "x"}'}, "names nobody": {"garbage": '{"openid": ["x"]}'},
    "names what is no name": {"garbage": '{"openid": "../admin"}'}, "claims success and refuses": {"garbage": '{"errcode": "none", "openid": "x"}'},
}
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def wechat():
    with serving(create_platform(APP_ID, SECRET)) as port:
        yield f"http://127.0.0.1:{port}"


def repeat(act, threads: int, stop: threading.Event):
    """`act(i)` again and again in so many threads."""
    def run(i):
        while not stop.wait(0.05):
            act(i)
    made = [threading.Thread(target=run, args=(i,)) for i in range(threads)]
    for thread in made:
        thread.start()
    return made


def test_an_ill_wechat_holds_nobody_up(day, database, wechat, tmp_path):
    day, order = day(2, deeds=0), orders(wechat)
    answers, waits = [], []

    def sign_in(i):
        line, began = Line(host.port), time.monotonic()
        status, told = line.ask("", "auth/wechat", {"code": f"demo:new-{i}"})
        answers.append((status, loads(told).get("code"), "retry-after" in line.headers, time.monotonic() - began))

    def look(i):
        line, began = Line(host.port), time.monotonic()
        assert line.ask(day.tokens[i], "me/points")[0] == 200
        waits.append(time.monotonic() - began)

    def people():
        counts = [db.session.scalar(select(func.count()).select_from(row)) for row in (Person, WeChatLogin)]
        db.session.rollback()
        return counts

    with several(1, tmp_path, day.app, database, processes=1, WECHAT_API_BASE=wechat, WECHAT_APP_ID=APP_ID, WECHAT_APP_SECRET=SECRET) as [host]:
        for illness, fault in ILLNESSES.items():
            before = people()
            order("faults", path=SIGN_IN, times=10**6, **fault)
            answers.clear(), waits.clear()
            stop = threading.Event()
            threads = repeat(sign_in, 12, stop) + repeat(look, 2, stop)
            time.sleep(ILL_S)
            stop.set()
            for thread in threads:
                thread.join(timeout=60)
            told, longest, p90 = Counter(answer[:3] for answer in answers), max(answer[3] for answer in answers), sorted(waits)[len(waits) * 9 // 10]
            print(f"WeChat {illness}: {dict(told)}, the longest {longest:.1f} s; {len(waits)} looks, p90 {p90:.2f} s, the longest {max(waits):.1f} s")
            assert set(told) == {(503, "wechat_unavailable", True)}
            assert longest < 8  # five, and a turn at a busy server
            assert p90 < 1.5 and max(waits) < 2.5  # three that hang would make it three
            assert people() == before
            order("faults", path=SIGN_IN, times=0)
            until = time.monotonic() + 10
            while (well := Line(host.port).ask("", "auth/wechat", {"code": "demo:somebody"}))[0] != 200:
                assert time.monotonic() < until, well
                time.sleep(0.2)
