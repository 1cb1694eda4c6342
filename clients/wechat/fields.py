"""What the fields of a subscription message hold, by the kind in their key (`thing1`): longer is cut, wrong is refused.

WeChat refuses a whole message (47003) for one value that does not keep to its kind.
"""
import re

AMOUNT = re.compile(r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?")
TIME = re.compile(r"([0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日 ?)?([01]?[0-9]|2[0-3]):[0-5][0-9]")
DATE = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日( ([01]?[0-9]|2[0-3]):[0-5][0-9])?|[0-9]{4}-[0-9]{2}-[0-9]{2}")
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
NAME_LETTERS = re.compile(r"[A-Za-z .'-]+")


class DoesNotFit(ValueError):
    """The value is of another kind than its field. The message names the field and never the value."""


def fit(key: str, value: str) -> str:
    """The value as this field takes it; DoesNotFit where it cannot. White space that would break a line becomes a space."""
    value = re.sub(r"\s+", " ", str(value)).strip()
    kind = re.sub(r"[0-9]+$", "", key)
    if kind not in KINDS or not value:
        raise DoesNotFit(key)
    fitted = KINDS[kind](value)
    if not fitted:
        raise DoesNotFit(key)
    return fitted


def _cut(longest: int):
    def fitting(value: str) -> str:
        return value if len(value) <= longest else value[:longest - 1] + "…"
    return fitting


def _only(pattern: str, longest: int):
    """Exactly so, and no longer: a number that was cut would be another number."""
    form = re.compile(pattern)

    def fitting(value: str) -> str | None:
        return value if form.fullmatch(value) and len(value) <= longest else None
    return fitting


def _ends_allowed(form: re.Pattern):
    """One moment, or two with `~` between them."""
    def fitting(value: str) -> str | None:
        parts = [part.strip() for part in value.split("~")]
        return value if len(parts) <= 2 and all(form.fullmatch(part) for part in parts) else None
    return fitting


def _amount(value: str) -> str | None:
    return value if AMOUNT.fullmatch(value) and sum(letter.isdigit() for letter in value) <= 10 else None


def _name(value: str) -> str:
    """Ten characters of a Chinese name, or twenty letters."""
    return _cut(20 if NAME_LETTERS.fullmatch(value) else 10)(value)


def _phrase(value: str) -> str | None:
    """At most five Chinese characters and nothing else."""
    return "".join(re.findall(f"[{HAN}]", value))[:5] or None


KINDS = {
    "thing": _cut(20),
    "number": _only(r"-?[0-9]+(\.[0-9]+)?", 32),
    "letter": _only(r"[A-Za-z]+", 32),
    "symbol": _only(r"[^\w\s]+", 5),
    "character_string": _only(r"[\x21-\x7e]+", 32),
    "time": _ends_allowed(TIME),
    "date": _ends_allowed(DATE),
    "amount": _amount,
    "phone_number": _only(r"[0-9+() -]+", 17),
    "car_number": _only(rf"[A-Z0-9{HAN}]+", 8),
    "name": _name,
    "phrase": _phrase,
    "enum": _cut(20),
}
