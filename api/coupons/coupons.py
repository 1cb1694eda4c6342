"""Points for a coupon, and the codes that a till reads."""
from base64 import b64encode
from operator import attrgetter
from zoneinfo import ZoneInfo

import marshmallow as ma
from flask import Response, g, render_template

from api.codes import ShownSchema
from api.edge import looks, paging, pictures
from api.edge.auth import only
from api.edge.fields import Integer, Moment, PageQuery, Schema, Verbatim, page_of
from api.edge.http import Blueprint
from api.edge.i18n import page_language
from api.edge.idempotency import once
from api.edge.settings import settings
from models import Coupon, CouponStatus, Role
from services.audit import audit
from services.coupons import coupons, exchanges

bp = Blueprint("coupons", "Coupons")


class ExchangeSchema(Schema):
    offer_id = ma.fields.UUID(required=True)
    resident_token = Verbatim(validate=ma.validate.Length(1, 64))


class PromiseSchema(Schema):
    """What a coupon is good for."""

    id = ma.fields.UUID()
    merchant_id = ma.fields.UUID()
    merchant_name = ma.fields.Str(attribute="merchant.name")
    title = ma.fields.Str()
    kind = ma.fields.Str()
    face_value_fen = Integer(allow_none=True)
    percent = Integer(allow_none=True)
    discount_cap_fen = Integer(allow_none=True)
    item = ma.fields.Str(allow_none=True)
    min_spend_fen = Integer()


class CouponSchema(Schema):
    id = ma.fields.UUID()
    status = ma.fields.Str()
    offer_id = ma.fields.UUID()
    offer = ma.fields.Nested(PromiseSchema)
    resident_id = ma.fields.UUID()
    points_paid = Integer()
    bought_at = Moment()
    valid_until = Moment()
    used_at = Moment(allow_none=True)
    discount_fen = Integer(metadata={"description": "of one that is used: what it took off, or the worth of what was given"})
    short_code = ma.fields.Str(allow_none=True)


class CouponQuery(PageQuery):
    status = ma.fields.Str(validate=ma.validate.OneOf(list(CouponStatus)))


SHOWN = [name for name in CouponSchema().fields if name not in ("status", "discount_fen")]
_stands = attrgetter(*SHOWN)


def _shown(coupon: Coupon) -> dict:
    """The coupon as it is at this moment: its state changes with the hour, so its ETag is of what is shown."""
    return dict(zip(SHOWN, _stands(coupon), strict=True), status=coupons.status_at(coupon, g.now))


@bp.post("/coupons")
@only(Role.RESIDENT)
@once
@bp.arguments(ExchangeSchema)
@bp.response(201, CouponSchema)
def exchange(args):
    return _shown(exchanges.exchange(**args, by=g.person, settings=settings(), now=g.now))


@bp.get("/me/coupons")
@only(Role.RESIDENT)
@bp.arguments(CouponQuery, location="query")
@bp.response(200, page_of(CouponSchema))
def list_own(args):
    query = coupons.held_by(g.person, args.get("status"), g.now)
    page = paging.page(query, [Coupon.id], limit=args["limit"], cursor=args["cursor"])
    return page | {"items": [_shown(coupon) for coupon in page["items"]]}


@bp.get("/coupons/<uuid:coupon_id>")
@only(Role.RESIDENT)
@bp.response(200, CouponSchema)
def show(coupon_id):
    """An auditor sees the coupon without the code that uses it: `short_code` is null."""
    coupon, with_code = coupons.look_at(coupon_id, by=g.person, now=g.now)
    if with_code and coupons.status_at(coupon, g.now) == CouponStatus.AVAILABLE:
        _note_look(coupon)
    given = {"discount_fen": coupons.discount_of(coupon)} if coupon.status == CouponStatus.USED else {}
    return _shown(coupon) | given | ({} if with_code else {"short_code": None})


def _note_look(coupon: Coupon) -> None:
    """Whoever has a coupon's code can use it: staff who see a resident's are in the audit log."""
    looks.note(audit.look("coupon.look", "coupon", coupon.id, by=g.person, whose=[coupon.resident_id], area_id=coupon.area_id, now=g.now))


def _code(coupon_id):
    coupon = coupons.usable(coupon_id, by=g.person, now=g.now)
    _note_look(coupon)
    return coupons.show(coupon, settings=settings(), now=g.now)


@bp.get("/coupons/<uuid:coupon_id>/code")
@only(Role.RESIDENT)
@bp.response(200, ShownSchema)
def code(coupon_id):
    return _code(coupon_id)


@bp.get("/coupons/<uuid:coupon_id>/code.png")
@only(Role.RESIDENT)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
def code_png(coupon_id):
    """The token itself, as a till's scanner types it."""
    return Response(pictures.png(_code(coupon_id).token), content_type="image/png")


@bp.get("/coupons/<uuid:coupon_id>/print")
@only(Role.RESIDENT)
@bp.response(200, {"type": "string"}, content_type="text/html")
def printed(coupon_id):
    """A page to print, for a person without a phone: the short code as digits and as a QR code."""
    coupon = coupons.usable(coupon_id, by=g.person, now=g.now)
    _note_look(coupon)
    valid_until = coupon.valid_until.astimezone(ZoneInfo(coupon.offer.area.timezone)).strftime("%Y-%m-%d %H:%M")
    picture = b64encode(pictures.png(coupon.short_code)).decode()
    page = render_template("coupon.html", coupon=coupon, picture=picture, valid_until=valid_until,
                           language=page_language())
    return Response(page, content_type="text/html; charset=utf-8")


@bp.post("/coupons/<uuid:coupon_id>/refund")
@only(Role.RESIDENT)
@once
@bp.response(200, CouponSchema)
def refund(coupon_id):
    return _shown(coupons.refund(coupon_id, by=g.person, now=g.now))
