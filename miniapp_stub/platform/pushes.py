"""What WeChat tells a mini program's server: signed, sealed where a key was set, as JSON or XML; sent again until it is heard."""
import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from xml.sax.saxutils import escape

import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import request

from miniapp_stub.platform.codes import is_name, openid

TRIES, TIMEOUT_S = 3, 5
SHOP = "gh_97417a04a28d"


@dataclass
class Target:
    """Where to push; no URL is no push."""

    url: str = ""
    token: str = ""
    aes_key: str = ""
    form: str = "json"


class Pushes:
    def __init__(self, target: Target, platform):
        self.target, self._platform = target, platform
        self.answers: list[str] = []
        self.given_up: list[dict] = []

    def tell(self, whose: str, event: str, **fields) -> None:
        if self.target.url:
            body = {"ToUserName": SHOP, "FromUserName": whose, "CreateTime": int(self._platform.time()), "MsgType": "event",
                    "Event": event, **fields}
            self._platform.later(lambda: self._send(body))

    def _written(self, body: dict) -> str:
        return json.dumps(body, ensure_ascii=False) if self.target.form == "json" else f"<xml>{_xml(body)}</xml>"

    def _send(self, body: dict) -> None:
        params, message = self._signed(self._written(body))
        for _ in range(TRIES):
            try:
                answer = self._post(params, message)
            except requests.RequestException as error:
                answer = type(error).__name__
            self.answers.append(answer)
            if answer in ("success", ""):
                return
        self.given_up.append(body)

    def _signed(self, message: str) -> tuple[dict, str]:
        timestamp, nonce = str(int(self._platform.time())), str(secrets.randbelow(10**9))
        params = {"signature": sign(self.target.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
        if not self.target.aes_key:
            return params, message
        sealed = seal(self.target.aes_key, message, self._platform.app_id)
        params |= {"encrypt_type": "aes", "msg_signature": sign(self.target.token, timestamp, nonce, sealed)}
        return params, self._written({"ToUserName": SHOP, "Encrypt": sealed})

    def _post(self, params: dict, body: str) -> str:
        session = requests.Session()
        session.trust_env = False
        kind = "application/json" if self.target.form == "json" else "text/xml"
        answer = session.post(self.target.url, params=params, data=body.encode(), timeout=TIMEOUT_S, headers={"Content-Type": kind})
        return answer.text if answer.status_code == 200 else f"HTTP {answer.status_code}"


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def seal(aes_key: str, message: str, app_id: str) -> str:
    key, raw = base64.b64decode(aes_key + "="), message.encode()
    plain = secrets.token_bytes(16) + len(raw).to_bytes(4, "big") + raw + app_id.encode()
    padding = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def _xml(fields: dict) -> str:
    """Lists repeat their element, as WeChat does."""
    parts = []
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            parts.append(f"<{name}>{_xml(each) if isinstance(each, dict) else escape(str(each))}</{name}>")
    return "".join(parts)


def register(app, platform) -> None:
    @app.post("/_stand-in/push-target")
    def aim():
        body = request.get_json()
        platform.pushes.target = Target(**{name: str(value) for name, value in body.items()})
        return "", 204

    @app.post("/_stand-in/pushes")
    def push():
        """Any event about a person: `{"name", "event", ...its own fields}`."""
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not is_name(body.get("name")) or not isinstance(body.get("event"), str):
            return {"error": "name and event, and the event's own fields"}, 400
        more = {name: value for name, value in body.items() if name not in ("name", "event")}
        platform.pushes.tell(openid(platform.app_id, body["name"]), body["event"], **more)
        return "", 204

    @app.get("/_stand-in/pushes")
    def heard():
        return {"answers": platform.pushes.answers, "given_up": platform.pushes.given_up}
