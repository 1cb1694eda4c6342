"""The client against the platform's stand-in, over a real socket."""
import logging
import socket
import time
from threading import Thread

import pytest
import requests
from urllib3 import make_headers

from clients.wechat import CodeRefused, Unavailable, WeChat, WeChatSession, transport
from miniapp_stub.platform.codes import openid
from tests.clients.conftest import APP_ID, SECRET


def mint(base, name):
    return requests.post(f"{base}/_stand-in/codes", json={"name": name}, timeout=5).json()["code"]


def fail(base, **fault):
    assert requests.post(f"{base}/_stand-in/faults", json=fault, timeout=5).status_code == 204


def test_a_code_gives_the_openid_and_nothing_of_the_session_key(wechat, base):
    session = wechat.code_to_session(mint(base, "li-na"))

    assert session == WeChatSession(openid(APP_ID, "li-na"), None)
    assert "key" not in repr(session)


def test_a_demo_code_gives_the_same_person_each_time(wechat):
    assert wechat.code_to_session("demo:li-na") == wechat.code_to_session("demo:li-na")


def test_a_code_used_before_is_refused(wechat, base):
    code = mint(base, "li-na")
    wechat.code_to_session(code)

    with pytest.raises(CodeRefused, match="40163"):
        wechat.code_to_session(code)


def test_a_code_five_minutes_old_is_refused(wechat, base, clock):
    code = mint(base, "li-na")
    clock.now += 300

    with pytest.raises(CodeRefused, match="40029"):
        wechat.code_to_session(code)


@pytest.mark.parametrize("errcode", [40029, 40163, 40226, "40029"])
def test_a_refused_code_is_not_sent_again(wechat, base, errcode):
    fail(base, errcode=errcode, times=1)

    with pytest.raises(CodeRefused):
        wechat.code_to_session("demo:li-na")
    assert wechat.code_to_session("demo:li-na")  # passes: the one fault was met by the one call before


@pytest.mark.parametrize("code", ["", "with space", "x" * 257, "\ud800", "二维码", "line\n"])
def test_a_malformed_code_is_refused_without_asking(code):
    with pytest.raises(CodeRefused):
        WeChat("http://127.0.0.1:1", APP_ID, SECRET).code_to_session(code)


def test_busy_twice_is_asked_again_with_the_same_code(wechat, base):
    code = mint(base, "li-na")
    fail(base, errcode=-1, times=2)

    assert wechat.code_to_session(code).openid == openid(APP_ID, "li-na")


def test_busy_three_times_is_unavailable(wechat, base):
    fail(base, errcode="-1", times=3)

    with pytest.raises(Unavailable):
        wechat.code_to_session("demo:li-na")
    assert wechat.code_to_session("demo:li-na")


@pytest.mark.parametrize("errcode", [45011, 40013, 40125, 41002, 40243, 99999])
def test_any_other_error_is_unavailable_at_once(wechat, base, errcode):
    fail(base, errcode=errcode, times=1)

    with pytest.raises(Unavailable, match=str(errcode)):
        wechat.code_to_session("demo:li-na")
    assert wechat.code_to_session("demo:li-na")


@pytest.mark.parametrize(("app_id", "secret"), [
    (APP_ID, "wrong"), ("wrong", SECRET), ("", SECRET), (APP_ID, ""),
])
def test_wrong_settings_are_unavailable_and_logged_as_an_error(base, caplog, app_id, secret):
    with pytest.raises(Unavailable):
        WeChat(base, app_id, secret).code_to_session("demo:li-na")

    assert [record.levelno for record in caplog.records if record.name == "clients.wechat"] == [logging.ERROR]


@pytest.mark.parametrize("body", [
    "<html>", "[]", "null", "{}", "[" * 9000, '{"openid": "o1"}' + " " * 20000,
    '{"openid": 5}', '{"openid": ""}', '{"openid": "a b"}', f'{{"openid": "{"o" * 129}"}}',
    '{"openid": "o1", "unionid": 7}', '{"errcode": null, "openid": "o1"}',
    '{"errcode": "no", "openid": "o1"}',
    '{"errcode": 0.5, "openid": "o1"}', '{"errcode": true, "openid": "o1"}',
], ids=lambda body: body[:40])
def test_an_answer_not_understood_is_unavailable(wechat, base, body):
    fail(base, garbage=body)

    with pytest.raises(Unavailable):
        wechat.code_to_session("demo:li-na")


