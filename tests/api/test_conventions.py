"""What holds for every route: problems, keys, versions, pages, languages, request ids, hostile bodies."""
import io
import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import ActivityRecord, Event, IdempotencyKey, db
from tests.conftest import NOON

EVENT = {"title": "清扫", "category": "environment", "starts_at": "2026-05-06T12:00:00+08:00",
         "ends_at": "2026-05-06T14:00:00+08:00", "place": {"name": "河边"}, "capacity": 30, "check_in_mode": "both",
         "check_out_required": True, "points_per_hour": 10, "points_max": 40}
DEED = {"category": "neighbours", "description": "陪老人看病", "started_at": "2026-05-06T01:00:00Z", "ended_at": "2026-05-06T03:00:00Z"}


def deed(town, **changes):
    return {**DEED, "area_id": str(town.grid_a.id), **changes}


def test_a_refusal_is_a_problem_with_its_code_and_the_callers_request_id(as_, li):
    reply = as_(li).get(f"/api/v1/events/{uuid.uuid4()}", headers={"X-Request-ID": "till-7"})
    assert (reply.status_code, reply.mimetype) == (404, "application/problem+json")
    assert reply.json["code"] == "not_found"
    assert reply.json["request_id"] == reply.headers["X-Request-ID"] == "till-7"
    assert set(reply.json) >= {"type", "title", "status", "detail", "code", "request_id"}


def test_an_unsound_request_id_is_replaced(app):
    reply = app.test_client().get("/healthz", headers={"X-Request-ID": "a b\tc"})
    assert reply.headers["X-Request-ID"] != "a b\tc"


def test_sentences_come_in_the_language_asked_for(as_, li):
    chinese, english = (as_(li).get(f"/api/v1/events/{uuid.uuid4()}", headers={"Accept-Language": language}).json["title"]
                        for language in ("zh-CN", "en"))
    assert (chinese, english) == ("没有找到", "Not found")


def test_the_same_key_and_body_give_the_first_answer_again_byte_for_byte(as_, li, town, key):
    client, headers = as_(li), key()
    first = client.post("/api/v1/activity-records", json=deed(town), headers=headers)
    again = client.post("/api/v1/activity-records", json=deed(town), headers=headers)
    assert first.status_code == again.status_code == 201
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")
    assert "Idempotency-Replayed" not in first.headers
    assert db.session.scalar(select(func.count()).select_from(ActivityRecord)) == 1


