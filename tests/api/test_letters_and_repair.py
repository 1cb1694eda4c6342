"""Over HTTP: letters, objections, repair, plans of community correction, working days."""
from datetime import date, timedelta

import pytest
from uuid_utils.compat import uuid7

from models import db
from tests import credit_books, measure_rows
from tests.api.test_measures import head, ok, told  # noqa: F401
from tests.conftest import new_key


@pytest.fixture
def file(town, zhao, li):
    credit_books.in_force(town.district, by=zhao)
    return credit_books.file_of(li)


@pytest.fixture
def letter(ok, as_, file, town, zhao, li):  # noqa: F811
    """Li's letter to a bank, as a draft."""
    receiver = ok(as_(zhao), "/letter-receivers", **measure_rows.receiver(town))["id"]
    return ok(as_(li), "/letters", receiver_id=receiver, kind="resident")


def test_a_letter_is_asked_for_read_sent_once_and_opened_by_whoever_has_its_code(app, ok, as_, letter, li, zhao):  # noqa: F811
    assert letter["status"] == "draft" and "渝中农商行" in letter["says"]["zh"][0] and "李娜" not in str(letter)
    key, client = new_key(), as_(li)
    first, again = (client.post(f"/api/v1/letters/{letter['id']}/send", headers=key) for _ in range(2))
    assert (first.data, again.headers["Idempotency-Replayed"]) == (again.data, "true")
    code, bank = first.json["code"], app.test_client()
    read = bank.get(f"/api/v1/letters/{code}")
    assert (read.status_code, read.json) == (200, {"says": letter["says"], "expires_on": "2026-07-05", "recalls": []})
    bank.get(f"/api/v1/letters/{code}")
    assert len(client.get(f"/api/v1/letters/{letter['id']}/looks").json["items"]) == 2
    assert [each[1:] for each in told(client) if each[0] == "letter_read"] == [
        ("Your letter was read", "渝中农商行 opened the letter that you sent. You can withdraw it.")]
    assert "code" not in client.get("/api/v1/letters").json["items"][0]
    assert ok(client, f"/letters/{letter['id']}/withdraw")["status"] == "withdrawn"
    assert bank.get(f"/api/v1/letters/{code}").json["code"] == "letter_withdrawn"
    assert [item["why"] for item in as_(zhao).get("/api/v1/recalls").json["items"]] == ["withdrawn"]
    assert bank.post(f"/api/v1/letters/{code}/acknowledge").json == {"heard": 1}
    assert as_(zhao).get("/api/v1/recalls").json["items"] == []


def test_a_letter_of_others_and_a_code_that_is_none_are_not_there(app, as_, letter, zhang, zhao):
    for who in (zhang, zhao):
        assert as_(who).get(f"/api/v1/letters/{letter['id']}/looks").status_code == 404
        assert as_(who).post(f"/api/v1/letters/{letter['id']}/send", headers=new_key()).status_code == 404
    for code in ("x", "L" + "A" * 22, letter["id"]):
        assert app.test_client().get(f"/api/v1/letters/{code}").status_code in (404, 405)
        assert app.test_client().post(f"/api/v1/letters/{code}/acknowledge").status_code == 404


def test_how_often_an_address_may_try_codes_is_limited(app, monkeypatch):
    from dataclasses import replace
    monkeypatch.setitem(app.extensions, "linli_settings", replace(app.extensions["linli_settings"], rate_limits=True, sign_in_limit_per_minute=3))
    seen = [app.test_client().get("/api/v1/letters/nothing").status_code for _ in range(5)]
    assert seen == [404, 404, 404, 429, 429]


def test_a_merchants_owner_gets_a_letter_in_its_name(ok, as_, town, zhao, lin, lins_market):  # noqa: F811
    measure_rows.merchants_file(lins_market, zhao, town)
    receiver = ok(as_(zhao), "/letter-receivers", **measure_rows.receiver(town))["id"]
    made = ok(as_(lin), "/letters", receiver_id=receiver, kind="merchant", merchant_id=str(lins_market.id))
    assert "林记超市" in made["says"]["zh"][0]


