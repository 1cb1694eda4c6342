"""The demo's calendar: a Chinese year around any day, each with its words."""
import json
from datetime import date, timedelta

import pytest

from commands.culture_of_town import LUNAR, WORDS, days_of

A_YEAR = {"laba", "little_new_year", "new_year", "lanterns", "lei_feng", "qingming", "books", "dragon_boat", "moon", "ninth", "constitution",
          "volunteers"}


@pytest.mark.parametrize("year", sorted(LUNAR)[:-1])
def test_a_year_has_every_festival_once_in_its_order(year):
    found = [name for name, _, _ in days_of(date(year, 3, 20), date(year + 1, 3, 19))]
    assert set(found) == A_YEAR and len(found) == len(A_YEAR)
    at = found.index
    assert at("dragon_boat") < at("moon") < at("ninth") < at("laba") < at("little_new_year") < at("new_year") < at("lanterns")


def test_little_new_year_ends_on_the_eve_of_the_new_one_and_the_lanterns_are_at_its_full_moon():
    days = {name: (first, last) for name, first, last in days_of(date(2027, 1, 1), date(2027, 3, 1))}
    assert days["little_new_year"] == (date(2027, 1, 31), date(2027, 2, 5)) and days["new_year"][0] == date(2027, 2, 6)
    assert days["lanterns"][0] - days["new_year"][0] == timedelta(days=14)


def test_beyond_the_table_the_days_of_the_other_calendar_stay():
    assert [name for name, _, _ in days_of(date(2050, 1, 1), date(2050, 12, 31))] == ["lei_feng", "qingming", "books", "constitution", "volunteers"]


def test_every_day_and_page_has_its_words_in_both_languages_and_every_question_one_right_answer():
    words = json.loads(WORDS.read_text())
    assert words["days"].keys() == A_YEAR
    for row in (*words["days"].values(), *words["honours"], *words["pages"]):
        assert all(value for value in row.values())
    for page in words["pages"]:
        assert all(0 <= each["right_place"] < len(each["choices"]) and each["because_zh"] and each["because_en"] for each in page["questions"])
