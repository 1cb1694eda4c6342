"""Points of credit as people write them ("2.5") and as they are counted (250 hundredths)."""
import re
from decimal import Decimal

FORM = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{1,2})?", re.ASCII)


def parse(text: str) -> int:
    """Hundredths of a decimal number with at most two places; ValueError for anything else."""
    if not FORM.fullmatch(text):
        raise ValueError(text)
    return int(Decimal(text) * 100)


def shown(centipoints: int) -> str:
    """The shortest way to write it: 250 is "2.5", 300 is "3", -50 is "-0.5"."""
    whole, rest = divmod(abs(centipoints), 100)
    places = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{'-' if centipoints < 0 else ''}{whole}{places}"


def signed(centipoints: int) -> str:
    """With its sign: "+2.5", "-1"; nought is "0"."""
    return ("+" if centipoints > 0 else "") + shown(centipoints)