def test_an_objection_marks_the_entry_and_is_decided_in_writing(ok, as_, file, li, wang, zhao, zhang):  # noqa: F811
    fault = ok(as_(wang), f"/credit-files/{file.id}/entries", code="litter", happened_on="2026-05-06", title="楼道堆物", evidence="照片")["id"]
    assert told(as_(li))[0][1:] == ("Something was written in your credit file", (
        "楼道堆物, of May 6, 2026. If it is not right, object in your file; an answer comes within five working days."))
    assert as_(zhang).post(f"/api/v1/credit-entries/{fault}/objection", json={"reason": "x"}).status_code == 404
    made = ok(as_(li), f"/credit-entries/{fault}/objection", reason="那不是我的。")
    assert (made["status"], made["due_on"]) == ("open", "2026-05-12")
    for who in (li, wang, zhao):
        assert as_(who).get(f"/api/v1/credit-files/{file.id}/entries").json["items"][0]["disputed"] is True
    assert [item["id"] for item in as_(zhao).get("/api/v1/credit-objections?status=open").json["items"]] == [made["id"]]
    ok(as_(zhao), f"/credit-objections/{made['id']}/decide", decision="uphold", reason="是隔壁单元的。")
    assert told(as_(li), "zh-CN")[0][1:] == ("您的异议成立", "楼道堆物：不再计入。是隔壁单元的。")
    assert as_(wang).get(f"/api/v1/credit-files/{file.id}/entries").json["items"] == []


@pytest.mark.parametrize("listed", ["credit-objections", "repairs"])
def test_who_reads_a_list_has_looked_at_each_file_of_the_page_but_their_own(ok, as_, file, li, zhang, wang, zhao, sun, town, listed):  # noqa: F811
    faults = [credit_books.entry(each, "litter", date(2026, 1, 6)) for each in (file, file, credit_books.file_of(zhang))]
    for fault, whose in zip(faults, (li, li, zhang), strict=True):
        if listed == "repairs":
            measure_rows.a_repair(str(fault.id), town.grid_a.id, whose.id)
        else:
            ok(as_(whose), f"/credit-entries/{fault.id}/objection", reason="x")
    for who, sees in ((li, 2), (zhang, 1), (zhao, 3), (sun, 3), (wang, 0)):
        assert len(as_(who).get(f"/api/v1/{listed}").json["items"]) == sees, who.display_name
    for whose in (li, zhang):
        own = next(each["id"] for each in as_(whose).get("/api/v1/me/credit-files").json["items"] if each["kind"] == "resident")
        looked = as_(whose).get(f"/api/v1/credit-files/{own}/looks").json["items"]
        assert [(row["by_name"], row["action"]) for row in looked] == [
            (who.display_name, "credit_file.look_at_entries") for who in (sun, zhao)], whose.display_name


def test_an_objection_past_its_day_is_overdue(ok, as_, file, clock, li, zhao):  # noqa: F811
    fault = credit_books.entry(file, "litter", measure_rows.DAY)
    ok(as_(li), f"/credit-entries/{fault.id}/objection", reason="x")
    overdue = "/api/v1/credit-objections?overdue=true"
    clock.now += timedelta(days=6)
    assert as_(zhao).get(overdue).json["items"] == []
    clock.now += timedelta(days=1)
    assert len(as_(zhao).get(overdue).json["items"]) == 1
    assert as_(zhao).get("/api/v1/credit-objections?overdue=false").status_code == 422


