"""Neighbours' reviews for tests: a rulebook that asks, a village of some households, a round in it, and slips by the dozen."""
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from models import Answer, CreditFile, Household, ReviewedHousehold, ReviewRound, ReviewSeat, SubjectKind, db
from services.access import sign_in
from services.credit.reviews import rounds, slips
from tests import credit_books
from tests.conftest import NOON, make_person

SEED = "20260506"
FIRST, LAST = date(2026, 5, 6), date(2026, 5, 20)
ASKED = {"asked_zh": "邻里相处怎么样？", "asked_en": "How do they get on?"}
BOOK = credit_books.book(credit_books.branch(
    "neighbours", credit_books.item("review_good", 300, name_zh="邻里评议优良", name_en="well spoken of", **ASKED),
    credit_books.item("review_word", 200, name_zh="说话算数", name_en="true to their word", **ASKED), most=500))
OPENED = {"per_household": 5, "least_slips": 3, "opens_on": FIRST, "closes_on": LAST}


def asking(town, zhao, document=BOOK):
    return credit_books.in_force(town.district, document, kind=SubjectKind.HOUSEHOLD, by=zhao)


def village(area, households=8, people=2):
    """Households with a file each, of so many people who all have one: `(files, people)`, the people of each together."""
    files, lived = [], []
    for number in range(households):
        first = make_person(f"{number}甲", area, household=f"{number} 号")
        home = db.session.get(Household, first.household_id)
        others = [make_person(f"{number}乙{each}", area) for each in range(people - 1)]
        for person in others:
            move_in(person, home)
        lived.append([first, *others])
        for person in lived[-1]:
            credit_books.file_of(person)
        files.append(credit_books.file_of(household=home))
    return files, [[sign_in.load(person.id, NOON) for person in home] for home in lived]


def move_in(person, home, *, on=date(2020, 1, 1)):
    from services.people import members
    members.enter(person.id, home.id, on=on, now=NOON)
    db.session.commit()


def opened(town, zhao, settings, area=None, *, seed=SEED, now=NOON, **more):
    made = rounds.open_round((area or town.grid_a).id, **(OPENED | more), seed=seed, by=zhao, settings=settings, now=now)
    db.session.commit()
    return made


def seats(found, file=None):
    query = (select(ReviewSeat).join(ReviewedHousehold, ReviewedHousehold.id == ReviewSeat.reviewed_id)
             .where(ReviewedHousehold.round_id == found.id).order_by(ReviewSeat.id))
    return db.session.scalars(query.where(ReviewedHousehold.file_id == file.id) if file else query).all()


def hand_in(seat, answer=Answer.GOOD, *, now=NOON, **answers):
    """By who was drawn, the same to every question unless it is said."""
    by = sign_in.load(seat.person_id, now)
    slips.hand_in(seat.id, answers or {"review_good": answer, "review_word": answer}, by=by, now=now)
    db.session.commit()


def after(days=1):
    return NOON + timedelta(days=(LAST - FIRST).days + days)


def a_round(area, version, file, person, zhao, *, opens_on=FIRST, closes_on=LAST, closed=False):
    """A round of one household with one seat, as rows."""
    made = ReviewRound(id=uuid7(), area_id=area.id, version_id=version.id, per_household=5, least_slips=3, opens_on=opens_on, closes_on=closes_on,
                       seed=SEED, pool=1, opened_by_id=zhao.id, opened_at=NOON, closed_at=NOON if closed else None)
    reviewed = ReviewedHousehold(id=uuid7(), round_id=made.id, file_id=file.id, place=1, seats=1, is_open=not closed)
    seat = ReviewSeat(id=uuid7(), reviewed_id=reviewed.id, person_id=person.id, lot="0" * 64, is_handed_in=None if closed else False)
    for row in (made, reviewed, seat):
        db.session.add(row)
        db.session.flush()
    db.session.commit()
    return made, seat


def make_rows(town, zhao, li, household_id):
    """By the name that routes give it: a round of the grid, and a seat of Li's in it."""
    file = credit_books.file_of(household=db.session.get(Household, UUID(household_id)))
    made, seat = a_round(town.grid_a, asking(town, zhao), file, li, zhao)
    return {"review_round_id": str(made.id), "seat_id": str(seat.id)}


def make_many(town, zhao, li, residents):
    """Three rounds of three households, closed, and the same of the file of Li's household; a fourth that is not closed."""
    version = asking(town, zhao)
    own = db.session.query(CreditFile).filter_by(household_id=li.household_id).one()
    others = [credit_books.file_of(household=db.session.get(Household, person.household_id)) for person in residents if person is not li]
    for number in range(3):
        made, _ = a_round(town.grid_a, version, own, residents[1], zhao, opens_on=date(2025, number + 1, 1), closes_on=date(2025, number + 1, 9),
                          closed=True)
        for place, file in enumerate(others, 2):
            db.session.add(ReviewedHousehold(round_id=made.id, file_id=file.id, place=place, seats=0, is_open=False))
        db.session.commit()
    return {"review_round_id": made.id}