def test_a_key_with_another_body_is_refused_and_another_callers_key_is_their_own(as_, li, zhang, town, key):
    headers = key()
    as_(li).post("/api/v1/activity-records", json=deed(town), headers=headers)
    other = as_(li).post("/api/v1/activity-records", json=deed(town, description="x"), headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert as_(zhang).post("/api/v1/activity-records", json=deed(town), headers=headers).status_code == 201


@pytest.mark.parametrize("bad", [None, "", "x" * 129, "a b", "密"])
def test_a_key_is_needed_and_has_a_form(as_, li, town, bad):
    headers = {} if bad is None else {"Idempotency-Key": bad.encode().decode("latin-1")}
    reply = as_(li).post("/api/v1/activity-records", json=deed(town), headers=headers)
    assert (reply.status_code, reply.json["code"]) == (400, "idempotency_key_missing")


def test_a_final_refusal_is_kept_and_a_passing_one_is_not(as_, li, wang, town, key):
    headers = key()
    invalid = as_(li).post("/api/v1/activity-records", json=deed(town, started_at="2030-01-01T00:00:00Z"), headers=headers)
    again = as_(li).post("/api/v1/activity-records", json=deed(town, started_at="2030-01-01T00:00:00Z"), headers=headers)
    assert (invalid.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (422, 422, "true")
    assert again.data == invalid.data
    missing = key()
    for _ in range(2):
        reply = as_(wang).post(f"/api/v1/activity-records/{uuid.uuid4()}/approve", json={}, headers=missing)
        assert (reply.status_code, "Idempotency-Replayed" in reply.headers) == (404, False)


def test_a_key_lasts_forty_eight_hours(as_, li, town, key, clock):
    headers = key()
    as_(li).post("/api/v1/activity-records", json=deed(town), headers=headers)
    clock.now += timedelta(hours=48)
    reply = as_(li).post("/api/v1/activity-records", json=deed(town), headers=headers)
    assert (reply.status_code, "Idempotency-Replayed" in reply.headers) == (201, False)
    assert db.session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1


def test_an_edit_needs_the_version_it_edits_and_what_came_can_be_sent_back(as_, wang, town):
    client = as_(wang)
    made = client.post("/api/v1/events", json={**EVENT, "area_id": str(town.grid_a.id)})
    assert made.status_code == 201, made.json
    url, tag = f"/api/v1/events/{made.json['id']}", client.get(f"/api/v1/events/{made.json['id']}").headers["ETag"]
    assert client.put(url, json={"title": "x"}).json["code"] == "precondition_required"
    edited = client.put(url, json={**client.get(url).json, "title": "大扫除"}, headers={"If-Match": tag})
    assert (edited.status_code, edited.json["title"]) == (200, "大扫除"), edited.json
    stale = client.put(url, json={"title": "x"}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json["code"]) == (412, "stale_version")
    assert client.put(url, json={"points": 5}, headers={"If-Match": edited.headers["ETag"]}).status_code == 422
    assert client.get(url, headers={"If-None-Match": edited.headers["ETag"]}).status_code == 304
    other = client.get(url, headers={"If-Match": '"x"'})
    assert (other.status_code, other.json["code"], other.mimetype) == (412, "stale_version", "application/problem+json")
    assert client.get(url, headers={"If-Match": edited.headers["ETag"]}).status_code == 200


def test_a_list_comes_in_pages_that_new_rows_do_not_shift(as_, wang, town):
    client = as_(wang)
    for number in range(5):
        client.post("/api/v1/events", json={**EVENT, "title": f"第{number}次", "area_id": str(town.grid_a.id)})
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/events?limit=2{cursor and '&cursor=' + cursor}").json
        seen += [item["title"] for item in page["items"]]
        cursor = page["next_cursor"]
        client.post("/api/v1/events", json={**EVENT, "title": "later", "starts_at": "2026-05-06T12:30:00+08:00", "area_id": str(town.grid_a.id)})
    assert sorted(title for title in seen if title != "later") == [f"第{n}次" for n in range(5)]


def test_what_an_answer_shows_has_its_own_tag(as_, wang, li, town):
    client = as_(wang)
    made = client.post("/api/v1/events", json={**EVENT, "area_id": str(town.grid_a.id)}).json
    url = f"/api/v1/events/{made['id']}"
    client.post(f"{url}/publish")
    tag = client.get(url).headers["ETag"]
    assert as_(li).post(f"{url}/sign-ups").status_code == 201
    seen = client.get(url, headers={"If-None-Match": tag})
    assert (seen.status_code, seen.json["places_taken"]) == (200, 1)
    assert client.put(url, json={"title": "大扫除"}, headers={"If-Match": tag}).status_code == 200  # nobody edited it meanwhile


@pytest.mark.parametrize("tag", ['"', "W/", ",", '"999"', "", "🙂".encode().decode("latin-1")])
def test_a_tag_that_is_none_is_stale_or_missing(as_, wang, town, tag):
    made = as_(wang).post("/api/v1/events", json={**EVENT, "area_id": str(town.grid_a.id)}).json
    reply = as_(wang).put(f"/api/v1/events/{made['id']}", json={"title": "x"}, headers={"If-Match": tag})
    assert reply.json["code"] in ("stale_version", "precondition_required")


@pytest.mark.parametrize("changes", [{"place": None}, {"starts_at": "2026-05-06T12:00:00.123456+08:00"}])
def test_an_event_can_be_sent_back_as_it_came(as_, wang, li, town, settings, clock, key, changes):
    client = as_(wang)
    made = client.post("/api/v1/events", json={**EVENT, "area_id": str(town.grid_a.id), **changes}).json
    url = f"/api/v1/events/{made['id']}"
    client.post(f"{url}/publish")
    clock.now += timedelta(minutes=1)
    scanned = client.post("/api/v1/check-ins", headers=key(), json={
        "event_id": made["id"], "direction": "in", "resident_token": as_(li).get("/api/v1/me/code").json["token"]})
    assert scanned.status_code == 201, scanned.json
    shown = client.get(url)
    again = client.put(url, json=shown.json, headers={"If-Match": shown.headers["ETag"]})
    assert again.status_code == 200, again.json
    assert {name: again.json[name] for name in ("place", "starts_at", "title")} == {
        name: shown.json[name] for name in ("place", "starts_at", "title")}


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=-1", "limit=１０", "limit=1_0", "limit=1&limit=2", "sort=id",
                                   "cursor=AAAA", "area_id=7", "from=yesterday", "status=open"])
