"""A rulebook over HTTP, from the draft to the day it is in force, and what everybody may read of it."""
from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from models import db
from services.credit import enrolments
from services.credit.trials import runs
from tests import credit_books
from tests.conftest import NOON
from tests.credit_books import OWN, SENT, sent

VOTE = {"voted_on": "2026-05-13", "voters": "people", "eligible": 100, "present": 51, "votes_for": 26, "votes_against": 20,
        "minutes": "第三次居民会议"}


@pytest.fixture
def rulebook(town, as_, zhao):
    made = as_(zhao).post("/api/v1/rulebooks", json={
        "area_id": str(town.community.id), "kind": "resident", "title_zh": "晚晴社区积分办法", "title_en": "Points of Wanqing"})
    assert made.status_code == 201, made.json
    return f"/api/v1/rulebooks/{made.json['id']}"


@pytest.fixture
def drafted(rulebook, as_, zhao):
    made = as_(zhao).post(f"{rulebook}/versions", json=SENT)
    assert made.status_code == 201, made.json
    return f"/api/v1/rulebook-versions/{made.json['id']}"


def test_a_version_goes_its_way_from_draft_to_force(drafted, rulebook, as_, zhao, li, zhou, wang, clock):
    def act(person, step, **body):
        reply = as_(person).post(f"{drafted}/{step}", json=body)
        assert reply.status_code in (200, 201), reply.json
        return reply.json
    assert act(zhao, "consult", until="2026-05-13")["status"] == "consulted"
    said = act(li, "comments", said="调解应多给一分")
    answer = as_(zhao).post(f"/api/v1/rulebook-comments/{said['id']}/answer", json={"answer": "下次再议"})
    assert (answer.status_code, answer.json["answer"]) == (200, "下次再议")
    assert as_(zhou).get(f"{drafted}/comments").json["items"] == [answer.json]
    assert as_(zhou).post(f"{drafted}/comments", json={"said": "x"}).status_code == 404  # lives elsewhere
    clock.now += timedelta(days=7)
    assert act(zhao, "vote", **VOTE)["status"] == "voted"
    published = act(zhao, "publish", in_force_from="2026-06-01")
    assert (published["status"], published["in_force_from"], published["retired_on"]) == ("published", "2026-06-01", None)
    file = as_(li).post("/api/v1/me/credit-files/join", json={"kind": "resident"}).json["id"]
    assert as_(li).get(f"/api/v1/credit-files/{file}/score").json["code"] == "no_rulebook"
    clock.now += timedelta(days=19)
    assert as_(li).get(f"/api/v1/credit-files/{file}/score").json["points"] == "100"
    shown = as_(zhou).get(drafted).json
    assert (shown["base"], shown["most"], [grade["from_points"] for grade in shown["grades"]]) == ("100", "200", ["110", "90", "0"])
    assert [(item["code"], item["each"]) for item in shown["indicators"]] == [("deeds", None), ("mediation", "2")]
    assert as_(zhao).post(f"{drafted}/retire", json={"on": "2026-07-01"}).json["retired_on"] == "2026-07-01"


def test_a_version_that_is_not_passed_is_dropped(drafted, as_, zhao, clock):
    as_(zhao).post(f"{drafted}/consult", json={"until": "2026-05-13"})
    clock.now += timedelta(days=7)
    assert as_(zhao).post(f"{drafted}/vote", json={**VOTE, "votes_for": 25}).json["status"] == "dropped"
    assert as_(zhao).post(f"{drafted}/publish", json={"in_force_from": "2026-06-01"}).json["code"] == "not_this_step"


