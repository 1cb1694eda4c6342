"""Pages to print and to show. They are shells: their scripts ask the API with the token that the app hands over."""
import marshmallow as ma
from flask import Response, g, make_response, render_template, request

from api.edge import pictures
from api.edge.auth import anyone, anyone_with_a_code, of_a_public_row, only
from api.edge.fields import Schema
from api.edge.http import Blueprint
from api.edge.i18n import page_language
from api.edge.settings import settings
from models import STAFF
from services import events
from services.credit import letters
from services.refusals import NotFound
from services.scans import codes

bp = Blueprint("pages", "Pages to print and to show", url_prefix="")
HTML = {"schema": {"type": "string"}, "content_type": "text/html"}
KINDS = {codes.EVENT_IN: "venue", codes.EVENT_OUT: "venue", codes.POSTER_IN: "venue", codes.POSTER_OUT: "venue",
         codes.RESIDENT: "resident", codes.CARD: "resident", codes.COUPON: "coupon"}


class PosterQuery(Schema):
    direction = ma.fields.Str(load_default="in", validate=ma.validate.OneOf(["in", "out"]))


def any_query(view):
    """Links shared in chats come back with parameters of the chat's own."""
    view.takes_query = True
    return view


def _page(name: str, **facts) -> Response:
    return make_response(render_template(name, language=page_language(), **facts))


@bp.get("/events/<uuid:event_id>/poster")
@anyone
@any_query
@bp.response(200, **HTML)
def poster(event_id):
    return _page("poster.html", event_id=event_id, direction="out" if request.args.get("direction") == "out" else "in",
                 drawn=bool(settings().wechat_app_secret))


@bp.get("/events/<uuid:event_id>/venue")
@anyone
@any_query
@bp.response(200, **HTML)
def venue(event_id):
    return _page("venue.html", event_id=event_id)


@bp.get("/coupons/<uuid:coupon_id>/print")
@anyone
@any_query
@bp.response(200, **HTML)
def coupon(coupon_id):
    return _page("coupon_page.html", coupon_id=coupon_id)


@bp.get("/residents/<uuid:person_id>/card")
@anyone
@any_query
@bp.response(200, **HTML)
def card(person_id):
    return _page("card.html", person_id=person_id)


@bp.get("/civility/questionnaires/<uuid:questionnaire_id>/sheet")
@anyone
@any_query
@bp.response(200, **HTML)
def blank_sheet(questionnaire_id):
    return _page("blank_sheet.html", questionnaire_id=questionnaire_id)


@bp.get("/reset/<string:token>")
@anyone
@any_query
@bp.response(200, **HTML)
def reset(token):
    return _page("reset.html", token=token)


@bp.get("/c/<string:token>")
@anyone
@any_query
@bp.response(200, **HTML)
@bp.alt_response(404, **HTML)
def landing(token):
    code = codes.parse(token)
    page = _page("landing.html", token=token, kind=code and KINDS[code.kind])
    page.status_code = 200 if code else 404
    return page


@bp.get("/l/<string:code>")
@anyone
@any_query
@bp.response(200, **HTML)
def letter(code):
    """For the receiver of a reference letter. Its script asks for what it says: a chat that looks at the link alone has not read it."""
    return _page("letter.html", code=code)


@bp.get("/api/v1/letters/<string:code>/code.png")
@anyone_with_a_code
@bp.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
def letter_code(code):
    """Where its receiver reads it, to be scanned. Drawn of any such code: whether there is such a letter, it does not say."""
    if not letters.is_code(code):
        raise NotFound
    return Response(pictures.png(f"{settings().public_url}/l/{code}"), content_type="image/png")


@bp.get("/api/v1/events/<uuid:event_id>/poster.svg")
@of_a_public_row
@only(*STAFF)
@bp.arguments(PosterQuery, location="query")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="image/svg+xml")
def poster_code(args, event_id):
    event = events.managed(event_id, by=g.person, now=g.now)
    kind = codes.POSTER_IN if args["direction"] == "in" else codes.POSTER_OUT
    return Response(pictures.svg(f"{settings().public_url}/c/{codes.poster(kind, event.code_id)}"), content_type="image/svg+xml")
