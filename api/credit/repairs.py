"""Repair: asked for by whose file it is, decided by somebody else."""
import marshmallow as ma
from flask import g

from api.edge import looks, paging
from api.edge.auth import only
from api.edge.fields import Day, Moment, PageQuery, ReasonSchema, Schema, Text, checked_words, page_of
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import Repair, Role
from services.credit import files, repairs

bp = Blueprint("repairs", "Repair of credit")


class AskForRepairSchema(Schema):
    pledge = Text(required=True, validate=ma.validate.Length(10, 1000))
    evidence = Text(required=True, validate=ma.validate.Length(1, 1000), metadata={"description": "what shows that the duty is done"})


class RepairSchema(Schema):
    id = ma.fields.UUID()
    entry_id = ma.fields.UUID()
    grade_class = ma.fields.Str()
    pledge = checked_words("pledge")
    evidence = checked_words("evidence")
    text_state = ma.fields.Str(metadata={"description": "of pledge and evidence: passed, pending, review or refused"})
    status = ma.fields.Str()
    at = Moment()
    due_on = Day(metadata={"description": "the last day to decide: the third working day"})
    decided_at = Moment(allow_none=True)
    decided_reason = ma.fields.Str(allow_none=True)


class RepairQuery(PageQuery):
    status = ma.fields.Str(validate=ma.validate.OneOf(["open", "granted", "refused", "withdrawn"]))
    entry_id = ma.fields.UUID(metadata={"description": "of this entry alone"})


class DecideRepairSchema(ReasonSchema):
    decision = ma.fields.Str(required=True, validate=ma.validate.OneOf(["grant", "refuse"]))


@bp.post("/credit-entries/<uuid:entry_id>/repair")
@only(Role.RESIDENT)
@bp.arguments(AskForRepairSchema)
@bp.response(201, RepairSchema)
def ask(args, entry_id):
    return repairs.ask(entry_id, **args, by=g.person, now=g.now, settings=settings())


@bp.get("/repairs")
@only(Role.RESIDENT)
@bp.arguments(RepairQuery, location="query")
@bp.response(200, page_of(RepairSchema))
def list_repairs(args):
    """One's own, and those of the areas that one administers or audits."""
    query = repairs.search(g.person, g.now, status=args.get("status"), entry_id=args.get("entry_id"))
    page = paging.page(query, [Repair.id], limit=args["limit"], cursor=args["cursor"])
    looks.note(files.look_at_entries((row.entry_id for row in page["items"]), by=g.person, now=g.now))
    return page


@bp.post("/repairs/<uuid:repair_id>/withdraw")
@only(Role.RESIDENT)
@bp.response(200, RepairSchema)
def withdraw(repair_id):
    return repairs.withdraw(repair_id, by=g.person, now=g.now)


@bp.post("/repairs/<uuid:repair_id>/decide")
@only(Role.AREA_ADMIN)
@bp.arguments(DecideRepairSchema)
@bp.response(200, RepairSchema)
def decide(args, repair_id):
    return repairs.decide(repair_id, grant=args["decision"] == "grant", reason=args["reason"], by=g.person, now=g.now)
