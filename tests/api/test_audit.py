"""What staff do to a resident, and what they look at that can be spent or is private, stands in the audit log."""
import io
from datetime import timedelta

import pytest
from PIL import Image

from models import AuditRow, Direction, StaffLogin, db
from services import events, ledger
from services.coupons import exchanges, offers
from services.ledger import Cause
from services.points import funds
from services.scans import presence
from tests.conftest import NOON
from tests.test_statements import HOT, counted


@pytest.fixture
def clean_up(town, wang):
    made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="environment", starts_at=NOON,
                       ends_at=NOON + timedelta(hours=2), check_in_mode="both", check_out_required=True,
                       points_per_hour=600, points_max=400, missing_check_out="review")
    events.step(made, "publish", by=wang, now=NOON)
    db.session.commit()
    return made


@pytest.fixture
def scan(as_, wang, clean_up, li, settings, clock, key):
    def send(direction):
        token = presence.show_person(li, settings=settings, now=clock.now).token
        client, body = as_(wang), {"event_id": str(clean_up.id), "resident_token": token, "direction": direction}
        with counted() as seen:
            reply = client.post("/api/v1/check-ins", headers=key(), json=body)
        assert reply.status_code == 201, reply.json
        return reply.json, seen
    return send


@pytest.fixture
def logged(sun):
    """Who did what to which row, in Sun's community, since the last time one asked."""
    def since():
        db.session.expire_all()
        rows = db.session.query(AuditRow).order_by(AuditRow.id).all()
        new, seen[:] = rows[len(seen):], rows
        return [(row.action, row.by_id, str(row.target_id)) for row in new]
    seen = []
    since()
    return since


def test_scanning_a_resident_is_logged_by_one_statement_more_than_a_check_in_may_need(scan, wang, clock, logged):
    for direction, later in ((Direction.IN, 0), (Direction.OUT, 90)):
        clock.now = NOON + timedelta(minutes=later)
        logged()
        made, seen = scan(direction)
        assert logged() == [("check_in.scan", wang.id, made["id"])]
        assert len(seen) <= HOT["sqlite"] + 1, "\n".join(seen)


def test_a_batch_logs_each_scan_that_was_taken_and_none_twice(as_, wang, li, clean_up, settings, logged):
    token = presence.show_person(li, settings=settings, now=NOON).token
    item = {"scanned_at": NOON.isoformat(), "event_id": str(clean_up.id), "resident_token": token, "direction": "in"}
    logged()
    for _ in range(2):
        items = as_(wang).post("/api/v1/check-ins/batch", json={"items": [{**item, "key": "1"}, {**item, "key": "2"}]}).json["items"]
        assert [each["status"] for each in items] == [201, 409]
    assert logged() == [("check_in.scan", wang.id, items[0]["check_in"]["id"])]


def test_annulling_a_residents_check_in_is_logged_and_ones_own_is_not(scan, as_, wang, li, logged, clean_up, settings, key):
    made, _ = scan("in")
    logged()
    assert as_(wang).post(f"/api/v1/check-ins/{made['id']}/annul", json={"reason": "x"}).status_code == 200
    assert logged() == [("check_in.annul", wang.id, made["id"])]
    venue = presence.show_event(clean_up, Direction.IN, settings=settings, now=NOON).token
    own = as_(li).post("/api/v1/check-ins", json={"token": venue}, headers=key()).json
    assert as_(li).post(f"/api/v1/check-ins/{own['id']}/annul", json={"reason": "x"}).status_code == 200
    assert logged() == []


DEED = {"category": "x", "description": "x", "started_at": "2026-05-06T01:00:00Z", "ended_at": "2026-05-06T03:00:00Z"}


