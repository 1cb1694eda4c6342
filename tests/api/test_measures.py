"""Over HTTP: what a grade opens, what limits somebody, who is visited, who is supported."""
from uuid import UUID

import pytest

from models import CreditFile, Role, db
from tests import credit_books, measure_rows
from tests.conftest import new_key


@pytest.fixture
def ok():
    def asked(client, path, **body):
        reply = client.post(f"/api/v1{path}", json=body, headers=new_key())
        assert reply.status_code < 300, (path, reply.json)
        return reply.json
    return asked


@pytest.fixture
def book(town, zhao):
    return credit_books.in_force(town.district, by=zhao).rulebook_id


@pytest.fixture
def head(live, town):
    """An administrator of the district."""
    return live("区主任", town.grid_b, Role.AREA_ADMIN, town.district)


@pytest.fixture
def file(book, li):
    return str(credit_books.file_of(li).id)


def told(client, language="en"):
    items = client.get("/api/v1/me/messages", headers={"Accept-Language": language}).json["items"]
    return [(item["topic"], item["title"], item["text"]) for item in items]


def test_whose_file_it_is_sees_what_is_open_and_nobody_else(ok, as_, book, file, head, li, zhao, sun, wang, zhang):
    reward = ok(as_(head), f"/rulebooks/{book}/rewards", **measure_rows.REWARD | {"from_grade": "A"})
    assert [item["id"] for item in as_(zhang).get(f"/api/v1/rulebooks/{book}/rewards").json["items"]] == [reward["id"]]
    opened = f"/api/v1/credit-files/{file}/rewards"
    assert [item["is_open"] for item in as_(li).get(opened).json["items"]] == [False]
    credit_books.volunteering(db.session.get(CreditFile, UUID(file)), measure_rows.DAY, 60)
    assert [(item["is_open"], item["grade_exists"]) for item in as_(li).get(opened).json["items"]] == [(True, True)]
    assert {as_(who).get(opened).status_code for who in (zhao, sun, wang)} == {403}
    assert as_(zhang).get(opened).status_code == 404
    ended = ok(as_(head), f"/rewards/{reward['id']}/end", on="2026-06-01")
    assert ended["until_on"] == "2026-06-01"


def test_a_multiplier_without_its_percent_is_refused(as_, book, head):
    reply = as_(head).post(f"/api/v1/rulebooks/{book}/rewards", json=measure_rows.REWARD | {"scene": "points_multiplier"})
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["percent"])


def test_a_grade_that_there_is_not_is_refused_with_those_there_are(as_, book, head, town):
    for path, body in ((f"/rulebooks/{book}/rewards", measure_rows.REWARD), ("/letter-receivers", measure_rows.receiver(town))):
        for wrong in ("D", "a", "1", "A, B"):
            reply = as_(head).post(f"/api/v1{path}", json=body | {"from_grade": wrong}, headers={"Accept-Language": "en"})
            assert (reply.status_code, reply.json["errors"]) == (422, {"from_grade": ["No grade here has this code. There are:", "A, B, C"]})
        for wrong in (None, "", 1, "x" * 11):
            reply = as_(head).post(f"/api/v1{path}", json=body | {"from_grade": wrong})
            assert (reply.status_code, list(reply.json["errors"])) == (422, ["from_grade"])


def test_a_constraint_has_two_people_and_whom_it_concerns_is_told(ok, as_, file, li, zhao, qian, sun, zhang):
    made = ok(as_(zhao), f"/credit-files/{file}/constraints", list_id=str(measure_rows.a_list(zhao).id), **measure_rows.WHOLE)
    assert (made["confirmed_at"], made["ends_on"]) == (None, "2026-11-06")
    assert ok(as_(qian), f"/constraints/{made['id']}/confirm")["confirmed_at"]
    [_, title, text] = told(as_(li))[0]
    assert title == "A measure by law is in force" and "no procurement" in text and "政府采购法第二十二条" in text
    assert told(as_(li), "zh-CN")[0][1] == "一项依法采取的措施已生效" and "不参加采购" in told(as_(li), "zh-CN")[0][2]
    for who, sees in ((li, 1), (zhao, 1), (sun, 1), (zhang, 0)):
        assert len(as_(who).get("/api/v1/constraints").json["items"]) == sees, who.display_name
    looked = as_(li).get(f"/api/v1/credit-files/{file}/looks").json["items"]
    assert [(row["by_name"], row["action"]) for row in looked] == [(who.display_name, "credit_file.look") for who in (sun, zhao)]
    ok(as_(zhao), f"/constraints/{made['id']}/lift", reason="The court set it aside.")
    assert told(as_(li))[0][2] == "no procurement: The court set it aside."
    assert (len(as_(li).get("/api/v1/constraints").json["items"]), len(as_(sun).get("/api/v1/constraints").json["items"])) == (1, 0)


def test_only_a_city_or_a_district_enters_lists_of_constraints(ok, as_, head, zhao, li):
    listed = {"name": "全国失信惩戒措施基础清单", "authority": "国家发展改革委", "edition": "2024 版", "for_persons": False,
              "in_force_from": "2024-01-01"}
    assert as_(zhao).post("/api/v1/constraint-lists", json=listed).json["code"] == "forbidden"
    made = ok(as_(head), "/constraint-lists", **listed)
    assert [item["id"] for item in as_(li).get("/api/v1/constraint-lists").json["items"]] == [made["id"]]


