"""A new version goes from host to host behind nginx, and nobody notices; one host is reloaded again and again. Run by `make test-faults`.

RELOADS says how often.
"""
import os
import time

import pytest

from tests.faults.hosts import nginx, several

RELOADS = int(os.environ.get("RELOADS", "50"))
pytestmark = pytest.mark.timeout(1200)


@pytest.mark.only("postgresql")
def test_hosts_are_renewed_in_turn_without_one_failed_request(day, database, tmp_path):
    day, steps = day(3, plans=100, deeds=10), []
    with several(3, tmp_path, day.app, database, processes=1) as hosts, nginx(tmp_path / "nginx", hosts) as proxy:
        began = time.monotonic()
        threads = day.begin(day.living(proxy.port, 0.15, sealed=True, once=True))
        for host in hosts:
            host.reload()
            steps.append(len(day.history.calls))
        for host in hosts:
            with proxy.without(host):
                host.restart()
            steps.append(len(day.history.calls))
        took = time.monotonic() - began
        day.end(threads)
        asked = [host.log.read_text().count('"path": "/api/v1/me') for host in hosts]
    print(f"renewed six times in {took:.0f} s, looks by host {asked}, {day.nothing_missed()}")
    assert min(asked) > 0
    assert steps == sorted(set(steps))  # somebody was served during each step


def test_reloads_fail_nobody(day, database, tmp_path):
    day = day(16, plans=400, deeds=10)
    with several(1, tmp_path, day.app, database, processes=2) as [host]:
        threads = day.begin(day.living(host.port, 0.5, once=True))
        for _ in range(RELOADS):
            host.reload()
        day.end(threads)
    slowest = max(each.ended - each.began for call in day.history.calls for each in call.tries)
    print(f"reloaded {RELOADS} times, the slowest answer after {slowest:.1f} s, {day.nothing_missed()}")
    assert slowest < 5