def test_a_fault_is_made_good_and_receivers_of_letters_are_told(app, ok, as_, file, letter, li, wang, zhao):  # noqa: F811
    fault = credit_books.entry(file, "litter", date(2026, 1, 6), title="乱扔垃圾")
    code = ok(as_(li), f"/letters/{letter['id']}/send")["code"]
    made = ok(as_(li), f"/credit-entries/{fault.id}/repair", pledge=measure_rows.PLEDGE, evidence="已清理")
    assert (made["grade_class"], made["due_on"]) == ("ordinary", "2026-05-09")
    ok(as_(zhao), f"/repairs/{made['id']}/decide", decision="grant", reason="看过了，很干净。")
    assert told(as_(li), "zh-CN")[0][1:] == ("已不再计入", "乱扔垃圾：您已经改正。看过了，很干净。")
    assert [each["why"] for each in app.test_client().get(f"/api/v1/letters/{code}").json["recalls"]] == ["repaired"]
    assert as_(wang).get(f"/api/v1/credit-files/{file.id}/entries").json["items"] == []
    assert as_(li).get(f"/api/v1/credit-files/{file.id}/entries").json["items"][0]["stopped_on"] == "2026-05-06"


def test_a_plan_is_there_for_who_runs_it_and_who_it_is_about_alone(ok, as_, li, wang, zhao, qian, sun):  # noqa: F811
    made = ok(as_(zhao), "/correction-plans", person_id=str(li.id), until_on="2026-12-31", service_minutes=120, aims="按时报到",
              runner_ids=[str(wang.id)])
    path = f"/api/v1/correction-plans/{made['id']}"
    ok(as_(wang), f"/correction-plans/{made['id']}/steps", kind="service", on_day="2026-05-06", minutes=120, note="清扫")
    stand = {"service_minutes": 120, "service_asked": 120, "rules_broken": 0, "work_found": False, "is_done": True}
    for who in (zhao, wang, li):
        assert as_(who).get(path).json["stand"] == stand
        assert len(as_(who).get("/api/v1/correction-plans").json["items"]) == 1
    for who in (qian, sun):
        assert (as_(who).get(path).status_code, as_(who).get(f"{path}/steps").status_code) == (404, 404)
        assert as_(who).get("/api/v1/correction-plans").json["items"] == []
    ahead = as_(wang).post(f"{path}/steps", json={"kind": "rule_kept", "on_day": "2026-05-07", "note": "x"})
    assert (ahead.status_code, list(ahead.json["errors"])) == (422, ["on_day"])
    assert ok(as_(wang), f"/correction-plans/{made['id']}/close")["status"] == "done"


def test_a_plan_is_run_by_staff_of_where_the_person_lives(as_, li, zhao, zhou, zhang):
    body = {"person_id": str(li.id), "until_on": "2026-12-31", "service_minutes": 120, "aims": "x"}
    for runner, status in ((zhou, 422), (zhang, 422), (uuid7(), 404)):
        reply = as_(zhao).post("/api/v1/correction-plans", json=body | {"runner_ids": [str(getattr(runner, "id", runner))]})
        assert reply.status_code == status, reply.json


def test_a_day_is_corrected_by_a_district_and_deadlines_follow(ok, as_, head, file, li, zhao):  # noqa: F811
    path = "/api/v1/calendar/2026-05-12"
    shown = as_(li).get(path)
    assert shown.json == {"day": "2026-05-12", "is_worked": True, "is_corrected": False, "note": None}
    free = {"is_worked": False, "note": "全市放假"}
    assert as_(zhao).put(path, json=free, headers={"If-Match": shown.headers["ETag"]}).json["code"] == "forbidden"
    assert as_(head).put(path, json=free).json["code"] == "precondition_required"
    assert as_(head).put(path, json=free, headers={"If-Match": shown.headers["ETag"]}).status_code == 200
    assert as_(head).put(path, json=free, headers={"If-Match": shown.headers["ETag"]}).json["code"] == "stale_version"
    assert [item["day"] for item in as_(li).get("/api/v1/calendar").json["items"]] == ["2026-05-12"]
    assert as_(li).get("/api/v1/calendar?from=2026-05-13").json["items"] == []
    fault = credit_books.entry(file, "litter", measure_rows.DAY)
    assert ok(as_(li), f"/credit-entries/{fault.id}/objection", reason="x")["due_on"] == "2026-05-13"
    db.session.rollback()
    for none in ("2026-02-30", "tomorrow", "1999-01-01"):
        assert as_(li).get(f"/api/v1/calendar/{none}").status_code == 404
