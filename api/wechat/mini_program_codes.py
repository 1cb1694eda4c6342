"""The codes that open the mini program at an event or an offer, drawn by WeChat once and kept."""
from flask import Response, g

from api.edge import outside
from api.edge.auth import of_a_public_row, only
from api.edge.http import Blueprint
from api.edge.settings import settings
from api.pages import PosterQuery
from models import STAFF, Role
from services import events
from services.access import sign_in
from services.coupons import offers
from services.scans import codes
from services.wechat import mini_program_codes

bp = Blueprint("mini_program_codes", "Mini program codes")
PNG = {"schema": {"type": "string", "format": "binary"}, "content_type": "image/png"}


@bp.get("/events/<uuid:event_id>/mini-program-code.png")
@of_a_public_row
@only(*STAFF)
@bp.arguments(PosterQuery, location="query")
@bp.response(200, **PNG)
def event_code(args, event_id):
    event = events.managed(event_id, by=g.person, now=g.now)
    return _drawn(codes.poster(codes.POSTER_IN if args["direction"] == "in" else codes.POSTER_OUT, event.code_id))


@bp.get("/offers/<uuid:offer_id>/mini-program-code.png")
@only(Role.RESIDENT)
@bp.response(200, **PNG)
def offer_code(offer_id):
    return _drawn(mini_program_codes.offer_scene(offers.find(offer_id, by=g.person, now=g.now).id))


def _drawn(scene: str) -> Response:
    picture = mini_program_codes.kept(scene, settings=settings()) or _draw(scene)
    return Response(picture, content_type="image/png")


def _draw(scene: str) -> bytes:
    now = g.now  # the transaction of its own, below, has a `g` of its own too
    outside.let_go()
    with outside.asking():
        drawn = outside.wechat().unlimited_code(scene, page=settings().wechat_code_page, env_version=settings().wechat_version)
    try:
        with outside.own_transaction():
            return mini_program_codes.keep(scene, drawn, settings=settings(), now=now)
    except mini_program_codes.NoPicture as error:
        raise sign_in.WechatUnavailable(retry_after=5) from error
