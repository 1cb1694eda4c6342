"""Departments' figures: entered by one, confirmed by another."""
import marshmallow as ma
from flask import g

from api.civility.surveys import OfPeriodQuery
from api.civility.versions import VALUE
from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Integer, Moment, Name, Schema, page_of
from api.edge.http import Blueprint
from models import OVERSIGHT, DepartmentFigure, Role
from services.civility import departments

bp = Blueprint("civility_departments", "Civility index: departments' figures", url_prefix="/api/v1/civility/department-figures")


class EnterFigureSchema(Schema):
    period_id = ma.fields.UUID(required=True)
    node_id = ma.fields.UUID(required=True)
    area_id = ma.fields.UUID(required=True)
    value_hundredths = Integer(required=True, validate=VALUE)
    people = Integer(load_default=None, allow_none=True, validate=ma.validate.Range(0, 100_000_000), metadata={
        "description": "over how many people, households or firms it is; null where it is about none"})
    source = Name(longest=60, required=True)
    document = Name(longest=100, required=True)


class DepartmentFigureSchema(EnterFigureSchema):
    id = ma.fields.UUID()
    status = ma.fields.Str()
    entered_by_id = ma.fields.UUID()
    entered_at = Moment()
    decided_by_id = ma.fields.UUID(allow_none=True)
    decided_at = Moment(allow_none=True)


@bp.post("")
@only(Role.AREA_ADMIN)
@bp.arguments(EnterFigureSchema)
@bp.response(201, DepartmentFigureSchema)
def enter(args):
    return departments.enter(**args, by=g.person, now=g.now)


@bp.get("")
@only(*OVERSIGHT)
@bp.arguments(OfPeriodQuery, location="query")
@bp.response(200, page_of(DepartmentFigureSchema))
def list_figures(args):
    query = departments.search(g.person, g.now, period_id=args.get("period_id"))
    return paging.page(query, [DepartmentFigure.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/<uuid:figure_id>/confirm")
@only(Role.AREA_ADMIN)
@bp.response(200, DepartmentFigureSchema)
def confirm(figure_id):
    return departments.confirm(figure_id, by=g.person, now=g.now)


@bp.post("/<uuid:figure_id>/withdraw")
@only(Role.AREA_ADMIN)
@bp.response(200, DepartmentFigureSchema)
def withdraw(figure_id):
    return departments.withdraw(figure_id, by=g.person, now=g.now)
