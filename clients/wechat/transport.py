"""One HTTP exchange with the platform: bounded in time and size, its errcode looked at."""
import json
import logging
import os
import re
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, stop_before_delay, wait_exponential_jitter
from urllib3 import PoolManager, ProxyManager, Timeout, make_headers
from urllib3.exceptions import HTTPError

from clients.wechat.errors import Busy, Unavailable, log, not_understood, raise_for
from clients.wechat.patience import Patience

MOST_BYTES = 16 * 1024
MOST_AT_ONCE = 32
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


class Transport:
    def __init__(self, base: str, timeout: float, longest: float, watched=nullcontext):
        """Around each call there is `watched("WeChat /its/path")`, which waits for its end."""
        self._base, self._timeout, self._longest, self._watched = base.rstrip("/"), timeout, longest, watched
        self._http, self._patience = _pool(base), defaultdict(Patience)
        self._workers = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="wechat")

    def ends(self) -> float:
        """When a call that begins now is given up, in `time.monotonic` seconds."""
        return time.monotonic() + self._longest

    def get(self, path: str, params: dict, ends: float) -> dict:
        return self._within(path, ends, lambda: _answer(self._exchange("GET", path, params, None, MOST_BYTES)))

    def post(self, path: str, body: dict, ends: float, *, params: dict | None = None) -> dict:
        return self._within(path, ends, lambda: _answer(self._exchange("POST", path, params, body, MOST_BYTES)))

    def picture(self, path: str, body: dict, ends: float, *, params: dict, most: int) -> bytes:
        """A picture is known by its first bytes: the status is 200 for errors too."""
        def ask():
            raw = self._exchange("POST", path, params, body, most)
            if raw.startswith(PICTURES):
                return raw
            _answer(raw)
            raise not_understood("a picture")
        return self._within(path, ends, ask)

    def _within(self, path: str, ends: float, ask):
        patience = self._patience[path]
        with self._watched(f"WeChat {path}"), patience.waiting():
            return self._in_time(ends, lambda: self._again_while_busy(patience, ask, ends))

    def _in_time(self, ends: float, ask):
        """The caller waits until `ends` at most, whatever the network does: no socket timeout covers name
        resolution, several addresses tried in turn, or an answer that comes a byte at a time."""
        asked = self._workers.submit(ask)
        try:
            return asked.result(timeout=max(0.0, ends - time.monotonic()))
        except TimeoutError:
            asked.cancel()
        log.warning("WeChat gave no answer within %s s", self._longest)
        raise Unavailable(f"no answer within {self._longest} s")

    def _again_while_busy(self, patience: Patience, ask, ends: float):
        left = max(0.0, ends - time.monotonic() - self._timeout)
        again = Retrying(retry=retry_if_exception_type(Busy), reraise=True,
                         wait=wait_exponential_jitter(multiplier=0.1, max=0.5, jitter=0.1),
                         stop=stop_after_attempt(patience.tries) | stop_before_delay(left))
        try:
            return again(ask)
        except Busy:
            patience.found_busy()
            raise

    def _exchange(self, method: str, path: str, params: dict | None, body: dict | None, most: int) -> bytes:
        raw = None if body is None else json.dumps(body, ensure_ascii=False).encode()  # escapes would be checked as text
        address = self._base + path + ("?" + urlencode(params) if params else "")
        try:
            response = self._http.request(method, address, body=raw, headers={"Content-Type": "application/json"} if raw else None,
                                          timeout=Timeout(total=self._timeout), retries=False, redirect=False, preload_content=False)
            with closing(response):  # a line that was read to its end is kept
                answer = response.read(most + 1, decode_content=True)
        except HTTPError as error:
            trouble = type(error).__name__
        else:
            trouble = _trouble(response.status, answer, most)
        if trouble:  # raised out here, so that no traceback brings along the error whose text is the URL
            log.warning("WeChat gave no answer: %s", trouble)
            raise Unavailable(trouble)
        return answer


def _pool(base: str) -> PoolManager:
    """urllib3's own: what `requests` has around it took 5 MB of each worker. It goes by the proxy and the certificates that the environment
    names, as `requests` does; but a server on this machine, the stand-in, is never asked through a proxy."""
    bundle = next(filter(None, map(os.environ.get, ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))), certifi.where())
    settings = {"maxsize": MOST_AT_ONCE, "ca_cert_dir" if os.path.isdir(bundle) else "ca_certs": bundle}
    to, named = urlsplit(base), getproxies()
    proxy = named.get(to.scheme) or named.get("all")
    if not proxy or to.hostname in ("127.0.0.1", "localhost") or proxy_bypass(to.hostname):
        return PoolManager(**settings)
    by = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if by.scheme not in ("http", "https"):
        log.warning("WeChat is asked without a proxy: %s is no kind that can be asked", by.scheme)
        return PoolManager(**settings)
    who = make_headers(proxy_basic_auth=f"{unquote(by.username)}:{unquote(by.password or '')}") if by.username else None
    return ProxyManager(by.geturl(), proxy_headers=who, **settings)


def _trouble(status: int, body: bytes, most: int) -> str | None:
    if status != 200:  # WeChat answers its own errors with 200
        return f"HTTP status {status}"
    if len(body) > most:
        return f"more than {most} bytes"
    return None


def _answer(body: bytes) -> dict:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise not_understood("a JSON object")
    raise_for(_errcode(answer))
    return answer


def _errcode(answer: dict) -> int:
    """0 is success, and so is no errcode at all; it can come as a string."""
    errcode = answer.get("errcode", 0)
    if isinstance(errcode, str) and re.fullmatch(r"-?[0-9]{1,9}", errcode):
        return int(errcode)
    if type(errcode) is not int:
        raise not_understood("errcode")
    return errcode


def _quotes_no_secret(record: logging.LogRecord) -> bool:
    line = record.getMessage()
    return "secret=" not in line and "access_token=" not in line


for _name in ("urllib3.connectionpool", "urllib3.connection"):
    logging.getLogger(_name).addFilter(_quotes_no_secret)
