"""Objections to records."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Moment, PageQuery, ReasonSchema, Schema, checked_words, page_of
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import Objection, Role
from services.records import objections

bp = Blueprint("objections", "Objections")


class ObjectionSchema(Schema):
    id = ma.fields.UUID()
    activity_record_id = ma.fields.UUID(attribute="record_id")
    by_id = ma.fields.UUID()
    reason = checked_words("reason")
    text_state = ma.fields.Str(metadata={"description": "of the reason: passed, pending, review or refused"})
    status = ma.fields.Str()
    at = Moment()
    decided_by_id = ma.fields.UUID(allow_none=True)
    decided_at = Moment(allow_none=True)
    decided_reason = ma.fields.Str(allow_none=True)


class ObjectionQuery(PageQuery):
    status = ma.fields.Str(validate=ma.validate.OneOf(["open", "upheld", "dismissed"]))


class DecideSchema(ReasonSchema):
    decision = ma.fields.Str(required=True, validate=ma.validate.OneOf(["uphold", "dismiss"]))


@bp.post("/activity-records/<uuid:record_id>/objection")
@only(Role.RESIDENT)
@bp.arguments(ReasonSchema)
@bp.response(201, ObjectionSchema)
def object_to(args, record_id):
    return objections.object_to(record_id, by=g.person, settings=settings(), now=g.now, reason=args["reason"])


@bp.get("/objections")
@only(Role.RESIDENT)
@bp.arguments(ObjectionQuery, location="query")
@bp.response(200, page_of(ObjectionSchema))
def list_objections(args):
    """One's own, those to one's own records, and those to records in the areas that one reaches."""
    query = objections.search(g.person, g.now, status=args.get("status"))
    return paging.page(query, [Objection.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/objections/<uuid:objection_id>/decide")
@only(Role.AREA_ADMIN)
@bp.arguments(DecideSchema)
@bp.response(200, ObjectionSchema)
def decide(args, objection_id):
    return objections.decide(objection_id, uphold=args["decision"] == "uphold", by=g.person, now=g.now, reason=args["reason"])
