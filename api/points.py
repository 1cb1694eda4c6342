"""Points: a resident's own, and an area's in figures."""
from functools import partial

import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, Schema, page_of
from api.edge.http import Blueprint
from models import Role
from services.access import reach
from services.points import entries, points

bp = Blueprint("points", "Points")


class LapsingSchema(Schema):
    on = Day()
    points = Integer()


class PointsSchema(Schema):
    available = Integer()
    held = Integer()
    owed = Integer()
    earned_total = Integer()
    spent_total = Integer()
    expiring = ma.fields.List(ma.fields.Nested(LapsingSchema))


class EntrySchema(Schema):
    """A posting as the resident's wallet sees it."""

    id = ma.fields.UUID()
    at = Moment()
    amount = Integer()
    balance_after = Integer()
    kind = ma.fields.Str()
    because = ma.fields.Function(lambda entry: {"type": entry.because_type, "id": str(entry.because_id)}, metadata={"type": "object"})
    memo = ma.fields.Str()
    title = ma.fields.Str(allow_none=True, metadata={"description": "of the coupon that it was for"})


class SummaryQuery(Schema):
    area_id = ma.fields.UUID(required=True)


class SummarySchema(Schema):
    issued = Integer()
    spent = Integer()
    expired = Integer()
    reversed = Integer()
    outstanding = Integer()
    held = Integer()
    in_balance = ma.fields.Bool()


@bp.get("/me/points")
@only(Role.RESIDENT)
@bp.response(200, PointsSchema)
def own_points():
    return points.of(g.person, g.now)


@bp.get("/me/points/entries")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(EntrySchema))
def own_entries(args):
    return paging.written(partial(entries.newest, g.person), **args)


@bp.get("/points/summary")
@only(*reach.READERS)
@bp.arguments(SummaryQuery, location="query")
@bp.response(200, SummarySchema)
def summary(args):
    return points.summary(points.area_for(g.person, args["area_id"], g.now))