def test_who_visits_sees_where_to_go_and_not_the_grade(ok, as_, live, town, zhao, sun, lin, zhou, lins_market):
    measure_rows.merchants_file(lins_market, zhao, town)
    worker = live("社区网格员", town.grid_a, Role.GRID_WORKER, town.community)
    refused = as_(zhao).post("/api/v1/inspection-plans", json=measure_rows.inspected(town) | {"seed": "the one I like"})
    assert (refused.status_code, [*refused.json["errors"]]) == (422, ["seed"])
    plan = ok(as_(zhao), "/inspection-plans", **measure_rows.inspected(town))
    path = f"/api/v1/inspection-plans/{plan['id']}/inspections"
    [visit], [audited] = (as_(who).get(path).json["items"] for who in (worker, sun))
    assert (visit["merchant_name"], visit["grade_rank"], audited["grade_rank"]) == ("林记超市", None, 2)
    assert looked(as_(lin)) == ["孙审计"], "who visits has seen no grade"
    assert as_(zhou).get(path).status_code == 404
    ok(as_(worker), f"/inspections/{visit['id']}/result", result="minor_fault", found="过期牛奶", done_on="2026-05-06")
    assert told(as_(lin))[0][:2] == ("credit_fault", "Something was written in your credit file") and "过期牛奶" in told(as_(lin))[0][2]
    assert as_(worker).post(f"/api/v1/inspections/{visit['id']}/result", json={
        "result": "clean", "found": "x", "done_on": "2026-05-06"}).json["code"] == "inspection_done"


def looked(client):
    """Who looked at the score of one's own file, as one reads it."""
    [file] = client.get("/api/v1/me/credit-files").json["items"]
    rows = client.get(f"/api/v1/credit-files/{file['id']}/looks").json["items"]
    return [row["by_name"] for row in rows if row["action"] == "credit_file.look_at_score"]


def test_a_merchant_that_left_the_scheme_shows_no_grade_any_more(ok, as_, town, zhao, lin, lins_market):
    measure_rows.merchants_file(lins_market, zhao, town)
    path = f"/inspection-plans/{ok(as_(zhao), '/inspection-plans', **measure_rows.inspected(town))['id']}/inspections"
    ok(as_(lin), "/me/credit-files/leave", kind="merchant", merchant_id=str(lins_market.id))
    assert [item["grade_rank"] for item in as_(zhao).get(f"/api/v1{path}").json["items"]] == [None]


@pytest.mark.parametrize("shares", [[], [{"rank": 1, "percent": 101}], [{"rank": 1, "percent": 1}, {"rank": 1, "percent": 2}]])
def test_shares_of_a_plan_that_mean_nothing_are_refused(as_, town, zhao, lins_market, shares):
    measure_rows.merchants_file(lins_market, zhao, town)
    reply = as_(zhao).post("/api/v1/inspection-plans", json=measure_rows.inspected(town) | {"shares": shares})
    assert (reply.status_code, reply.json["code"]) == (422, "validation_failed")


def test_the_better_grades_stand_first_and_each_is_told_why(ok, as_, town, book, li, zhang, zhao, sun, wang):
    files = [credit_books.file_of(person) for person in (li, zhang)]
    credit_books.volunteering(files[1], measure_rows.DAY, 60)
    support = ok(as_(zhao), "/support-lists", **measure_rows.supported(town))["id"]
    assert [item["id"] for item in as_(li).get("/api/v1/support-lists").json["items"]] == [support]
    first, second = (ok(as_(person), f"/support-lists/{support}/applications", asked="please")["id"] for person in (li, zhang))
    path = f"/api/v1/support-lists/{support}/applications"
    assert [(item["id"], item["grade_rank"]) for item in as_(sun).get(path).json["items"]] == [(second, 1), (first, 2)]
    assert (as_(li).get(path).status_code, as_(wang).get(path).status_code) == (404, 404)
    assert looked(as_(li)) == looked(as_(zhang)) == ["孙审计"]
    ok(as_(zhao), f"/support-applications/{second}/decide", decision="grant", reason="Grade and need.")
    ok(as_(zhao), f"/support-applications/{first}/decide", decision="decline", reason="No place left.")
    assert told(as_(zhang))[0][1:] == ("You get the support you asked for", "x: Grade and need.")
    assert told(as_(li), "zh-CN")[0][1:] == ("您申请的扶持未通过", "补贴：No place left.")
    assert [item["status"] for item in as_(li).get("/api/v1/me/support-applications").json["items"]] == ["declined"]


def test_withdrawn_the_grade_is_the_reviewers_no_more(ok, as_, town, file, li, zhao):
    support = ok(as_(zhao), "/support-lists", **measure_rows.supported(town))["id"]
    made = ok(as_(li), f"/support-lists/{support}/applications", asked="please")
    assert ok(as_(li), f"/support-applications/{made['id']}/withdraw")["grade_rank"] is None
    assert as_(zhao).get(f"/api/v1/support-lists/{support}/applications").json["items"] == []
    assert ok(as_(li), f"/support-lists/{support}/applications", asked="after all")["status"] == "open"
