"""The demo's culture of trust: honours asked for, shown and taken back; pages with their quizzes; a year of days; a plan that two people run."""
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from commands import town
from models import local_day
from services.culture import calendar, honours, knowledge
from services.measures import plans

WORDS = Path(__file__).resolve().parent.parent / "data" / "culture_of_town.json"
BACK, AHEAD = 40, 370  # days of the calendar
LUNAR = {  # year: Laba, the first day of the new year, Dragon Boat, Mid-Autumn, Double Ninth
    2026: ("01-26", "02-17", "06-19", "09-25", "10-18"), 2027: ("01-15", "02-06", "06-09", "09-15", "10-08"),
    2028: ("01-04", "01-26", "05-28", "10-03", "10-26"), 2029: ("01-22", "02-13", "06-16", "09-22", "10-16"),
    2030: ("01-11", "02-03", "06-05", "09-12", "10-05"), 2031: ("01-01", "01-23", "06-24", "10-01", "10-24"),
    2032: ("01-20", "02-11", "06-12", "09-19", "10-12"), 2033: ("01-08", "01-31", "06-01", "09-08", "10-01"),
}
LABA_TO_LITTLE_NEW_YEAR, NEW_YEAR_TO_LANTERNS = timedelta(days=16), timedelta(days=14)
FIXED = (("lei_feng", 3, 5), ("books", 4, 23), ("constitution", 12, 4), ("volunteers", 12, 5))
WITH_A_PLAN = "高翔"


class Culture:
    """Each act at its own time, for the demo's history to live through."""

    def __init__(self, cast: SimpleNamespace, now: datetime):
        self._cast, self._people, self._now, self._words = cast, cast.people, now, json.loads(WORDS.read_text())

    def days(self) -> Iterator[tuple[datetime, object]]:
        """(moment, act) of what happens meanwhile."""
        yield self._ago(BACK), self._fill_the_calendar
        for page in self._words["pages"]:
            yield self._ago(page.pop("days_ago")), lambda at, page=page: self._write(page, at)
        for honour in self._words["honours"]:
            yield self._ago(honour.pop("days_ago")), lambda at, honour=honour: self._honour(at, **honour)
        yield self._ago(60), self._begin_the_plan

    def _fill_the_calendar(self, at: datetime) -> None:
        today = local_day(self._now, self._community)
        for name, first, last in days_of(today - timedelta(days=BACK), today + timedelta(days=AHEAD)):
            calendar.enter(self._community.id, on_day=first, until_on=last, **self._words["days"][name], by=self._people["admin-zhao"], now=at)

    def _write(self, page: dict, at: datetime) -> None:
        knowledge.write(self._community.id, **page, by=self._people["admin-zhao"], now=at)

    def _honour(self, at: datetime, *, who: str, fate: str, **words) -> None:
        person = self._people[who]
        made = honours.propose(self._community.id, person_id=person.id, **words, by=self._people["admin-zhao"], now=at)
        if fate == "asked":
            return
        honours.answer(made.id, consent=True, by=person, now=at + timedelta(hours=3))
        honours.publish(made.id, by=self._people["admin-qian"], now=at + timedelta(hours=20))
        if fate == "withdrawn":
            honours.withdraw(made.id, by=person, now=at + timedelta(days=5))

    def _begin_the_plan(self, at: datetime) -> None:
        """Run by an administrator and a grid worker: to everybody else it is not there."""
        zhao, wang = self._people["admin-zhao"], self._people["grid-wang"]
        person = next(each for each in self._cast.neighbours[town.GRID_ONE] if each.display_name == WITH_A_PLAN)
        until, words = local_day(self._now + timedelta(days=120), self._community), self._words["plan"]
        steps = words.pop("steps")
        plan = plans.begin(person.id, until_on=until, runner_ids=[wang.id], **words, by=zhao, now=at)
        for step in steps:
            then = self._ago(step.pop("days_ago"))
            plans.write(plan.id, on_day=local_day(then, self._community), **step, by=wang, now=then)

    @property
    def _community(self):
        return self._people["admin-zhao"].roles[0].area

    def _ago(self, days: int) -> datetime:
        return self._now - timedelta(days=days)


def days_of(first: date, last: date) -> list[tuple[str, date, date]]:
    """(name, first day, last day) of what touches these days, the earliest first."""
    found = [each for year in range(first.year, last.year + 1) for each in _days_in(year)]
    return sorted((each for each in found if each[2] >= first and each[1] <= last), key=lambda each: (each[1], each[0]))


def _days_in(year: int) -> Iterator[tuple[str, date, date]]:
    for name, month, day in FIXED:
        yield name, date(year, month, day), date(year, month, day)
    qingming = date(year, 4, 4 if year % 4 in (0, 1) else 5)  # so until 2048
    yield "qingming", qingming, qingming
    if year in LUNAR:
        laba, new_year, dragon_boat, moon, ninth = (date.fromisoformat(f"{year}-{day}") for day in LUNAR[year])
        little, lanterns = laba + LABA_TO_LITTLE_NEW_YEAR, new_year + NEW_YEAR_TO_LANTERNS
        yield "little_new_year", little, new_year - timedelta(days=1)
        yield "new_year", new_year, new_year + timedelta(days=6)
        yield from ((name, day, day) for name, day in (
            ("laba", laba), ("lanterns", lanterns), ("dragon_boat", dragon_boat), ("moon", moon), ("ninth", ninth)))
