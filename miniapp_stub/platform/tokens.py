"""`POST /cgi-bin/stable_token`: the same token until five minutes before its end, then the next; forcing ends the old one."""
import secrets
from collections import deque
from threading import Lock

from flask import request

from miniapp_stub.platform.answers import Failure, plain

LASTS_S = 7200
RENEWED_BEFORE_S = 300
FORCED_A_DAY, FORCED_APART_S = 20, 30


class Tokens:
    def __init__(self, clock):
        self._clock, self._lock = clock, Lock()
        self._ends, self._newest, self._forced, self._refused = {}, None, deque(), set()

    def give(self, force: bool) -> tuple[str, int]:
        """A token and the seconds it has left."""
        with self._lock:
            now = self._clock()
            if force:
                self._force(now)
            if self._newest is None or self._ends[self._newest] - now <= RENEWED_BEFORE_S:
                self._newest = secrets.token_urlsafe(96)
                self._ends[self._newest] = now + LASTS_S
            return self._newest, int(self._ends[self._newest] - now)

    def _force(self, now: float) -> None:
        while self._forced and self._forced[0] <= now - 86400:
            self._forced.popleft()
        if len(self._forced) >= FORCED_A_DAY:
            raise Failure(45009)
        if self._forced and now - self._forced[-1] < FORCED_APART_S:
            raise Failure(45011)
        self._forced.append(now)
        self._ends, self._newest = {}, None

    def check(self, token: str) -> None:
        """41001, 40001 for one that is none or was ended by force, 42001 for one that is over."""
        if not token:
            raise Failure(41001)
        with self._lock:
            if token not in self._ends or token in self._refused:
                raise Failure(40001)
            if self._clock() >= self._ends[token]:
                raise Failure(42001)

    def end(self, *, still_given: bool) -> None:
        """What a test asks for: what was given until now is refused. Where it is still given, only force helps."""
        with self._lock:
            if still_given:
                self._refused = set(self._ends)
            else:
                self._ends, self._newest = {}, None


def register(app, platform) -> None:
    @app.route("/cgi-bin/stable_token", methods=["GET", "POST"])
    def stable_token():
        platform.quotas.count("/cgi-bin/stable_token")
        if request.method != "POST":
            raise Failure(43002)
        asked = request.get_json(force=True, silent=True)
        if not isinstance(asked, dict):
            raise Failure(47001)
        for name, errcode in (("appid", 41002), ("secret", 41004)):
            if not asked.get(name):
                raise Failure(errcode)
        if asked.get("grant_type") != "client_credential":
            raise Failure(40002)
        if asked["appid"] != platform.app_id:
            raise Failure(40013)
        if asked["secret"] != platform.app_secret:
            raise Failure(40125)
        token, left = platform.tokens.give(asked.get("force_refresh") is True)
        return plain({"access_token": token, "expires_in": left})
