"""Where WeChat pushes: it is known by its signature, and hears `success` once it was understood."""
from flask import Response, g, request

from api.edge import bodies
from api.edge.auth import anyone
from api.edge.http import Blueprint
from api.edge.settings import settings
from api.pages import any_query
from clients.wechat.push import Channel, NotFromWeChat, NotReadable
from services.records import evidence_links
from services.refusals import Malformed, NotFound
from services.wechat import pushes

bp = Blueprint("wechat_push", "Pushes from WeChat", url_prefix="")
TEXT = {"schema": {"type": "string"}, "content_type": "text/plain"}


def _channel() -> Channel:
    """NotFound where no pushes were agreed with WeChat."""
    if not settings().wechat_push_token:
        raise NotFound
    return Channel(settings().wechat_push_token, settings().wechat_push_aes_key, settings().wechat_app_id)


def _query(name: str) -> str:
    return request.args.get(name, "")[:256]


def _plain(text: str) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8")


@bp.get("/wechat/push")
@anyone
@any_query
@bp.response(200, **TEXT)
def echo():
    try:
        _channel().check_echo(_query("signature"), _query("timestamp"), _query("nonce"))
    except NotFromWeChat as error:
        raise pushes.PushRefused from error
    return _plain(_query("echostr"))


@bp.post("/wechat/push")
@anyone
@any_query
@bp.response(200, **TEXT)
def hear():
    channel = _channel()
    body = bodies.read_bytes(settings().max_body_bytes)
    try:
        event, raw = channel.read(body, signature=_query("signature"), msg_signature=_query("msg_signature"),
                                  timestamp=_query("timestamp"), nonce=_query("nonce"))
    except NotFromWeChat as error:
        raise pushes.PushRefused from error
    except NotReadable as error:
        raise Malformed from error
    pushes.receive(event, raw, timestamp=_query("timestamp"), nonce=_query("nonce"), settings=settings(), now=g.now)
    return _plain("success")


hear.takes_body = True


@bp.get("/checks/<string:token>")
@anyone
@any_query
@bp.response(200, {"type": "string", "format": "binary"}, content_type="image/*")
def picture_to_check(token):
    """One picture, for WeChat to look at."""
    found = evidence_links.open_link(token, settings=settings(), now=g.now)
    return Response(found.picture, content_type=found.media_type)
