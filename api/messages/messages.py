"""The inbox of the signed-in person."""
import marshmallow as ma
from flask import g, request

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Integer, Moment, PageQuery, Schema, page_of
from api.edge.http import Blueprint
from api.edge.i18n import asked_language
from api.messages import inbox
from models import Message, Role
from services.messages import messages

bp = Blueprint("messages", "Messages", url_prefix="/api/v1/me/messages")


class AboutSchema(Schema):
    type = ma.fields.Str()
    id = ma.fields.UUID()


class MessageSchema(Schema):
    id = ma.fields.UUID()
    topic = ma.fields.Str()
    at = Moment()
    read_at = Moment(allow_none=True)
    title = ma.fields.Str()
    text = ma.fields.Str()
    about = ma.fields.Nested(AboutSchema, allow_none=True, metadata={"description": "what opens when one taps it"})
    figures = ma.fields.Dict()


class MessageQuery(PageQuery):
    unread = ma.fields.Bool()


class UnreadSchema(Schema):
    unread = Integer()


def _language() -> str:
    """What the request asks for, else the person's own."""
    return asked_language() if request.headers.get("Accept-Language") else g.person.language


@bp.get("")
@only(Role.RESIDENT)
@bp.arguments(MessageQuery, location="query")
@bp.response(200, page_of(MessageSchema))
def list_messages(args):
    found = paging.page(messages.of(g.person, unread=args.get("unread")), [Message.id], limit=args["limit"], cursor=args["cursor"])
    return found | {"items": inbox.worded(found["items"], _language())}


@bp.get("/unread")
@only(Role.RESIDENT)
@bp.response(200, UnreadSchema)
def count_unread():
    return {"unread": messages.unread_count(g.person)}


@bp.post("/<uuid:message_id>/read")
@only(Role.RESIDENT)
@bp.response(200, MessageSchema)
def read(message_id):
    return inbox.worded([messages.read(message_id, by=g.person, now=g.now)], _language())[0]


@bp.post("/read-all")
@only(Role.RESIDENT)
@bp.response(204)
def read_all():
    messages.read_all(by=g.person, now=g.now)
