"""What the mini program's screens ask for beside the main job, and how its files are served."""
import gzip
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api import create_app, mini_program
from commands import town
from models import Household, db
from tests.conftest import NOON


@pytest.fixture
def event(as_, wang, town):
    client = as_(wang)
    made = client.post("/api/v1/events", json={
        "title": "x", "category": "x", "area_id": str(town.grid_a.id), "starts_at": "2026-05-06T03:30:00Z", "ends_at": "2026-05-06T05:00:00Z",
        "place": {"name": "x"}, "check_in_mode": "both"}).json
    client.post(f"/api/v1/events/{made['id']}/publish")
    return made["id"]


@pytest.fixture
def came(as_, wang, li, event, key):
    """Li has come to the event."""
    token = as_(wang).get(f"/api/v1/events/{event}/code").json["token"]
    assert as_(li).post("/api/v1/check-ins", json={"token": token}, headers=key()).status_code == 201


def test_the_door_sees_who_signed_up_and_who_is_there(as_, wang, li, zhang, event, came, clock, key):
    as_(zhang).post(f"/api/v1/events/{event}/sign-ups")
    clock.now += timedelta(minutes=40)
    token = as_(wang).get(f"/api/v1/events/{event}/code?direction=out").json["token"]
    as_(li).post("/api/v1/check-ins", json={"token": token}, headers=key())
    found = {row["display_name"]: row for row in as_(wang).get(f"/api/v1/events/{event}/sign-ups").json["items"]}
    assert (found["李娜"]["checked_in_at"], found["李娜"]["checked_out_at"]) == ("2026-05-06T04:00:00Z", "2026-05-06T04:40:00Z")
    assert (found["张伟"]["status"], found["张伟"]["checked_in_at"]) == ("confirmed", None)


def test_an_annulled_check_in_is_nobodys_presence(as_, wang, li, event, key):
    token = as_(wang).get(f"/api/v1/events/{event}/code").json["token"]
    made = as_(li).post("/api/v1/check-ins", json={"token": token}, headers=key()).json
    as_(li).post(f"/api/v1/check-ins/{made['id']}/annul", json={"reason": "x"})
    assert as_(li).get(f"/api/v1/events/{event}").json["checked_in_at"] is None


def test_who_signed_up_is_not_the_neighbours_business(as_, li, zhou, event):
    assert as_(zhou).get(f"/api/v1/events/{event}/sign-ups").status_code == 404
    assert as_(li).get(f"/api/v1/events/{event}/sign-ups").status_code == 403


def test_an_event_tells_each_caller_when_they_themself_came(as_, li, zhang, event, came):
    assert as_(li).get(f"/api/v1/events/{event}").json["checked_in_at"] == "2026-05-06T04:00:00Z"
    assert as_(zhang).get("/api/v1/events").json["items"][0]["checked_in_at"] is None


def test_what_an_event_answers_can_be_sent_back(as_, wang, event):
    given = as_(wang).get(f"/api/v1/events/{event}")
    assert as_(wang).put(f"/api/v1/events/{event}", json=given.json, headers={"If-Match": given.headers["ETag"]}).status_code == 200


def test_the_queue_names_the_residents(as_, wang, li, key):
    as_(li).post("/api/v1/activity-records", headers=key(), json={
        "category": "care", "area_id": str(li.home_area_id), "description": "x",
        "started_at": "2026-05-06T01:00:00Z", "ended_at": "2026-05-06T03:00:00Z"})
    assert as_(wang).get("/api/v1/activity-records?status=pending").json["items"][0]["resident_name"] == "李娜"


def test_a_household_is_found_by_its_very_door_in_ones_own_grid(as_, li, town):
    for area, name in ((town.grid_a, "1-101 室"), (town.grid_b, "3-101 室")):
        db.session.add(Household(area_id=area.id, name=name, created_at=NOON))
    db.session.commit()
    found = [[row["name"] for row in as_(li).get("/api/v1/me/households", query_string={"q": q}).json["items"]]
             for q in ("1-101 室", "1-101", "3-101 室")]
    assert found == [["1-101 室"], [], []]
    assert as_(li).get("/api/v1/me").json["household_name"] == "李家"


@pytest.fixture
def built(tmp_path, monkeypatch):
    (tmp_path / "gen" / "packed" / "gen").mkdir(parents=True)
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "gen" / "app.js").write_text("plain")
    (tmp_path / "gen" / "packed" / "gen" / "app.js.gz").write_bytes(gzip.compress(b"packed"))
    (tmp_path / "gen" / "packed" / "gen" / "app.js.br").write_bytes(b"smaller")
    (tmp_path / "package.json").write_text("{}")
    monkeypatch.setattr(mini_program, "PLACE", tmp_path)


