"""Personal plans of people under community correction: seen by who runs one and by who it is about."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from models import CorrectionPlan, PlanStep, Role
from services.measures import plans

bp = Blueprint("correction_plans", "Plans of community correction")


class ListedCorrectionPlanSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    person_id = ma.fields.UUID(required=True)
    from_on = Day(dump_only=True)
    until_on = Day(required=True)
    service_minutes = Integer(required=True, validate=ma.validate.Range(1, 600_000))
    aims = Text(required=True, validate=ma.validate.Length(1, 1000))
    status = ma.fields.Str(dump_only=True)
    made_at = Moment(dump_only=True)
    closed_at = Moment(dump_only=True, allow_none=True)


class BeginPlanSchema(ListedCorrectionPlanSchema):
    runner_ids = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(0, 20), metadata={
        "description": "staff of the area who run it too"})


class PlanStandSchema(Schema):
    service_minutes = ma.fields.Int()
    service_asked = ma.fields.Int()
    rules_broken = ma.fields.Int()
    work_found = ma.fields.Bool()
    is_done = ma.fields.Bool()


class CorrectionPlanSchema(ListedCorrectionPlanSchema):
    stand = ma.fields.Nested(PlanStandSchema)


class PlanStepSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    kind = ma.fields.Str(required=True, validate=ma.validate.OneOf(["rule_kept", "rule_broken", "service", "work_found"]))
    on_day = Day(required=True)
    minutes = Integer(load_default=None, allow_none=True, validate=ma.validate.Range(1, 1440), metadata={"description": "of service"})
    note = Text(required=True, validate=ma.validate.Length(1, 500))
    at = Moment(dump_only=True)


@bp.get("/correction-plans")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ListedCorrectionPlanSchema))
def list_plans(args):
    """Those that one runs, and one's own."""
    return paging.page(plans.search(g.person, g.now), [CorrectionPlan.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/correction-plans")
@only(Role.AREA_ADMIN)
@bp.arguments(BeginPlanSchema)
@bp.response(201, CorrectionPlanSchema)
def begin(args):
    return _with_stand(plans.begin(**args, by=g.person, now=g.now))


@bp.get("/correction-plans/<uuid:plan_id>")
@only(Role.RESIDENT)
@bp.response(200, CorrectionPlanSchema)
def show(plan_id):
    return _with_stand(plans.seen(plan_id, by=g.person, now=g.now))


@bp.get("/correction-plans/<uuid:plan_id>/steps")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(PlanStepSchema))
def list_steps(args, plan_id):
    return paging.page(plans.steps(plan_id, by=g.person, now=g.now), [PlanStep.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/correction-plans/<uuid:plan_id>/steps")
@only(Role.GRID_WORKER, Role.AREA_ADMIN)
@bp.arguments(PlanStepSchema)
@bp.response(201, PlanStepSchema)
def write(args, plan_id):
    return plans.write(plan_id, **args, by=g.person, now=g.now)


@bp.post("/correction-plans/<uuid:plan_id>/close")
@only(Role.GRID_WORKER, Role.AREA_ADMIN)
@bp.response(200, CorrectionPlanSchema)
def close(plan_id):
    return _with_stand(plans.close(plan_id, by=g.person, now=g.now))


def _with_stand(plan: CorrectionPlan) -> CorrectionPlan:
    plan.stand = plans.stand(plan)
    return plan
