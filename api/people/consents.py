"""What the signed-in person agreed to, each purpose by itself."""
import marshmallow as ma
from flask import g

from api.edge.auth import only
from api.edge.fields import Moment, Schema, Truth
from api.edge.http import Blueprint, check_version
from models import Purpose, Role
from services.people import consents
from services.refusals import NotFound
from services.wechat import phones

bp = Blueprint("consents", "The person's consents", url_prefix="/api/v1/me/consents")


class ConsentSchema(Schema):
    purpose = ma.fields.Str()
    given = ma.fields.Bool(allow_none=True, metadata={"description": "null: never asked about the present text"})
    text_version = ma.fields.Str()
    given_at = Moment(allow_none=True)
    withdrawn_at = Moment(allow_none=True)


class ConsentsSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(ConsentSchema))


class ConsentAnswerSchema(Schema):
    """The answer; the rest of what was read may come back and is not looked at."""

    given = Truth(required=True)
    purpose = ma.fields.Raw(load_only=True)
    text_version = ma.fields.Raw(load_only=True)
    given_at = ma.fields.Raw(load_only=True, allow_none=True)
    withdrawn_at = ma.fields.Raw(load_only=True, allow_none=True)


def _known(purpose: str) -> Purpose:
    if purpose not in set(Purpose):
        raise NotFound
    return Purpose(purpose)


@bp.get("")
@only(Role.RESIDENT)
@bp.response(200, ConsentsSchema)
def list_consents():
    return {"items": consents.of(g.person.id)}


@bp.get("/<string:purpose>")
@only(Role.RESIDENT)
@bp.response(200, ConsentSchema)
def show(purpose):
    return consents.one(g.person.id, _known(purpose))


@bp.put("/<string:purpose>")
@only(Role.RESIDENT)
@bp.arguments(ConsentAnswerSchema)
@bp.response(200, ConsentSchema)
def answer(args, purpose):
    wanted = _known(purpose)
    check_version(consents.held(g.person.id, wanted))
    consents.answer(g.person.id, wanted, given=args["given"], now=g.now)
    if wanted == Purpose.PHONE_NUMBER and not args["given"]:
        phones.unbind(g.person.id)
    return consents.one(g.person.id, wanted)
