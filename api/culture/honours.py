"""Honours: proposed, agreed to, shown with a masked name, withdrawn."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Moment, PageQuery, Schema, Text, Truth, page_of
from api.edge.http import Blueprint
from models import Honour, Role
from services.culture import honours
from services.people import people

bp = Blueprint("honours", "Honours, shown with consent")


class ProposeHonourSchema(Schema):
    area_id = ma.fields.UUID(required=True)
    person_id = ma.fields.UUID(required=True)
    title_zh = Text(required=True, validate=ma.validate.Length(1, 120))
    title_en = Text(required=True, validate=ma.validate.Length(1, 200))
    reason_zh = Text(required=True, validate=ma.validate.Length(1, 500))
    reason_en = Text(required=True, validate=ma.validate.Length(1, 500))


class HonourSchema(ProposeHonourSchema):
    id = ma.fields.UUID()
    proposed_at = Moment()
    consented_at = Moment(allow_none=True)
    refused_at = Moment(allow_none=True)
    published_at = Moment(allow_none=True)
    withdrawn_at = Moment(allow_none=True)


class ShownHonourSchema(Schema):
    id = ma.fields.UUID()
    area_id = ma.fields.UUID()
    name = ma.fields.Function(lambda row: people.masked(row.display_name), metadata={"type": "string"})
    title_zh = ma.fields.Str()
    title_en = ma.fields.Str()
    reason_zh = ma.fields.Str()
    reason_en = ma.fields.Str()
    published_at = Moment()


class HonourQuery(PageQuery):
    area_id = ma.fields.UUID()


class ConsentToHonourSchema(Schema):
    consent = Truth(required=True)


@bp.get("/honours")
@only(Role.RESIDENT)
@bp.arguments(HonourQuery, location="query")
@bp.response(200, page_of(ShownHonourSchema))
def list_shown(args):
    return paging.page(honours.shown(g.person, area_id=args.get("area_id")), [Honour.id], limit=args["limit"], cursor=args["cursor"], scalars=False)


@bp.post("/honours")
@only(Role.AREA_ADMIN)
@bp.arguments(ProposeHonourSchema)
@bp.response(201, HonourSchema)
def propose(args):
    return honours.propose(**args, by=g.person, now=g.now)


@bp.get("/honours/proposed")
@only(Role.AREA_ADMIN)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(HonourSchema))
def list_proposed(args):
    return paging.page(honours.managed(g.person, g.now), [Honour.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/honours/<uuid:honour_id>/publish")
@only(Role.AREA_ADMIN)
@bp.response(200, HonourSchema)
def publish(honour_id):
    return honours.publish(honour_id, by=g.person, now=g.now)


@bp.get("/me/honours")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(HonourSchema))
def list_own(args):
    return paging.page(honours.own(g.person), [Honour.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/honours/<uuid:honour_id>/answer")
@only(Role.RESIDENT)
@bp.arguments(ConsentToHonourSchema)
@bp.response(200, HonourSchema)
def answer(args, honour_id):
    """By whom it names: agreed to or refused, for this one honour."""
    return honours.answer(honour_id, consent=args["consent"], by=g.person, now=g.now)


@bp.post("/honours/<uuid:honour_id>/withdraw")
@only(Role.RESIDENT)
@bp.response(200, HonourSchema)
def withdraw(honour_id):
    return honours.withdraw(honour_id, by=g.person, now=g.now)
