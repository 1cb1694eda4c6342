"""Residents' remarks on published figures, and their answers."""
import marshmallow as ma
from flask import g

from api.civility.versions import VALUE
from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Integer, Moment, PageQuery, Schema, Text, checked_words, page_of
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import CivilityRemark, Role
from services.civility import remarks

bp = Blueprint("civility_remarks", "Civility index: remarks", url_prefix="/api/v1/civility/remarks")


class MakeRemarkSchema(Schema):
    period_id = ma.fields.UUID(required=True)
    area_id = ma.fields.UUID(required=True)
    node_id = ma.fields.UUID(required=True)
    text = Text(required=True, validate=ma.validate.Length(1, 500))


class RemarkSchema(Schema):
    id = ma.fields.UUID()
    period_id = ma.fields.UUID()
    area_id = ma.fields.UUID()
    node_id = ma.fields.UUID()
    name_zh = ma.fields.Str(attribute="node.name_zh")
    name_en = ma.fields.Str(attribute="node.name_en")
    text = checked_words("said")
    text_state = ma.fields.Str(metadata={"description": "passed, pending, review or refused"})
    status = ma.fields.Str()
    at = Moment()
    answered_at = Moment(allow_none=True)
    answer = ma.fields.Str(allow_none=True)
    corrected = ma.fields.Bool()


class RemarkQuery(PageQuery):
    period_id = ma.fields.UUID()
    status = ma.fields.Str(validate=ma.validate.OneOf(["open", "answered"]))


class AnswerRemarkSchema(Schema):
    answer = Text(required=True, validate=ma.validate.Length(1, 500))
    value_hundredths = Integer(load_default=None, allow_none=True, validate=VALUE, metadata={
        "description": "the corrected value; null: the figure stays"})


@bp.post("")
@only(Role.RESIDENT)
@bp.arguments(MakeRemarkSchema)
@bp.response(201, RemarkSchema)
def remark(args):
    return remarks.remark(**args, by=g.person, now=g.now, settings=settings())


@bp.get("")
@only(Role.RESIDENT)
@bp.arguments(RemarkQuery, location="query")
@bp.response(200, page_of(RemarkSchema))
def list_remarks(args):
    """One's own, and those on the periods that one reaches."""
    query = remarks.search(g.person, g.now, period_id=args.get("period_id"), status=args.get("status"))
    return paging.page(query, [CivilityRemark.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/<uuid:remark_id>/answer")
@only(Role.AREA_ADMIN)
@bp.arguments(AnswerRemarkSchema)
@bp.response(200, RemarkSchema)
def answer(args, remark_id):
    return remarks.answer(remark_id, **args, by=g.person, now=g.now)
