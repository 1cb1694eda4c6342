"""Neighbours' reviews over HTTP: opened, handed in, closed; who is kept out, and what nobody is told."""
from datetime import timedelta

import pytest

from models import AuditRow, IdempotencyKey, db
from services import draws
from services.access import sign_in
from services.credit.reviews import drawing
from tests import review_rows
from tests.conftest import NOON, new_key
from tests.review_rows import FIRST, LAST, SEED, after, asking, seats, village

BODY = {"per_household": 5, "least_slips": 3, "opens_on": FIRST.isoformat(), "closes_on": LAST.isoformat()}
GOOD = {"review_good": "good", "review_word": "ordinary"}


@pytest.fixture
def homes(town, zhao):
    asking(town, zhao)
    return village(town.grid_a)


@pytest.fixture
def made(town, zhao, homes, settings):
    return review_rows.opened(town, zhao, settings)


def test_from_the_opening_to_what_a_household_reads(homes, town, zhao, as_, clock):
    files, lived = homes
    found = as_(zhao).post("/api/v1/review-rounds", json={"area_id": str(town.grid_a.id), **BODY}, headers=new_key()).json
    assert (found["households"], found["seats"], found["slips"], found["seed"], found["pool"]) == (8, 40, None, None, 16)
    reviewers = [sign_in.load(person.id, NOON) for home in lived for person in home]
    for person in reviewers:
        for seat in as_(person).get("/api/v1/me/reviews").json["items"]:
            assert seat["questions"][0] == {"code": "review_good", "asked_zh": "邻里相处怎么样？", "asked_en": "How do they get on?"}
            assert as_(person).post(f"/api/v1/reviews/{seat['id']}/slip", json={"answers": GOOD}).status_code == 204
    clock.now = after()
    closed = as_(zhao).post(f"/api/v1/review-rounds/{found['id']}/close", json={}).json
    assert closed["slips"] == 40 and closed["seed"] is not None and closed["seed_hash"] == found["seed_hash"]
    own = as_(lived[0][0]).get(f"/api/v1/credit-files/{files[0].id}/reviews").json["items"][0]
    assert (own["slips"], own["seats"]) == (5, 5)
    assert [(row["code"], row["outcome"], row["entry_id"] is None) for row in own["results"]] == [
        ("review_good", "good", False), ("review_word", "ordinary", True)]
    entry = as_(lived[0][0]).get(f"/api/v1/credit-files/{files[0].id}/entries").json["items"][0]
    assert (entry["id"], entry["source"], entry["happened_on"]) == (own["results"][0]["entry_id"], "review", LAST.isoformat())
    for who in (zhao, lived[1][0]):
        assert as_(who).get(f"/api/v1/credit-files/{files[0].id}/reviews").status_code in (403, 404)
    told = [row["topic"] for row in as_(lived[0][0]).get("/api/v1/me/messages").json["items"]]
    assert {"review_asked", "review_closed"} <= set(told)


def test_whoever_has_the_seed_and_the_ids_draws_the_same_again(made, homes, zhao, as_, clock):
    files, lived = homes
    neighbour = as_(lived[2][0])
    path = f"/api/v1/review-rounds/{made.id}/draw"
    assert neighbour.get(path).json["items"] == []  # it is going on: nobody is to find out whom to lean on
    clock.now = after()
    assert as_(zhao).post(f"/api/v1/review-rounds/{made.id}/close", json={}).status_code == 200
    near = {file.id: {person.id for person in home} for file, home in zip(files, lived, strict=True)}
    again = drawing.draw(near, [person.id for home in lived for person in home], per_household=5, least=3, seed=SEED)
    found = as_(lived[2][0]).get(path).json["items"]
    assert [(row["lot"], row["reviewers"]) for row in found] == [
        (draws.lot(SEED, each.file_id), [lot for _, lot in each.reviewers]) for each in again]
    names = [person.display_name for home in lived for person in home]
    assert not any(name in str(found) for name in names)


def test_handing_in_leaves_no_trace_beside_the_person(made, as_):
    seat = seats(made)[0]
    kept, logged = db.session.query(IdempotencyKey).count(), db.session.query(AuditRow).count()
    client = as_(sign_in.load(seat.person_id, NOON))
    assert client.post(f"/api/v1/reviews/{seat.id}/slip", json={"answers": GOOD}, headers=new_key()).status_code == 204
    assert (db.session.query(IdempotencyKey).count(), db.session.query(AuditRow).count()) == (kept, logged)


