"""Codes that people show: which row, of what kind, from what second, and a truncated MAC.

`KIIIIIIIITTTTTTMMMMMMMMMMMMMM`: one letter for the kind, the row's 8-character code id, the second it
was made (36 bits), and 80 bits of HMAC-SHA256 under a key of that row and kind. At most 32 characters
of `A-Z a-z 0-9 - _`, to fit the `scene` of a mini program code. The kind and the row's secret are in
the key, so no code passes for another; it is compared as text, so another spelling of the same bits is refused.
"""
import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EVENT_IN, EVENT_OUT, RESIDENT, COUPON, CARD = "I", "O", "R", "C", "K"
SHORT = b"S"  # before the row's secret in the key of short codes: none of them tells anything of a long one
SHORT_DIGITS = 6
POSTER_IN, POSTER_OUT = "P", "Q"  # printed on a wall: they name the event and carry no authority
FORM = re.compile(r"[IORCK][A-Za-z0-9_-]{28}", re.ASCII)
POSTER_FORM = re.compile(r"[PQ][A-Za-z0-9_-]{8}", re.ASCII)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True)
class Code:
    kind: str
    code_id: str
    made_at: datetime


def new_id() -> str:
    return urlsafe_b64encode(secrets.token_bytes(6)).decode()


def new_secret() -> bytes:
    return secrets.token_bytes(32)


def new_short_code() -> str:
    """Twelve digits, to be typed at a till."""
    return f"{secrets.randbelow(10**12):012d}"


def show(kind: str, code_id: str, secret: bytes, *, key: bytes, made_at: datetime) -> str:
    body = kind + code_id + _digits(int(made_at.timestamp()))
    return body + _mac(body, secret, key)


def show_short(kind: str, code_id: str, secret: bytes, *, key: bytes, made_at: datetime) -> str:
    """Six digits to type in place of the code of this window. Few enough to guess, so that guesses are counted where they are taken."""
    own = hmac.digest(key, SHORT + secret, hashlib.sha256)
    mac = hmac.digest(own, (kind + code_id + _digits(int(made_at.timestamp()))).encode(), hashlib.sha256)
    return f"{int.from_bytes(mac[:8]) % 10**SHORT_DIGITS:0{SHORT_DIGITS}d}"


def poster(kind: str, code_id: str) -> str:
    return kind + code_id


def window_start(now: datetime, seconds: int) -> datetime:
    """The last moment before `now` at which the venue's code changed."""
    second = int(now.timestamp())
    return datetime.fromtimestamp(second - second % seconds, UTC)


def parse(token: str) -> Code | None:
    """What the code says of itself; nothing of it is believed before `is_ours`."""
    if POSTER_FORM.fullmatch(token):
        return Code(token[0], token[1:], datetime.fromtimestamp(0, UTC))
    if not FORM.fullmatch(token) or (second := _number(token[9:15])) >= 2**34:
        return None
    return Code(token[0], token[1:9], datetime.fromtimestamp(second, UTC))


def is_ours(token: str, secret: bytes, *, key: bytes) -> bool:
    return hmac.compare_digest(_mac(token[:15], secret, key), token[15:])


def is_fresh(code: Code, now: datetime, *, lasts: timedelta) -> bool:
    """Half-open: on the last instant it is no longer."""
    return now < code.made_at + lasts


def is_from_the_future(code: Code, now: datetime) -> bool:
    return code.made_at > now + timedelta(seconds=5)


def _mac(body: str, secret: bytes, key: bytes) -> str:
    own = hmac.digest(key, body[0].encode() + secret, hashlib.sha256)
    return urlsafe_b64encode(hmac.digest(own, body.encode(), hashlib.sha256)[:10]).decode().rstrip("=")


def _digits(number: int) -> str:
    return "".join(ALPHABET[number >> shift & 63] for shift in range(30, -1, -6))


def _number(text: str) -> int:
    """Of six digits."""
    return int.from_bytes(urlsafe_b64decode("AA" + text))  # two digits of nothing before them, for whole bytes
