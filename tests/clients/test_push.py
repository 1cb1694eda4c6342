"""WeChat's own published vectors, and what must not pass."""
import base64
import json

import pytest

from clients.wechat import push
from clients.wechat.push import Channel, NotFromWeChat, NotReadable

APP_ID, KEY = "wxba5fad812f8e6fb9", "A" * 43
TIMESTAMP, NONCE, MSG_SIGNATURE = "1714112445", "415670741", "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
ENCRYPT = ("+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT"
           "740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8Y"
           "L/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=")
MESSAGE = ('{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
           '"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}')
SAFE = Channel("AAAAA", KEY, APP_ID)
PLAIN = Channel("AAAAA")


def sealed(body=None, **changed):
    asked = {"signature": "", "msg_signature": MSG_SIGNATURE, "timestamp": TIMESTAMP, "nonce": NONCE} | changed
    return SAFE.read(body or json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": ENCRYPT}).encode(), **asked)


@pytest.mark.parametrize(("timestamp", "nonce", "signature"), [
    ("1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
    ("1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
])
def test_the_published_signatures_are_ours(timestamp, nonce, signature):
    assert push.sign("AAAAA", timestamp, nonce) == signature
    PLAIN.check_echo(signature, timestamp, nonce)
    with pytest.raises(NotFromWeChat):
        Channel("AAAAB").check_echo(signature, timestamp, nonce)


def test_the_published_sealed_message_opens():
    event, raw = sealed()
    assert raw == MESSAGE.encode()
    assert len(raw) == 167
    assert event["debug_str"] == "hello world"


def test_sealing_the_published_message_gives_the_published_bytes():
    assert push.seal(KEY, MESSAGE.encode(), APP_ID, random=b"a8eedb185eb2fecf") == ENCRYPT
    assert push.sign("AAAAA", TIMESTAMP, NONCE, ENCRYPT) == MSG_SIGNATURE


def test_a_sealed_message_comes_in_xml_too():
    body = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{ENCRYPT}]]></Encrypt></xml>".encode()
    assert sealed(body)[0]["Event"] == "debug_demo"


@pytest.mark.parametrize("changed", [
    {"msg_signature": "0" * 40}, {"msg_signature": ""}, {"msg_signature": "ü"}, {"timestamp": "1714112446"}, {"nonce": "1"},
    {"msg_signature": "", "signature": push.sign("AAAAA", TIMESTAMP, NONCE)},
], ids=str)
def test_a_wrong_signature_is_refused_and_the_plain_one_is_not_enough(changed):
    with pytest.raises(NotFromWeChat):
        sealed(**changed)


@pytest.mark.parametrize("body", [MESSAGE.encode(), b"", b"[]", b'{"Encrypt": 5}', b"<xml/>", b"\xff"])
def test_in_the_safe_mode_a_body_that_is_not_sealed_is_refused(body):
    with pytest.raises(NotFromWeChat):
        SAFE.read(body, signature=push.sign("AAAAA", TIMESTAMP, NONCE), msg_signature=push.sign("AAAAA", TIMESTAMP, NONCE, ""),
                  timestamp=TIMESTAMP, nonce=NONCE)


@pytest.mark.parametrize("cipher", ["", "AAAA", "!", ENCRYPT[:-4], base64.b64encode(bytes(64)).decode(), base64.b64encode(bytes(15)).decode()])
def test_sealed_nonsense_is_refused_however_well_it_is_signed(cipher):
    with pytest.raises(NotFromWeChat):
        SAFE.read(json.dumps({"Encrypt": cipher}).encode(), signature="", timestamp=TIMESTAMP, nonce=NONCE,
                  msg_signature=push.sign("AAAAA", TIMESTAMP, NONCE, cipher))


def test_a_message_for_another_mini_program_is_refused():
    with pytest.raises(NotFromWeChat, match="another mini program"):
        push.unseal(KEY, ENCRYPT, "wx0000000000000000")


def test_a_reply_opens_again():
    reply = SAFE.seal_reply("谢谢", timestamp=TIMESTAMP, nonce=NONCE)
    assert push.unseal(KEY, reply["Encrypt"], APP_ID).decode() == "谢谢"
    assert reply["MsgSignature"] == push.sign("AAAAA", TIMESTAMP, NONCE, reply["Encrypt"])


def test_xml_of_one_item_and_of_two_becomes_what_json_would_be():
    one = push.parse(b"<xml><Event>e</Event><List><TemplateId>t</TemplateId></List></xml>")
    two = push.parse(b"<xml><List><A>1</A></List><List><A>2</A></List></xml>")
    assert one == {"Event": "e", "List": {"TemplateId": "t"}}
    assert two == {"List": [{"A": "1"}, {"A": "2"}]}


@pytest.mark.parametrize("body", [
    b"", b"x", b"[]", b"5", b"<xml>", b"[" * 100_000, b"<" * 10,
    b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Event>&a;</Event></xml>',
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Event>&a;</Event></xml>',
], ids=lambda body: body[:20])
def test_what_is_no_message_is_not_readable(body):
    with pytest.raises(NotReadable):
        push.parse(body)
