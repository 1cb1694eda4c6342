"""Kill -9 of workers under load: what was acknowledged is there, once, and the books balance.

Run by `make test-faults`. KILLS and SEED may be given; both and the counts are printed (`-s` shows them).
"""
import os
import random
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from models import db
from tests.faults.day import Day, RealClock
from tests.faults.hosts import several

KILLS = int(os.environ.get("KILLS", "50"))
SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(10**9))))
CLIENTS = 16
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def clock():
    return RealClock()


def workers(process):
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_what_was_acknowledged_is_there_once(app, database, settings, live, town, wang, zhao, fund, as_, tmp_path):
    print(f"seed {SEED}, {KILLS} kills")
    chance = random.Random(SEED)
    day = Day(app, [live(f"居民{i}", town.grid_a) for i in range(CLIENTS)], wang=wang, approver=zhao, as_=as_, plans=200, deeds=25,
              settings=settings)
    with several(1, tmp_path, app, database, processes=2) as [host]:
        threads = day.begin(day.insisting(host.port, 0.2))
        killed, answered = 0, -1
        while killed < KILLS and any(thread.is_alive() for thread in threads):
            time.sleep(chance.uniform(0.05, 0.6))
            acknowledged = day.acknowledged
            if acknowledged > answered and (alive := workers(host.process)):  # a blow between two answers, never at a server still rising
                answered = acknowledged
                os.kill(chance.choice(alive), signal.SIGKILL)
                killed += 1
        day.end(threads)
        assert host.process.poll() is None
    print(f"killed {killed}, {day.compare()}")
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert killed == KILLS
