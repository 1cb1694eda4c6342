"""The codes that `wx.login` gives a mini program, and who stands behind each."""
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

LASTS_S = 300
DEMO = "demo:"
NAME = re.compile(r"[a-z0-9-]{1,64}")


class CodeInvalid(Exception):
    """Unknown, or older than five minutes."""


class CodeUsed(Exception):
    """A code works once."""


@dataclass
class Code:
    name: str
    expires_at: float
    is_used: bool = False


class Codes:
    """`clock` gives seconds, and never goes back."""

    def __init__(self, clock):
        self._clock, self._lock, self._made = clock, Lock(), {}

    def mint(self, name: str) -> str:
        """A fresh code for this name, good once within five minutes."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            now = self._clock()
            self._made = {text: made for text, made in self._made.items() if now < made.expires_at}
            self._made[code] = Code(name, expires_at=now + LASTS_S)
        return code

    def spend(self, code: str) -> str:
        """The name behind a code. `demo:NAME` is NAME's, any number of times; every other code works once."""
        if code.startswith(DEMO) and is_name(code.removeprefix(DEMO)):
            return code.removeprefix(DEMO)
        with self._lock:
            return self._spend_minted(code)

    def _spend_minted(self, code: str) -> str:
        made = self._made.get(code)
        if made is None or self._clock() >= made.expires_at:
            raise CodeInvalid
        if made.is_used:
            raise CodeUsed
        made.is_used = True
        return made.name


def is_name(text) -> bool:
    return isinstance(text, str) and NAME.fullmatch(text) is not None


def openid(app_id: str, name: str) -> str:
    """The same for a name at every start; another at another mini program, as at WeChat. 28 characters."""
    digest = sha256(f"{app_id}:{name}".encode()).digest()
    return "o" + urlsafe_b64encode(digest).decode()[:27]
