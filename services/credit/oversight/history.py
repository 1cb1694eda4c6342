"""How a file's score went: at the ends of quarters, each as it could be seen on that day."""
from datetime import date, datetime

from models import CreditFile, local_day
from services.credit import scores
from services.months import months_later

QUARTERS = 6


def quarter_ends(today: date, count: int = QUARTERS) -> list[date]:
    """The last days of so many quarters, the oldest first; the last is before today."""
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [date.fromordinal(months_later(first, -3 * back).toordinal() - 1) for back in reversed(range(count))]


def of(file: CreditFile, *, now: datetime) -> list[scores.Score]:
    """One for each quarter's end at which the file was in the scheme and a rulebook in force."""
    found = []
    for day in quarter_ends(local_day(now, file.area)):
        try:
            found.append(scores.as_it_stood(file, day, now=now))
        except (scores.NoRulebook, scores.NotInSchemeThen):
            continue
    return found
