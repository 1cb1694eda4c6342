"""Scans kept while the device was off line: each is answered on its own, and once."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import CheckIn, RefusedScan, db
from services import events
from services.people import residents
from services.scans import presence
from tests.conftest import NOON


@pytest.fixture
def cleanup(town, wang):
    event = events.plan(by=wang, now=NOON - timedelta(days=1), area_id=town.grid_a.id, title="清扫", category="environment",
                        starts_at=NOON - timedelta(hours=3), ends_at=NOON - timedelta(hours=1), check_in_mode="both",
                        check_out_required=True, points_per_hour=10, points_max=40, missing_check_out="review")
    events.step(event, "publish", by=wang, now=NOON - timedelta(days=1))
    db.session.commit()
    return event


@pytest.fixture
def kept(cleanup, wang, settings):
    """A scan of somebody's code, kept since some minutes after the event began."""
    def scan(person, minutes=5, key="1", direction="in", token=None):
        at = cleanup.starts_at + timedelta(minutes=minutes)
        return {"key": key, "scanned_at": at.isoformat(), "event_id": str(cleanup.id), "direction": direction,
                "resident_token": token or presence.show_person(person, settings=settings, now=at).token}
    return scan


@pytest.fixture
def send(as_, wang):
    client = as_(wang)

    def items(*scans):
        answer = client.post("/api/v1/check-ins/batch", json={"items": list(scans)})
        assert answer.status_code == 200, answer.json
        return answer.json["items"]
    return items


def check_ins_made():
    return db.session.scalar(select(func.count()).select_from(CheckIn))


def test_kept_scans_count_from_when_they_happened(kept, send, li):
    came, left = send(kept(li), kept(li, minutes=65, key="2", direction="out"))
    assert (came["status"], left["status"]) == (201, 201)
    assert came["check_in"]["at"] == "2026-05-06T01:05:00Z" and came["check_in"]["received_at"] == "2026-05-06T04:00:00Z"
    assert left["check_in"]["activity_record_id"]


def test_a_batch_sent_again_answers_as_the_first_time(kept, send, li, zhang):
    scans = [kept(li), kept(zhang, key="2")]
    assert send(*scans) == send(*scans)
    assert check_ins_made() == 2


def test_one_key_for_two_scans_is_told_and_the_second_is_not_made(kept, send, li, zhang):
    send(kept(li))
    answer, = send(kept(zhang))
    assert (answer["status"], answer["problem"]["code"]) == (422, "scan_key_reused")
    assert check_ins_made() == 1


def test_one_bad_scan_fails_no_other_and_is_kept(kept, send, li, zhang):
    answers = send(kept(li, token="nonsense"), kept(zhang, key="2"), kept(zhang, minutes=6, key="3"))
    assert [answer["status"] for answer in answers] == [422, 201, 409]
    assert [answer["problem"]["code"] for answer in answers if "problem" in answer] == ["token_invalid", "already_checked_in"]
    assert sorted(db.session.scalars(select(RefusedScan.code))) == ["already_checked_in", "token_invalid"]


def test_what_a_constraint_stops_fails_no_other(kept, send, li, zhang, monkeypatch):
    from services.records import records
    from services.scans import scan_batches
    send(kept(li), kept(li, minutes=65, key="2", direction="out"))
    monkeypatch.setattr(scan_batches.check_ins, "_make_activity_record", lambda scan, entered, made: records._insert(
        scan.event, li.id, scan.at, scan.at, 0, "A", [], scan.received_at))  # a rule that forgot that there is a record
    answers = send(kept(zhang, key="3"), kept(zhang, minutes=65, key="4", direction="out"), kept(li, token="nonsense", key="5"))
    assert [answer["status"] for answer in answers] == [201, 409, 422]
    assert check_ins_made() == 3


@pytest.mark.parametrize(("age", "is_too_old"), [(timedelta(days=7), False), (timedelta(days=7, seconds=1), True)])
def test_a_scan_is_looked_at_for_seven_days(kept, send, li, age, is_too_old):
    answer, = send(kept(li) | {"scanned_at": (NOON - age).isoformat()})
    assert ("scanned_at" in answer["problem"]["errors"]) == is_too_old


def test_a_card_is_scanned_off_line_too(kept, send, li, wang, settings):
    card = residents.card_token(residents.make_card(li.id, by=wang, now=NOON - timedelta(days=9)), settings)
    db.session.commit()
    answer, = send(kept(li, token=card))
    assert answer["status"] == 201 and answer["check_in"]["resident_id"] == str(li.id)
