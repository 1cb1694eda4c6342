"""The calls that we make, each as one method: what goes in, what comes out, what is refused."""
import re
from contextlib import nullcontext
from dataclasses import dataclass

from clients.wechat import fields
from clients.wechat.access import Access, InProcess, TokenStore
from clients.wechat.errors import CodeRefused, Refused, TokenRefused, Unavailable, not_understood
from clients.wechat.transport import Transport

JS_CODE = re.compile(r"[\x21-\x7e]{1,256}")
IDENTITY = re.compile(r"[A-Za-z0-9_-]{1,128}")
SCENE = re.compile(r"[A-Za-z0-9!#$&'()*+,/:;=?@._~-]{1,32}")
DIGITS = re.compile(r"[0-9]{4,20}")
LONGEST_TEXT = 2500
MOST_PICTURE_BYTES = 2 * 1024 * 1024
SUGGESTIONS = ("pass", "review", "risky")


@dataclass(frozen=True)
class WeChatSession:
    """Who signed in. The session_key that WeChat sends along is not kept: nothing here needs it."""

    openid: str
    unionid: str | None = None


@dataclass(frozen=True)
class PhoneNumber:
    country_code: str
    number: str


@dataclass(frozen=True)
class Verdict:
    """What WeChat suggests about a text or a picture, and its label of the trouble (100 is none)."""

    suggest: str
    label: int | None = None


class WeChat:
    def __init__(self, base: str, app_id: str, app_secret: str, timeout: float = 3.0, *, longest: float = 5.0,
                 tokens: TokenStore | None = None, watched=nullcontext):
        """`timeout` is one request's, `longest` a whole call's with its repetitions, both in seconds; `watched` is Transport's."""
        self._app_id, self._app_secret = app_id, app_secret
        self._http = Transport(base, timeout, longest, watched)
        self._access = Access(self._ask_for_token, tokens or InProcess())

    def code_to_session(self, js_code: str) -> WeChatSession:
        """Who the code of a `wx.login` stands for; CodeRefused or Unavailable otherwise. A code works once."""
        if not JS_CODE.fullmatch(js_code):
            raise CodeRefused("the code is malformed")
        params = {"appid": self._app_id, "secret": self._app_secret, "js_code": js_code, "grant_type": "authorization_code"}
        try:
            answer = self._http.get("/sns/jscode2session", params, self._http.ends())
        except CodeRefused:
            raise
        except Refused as error:
            raise Unavailable(str(error)) from error
        unionid = _identity(answer, "unionid") if answer.get("unionid") else None
        return WeChatSession(_identity(answer, "openid"), unionid)

    def phone_number(self, code: str, openid: str) -> PhoneNumber:
        """The phone behind the code of a getPhoneNumber button, which must have been this openid's tap. CodeRefused, Unavailable."""
        if not JS_CODE.fullmatch(code):
            raise CodeRefused("the code is malformed")
        info = self._call("/wxa/business/getuserphonenumber", {"code": code, "openid": openid}).get("phone_info")
        watermark = info.get("watermark") if isinstance(info, dict) else None
        if not isinstance(watermark, dict) or watermark.get("appid") != self._app_id:
            raise not_understood("phone_info.watermark")
        country, number = str(info.get("countryCode", "")), str(info.get("purePhoneNumber", ""))
        if not re.fullmatch(r"[0-9]{1,4}", country) or not DIGITS.fullmatch(number):
            raise not_understood("phone_info")
        return PhoneNumber(country, number)

    def unlimited_code(self, scene: str, *, page: str = "", env_version: str = "release", width: int = 430) -> bytes:
        """A picture (PNG or JPEG) that opens the mini program at `page` with this scene; it is good for ever."""
        if not SCENE.fullmatch(scene):
            raise ValueError("a scene is 1-32 characters that WeChat allows")
        body = {"scene": scene, "env_version": env_version, "width": width, "check_path": env_version == "release"}
        if page:
            body["page"] = page
        return self._with_token(lambda token, ends: self._http.picture(
            "/wxa/getwxacodeunlimit", body, ends, params={"access_token": token}, most=MOST_PICTURE_BYTES))

    def send_subscribed(self, openid: str, template_id: str, data: dict[str, str], *, page: str = "", language: str = "zh_CN",
                        state: str = "formal") -> str | None:
        """Write to a phone, spending one right; gives WeChat's id of it. Values are cut to what their fields hold.

        NoRight, Banned, BeingSent, Refused for a template or openid that is none, Unavailable.
        """
        body = {"touser": openid, "template_id": template_id, "miniprogram_state": state, "lang": language,
                "data": {key: {"value": fields.fit(key, value)} for key, value in data.items()}}
        if page:
            body["page"] = page
        msgid = self._call("/cgi-bin/message/subscribe/send", body).get("msgid")
        return str(msgid)[:64] if isinstance(msgid, int | str) else None

    def check_text(self, text: str, openid: str, *, scene: int) -> Verdict:
        """What WeChat says of words that this person wrote. NotRecent when they have not been here within two hours."""
        if not 0 < len(text) <= LONGEST_TEXT:
            raise ValueError(f"a text to check has 1-{LONGEST_TEXT} characters")
        answer = self._call("/wxa/msg_sec_check", {"content": text, "version": 2, "scene": scene, "openid": openid})
        return verdict(answer.get("result"))

    def check_picture(self, url: str, openid: str, *, scene: int) -> str:
        """Ask about a picture that WeChat can fetch; gives the trace under which the verdict is pushed within 30 minutes."""
        answer = self._call("/wxa/media_check_async", {"media_url": url, "media_type": 2, "version": 2, "scene": scene, "openid": openid})
        return _identity(answer, "trace_id")

    def _ask_for_token(self, force: bool, ends: float) -> dict:
        return self._http.post("/cgi-bin/stable_token", {
            "grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret, "force_refresh": force}, ends)

    def _call(self, path: str, body: dict) -> dict:
        return self._with_token(lambda token, ends: self._http.post(path, body, ends, params={"access_token": token}))

    def _with_token(self, ask):
        """Once more with another token where this one is refused, and no third time."""
        ends = self._http.ends()
        token = self._access.token(ends)
        try:
            return ask(token, ends)
        except TokenRefused:
            return ask(self._access.token(ends, instead_of=token), ends)


def verdict(result) -> Verdict:
    """The `result` of an answer or a push."""
    suggest, label = (result.get("suggest"), result.get("label")) if isinstance(result, dict) else (None, None)
    if suggest not in SUGGESTIONS:
        raise not_understood("result.suggest")
    return Verdict(suggest, int(label) if str(label).isdecimal() and len(str(label)) < 10 else None)


def _identity(answer: dict, name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not IDENTITY.fullmatch(value):
        raise not_understood(name)
    return value
