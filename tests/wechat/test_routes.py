"""The routes beside the inbox that ask WeChat, and the inbox itself."""
import io

import pytest
from PIL import Image
from sqlalchemy import select, text

from models import AccessToken, Message, MiniProgramCode, Person, Topic, db
from services import events
from services.coupons import offers
from services.messages import messages
from services.people import people
from services.scans import codes
from services.wechat import mini_program_codes
from tests.conftest import KEYS, NOON, timedelta


@pytest.fixture
def told(li, clock):
    for number in range(5):
        messages.tell(li.id, Topic.POINTS_LAPSING, now=clock.now + timedelta(seconds=number), points=number, lapses_on=NOON.date())
    db.session.commit()


def test_the_inbox_comes_newest_first_by_page_and_its_unread_ones_alone(told, as_, li):
    client = as_(li)
    first = client.get("/api/v1/me/messages?limit=3").json
    rest = client.get(f"/api/v1/me/messages?limit=3&cursor={first['next_cursor']}").json
    assert [item["figures"]["points"] for item in first["items"] + rest["items"]] == [4, 3, 2, 1, 0]
    assert client.post(f"/api/v1/me/messages/{first['items'][0]['id']}/read").json["read_at"]
    assert client.get("/api/v1/me/messages/unread").json == {"unread": 4}
    assert [item["figures"]["points"] for item in client.get("/api/v1/me/messages?unread=true").json["items"]] == [3, 2, 1, 0]
    assert [item["figures"]["points"] for item in client.get("/api/v1/me/messages?unread=false").json["items"]] == [4]


def test_read_all_is_all(told, as_, li, clock):
    clock.now += timedelta(minutes=1)
    client = as_(li)
    assert client.post("/api/v1/me/messages/read-all").status_code == 204
    assert client.get("/api/v1/me/messages/unread").json == {"unread": 0}


def test_anothers_message_is_not_there(told, as_, zhang):
    message_id = db.session.scalars(select(Message.id)).first()
    assert as_(zhang).post(f"/api/v1/me/messages/{message_id}/read").status_code == 404
    assert as_(zhang).get("/api/v1/me/messages").json["items"] == []


def test_the_words_are_in_the_language_asked_for_or_else_the_persons(told, as_, li):
    client = as_(li)
    title = lambda **kw: client.get("/api/v1/me/messages?limit=1", **kw).json["items"][0]["title"]  # noqa: E731
    assert title() == "积分即将失效"
    assert title(headers={"Accept-Language": "en"}) == "Points will lapse soon"
    db.session.get(Person, li.id).language = "en"
    db.session.commit()
    assert title() == "Points will lapse soon"
    assert title(headers={"Accept-Language": "zh-CN"}) == "积分即将失效"


def test_an_inbox_needs_as_many_statements_for_two_as_for_twenty(as_, li, town, wang, clock):
    from tests.test_statements import counted
    client, needed = as_(li), []
    for many in (2, 18):
        for number in range(many):
            made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title=str(number), category="x", starts_at=NOON,
                               ends_at=NOON + timedelta(hours=1), check_in_mode="both", check_out_required=True, points_per_hour=1,
                               points_max=1, missing_check_out="zero")
            messages.tell(li.id, Topic.MOVED_UP, now=NOON, event_id=made.id)
        db.session.commit()
        with counted() as seen:
            assert len(client.get("/api/v1/me/messages?limit=100").json["items"]) == many + (2 if needed else 0)
        needed.append(len(seen))
    assert needed[0] == needed[1]


def test_the_mini_program_learns_its_templates_and_reports_answers(as_, li):
    client = as_(li)
    listed = {item["kind"]: item for item in client.get("/api/v1/me/subscriptions").json["items"]}
    assert set(listed) == {"event", "record", "settlement"}
    assert (listed["event"]["template"], listed["event"]["rights"]) == ("T-event", 0)
    assert "moved_up" in listed["event"]["topics"]
    assert client.post("/api/v1/me/subscriptions", json={"template": "T-event", "result": "accept"}).json["rights"] == 1
    assert client.post("/api/v1/me/subscriptions", json={"template": "T-event", "result": "reject"}).json["rights"] == 1


@pytest.mark.parametrize(("body", "status"), [
    ({"template": "T-none", "result": "accept"}, 422), ({"template": "T-event", "result": "yes"}, 422), ({"template": "T-event"}, 422), ({}, 422)])
def test_an_answer_that_is_none_is_refused(as_, li, body, status):
    assert as_(li).post("/api/v1/me/subscriptions", json=body).status_code == status


def test_without_a_wechat_sign_in_there_is_no_phone_to_write_to(as_, wang):
    reply = as_(wang).post("/api/v1/me/subscriptions", json={"template": "T-event", "result": "accept"})
    assert (reply.status_code, reply.json["code"]) == (409, "no_wechat_sign_in")
    assert as_(wang).post("/api/v1/me/phone", json={"code": "x"}).json["code"] == "no_wechat_sign_in"


