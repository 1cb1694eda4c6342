"""The primary database dies, its standby takes over, and what was acknowledged is there, once. Run by `make test-faults`.

SEED may be given and is printed (`-s` shows it).
"""
import os
import random
import signal
import time

import pytest

from models import db
from tests.databases import migrate
from tests.faults.day import Day, RealClock
from tests.faults.hosts import several
from tests.faults.standby import pair

SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(10**9))))
CLIENTS = 12
pytestmark = [pytest.mark.timeout(300), pytest.mark.only("postgresql")]


@pytest.fixture
def clock():
    return RealClock()


@pytest.fixture
def two():
    with pair() as servers:
        yield servers


@pytest.fixture
def database(two):
    migrate(two.url)
    return two.url


def test_what_was_acknowledged_outlives_the_primary(app, two, database, settings, live, town, wang, zhao, fund, as_, tmp_path):
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    day = Day(app, [live(f"居民{i}", town.grid_a) for i in range(CLIENTS)], wang=wang, approver=zhao, as_=as_, plans=200, deeds=20,
              settings=settings)
    with several(1, tmp_path, app, database, processes=3) as [host]:
        threads = day.begin(day.insisting(host.port, 0.1))
        time.sleep(chance.uniform(3, 5))
        before = day.acknowledged
        for pid in two.primary.senders():  # nothing leaves the primary any more: what it still acknowledged would be lost
            os.kill(pid, signal.SIGSTOP)
        time.sleep(chance.uniform(0.5, 1.5))
        two.primary.kill()
        killed = time.monotonic()
        at_death = day.acknowledged
        time.sleep(chance.uniform(0, 1))
        two.promote()
        while day.acknowledged == at_death:
            assert time.monotonic() < killed + 60 and any(thread.is_alive() for thread in threads)
            time.sleep(0.01)
        away = time.monotonic() - killed
        time.sleep(5)
        after = day.acknowledged
        day.end(threads)
        db.session.remove()
        db.engine.dispose()
        print(f"acknowledged {before} before, {at_death - before} while the standby heard nothing, {after - at_death} after; away for {away:.1f} s; "
              f"{day.compare()}")
    assert before > CLIENTS and after > at_death
