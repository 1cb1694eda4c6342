"""The database dies under load: it comes back by itself, or its standby takes over. What was acknowledged is there, once.

Run by `make test-faults`. CRASHES says how often it dies and comes back.
"""
import os
import signal
import time

import pytest

from models import db
from tests.databases import migrate
from tests.faults.hosts import several
from tests.faults.standby import alone, pair

CRASHES = int(os.environ.get("CRASHES", "20"))
pytestmark = [pytest.mark.timeout(900), pytest.mark.only("postgresql")]


@pytest.fixture
def servers(request):
    with request.param() as servers:
        yield servers


@pytest.fixture
def database(servers):
    migrate(servers.url)
    return servers.url


@pytest.mark.parametrize("servers", [alone], indirect=True)
def test_the_database_crashes_and_comes_back(servers, day, database, chance, tmp_path):
    day = day(8)
    with several(1, tmp_path, day.app, database, processes=2) as [host]:
        threads = day.begin(day.living(host.port, 0.1, gives_up=0.02))
        for _ in range(CRASHES):
            day.wait_for(10)
            time.sleep(chance.uniform(0, 0.5))
            servers.primary.stop()
            time.sleep(chance.uniform(0, 0.5))
            servers.primary.start()
        day.wait_for(1)
        day.end(threads)
        db.engine.dispose()
    print(f"{CRASHES} crashes: {day.compare()}")


@pytest.mark.parametrize("servers", [pair], indirect=True)
def test_what_was_acknowledged_outlives_the_primary(servers, day, database, chance, tmp_path):
    day = day(6)
    with several(1, tmp_path, day.app, database, processes=3) as [host]:
        threads = day.begin(day.living(host.port, 0.1))
        time.sleep(chance.uniform(3, 5))
        before = day.acknowledged
        for pid in servers.primary.senders():  # nothing leaves the primary any more: what it still acknowledged would be lost
            os.kill(pid, signal.SIGSTOP)
        time.sleep(chance.uniform(0.5, 1.5))
        servers.primary.kill()
        killed = time.monotonic()
        at_death = day.acknowledged
        time.sleep(chance.uniform(0, 1))
        servers.promote()
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
    assert before > len(threads) and after > at_death