def test_the_app_is_served_compressed_to_who_takes_it(built, app):
    client = app.test_client()
    packed = client.get("/app/gen/app.js", headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], gzip.decompress(packed.data), packed.mimetype) == ("gzip", b"packed", "text/javascript")
    smallest = client.get("/app/gen/app.js", headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert (smallest.headers["Content-Encoding"], smallest.data) == ("br", b"smaller")
    plain = client.get("/app/gen/app.js", headers={"Accept-Encoding": "gzip;q=0, br;q=0"})
    assert ("Content-Encoding" in plain.headers, plain.data) == (False, b"plain")
    again = client.get("/app/gen/app.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304


def test_the_app_lies_under_the_strict_policy(built, app):
    policy = app.test_client().get("/app/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


@pytest.mark.parametrize("name", ["package.json", "../app.js", "%2e%2e/%2e%2e/config.py", "gen", "nothing.js", "gen/packed/gen/app.js.gz"])
def test_nothing_but_the_apps_own_files_is_served(built, app, name):
    assert app.test_client().get(f"/app/{name}").status_code == 404


def test_outside_the_demo_the_door_opens_the_app(built, app):
    gone = app.test_client().get("/")
    assert (gone.status_code, gone.headers["Location"]) == (302, "app/")


@pytest.fixture
def demo(settings):
    from dataclasses import replace
    return create_app(replace(settings, demo=True)).test_client()


def test_the_demo_has_a_door_for_each_of_its_people_where_the_event_is(built, demo):
    doors = demo.get("/").text
    phones, desks = set(re.findall(r"as=([a-z-]+)&", doors)) - {"new-"}, set(re.findall(rf"<code>([a-z-]+) · {town.PASSWORD}", doors))
    assert phones | desks == {login.name for login in town.LOGINS}
    assert phones & desks == set()
    latitude, longitude = map(float, re.search(r"at=([\d.]+),([\d.]+)", doors).groups())
    assert abs(latitude - town.PLACE[0]) < 0.001 and abs(longitude - town.PLACE[1]) < 0.001
    assert demo.get("/app/").headers["Location"] == "/"


def test_without_a_build_the_door_says_what_is_missing(app, monkeypatch, tmp_path):
    monkeypatch.setattr(mini_program, "PLACE", Path(tmp_path))
    answer = app.test_client().get("/")
    assert answer.status_code == 503 and "make app" in answer.text and "Node.js" in answer.text


def test_li_types_the_digits_under_the_code_and_only_one_way_is_taken(as_, wang, li, town, event, key):
    digits = as_(wang).get(f"/api/v1/events/{event}/code").json["short_code"]
    phone = as_(li)
    both = phone.post("/api/v1/check-ins", json={"token": "x", "event_id": event, "short_code": digits}, headers=key())
    assert both.status_code == 422
    assert set(both.json["errors"]) == {"event_id", "short_code"}
    assert phone.post("/api/v1/check-ins", json={"short_code": digits}, headers=key()).json["errors"].keys() == {"event_id"}
    made = phone.post("/api/v1/check-ins", json={"event_id": event, "short_code": digits}, headers=key())
    assert (made.status_code, made.json["direction"]) == (201, "in")


def test_ten_wrong_short_codes_are_the_last(settings, clock, as_, wang, li, event, key):
    right = as_(wang).get(f"/api/v1/events/{event}/code").json["short_code"]
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    strict = create_app(replace(settings, rate_limits=True), clock=clock).test_client()
    token = as_(li).environ_base["HTTP_AUTHORIZATION"]

    def typed(digits):
        return strict.post("/api/v1/check-ins", json={"event_id": event, "short_code": digits}, headers={**key(), "Authorization": token})
    assert [typed(wrong).json["code"] for _ in range(11)] == ["token_invalid"] * 10 + ["rate_limited"]
    assert typed(right).json["code"] == "rate_limited"


def test_a_refused_scan_is_shown_with_the_name_of_whose_code_it_was(as_, wang, li, event, came, key):
    token = as_(li).get("/api/v1/me/code").json["token"]
    scan = {"event_id": event, "resident_token": token, "direction": "in"}
    assert as_(wang).post("/api/v1/check-ins", json=scan, headers=key()).json["code"] == "already_checked_in"
    [refused] = as_(wang).get(f"/api/v1/events/{event}/scans?refused=true").json["items"]
    assert (refused["code"], refused["display_name"]) == ("already_checked_in", "李娜")
