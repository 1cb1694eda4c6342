"""Credit files over HTTP: joining and leaving, the score with its explanation, and who looked."""
from datetime import timedelta

import pytest

from models import Household, db
from services.people import members
from tests import credit_books
from tests.conftest import NOON
from tests.credit_books import entry, volunteering


@pytest.fixture
def rules(town, zhao):
    return credit_books.in_force(town.district, by=zhao)


@pytest.fixture
def file(rules, li):
    """Li's, with twelve hours of volunteering and one fault."""
    made = credit_books.file_of(li)
    volunteering(made, NOON.date() - timedelta(days=3), 12)
    entry(made, "litter", NOON.date())
    return made


def of(file, rest=""):
    return f"/api/v1/credit-files/{file.id}{rest}"


def codes(*replies):
    return [reply.json["code"] for reply in replies]


def test_a_resident_joins_leaves_and_comes_back(rules, as_, li, clock):
    client = as_(li)
    assert client.get("/api/v1/me/credit-files").json["items"] == []
    made = client.post("/api/v1/me/credit-files/join", json={"kind": "resident"})
    assert (made.status_code, made.json["person_id"], made.json["household_id"]) == (201, str(li.id), None), made.json
    assert client.get("/api/v1/me/credit-files").json["items"][0]["joined_on"] == "2026-05-06"
    score = f"/api/v1/credit-files/{made.json['id']}/score"
    assert client.get(score).json["points"] == "100"
    assert client.post("/api/v1/me/credit-files/leave", json={"kind": "resident"}).json == made.json
    assert client.get("/api/v1/me/credit-files").json["items"][0]["joined_on"] is None
    assert client.get(score).json["code"] == "not_in_scheme_then"
    clock.now += timedelta(days=1)
    again = as_(li).post("/api/v1/me/credit-files/join", json={"kind": "resident"})
    assert (again.status_code, again.json["id"]) == (201, made.json["id"])
    assert as_(li).get(score).json["points"] == "100"


def test_a_household_and_a_merchant_join_by_who_speaks_for_them(rules, as_, li, lin, mei, lins_market, clinic):
    household = as_(li).post("/api/v1/me/credit-files/join", json={"kind": "household"})
    assert (household.status_code, household.json["household_id"]) == (201, str(li.household_id))
    shop = {"kind": "merchant", "merchant_id": str(lins_market.id)}
    assert as_(lin).post("/api/v1/me/credit-files/join", json=shop).status_code == 201
    assert codes(as_(mei).post("/api/v1/me/credit-files/join", json=shop), as_(li).post("/api/v1/me/credit-files/join", json=shop),
                 as_(lin).post("/api/v1/me/credit-files/join", json={"kind": "merchant", "merchant_id": str(clinic.id)}),
                 as_(lin).post("/api/v1/me/credit-files/join", json={"kind": "merchant"})) == ["not_found"] * 4


def test_the_score_explains_itself_in_both_languages(file, as_, li):
    told = as_(li).get(of(file, "/score")).json
    assert {name: told[name] for name in ("on", "base", "points", "low", "high", "version_number")} == {
        "on": "2026-05-06", "base": "100", "points": "101", "low": "101", "high": "101", "version_number": 1}
    assert told["grade"]["code"] == told["open_grade"]["code"] == "B"
    assert [(line["code"], line["points"], line["state"]) for line in told["lines"]] == [("volunteering", "2", "counts"), ("litter", "-1", "counts")]
    assert told["en"][0] == "+2: 12 hours of volunteer service, 3 May 2026, until 2 May 2027"
    assert told["zh"][-1] == "基础分100 + 2 - 1 = 101，等级B"
    assert [(branch["code"], branch["points"], branch["by_members"]) for branch in told["branches"]] == [("deeds", "2", "0"), ("faults", "-1", "0")]


def test_the_score_of_a_day_as_it_is_known_now_and_was_then(file, as_, li):
    entry(file, "mediation", NOON.date() - timedelta(days=2), known=NOON.date())
    client = as_(li)
    asked = {how: client.get(of(file, f"/score?on=2026-05-05&as_known={how}")).json["points"] for how in ("now", "then")}
    assert asked == {"now": "104", "then": "102"}
    assert client.get(of(file, "/score?as_known=soon")).status_code == 422