def test_a_query_that_means_nothing_is_refused(as_, li, town, query):
    reply = as_(li).get(f"/api/v1/events?{query}")
    assert (reply.status_code, reply.json["code"]) == (422, "validation_failed"), query


@pytest.mark.parametrize(("body", "content_type", "status"), [
    ("[" * 30_000, "application/json", 400), ("[" * 40 + "]" * 40, "application/json", 400), ('{"title": NaN}', "application/json", 400),
    ('{"a": 1, "a": 2}', "application/json", 400), ('{"points": ' + "9" * 5000 + "}", "application/json", 400),
    ("{", "application/json", 400), ("[]", "application/json", 422), ("7", "application/json", 422), ("null", "application/json", 422),
    ('{"title": "a"}', "text/plain", 415), ('{"title": "a"}', "application/json; charset=utf-16", 415),
    ('{"\\ud800": 1}', "application/json", 400), ('{"title": "\\ud800"}', "application/json", 422),
    ('{"title": "\\u0000"}', "application/json", 422), ("x" * 70_000, "application/json", 413),
    ('{"title": "\ufeff"}', "application/json", 422), ("\x00", "application/json", 400)])
def test_hostile_bodies_are_refused_and_change_nothing(as_, wang, town, body, content_type, status):
    reply = as_(wang).post("/api/v1/events", data=body.encode(), content_type=content_type)
    assert (reply.status_code, reply.mimetype) == (status, "application/problem+json"), reply.data[:300]
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("size", "status"), [(65_536, 422), (65_537, 413)])
def test_a_body_is_at_most_64_kib_long_with_its_length_named_or_in_chunks(as_, wang, chunked, size, status):
    body = '{"title": "' + "x" * (size - 13) + '"}'
    named = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True} if chunked else {}
    reply = as_(wang).post("/api/v1/events", data=body, content_type="application/json", environ_overrides=named)
    assert (reply.status_code, len(body)) == (status, size)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_picture_of_a_form_is_at_most_5_mib(as_, li, settings, chunked):
    named = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True} if chunked else {}
    form = {"file": (io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(settings.max_evidence_bytes + 70_000)), "a.png")}
    reply = as_(li).post("/api/v1/evidence", data=form, environ_overrides=named)
    assert (reply.status_code, reply.json["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize("changes", [
    {"capacity": True}, {"capacity": "30"}, {"capacity": 2.5}, {"capacity": 0}, {"capacity": 10**30}, {"points_per_hour": -1},
    {"starts_at": "2026-05-06"}, {"starts_at": "2026-05-06T12:00:00"}, {"starts_at": "9999-12-31T23:59:59-14:00"},
    {"ends_at": "2026-05-06T11:00:00+08:00"}, {"title": ""}, {"title": "好" * 81}, {"title": "a\u200bb"}, {"area_id": "x"},
    {"place": {"name": "x", "latitude": 91, "longitude": 0}}, {"place": {"name": "x", "radius_m": 100}}, {"status": "published"},
    {"check_in_mode": "none"}, {"check_out_required": "yes"}])
def test_a_value_outside_what_is_allowed_is_named(as_, wang, town, changes):
    reply = as_(wang).post("/api/v1/events", json={**EVENT, "area_id": str(town.grid_a.id), **changes})
    assert (reply.status_code, reply.json["code"]) == (422, "validation_failed"), changes
    assert any(path.startswith(next(iter(changes))) for path in reply.json["errors"])


def test_only_refused_scans_are_listed_and_asking_for_others_is_refused(as_, wang, town):
    made = as_(wang).post("/api/v1/events", json={**EVENT, "area_id": str(town.grid_a.id)}).json
    answers = {query: as_(wang).get(f"/api/v1/events/{made['id']}/scans{query}").status_code
               for query in ("", "?refused=true", "?refused=false", "?refused=1", "?refused=")}
    assert answers == {"": 200, "?refused=true": 200, "?refused=false": 422, "?refused=1": 422, "?refused=": 422}


def test_five_point_zero_is_a_whole_number(as_, wang, town):
    body = json.dumps({**EVENT, "area_id": str(town.grid_a.id)}).replace('"capacity": 30', '"capacity": 30.0')
    assert as_(wang).post("/api/v1/events", data=body, content_type="application/json").json["capacity"] == 30


