"""Which messages may ring the person's phone, as they answered in the mini program's dialog."""
import marshmallow as ma
from flask import g

from api.edge.auth import only
from api.edge.fields import Integer, Schema, Text
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import Role
from services.messages import subscriptions

bp = Blueprint("subscriptions", "Messages to a phone", url_prefix="/api/v1/me/subscriptions")
ANSWERS = ("accept", "reject", "ban", "filter")  # what wx.requestSubscribeMessage gives for a template


class AnswerSchema(Schema):
    template = Text(required=True, validate=ma.validate.Length(1, 64))
    result = ma.fields.Str(required=True, validate=ma.validate.OneOf(ANSWERS))


class SubscriptionSchema(Schema):
    template = ma.fields.Str()
    kind = ma.fields.Str()
    topics = ma.fields.List(ma.fields.Str())
    rights = Integer(metadata={"description": "how many messages of this template may still be sent"})


class SubscriptionsSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(SubscriptionSchema))


def _shown(template, rights: int) -> dict:
    return {"template": template.id, "kind": template.kind, "topics": template.topics, "rights": rights}


@bp.get("")
@only(Role.RESIDENT)
@bp.response(200, SubscriptionsSchema)
def list_subscriptions():
    return {"items": [_shown(template, rights) for template, rights in subscriptions.rights_of(g.person, settings())]}


@bp.post("")
@only(Role.RESIDENT)
@bp.arguments(AnswerSchema)
@bp.response(200, SubscriptionSchema)
def answer(args):
    answered = subscriptions.answered(args["template"], args["result"], by=g.person, settings=settings(), now=g.now)
    held = {template.id: rights for template, rights in subscriptions.rights_of(g.person, settings())}
    return _shown(answered, held[answered.id])
