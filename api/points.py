"""Points: a resident's own, and an area's in figures."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, Schema, page_of
from api.edge.http import Blueprint
from models import Posting, Role
from services.access import reach
from services.points import points

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


class BecauseSchema(Schema):
    type = ma.fields.Str(attribute="because_type")
    id = ma.fields.UUID(attribute="because_id")


class EntrySchema(Schema):
    """A posting as the wallet named in `g.wallet_id` sees it."""

    id = ma.fields.UUID()
    at = Moment()
    amount = ma.fields.Function(lambda posting: -posting.amount if _leaves(posting) else posting.amount, metadata={"type": "integer"})
    balance_after = ma.fields.Function(
        lambda posting: posting.source_after if _leaves(posting) else posting.destination_after, metadata={"type": "integer"})
    kind = ma.fields.Str()
    because = ma.fields.Function(lambda posting: BecauseSchema().dump(posting), metadata={"type": "object"})
    memo = ma.fields.Str()
    title = ma.fields.Function(lambda posting: g.titles.get(posting.because_id),
                               metadata={"type": ["string", "null"], "description": "of the coupon that it was for"})


def _leaves(posting: Posting) -> bool:
    return posting.source_id == g.wallet_id


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
    g.wallet_id, query = points.entries(g.person)
    page = paging.page(query, [Posting.id], limit=args["limit"], cursor=args["cursor"])
    g.titles = points.titles(page["items"])
    return page


@bp.get("/points/summary")
@only(*reach.READERS)
@bp.arguments(SummaryQuery, location="query")
@bp.response(200, SummarySchema)
def summary(args):
    return points.summary(points.area_for(g.person, args["area_id"], g.now))
