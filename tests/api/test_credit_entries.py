"""Entries of credit files over HTTP: written, found alike, voided, brought in from a table."""
import pytest

from models import CreditEntry, Household, db
from services.people import members, people
from tests import credit_books
from tests.conftest import KEYS, NOON

NUMBER = "11010519491231002X"
SEEN = {"code": "mediation", "happened_on": "2026-05-04", "title": "两家为院墙争执", "evidence": "双方签字"}


@pytest.fixture
def file(town, zhao, li):
    credit_books.in_force(town.district, by=zhao)
    return credit_books.file_of(li)


@pytest.fixture
def enter(file, as_):
    def send(person, **changes):
        return as_(person).post(f"/api/v1/credit-files/{file.id}/entries", json={**SEEN, **changes})
    return send


def test_a_grid_worker_enters_what_they_saw_and_it_counts_from_its_day(file, enter, as_, wang, li):
    made = enter(wang)
    assert made.status_code == 201, made.json
    assert made.json.items() >= {**SEEN, "measured": "times", "quantity": 1, "entered_on": "2026-05-06", "source": "grid_worker",
                                 "source_name": "王网格", "disputed": False, "voided_at": None}.items()
    assert as_(li).get(f"/api/v1/credit-files/{file.id}/entries").json["items"] == [made.json]
    scores = [as_(li).get(f"/api/v1/credit-files/{file.id}/score?on=2026-05-0{day}").json["points"] for day in (3, 4)]
    assert scores == ["100", "102"]


def test_who_may_enter(file, enter, wang, zhao, zhou, li, sun, lin):
    assert [enter(person, is_another=True).status_code for person in (wang, zhao, zhou, li, sun, lin)] == [201, 201, 404, 403, 403, 403]
    assert enter(wang, is_another=True, evidence="").status_code == 422


def test_what_looks_the_same_is_said_to_be_the_same_deed_or_another(file, enter, as_, wang, zhao, li):
    first = enter(wang).json["id"]
    again = enter(zhao)
    assert (again.status_code, again.json["code"], again.json["entry_id"]) == (409, "looks_the_same", first)
    assert enter(zhao, same_deed_as=first).status_code == enter(zhao, is_another=True).status_code == 201
    told = as_(li).get(f"/api/v1/credit-files/{file.id}/score").json
    assert (told["points"], [line["state"] for line in told["lines"]]) == ("104", ["counts", "counts", "same_deed"])
    other = enter(zhao, code="litter", same_deed_as=str(file.id))
    assert list(other.json["errors"]) == ["same_deed_as"]


def test_what_lies_ahead_is_refused(enter, wang):
    assert list(enter(wang, happened_on="2026-05-07").json["errors"]) == ["happened_on"]
    assert [enter(wang, **changes).json["code"] for changes in ({"code": "deeds"}, {"code": "x"}, {"happened_on": "2023-12-31"})] == [
        "unknown_item", "unknown_item", "not_in_scheme_then"]


def test_nobody_writes_of_their_own_household(town, as_, wang, zhao, li, live):
    members.enter(li.id, wang.household_id, on=NOON.date(), now=NOON)
    credit_books.in_force(town.district, by=zhao)
    for file in (credit_books.file_of(li), credit_books.file_of(wang), credit_books.file_of(household=db.session.get(Household, wang.household_id))):
        reply = as_(wang).post(f"/api/v1/credit-files/{file.id}/entries", json=SEEN)
        assert (reply.status_code, reply.json["code"]) == (403, "own_file"), reply.json


def test_an_admin_voids_what_was_wrong_and_it_stays_to_be_read(file, enter, as_, wang, zhao, li, qian):
    made = enter(wang).json["id"]
    assert as_(wang).post(f"/api/v1/credit-entries/{made}/void", json={"reason": "x"}).status_code == 403
    voided = as_(zhao).post(f"/api/v1/credit-entries/{made}/void", json={"reason": "是另一户"})
    assert (voided.status_code, voided.json["voided_reason"], voided.json["voided_at"]) == (200, "是另一户", "2026-05-06T04:00:00Z")
    assert as_(li).get(f"/api/v1/credit-files/{file.id}/score").json["points"] == "100"
    assert as_(li).get(f"/api/v1/credit-files/{file.id}/entries").json["items"] == [voided.json]
    assert as_(qian).post(f"/api/v1/credit-entries/{made}/void", json={"reason": "x"}).json["code"] == "already_voided"


def test_a_departments_table_is_taken_row_by_row(file, as_, zhao, li, wang, town):
    people.seal_papers(li, {"id_number": NUMBER}, KEYS)
    db.session.commit()
    body = {"kind": "resident", "area_id": str(town.community.id), "department": "城管局", "csv": (
        f"reference,id_number,code,happened_on,title\n7,{NUMBER},litter,2026-05-01,乱倒垃圾\n8,440524188001010014,litter,2026-05-01,x\n")}
    look = as_(zhao).post("/api/v1/credit-entries/imports", json={**body, "only_look": True}).json
    assert db.session.query(CreditEntry).count() == 0
    done = as_(zhao).post("/api/v1/credit-entries/imports", json=body).json
    assert {**done, "items": None} == {**look, "items": None} == {"entered": 1, "refused": 1, "items": None}
    taken, refused = done["items"]
    assert taken == look["items"][0] == {"row": 2, "reference": "7", "status": 201}
    assert (refused["row"], refused["reference"], refused["status"]) == (3, "8", refused["problem"]["status"]) == (3, "8", 404)
    again = as_(zhao).post("/api/v1/credit-entries/imports", json=body).json
    assert [row["problem"]["code"] for row in again["items"]] == ["taken_already", "no_such_file"]
    assert NUMBER not in str(again)
    assert as_(li).get(f"/api/v1/credit-files/{file.id}/entries").json["items"][0]["source_name"] == "城管局"
    assert as_(wang).post("/api/v1/credit-entries/imports", json=body).status_code == 403