def test_while_something_is_disputed_there_is_no_one_number(file, as_, li):
    fault = entry(file, "litter", NOON.date() - timedelta(days=9), title="not I")
    credit_books.object_to(fault, by=li)
    told = as_(li).get(of(file, "/score")).json
    assert (told["points"], told["low"], told["high"]) == (None, "99", "101")  # the second fault is doubled by the disputed one
    assert [line["disputed"] for line in told["lines"]].count(True) == 1


def test_who_is_kept_out_of_a_residents_file(file, as_, zhou, zhang, lin, kang, mei):
    for stranger in (zhou, zhang, lin, kang, mei):
        client = as_(stranger)
        assert codes(*(client.get(of(file, rest)) for rest in ("", "/score", "/entries", "/facts", "/looks"))) == ["not_found"] * 5


def test_a_grid_worker_sees_what_was_entered_and_no_score(file, as_, wang):
    client = as_(wang)
    assert [client.get(of(file, rest)).status_code for rest in ("", "/entries", "/facts")] == [200] * 3
    assert codes(client.get(of(file, "/score")), client.get(of(file, "/looks"))) == ["forbidden"] * 2


def test_an_auditor_and_an_admin_look_and_the_resident_sees_that_they_did(file, as_, li, sun, zhao):
    assert [as_(person).get(of(file, "/score")).json["points"] for person in (sun, zhao)] == ["101"] * 2
    assert as_(zhao).get(of(file, "/entries")).status_code == 200
    assert as_(li).get(of(file, "/score")).status_code == 200
    looks = as_(li).get(of(file, "/looks")).json["items"]
    assert [(look["action"], look["by_name"]) for look in looks] == [
        ("credit_file.look_at_entries", "赵主任"), ("credit_file.look_at_score", "赵主任"), ("credit_file.look_at_score", "孙审计")]
    assert as_(zhao).get(of(file, "/looks")).json["code"] == "forbidden"
    assert {row["action"] for row in as_(sun).get("/api/v1/audit").json["items"]} >= {"credit_file.look_at_entries", "credit_file.look_at_score"}


def test_who_left_is_there_for_nobody_else(file, as_, li, zhao, sun, wang):
    as_(li).post("/api/v1/me/credit-files/leave", json={"kind": "resident"})
    for staff in (zhao, sun, wang):
        assert as_(staff).get(of(file)).status_code == 404
        assert as_(staff).get("/api/v1/credit-files").json["items"] == []
    assert as_(li).get(of(file)).status_code == 200
    assert len(as_(li).get(of(file, "/entries")).json["items"]) == 2


def test_staff_list_the_files_they_reach(file, as_, wang, zhou, zhao, town):
    assert [item["id"] for item in as_(wang).get(f"/api/v1/credit-files?area_id={town.grid_a.id}&kind=resident").json["items"]] == [str(file.id)]
    assert as_(zhao).get("/api/v1/credit-files?kind=household").json["items"] == []
    assert as_(zhou).get("/api/v1/credit-files").json["items"] == []
    assert as_(zhou).get(f"/api/v1/credit-files?area_id={town.grid_a.id}").status_code == 404


def test_volunteering_stays_out_of_a_file_whose_resident_wishes_so(file, as_, li, wang):
    assert as_(li).post("/api/v1/me/credit-files/volunteering", json={"left_out": True}).json["without_volunteering"] is True
    assert as_(li).get(of(file, "/score")).json["points"] == "99"
    voided = [row for row in as_(li).get(of(file, "/entries"), headers={"Accept-Language": "zh-CN"}).json["items"] if row["voided_at"]]
    assert [(row["code"], row["voided_reason"]) for row in voided] == [("volunteering", "按居民意愿不记入")]
    back = as_(li).post("/api/v1/me/credit-files/volunteering", json={"left_out": False}).json
    assert back["without_volunteering"] is False
    assert as_(li).get(of(file, "/score")).json["points"] == "99"  # what was voided stays so


