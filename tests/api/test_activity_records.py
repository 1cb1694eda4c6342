"""What the page of one record is told beyond the lists: its scans, and who decided."""
import io
from datetime import timedelta
from uuid import UUID

import pytest
from PIL import Image

from models import Direction, db
from services import check_ins, events
from services.records import approvals, records
from services.scans import presence
from tests.conftest import NOON

HERE = {"latitude": 29.5561, "longitude": 106.5561, "accuracy_m": 20}


@pytest.fixture
def scanned(town, wang, li, settings, fund):
    """Li was at the clean-up for an hour."""
    place = {"name": "x", "latitude": 29.5560, "longitude": 106.5560, "radius_m": 300}
    made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="environment", starts_at=NOON,
                       ends_at=NOON + timedelta(hours=2), check_in_mode="both", check_out_required=True, points_per_hour=10,
                       points_max=40, missing_check_out="review", place=place)
    events.step(made, "publish", by=wang, now=NOON)
    for direction, at in ((Direction.IN, NOON), (Direction.OUT, NOON + timedelta(hours=1))):
        token = presence.show_event(made, direction, settings=settings, now=at).token
        done = check_ins.check_in(token=token, by=li, settings=settings, now=at, location=HERE)
    db.session.commit()
    return done.activity_record_id


def read(client, record_id):
    return client.get(f"/api/v1/activity-records/{record_id}").json


def test_a_record_names_its_scans_and_how_far_they_were(as_, wang, scanned):
    record = read(as_(wang), scanned)
    assert [(scan["direction"], scan["distance_band"]) for scan in record["check_ins"]] == [("in", "0-50 m"), ("out", "0-50 m")]


def test_staff_read_who_decided_and_the_resident_reads_as_what(as_, wang, zhao, sun, li, scanned):
    approvals.reject(scanned, by=zhao, now=NOON, reason="x")
    db.session.commit()
    signed = lambda person: [(step["by_role"], step["by_name"]) for step in read(as_(person), scanned)["history"]]  # noqa: E731
    assert signed(wang) == signed(sun) == [(None, None), ("area_admin", "赵主任")]
    assert signed(li) == [(None, None), ("area_admin", None)]


def test_a_step_keeps_the_role_it_was_done_in(as_, town, wang, li):
    record = records.declare(by=li, now=NOON, category="care", area_id=town.grid_a.id, description="x",
                             started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))
    approvals.approve(record.id, by=wang, now=NOON)
    wang.roles[0].ended_at = NOON + timedelta(minutes=1)
    db.session.commit()
    assert [step["by_role"] for step in read(as_(li), record.id)["history"]] == ["resident", "grid_worker"]


def test_the_queue_and_the_records_own_page_tell_the_same_of_steps_and_pictures(as_, town, wang, li, key):
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "PNG")
    picture = as_(li).post("/api/v1/evidence", data=drawn.getvalue(), content_type="image/png").json["id"]
    made = records.declare(by=li, now=NOON, category="care", area_id=town.grid_a.id, description="x", evidence_ids=[UUID(picture)],
                           started_at=NOON - timedelta(hours=2), ended_at=NOON - timedelta(hours=1))
    approvals.approve(made.id, by=wang, now=NOON, note="谢谢")
    db.session.commit()
    (queued,), (own,) = (as_(who).get(path).json["items"] for who, path in (
        (wang, f"/api/v1/activity-records?area_id={town.grid_a.id}"), (li, "/api/v1/me/activity-records")))
    alone = read(as_(wang), made.id)
    assert [step["by_id"] for step in queued["history"]] == [str(li.id), str(wang.id)]
    for step in alone["history"]:
        del step["by_role"], step["by_name"]
    assert queued == own == {name: value for name, value in alone.items() if name in queued}
    assert [shown["id"] for shown in queued["evidence"]] == [picture]
