"""Supervision of merchants: inspection plans, drawn by a seed that is told, and what was found."""
import marshmallow as ma
from flask import g

from api.edge import looks, paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from models import STAFF, Inspection, InspectionPlan, Role
from services.access import reach
from services.measures import sight, supervision

bp = Blueprint("supervision", "Supervision of merchants")


class ShareSchema(Schema):
    rank = Integer(required=True, validate=ma.validate.Range(1, 12))
    percent = Integer(required=True, validate=ma.validate.Range(0, 100))


class InspectionPlanSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    area_id = ma.fields.UUID(required=True)
    version_id = ma.fields.UUID(dump_only=True)
    from_on = Day(required=True)
    until_on = Day(required=True)
    shares = ma.fields.List(ma.fields.Nested(ShareSchema), required=True, validate=ma.validate.Length(1, 12), metadata={
        "description": "a grade that is not named is visited whole"})
    seed = ma.fields.Str(dump_only=True, metadata={"description": "made by the server; who knows it can draw again"})
    made_at = Moment(dump_only=True)


class InspectionSchema(Schema):
    id = ma.fields.UUID()
    plan_id = ma.fields.UUID()
    file_id = ma.fields.UUID()
    merchant_id = ma.fields.UUID(allow_none=True)
    merchant_name = ma.fields.Str(allow_none=True)
    grade_rank = ma.fields.Int(attribute="shown_rank", allow_none=True, metadata={"description": "null for grid workers"})
    result = ma.fields.Str(allow_none=True)
    found = ma.fields.Str(allow_none=True)
    done_on = Day(allow_none=True)
    entered_at = Moment(allow_none=True)


class ResultSchema(Schema):
    result = ma.fields.Str(required=True, validate=ma.validate.OneOf([*supervision.ENTRY_OF]))
    found = Text(required=True, validate=ma.validate.Length(1, 1000))
    done_on = Day(required=True)


@bp.get("/inspection-plans")
@only(*reach.READERS)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(InspectionPlanSchema))
def list_plans(args):
    return paging.page(supervision.plans(g.person, g.now), [InspectionPlan.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/inspection-plans")
@only(Role.AREA_ADMIN)
@bp.arguments(InspectionPlanSchema)
@bp.response(201, InspectionPlanSchema)
def plan(args):
    return supervision.plan(**args, by=g.person, now=g.now)


@bp.get("/inspection-plans/<uuid:inspection_plan_id>/inspections")
@only(*reach.READERS)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(InspectionSchema))
def list_inspections(args, inspection_plan_id):
    query = supervision.inspections(inspection_plan_id, by=g.person, now=g.now)
    page = paging.page(query, [Inspection.file_id], limit=args["limit"], cursor=args["cursor"])
    supervision.with_names(page["items"], by=g.person, now=g.now)
    looks.note(sight.look_at_grades(page["items"], by=g.person, now=g.now))
    return page


@bp.post("/inspections/<uuid:inspection_id>/result")
@only(*STAFF)
@bp.arguments(ResultSchema)
@bp.response(200, InspectionSchema)
def enter(args, inspection_id):
    row = supervision.enter(inspection_id, **args, by=g.person, now=g.now)
    return supervision.with_names([row], by=g.person, now=g.now)[0]