@pytest.mark.parametrize(("body", "session"), [
    ('{"openid": "o1", "session_key": "k"}', WeChatSession("o1")),
    ('{"openid": "o1", "errcode": 0, "unionid": ""}', WeChatSession("o1")),
    ('{"openid": "o1", "errcode": "0", "unionid": "u-1", "new_field": []}', WeChatSession("o1", "u-1")),
])
def test_errcode_zero_or_absent_is_success(wechat, base, body, session):
    fail(base, garbage=body)

    assert wechat.code_to_session("demo:li-na") == session


@pytest.mark.parametrize("status", [302, 404, 500, 503])
def test_an_http_error_is_unavailable(wechat, base, status):
    fail(base, status=status)

    with pytest.raises(Unavailable):
        wechat.code_to_session("demo:li-na")


def test_a_late_answer_is_unavailable(base):
    fail(base, delay_s=1)

    with pytest.raises(Unavailable):
        WeChat(base, APP_ID, SECRET, timeout=0.1).code_to_session("demo:li-na")


def test_nobody_there_is_unavailable():
    with pytest.raises(Unavailable):
        WeChat("http://127.0.0.1:1", APP_ID, SECRET).code_to_session("demo:li-na")


def test_an_answer_that_comes_a_byte_at_a_time_does_not_hold_the_caller():
    listening = socket.create_server(("127.0.0.1", 0))
    Thread(target=drip, args=(listening,), daemon=True).start()
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    wechat = WeChat(base, APP_ID, SECRET, timeout=0.2, longest=0.5)
    began = time.monotonic()

    with pytest.raises(Unavailable):
        wechat.code_to_session("demo:li-na")

    assert time.monotonic() - began < 1


def drip(listening):
    connection, _ = listening.accept()
    with listening, connection:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(20):
            connection.sendall(b"a")
            time.sleep(0.1)


def test_busy_and_slow_together_keep_to_the_longest_wait(base):
    fail(base, errcode=-1, delay_s=0.3, times=9)
    wechat = WeChat(base, APP_ID, SECRET, timeout=0.5, longest=0.8)
    began = time.monotonic()

    with pytest.raises(Unavailable):
        wechat.code_to_session("demo:li-na")

    assert time.monotonic() - began < 1


def test_neither_code_nor_secret_is_logged_or_told(wechat, base, caplog):
    caplog.set_level(logging.DEBUG)
    told = []
    for fault in ({"times": 0}, {"errcode": 40125}, {"status": 500}, {"garbage": True}):
        fail(base, **fault)
        told += raised_by(wechat, "demo:li-na")
    told += raised_by(WeChat("http://127.0.0.1:1", APP_ID, SECRET), "demo:li-na")

    everything = caplog.text + "".join(told)
    assert len(told) == 4
    assert [word for word in (SECRET, "li-na", "session_key") if word in everything] == []


def raised_by(wechat, code):
    try:
        wechat.code_to_session(code)
    except Unavailable as error:
        return [repr(error) + repr(error.__context__) + repr(error.__cause__)]
    return []


@pytest.fixture
def environment(monkeypatch):
    for name in ("NO_PROXY", "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch.setenv


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_asked_but_not_for_a_server_on_this_machine(environment, name):
    environment(name, "proxy.local:3128")
    assert transport._pool("https://api.weixin.qq.com").proxy.url == "http://proxy.local:3128"
    assert transport._pool("https://127.0.0.1:9").proxy is None


def test_who_one_is_to_a_proxy_is_told_to_it(environment):
    environment("HTTPS_PROXY", "http://li%40x:p%3A1@proxy.local:3128")
    assert transport._pool("https://api.weixin.qq.com").proxy_headers == make_headers(proxy_basic_auth="li@x:p:1")


def test_a_proxy_that_cannot_be_asked_is_told_and_stops_nothing(environment, caplog):
    environment("HTTPS_PROXY", "socks5://proxy.local:1080")
    assert transport._pool("https://api.weixin.qq.com").proxy is None
    assert "socks5" in caplog.text


def test_the_environments_certificates_are_believed(environment, tmp_path):
    environment("REQUESTS_CA_BUNDLE", str(tmp_path))
    assert transport._pool("https://api.weixin.qq.com").connection_pool_kw["ca_cert_dir"] == str(tmp_path)
    environment("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    assert transport._pool("https://api.weixin.qq.com").connection_pool_kw["ca_certs"] == str(tmp_path / "ca.pem")
