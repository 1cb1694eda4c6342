"""A database whose cable is pulled says nothing any more, and is noticed all the same. Run by `make test-faults`."""
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import psycopg
import pytest

from api import GONE
from tests.faults.machines import network
from tests.faults.standby import programs, server

NOTICED_S, LONGER_S = 11, 20
pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def place(tmp_path):
    with network(tmp_path / "machines") as machines:
        yield machines.machine("db")


@pytest.fixture
def ask(place):
    """`ask(…)`: a statement of a second, on a line with these settings, whose server is cut off while it runs."""
    with server(place, programs()) as made, ThreadPoolExecutor(1) as others:
        def ask(**settings):
            line = psycopg.connect(f"host={made.address} port={made.port} user=linli dbname=postgres", autocommit=True, **settings)
            asked = others.submit(line.execute, "SELECT pg_sleep(1)")
            while not made.ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1)' AND state = 'active'"):
                time.sleep(0.01)
            place.cable(False)
            return asked
        yield ask
        place.cable(True)


def test_a_database_that_is_gone_is_noticed(ask):
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        ask(**GONE).result(timeout=LONGER_S)
    print(f"noticed after {time.monotonic() - began:.1f} s")
    assert time.monotonic() - began > NOTICED_S / 2  # and no network that hesitates is taken for one that is gone


def test_without_its_settings_nobody_would_know(ask):
    with pytest.raises(StillWaiting):
        ask().result(timeout=LONGER_S)
