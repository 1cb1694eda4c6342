"""Kill -9 under load, of workers and of the whole service: what was acknowledged is there, once, and the books balance.

Run by `make test-faults`. KILLS and GROUP_KILLS say how often.
"""
import os
import signal
import time

import pytest

from tests.faults.hosts import several

KILLS = int(os.environ.get("KILLS", "200"))
GROUP_KILLS = int(os.environ.get("GROUP_KILLS", "20"))
pytestmark = pytest.mark.timeout(3600)


def test_workers_are_killed(day, database, chance, tmp_path):
    day = day(8)
    with several(1, tmp_path, day.app, database, processes=2) as [host]:
        threads = day.begin(day.living(host.port, 0.3, gives_up=0.02))
        killed, answered = 0, -1
        while killed < KILLS:
            time.sleep(chance.uniform(0.05, 0.6))
            if day.acknowledged > answered and (alive := host.workers()):  # a blow between two answers, never at a server still rising
                answered = day.acknowledged
                os.kill(chance.choice(alive), signal.SIGKILL)
                killed += 1
            assert host.process.poll() is None
        day.end(threads)
    print(f"{killed} kills: {day.compare()}")
    assert day.acknowledged > KILLS


def test_the_whole_service_is_killed(day, database, chance, tmp_path):
    day = day(8)
    with several(1, tmp_path, day.app, database, processes=2) as [host]:
        threads = day.begin(day.living(host.port, 0.1, gives_up=0.02))
        for _ in range(GROUP_KILLS):
            day.wait_for(10)
            time.sleep(chance.uniform(0, 0.5))
            host.kill()
            host.start()
        day.wait_for(1)
        day.end(threads)
    print(f"{GROUP_KILLS} kills: {day.compare()}")
