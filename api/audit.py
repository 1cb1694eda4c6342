"""The audit log, for auditors."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Moment, PageQuery, Schema, page_of
from api.edge.http import Blueprint
from models import AuditRow, Role
from services.audit import audit

bp = Blueprint("audit", "The audit log", url_prefix="/api/v1/audit")


class AuditRowSchema(Schema):
    id = ma.fields.UUID()
    at = Moment()
    by_id = ma.fields.UUID(allow_none=True)
    action = ma.fields.Str()
    target_type = ma.fields.Str()
    target_id = ma.fields.UUID()
    area_id = ma.fields.UUID(allow_none=True)
    detail = ma.fields.Dict()


class AuditQuery(PageQuery):
    area_id = ma.fields.UUID()
    from_ = Moment(data_key="from")
    to = Moment()


@bp.get("")
@only(Role.AUDITOR)
@bp.arguments(AuditQuery, location="query")
@bp.response(200, page_of(AuditRowSchema))
def list_audit(args):
    query = audit.search(g.person, g.now, area_id=args.get("area_id"), from_=args.get("from_"), to=args.get("to"))
    return paging.page(query, [AuditRow.id], limit=args["limit"], cursor=args["cursor"])
