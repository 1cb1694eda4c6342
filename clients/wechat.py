"""The WeChat platform's server API, as far as we use it. Its answers are checked like any stranger's.

The code, the session_key and our secret are never logged: the secret and the code stand in the URL, so
the HTTP library's own lines and errors that quote it are dropped too.
"""
import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)
from urllib3 import Timeout
from urllib3.exceptions import HTTPError

log = logging.getLogger(__name__)

BUSY = -1
CODE_ERRORS = {40029: "invalid", 40163: "used before", 40226: "of a user whose login WeChat blocks"}
QUOTA_ERRORS = {45011, 44991}  # of the minute: they pass by themselves
JS_CODE = re.compile(r"[\x21-\x7e]{1,256}")
IDENTITY = re.compile(r"[A-Za-z0-9_-]{1,128}")
MOST_BYTES = 16 * 1024
MOST_AT_ONCE = 32


class CodeRefused(Exception):
    """WeChat does not accept this code and never will: the mini program must get a new one."""


class Unavailable(Exception):
    """WeChat gave no usable answer; another code, later, may succeed."""


class _Busy(Unavailable):
    pass


@dataclass(frozen=True)
class WeChatSession:
    """Who signed in. The session_key that WeChat sends along is not kept: nothing here needs it."""

    openid: str
    unionid: str | None = None


class WeChat:
    def __init__(self, base: str, app_id: str, app_secret: str, timeout: float = 3.0, *,
                 longest: float = 5.0):
        """`timeout` is one request's, `longest` a whole call's with its repetitions, both in seconds."""
        self._url = f"{base.rstrip('/')}/sns/jscode2session"
        self._app = {"appid": app_id, "secret": app_secret}
        self._timeout, self._longest = timeout, longest
        self._http = _session(base)
        self._workers = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="wechat")

    def code_to_session(self, js_code: str) -> WeChatSession:
        """Who the code of a `wx.login` stands for; CodeRefused or Unavailable otherwise.

        A code works once. Only "busy" (-1) is repeated, and the caller waits `longest` seconds at
        most, whatever the network does: no socket timeout covers name resolution, several
        addresses tried in turn, or an answer that comes a byte at a time.
        """
        if not JS_CODE.fullmatch(js_code):
            raise CodeRefused("the code is malformed")
        asked = self._workers.submit(self._ask_again_while_busy, js_code)
        try:
            return asked.result(timeout=self._longest)
        except TimeoutError:
            asked.cancel()
        log.warning("WeChat gave no answer within %s s", self._longest)
        raise Unavailable(f"no answer within {self._longest} s")

    def _ask_again_while_busy(self, js_code: str) -> WeChatSession:
        again = Retrying(retry=retry_if_exception_type(_Busy), reraise=True,
                         wait=wait_exponential_jitter(multiplier=0.1, max=0.5, jitter=0.1),
                         stop=stop_after_attempt(3) | stop_before_delay(self._longest - self._timeout))
        return again(self._ask, js_code)

    def _ask(self, js_code: str) -> WeChatSession:
        answer = _parsed(self._get({**self._app, "js_code": js_code, "grant_type": "authorization_code"}))
        _refuse_errors(_errcode(answer))
        unionid = _identity(answer, "unionid") if answer.get("unionid") else None
        return WeChatSession(_identity(answer, "openid"), unionid)

    def _get(self, params: dict) -> bytes:
        try:
            with self._http.get(self._url, params=params, timeout=Timeout(total=self._timeout), stream=True,
                                allow_redirects=False) as response:
                body = response.raw.read(MOST_BYTES + 1, decode_content=True)
        except (requests.RequestException, HTTPError) as error:
            trouble = type(error).__name__
        else:
            trouble = _trouble(response.status_code, body)
        if trouble:  # raised out here, so that no traceback brings along the error whose text is the URL
            log.warning("WeChat gave no answer: %s", trouble)
            raise Unavailable(trouble)
        return body


def _session(base: str) -> requests.Session:
    """A connection pool; a server on this machine, the stand-in, is never asked through a proxy."""
    session = requests.Session()
    session.trust_env = urlsplit(base).hostname not in ("127.0.0.1", "localhost")
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=MOST_AT_ONCE))
    return session


def _trouble(status: int, body: bytes) -> str | None:
    if status != 200:  # WeChat answers its own errors with 200
        return f"HTTP status {status}"
    if len(body) > MOST_BYTES:
        return f"more than {MOST_BYTES} bytes"
    return None


def _parsed(body: bytes) -> dict:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise _not_understood("a JSON object")
    return answer


def _errcode(answer: dict) -> int:
    """0 is success, and so is no errcode at all; it can come as a string."""
    errcode = answer.get("errcode", 0)
    if isinstance(errcode, str) and re.fullmatch(r"-?[0-9]{1,9}", errcode):
        return int(errcode)
    if type(errcode) is not int:
        raise _not_understood("errcode")
    return errcode


def _refuse_errors(errcode: int) -> None:
    if errcode == 0:
        return
    if errcode == BUSY:
        raise _Busy("errcode -1: busy")
    if errcode in CODE_ERRORS:
        raise CodeRefused(f"errcode {errcode}: the code is {CODE_ERRORS[errcode]}")
    if errcode in QUOTA_ERRORS:
        log.warning("WeChat's quota of this minute is spent: errcode %d", errcode)
    else:
        log.error("WeChat refuses us: errcode %d; check its id, its secret and the mini program", errcode)
    raise Unavailable(f"errcode {errcode}")


def _identity(answer: dict, name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not IDENTITY.fullmatch(value):
        raise _not_understood(name)
    return value


def _not_understood(part: str) -> Unavailable:
    log.warning("WeChat's answer was not understood: %s", part)
    return Unavailable(f"answer not understood: {part}")


def _quotes_no_secret(record: logging.LogRecord) -> bool:
    return "secret=" not in record.getMessage()


for _name in ("urllib3.connectionpool", "urllib3.connection"):
    logging.getLogger(_name).addFilter(_quotes_no_secret)
