"""Coupons used at the till."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Integer, Moment, PageQuery, ReasonSchema, Schema, Truth, Verbatim, page_of
from api.edge.http import Blueprint
from api.edge.idempotency import once
from api.edge.problems import as_json
from api.edge.settings import settings
from models import SHOP, Redemption, Role
from services.coupons import redemptions, reversals

bp = Blueprint("redemptions", "Coupons used at the till", url_prefix="/api/v1/redemptions")


class RedeemSchema(Schema):
    code = Verbatim(required=True, validate=ma.validate.Length(1, 64))
    shop_id = ma.fields.UUID(required=True)
    spend_fen = Integer(allow_none=True, load_default=None, validate=ma.validate.Range(1, 10_000_000_00))


class PreviewSchema(Schema):
    can_redeem = Truth()
    problem = ma.fields.Function(lambda preview: preview.problem and as_json(preview.problem), metadata={"type": ["object", "null"]})
    title = ma.fields.Str(allow_none=True)
    kind = ma.fields.Str(allow_none=True)
    discount_fen = Integer()
    min_spend_fen = Integer(allow_none=True)
    holder = ma.fields.Str(allow_none=True)


class RedemptionSchema(Schema):
    id = ma.fields.UUID()
    coupon_id = ma.fields.UUID()
    shop_id = ma.fields.UUID()
    status = ma.fields.Str()
    spend_fen = Integer(allow_none=True)
    discount_fen = Integer()
    merchant_due_fen = Integer()
    at = Moment()
    reversed_at = Moment(allow_none=True)
    reversed_reason = ma.fields.Str(allow_none=True)


class ListedRedemptionSchema(RedemptionSchema):
    title = ma.fields.Str(attribute="coupon.offer.title")


class RedemptionQuery(PageQuery):
    shop_id = ma.fields.UUID()
    since = Moment(data_key="from")
    until = Moment(data_key="to")


@bp.post("/preview")
@only(*SHOP)
@bp.arguments(RedeemSchema)
@bp.response(200, PreviewSchema)
def preview(args):
    return redemptions.preview(**args, by=g.person, settings=settings(), now=g.now)


@bp.post("")
@only(*SHOP)
@once
@bp.arguments(RedeemSchema)
@bp.response(201, RedemptionSchema)
def redeem(args):
    return redemptions.redeem(**args, by=g.person, settings=settings(), now=g.now)


@bp.post("/<uuid:redemption_id>/reverse")
@only(*SHOP, Role.AREA_ADMIN)
@once
@bp.arguments(ReasonSchema)
@bp.response(200, RedemptionSchema)
def reverse(args, redemption_id):
    return reversals.reverse(redemption_id, **args, by=g.person, settings=settings(), now=g.now)


@bp.get("")
@only(*SHOP, Role.AREA_ADMIN, Role.AUDITOR)
@bp.arguments(RedemptionQuery, location="query")
@bp.response(200, page_of(ListedRedemptionSchema))
def list_redemptions(args):
    limit, cursor = args.pop("limit"), args.pop("cursor")
    return paging.page(redemptions.search(g.person, g.now, **args), [Redemption.id], limit=limit, cursor=cursor)
