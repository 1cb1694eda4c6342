"""The stand-in's other calls: tokens, phones, codes, messages, content, pushes."""
import json
import time

import pytest
from flask import Flask, request

from clients.wechat.push import Channel
from miniapp_stub.platform.app import create_app
from miniapp_stub.platform.codes import openid
from miniapp_stub.platform.pushes import Target
from miniapp_stub.platform.server import serving
from tests.stand_in import Seconds

APP_ID, SECRET, KEY = "wx1234", "s3cr3t", "B" * 43
ASKED = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
LI = openid(APP_ID, "li-na")


@pytest.fixture
def clock():
    return Seconds()


@pytest.fixture
def platform(clock):
    return create_app(APP_ID, SECRET, clock=clock).test_client()


def ask_token(platform, **changed):
    return platform.post("/cgi-bin/stable_token", json={name: value for name, value in (ASKED | changed).items() if value}).get_json(force=True)


def call(platform, path, token=None, **body):
    token = ask_token(platform)["access_token"] if token is None else token
    answer = platform.post(f"{path}?access_token={token}", json=body)
    return answer if answer.mimetype.startswith("image/") else answer.get_json(force=True)


def send(platform, **changed):
    asked = {"touser": LI, "template_id": "T1", "data": {"thing1": {"value": "清扫"}}} | changed
    return call(platform, "/cgi-bin/message/subscribe/send", **asked)


def accept(platform, result="accept"):
    assert platform.post("/_stand-in/subscriptions", json={"name": "li-na", "template_id": "T1", "result": result}).status_code == 204


@pytest.mark.parametrize(("changed", "errcode"), [
    ({"appid": ""}, 41002), ({"appid": "wx9"}, 40013), ({"secret": ""}, 41004), ({"secret": "no"}, 40125), ({"grant_type": "no"}, 40002)])
def test_a_wrong_or_missing_parameter_gives_no_token(platform, changed, errcode):
    assert ask_token(platform, **changed)["errcode"] == errcode


def test_a_token_is_asked_for_by_post(platform):
    assert platform.get("/cgi-bin/stable_token").get_json(force=True)["errcode"] == 43002


def test_the_normal_mode_gives_the_same_token_with_what_is_left_until_five_minutes_before_its_end(platform, clock):
    first = ask_token(platform)
    assert (first["expires_in"], ask_token(platform)["access_token"]) == (7200, first["access_token"])
    clock.now = 6855
    assert ask_token(platform) == first | {"expires_in": 345}
    clock.now = 6900
    assert ask_token(platform)["access_token"] != first["access_token"]
    assert send(platform, token=first["access_token"])["errcode"] == 43101  # the old one still opens
    clock.now = 7200
    assert send(platform, token=first["access_token"])["errcode"] == 42001


def test_force_ends_the_old_token_and_is_rationed(platform, clock):
    first = ask_token(platform)["access_token"]
    forced = ask_token(platform, force_refresh=True)
    assert send(platform, token=first)["errcode"] == 40001
    assert ask_token(platform)["access_token"] == forced["access_token"]
    assert ask_token(platform, force_refresh=True)["errcode"] == 45011
    for _ in range(19):
        clock.now += 30
        assert "access_token" in ask_token(platform, force_refresh=True)
    clock.now += 30
    assert ask_token(platform, force_refresh=True)["errcode"] == 45009


@pytest.mark.parametrize("path", ["/wxa/business/getuserphonenumber", "/wxa/getwxacodeunlimit", "/cgi-bin/message/subscribe/send",
                                  "/wxa/msg_sec_check", "/wxa/media_check_async"])
def test_no_call_opens_without_its_token_or_without_json(platform, path):
    assert call(platform, path, token="")["errcode"] == 41001
    assert call(platform, path, token="nonsense")["errcode"] == 40001
    token = ask_token(platform)["access_token"]
    assert platform.post(f"{path}?access_token={token}", data="{").get_json(force=True)["errcode"] == 47001
    assert platform.post(f"{path}?access_token={token}").get_json(force=True)["errcode"] == 44002


def test_a_minted_phone_code_works_once_within_five_minutes(platform, clock):
    mint = lambda: platform.post("/_stand-in/phone-codes", json={"name": "li-na", "phone": "13900001234"}).json["code"]  # noqa: E731
    ask = lambda code: call(platform, "/wxa/business/getuserphonenumber", code=code, openid=LI)  # noqa: E731
    early, late = mint(), mint()
    info = ask(early)["phone_info"]
    assert (info["purePhoneNumber"], info["watermark"]["appid"]) == ("13900001234", APP_ID)
    assert ask(early)["errcode"] == 40029
    clock.now = 300
    assert ask(late)["errcode"] == 40029


@pytest.mark.parametrize(("changed", "errcode"), [
    ({"scene": ""}, 40169), ({"scene": "x" * 33}, 40169), ({"scene": "a%b"}, 40129), ({"page": "/pages/x"}, 41030), ({"page": "pages/x?a=1"}, 41030),
    ({"width": 279}, 40097), ({"width": 1281}, 40097), ({"env_version": "beta"}, 40097)])
