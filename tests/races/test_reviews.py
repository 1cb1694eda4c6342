"""Neighbours' reviews under many hands at once: one slip for each seat, one round, one closing, and no slip that it did not count."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import CreditEntry, Message, ReviewedHousehold, ReviewRound, ReviewSeat, ReviewSlip, Topic, db
from services.access import sign_in
from services.credit.reviews import calling_off, closing, slips
from services.people import joins, residents
from services.refusals import Refusal
from services.scans import presence
from tests import credit_books, review_rows
from tests.conftest import NOON
from tests.races.crowd import CROWD, at_once, one_of, post, statuses
from tests.review_rows import BOOK, FIRST, LAST, after, asking, opened, seats, village

GOOD = {"review_good": "good", "review_word": "good"}
LAST_MOMENT = NOON + timedelta(days=(LAST - FIRST).days, hours=11)


@pytest.fixture
def homes(town, zhao):
    asking(town, zhao, BOOK)
    return village(town.grid_a)


@pytest.fixture
def made(town, zhao, homes, settings):
    return opened(town, zhao, settings)


def count(row):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(row))


def test_who_hands_in_many_times_at_once_has_handed_in_once(app, made, token):
    seat = seats(made)[0]
    mine = token(sign_in.load(seat.person_id, NOON))
    answers = at_once(app, lambda i: post(app, mine, f"reviews/{seat.id}/slip", {"answers": GOOD}))
    assert statuses(answers) == one_of(204, 409)
    assert count(ReviewSlip) == 1


def test_of_many_who_open_a_round_one_does(app, town, zhao, homes, token):
    staff, body = token(zhao), {"per_household": 5, "least_slips": 3, "opens_on": FIRST.isoformat(), "closes_on": LAST.isoformat()}
    answers = at_once(app, lambda i: post(app, staff, "review-rounds", {"area_id": str((town.grid_a, town.community)[i % 2].id), **body}))
    assert statuses(answers) == one_of(201, 409)
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"round_open"}
    assert (count(ReviewRound), count(ReviewedHousehold)) == (1, 8)


def _refused(act):
    """What a service does, as a request would: committed, or refused and undone."""
    try:
        act()
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return refusal.code
    return "done"


def test_what_is_handed_in_while_it_is_closed_is_counted_or_told_so(app, made, homes, zhao):
    """Two hosts, of which one still has yesterday: each slip is in the result, or its writer knows that it is not."""
    first = [(seat.id, seat.person_id) for seat in seats(made, homes[0][0])]
    others = [(seat.id, seat.person_id) for seat in seats(made) if (seat.id, seat.person_id) not in first]
    chosen, round_id, admin = [*first, *others][:CROWD - 2], made.id, zhao.id
    db.session.commit()

    def act(i):
        if i >= CROWD - 2:
            return _refused(lambda: closing.close(round_id, by=sign_in.load(admin, after()), now=after()))
        seat_id, person_id = chosen[i]
        return _refused(lambda: slips.hand_in(seat_id, dict(GOOD), by=sign_in.load(person_id, LAST_MOMENT), now=LAST_MOMENT))
    answers = at_once(app, act)
    taken = answers[:CROWD - 2].count("done")
    assert set(answers[:CROWD - 2]) <= {"done", "round_not_open"} and set(answers[CROWD - 2:]) == {"done"}, answers
    assert count(ReviewSlip) == taken
    assert db.session.get_one(ReviewRound, round_id, populate_existing=True).slips == (taken if taken >= 3 else None)
    of_first = sum(answers[i] == "done" for i in range(len(first)))
    found = db.session.scalars(select(ReviewedHousehold).where(ReviewedHousehold.file_id == homes[0][0].id)).one()
    assert found.slips == (of_first if of_first >= 3 else None)
    assert set(db.session.scalars(select(ReviewSeat.is_handed_in))) == {None}


def test_who_hands_in_while_being_joined_to_another_that_was_drawn_has_one_slip(app, town, zhao, wang, settings):
    files, _ = village(town.grid_a, households=1)
    granny = residents.enrol("冉婆婆", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)
    phone = sign_in.by_openid("granny", settings=settings, now=NOON).person
    for person in (granny, phone):
        credit_books.file_of(person)
    _, seat = review_rows.a_round(town.grid_a, asking(town, zhao, BOOK), files[0], granny, zhao)
    other = ReviewSeat(reviewed_id=seat.reviewed_id, person_id=phone.id, lot="1" * 64, is_handed_in=False)
    db.session.add(other)
    shown = presence.show_person(phone, settings=settings, now=NOON).token
    db.session.commit()
    stays, leaves, worker, seat_id = granny.id, phone.id, wang.id, other.id

    def act(i):
        if i % 2:
            return _refused(lambda: joins.join(stays, shown, by=sign_in.load(worker, NOON), settings=settings, now=NOON))
        return _refused(lambda: slips.hand_in(seat_id, dict(GOOD), by=sign_in.load(leaves, NOON), now=NOON))
    answers = at_once(app, act)
    assert "done" in answers[1::2] and answers[::2].count("done") <= 1, answers
    person = sign_in.load(stays, NOON)
    for mine in slips.seats(person, NOON):
        _refused(lambda mine=mine: slips.hand_in(mine.id, dict(GOOD), by=person, now=NOON))
    assert count(ReviewSlip) == 1


def test_what_is_handed_in_while_it_is_called_off_is_destroyed_or_told_so(app, made, zhao):
    chosen, round_id, admin = [(seat.id, seat.person_id) for seat in seats(made)][:CROWD - 2], made.id, zhao.id
    db.session.commit()

    def act(i):
        if i >= CROWD - 2:
            return _refused(lambda: calling_off.call_off(round_id, reason="x", by=sign_in.load(admin, NOON), now=NOON))
        seat_id, person_id = chosen[i]
        return _refused(lambda: slips.hand_in(seat_id, dict(GOOD), by=sign_in.load(person_id, NOON), now=NOON))
    answers = at_once(app, act)
    assert set(answers[:CROWD - 2]) <= {"done", "round_not_open"} and set(answers[CROWD - 2:]) == {"done"}, answers
    assert count(ReviewSlip) == 0
    assert set(db.session.scalars(select(ReviewSeat.is_handed_in))) == {None}
    told = db.session.query(Message).filter_by(topic=Topic.REVIEW_CALLED_OFF)
    assert told.count() == 16


def test_many_who_close_it_at_once_write_each_entry_once(app, made, homes, zhao):
    for seat in seats(made):
        slips.hand_in(seat.id, dict(GOOD), by=sign_in.load(seat.person_id, NOON), now=NOON)
    db.session.commit()
    round_id, admin = made.id, zhao.id

    def act(i):
        return _refused(lambda: closing.close_due(after()) if i % 2 else closing.close(round_id, by=sign_in.load(admin, after()), now=after()))
    assert set(at_once(app, act)) == {"done"}
    assert count(CreditEntry) == 16
    assert db.session.query(Message).filter_by(topic=Topic.REVIEW_CLOSED).count() == 16
