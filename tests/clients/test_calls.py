"""Phone numbers, codes, subscription messages and content checks, against the stand-in."""
import re

import pytest

from clients.wechat import Banned, BeingSent, CodeRefused, NoRight, NotRecent, PhoneNumber, Refused, Unavailable, Verdict, WeChat
from clients.wechat.errors import Overused, Spent
from clients.wechat.fields import DoesNotFit, fit
from miniapp_stub.platform.codes import openid
from miniapp_stub.platform.subscriptions import FIELDS
from tests.clients.conftest import APP_ID, SECRET

LI = openid(APP_ID, "li-na")
DATA = {"thing1": "滨江步道清洁", "time2": "2026年5月6日 12:00"}


def test_a_phone_code_gives_its_number_once(wechat, order):
    code = order("phone-codes", name="li-na", phone="13900001234")["code"]
    assert wechat.phone_number(code, LI) == PhoneNumber("86", "13900001234")
    with pytest.raises(CodeRefused):
        wechat.phone_number(code, LI)


def test_a_phone_code_of_somebody_elses_tap_is_refused(wechat, order):
    code = order("phone-codes", name="zhang-wei", phone="13900001234")["code"]
    with pytest.raises(CodeRefused):
        wechat.phone_number(code, LI)


def test_a_foreign_number_keeps_its_country(wechat, order):
    code = order("phone-codes", name="anna", phone="15112345678", country="49")["code"]
    assert wechat.phone_number(code, openid(APP_ID, "anna")) == PhoneNumber("49", "15112345678")


@pytest.mark.parametrize("info", [
    "{}", '{"phone_info": []}', '{"phone_info": {"purePhoneNumber": "13900001234", "countryCode": "86"}}',
    '{"phone_info": {"purePhoneNumber": "13900001234", "countryCode": "86", "watermark": {"appid": "wx-other"}}}',
    f'{{"phone_info": {{"purePhoneNumber": "x", "countryCode": "86", "watermark": {{"appid": "{APP_ID}"}}}}}}',
])
def test_a_number_without_our_watermark_or_that_is_none_is_not_believed(wechat, order, info):
    order("faults", path="/wxa/business/getuserphonenumber", garbage=info)
    with pytest.raises(Unavailable, match="not understood"):
        wechat.phone_number("demo-phone:li-na", LI)


def test_a_code_is_a_picture(wechat):
    assert wechat.unlimited_code("P12345678").startswith(b"\xff\xd8\xff")


def test_an_error_in_place_of_a_picture_is_refused_not_kept(wechat, order):
    order("pages", pages=["pages/home/home"])
    assert wechat.unlimited_code("x", page="pages/home/home")
    with pytest.raises(Refused, match="41030"):
        wechat.unlimited_code("x", page="pages/other/other")
    assert wechat.unlimited_code("x", page="pages/other/other", env_version="trial")  # what is not released yet has no pages to look at
    order("faults", path="/wxa/getwxacodeunlimit", garbage="GIF89a")
    with pytest.raises(Unavailable, match="not understood"):
        wechat.unlimited_code("x")


@pytest.mark.parametrize("scene", ["", "x" * 33, "二维码", "a%20b", "a b", "x\n"])
def test_a_scene_that_wechat_would_refuse_is_not_sent(wechat, scene):
    with pytest.raises(ValueError, match="scene"):
        wechat.unlimited_code(scene)


def test_one_accept_is_one_message(wechat, order, sent):
    order("subscriptions", name="li-na", template_id="T1", result="accept")
    assert wechat.send_subscribed(LI, "T1", DATA, page="pages/home/home", language="en_US") == str(sent()[0]["msgid"])
    assert (sent()[0]["data"]["thing1"]["value"], sent()[0]["lang"]) == ("滨江步道清洁", "en_US")
    with pytest.raises(NoRight):
        wechat.send_subscribed(LI, "T1", DATA)
    assert len(sent()) == 1


@pytest.mark.parametrize("result", ["reject", "ban", "filter"])
def test_no_other_answer_is_a_right(wechat, order, result):
    order("subscriptions", name="li-na", template_id="T1", result=result)
    with pytest.raises(NoRight):
        wechat.send_subscribed(LI, "T1", DATA)


def test_a_right_is_of_its_template_and_person(wechat, order):
    order("subscriptions", name="li-na", template_id="T1", result="accept")
    for whose, template in ((LI, "T2"), (openid(APP_ID, "zhang-wei"), "T1")):
        with pytest.raises(NoRight):
            wechat.send_subscribed(whose, template, DATA)


@pytest.mark.parametrize(("errcode", "kind"), [
    (43107, Banned), (48001, Banned), (43108, BeingSent), (45168, Refused), (47003, Refused), (40037, Refused), (40003, Refused),
    (45009, Spent), (45011, Overused), (44991, Overused), (99999, Unavailable), (40013, Unavailable)])
def test_each_errcode_says_what_can_be_done(wechat, order, errcode, kind):
    order("faults", path="/cgi-bin/message/subscribe/send", errcode=errcode, times=1)
    with pytest.raises(kind) as refused:
        wechat.send_subscribed(LI, "T1", DATA)
    assert type(refused.value).__name__ in (kind.__name__, "Misconfigured")


