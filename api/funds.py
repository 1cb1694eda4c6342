"""Funds: what an area can issue and pay."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, Name, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from api.edge.idempotency import once
from models import OVERSIGHT, Fund, Role
from services.points import funds

bp = Blueprint("funds", "Funds", url_prefix="/api/v1/funds")


class CreateFundSchema(Schema):
    area_id = ma.fields.UUID(required=True)
    name = Name(longest=60, required=True)
    period_start = Day(required=True)
    period_end = Day(required=True)


class FundSchema(CreateFundSchema):
    id = ma.fields.UUID(dump_only=True)
    created_at = Moment(dump_only=True)
    points = ma.fields.Function(lambda fund: g.fund_figures[fund.id]["points"], metadata={"type": "integer"})
    points_issued = ma.fields.Function(lambda fund: g.fund_figures[fund.id]["points_issued"], metadata={"type": "integer"})
    points_spent = ma.fields.Function(lambda fund: g.fund_figures[fund.id]["points_spent"], metadata={"type": "integer"})
    amount_fen = ma.fields.Function(lambda fund: g.fund_figures[fund.id]["amount_fen"], metadata={"type": "integer"})


class TopUpSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    fund_id = ma.fields.UUID(dump_only=True)
    points = Integer(required=True, validate=ma.validate.Range(0, 1_000_000_000))
    amount_fen = Integer(required=True, validate=ma.validate.Range(0, 100_000_000_000))
    reference = Text(required=True, validate=ma.validate.Length(1, 120))
    at = Moment(dump_only=True)


class FundQuery(PageQuery):
    area_id = ma.fields.UUID()


@bp.post("")
@only(Role.AREA_ADMIN)
@bp.arguments(CreateFundSchema)
@bp.response(201, FundSchema)
def create(args):
    fund = funds.create(by=g.person, now=g.now, **args)
    g.fund_figures = funds.figures([fund.id])
    return fund


@bp.get("")
@only(*OVERSIGHT)
@bp.arguments(FundQuery, location="query")
@bp.response(200, page_of(FundSchema))
def list_funds(args):
    found = paging.page(funds.search(g.person, g.now, area_id=args.get("area_id")), [Fund.id], limit=args["limit"], cursor=args["cursor"])
    g.fund_figures = funds.figures([fund.id for fund in found["items"]])
    return found


@bp.get("/<uuid:fund_id>")
@only(*OVERSIGHT)
@bp.response(200, FundSchema)
def get_fund(fund_id):
    fund = funds.visible(fund_id, by=g.person, now=g.now)
    g.fund_figures = funds.figures([fund.id])
    return fund


@bp.post("/<uuid:fund_id>/top-ups")
@only(Role.AREA_ADMIN)
@once
@bp.arguments(TopUpSchema)
@bp.response(201, TopUpSchema)
def top_up(args, fund_id):
    return funds.top_up(fund_id, by=g.person, now=g.now, **args)