def test_a_households_file_says_what_its_members_bring_and_not_who(rules, town, as_, li, zhang, live):
    members.enter(zhang.id, li.household_id, on=NOON.date() - timedelta(days=9), now=NOON)
    credit_books.in_force(town.district, by=li, kind="household")
    household = credit_books.file_of(household=db.session.get(Household, li.household_id))
    mine, theirs = credit_books.file_of(li), credit_books.file_of(zhang)
    volunteering(mine, NOON.date(), 6), volunteering(theirs, NOON.date(), 12)
    told = as_(li).get(of(household, "/score")).json
    assert (told["points"], told["lines"]) == ("103", [])
    assert (told["branches"], told["by_few_members"], told["en"][0]) == ([], "3", "By members together: +3")
    third = live("李叔", town.grid_a)
    members.enter(third.id, li.household_id, on=NOON.date() - timedelta(days=9), now=NOON)
    credit_books.file_of(third)
    told = as_(li).get(of(household, "/score")).json
    assert [(branch["points"], branch["by_members"]) for branch in told["branches"]] == [("3", "3")]
    assert (told["points"], told["by_few_members"]) == ("103", None)
    assert as_(li).get(of(household, "/entries")).json["items"] == []


def test_what_a_household_has_stands_in_its_file_and_ends(rules, as_, li, wang, zhou):
    file = as_(li).post("/api/v1/me/credit-files/join", json={"kind": "household"}).json["id"]
    body = {"kind": "contracted_land", "label": "后坡", "quantity": 350, "unit": "mu_hundredths", "from_on": "2019-01-01", "source": "承包合同 12 号"}
    made = as_(wang).post(f"/api/v1/credit-files/{file}/facts", json=body)
    assert made.status_code == 201 and made.json.items() >= body.items(), made.json
    ended = as_(wang).post(f"/api/v1/credit-file-facts/{made.json['id']}/end")
    assert (ended.status_code, ended.json["ended_at"]) == (200, "2026-05-06T04:00:00Z")
    assert as_(li).get(f"/api/v1/credit-files/{file}/facts").json["items"] == [ended.json]
    refused = [as_(wang).post(f"/api/v1/credit-files/{file}/facts", json=body | changes) for changes in (
        {"kind": "licence"}, {"until_on": "2018-12-31"}, {"quantity": -1}, {"unit": "acre"})]
    assert [list(reply.json["errors"]) for reply in refused] == [["kind"], ["until_on"], ["quantity"], ["unit"]]
    assert as_(zhou).post(f"/api/v1/credit-files/{file}/facts", json=body).status_code == 404


def test_traits_are_said_anew_as_a_whole_and_taken_back(as_, li, zhao):
    client = as_(li)
    assert client.post("/api/v1/me/traits", json={"born_year": 1990, "sex": "female"}).json == {
        "born_year": 1990, "sex": "female", "hukou": None, "has_disability": None}
    assert client.post("/api/v1/me/traits", json={"has_disability": False}).json["born_year"] is None
    assert client.get("/api/v1/me/traits").json["has_disability"] is False
    assert client.post("/api/v1/me/traits").json == dict.fromkeys(("born_year", "sex", "hukou", "has_disability"))
    assert as_(zhao).get("/api/v1/me/traits").json["born_year"] is None
    assert client.post("/api/v1/me/traits", json={"born_year": 1899}).status_code == 422


def test_staff_find_the_file_of_one_person_or_household(file, as_, wang, zhou, li):
    def found(by, **query):
        return [each["id"] for each in as_(by).get("/api/v1/credit-files", query_string=query).json["items"]]
    household = credit_books.file_of(household=db.session.get(Household, li.household_id))
    assert found(wang, person_id=li.id) == [str(file.id)]
    assert found(wang, household_id=li.household_id) == [str(household.id)]
    assert found(wang, person_id=wang.id) == []
    assert codes(as_(zhou).get("/api/v1/credit-files", query_string={"person_id": li.id})) == ["not_found"]
