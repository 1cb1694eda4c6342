"""Settlements: what shops gave, confirmed, approved and paid."""
import marshmallow as ma
from flask import Response, g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, ReasonSchema, Schema, Text, page_of
from api.edge.http import Blueprint
from api.edge.idempotency import once
from api.edge.settings import settings
from api.edge.statement_files import statement_file
from models import Role, Settlement, SettlementLine, SettlementStatus
from services.merchants import settlements

bp = Blueprint("settlements", "Settlements", url_prefix="/api/v1/settlements")
SEES = (Role.MERCHANT_OWNER, Role.AREA_ADMIN, Role.AUDITOR)


class MakeSchema(Schema):
    merchant_id = ma.fields.UUID(required=True)
    period_start = Day(required=True)
    period_end = Day(required=True)


class SettlementSchema(Schema):
    id = ma.fields.UUID()
    merchant_id = ma.fields.UUID()
    period_start = Day()
    period_end = Day()
    status = ma.fields.Str()
    amount_fen = Integer()
    line_count = Integer()
    created_at = Moment()
    confirmed_at = Moment(allow_none=True)
    approved_at = Moment(allow_none=True)
    paid_at = Moment(allow_none=True)
    bank_reference = ma.fields.Str(allow_none=True)
    dispute = ma.fields.Function(lambda row: row.dispute_reason and {"reason": row.dispute_reason, "line_ids": row.disputed_line_ids},
                                 metadata={"type": ["object", "null"]})


class LineSchema(Schema):
    id = ma.fields.UUID()
    redemption_id = ma.fields.UUID()
    coupon_id = ma.fields.UUID()
    shop_id = ma.fields.UUID()
    title = ma.fields.Str(attribute="coupon.offer.title")
    shop_name = ma.fields.Str(attribute="shop.name")
    at = Moment()
    amount_fen = Integer()


class SettlementQuery(PageQuery):
    merchant_id = ma.fields.UUID()
    status = ma.fields.Str(validate=ma.validate.OneOf(list(SettlementStatus)))


class DisputeSchema(ReasonSchema):
    line_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, 1000))


class PaySchema(Schema):
    paid_at = Moment(required=True)
    bank_reference = Text(required=True, validate=ma.validate.Length(1, 120))


class PeriodQuery(Schema):
    period_start = Day(required=True)
    period_end = Day(required=True)


class ReconciledSchema(Schema):
    merchant_id = ma.fields.UUID()
    merchant_name = ma.fields.Str()
    fund_id = ma.fields.UUID(allow_none=True)
    due_fen = Integer()
    settled_fen = Integer()
    paid_fen = Integer()
    difference_fen = Integer()


class ReconciliationSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(ReconciledSchema))


@bp.post("")
@only(Role.AREA_ADMIN)
@once
@bp.arguments(MakeSchema)
@bp.response(201, SettlementSchema)
def make(args):
    return settlements.make(by=g.person, settings=settings(), now=g.now, **args)


@bp.get("")
@only(*SEES)
@bp.arguments(SettlementQuery, location="query")
@bp.response(200, page_of(SettlementSchema))
def list_settlements(args):
    query = settlements.search(g.person, g.now, merchant_id=args.get("merchant_id"), status=args.get("status"))
    return paging.page(query, [Settlement.id], limit=args["limit"], cursor=args["cursor"])


@bp.get("/reconciliation")
@only(Role.AREA_ADMIN, Role.AUDITOR)
@bp.arguments(PeriodQuery, location="query")
@bp.response(200, ReconciliationSchema)
def reconcile(args):
    return {"items": settlements.reconciliation(**args, by=g.person, now=g.now)}


@bp.get("/<uuid:settlement_id>")
@only(*SEES)
@bp.response(200, SettlementSchema)
def get_settlement(settlement_id):
    return settlements.visible(settlement_id, by=g.person, now=g.now)


@bp.get("/<uuid:settlement_id>/lines")
@only(*SEES)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(LineSchema))
def list_lines(args, settlement_id):
    query = settlements.lines_of(settlements.visible(settlement_id, by=g.person, now=g.now))
    return paging.page(query, [SettlementLine.id], limit=args["limit"], cursor=args["cursor"], newest_first=False)


def _statement(settlement_id, suffix: str) -> Response:
    return statement_file(settlements.visible(settlement_id, by=g.person, now=g.now), suffix)


@bp.get("/<uuid:settlement_id>/statement.csv")
@only(*SEES)
@bp.response(200, {"type": "string"}, content_type="text/csv")
def statement_csv(settlement_id):
    return _statement(settlement_id, "csv")


@bp.get("/<uuid:settlement_id>/statement.xlsx")
@only(*SEES)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def statement_xlsx(settlement_id):
    return _statement(settlement_id, "xlsx")


@bp.get("/<uuid:settlement_id>/statement.pdf")
@only(*SEES)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def statement_pdf(settlement_id):
    return _statement(settlement_id, "pdf")


@bp.post("/<uuid:settlement_id>/confirm")
@only(Role.MERCHANT_OWNER)
@bp.response(200, SettlementSchema)
def confirm(settlement_id):
    return settlements.confirm(settlement_id, by=g.person, now=g.now)


@bp.post("/<uuid:settlement_id>/dispute")
@only(Role.MERCHANT_OWNER)
@bp.arguments(DisputeSchema)
@bp.response(200, SettlementSchema)
def dispute(args, settlement_id):
    return settlements.dispute(settlement_id, by=g.person, now=g.now, **args)


@bp.post("/<uuid:settlement_id>/reopen")
@only(Role.AREA_ADMIN)
@bp.response(200, SettlementSchema)
def reopen(settlement_id):
    return settlements.reopen(settlement_id, by=g.person, now=g.now)


@bp.post("/<uuid:settlement_id>/approve")
@only(Role.AREA_ADMIN)
@bp.response(200, SettlementSchema)
def approve(settlement_id):
    return settlements.approve(settlement_id, by=g.person, now=g.now)


@bp.post("/<uuid:settlement_id>/pay")
@only(Role.AREA_ADMIN)
@once
@bp.arguments(PaySchema)
@bp.response(200, SettlementSchema)
def pay(args, settlement_id):
    return settlements.pay(settlement_id, by=g.person, now=g.now, **args)
