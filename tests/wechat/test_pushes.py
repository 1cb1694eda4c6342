"""What WeChat pushes is believed by its signature, acted on once, and answered at once."""
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from clients.wechat.push import sign
from miniapp_stub.platform.codes import openid
from models import AuditRow, Person, PushReceipt, Session, SubscriptionRight, WeChatLogin, db
from services.access import sign_in
from services.messages import subscriptions
from services.people import people
from services.wechat import phones, pushes
from tests.conftest import KEYS, NOON
from tests.wechat.conftest import APP_ID, CHANNEL

STAMP = str(int(NOON.timestamp()))
POPUP = {"List": {"TemplateId": "T-record", "SubscribeStatusString": "accept"}}


def rights():
    db.session.expire_all()
    held = db.session.get(SubscriptionRight, (APP_ID, openid(APP_ID, "li-na"), "T-record"))
    return held.rights if held else 0


def test_the_address_proves_itself_by_its_echo(app):
    def asked(signature):
        return app.test_client().get("/wechat/push", query_string={
            "signature": signature, "timestamp": STAMP, "nonce": "9", "echostr": "4375120948345356249"})
    assert asked(sign(CHANNEL.token, STAMP, "9")).data == b"4375120948345356249"
    assert asked(sign("another", STAMP, "9")).status_code == 403
    assert asked("").status_code == 403


def test_the_same_push_again_is_success_and_changes_nothing(push, li):
    assert [push("subscribe_msg_popup_event", nonce="1", **POPUP).data for _ in range(3)] == [b"success"] * 3
    assert push("subscribe_msg_popup_event", nonce="2", **POPUP).data == b"success"  # sent again, signed anew
    assert rights() == 1


def test_the_same_msg_id_is_one_push_whatever_else_it_says(push, li):
    push("subscribe_msg_popup_event", MsgId=23456, **POPUP)
    push("subscribe_msg_popup_event", MsgId=23456, retry=1, **POPUP)
    assert rights() == 1


def test_another_body_under_a_used_signature_is_refused(push, li):
    push("subscribe_msg_popup_event", nonce="1", **POPUP)
    refused = push("subscribe_msg_popup_event", nonce="1", more=1, **POPUP)
    assert (refused.status_code, refused.json["code"]) == (403, "push_refused")
    assert rights() == 1


@pytest.mark.parametrize("away", [timedelta(minutes=61), -timedelta(minutes=61)])
def test_a_push_of_another_hour_is_refused(push, li, clock, settings, away):
    with pytest.raises(pushes.PushRefused):
        pushes.receive({"Event": "x"}, b"x", timestamp=str(int((NOON + away).timestamp())), nonce="1", settings=settings, now=NOON)


@pytest.mark.parametrize("query", [
    {}, {"msg_signature": "0" * 40, "timestamp": STAMP, "nonce": "1"},
    {"signature": sign(CHANNEL.token, STAMP, "1"), "timestamp": STAMP, "nonce": "1"}])
@pytest.mark.parametrize("body", [b"", b"{}", b'{"Encrypt": "AAAA"}', b"<xml><Encrypt>AAAA</Encrypt></xml>", b'{"Event": "x"}', b"\xff\x00"])
def test_what_is_not_signed_and_sealed_is_refused(app, body, query):
    reply = app.test_client().post("/wechat/push", data=body, query_string=query)
    assert (reply.status_code, reply.json["code"]) == (403, "push_refused")
    assert db.session.query(PushReceipt).count() == 0


def test_signed_nonsense_is_malformed_not_a_crash(app, clock):
    from clients.wechat import push as protocol
    sealed = protocol.seal(CHANNEL.aes_key, b"[]", APP_ID)
    reply = app.test_client().post("/wechat/push", json={"Encrypt": sealed}, query_string={
        "timestamp": STAMP, "nonce": "1", "msg_signature": sign(CHANNEL.token, STAMP, "1", sealed)})
    assert reply.status_code == 400


@pytest.mark.parametrize("fields", [{}, {"List": 5}, {"List": [1, None]}, {"List": {}}, {"List": [{"TemplateId": []}]}, {"result": 5, "trace_id": {}},
                                    {"RevokeInfo": []}, {"FromUserName": None}, {"OpenID": {"a": 1}}], ids=str)
