"""Rate limits: a person's requests, an address's sign-ins, an account's failed passwords, a person's wrong short codes.

Counted in the process, or in Redis when REDIS_URL names one; if Redis is away or silent, in the process again.
"""
import time
from contextlib import contextmanager
from functools import lru_cache

from flask import current_app, g, request
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from api.edge.counts import LocalCounts
from api.edge.settings import settings
from services.refusals import N_, Refusal, TooMany

PATIENCE_S, REST_S = 0.5, 5.0


class RateLimited(TooMany):
    """`minutes`, where it was tries that failed."""

    FAILED = N_("Too many tries that failed. Please wait %(minutes)d minutes.")

    def __init__(self, **fields):
        super().__init__(**fields)
        if "minutes" in fields:
            self.message = self.FAILED


class Limits:
    def __init__(self, redis_url: str):
        self.local = FixedWindowRateLimiter(LocalCounts())
        self.shared = FixedWindowRateLimiter(_in_redis(redis_url)) if redis_url else self.local
        self._rests_until = 0.0

    def ask(self, verb: str, item, *names, **how) -> bool:
        if time.monotonic() >= self._rests_until:
            try:
                return getattr(self.shared, verb)(item, *names, **how)
            except StorageError:
                self._rests_until = time.monotonic() + REST_S
        return getattr(self.local, verb)(item, *names, **how)


def _in_redis(url: str):
    """A Redis whose host is gone says nothing at all: who asks waits a moment, and for a while nobody asks again."""
    from redis.backoff import NoBackoff  # where it is not asked for it is not loaded
    from redis.retry import Retry
    return storage_from_string(url, wrap_exceptions=True, socket_connect_timeout=PATIENCE_S, socket_timeout=PATIENCE_S, retry=Retry(NoBackoff(), 0))


def _limits() -> Limits:
    return current_app._get_current_object().extensions["linli_limits"]


@lru_cache
def _a_minute(most: int) -> RateLimitItemPerMinute:
    return RateLimitItemPerMinute(most)


def _hit(per_minute: int, *names: str) -> None:
    if settings().rate_limits and not _limits().ask("hit", _a_minute(per_minute), *names):
        raise RateLimited(retry_after=60)


def check_address(view) -> None:
    asked = request._get_current_object()
    if getattr(view, "counts_address", False) or asked.path.startswith("/api/v1/auth/") or (
            asked.path == "/admin/sign-in" and asked.method == "POST"):
        _hit(settings().sign_in_limit_per_minute, "address", asked.remote_addr or "")


def check_person() -> None:
    if person := g.person:
        _hit(settings().rate_limit_per_minute, "person", person.id.hex)


def _failures(of: str) -> tuple[RateLimitItemPerMinute, int]:
    """How many failures of this kind are borne, and for how many seconds they count."""
    most, minutes = getattr(settings(), f"{of}_failures"), getattr(settings(), f"{of}_failure_minutes")
    return RateLimitItemPerMinute(most, minutes), minutes * 60


@contextmanager
def counting_failures(name: str, failed: type[Refusal], of: str = "password"):
    """429 once this name (an account, whether it exists or not; a person) has failed too often at passwords or at short codes.

    Counted before it is tried, so that no number of tries at once gets past; what does not end in `failed` is given back.
    """
    if not settings().rate_limits:
        yield
        return
    item, seconds = _failures(of)
    if not _limits().ask("hit", item, "failures", of, name):
        raise RateLimited(retry_after=seconds, minutes=seconds // 60)
    try:
        yield
    except failed:
        raise
    except Exception:
        _give_back(item, of, name)
        raise
    _give_back(item, of, name)


def _give_back(item: RateLimitItemPerMinute, of: str, name: str) -> None:
    _limits().ask("hit", item, "failures", of, name, cost=-1)
