"""`POST /wxa/business/getuserphonenumber`, and the codes that a getPhoneNumber button gives."""
import re
import secrets
from hashlib import sha256
from threading import Lock

from flask import request

from miniapp_stub.platform.answers import Failure, ok
from miniapp_stub.platform.codes import LASTS_S, is_name, openid

DEMO = "demo-phone:"
PHONE = re.compile(r"[0-9]{4,15}")


class Phones:
    def __init__(self, clock):
        self._clock, self._lock, self._made = clock, Lock(), {}

    def mint(self, name: str, phone: str, country: str) -> str:
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._made[code] = (name, country, phone, self._clock() + LASTS_S)
        return code

    def spend(self, code: str) -> tuple[str, str, str]:
        """(name, country code, number). `demo-phone:NAME` is NAME's own, any number of times; every other code works once."""
        if code.startswith(DEMO) and is_name(name := code.removeprefix(DEMO)):
            return name, "86", demo_phone(name)
        with self._lock:
            name, country, phone, ends = self._made.pop(code, ("", "", "", 0))
        if not name or self._clock() >= ends:
            raise Failure(40029)
        return name, country, phone


def demo_phone(name: str) -> str:
    """The same for a name at every start; of a range that no network has given out."""
    return f"1990001{int.from_bytes(sha256(name.encode()).digest()[:4], 'big') % 10_000:04d}"


def register(app, platform) -> None:
    @app.post("/wxa/business/getuserphonenumber")
    def get_phone_number():
        asked = platform.authorised_json()
        name, country, phone = platform.phones.spend(str(asked.get("code", "")))
        if asked.get("openid") not in (None, openid(platform.app_id, name)):
            raise Failure(40029)
        return ok(phone_info={
            "phoneNumber": phone if country == "86" else f"+{country} {phone}", "purePhoneNumber": phone, "countryCode": country,
            "watermark": {"timestamp": int(platform.time()), "appid": platform.app_id}})

    @app.post("/_stand-in/phone-codes")
    def mint_phone():
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not is_name(body.get("name")) or not PHONE.fullmatch(str(body.get("phone", ""))):
            return {"error": "name is 1-64 of a-z, 0-9 and -; phone is 4-15 digits"}, 400
        return {"code": platform.phones.mint(body["name"], str(body["phone"]), str(body.get("country", "86")))}, 201