def test_the_quota_of_a_minute_passes_by_itself(wechat, order, clock):
    order("quotas", path="/wxa/getwxacodeunlimit", per_minute=2)
    assert wechat.unlimited_code("x") and wechat.unlimited_code("x")
    with pytest.raises(Overused):
        wechat.unlimited_code("x")
    clock.now += 60
    assert wechat.unlimited_code("x")


@pytest.mark.parametrize(("key", "value", "fitted"), [
    ("thing1", "字" * 20, "字" * 20), ("thing1", "字" * 21, "字" * 19 + "…"), ("thing1", " two\nlines ", "two lines"),
    ("number2", "120", "120"), ("number2", "12.5", "12.5"), ("letter1", "abc", "abc"), ("symbol1", "!!", "!!"),
    ("character_string1", "A-12:9", "A-12:9"), ("time1", "15:01", "15:01"), ("time1", "2019年10月1日 15:01", "2019年10月1日 15:01"),
    ("time1", "2019年10月1日 15:01~2019年10月2日 16:00", "2019年10月1日 15:01~2019年10月2日 16:00"), ("date1", "2019年10月1日", "2019年10月1日"),
    ("amount1", "¥10.50", "¥10.50"), ("amount1", "10元", "10元"), ("phone_number1", "+86-13900001234", "+86-13900001234"),
    ("car_number1", "渝A12345", "渝A12345"), ("name1", "阿卜杜拉阿卜杜拉阿卜杜拉", "阿卜杜拉阿卜杜拉阿…"), ("name1", "Anna Keller", "Anna Keller"),
    ("phrase1", "已通过", "已通过"), ("phrase1", "等候名单已递补", "等候名单已"), ("phrase1", "OK 通过", "通过"), ("enum1", "进行中", "进行中"),
])
def test_a_value_is_cut_to_its_field(key, value, fitted):
    assert fit(key, value) == fitted


@pytest.mark.parametrize(("key", "value"), [
    ("thing1", ""), ("thing1", "   "), ("number1", "many"), ("number1", "1" * 33), ("letter1", "abc1"), ("letter1", "x" * 33),
    ("symbol1", "a"), ("symbol1", "!!!!!!"), ("character_string1", "中"), ("time1", "25:00"), ("time1", "soon"), ("date1", "tomorrow"),
    ("amount1", "12345678901"), ("amount1", "ten"), ("phone_number1", "1" * 18), ("car_number1", "渝A1234567"), ("phrase1", "OK"),
    ("unknown1", "x"), ("", "x")])
def test_a_value_of_another_kind_is_refused_before_it_is_sent(key, value):
    with pytest.raises(DoesNotFit):
        fit(key, value)


@pytest.mark.parametrize("key", ["thing1", "phrase2", "name3", "enum4"])
@pytest.mark.parametrize("text", ["字", "很长" * 40, "A long English sentence, longer than any field", "混合 mixed 文字 text 又长又杂乱无章"])
def test_whatever_is_cut_the_platform_takes(key, text):
    try:
        fitted = fit(key, text)
    except DoesNotFit:
        return
    form = FIELDS[key[:-1]]
    assert re.fullmatch(form, fitted) or (key == "name3" and len(fitted) <= 10)


@pytest.mark.parametrize(("text", "verdict"), [
    ("清理楼道", Verdict("pass", 100)), ("RISKY", Verdict("risky", 20006)), ("待审词", Verdict("review", 10001))])
def test_a_text_is_judged_at_once(wechat, text, verdict):
    wechat.code_to_session("demo:li-na")
    assert wechat.check_text(text, LI, scene=2) == verdict


def test_who_was_not_here_within_two_hours_is_not_checked_for(wechat, clock):
    wechat.code_to_session("demo:li-na")
    clock.now += 7200
    with pytest.raises(NotRecent):
        wechat.check_text("x", LI, scene=2)
    with pytest.raises(NotRecent):
        wechat.check_picture("http://127.0.0.1:9/x.png", LI, scene=2)


def test_a_picture_is_asked_about_under_a_trace(wechat):
    wechat.code_to_session("demo:li-na")
    assert re.fullmatch(r"[0-9a-f]{24}", wechat.check_picture("http://127.0.0.1:9/x.png", LI, scene=2))


@pytest.mark.parametrize("body", ["{}", '{"result": {}}', '{"result": {"suggest": "maybe"}}', '{"result": "pass"}'])
def test_a_verdict_that_is_none_lets_nothing_pass(wechat, order, body):
    order("faults", path="/wxa/msg_sec_check", garbage=body)
    with pytest.raises(Unavailable, match="not understood"):
        wechat.check_text("x", LI, scene=2)


def test_chinese_goes_as_itself_not_as_escapes(wechat, monkeypatch):
    sent = []
    request = wechat._http._http.request
    monkeypatch.setattr(wechat._http._http, "request", lambda *a, **kw: sent.append(kw["body"]) or request(*a, **kw))
    wechat.code_to_session("demo:li-na")
    wechat.check_text("楼道", LI, scene=2)
    assert "楼道".encode() in sent[-1]


def test_nobody_there_is_unavailable():
    with pytest.raises(Unavailable):
        WeChat("http://127.0.0.1:1", APP_ID, SECRET).send_subscribed(LI, "T1", DATA)
