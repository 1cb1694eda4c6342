"""What points buy."""
import json
from functools import cache, partial

import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Integer, Moment, Name, Number, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint, check_version
from api.edge.problems import code_of
from models import Offer, OfferKind, OfferStatus, Person, Role
from services.coupons import availability, offers, pages

bp = Blueprint("offers", "What points buy", url_prefix="/api/v1/offers")
MOST_FEN = 10_000_000_00


class TermsSchema(Schema):
    merchant_id = ma.fields.UUID(required=True)
    area_id = ma.fields.UUID(required=True)
    title = Name(longest=80, required=True, validate=ma.validate.Length(max=200))
    kind = ma.fields.Str(required=True, validate=ma.validate.OneOf(list(OfferKind)))
    face_value_fen = Integer(allow_none=True, load_default=None, validate=ma.validate.Range(0, MOST_FEN))
    percent = Integer(allow_none=True, load_default=None, validate=ma.validate.Range(1, 99))
    discount_cap_fen = Integer(allow_none=True, load_default=None, validate=ma.validate.Range(1, MOST_FEN))
    item = Name(longest=80, allow_none=True, load_default=None, validate=ma.validate.Length(max=200))
    min_spend_fen = Integer(load_default=0, validate=ma.validate.Range(0, MOST_FEN))
    points_price = Integer(required=True, validate=ma.validate.Range(1, 1_000_000))
    stock = Integer(required=True, validate=ma.validate.Range(1, 1_000_000))
    per_resident_limit = Integer(allow_none=True, load_default=None, validate=ma.validate.Range(1, 1_000_000))
    shop_ids = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=200))
    on_sale_from = Moment(required=True)
    on_sale_until = Moment(required=True)
    valid_days = Integer(required=True, validate=ma.validate.Range(1, 3650))
    funded_by = ma.fields.Str(required=True, validate=ma.validate.OneOf(["community", "merchant"]))


class OfferSchema(TermsSchema):
    id = ma.fields.UUID()
    status = ma.fields.Str()
    merchant_name = ma.fields.Str(attribute="merchant.name")
    shop_ids = ma.fields.Function(lambda offer: [str(shop.id) for shop in offer.shops],
                                  metadata={"type": "array", "items": {"type": "string", "format": "uuid"}})
    stock_left = ma.fields.Function(lambda offer: offer.stock - offer.issued, metadata={"type": "integer"})
    can_exchange = ma.fields.Function(lambda offer: g.refusals.get(offer.id) is None, metadata={"type": "boolean"})
    why_not = ma.fields.Function(lambda offer: g.refusals.get(offer.id) and code_of(g.refusals[offer.id]),
                                 metadata={"type": ["string", "null"], "description": "the refusal that an exchange would get"})
    approved_at = Moment()
    created_at = Moment()


class GoodAtSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.Str()
    address = ma.fields.Str()
    latitude = Number(allow_none=True)
    longitude = Number(allow_none=True)


class ReadOfferSchema(OfferSchema):
    shops = ma.fields.List(ma.fields.Nested(GoodAtSchema), attribute="good_at", metadata={"description": "where it is good, with where they are"})


class EditOfferSchema(TermsSchema):
    """Absent fields stay; what the answer has besides may come back and is not looked at."""

    id = ma.fields.Raw(load_only=True)
    status = ma.fields.Raw(load_only=True)
    merchant_name = ma.fields.Raw(load_only=True)
    stock_left = ma.fields.Raw(load_only=True)
    can_exchange = ma.fields.Raw(load_only=True)
    why_not = ma.fields.Raw(load_only=True, allow_none=True)
    approved_at = ma.fields.Raw(load_only=True, allow_none=True)
    created_at = ma.fields.Raw(load_only=True)
    shops = ma.fields.Raw(load_only=True)


class OfferQuery(PageQuery):
    area_id = ma.fields.UUID()
    merchant_id = ma.fields.UUID()
    kind = ma.fields.Str(validate=ma.validate.OneOf(list(OfferKind)))
    status = ma.fields.Str(validate=ma.validate.OneOf(list(OfferStatus)))
    q = Text(validate=ma.validate.Length(1, 40))
    resident_id = ma.fields.UUID(metadata={"description": "staff: whom `can_exchange` and `why_not` are about"})


def _for_caller(*shown: Offer) -> None:
    g.refusals = availability.refusals_for(g.person, shown, g.now)


@bp.get("")
@only(Role.RESIDENT)
@bp.arguments(OfferQuery, location="query")
@bp.response(200, page_of(OfferSchema))
def list_offers(args):
    person = availability.whose(args.pop("resident_id", None), by=g.person, now=g.now)
    return paging.written(partial(pages.newest, g.person, g.now, holder=person), also=partial(_for_holder, person), **args)


def _for_holder(person: Person, rows: list) -> list[str]:
    return [_exchangeable(refusal and code_of(refusal)) for refusal in pages.refusals(person, rows, g.now)]


@cache
def _exchangeable(why_not: str | None) -> str:
    return json.dumps({"can_exchange": why_not is None, "why_not": why_not})


@bp.post("")
@only(Role.AREA_ADMIN, Role.MERCHANT_OWNER)
@bp.arguments(TermsSchema)
@bp.response(201, OfferSchema)
def create(args):
    offer = offers.create(**args, by=g.person, now=g.now)
    _for_caller(offer)
    return offer


@bp.get("/<uuid:offer_id>")
@only(Role.RESIDENT)
@bp.response(200, ReadOfferSchema)
def show(offer_id):
    offer = offers.find(offer_id, by=g.person, now=g.now)
    offer.good_at = offers.good_at(offer)
    _for_caller(offer)
    return offer


@bp.put("/<uuid:offer_id>")
@only(Role.AREA_ADMIN, Role.MERCHANT_OWNER)
@bp.arguments(EditOfferSchema(partial=True))
@bp.response(200, OfferSchema)
def edit(args, offer_id):
    offer = offers.editable(offer_id, by=g.person, now=g.now)
    check_version(offer)
    changes = {name: value for name, value in args.items() if name in TermsSchema().fields}
    offers.edit(offer, by=g.person, now=g.now, **changes)
    _for_caller(offer)
    return offer


@bp.post("/<uuid:offer_id>/approve")
@only(Role.AREA_ADMIN)
@bp.response(200, OfferSchema)
def approve(offer_id):
    offer = offers.approve(offer_id, by=g.person, now=g.now)
    _for_caller(offer)
    return offer


def _step(offer_id, action):
    offer = offers.step(offer_id, action, by=g.person, now=g.now)
    _for_caller(offer)
    return offer


@bp.post("/<uuid:offer_id>/publish")
@only(Role.AREA_ADMIN)
@bp.response(200, OfferSchema)
def publish(offer_id):
    return _step(offer_id, "publish")


@bp.post("/<uuid:offer_id>/pause")
@only(Role.AREA_ADMIN)
@bp.response(200, OfferSchema)
def pause(offer_id):
    return _step(offer_id, "pause")


@bp.post("/<uuid:offer_id>/end")
@only(Role.AREA_ADMIN)
@bp.response(200, OfferSchema)
def end(offer_id):
    return _step(offer_id, "end")
