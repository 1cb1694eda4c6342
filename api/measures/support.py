"""Support lists: opened, applied for, decided with a reason that is told."""
import marshmallow as ma
from flask import g

from api.credit.fields import KINDS
from api.edge import looks, paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, ReasonSchema, Schema, Text, checked_words, page_of
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import OVERSIGHT, Role, SupportApplication, SupportList
from services.measures import sight, support

bp = Blueprint("support", "Support lists")


class SupportListSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    area_id = ma.fields.UUID(required=True)
    kind = ma.fields.Str(required=True, validate=ma.validate.OneOf(KINDS))
    support = ma.fields.Str(required=True, validate=ma.validate.OneOf(["industry", "interest_subsidy", "allowance", "procurement"]))
    title_zh = Text(required=True, validate=ma.validate.Length(1, 120))
    title_en = Text(required=True, validate=ma.validate.Length(1, 200))
    places = Integer(required=True, validate=ma.validate.Range(1, 1_000_000))
    granted = ma.fields.Int(dump_only=True)
    opens_on = Day(required=True)
    closes_on = Day(required=True, metadata={"description": "the first day on which it takes no applications"})
    made_at = Moment(dump_only=True)


class ApplySchema(Schema):
    asked = Text(required=True, validate=ma.validate.Length(1, 1000))
    merchant_id = ma.fields.UUID(metadata={"description": "for a list of merchants"})


class SupportApplicationSchema(Schema):
    id = ma.fields.UUID()
    list_id = ma.fields.UUID()
    file_id = ma.fields.UUID()
    grade_rank = ma.fields.Int(attribute="shown_rank", allow_none=True, metadata={
        "description": "as it was when it was asked for; null once withdrawn, or outside the scheme"})
    asked = checked_words("asked")
    text_state = ma.fields.Str(metadata={"description": "of what was asked: passed, pending, review or refused"})
    at = Moment()
    status = ma.fields.Str()
    reason = ma.fields.Str(allow_none=True)
    decided_at = Moment(allow_none=True)


class DecideSupportSchema(ReasonSchema):
    decision = ma.fields.Str(required=True, validate=ma.validate.OneOf(["grant", "decline"]))


@bp.get("/support-lists")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(SupportListSchema))
def list_lists(args):
    """Those of where one lives or owns a merchant, and above; and of the areas that one administers or audits."""
    return paging.page(support.search(g.person, g.now), [SupportList.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/support-lists")
@only(Role.AREA_ADMIN)
@bp.arguments(SupportListSchema)
@bp.response(201, SupportListSchema)
def open_list(args):
    return support.open_list(**args, by=g.person, now=g.now)


@bp.get("/support-lists/<uuid:list_id>/applications")
@only(*OVERSIGHT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(SupportApplicationSchema))
def list_applications(args, list_id):
    """The better grades first, and of one grade who came first."""
    query = support.applications(list_id, by=g.person, now=g.now)
    keys = [SupportApplication.grade_rank, SupportApplication.id]
    page = paging.page(query, keys, limit=args["limit"], cursor=args["cursor"], newest_first=False)
    looks.note(sight.look_at_grades(page["items"], by=g.person, now=g.now))
    return page


@bp.post("/support-lists/<uuid:list_id>/applications")
@only(Role.RESIDENT)
@bp.arguments(ApplySchema)
@bp.response(201, SupportApplicationSchema)
def apply(args, list_id):
    """Who applies lets the reviewers see the file's grade."""
    return support.apply(list_id, **args, by=g.person, now=g.now, settings=settings())


@bp.get("/me/support-applications")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(SupportApplicationSchema))
def list_own(args):
    return paging.page(support.own_applications(g.person), [SupportApplication.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/support-applications/<uuid:application_id>/withdraw")
@only(Role.RESIDENT)
@bp.response(200, SupportApplicationSchema)
def withdraw(application_id):
    return support.withdraw(application_id, by=g.person, now=g.now)


@bp.post("/support-applications/<uuid:application_id>/decide")
@only(Role.AREA_ADMIN)
@bp.arguments(DecideSupportSchema)
@bp.response(200, SupportApplicationSchema)
def decide(args, application_id):
    return support.decide(application_id, grant=args["decision"] == "grant", reason=args["reason"], by=g.person, now=g.now)