def test_a_phone_number_is_bound_sealed_and_masked_and_can_be_taken_back(as_, li, order):
    client = as_(li)
    assert client.get("/api/v1/me/phone").json == {"phone": None}
    code = order("phone-codes", name="li-na", phone="13900001277")["code"]
    assert client.post("/api/v1/me/phone", json={"code": code}).json == {"phone": "139******77"}
    db.session.expire_all()
    person = db.session.get(Person, li.id)
    assert people.paper(person, "phone", KEYS) == "13900001277"
    assert b"13900001277" not in b"".join(cell for cell in db.session.execute(text("SELECT * FROM people")).first() if isinstance(cell, bytes))
    again = client.post("/api/v1/me/phone", json={"code": code})
    assert (again.status_code, again.json["code"]) == (422, "phone_code_invalid")
    assert client.get("/api/v1/me/phone").json == {"phone": "139******77"}
    assert client.delete("/api/v1/me/phone").status_code == 204
    assert client.get("/api/v1/me/phone").json == {"phone": None}


def test_anothers_phone_code_binds_nothing(as_, li, order):
    code = order("phone-codes", name="zhang-wei", phone="13900001277")["code"]
    assert as_(li).post("/api/v1/me/phone", json={"code": code}).status_code == 422
    assert db.session.get(Person, li.id).phone_sealed is None


def test_an_absent_wechat_is_503_and_the_person_goes_on_without_a_number(as_, li, order):
    order("faults", path="/wxa/business/getuserphonenumber", status=500, times=1)
    reply = as_(li).post("/api/v1/me/phone", json={"code": "demo-phone:li-na"})
    assert (reply.status_code, reply.json["code"], reply.headers["Retry-After"]) == (503, "wechat_unavailable", "5")


@pytest.fixture
def event(town, wang):
    made = events.plan(by=wang, now=NOON, area_id=town.grid_a.id, title="清扫", category="x", starts_at=NOON, ends_at=NOON + timedelta(hours=1),
                       check_in_mode="both", check_out_required=True, points_per_hour=1, points_max=1, missing_check_out="zero")
    db.session.commit()
    return made


def test_an_events_code_is_drawn_once_and_kept(as_, wang, event, order):
    client = as_(wang)
    reply = client.get(f"/api/v1/events/{event.id}/mini-program-code.png")
    assert (reply.status_code, reply.mimetype) == (200, "image/png")
    with Image.open(io.BytesIO(reply.data)) as picture:
        assert picture.format == "PNG"
    order("faults", path="/wxa/getwxacodeunlimit", status=500, times=9)
    assert client.get(f"/api/v1/events/{event.id}/mini-program-code.png").data == reply.data
    scenes = db.session.scalars(select(MiniProgramCode.scene)).all()
    assert scenes == [codes.poster(codes.POSTER_IN, event.code_id)]
    assert client.get(f"/api/v1/events/{event.id}/mini-program-code.png?direction=out").status_code == 503


def test_a_code_that_wechat_does_not_draw_is_503_and_nothing_is_kept(as_, wang, event, order):
    for fault in ({"errcode": 41030}, {"garbage": "<html>"}, {"garbage": "\x89PNG"}, {"status": 502}):
        order("faults", path="/wxa/getwxacodeunlimit", times=1, **fault)
        reply = as_(wang).get(f"/api/v1/events/{event.id}/mini-program-code.png")
        assert (reply.status_code, reply.json["code"]) == (503, "wechat_unavailable"), fault
    assert db.session.query(MiniProgramCode).count() == 0
    assert db.session.query(AccessToken).count() == 1


def test_who_is_not_staff_of_the_events_area_gets_no_code(as_, li, zhou, event):
    assert as_(li).get(f"/api/v1/events/{event.id}/mini-program-code.png").status_code == 403
    assert as_(zhou).get(f"/api/v1/events/{event.id}/mini-program-code.png").status_code == 404


def test_an_offers_code_names_the_offer(as_, li, zhao, town, lins_market, fund):
    offer = offers.create(shop_ids=[], by=zhao, now=NOON, merchant_id=lins_market.id, title="十元券", kind="cash_off", face_value_fen=1000,
                          points_price=30, stock=9, area_id=town.community.id, on_sale_from=NOON, on_sale_until=NOON + timedelta(days=9),
                          valid_days=30, funded_by="community")
    offers.step(offer.id, "publish", by=zhao, now=NOON)
    db.session.commit()
    assert as_(li).get(f"/api/v1/offers/{offer.id}/mini-program-code.png").status_code == 200
    scene = db.session.scalars(select(MiniProgramCode.scene)).one()
    assert len(scene) == 23 and mini_program_codes.offer_of(scene) == offer.id


@pytest.mark.parametrize("scene", ["", "F", "P12345678", "F" + "A" * 21 + "B", "F" + "!" * 22, "G" + "A" * 22, "F" + "A" * 23])
def test_another_scene_names_no_offer(scene):
    assert mini_program_codes.offer_of(scene) is None