def test_a_code_that_cannot_be_drawn_is_json(platform, changed, errcode):
    assert call(platform, "/wxa/getwxacodeunlimit", **({"scene": "x"} | changed))["errcode"] == errcode


def test_a_code_is_a_jpeg(platform):
    assert call(platform, "/wxa/getwxacodeunlimit", scene="x").data.startswith(b"\xff\xd8\xff")


def test_one_accept_is_one_message(platform):
    accept(platform)
    assert send(platform)["errmsg"] == "ok"
    assert send(platform)["errcode"] == 43101
    accept(platform, "reject")
    assert send(platform)["errcode"] == 43101


def test_who_turns_it_off_in_the_settings_gets_no_more(platform):
    accept(platform)
    accept(platform)
    accept(platform, "off")
    assert send(platform)["errcode"] == 43101


@pytest.mark.parametrize(("changed", "errcode"), [
    ({"touser": "x"}, 40003), ({"template_id": "T9"}, 40037), ({"lang": "fr"}, 47003), ({"miniprogram_state": "x"}, 47003), ({"data": {}}, 47003),
    ({"data": {"thing1": {"value": "字" * 21}}}, 47003), ({"data": {"thing1": {"value": ""}}}, 47003), ({"data": {"thing1": "x"}}, 47003),
    ({"data": {"thing2": {"value": "x"}}}, 47003), ({"data": {"thing1": {"value": "x"}, "more1": {"value": "x"}}}, 47003)])
def test_a_message_that_does_not_fit_its_template_spends_no_right(platform, changed, errcode):
    platform.post("/_stand-in/templates", json={"T1": ["thing1"]})
    accept(platform)
    assert send(platform, **changed)["errcode"] == errcode
    assert send(platform)["errcode"] == 0


def test_a_generous_platform_needs_no_accept(clock):
    assert send(create_app(APP_ID, SECRET, clock=clock, generous=True).test_client())["errcode"] == 0


@pytest.mark.parametrize(("changed", "errcode"), [
    ({"content": ""}, 44002), ({"content": "x" * 2501}, 47001), ({"scene": 9}, 40129), ({"version": 1}, 47001), ({"openid": "o" * 28}, 61010)])
def test_a_text_that_cannot_be_checked_has_its_errcode(platform, changed, errcode):
    platform.get("/sns/jscode2session", query_string={"appid": APP_ID, "secret": SECRET, "js_code": "demo:li-na", "grant_type": "authorization_code"})
    asked = {"content": "x", "version": 2, "scene": 2, "openid": LI}
    assert call(platform, "/wxa/msg_sec_check", **asked)["result"] == {"suggest": "pass", "label": 100}
    assert call(platform, "/wxa/msg_sec_check", **(asked | changed))["errcode"] == errcode


def test_a_fault_may_be_of_one_call_alone(platform):
    platform.post("/_stand-in/faults", json={"errcode": -1, "path": "/wxa/getwxacodeunlimit"})
    accept(platform)
    assert send(platform)["errcode"] == 0
    assert call(platform, "/wxa/getwxacodeunlimit", scene="x")["errcode"] == -1


@pytest.fixture
def heard():
    """A mini program's server that hears pushes and answers badly the first time."""
    server, got = Flask("server"), []

    @server.post("/push")
    def push():
        got.append((request.args.to_dict(), request.get_data()))
        return ("success", 200) if len(got) > 1 else ("", 500)
    with serving(server) as port:
        got_url = f"http://127.0.0.1:{port}/push"
        yield got_url, got


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("aes_key", ["", KEY], ids=["plain", "safe"])
def test_an_event_is_pushed_signed_until_it_is_heard(clock, heard, form, aes_key):
    url, got = heard
    platform = create_app(APP_ID, SECRET, clock=clock, target=Target(url, "AAAAA", aes_key, form)).test_client()
    accept(platform)
    ends = time.monotonic() + 5
    while len(platform.get("/_stand-in/pushes").json["answers"]) < 2:
        assert time.monotonic() < ends
        time.sleep(0.02)
    for args, body in got:
        event, _ = Channel("AAAAA", aes_key, APP_ID).read(
            body, signature=args["signature"], msg_signature=args.get("msg_signature", ""), timestamp=args["timestamp"], nonce=args["nonce"])
        assert (event["Event"], event["FromUserName"]) == ("subscribe_msg_popup_event", LI)
        assert event["List"]["SubscribeStatusString"] == "accept"
    assert got[0] == got[1]
    assert aes_key == "" or b"popup" not in got[0][1]


def test_what_a_person_does_elsewhere_can_be_pushed(clock, heard):
    url, got = heard
    platform = create_app(APP_ID, SECRET, clock=clock, target=Target(url, "AAAAA")).test_client()
    assert platform.post("/_stand-in/pushes", json={"name": "li-na", "event": "user_authorization_revoke", "RevokeInfo": "8"}).status_code == 204
    ends = time.monotonic() + 5
    while not got and time.monotonic() < ends:
        time.sleep(0.02)
    assert json.loads(got[0][1])["RevokeInfo"] == "8"
