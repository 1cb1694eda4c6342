"""Few wait for WeChat at once, and while it says nothing hardly anybody: each who waits holds a thread that others need."""
import time
from contextlib import contextmanager
from threading import Condition

from clients.wechat.errors import Silent, Unavailable

MOST_AT_ONCE = 3  # of one call: at a tenth of a second each thirty a second; a process has four threads or more
TURN_S = 0.3  # for a turn
SLOW_S = 1.0  # nobody else joins somebody who has waited so long
REST_S = 2.0  # after a silence it is not asked, and after it was busy to the end nobody asks twice
MOST_TRIES = 3  # while it is busy (-1)


class Patience:
    """With one call of WeChat's: some may wait while answers come; after a silence one at a time may, until one has come."""

    def __init__(self):
        self._turns, self._began, self._silent_at, self._busy_at = Condition(), {}, None, None

    @property
    def tries(self) -> int:
        """How often somebody may ask who is told that it is busy: a thread sleeps between them."""
        return 1 if self._busy_at is not None and time.monotonic() < self._busy_at + REST_S else MOST_TRIES

    def found_busy(self) -> None:
        """Somebody was told so to the end."""
        self._busy_at = time.monotonic()

    @contextmanager
    def waiting(self):
        """Around one exchange. Silent where nobody else should wait now: then nothing was asked."""
        me = object()
        with self._turns:
            if not self._turns.wait_for(lambda: self._is_silent() or len(self._began) < MOST_AT_ONCE, timeout=TURN_S) or self._is_silent():
                raise Silent("it gives others no answer, and is left alone for a moment")
            self._began[me] = began = time.monotonic()
        answered = True
        try:
            yield
        except Unavailable:
            answered = time.monotonic() - began < SLOW_S
            raise
        finally:
            with self._turns:
                del self._began[me]
                self._silent_at = None if answered else time.monotonic()
                self._turns.notify_all()

    def _is_silent(self) -> bool:
        now = time.monotonic()
        if any(now - began > SLOW_S for began in self._began.values()):
            return True
        return self._silent_at is not None and (bool(self._began) or now < self._silent_at + REST_S)
