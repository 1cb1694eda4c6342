"""Counts for the rate limits, in this process. The library's own memory starts a thread for nearly every hit."""
import time
from threading import Lock

from limits.storage import Storage

SWEPT_EVERY_S = 30


class LocalCounts(Storage):
    """Hits for each key until its window ends; windows that are over are forgotten every half a minute."""

    STORAGE_SCHEME = ["linli-local"]
    base_exceptions = ValueError

    def __init__(self, clock=time.monotonic):
        super().__init__()
        self._clock, self._lock, self._windows, self._swept_at = clock, Lock(), {}, clock()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = self._clock()
        with self._lock:
            if now - self._swept_at >= SWEPT_EVERY_S:
                self._windows, self._swept_at = {k: held for k, held in self._windows.items() if held[1] > now}, now
            count, ends = self._windows.get(key, (0, 0.0))
            if ends <= now:
                count, ends = 0, now + expiry
            self._windows[key] = count + amount, ends
            return count + amount

    def get(self, key: str) -> int:
        count, ends = self._windows.get(key, (0, 0.0))
        return count if ends > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970."""
        return time.time() + max(0.0, self._windows.get(key, (0, 0.0))[1] - self._clock())

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            many, self._windows = len(self._windows), {}
            return many

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)
