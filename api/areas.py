"""The area tree, open to everyone."""
import marshmallow as ma
from sqlalchemy import select

from api.edge import paging
from api.edge.auth import anyone
from api.edge.fields import PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from models import Area, db
from services.refusals import NotFound

bp = Blueprint("areas", "The area tree", url_prefix="/api/v1/areas")


class AreaSchema(Schema):
    id = ma.fields.UUID()
    code = ma.fields.Str()
    level = ma.fields.Str()
    name = ma.fields.Str()
    parent_id = ma.fields.UUID(allow_none=True)
    ended = ma.fields.Str(allow_none=True, metadata={"description": "the year the code ended in"})


class AreaQuery(PageQuery):
    parent_id = ma.fields.UUID()
    q = Text(validate=ma.validate.Length(1, 40))


@bp.get("")
@anyone
@bp.arguments(AreaQuery, location="query")
@bp.response(200, page_of(AreaSchema))
def list_areas(args):
    query = select(Area)
    if "parent_id" in args:
        query = query.where(Area.parent_id == args["parent_id"])
    if "q" in args:
        query = query.where(Area.name.contains(args["q"], autoescape=True))
    return paging.page(query, [Area.code], limit=args["limit"], cursor=args["cursor"], newest_first=False)


@bp.get("/<uuid:area_id>")
@anyone
@bp.response(200, AreaSchema)
def get_area(area_id):
    area = db.session.get(Area, area_id)
    if area is None:
        raise NotFound
    return area
