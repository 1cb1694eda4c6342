"""What came out: the communities of a period, one of them whole, over time, and two periods beside each other."""
import marshmallow as ma
from flask import g

from api.civility.versions import NodeSchema
from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, Schema, page_of
from api.edge.http import Blueprint
from models import Area, CivilityPeriod, Role
from services.civility import figures, periods, versions

bp = Blueprint("civility_marks", "Civility index: marks", url_prefix="/api/v1/civility")


class MarkSchema(Schema):
    """Hundredths of 0 to 100; null where less than 60 per cent of the weight was measured. Low and high: the interval of 95 per cent."""

    mark_hundredths = Integer(allow_none=True)
    low_hundredths = Integer(allow_none=True)
    high_hundredths = Integer(allow_none=True)
    covered_hundredths = Integer(metadata={"description": "how much of the weight was measured, of 10000"})


class PartSchema(MarkSchema):
    part = ma.fields.Str()


class AreaMarksSchema(Schema):
    area_id = ma.fields.UUID(attribute="area.id")
    area_code = ma.fields.Str(attribute="area.code")
    area_name = ma.fields.Str(attribute="area.name")
    period_id = ma.fields.UUID(attribute="period.id")
    first_on = Day(attribute="period.first_on")
    last_on = Day(attribute="period.last_on")
    index = ma.fields.Nested(MarkSchema, attribute="marks.index")
    parts = ma.fields.List(ma.fields.Nested(PartSchema), attribute="marks.of_parts")


class FigureSchema(Schema):
    state = ma.fields.Str(metadata={"description": "measured, suppressed (over fewer than ten people) or missing"})
    n = Integer(allow_none=True)
    value_hundredths = Integer(allow_none=True)
    mark_hundredths = Integer(allow_none=True)
    low_hundredths = ma.fields.Function(lambda row: figures.ends(row)[0], metadata={"type": ["integer", "null"]})
    high_hundredths = ma.fields.Function(lambda row: figures.ends(row)[1], metadata={"type": ["integer", "null"]})
    evidence = ma.fields.Dict()
    reason = ma.fields.Str(allow_none=True, metadata={"description": "of a correction"})
    at = Moment()


class MeasuredNodeSchema(NodeSchema):
    """A branch with its mark, or a leaf with its figure and those before it that were corrected."""

    mark = ma.fields.Nested(MarkSchema, allow_none=True)
    figure = ma.fields.Nested(FigureSchema, allow_none=True)
    before = ma.fields.List(ma.fields.Nested(FigureSchema))


class WholeSchema(AreaMarksSchema):
    version_id = ma.fields.UUID(attribute="period.version_id")
    nodes = ma.fields.List(ma.fields.Nested(MeasuredNodeSchema))


class ComparedSchema(Schema):
    earlier = ma.fields.Nested(AreaMarksSchema)
    later = ma.fields.Nested(AreaMarksSchema)
    difference_hundredths = Integer(allow_none=True)
    is_change = ma.fields.Bool(allow_none=True, metadata={
        "description": "whether chance does not explain it; null where different leaves were measured"})


class ComparedQuery(Schema):
    with_ = ma.fields.UUID(required=True, data_key="with")
    area_id = ma.fields.UUID(required=True)


@bp.get("/periods/<uuid:period_id>/areas")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(AreaMarksSchema))
def list_areas(args, period_id):
    period = figures.readable(period_id, by=g.person, now=g.now)
    found = paging.page(periods.communities_of(period.area), [Area.code], limit=args["limit"], cursor=args["cursor"], newest_first=False)
    return found | {"items": figures.of_areas(period, found["items"])}


@bp.get("/periods/<uuid:period_id>/areas/<uuid:community_id>")
@only(Role.RESIDENT)
@bp.response(200, WholeSchema)
def get_area(period_id, community_id):
    found = figures.whole(figures.readable(period_id, by=g.person, now=g.now), community_id)
    return {"area": found.of.area, "period": found.of.period, "marks": found.of.marks, "nodes": [_node(node, found) for node in found.nodes]}


def _node(node, found: figures.Whole) -> dict:
    leaf = found.leaves.get(node.id)
    own = {name: getattr(node, name) for name in NodeSchema().fields}
    return own | {"mark": found.of.marks.branches.get(node.code), "figure": leaf and leaf.figure, "before": leaf.before if leaf else []}


@bp.get("/periods/<uuid:period_id>/compared")
@only(Role.RESIDENT)
@bp.arguments(ComparedQuery, location="query")
@bp.response(200, ComparedSchema)
def compare(args, period_id):
    one, other = (figures.readable(each, by=g.person, now=g.now) for each in (period_id, args["with_"]))
    return figures.compared(one, other, args["area_id"])


@bp.get("/versions/<uuid:version_id>/areas/<uuid:community_id>")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(AreaMarksSchema))
def over_time(args, version_id, community_id):
    version, area = versions.visible(version_id, by=g.person, now=g.now), figures.community(community_id)
    found = paging.page(figures.over_time(version), [CivilityPeriod.first_on, CivilityPeriod.id], limit=args["limit"], cursor=args["cursor"])
    return found | {"items": figures.of_periods(version, found["items"], area)}
