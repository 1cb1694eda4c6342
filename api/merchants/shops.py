"""Where coupons are used."""
import marshmallow as ma
from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Number, PageQuery, Schema, page_of
from api.edge.http import Blueprint
from models import Role, Shop
from services.access import reach
from services.coupons import offers

bp = Blueprint("shops", "Shops", url_prefix="/api/v1/shops")


class ShopSchema(Schema):
    id = ma.fields.UUID()
    merchant_id = ma.fields.UUID()
    merchant_name = ma.fields.Str(attribute="merchant.name")
    name = ma.fields.Str()
    address = ma.fields.Str()
    latitude = Number(allow_none=True)
    longitude = Number(allow_none=True)
    status = ma.fields.Str()


@bp.get("")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ShopSchema))
def list_shops(args):
    """The shops the caller works in; for others, those where some offer on sale is good."""
    own = reach.merchant_ids(g.person, g.now)
    worked_in = select(Shop).where(Shop.merchant_id.in_(own)).options(joinedload(Shop.merchant))
    return paging.page(worked_in if own else offers.shops_with_offers(g.now), [Shop.id], **args)
