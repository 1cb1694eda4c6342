"""Three answers in ten are lost after what was asked for is done; whoever asks again with the same key finds it done, once.

Run by `make test-faults`. LOST says how many are lost.
"""
import os

import pytest

from tests.faults.hosts import several
from tests.faults.wire import bad_wire

LOST = int(os.environ.get("LOST", "500"))
pytestmark = pytest.mark.timeout(600)


def test_what_was_lost_on_the_way_is_found_done(day, database, chance, tmp_path):
    day = day(8)
    with several(1, tmp_path, day.app, database, processes=2) as [host], bad_wire(host.port, chance, loses=0.3) as wire:
        threads = day.begin(day.living(wire.port, 0.1, gives_up=0.02))
        while wire.lost < LOST:
            day.wait_for(1)
        day.end(threads)
    asked_again = sum(len(call.tries) - 1 for call in day.history.calls if call.key)
    print(f"{wire.lost} lost, {asked_again} asked again, of which {day.history.replayed} found it done; {day.compare()}")
    assert day.history.replayed > LOST / 10
