"""The disk fails under the server, as strace says it does: nothing is answered 2xx that is not there afterwards.

Run by `make test-faults`. DISK_ERRORS says how many there are.
"""
import os
import time

import pytest

from tests.faults.hosts import several
from tests.strace import traced

DISK_ERRORS = int(os.environ.get("DISK_ERRORS", "60"))
KINDS = ("fdatasync:error=EIO", "pwrite64:error=EIO", "pwrite64:error=ENOSPC")
pytestmark = [pytest.mark.timeout(1200), pytest.mark.only("sqlite")]


def test_an_error_of_the_disk_is_never_a_yes(day, database, chance, tmp_path):
    day, met, refused = day(4, deeds=200, plans=0), 0, {}
    with several(1, tmp_path, day.app, database, processes=1) as [host]:
        client, rounds = day.client(0, host.port, once=True), 0
        for n in range(DISK_ERRORS):
            when = f"{chance.randint(1, 6)}{chance.choice(('', '+'))}"  # once, or from then on; each thread counts for itself
            folder = tmp_path / f"error{n}"
            folder.mkdir()
            with traced(host.workers()[0], "fdatasync,pwrite64", folder, f"{KINDS[n % len(KINDS)]}:when={when}") as trace:
                asked = len(day.history.calls)
                for _ in range(4):
                    day.one_round(client, rounds % 4, rounds // 4)
                    rounds += 1
            met += "INJECTED" in trace.read_text()
            for call in day.history.calls[asked:]:
                for each in call.tries:
                    if each.status not in (200, 201, 409):
                        refused[each.status, each.code] = refused.get((each.status, each.code), 0) + 1
        began = time.monotonic()
        well = day.client(1, host.port)
        for person in range(4):
            day.buy(well, person)
            day.approve(well, person, day.deeds[person][-1])
        assert time.monotonic() - began < 20  # the disk is well again, and so is the server, without a new start
    print(f"{met} of {DISK_ERRORS} errors were met, refused {refused}; {day.compare()}")
    assert set(refused) == {(503, "unavailable")}
    assert met > DISK_ERRORS / 2