def test_a_draft_is_written_anew_whole_by_its_version(drafted, as_, zhao):
    client = as_(zhao)
    tag = client.get(drafted).headers["ETag"]
    assert client.put(drafted, json=sent({"each": "3.25"})).json["code"] == "precondition_required"
    rewritten = client.put(drafted, json=sent({"each": "1.5", "deed_most": "1.75"}), headers={"If-Match": tag})
    assert rewritten.status_code == 200, rewritten.json
    assert rewritten.json["indicators"][1].items() >= {"each": "1.5", "deed_most": "1.75", "layer": "own"}.items()
    assert client.put(drafted, json=SENT, headers={"If-Match": tag}).json["code"] == "stale_version"
    client.post(f"{drafted}/consult", json={"until": "2026-05-13"})
    reply = client.put(drafted, json=SENT, headers={"If-Match": "*"})
    assert (reply.status_code, reply.json["code"]) == (409, "not_this_step")


@pytest.mark.parametrize("points", ["2.505", "1e2", "two", "", "9999999", 2, 2.5, None])
def test_points_are_decimal_numbers_in_strings(rulebook, as_, zhao, points):
    reply = as_(zhao).post(f"{rulebook}/versions", json=sent({"each": points}))
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["branches.0.items.0.each"]), reply.json


def test_a_draft_is_seen_by_staff_of_its_area_and_a_consulted_one_by_all(drafted, rulebook, as_, zhao, sun, li, zhou):
    everybody = (zhao, sun, li, zhou)
    assert [as_(person).get(drafted).status_code for person in everybody] == [200, 200, 404, 404]
    assert [len(as_(person).get(f"{rulebook}/versions").json["items"]) for person in everybody] == [1, 1, 0, 0]
    as_(zhao).post(f"{drafted}/consult", json={"until": "2026-05-13"})
    assert [as_(person).get(drafted).status_code for person in everybody] == [200] * 4
    assert [len(as_(person).get(f"{rulebook}/versions").json["items"]) for person in everybody] == [1] * 4


def test_who_may_draft_and_decide(drafted, rulebook, as_, wang, zhou, sun, li, lin):
    for person in (wang, zhou, sun, li, lin):
        client = as_(person)
        assert client.post(f"{rulebook}/versions", json=SENT).status_code in (403, 404)
        assert {client.post(f"{drafted}/{step}", json=body).status_code for step, body in (
            ("consult", {"until": "2026-05-13"}), ("drop", {}), ("publish", {"in_force_from": "2026-06-01"}), ("trials", {}))} <= {403, 404}


def test_a_communitys_own_stands_on_the_districts(rulebook, town, as_, zhao):
    assert as_(zhao).post(f"{rulebook}/versions", json=OWN).json["code"] == "no_template"
    template = credit_books.in_force(town.district, by=zhao)
    made = as_(zhao).post(f"{rulebook}/versions", json=OWN).json
    assert (made["template_id"], made["base"]) == (str(template.id), "100")
    assert {item["code"]: item["layer"] for item in made["indicators"]}.items() >= {"mediation": "district", "choir": "own", "noise": "own"}.items()
    difference = as_(zhao).get(f"/api/v1/rulebook-versions/{template.id}/difference?with={made['id']}").json
    assert (difference["base"], [(item["code"], item["how"]) for item in difference["items"]]) == (None, [("choir", "added"), ("noise", "added")])


def test_what_changed_between_two_versions_is_told_in_points(rulebook, drafted, as_, zhao):
    other = as_(zhao).post(f"{rulebook}/versions", json={**sent({"each": "1.5", "name_zh": "调解"}), "base": "90"}).json["id"]
    told = as_(zhao).get(f"{drafted}/difference?with={other}").json
    assert (told["base"], told["most"], told["grades"]) == ({"was": "100", "now": "90"}, None, [])
    assert told["items"][0]["changes"] == [{"field": "name_zh", "was": "项", "now": "调解"}, {"field": "each", "was": "2", "now": "1.5"}]


