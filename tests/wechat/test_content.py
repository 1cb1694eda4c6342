"""Residents' words and pictures: pending until WeChat lets them pass, hidden once it does not, and their writer is told."""
import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from models import ContentCheck, Message, OutboxMessage, Person, db
from services.records import evidence_links
from services.refusals import NotFound
from services.wechat import content
from tests.conftest import NOON


def deed(town, **changed):
    return {"category": "care", "description": "帮邻居买药", "area_id": str(town.grid_a.id), "started_at": "2026-05-06T01:00:00Z",
            "ended_at": "2026-05-06T02:00:00Z"} | changed


def picture(colour):
    out = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def declare(as_, li, town, key):
    def send(**changed):
        reply = as_(li).post("/api/v1/activity-records", json=deed(town, **changed), headers=key())
        assert reply.status_code == 201, reply.json
        return reply.json
    return send


@pytest.fixture
def show(as_, li):
    def send(colour):
        reply = as_(li).post("/api/v1/evidence", data=picture(colour), content_type="image/png")
        assert reply.status_code == 201, reply.json
        return reply.json
    return send


def seen(client, record):
    reply = client.get(f"/api/v1/activity-records/{record['id']}").json
    return reply["text_state"], reply["description"]


def topics():
    return db.session.scalars(select(Message.topic)).all()


def test_words_are_pending_until_they_pass_and_staff_see_them_meanwhile(declare, work, as_, li, wang):
    record = declare()
    assert record["text_state"] == "pending"
    assert seen(as_(wang), record) == ("pending", "帮邻居买药")
    work()
    assert seen(as_(wang), record) == seen(as_(li), record) == ("passed", "帮邻居买药")
    assert topics() == []


def test_words_that_are_refused_are_hidden_from_others_and_their_writer_is_told(declare, work, as_, li, wang):
    record = declare(description="违禁词")
    work()
    assert seen(as_(wang), record) == ("refused", "")
    assert seen(as_(li), record) == ("refused", "违禁词")
    queue = as_(wang).get("/api/v1/activity-records?status=pending").json["items"]
    assert [item["description"] for item in queue] == [""]
    assert topics() == ["content_refused"]


def test_what_wechat_leaves_to_people_staff_see(declare, work, as_, wang):
    record = declare(description="待审词")
    work()
    assert seen(as_(wang), record) == ("review", "待审词")


def test_who_was_not_here_within_two_hours_is_left_to_people(as_, town, wang, key, work, zhou, signed_in, platform, li):
    from miniapp_stub.platform.codes import openid
    from models import WeChatLogin
    from tests.wechat.conftest import APP_ID
    db.session.add(WeChatLogin(app_id=APP_ID, openid=openid(APP_ID, "long-ago"), person_id=zhou.id, at=NOON))
    db.session.commit()
    record = as_(zhou).post("/api/v1/activity-records", json=deed(town, area_id=str(town.grid_c.id)), headers=key()).json
    work()
    assert as_(zhou).get(f"/api/v1/activity-records/{record['id']}").json["text_state"] == "review"


def test_who_has_no_wechat_is_left_to_people_without_asking(as_, town, zhou, key):
    record = as_(zhou).post("/api/v1/activity-records", json=deed(town, area_id=str(town.grid_c.id)), headers=key()).json
    assert record["text_state"] == "review"
    assert db.session.query(OutboxMessage).count() == 0


def test_what_staff_write_for_somebody_is_not_asked_about(as_, town, wang, li, key):
    record = as_(wang).post("/api/v1/activity-records", json=deed(town, resident_id=str(li.id)), headers=key()).json
    assert record["text_state"] == "passed"


def test_an_objection_is_hidden_once_refused(declare, work, as_, li, wang):
    record = declare()
    as_(li).post(f"/api/v1/activity-records/{record['id']}/objection", json={"reason": "RISKY"})
    shown = lambda person: [(row["text_state"], row["reason"]) for row in as_(person).get("/api/v1/objections").json["items"]]  # noqa: E731
    assert shown(wang) == [("pending", "RISKY")]
    work()
    assert (shown(wang), shown(li)) == ([("refused", "")], [("refused", "RISKY")])


def rename(client, name):
    before = client.get("/api/v1/me")
    reply = client.put("/api/v1/me", json={"display_name": name}, headers={"If-Match": before.headers["ETag"]})
    assert reply.status_code == 200, reply.json
    return reply.json


def test_a_new_name_shows_at_once_and_goes_back_when_it_is_refused(as_, li, work):
    client = as_(li)
    assert (rename(client, "RISKY 一")["display_name"], client.get("/api/v1/me").json["name_state"]) == ("RISKY 一", "pending")
    rename(client, "RISKY 二")
    work()
    me = client.get("/api/v1/me").json
    assert (me["display_name"], me["name_state"]) == ("李娜", "refused")
    rename(client, "李大娜")
    work()
    me = client.get("/api/v1/me").json
    assert (me["display_name"], me["name_state"]) == ("李大娜", "passed")


