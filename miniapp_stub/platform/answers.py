"""How WeChat answers: errors with status 200, JSON labelled as plain text."""
import json
import secrets

from flask import Response

ERRORS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40037: "invalid template_id",
    40097: "invalid args",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    40169: "invalid length for scene, or the data is not json string",
    40226: "code blocked",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    41030: "invalid page",
    42001: "access_token expired",
    43002: "require POST method",
    43101: "user refuse to accept the msg",
    43107: "require subscribe capability",
    43108: "concurrent sending to one user",
    44002: "empty post data",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    47001: "data format error",
    47003: "argument invalid",
    61010: "code is expired",
}


class Failure(Exception):
    """What a call answers in place of its result; `more` stands after the message, as WeChat names the argument."""

    def __init__(self, errcode: int, more: str = ""):
        super().__init__(errcode)
        self.errcode, self.more = errcode, more


def error(errcode: int | str, status: int = 200, more: str = "") -> Response:
    errmsg = ERRORS.get(int(errcode), "error") if str(errcode).lstrip("-").isdecimal() else "error"
    return plain({"errcode": errcode, "errmsg": f"{errmsg}{more}, rid: {secrets.token_hex(4)}"}, status)


def ok(**fields) -> Response:
    return plain({"errcode": 0, "errmsg": "ok", **fields})


def plain(answer: dict, status: int = 200) -> Response:
    """WeChat labels this JSON as plain text."""
    return Response(json.dumps(answer), status, mimetype="text/plain")
