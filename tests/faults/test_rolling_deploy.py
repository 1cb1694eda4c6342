"""A new version goes from host to host behind nginx, and nobody notices. Run by `make test-faults`.

SEED may be given and is printed (`-s` shows it).
"""
import os
import random
import time
from itertools import count

import pytest

from tests.faults.day import Day, Line, RealClock
from tests.faults.hosts import nginx, several

SEED = int(os.environ.get("SEED", str(random.SystemRandom().randrange(10**9))))
CLIENTS = 6
pytestmark = [pytest.mark.timeout(300), pytest.mark.only("postgresql")]


@pytest.fixture
def clock():
    return RealClock()


def test_hosts_are_renewed_in_turn_without_one_failed_request(app, database, settings, live, town, wang, zhao, fund, as_, tmp_path):
    print(f"seed {SEED}")
    day = Day(app, [live(f"居民{i}", town.grid_a) for i in range(CLIENTS)], wang=wang, approver=zhao, as_=as_, plans=100, deeds=10,
              settings=settings)
    reads, steps = [], []

    def live_through(i):
        """Asks everything once: who fails is a failure, whatever asking again would give."""
        line, chance = Line(proxy.port, sealed=True), random.Random(SEED + i)
        for round_ in count():
            if day.stop.wait(chance.uniform(0.05, 0.3)):
                break
            try:
                if round_ < len(day.plans):
                    day.note("check-ins", day.scan(line.ask, day.tokens[i], day.plans[round_]), 201)
                if round_ < len(day.deeds[i]):
                    day.note("approvals", line.ask(day.approver, f"activity-records/{day.deeds[i][round_]}/approve", {}), 200)
                reads.append(line.ask(day.tokens[i], "me")[0])
            except Exception as error:
                day.done["odd"].append((f"{time.monotonic() - began:.1f} s", repr(error)))

    with several(3, tmp_path, app, database, processes=1) as hosts, nginx(tmp_path / "nginx", hosts) as proxy:
        began = time.monotonic()
        threads = day.begin(live_through)
        for host in hosts:
            host.reload()
            steps.append(len(reads))
        for host in hosts:
            with proxy.without(host):
                host.restart()
            steps.append(len(reads))
        took = time.monotonic() - began
        day.end(threads)
        asked = [host.log.read_text().count('"path": "/api/v1/me"') for host in hosts]
    print(f"renewed six times in {took:.0f} s, {len(reads)} reads, by host {asked}, {day.compare()}")
    assert set(reads) == {200} and min(asked) > 0
    assert steps == sorted(set(steps))  # somebody was served during each step
