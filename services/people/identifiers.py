"""Numbers on papers: of people (GB 11643, the foreigner's permanent residence card, passports) and of organisations (GB 32100).

Length, date and check character decide. A region code never does: regions begin, end and are
renumbered, and a good number outlives its county.
"""
import re
from datetime import date

MOD_11_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
MOD_11_CHARACTERS = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
USCC_FORM = re.compile(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}", re.ASCII)
ID_FORM = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
OLD_PERMANENT_FORM = re.compile(r"[A-Z]{3}[0-9]{12}", re.ASCII)
PASSPORT_FORM = re.compile(r"[A-Z0-9]{5,12}", re.ASCII)


def plain(number: str) -> str:
    """As it is compared and stored: capitals, without spaces and hyphens."""
    return re.sub(r"[\s-]", "", number).upper()


def is_id_number(number: str) -> bool:
    """Eighteen characters with a day of birth and a right check character, or the old 15 of a permanent residence card."""
    if OLD_PERMANENT_FORM.fullmatch(number):
        return _seven_three_one(number[:14]) == int(number[14]) and _is_day(number[7:13], century="19", other="20")
    if not ID_FORM.fullmatch(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, MOD_11_WEIGHTS, strict=False))
    return MOD_11_CHARACTERS[total % 11] == number[17] and _is_day(number[6:14])


def born_on(number: str) -> date | None:
    """The day of birth in an ID number of eighteen characters; None for every other number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14])) if ID_FORM.fullmatch(number) and is_id_number(number) else None


def age(born: date, on: date) -> int:
    """In whole years on that day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def is_passport_number(number: str) -> bool:
    """Five to twelve letters and digits: countries differ, so no more is asked."""
    return PASSPORT_FORM.fullmatch(number) is not None


def is_uscc(number: str) -> bool:
    """A unified social credit code; the registering authority's first two places may be letters."""
    if not USCC_FORM.fullmatch(number):
        return False
    total = sum(USCC_ALPHABET.index(letter) * weight for letter, weight in zip(number, USCC_WEIGHTS, strict=False))
    return USCC_ALPHABET[-total % 31] == number[17]


def _is_day(digits: str, century: str = "", other: str = "") -> bool:
    """Whether YYYYMMDD (or YYMMDD, in either century) is a day of the calendar."""
    return any(_exists(start + digits) for start in {century, other})


def _exists(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year >= 1800
    except ValueError:
        return False


def _seven_three_one(body: str) -> int:
    """ICAO 9303: letters count from A = 10."""
    return sum(int(letter, 36) * (7, 3, 1)[place % 3] for place, letter in enumerate(body)) % 10
