"""Objections to entries of one's own file."""
import marshmallow as ma
from flask import g

from api.edge import looks, paging
from api.edge.auth import only
from api.edge.fields import Day, Moment, PageQuery, ReasonSchema, Schema, checked_words, page_of
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import EntryObjection, Role
from services.credit import files, objections

bp = Blueprint("credit_objections", "Objections to entries")


class CreditObjectionSchema(Schema):
    id = ma.fields.UUID()
    entry_id = ma.fields.UUID()
    reason = checked_words("reason")
    text_state = ma.fields.Str(metadata={"description": "of the reason: passed, pending, review or refused"})
    status = ma.fields.Str()
    at = Moment()
    due_on = Day(metadata={"description": "the last day to decide: the fifth working day"})
    decided_at = Moment(allow_none=True)
    decided_reason = ma.fields.Str(allow_none=True)


class CreditObjectionQuery(PageQuery):
    status = ma.fields.Str(validate=ma.validate.OneOf(["open", "upheld", "dismissed"]))
    entry_id = ma.fields.UUID(metadata={"description": "of this entry alone"})
    overdue = ma.fields.Str(validate=ma.validate.OneOf(["true"]), metadata={"description": "true: open past their last day"})


class DecideObjectionSchema(ReasonSchema):
    decision = ma.fields.Str(required=True, validate=ma.validate.OneOf(["uphold", "dismiss"]))


@bp.post("/credit-entries/<uuid:entry_id>/objection")
@only(Role.RESIDENT)
@bp.arguments(ReasonSchema)
@bp.response(201, CreditObjectionSchema)
def object_to(args, entry_id):
    """By whose file it is; of a household's deeds, by who did them."""
    return objections.object_to(entry_id, **args, by=g.person, now=g.now, settings=settings())


@bp.get("/credit-objections")
@only(Role.RESIDENT)
@bp.arguments(CreditObjectionQuery, location="query")
@bp.response(200, page_of(CreditObjectionSchema))
def list_objections(args):
    """Those to entries of one's own files, and those of the areas that one administers or audits."""
    query = objections.search(g.person, g.now, status=args.get("status"), overdue="overdue" in args, entry_id=args.get("entry_id"))
    page = paging.page(query, [EntryObjection.id], limit=args["limit"], cursor=args["cursor"])
    looks.note(files.look_at_entries((row.entry_id for row in page["items"]), by=g.person, now=g.now))
    return page


@bp.post("/credit-objections/<uuid:credit_objection_id>/decide")
@only(Role.AREA_ADMIN)
@bp.arguments(DecideObjectionSchema)
@bp.response(200, CreditObjectionSchema)
def decide(args, credit_objection_id):
    return objections.decide(credit_objection_id, uphold=args["decision"] == "uphold", reason=args["reason"], by=g.person, now=g.now)
