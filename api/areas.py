"""The area tree and each area's rules, open to everyone."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import anyone, only
from api.edge.fields import Day, Integer, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint, check_version
from models import Area, Role, db
from services.access import reach
from services.areas import area_rules, areas, figures
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


class RulesEditSchema(Schema):
    notice_days = Integer(required=True, validate=ma.validate.Range(0, 60))
    declared_points_per_hour = Integer(required=True, validate=ma.validate.Range(0, 1000))
    declared_points_max = Integer(required=True, validate=ma.validate.Range(0, 10_000))
    declared_minutes_max = Integer(required=True, validate=ma.validate.Range(0, 1440))


class SetterSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.Str()


class RulesSchema(Schema):
    notice_days = ma.fields.Int(attribute="rules.notice_days")
    declared_points_per_hour = ma.fields.Int(attribute="rules.declared_points_per_hour")
    declared_points_max = ma.fields.Int(attribute="rules.declared_points_max")
    declared_minutes_max = ma.fields.Int(attribute="rules.declared_minutes_max")
    set_by = ma.fields.Nested(SetterSchema, allow_none=True, metadata={"description": "the nearest area above that set them; null: the defaults"})


class MonthSchema(Schema):
    month = Day()
    events = Integer()
    records = Integer()
    minutes = Integer()
    points = Integer()


@bp.get("")
@anyone
@bp.arguments(AreaQuery, location="query")
@bp.response(200, page_of(AreaSchema))
def list_areas(args):
    query = areas.search(parent_id=args.get("parent_id"), q=args.get("q"))
    return paging.page(query, [Area.code], limit=args["limit"], cursor=args["cursor"], newest_first=False)


@bp.get("/<uuid:area_id>")
@anyone
@bp.response(200, AreaSchema)
def get_area(area_id):
    return _known(area_id)


@bp.get("/<uuid:area_id>/rules")
@anyone
@bp.response(200, RulesSchema)
def get_rules(area_id):
    return area_rules.in_force(_known(area_id))


@bp.get("/<uuid:area_id>/month")
@only(*reach.READERS)
@bp.response(200, MonthSchema)
def this_month(area_id):
    return figures.of_month(reach.area_within(g.person, area_id, reach.READERS, g.now), g.now)


@bp.put("/<uuid:area_id>/rules")
@only(Role.AREA_ADMIN)
@bp.arguments(RulesEditSchema)
@bp.response(200, RulesSchema)
def set_rules(args, area_id):
    own = area_rules.managed(area_id, by=g.person, now=g.now)
    check_version(own)
    area_rules.set_numbers(own, **args, by=g.person, now=g.now)
    return area_rules.in_force(_known(area_id))


def _known(area_id) -> Area:
    area = db.session.get(Area, area_id)
    if area is None:
        raise NotFound
    return area
