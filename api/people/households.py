"""Households, and requests to be of one."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Moment, Name, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from models import STAFF, Household, HouseholdMember, HouseholdRequest, Role
from models.credit.files import JOINED_HOW
from services.access import reach
from services.people import households, members, people

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


class HouseholdMemberSchema(Schema):
    id = ma.fields.UUID()
    person_id = ma.fields.UUID()
    display_name = ma.fields.Str()
    joined_on = Day()
    joined_how = ma.fields.Str(metadata={"enum": [*JOINED_HOW]})
    left_on = Day(allow_none=True)
    left_how = ma.fields.Str(allow_none=True)


class LeaveSchema(Schema):
    on = Day(required=True)
    how = ma.fields.Str(required=True, validate=ma.validate.OneOf(["married_out", "moved_out", "died"]))


class SplitSchema(Schema):
    name = Name(required=True)
    person_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, 50))
    on = Day(required=True)


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


@bp.get("/households/<uuid:household_id>/members")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(HouseholdMemberSchema))
def list_members(args, household_id):
    """Who is and was of it; for staff and auditors in reach, and for who is of it."""
    query = members.search(household_id, by=g.person, now=g.now)
    return paging.page(query, [HouseholdMember.id], limit=args["limit"], cursor=args["cursor"], scalars=False)


@bp.post("/households/<uuid:household_id>/members/<uuid:person_id>/leave")
@only(*STAFF)
@bp.arguments(LeaveSchema)
@bp.response(200, HouseholdMemberSchema)
def leave(args, household_id, person_id):
    return members.leave(household_id, person_id, **args, by=g.person, now=g.now)


@bp.post("/households/<uuid:household_id>/split")
@only(*STAFF)
@bp.arguments(SplitSchema)
@bp.response(201, HouseholdSchema)
def split(args, household_id):
    """Some of it are a household of their own from that day on, which is the answer."""
    return members.split(household_id, **args, by=g.person, now=g.now)


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
