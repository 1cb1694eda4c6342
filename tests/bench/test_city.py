from sqlalchemy import func, select

from bench import city, numbered, rounds, verbs
from bench.crowd import QUEUE, Size
from models import ActivityRecord, Person, Posting, db
from services.points import books

SMALL = Size(residents=30, credits_each=3, acting=10, deeds=50, coupons=40, events=2, offers=3)


def test_a_city_has_what_was_asked_for_and_its_books_balance(app, settings, monkeypatch):
    monkeypatch.setattr(numbered, "CHUNK", 15)  # of 30, 90 and more rows: several, the last one full or not
    city.build(settings, SMALL)
    count = lambda row: db.session.scalar(select(func.count()).select_from(row))  # noqa: E731
    assert count(Person) == 30 + 4
    assert count(Posting) == 30 * 3 + 2 * 40 + 2
    assert count(ActivityRecord) == 30 + QUEUE + 50
    assert books.problems() == []


def test_each_verb_finds_something_to_do_and_the_books_still_balance(app, settings, clock):
    built = city.build(settings, SMALL)
    clock.now = db.session.scalars(select(ActivityRecord.created_at)).first()
    asked = verbs.of_the_product(built)
    assert tuple(asked) == (*verbs.HOT, *verbs.PAGES)
    for verb in asked.values():
        assert 0 < len(rounds.statements_of(app, verb)) <= 12, verb.name
    assert books.problems() == []
