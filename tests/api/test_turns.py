"""Turns of requests on SQLite: one at a time, in order, and nobody holds one while waiting for somebody else."""
import threading
import time

import pytest

from api.edge import turns
from services.refusals import Unavailable

PATIENCE_S = 5


def until(true) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.001)


def waiting(turn: turns.Turn) -> int:
    return len(turn._waiting)


@pytest.fixture
def started():
    """Starts what runs beside this test, and waits for it at the end."""
    threads = []

    def start(does):
        threads.append(threading.Thread(target=does))
        threads[-1].start()
    yield start
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_who_came_first_is_served_first(started):
    both, order = turns.Turns(one_by_one=True), []

    def come(n):
        with both.taken(to_read=False):
            order.append(n)
    with both.taken(to_read=False):
        for n in range(5):
            started(lambda n=n: come(n))
            until(lambda n=n: waiting(both._turns[False]) == n + 1)
    until(lambda: len(order) == 5)
    assert order == [0, 1, 2, 3, 4]


def test_who_reads_does_not_wait_for_who_writes():
    both = turns.Turns(one_by_one=True)
    with both.taken(to_read=False), both.taken(to_read=True):
        pass


def test_where_all_may_work_at_once_nobody_waits():
    all_at_once = turns.Turns(one_by_one=False)
    with all_at_once.taken(to_read=False), all_at_once.taken(to_read=False):
        pass


def test_a_turn_ends_with_an_error_too():
    both = turns.Turns(one_by_one=True)
    with pytest.raises(KeyError), both.taken(to_read=True):
        raise KeyError
    with both.taken(to_read=True):
        pass


def test_who_waits_too_long_is_told_so_and_takes_nobodys_turn():
    turn = turns.Turn()
    turn.take()
    with pytest.raises(Unavailable):
        turn.take(wait_s=0.01)
    turn.pass_on()
    turn.take(wait_s=0.01)


def test_others_work_while_one_waits_for_somebody_outside(started):
    both, done = turns.Turns(one_by_one=True), []

    def come():
        with both.taken(to_read=False):
            done.append("other")
    with both.taken(to_read=False):
        started(come)
        until(lambda: waiting(both._turns[False]) == 1)
        with turns.aside():
            until(lambda: done == ["other"])
        done.append("first")
    assert done == ["other", "first"]


def test_outside_of_a_turn_there_is_nothing_to_let_go():
    with turns.aside():
        pass


def test_a_request_on_sqlite_has_its_turn_and_one_on_postgresql_needs_none(app, settings):
    assert (app.extensions["linli_turns"]._turns is None) == settings.database_url.startswith("postgres")
