"""Merchants and their shops."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Moment, Name, Number, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint, check_version
from api.edge.settings import settings
from models import SHOP, STAFF, Merchant, Role, Shop
from services.merchants import merchants

bp = Blueprint("merchants", "Merchants and their shops")
READERS = (*STAFF, Role.AUDITOR, *SHOP)


class BankSchema(Schema):
    account_name = Name(required=True, longest=100)
    bank_name = Name(required=True, longest=100)
    account_number = Text(required=True, validate=ma.validate.Regexp(r"[0-9A-Z*][0-9A-Z -]{4,39}\Z|\*{4}[0-9A-Z -]{4}\Z"))


class NewMerchantSchema(Schema):
    name = Name(required=True, longest=100)
    uscc = Text(required=True, validate=ma.validate.Length(1, 40))
    area_id = ma.fields.UUID(required=True)
    bank = ma.fields.Nested(BankSchema, allow_none=True)


class MerchantEditSchema(Schema):
    """What changes; the rest of the answer may come back and is not looked at."""

    name = Name(longest=100)
    uscc = Text(validate=ma.validate.Length(1, 40))
    area_id = ma.fields.UUID()
    bank = ma.fields.Nested(BankSchema, allow_none=True)
    id = ma.fields.Raw(load_only=True)
    status = ma.fields.Raw(load_only=True)
    created_at = ma.fields.Raw(load_only=True)


EDITABLE = ("name", "uscc", "area_id", "bank")


class ListedMerchantSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.Str()
    uscc = ma.fields.Str()
    area_id = ma.fields.UUID()
    status = ma.fields.Str()
    created_at = Moment()


class MerchantSchema(ListedMerchantSchema):
    bank = ma.fields.Method("bank_shown", metadata={
        "type": ["object", "null"], "description": "the number masked to its last four; null for who has no business with it"})

    def bank_shown(self, merchant):
        return merchants.bank_shown(merchant, by=g.person, settings=settings(), now=g.now)


class MerchantQuery(PageQuery):
    area_id = ma.fields.UUID()
    q = Text(validate=ma.validate.Length(1, 40))


class MerchantShopSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    merchant_id = ma.fields.UUID(dump_only=True)
    name = Name(required=True, longest=100)
    address = Text(required=True, validate=ma.validate.Length(1, 200))
    latitude = Number(load_default=None, allow_none=True, validate=ma.validate.Range(-90, 90))
    longitude = Number(load_default=None, allow_none=True, validate=ma.validate.Range(-180, 180))
    status = ma.fields.Str(dump_only=True)
    created_at = Moment(dump_only=True)


@bp.post("/merchants")
@only(Role.AREA_ADMIN)
@bp.arguments(NewMerchantSchema)
@bp.response(201, MerchantSchema)
def take_in(args):
    return merchants.take_in(**args, by=g.person, settings=settings(), now=g.now)


@bp.get("/merchants")
@only(*READERS)
@bp.arguments(MerchantQuery, location="query")
@bp.response(200, page_of(ListedMerchantSchema))
def list_merchants(args):
    query = merchants.search(g.person, g.now, area_id=args.get("area_id"), q=args.get("q"))
    return paging.page(query, [Merchant.id], limit=args["limit"], cursor=args["cursor"])


@bp.get("/merchants/<uuid:merchant_id>")
@only(*READERS)
@bp.response(200, MerchantSchema)
def get_merchant(merchant_id):
    return merchants.visible(merchant_id, by=g.person, now=g.now)


@bp.put("/merchants/<uuid:merchant_id>")
@only(Role.AREA_ADMIN)
@bp.arguments(MerchantEditSchema)
@bp.response(200, MerchantSchema)
def edit(args, merchant_id):
    merchant = merchants.managed(merchant_id, by=g.person, now=g.now)
    check_version(merchant)
    changes = {name: args[name] for name in EDITABLE if name in args}
    return merchants.edit(merchant, changes, by=g.person, settings=settings(), now=g.now)


@bp.post("/merchants/<uuid:merchant_id>/shops")
@only(Role.AREA_ADMIN)
@bp.arguments(MerchantShopSchema)
@bp.response(201, MerchantShopSchema)
def open_shop(args, merchant_id):
    return merchants.open_shop(merchant_id, **args, by=g.person, now=g.now)


@bp.get("/merchants/<uuid:merchant_id>/shops")
@only(*READERS)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(MerchantShopSchema))
def list_shops(args, merchant_id):
    query = merchants.shops_of(merchants.visible(merchant_id, by=g.person, now=g.now))
    return paging.page(query, [Shop.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/merchants/<uuid:merchant_id>/suspend")
@only(Role.AREA_ADMIN)
@bp.response(200, MerchantSchema)
def suspend(merchant_id):
    return merchants.step(merchant_id, "suspend", by=g.person, now=g.now)


@bp.post("/merchants/<uuid:merchant_id>/resume")
@only(Role.AREA_ADMIN)
@bp.response(200, MerchantSchema)
def resume(merchant_id):
    return merchants.step(merchant_id, "resume", by=g.person, now=g.now)


@bp.post("/shops/<uuid:shop_id>/suspend")
@only(Role.AREA_ADMIN)
@bp.response(200, MerchantShopSchema)
def suspend_shop(shop_id):
    return merchants.step_shop(shop_id, "suspend", by=g.person, now=g.now)


@bp.post("/shops/<uuid:shop_id>/resume")
@only(Role.AREA_ADMIN)
@bp.response(200, MerchantShopSchema)
def resume_shop(shop_id):
    return merchants.step_shop(shop_id, "resume", by=g.person, now=g.now)
