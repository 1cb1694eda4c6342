"""Households, and requests to be of one."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Moment, Name, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from models import STAFF, Household, HouseholdRequest, Role
from services.access import reach
from services.people import households, people

bp = Blueprint("households", "Households and requests to be of one")


class HouseholdSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    area_id = ma.fields.UUID(required=True)
    name = Name(required=True)
    created_at = Moment(dump_only=True)


class HouseholdQuery(PageQuery):
    area_id = ma.fields.UUID()


class DoorQuery(PageQuery):
    q = Text(required=True, validate=ma.validate.Length(1, 40))


class AskSchema(Schema):
    household_id = ma.fields.UUID(required=True)


class HouseholdRequestSchema(Schema):
    id = ma.fields.UUID()
    person_id = ma.fields.UUID()
    household_id = ma.fields.UUID()
    status = ma.fields.Str()
    at = Moment()
    decided_at = Moment(allow_none=True)


class ListedRequestSchema(HouseholdRequestSchema):
    display_name = ma.fields.Str()
    household_name = ma.fields.Str()


class RequestQuery(HouseholdQuery):
    status = ma.fields.Str(validate=ma.validate.OneOf(["pending", "confirmed", "refused"]))


@bp.post("/households")
@only(*STAFF)
@bp.arguments(HouseholdSchema)
@bp.response(201, HouseholdSchema)
def make(args):
    return households.make(**args, by=g.person, now=g.now)


@bp.get("/households")
@only(*STAFF, Role.AUDITOR)
@bp.arguments(HouseholdQuery, location="query")
@bp.response(200, page_of(HouseholdSchema))
def list_households(args):
    query = households.search(g.person, g.now, area_id=args.get("area_id"))
    return paging.page(query, [Household.id], limit=args["limit"], cursor=args["cursor"])


@bp.get("/me/households")
@only(Role.RESIDENT)
@bp.arguments(DoorQuery, location="query")
@bp.response(200, page_of(HouseholdSchema))
def find_own(args):
    """The household behind a door of one's own grid, for who names it exactly."""
    return paging.page(households.at_door(args["q"], of=g.person), [Household.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/me/household-requests")
@only(Role.RESIDENT)
@bp.arguments(AskSchema)
@bp.response(201, HouseholdRequestSchema)
def ask(args):
    return people.ask_for_household(g.person, **args, now=g.now)


@bp.get("/household-requests")
@only(*reach.READERS)
@bp.arguments(RequestQuery, location="query")
@bp.response(200, page_of(ListedRequestSchema))
def list_requests(args):
    query = households.requests(g.person, g.now, area_id=args.get("area_id"), status=args.get("status"))
    return paging.page(query, [HouseholdRequest.id], limit=args["limit"], cursor=args["cursor"], scalars=False)


@bp.post("/household-requests/<uuid:request_id>/confirm")
@only(*STAFF)
@bp.response(200, HouseholdRequestSchema)
def confirm(request_id):
    return people.decide_household(request_id, confirm=True, by=g.person, now=g.now)


@bp.post("/household-requests/<uuid:request_id>/refuse")
@only(*STAFF)
@bp.response(200, HouseholdRequestSchema)
def refuse(request_id):
    return people.decide_household(request_id, confirm=False, by=g.person, now=g.now)