@pytest.mark.parametrize(("method", "path", "status"), [
    ("get", "/api/v1/nowhere", 404), ("delete", "/api/v1/events", 405), ("get", "/api/v1/events/not-an-id", 404),
    ("get", "/api/v1//events", 404), ("post", "/healthz", 405)])
def test_what_is_not_there_is_a_problem_too(as_, li, method, path, status):
    reply = getattr(as_(li), method)(path)
    assert (reply.status_code, reply.mimetype) == (status, "application/problem+json")


def test_alive_ready_and_measured(app):
    client = app.test_client()
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    assert b"linli_requests_total" in client.get("/metrics").data


def test_a_batch_answers_each_item_and_one_bad_item_fails_no_other(as_, li, wang, town, fund, key):
    made = [as_(li).post("/api/v1/activity-records", json=deed(town), headers=key()).json["id"] for _ in range(2)]
    reply = as_(wang).post("/api/v1/activity-records/decisions", headers=key(), json={"items": [
        {"id": made[0], "decision": "approve"}, {"id": str(uuid.uuid4()), "decision": "approve"},
        {"id": made[1], "decision": "reject", "reason": "没有看到"}]})
    assert [item["status"] for item in reply.json["items"]] == [200, 404, 200]
    assert reply.json["items"][1]["problem"]["code"] == "not_found"
    assert as_(li).get(f"/api/v1/activity-records/{made[1]}").json["status"] == "rejected"


def test_the_clock_of_the_tests_is_the_requests(as_, li, clock):
    assert clock.now == NOON
    assert as_(li).get("/api/v1/me/code").json["expires_at"] == "2026-05-06T04:00:30Z"


def test_an_answer_committed_by_another_in_between_stops_this_one(as_, li, town, key, monkeypatch):
    """The look-up may miss an answer that is committed at that very moment: the unique key is the net."""
    from api.edge import idempotency
    headers = key()
    client = as_(li)
    client.post("/api/v1/activity-records", json=deed(town), headers=headers)

    def looks_too_early():
        taken = idempotency._fingerprint()
        idempotency.g.key, idempotency.g.fingerprint = headers["Idempotency-Key"], taken
    monkeypatch.setattr(idempotency, "claim", looks_too_early)
    second = client.post("/api/v1/activity-records", json=deed(town), headers=headers)
    assert (second.status_code, second.json["code"]) == (409, "request_in_progress")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(ActivityRecord)) == 1


def test_a_refusal_gives_way_to_the_answer_that_the_same_key_got_meanwhile(as_, li, town, key, monkeypatch):
    from api.edge import idempotency
    monkeypatch.setattr(idempotency, "keep", lambda answer: False)
    reply = as_(li).post("/api/v1/activity-records", json=deed(town) | {"started_at": "2020-01-01T00:00:00Z"}, headers=key())
    assert (reply.status_code, reply.json["code"]) == (409, "request_in_progress")


@pytest.mark.parametrize("password", ["\\ud800", "a\\u0000b"])
def test_a_password_that_no_text_can_hold_is_refused(app, password):
    body = f'{{"username": "x", "password": "{password}"}}'
    reply = app.test_client().post("/api/v1/auth/password", data=body, content_type="application/json")
    assert (reply.status_code, reply.json["code"]) == (422, "validation_failed")


def test_an_id_of_nothing_in_a_filter_is_not_found_in_every_list(app, as_, zhao, lin, sun):
    """Every query parameter that is an id, as the OpenAPI document has them, so that a new list keeps to it too."""
    paths, asked = app.test_client().get("/api/v1/openapi.json").json["paths"], 0
    for path, operations in paths.items():
        for parameter in operations.get("get", {}).get("parameters", ()):
            if parameter["in"] != "query" or parameter["schema"].get("format") != "uuid":
                continue
            by = lin if "redemptions" in path else sun if path.endswith("/audit") else zhao
            others = {one["name"]: one["schema"]["enum"][0] for one in operations["get"]["parameters"]
                      if one.get("required") and "enum" in one["schema"]}
            reply = as_(by).get(path, query_string=others | {parameter["name"]: str(uuid.uuid4())})
            assert reply.status_code == 404, (path, parameter["name"])
            assert reply.json["code"] == "not_found"
            asked += 1
    assert asked >= 15
