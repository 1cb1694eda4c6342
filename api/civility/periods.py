"""Periods of the civility index: opened, closed, published."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Moment, PageQuery, Schema, page_of
from api.edge.http import Blueprint
from models import CivilityPeriod, PeriodStatus, Role
from services.civility import periods

bp = Blueprint("civility_periods", "Civility index: periods", url_prefix="/api/v1/civility/periods")


class BeginSchema(Schema):
    version_id = ma.fields.UUID(required=True)
    first_on = Day(required=True)
    last_on = Day(required=True)


class PeriodSchema(BeginSchema):
    id = ma.fields.UUID()
    area_id = ma.fields.UUID()
    status = ma.fields.Str()
    opened_at = Moment()
    closed_at = Moment(allow_none=True)
    published_at = Moment(allow_none=True)


class PeriodQuery(PageQuery):
    area_id = ma.fields.UUID()
    version_id = ma.fields.UUID()
    status = ma.fields.Str(validate=ma.validate.OneOf(list(PeriodStatus)))


@bp.post("")
@only(Role.AREA_ADMIN)
@bp.arguments(BeginSchema)
@bp.response(201, PeriodSchema)
def begin(args):
    return periods.begin(**args, by=g.person, now=g.now)


@bp.get("")
@only(Role.RESIDENT)
@bp.arguments(PeriodQuery, location="query")
@bp.response(200, page_of(PeriodSchema))
def list_periods(args):
    limit, cursor = args.pop("limit"), args.pop("cursor")
    return paging.page(periods.search(g.person, g.now, **args), [CivilityPeriod.first_on, CivilityPeriod.id], limit=limit, cursor=cursor)


@bp.get("/<uuid:period_id>")
@only(Role.RESIDENT)
@bp.response(200, PeriodSchema)
def get_period(period_id):
    return periods.visible(period_id, by=g.person, now=g.now)


@bp.post("/<uuid:period_id>/close")
@only(Role.AREA_ADMIN)
@bp.response(200, PeriodSchema)
def close(period_id):
    return periods.close(period_id, by=g.person, now=g.now)


@bp.post("/<uuid:period_id>/reopen")
@only(Role.AREA_ADMIN)
@bp.response(200, PeriodSchema)
def reopen(period_id):
    return periods.reopen(period_id, by=g.person, now=g.now)


@bp.post("/<uuid:period_id>/publish")
@only(Role.AREA_ADMIN)
@bp.response(200, PeriodSchema)
def publish(period_id):
    return periods.publish(period_id, by=g.person, now=g.now)