def test_no_admin_reads_more_than_who_is_well_spoken_of(made, homes, zhao, sun, as_, clock):
    files, _ = homes
    for file, answer in ((files[0], "good"), (files[1], "poor")):
        for seat in seats(made, file):
            review_rows.hand_in(seat, answer)
    clock.now = after()
    assert as_(zhao).post(f"/api/v1/review-rounds/{made.id}/close", json={}).status_code == 200
    for who in (zhao, sun):
        rows = as_(who).get(f"/api/v1/review-rounds/{made.id}/households").json["items"]
        assert set(rows[0]) == {"place", "file_id", "household_name", "seats", "good"}
        assert {row["file_id"]: row["good"] for row in rows} == {str(file.id): [] for file in files} | {
            str(files[0].id): ["review_good", "review_word"]}


def test_what_was_called_off_says_why_to_everybody_who_lives_there(made, homes, zhao, as_):
    files, lived = homes
    assert as_(lived[2][0]).post(f"/api/v1/review-rounds/{made.id}/call-off", json={"reason": "x"}).status_code == 403
    for _ in range(2):
        found = as_(zhao).post(f"/api/v1/review-rounds/{made.id}/call-off", json={"reason": "范围选错了。"})
        assert (found.status_code, found.json["called_off_reason"], found.json["seed"]) == (200, "范围选错了。", SEED)
    neighbour = as_(lived[2][0])
    assert neighbour.get("/api/v1/review-rounds").json["items"][0]["called_off_reason"] == "范围选错了。"
    own = neighbour.get(f"/api/v1/credit-files/{files[2].id}/reviews").json["items"][0]
    assert (own["called_off_reason"], own["slips"], own["results"]) == ("范围选错了。", None, [])
    told = [row for row in neighbour.get("/api/v1/me/messages").json["items"] if row["topic"] == "review_called_off"]
    assert len(told) == 1 and "范围选错了。" in told[0]["text"]


@pytest.mark.parametrize("reason", ["\u200b\u200b\u200b", " \u2060\ufeff ", "\u3164", "\u200d", "\x07"])
def test_a_reason_that_nobody_can_see_is_none(made, zhao, as_, reason):
    reply = as_(zhao).post(f"/api/v1/review-rounds/{made.id}/call-off", json={"reason": reason})
    assert (reply.status_code, list(reply.json["errors"])) == (422, ["reason"])
    assert as_(zhao).get(f"/api/v1/review-rounds/{made.id}").json["called_off_reason"] is None


@pytest.mark.parametrize("reason", ["👨\u200d👩\u200d👧", "❤\ufe0f", "\U0001faf8", "错\u200b了"])
def test_what_can_be_seen_is_kept_as_it_came(made, zhao, as_, reason):
    assert as_(zhao).post(f"/api/v1/review-rounds/{made.id}/call-off", json={"reason": reason}).json["called_off_reason"] == reason


def test_of_elsewhere_nobody_sees_a_round(made, zhou, as_, town, live):
    for who in (zhou, live("远客", town.grid_c)):
        client = as_(who)
        assert client.get(f"/api/v1/review-rounds/{made.id}").status_code == 404
        assert client.get(f"/api/v1/review-rounds/{made.id}/draw").status_code == 404
        assert client.get(f"/api/v1/review-rounds?area_id={town.grid_a.id}").status_code == 404
        assert client.get("/api/v1/review-rounds").json["items"] == []


@pytest.mark.parametrize("answers", [{"review_good": "splendid"}, {"another": "good"}, None])
def test_answers_are_of_the_scale_and_to_what_is_asked(made, as_, answers):
    seat = seats(made)[0]
    reply = as_(sign_in.load(seat.person_id, NOON)).post(f"/api/v1/reviews/{seat.id}/slip", json={"answers": answers} if answers else {})
    assert (reply.status_code, reply.json["code"]) == (422, "validation_failed")


def test_the_day_before_its_last_ends_it_is_not_closed(made, zhao, as_, clock):
    clock.now = NOON + timedelta(days=14)
    reply = as_(zhao).post(f"/api/v1/review-rounds/{made.id}/close", json={})
    assert (reply.status_code, reply.json["code"], reply.json["closes_on"]) == (409, "round_not_over", LAST.isoformat())