def test_a_trial_says_who_would_move_and_is_kept(town, rulebook, as_, zhao, sun, wang, li):
    credit_books.in_force(town.district, by=zhao)
    file = credit_books.file_of(li)
    credit_books.entry(file, "mediation", NOON.date())
    version = as_(zhao).post(f"{rulebook}/versions", json=sent({"each": "0.5"})).json["id"]
    told = as_(zhao).post(f"/api/v1/rulebook-versions/{version}/trials", json={}).json
    assert {name: told[name] for name in ("on", "files", "up", "down", "change", "compared_with")} == {
        "on": "2026-05-06", "files": 1, "up": 0, "down": 1, "change": "-1.5", "compared_with": None}
    assert told["movers"] == [{"file_id": str(file.id), "change": "-1.5"}]  # no score: that is looked at in the file
    assert told["items"] == [{"code": "mediation", "was": "2", "now": "0.5", "files": 1}]
    assert told["grades"] == [{"was": 2, "now": 2, "files": 1}] and told["codes"] == {"was": ["A", "B", "C"], "now": ["A", "B", "C"]}
    assert as_(sun).get(f"/api/v1/rulebook-versions/{version}/trials").json["items"] == [told]
    enrolments.leave("resident", by=li, now=NOON)
    db.session.commit()
    assert as_(sun).get(f"/api/v1/rulebook-versions/{version}/trials").json["items"] == [{**told, "movers": []}]
    assert as_(wang).get(f"/api/v1/rulebook-versions/{version}/trials").status_code == 404


def test_a_trial_of_many_files_tells_its_progress_until_all_is_there(town, rulebook, as_, zhao, li, zhang, monkeypatch):
    credit_books.in_force(town.district, by=zhao)
    for person in (li, zhang):
        credit_books.file_of(person)
    monkeypatch.setattr(runs, "BATCH", 1)
    path = f"/api/v1/rulebook-versions/{as_(zhao).post(f'{rulebook}/versions', json=sent({'each': '0.5'})).json['id']}/trials"
    told = as_(zhao).post(path, json={}).json
    assert (told["progress"], told["files"], told["movers"], told["divisions"]) == ({"done": 1, "files": 2}, None, None, None)
    while runs.go_on():
        db.session.commit()
    [told] = as_(zhao).get(path).json["items"]
    assert (told["progress"], told["files"], told["movers"]) == (None, 2, [])


def test_rulebooks_are_those_that_hold_where_one_lives(town, rulebook, as_, li, zhou):
    assert [item["kind"] for item in as_(li).get("/api/v1/rulebooks").json["items"]] == ["resident"]
    assert as_(zhou).get("/api/v1/rulebooks").json["items"] == []
    assert len(as_(zhou).get(f"/api/v1/rulebooks?area_id={town.community.id}&kind=resident").json["items"]) == 1


def test_what_is_in_force_in_an_area_is_the_nearest_rulebook_up_the_tree(town, as_, zhao, li, zhou, clock):
    def held(person, **asked):
        reply = as_(person).get("/api/v1/rulebooks/in-force", query_string={"kind": "resident", **asked})
        return reply.json["id"] if reply.status_code == 200 else reply.json["code"]
    assert held(li) == "no_rulebook"
    district = credit_books.in_force(town.district, by=zhao)
    own = credit_books.in_force(town.community, credit_books.SMALL, by=zhao)
    assert (held(li), held(zhou), held(zhou, area_id=town.community.id)) == (str(own.id), str(district.id), str(own.id))
    shown = as_(li).get("/api/v1/rulebooks/in-force?kind=resident").json
    assert [row["code"] for row in shown["indicators"]] == ["deeds", "choir", "faults", "noise"] and shown["rulebook_id"] == str(own.rulebook_id)
    assert held(li, kind="household") == "no_rulebook"
    assert held(li, area_id=uuid7()) == "not_found"
    assert as_(li).get("/api/v1/rulebooks/in-force").status_code == 422
    own.retired_on = clock.now.date()
    db.session.commit()
    assert held(li) == str(district.id)
