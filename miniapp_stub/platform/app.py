"""The platform's calls as documented, and under `/_stand-in` what only a stand-in has."""
import secrets
import time
from base64 import b64encode
from threading import Thread

from flask import Flask, Response, request

from miniapp_stub.platform import content, mini_codes, phones, pushes, subscriptions, tokens
from miniapp_stub.platform.answers import Failure, error, plain
from miniapp_stub.platform.codes import LASTS_S, CodeInvalid, Codes, CodeUsed, is_name, openid
from miniapp_stub.platform.faults import BadFault, Fault, Faults
from miniapp_stub.platform.quotas import Quotas

DEMO_APP_ID = "wxstandin0000demo"
DEMO_APP_SECRET = "stand-in-demo-only"
DEMO_PUSH_TOKEN, DEMO_PUSH_AES_KEY = "standindemopush", "StandInForTheDemoOnlyAndForNothingElseAtAll"
NEEDED = (("appid", 41002), ("secret", 41004), ("js_code", 41008), ("grant_type", 40002))


class Platform:
    """One mini program's platform. `clock` gives seconds and never goes back; `time` gives those of the calendar."""

    def __init__(self, app_id: str, app_secret: str, *, clock, sleep, now, target: pushes.Target, generous: bool):
        self.app_id, self.app_secret, self.clock, self.sleep, self.time = app_id, app_secret, clock, sleep, now
        self.codes, self.faults, self.quotas, self.tokens = Codes(clock), Faults(), Quotas(clock), tokens.Tokens(clock)
        self.phones, self.subscriptions = phones.Phones(clock), subscriptions.Subscriptions(generous)
        self.pushes, self.pages, self._seen, self.linger_s = pushes.Pushes(target, self), None, {}, 0.0

    def authorised_json(self) -> dict:
        """The body of a call that needs an access token, once token and quota allow it."""
        self.tokens.check(request.args.get("access_token", ""))
        self.quotas.count(request.path)
        asked = request.get_json(force=True, silent=True)
        if not isinstance(asked, dict):
            raise Failure(47001 if request.get_data() else 44002)
        return asked

    def saw(self, whose: str) -> None:
        self._seen[whose] = self.clock()

    def was_here(self, whose: str, within_s: float) -> bool:
        return whose in self._seen and self.clock() - self._seen[whose] < within_s

    def linger(self) -> None:
        """How long a message takes on its way, where a test wants to meet it there."""
        if self.linger_s:
            self.sleep(self.linger_s)

    @staticmethod
    def later(act) -> None:
        Thread(target=act, daemon=True).start()


def create_app(app_id: str = DEMO_APP_ID, app_secret: str = DEMO_APP_SECRET, *, clock=time.monotonic, sleep=time.sleep,
               now=time.time, target: pushes.Target | None = None, generous: bool = False) -> Flask:
    """One mini program's platform, with its own codes, tokens, rights and faults."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    platform = Platform(app_id, app_secret, clock=clock, sleep=sleep, now=now, target=target or pushes.Target(), generous=generous)
    _fail_when_told(app, platform)
    _sign_people_in(app, platform)
    for part in (tokens, phones, mini_codes, subscriptions, content, pushes):
        part.register(app, platform)
    _take_orders(app, platform)
    return app


def _fail_when_told(app, platform) -> None:
    @app.before_request
    def act_out():
        """The failing answer, which spends nothing; a fault may also be only a delay."""
        if request.path.startswith("/_stand-in") or request.path == "/healthz":
            return None
        fault = platform.faults.next(request.path)
        if fault is None:
            return None
        platform.sleep(fault.delay_s)
        return _acted_out(fault)

    @app.errorhandler(Failure)
    def failed(failure: Failure):
        return error(failure.errcode, more=failure.more)


def _acted_out(fault: Fault) -> Response | None:
    if fault.garbage:
        return Response(fault.text, fault.status or 200, mimetype="text/html")
    if fault.errcode is not None:
        return error(fault.errcode, fault.status or 200)
    return Response("", fault.status) if fault.status else None


def _sign_people_in(app, platform) -> None:
    @app.get("/sns/jscode2session")
    def jscode2session():
        for name, errcode in NEEDED:
            if not request.args.get(name):
                raise Failure(errcode)
        if request.args["appid"] != platform.app_id:
            raise Failure(40013)
        if request.args["secret"] != platform.app_secret:
            raise Failure(40125)
        if request.args["grant_type"] != "authorization_code":
            raise Failure(40002)
        return _session(platform, request.args["js_code"])


def _session(platform, code: str) -> Response:
    try:
        name = platform.codes.spend(code)
    except CodeInvalid:
        raise Failure(40029) from None
    except CodeUsed:
        raise Failure(40163) from None
    whose = openid(platform.app_id, name)
    platform.saw(whose)
    return plain({"session_key": b64encode(secrets.token_bytes(16)).decode(), "openid": whose})


def _take_orders(app, platform) -> None:
    @app.post("/_stand-in/codes")
    def mint():
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not is_name(body.get("name")):
            return {"error": "name is 1-64 of a-z, 0-9 and -"}, 400
        return {"code": platform.codes.mint(body["name"]), "expires_in": LASTS_S}, 201

    @app.post("/_stand-in/faults")
    def fail():
        try:
            platform.faults.tell(Fault.read(request.get_json(silent=True)))
        except BadFault as bad:
            return {"error": str(bad)}, 400
        return "", 204

    @app.post("/_stand-in/quotas")
    def limit():
        body = request.get_json()
        platform.quotas.limit(body["path"], body.get("per_minute"), body.get("per_day"))
        return "", 204

    @app.post("/_stand-in/tokens/end")
    def end_tokens():
        """All tokens given until now are refused; `still_given`: and yet the normal mode goes on giving the last one."""
        platform.tokens.end(still_given=bool((request.get_json(silent=True) or {}).get("still_given")))
        return "", 204

    @app.post("/_stand-in/linger")
    def linger():
        platform.linger_s = float(request.get_json()["seconds"])
        return "", 204

    @app.get("/healthz")
    def healthz():
        return {"status": "ok"}
