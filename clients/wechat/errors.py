"""How WeChat says no, by what can be done about it. Each errcode stands in one table."""
import logging

log = logging.getLogger("clients.wechat")


class Unavailable(Exception):
    """WeChat gave no usable answer; the same, later, may succeed. `wait_s` is how much later, where that is known."""

    wait_s = 0

    def __init__(self, said: str, errcode: int | None = None):
        super().__init__(said)
        self.errcode = errcode


class Busy(Unavailable):
    """-1: nothing was done; ask again."""


class Silent(Unavailable):
    """It has not answered others, so it was not asked."""

    wait_s = 2


class Overused(Unavailable):
    """The quota of this minute is spent."""

    wait_s = 60


class Spent(Unavailable):
    """The quota of this day is spent."""

    wait_s = 3600


class BeingSent(Unavailable):
    """Another message to the same person is on its way: one at a time."""

    wait_s = 2


class TokenRefused(Unavailable):
    """The access token is invalid or over."""


class Misconfigured(Unavailable):
    """The account, its secret or its addresses are not right: a person has to look."""

    wait_s = 60


class Refused(Exception):
    """What was asked for is refused and will be every time."""

    wait_s = 60

    def __init__(self, said: str, errcode: int | None = None):
        super().__init__(said)
        self.errcode = errcode


class CodeRefused(Refused):
    """WeChat does not accept this code and never will: the mini program must get a new one."""


class NoRight(Refused):
    """The person has not agreed to this message, or no more."""


class Banned(Refused):
    """The mini program may not do this at all any more."""


class NotRecent(Refused):
    """The person has not used the mini program within two hours, so WeChat does not check for them."""


KINDS: dict[type[Exception], dict[int, str]] = {
    Busy: {-1: "busy"},
    TokenRefused: {40001: "invalid credential", 40014: "invalid access_token", 42001: "access_token expired"},
    Overused: {45011: "minute quota", 44991: "minute quota"},
    Spent: {45009: "daily quota"},
    BeingSent: {43108: "concurrent sends to one person"},
    Misconfigured: {
        40002: "grant_type", 40013: "appid", 40125: "secret", 40164: "our address is not allowed", 40243: "the secret is frozen",
        41002: "no appid", 41004: "no secret", 50004: "forbidden", 50007: "the account is frozen", 89503: "an administrator must confirm",
        89506: "an administrator refused, for a day", 89507: "an administrator refused, for an hour"},
    CodeRefused: {40029: "the code is invalid", 40163: "the code was used before", 40226: "of somebody whose login WeChat blocks"},
    NoRight: {43101: "not subscribed"},
    Banned: {43107: "messages are banned", 48001: "not authorised"},
    NotRecent: {61010: "not active within two hours"},
    Refused: {
        40003: "openid", 40037: "template", 40097: "arguments", 40129: "scene", 40169: "scene", 41030: "page", 43002: "method",
        43104: "method", 44002: "empty", 45168: "words that are not allowed", 47001: "not JSON", 47003: "a field of the template",
        40004: "media type", 87020: "media"},
}
WAITS = {89506: 86400, 89507: 3600}
BY_ERRCODE = {errcode: (kind, said) for kind, errcodes in KINDS.items() for errcode, said in errcodes.items()}
QUIET = (Busy, CodeRefused, NoRight, NotRecent, BeingSent, TokenRefused)


def raise_for(errcode: int) -> None:
    """Nothing for 0; what the errcode means otherwise. An unknown one may pass by itself."""
    if errcode == 0:
        return
    kind, said = BY_ERRCODE.get(errcode, (Unavailable, "unknown"))
    error = kind(f"errcode {errcode}: {said}", errcode)
    if errcode in WAITS:
        error.wait_s = WAITS[errcode]
    if kind is Overused:
        log.warning("WeChat's quota of this minute is spent: errcode %d", errcode)
    elif kind not in QUIET:
        log.error("WeChat refuses us: errcode %d (%s); check the mini program and its settings", errcode, said)
    raise error


def not_understood(part: str) -> Unavailable:
    log.warning("WeChat's answer was not understood: %s", part)
    return Unavailable(f"answer not understood: {part}")