def test_a_name_given_back_as_it_is_asks_nobody(as_, li):
    rename(as_(li), "李娜")
    assert db.session.query(ContentCheck).count() == 0


def test_a_picture_is_asked_about_by_a_link_and_judged_by_a_push(show, declare, work, push, as_, li, wang):
    shown = show("green")
    record = declare(evidence_ids=[shown["id"]])
    work()
    check = db.session.scalars(select(ContentCheck).filter_by(target_type="evidence")).one()
    assert (shown["state"], check.state, len(check.trace_id)) == ("pending", "pending", 24)
    push("wxa_media_check", trace_id=check.trace_id, errcode=0, result={"suggest": "pass", "label": 100})
    read = as_(wang).get(f"/api/v1/activity-records/{record['id']}").json
    assert read["evidence"] == [{"id": shown["id"], "state": "passed"}]


def test_a_refused_picture_is_shown_to_its_sender_alone(show, declare, work, push, as_, li, wang):
    shown = show("red")
    declare(evidence_ids=[shown["id"]])
    assert as_(wang).get(f"/api/v1/evidence/{shown['id']}").status_code == 200
    work()
    trace = db.session.scalar(select(ContentCheck.trace_id).where(ContentCheck.target_type == "evidence"))
    push("wxa_media_check", trace_id=trace, errcode=0, result={"suggest": "risky", "label": 20002})
    refused = as_(wang).get(f"/api/v1/evidence/{shown['id']}")
    assert (refused.status_code, refused.json["code"]) == (410, "picture_refused")
    assert as_(li).get(f"/api/v1/evidence/{shown['id']}").status_code == 200
    assert topics() == ["content_refused"]


def test_a_verdict_that_comes_before_its_trace_is_kept_counts_all_the_same(show, push, clock):
    show("green")
    push("wxa_media_check", trace_id="t-1", errcode=0, result={"suggest": "risky", "label": 20002})
    check = db.session.scalars(select(ContentCheck)).one()
    content.traced(check.id, "t-1", now=clock.now)
    assert (check.state, check.label) == ("refused", 20002)


def test_the_first_verdict_counts(show, work, push):
    show("green")
    work()
    trace = db.session.scalar(select(ContentCheck.trace_id))
    for suggest in ("pass", "risky"):
        push("wxa_media_check", trace_id=trace, errcode=0, result={"suggest": suggest, "label": 100})
    assert db.session.scalars(select(ContentCheck.state)).one() == "passed"


def test_a_picture_that_wechat_could_not_fetch_or_never_answered_about_is_left_to_people(show, work, push, clock):
    show("green")
    show("blue")
    work()
    traces = db.session.scalars(select(ContentCheck.trace_id).order_by(ContentCheck.id)).all()
    push("wxa_media_check", trace_id=traces[0], errcode=-1008)
    assert content.leave_unheard(NOON + timedelta(minutes=59)) == 0
    assert content.leave_unheard(NOON + timedelta(minutes=60)) == 1
    assert set(db.session.scalars(select(ContentCheck.state))) == {"review"}


def test_an_unavailable_wechat_is_asked_again_later(declare, work, order, clock):
    declare()
    order("faults", path="/wxa/msg_sec_check", status=503, times=1)
    work()
    assert db.session.scalars(select(ContentCheck.state)).one() == "pending"
    clock.now += timedelta(seconds=5)
    work()
    db.session.expire_all()
    assert db.session.scalars(select(ContentCheck.state)).one() == "passed"


def test_the_link_opens_one_picture_for_an_hour_and_no_other(show, app, settings, clock):
    from uuid import UUID
    one, other = (UUID(show(colour)["id"]) for colour in ("green", "blue"))
    token = evidence_links.url(one, settings=settings, now=NOON).rpartition("/")[2]
    reply = app.test_client().get(f"/checks/{token}")
    assert (reply.status_code, reply.mimetype) == (200, "image/png")
    assert evidence_links.open_link(token, settings=settings, now=NOON).id == one != other
    forged = evidence_links.url(other, settings=settings, now=NOON).rpartition("/")[2][:24] + token[24:]
    for bad in (forged, token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "A" * 48, token + "="):
        with pytest.raises(NotFound):
            evidence_links.open_link(bad, settings=settings, now=NOON)
    with pytest.raises(NotFound):
        evidence_links.open_link(token, settings=settings, now=NOON + evidence_links.LASTS)


def test_without_an_account_at_wechat_nothing_is_asked(li, zhang, settings):
    from dataclasses import replace
    for off in (replace(settings, wechat_app_secret=""), replace(settings, wechat_check_content=False)):
        person = db.session.get(Person, li.id)
        content.ask("person", person, by=person, settings=off, now=NOON)
        assert person.name_state == "passed"
    assert db.session.query(ContentCheck).count() == 0
