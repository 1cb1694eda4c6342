"""The access token: one for the mini program, shared by all our processes through a store.

`stable_token` in its normal mode gives the same token until five minutes before its end, then the
next one, while the old one still works. Forcing a new one ends the old one at once, and is allowed
20 times a day, 30 seconds apart: it is the last resort, for a token that WeChat itself refuses.
"""
import hashlib
import re
import threading
import time
from dataclasses import dataclass
from typing import Protocol

from clients.wechat.errors import Refused, Unavailable, not_understood

TOKEN = re.compile(r"[\x21-\x7e]{1,2048}")
LOOK_EVERY_S = 0.1
REST_S = 5.0


@dataclass(frozen=True)
class Held:
    """What the store has: a token that is not over, whether it is time to renew it, whether a failure is waited out."""

    token: str | None
    is_due: bool = False
    is_resting: bool = False


class TokenStore(Protocol):
    """Where the token is kept. No method may hold a lock after it returns: HTTP happens between them."""

    def look(self) -> Held: ...
    def take_turn(self, instead_of: str | None) -> str | None:
        """The right to fetch, for some seconds; None while another has it, or has replaced `instead_of` already."""
    def may_force(self, turn: str) -> bool:
        """Count one forced renewal; False where the day's or the half minute's are used up."""
    def keep(self, turn: str, token: str, lasts_s: int) -> None: ...
    def give_up(self, turn: str, rest_s: float) -> None: ...


class Access:
    def __init__(self, ask, store: TokenStore):
        """`ask(force, ends)` is one exchange with the platform, and gives its answer."""
        self._ask, self._store = ask, store

    def token(self, ends: float, *, instead_of: str | None = None) -> str:
        """A token that is good; one that WeChat has refused is given as `instead_of`, and only that one is dropped."""
        while True:
            held = self._store.look()
            usable = held.token if held.token != instead_of else None
            if usable and not held.is_due:
                return usable
            turn = None if held.is_resting else self._store.take_turn(instead_of)
            if turn:
                return self._fetched(turn, instead_of, usable, ends)
            if usable:  # another process is renewing it, or that failed just now: it is good for a while yet
                return usable
            if held.is_resting or time.monotonic() + LOOK_EVERY_S >= ends:
                raise Unavailable("there is no access token")
            time.sleep(LOOK_EVERY_S)

    def _fetched(self, turn: str, instead_of: str | None, usable: str | None, ends: float) -> str:
        try:
            token, lasts_s = self._fetch(turn, instead_of, ends)
        except (Unavailable, Refused) as error:
            self._store.give_up(turn, max(error.wait_s, REST_S))
            if usable:
                return usable
            raise Unavailable(str(error), error.errcode) from error
        self._store.keep(turn, token, lasts_s)
        return token

    def _fetch(self, turn: str, instead_of: str | None, ends: float) -> tuple[str, int]:
        token, lasts_s = _read(self._ask(False, ends))
        if token != instead_of:
            return token, lasts_s
        if not self._store.may_force(turn):
            raise Unavailable("WeChat refuses the token that it gives, and no more may be forced for now")
        return _read(self._ask(True, ends))


def _read(answer: dict) -> tuple[str, int]:
    token, lasts_s = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise not_understood("access_token")
    if type(lasts_s) is not int or not 0 < lasts_s <= 7200:
        raise not_understood("expires_in")
    return token, lasts_s


def fingerprint(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def renew_after(lasts_s: int) -> int:
    """From when on the next token is asked for: four minutes before the end, but never at each call."""
    return max(lasts_s - 240, min(lasts_s, 30))


class InProcess:
    """A store for one process, and for tests."""

    def __init__(self, clock=time.monotonic):
        self._clock, self._lock = clock, threading.Lock()
        self._token, self._ends, self._renew, self._rests, self._turn, self._forced = None, 0.0, 0.0, 0.0, None, []

    def look(self) -> Held:
        now = self._clock()
        token = self._token if now < self._ends else None
        return Held(token, is_due=now >= self._renew, is_resting=now < self._rests)

    def take_turn(self, instead_of: str | None) -> str | None:
        with self._lock:
            if self._turn or (instead_of and self._token and self._token != instead_of):
                return None
            self._turn = "mine"
            return self._turn

    def may_force(self, turn: str) -> bool:
        now = self._clock()
        self._forced = [at for at in self._forced if at > now - 86400]
        if len(self._forced) >= 20 or (self._forced and now - self._forced[-1] < 30):
            return False
        self._forced.append(now)
        return True

    def keep(self, turn: str, token: str, lasts_s: int) -> None:
        now = self._clock()
        self._token, self._ends, self._renew, self._turn = token, now + lasts_s, now + renew_after(lasts_s), None

    def give_up(self, turn: str, rest_s: float) -> None:
        self._rests, self._turn = self._clock() + rest_s, None