@pytest.mark.parametrize("event", [*pushes.EVENTS, "debug_demo", "", None])
def test_no_event_is_a_crash(push, li, event, fields):
    assert push(event, **fields).data == b"success"


def test_xml_of_one_or_several_means_the_same(settings, li):
    from clients.wechat.push import parse
    whose = openid(APP_ID, "li-na")
    item = "<List><TemplateId>T-record</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
    head = f"<FromUserName>{whose}</FromUserName><Event>subscribe_msg_popup_event</Event>"
    for nonce, inside in enumerate((item, item * 2, f"<SubscribeMsgPopupEvent>{item}</SubscribeMsgPopupEvent>")):
        raw = f"<xml>{head}{inside}</xml>".encode()
        pushes.receive(parse(raw), raw, timestamp=STAMP, nonce=str(nonce), settings=settings, now=NOON)
    assert rights() == 4


def test_who_takes_back_their_phone_number_has_none_here(push, li):
    phones.bind(li.id, "86", "13900001234", keys=KEYS)
    db.session.commit()
    push("user_authorization_revoke", RevokeInfo="8,13", AppID=APP_ID)
    db.session.expire_all()
    person = db.session.get(Person, li.id)
    assert (people.paper(person, "phone", KEYS), person.phone_index, person.display_name) == (None, None, "李娜")
    assert db.session.scalars(select(AuditRow.action)).all() == ["wechat.revoke"]


def test_who_takes_back_their_name_is_a_new_neighbour(push, li):
    push("user_authorization_revoke", RevokeInfo="19")
    db.session.expire_all()
    assert db.session.get(Person, li.id).display_name == sign_in.NEWCOMER["zh-CN"]


def test_who_closes_their_account_is_signed_out_and_unknown_to_wechat_here(push, li, zhang, as_, settings):
    client = as_(li)
    subscriptions.answered("T-record", "accept", by=li, settings=settings, now=NOON)
    phones.bind(li.id, "86", "13900001234", keys=KEYS)
    db.session.commit()
    push("user_authorization_cancellation")
    db.session.expire_all()
    assert client.get("/api/v1/me").status_code == 401
    assert db.session.scalars(select(WeChatLogin.person_id)).all() == [zhang.id]
    assert db.session.query(SubscriptionRight).count() == 0
    assert db.session.get(Person, li.id).phone_sealed is None
    assert db.session.scalar(select(Session.ended_at).where(Session.person_id == li.id)) is not None


def test_of_a_stranger_nothing_is_kept(push, li):
    for event in ("user_authorization_cancellation", "user_authorization_revoke", "subscribe_msg_popup_event"):
        assert push(event, "nobody", RevokeInfo="8", **POPUP).data == b"success"
    assert db.session.query(SubscriptionRight).count() == 0


def test_old_receipts_are_forgotten(push, li):
    push("debug_demo")
    assert pushes.forget_old(NOON + pushes.KEPT) == 0
    assert pushes.forget_old(NOON + pushes.KEPT + timedelta(seconds=1)) == 1


def test_in_the_plain_mode_the_plain_signature_is_enough_and_needed(database, platform, clock):
    from api import create_app
    from config import Settings
    plain = create_app(Settings(database_url=database, keys=KEYS, wechat_app_id=APP_ID, wechat_push_token="AAAAA"), clock=clock)
    body = json.dumps({"Event": "debug_demo", "FromUserName": "o"}).encode()
    signed = {"timestamp": STAMP, "nonce": "1", "signature": sign("AAAAA", STAMP, "1")}
    with plain.app_context():
        client = plain.test_client()
        assert client.post("/wechat/push", data=body, query_string=signed).data == b"success"
        assert client.post("/wechat/push", data=body, query_string=signed | {"nonce": "2"}).status_code == 403
        db.session.remove()
        db.engine.dispose()


def test_without_a_token_agreed_with_wechat_there_is_no_such_address(database, clock):
    from api import create_app
    from config import Settings
    silent = create_app(Settings(database_url=database, keys=KEYS), clock=clock)
    with silent.app_context():
        assert silent.test_client().post("/wechat/push", data=b"{}").status_code == 404
        assert silent.test_client().get("/wechat/push").status_code == 404
        db.session.remove()
        db.engine.dispose()
