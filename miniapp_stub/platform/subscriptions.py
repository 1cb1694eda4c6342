"""`POST /cgi-bin/message/subscribe/send`: one accept is one message, values keep to their fields, one at a time for each person."""
import re
from collections import Counter
from contextlib import contextmanager
from itertools import count
from threading import Lock

from flask import request

from miniapp_stub.platform.answers import Failure, ok
from miniapp_stub.platform.codes import is_name, openid

OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")
STATES, LANGUAGES = ("developer", "trial", "formal"), ("zh_CN", "en_US", "zh_HK", "zh_TW")
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
TIME = r"([0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日 ?)?[0-9]{1,2}:[0-9]{2}"
DATE = r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日( [0-9]{1,2}:[0-9]{2})?|[0-9]{4}-[0-9]{2}-[0-9]{2}"
FIELDS = {  # what each kind of field takes, whole
    "thing": r".{1,20}", "number": r"-?[0-9.]{1,32}", "letter": r"[A-Za-z]{1,32}", "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x21-\x7e]{1,32}", "time": rf"{TIME}(~{TIME})?", "date": rf"({DATE})(~({DATE}))?",
    "amount": r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?", "phone_number": r"[0-9+() -]{1,17}", "car_number": rf"[A-Z0-9{HAN}]{{1,8}}",
    "name": rf"[{HAN}·]{{1,10}}|[A-Za-z .'-]{{1,20}}", "phrase": rf"[{HAN}]{{1,5}}", "enum": r".{1,20}",
}
ANSWERS = ("accept", "reject", "ban", "filter")


class Subscriptions:
    """`generous`: as if everybody had just agreed; a browser cannot tell the platform so (the demo's case)."""

    def __init__(self, generous: bool):
        self._generous, self._lock = generous, Lock()
        self._rights, self._being_sent, self._ids = Counter(), set(), count(3_000_000_001)
        self.templates: dict[str, list[str]] | None = None
        self.sent: list[dict] = []

    def answer(self, whose: str, template: str, result: str) -> None:
        with self._lock:
            if result == "accept":
                self._rights[whose, template] += 1
            elif result == "off":
                self._rights[whose, template] = 0

    @contextmanager
    def sending_to(self, whose: str):
        """One at a time: 43108 for who comes while another is on its way."""
        with self._lock:
            if whose in self._being_sent:
                raise Failure(43108)
            self._being_sent.add(whose)
        try:
            yield
        finally:
            self._being_sent.discard(whose)

    def spend(self, asked: dict) -> int:
        """One right less, one message sent; gives its id."""
        key = asked["touser"], asked["template_id"]
        with self._lock:
            if not self._generous:
                if not self._rights[key]:
                    raise Failure(43101)
                self._rights[key] -= 1
            msgid = next(self._ids)
            self.sent.append({**asked, "msgid": msgid})
            return msgid


def register(app, platform) -> None:
    subscriptions = platform.subscriptions

    @app.post("/cgi-bin/message/subscribe/send")
    def send():
        asked = platform.authorised_json()
        _check(asked, subscriptions.templates)
        with subscriptions.sending_to(asked["touser"]):
            platform.linger()
            msgid = subscriptions.spend(asked)
        platform.pushes.tell(asked["touser"], "subscribe_msg_sent_event", List={
            "TemplateId": asked["template_id"], "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"})
        return ok(msgid=msgid)

    @app.post("/_stand-in/subscriptions")
    def subscribe():
        """What a person does: `accept`, `reject`, `ban`, `filter` in the dialog, or `off` in the settings."""
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not is_name(body.get("name")) or body.get("result") not in (*ANSWERS, "off"):
            return {"error": "name, template_id, and result: accept, reject, ban, filter or off"}, 400
        whose, template, result = openid(platform.app_id, body["name"]), str(body.get("template_id")), body["result"]
        subscriptions.answer(whose, template, result)
        if result in ("accept", "reject"):
            platform.pushes.tell(whose, "subscribe_msg_popup_event", List={
                "TemplateId": template, "SubscribeStatusString": result, "PopupScene": "0"})
        elif result == "off":
            platform.pushes.tell(whose, "subscribe_msg_change_event", List={"TemplateId": template, "SubscribeStatusString": "reject"})
        return "", 204

    @app.post("/_stand-in/templates")
    def add_templates():
        """Templates by id, each with its keys; until it is told, every template is there with any keys."""
        subscriptions.templates = request.get_json()
        return "", 204

    @app.get("/_stand-in/sent")
    def sent():
        return {"sent": subscriptions.sent}


def _check(asked: dict, templates: dict | None) -> None:
    if not OPENID.fullmatch(str(asked.get("touser", ""))):
        raise Failure(40003)
    template, data = asked.get("template_id"), asked.get("data")
    if not isinstance(template, str) or not template or (templates is not None and template not in templates):
        raise Failure(40037)
    if asked.get("miniprogram_state", "formal") not in STATES or asked.get("lang", "zh_CN") not in LANGUAGES:
        raise Failure(47003, "! miniprogram_state or lang")
    keys = templates[template] if templates else data
    if not isinstance(data, dict) or not data or set(data) != set(keys):
        raise Failure(47003, "! data")
    for key, field in data.items():
        form = FIELDS.get(re.sub(r"[0-9]+$", "", key))
        value = field.get("value") if isinstance(field, dict) else None
        if form is None or not isinstance(value, str) or not re.fullmatch(form, value):
            raise Failure(47003, f"! data.{key}.value invalid")
