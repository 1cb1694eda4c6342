"""On SQLite one request that reads and one that writes are at work at a time in a process; the others wait for their turn, in order.

Writers follow one another at the database anyway. Threads that are at work at the same time wait for Python's lock instead, each
time the one that has it lets go for a statement: with eight of them a check-in took a third more processor time, and the
slowest of a hundred twice as long (docs/decisions/0008-workers.md). On PostgreSQL nobody waits here.
"""
from collections import deque
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from threading import Lock

from services.refusals import Unavailable

WAIT_S = 10


class Turn:
    """One at a time, first come first served."""

    def __init__(self):
        self._looking, self._is_taken, self._waiting = Lock(), False, deque()

    def take(self, wait_s: float = WAIT_S) -> None:
        """Unavailable when it does not come in time."""
        with self._looking:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=wait_s):
            return
        with self._looking:
            if mine in self._waiting:
                self._waiting.remove(mine)
                raise Unavailable
        # it came in the very moment

    def pass_on(self) -> None:
        with self._looking:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


_mine: ContextVar[Turn | None] = ContextVar("turn", default=None)


class Turns:
    def __init__(self, one_by_one: bool):
        self._turns = {True: Turn(), False: Turn()} if one_by_one else None

    def taken(self, *, to_read: bool):
        return nullcontext() if self._turns is None else _taken(self._turns[to_read])


@contextmanager
def _taken(turn: Turn):
    turn.take()
    before = _mine.set(turn)
    try:
        yield
    finally:
        _mine.reset(before)
        turn.pass_on()


@contextmanager
def aside():
    """Let others have the turn meanwhile: around what waits for somebody else, or takes long."""
    turn = _mine.get()
    if turn is None:
        yield
        return
    turn.pass_on()
    try:
        yield
    finally:
        turn.take(wait_s=-1)
