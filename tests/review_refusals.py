"""Every refusal of neighbours' reviews, provoked: tests/api/test_every_refusal.py runs them."""
from uuid_utils.compat import uuid7

from models import CreditFile, Enrolment, Household, SubjectKind, db
from tests import review_rows
from tests.conftest import NOON

BODY = {"per_household": 5, "least_slips": 3, "opens_on": "2026-05-06", "closes_on": "2026-05-20"}


def opening(w, **more):
    return w.ask(w.zhao, "POST", "/review-rounds", {"area_id": str(w.town.grid_a.id), **BODY, **more})


def a_seat(w, **more):
    """Li's, who is in the scheme, for Zhang's household."""
    review_rows.credit_books.file_of(w.li)
    file = review_rows.credit_books.file_of(household=db.session.get(Household, w.zhang.household_id))
    return review_rows.a_round(w.town.grid_a, review_rows.asking(w.town, w.zhao), file, w.li, w.zhao, **more)


def register(provokes):
    @provokes("nothing_asked")
    def _(w):
        review_rows.asking(w.town, w.zhao, review_rows.credit_books.BOOK)
        return opening(w)

    @provokes("no_households")
    def _(w):
        review_rows.asking(w.town, w.zhao)
        return opening(w)

    @provokes("too_many_households")
    def _(w):
        review_rows.asking(w.town, w.zhao)
        for _ in range(301):
            home, file = uuid7(), uuid7()
            db.session.add(Household(id=home, area_id=w.town.grid_a.id, name="x", created_at=NOON))
            db.session.flush()
            db.session.add(CreditFile(id=file, kind=SubjectKind.HOUSEHOLD, household_id=home, area_id=w.town.grid_a.id, opened_at=NOON))
            db.session.flush()
            db.session.add(Enrolment(file_id=file, joined_on=review_rows.FIRST, joined_at=NOON, joined_by_id=w.li.id, text_version="x"))
        db.session.commit()
        return opening(w)

    @provokes("round_open")
    def _(w):
        a_seat(w)
        return opening(w)

    @provokes("round_not_open")
    def _(w):
        _, seat = a_seat(w, opens_on=review_rows.LAST, closes_on=review_rows.after().date())
        return w.ask(w.li, "POST", f"/reviews/{seat.id}/slip", {"answers": {"review_good": "good"}})

    @provokes("handed_in_already")
    def _(w):
        _, seat = a_seat(w)
        w.ask(w.li, "POST", f"/reviews/{seat.id}/slip", {"answers": {"review_good": "good"}})("en")
        return w.ask(w.li, "POST", f"/reviews/{seat.id}/slip", {"answers": {"review_good": "good"}})

    @provokes("round_not_over")
    def _(w):
        found, _ = a_seat(w)
        return w.ask(w.zhao, "POST", f"/review-rounds/{found.id}/close")

    @provokes("round_closed")
    def _(w):
        found, _ = a_seat(w, closed=True)
        return w.ask(w.zhao, "POST", f"/review-rounds/{found.id}/call-off", {"reason": "x"})

    @provokes("asked_of_neighbours")
    def _(w):
        review_rows.asking(w.town, w.zhao)
        file = review_rows.credit_books.file_of(household=db.session.get(Household, w.li.household_id))
        return w.ask(w.zhao, "POST", f"/credit-files/{file.id}/entries", {
            "code": "review_good", "happened_on": "2026-05-06", "title": "x", "evidence": "x"})
