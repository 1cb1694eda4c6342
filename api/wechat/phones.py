"""The person's phone number, from WeChat's button. No door of ours asks for it."""
import marshmallow as ma
from flask import g

from api.edge import outside
from api.edge.auth import only
from api.edge.fields import Schema, Text
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import Person, Purpose, Role
from services.messages import subscriptions
from services.people import consents, people
from services.wechat import phones

bp = Blueprint("phones", "The person's phone number", url_prefix="/api/v1/me/phone")


class PhoneCodeSchema(Schema):
    code = Text(required=True, validate=ma.validate.Length(1, 256))


class PhoneSchema(Schema):
    phone = ma.fields.Str(allow_none=True, metadata={"description": "masked"})


def _shown(person: Person) -> dict:
    number = people.paper(person, "phone", settings().keys)
    return {"phone": number and phones.masked(number)}


@bp.get("")
@only(Role.RESIDENT)
@bp.response(200, PhoneSchema)
def show():
    return _shown(g.person)


@bp.post("")
@only(Role.RESIDENT)
@bp.arguments(PhoneCodeSchema)
@bp.response(200, PhoneSchema)
def bind(args):
    openid = subscriptions.own_openid(g.person.id, settings())
    if openid is None:
        raise subscriptions.NoWechatSignIn
    now = g.now  # asking WeChat has transactions of its own
    outside.let_go()
    with outside.asking(refused=phones.PhoneCodeInvalid):
        found = outside.wechat().phone_number(args["code"], openid)
    bound = phones.bind(g.person_id, found.country_code, found.number, keys=settings().keys)
    consents.answer(g.person_id, Purpose.PHONE_NUMBER, given=True, now=now)
    return _shown(bound)


@bp.delete("")
@only(Role.RESIDENT)
@bp.response(204)
def unbind():
    phones.unbind(g.person_id)
    consents.answer(g.person_id, Purpose.PHONE_NUMBER, given=False, now=g.now)