def test_a_record_entered_for_a_resident_is_logged_and_ones_own_is_not(as_, wang, li, town, key, logged):
    body = {**DEED, "area_id": str(town.grid_a.id)}
    made = as_(wang).post("/api/v1/activity-records", json={**body, "resident_id": str(li.id)}, headers=key())
    assert logged()[-1:] == [("activity_record.enter", wang.id, made.json["id"])]
    as_(li).post("/api/v1/activity-records", json=body, headers=key())
    assert logged() == []


def test_setting_a_password_by_a_link_is_logged_where_one_works(app, as_, zhao, wang, town, logged):
    db.session.add(StaffLogin(person_id=wang.id, username="wang"))
    db.session.commit()
    link = as_(zhao).post(f"/api/v1/people/{wang.id}/password-reset", json={}).json["url"].rpartition("/")[2]
    logged()
    assert app.test_client().post("/api/v1/auth/reset", json={"token": link, "password": "a newer password"}).status_code == 204
    assert logged() == [("password.set", wang.id, str(wang.id))]
    assert db.session.query(AuditRow).filter_by(action="password.set").one().area_id == town.grid_a.id


@pytest.fixture
def coupon(as_, town, zhao, li, lins_market, fund, settings):
    offer = offers.create(shop_ids=[], by=zhao, now=NOON, merchant_id=lins_market.id, title="x", kind="cash_off", face_value_fen=1000,
                          points_price=10, stock=9, area_id=town.community.id, on_sale_from=NOON, on_sale_until=NOON + timedelta(days=9),
                          valid_days=30, funded_by="community")
    offers.step(offer.id, "publish", by=zhao, now=NOON)
    ledger.credit(funds.purse_of(town.community, li.id, NOON), 40, kind="activity", because=Cause("activity_record", li.id),
                  lapses_on=NOON.date().replace(month=12, day=31), now=NOON)
    bought = exchanges.exchange(offer.id, by=li, settings=settings, now=NOON)
    db.session.commit()
    return str(bought.id)


def test_who_may_look_at_a_coupon_may_trace_it(coupon, as_, wang, zhou):
    url = f"/api/v1/trace/coupon/{coupon}"
    links = as_(wang).get(url).json["links"]
    assert [link["id"] for link in links if link["type"] == "coupon"] == [coupon]
    assert as_(zhou).get(url).status_code == 404


@pytest.mark.parametrize("ending", ["", "/code", "/code.png", "/print"])
def test_looking_at_a_residents_coupon_with_its_code_is_logged(coupon, ending, as_, li, wang, zhou, sun, logged):
    logged()
    url = f"/api/v1/coupons/{coupon}{ending}"
    for by, status, seen in ((wang, 200, [("coupon.look", wang.id, coupon)]), (li, 200, []), (zhou, 404, []),
                             (sun, 404 if ending else 200, [])):
        assert as_(by).get(url).status_code == status
        assert logged() == seen


def test_looking_at_a_residents_card_is_logged(as_, wang, li, zhou, logged):
    client = as_(wang)
    made = client.post(f"/api/v1/residents/{li.id}/card").json
    logged()
    for ending in ("card", "card.svg"):
        assert client.get(f"/api/v1/residents/{li.id}/{ending}").status_code == 200
        assert logged() == [("card.look", wang.id, made["id"])]
    assert as_(zhou).get(f"/api/v1/residents/{li.id}/card").status_code == 404
    assert logged() == []


def test_looking_at_a_picture_of_a_record_is_logged_and_at_ones_own_is_not(as_, wang, li, town, key, logged):
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8)).save(drawn, "PNG")
    picture = as_(li).post("/api/v1/evidence", data=drawn.getvalue(), content_type="image/png").json["id"]
    as_(li).post("/api/v1/activity-records", headers=key(), json={**DEED, "area_id": str(town.grid_a.id), "evidence_ids": [picture]})
    logged()
    assert as_(li).get(f"/api/v1/evidence/{picture}").status_code == 200
    assert logged() == []
    assert as_(wang).get(f"/api/v1/evidence/{picture}").status_code == 200
    assert logged() == [("evidence.look", wang.id, picture)]
