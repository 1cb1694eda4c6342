"""`GET /sns/jscode2session` as documented, and under `/_stand-in` what only a stand-in has."""
import json
import secrets
import time
from base64 import b64encode

from flask import Flask, Response, request

from miniapp_stub.platform.codes import LASTS_S, CodeInvalid, Codes, CodeUsed, is_name, openid
from miniapp_stub.platform.faults import BadFault, Fault, Faults

DEMO_APP_ID = "wxstandin0000demo"
DEMO_APP_SECRET = "stand-in-demo-only"
ERRORS = {
    -1: "system error",
    40002: "invalid grant_type",
    40013: "invalid appid",
    40029: "invalid code",
    40125: "invalid appsecret",
    40163: "code been used",
    40226: "code blocked",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    45011: "api minute-quota reach limit, must slower, retry next minute",
}
NEEDED = (("appid", 41002), ("secret", 41004), ("js_code", 41008), ("grant_type", 40002))


def create_app(app_id: str = DEMO_APP_ID, app_secret: str = DEMO_APP_SECRET, *, clock=time.monotonic,
               sleep=time.sleep) -> Flask:
    """One mini program's platform, with its own codes and faults; `clock` gives seconds."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    codes, faults = Codes(clock), Faults()
    _answer_as_wechat(app, app_id, app_secret, codes, faults, sleep)
    _take_orders(app, codes, faults)
    return app


def _answer_as_wechat(app, app_id, app_secret, codes, faults, sleep):
    @app.get("/sns/jscode2session")
    def jscode2session():
        fault = faults.next()
        if fault:
            sleep(fault.delay_s)
        failure = fault and _act_out(fault)
        return failure or _sign_in(request.args, app_id, app_secret, codes)


def _act_out(fault: Fault) -> Response | None:
    """The failing answer, which spends no code; None where the fault was only a delay."""
    if fault.garbage:
        return Response(fault.text, fault.status or 200, mimetype="text/html")
    if fault.errcode is not None:
        return _error(fault.errcode, fault.status or 200)
    if fault.status:
        return Response("", fault.status)
    return None


def _sign_in(args, app_id: str, app_secret: str, codes: Codes) -> Response:
    for name, errcode in NEEDED:
        if not args.get(name):
            return _error(errcode)
    if args["appid"] != app_id:
        return _error(40013)
    if args["secret"] != app_secret:
        return _error(40125)
    if args["grant_type"] != "authorization_code":
        return _error(40002)
    try:
        name = codes.spend(args["js_code"])
    except CodeInvalid:
        return _error(40029)
    except CodeUsed:
        return _error(40163)
    session_key = b64encode(secrets.token_bytes(16)).decode()
    return _plain({"session_key": session_key, "openid": openid(app_id, name)})


def _take_orders(app, codes, faults):
    @app.post("/_stand-in/codes")
    def mint():
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or not is_name(body.get("name")):
            return {"error": "name is 1-64 of a-z, 0-9 and -"}, 400
        return {"code": codes.mint(body["name"]), "expires_in": LASTS_S}, 201

    @app.post("/_stand-in/faults")
    def fail():
        try:
            faults.tell(Fault.read(request.get_json(silent=True)))
        except BadFault as error:
            return {"error": str(error)}, 400
        return "", 204

    @app.get("/healthz")
    def healthz():
        return {"status": "ok"}


def _error(errcode: int | str, status: int = 200) -> Response:
    errmsg = ERRORS.get(int(errcode), "error") if str(errcode).lstrip("-").isdecimal() else "error"
    return _plain({"errcode": errcode, "errmsg": f"{errmsg}, rid: {secrets.token_hex(4)}"}, status)


def _plain(answer: dict, status: int = 200) -> Response:
    """WeChat labels this JSON as plain text."""
    return Response(json.dumps(answer), status, mimetype="text/plain")
