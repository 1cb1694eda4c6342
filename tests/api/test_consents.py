from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from models import Consent, Direction, db
from services import events
from services.people import consents
from services.scans import presence
from tests.conftest import NOON

HERE = {"latitude": 29.56, "longitude": 106.57}


def given(client):
    return {each["purpose"]: each["given"] for each in client.get("/api/v1/me/consents").json["items"]}


def put(client, purpose, **body):
    path = f"/api/v1/me/consents/{purpose}"
    return client.put(path, json=body, headers={"If-Match": client.get(path).headers["ETag"]})


def test_each_purpose_is_answered_by_itself_and_taken_back_as_easily(as_, li, zhang):
    client = as_(li)
    assert given(client) == {"location": None, "wechat_messages": None, "phone_number": None}
    assert put(client, "location", given=True).json["given"] is True
    assert put(client, "wechat_messages", given=False).json["given"] is False
    assert given(client) == {"location": True, "wechat_messages": False, "phone_number": None}
    assert given(as_(zhang))["location"] is None

    assert put(client, "location", given=False).json["withdrawn_at"] is not None
    assert put(client, "location", given=True).json["given"] is True
    kept = db.session.query(Consent).filter_by(person_id=li.id, purpose="location").order_by(Consent.id).all()
    assert [(row.given_at is not None, row.withdrawn_at is not None) for row in kept] == [(True, True), (True, False)]


def test_what_is_no_purpose_or_no_answer_is_refused_and_nothing_is_kept(as_, li):
    client = as_(li)
    assert client.get("/api/v1/me/consents/marketing").status_code == 404
    assert client.put("/api/v1/me/consents/location", json={"given": True}).json["code"] == "precondition_required"
    assert put(client, "location", given="perhaps").status_code == 422
    assert db.session.query(Consent).count() == 0


def test_a_new_text_asks_again(as_, li, monkeypatch):
    client = as_(li)
    put(client, "location", given=True)
    monkeypatch.setattr(consents, "TEXT_VERSION", "2099-01")
    assert given(client)["location"] is None
    assert put(client, "location", given=True).json["text_version"] == "2099-01"


@pytest.mark.parametrize("change", ["DELETE FROM consents", "UPDATE consents SET text_version = 'x'",
                                    "UPDATE consents SET withdrawn_at = NULL"])
def test_the_database_keeps_what_was_answered(as_, li, change):
    put(as_(li), "location", given=False)
    with pytest.raises(DatabaseError):
        db.session.execute(text(change))
    db.session.rollback()


@pytest.fixture
def cleanup(town, wang):
    made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="x", starts_at=NOON, ends_at=NOON + timedelta(hours=2),
                       check_in_mode="both", check_out_required=True, points_per_hour=60, points_max=400, missing_check_out="review",
                       place={"name": "x", **HERE, "radius_m": 300})
    events.step(made, "publish", by=wang, now=NOON)
    db.session.commit()
    return made


def test_a_place_that_may_not_be_looked_at_is_dropped_and_staff_can_scan_instead(cleanup, as_, li, wang, settings, key):
    client = as_(li)
    put(client, "location", given=False)
    token = presence.show_event(cleanup, Direction.IN, settings=settings, now=NOON).token
    refused = client.post("/api/v1/check-ins", json={"token": token, "location": HERE}, headers=key())
    assert refused.json["code"] == "location_required"

    put(client, "location", given=True)
    assert client.post("/api/v1/check-ins", json={"token": token, "location": HERE}, headers=key()).status_code == 201
