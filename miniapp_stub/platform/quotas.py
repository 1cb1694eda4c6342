"""How often each call may be made, in a minute and in a day, as documented; a test may lower it."""
from collections import deque
from threading import Lock

from miniapp_stub.platform.answers import Failure

MINUTE_S, DAY_S = 60, 86400
DOCUMENTED = {  # path: (in a minute, in a day); None is no limit that the documents name
    "/cgi-bin/stable_token": (10_000, 500_000),
    "/wxa/getwxacodeunlimit": (5_000, None),
    "/cgi-bin/message/subscribe/send": (None, 10_000_000),
    "/wxa/msg_sec_check": (4_000, 2_000_000),
    "/wxa/media_check_async": (2_000, 200_000),
}


class Quotas:
    def __init__(self, clock):
        self._clock, self._lock = clock, Lock()
        self._limits, self._minutes, self._days = dict(DOCUMENTED), {}, {}

    def limit(self, path: str, per_minute: int | None, per_day: int | None) -> None:
        with self._lock:
            self._limits[path] = (per_minute, per_day)

    def count(self, path: str) -> None:
        """One call; 45011 or 45009 where there were as many already. Minutes and days roll."""
        per_minute, per_day = self._limits.get(path, (None, None))
        with self._lock:
            self._hit(self._days, path, DAY_S, per_day, 45009)
            self._hit(self._minutes, path, MINUTE_S, per_minute, 45011)

    def _hit(self, made, path, seconds, most, errcode) -> None:
        if most is None:
            return
        times, now = made.setdefault(path, deque()), self._clock()
        while times and times[0] <= now - seconds:
            times.popleft()
        if len(times) >= most:
            raise Failure(errcode)
        times.append(now)
