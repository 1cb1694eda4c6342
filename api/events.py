"""Events, sign-ups, and the venue's code."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import of_a_public_row, only
from api.edge.fields import Integer, Moment, Name, Number, PageQuery, Schema, Text, Truth, page_of
from api.edge.http import Blueprint, check_version
from models import STAFF, CheckInMode, Event, EventStatus, MissingCheckOut, RefusedScan, Role, SignUp
from services import events, sign_ups
from services.access import reach
from services.measures import priority
from services.scans import presences

bp = Blueprint("events", "Events and sign-ups", url_prefix="/api/v1/events")
FIRST_COME, REWARDED_FIRST = "first_come", "rewarded_first"


class PlaceSchema(Schema):
    name = Name(longest=80, required=True)
    latitude = Number(allow_none=True, load_default=None, validate=ma.validate.Range(-90, 90))
    longitude = Number(allow_none=True, load_default=None, validate=ma.validate.Range(-180, 180))
    radius_m = Integer(allow_none=True, load_default=None, validate=ma.validate.Range(10, 50_000))


class PlanSchema(Schema):
    title = Name(longest=80, required=True)
    category = Name(longest=30, required=True)
    description = Text(load_default="", validate=ma.validate.Length(max=4000))
    area_id = ma.fields.UUID(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    place = ma.fields.Nested(PlaceSchema, load_default=None, allow_none=True)
    capacity = Integer(allow_none=True, load_default=None, validate=ma.validate.Range(1, 100_000))
    check_in_mode = ma.fields.Str(load_default=CheckInMode.VENUE_CODE, validate=ma.validate.OneOf(list(CheckInMode)))
    check_out_required = Truth(load_default=True)
    points_per_hour = Integer(load_default=10, validate=ma.validate.Range(0, 1000))
    points_max = Integer(load_default=40, validate=ma.validate.Range(0, 10_000))
    missing_check_out = ma.fields.Str(load_default=MissingCheckOut.REVIEW, validate=ma.validate.OneOf(list(MissingCheckOut)))


def _own_time(event: Event, at: int) -> str | None:
    return Moment()._serialize(g.get("own_times", {}).get(event.id, (None, None))[at], None, None)


class EventSchema(PlanSchema):
    id = ma.fields.UUID(dump_only=True)
    status = ma.fields.Str(dump_only=True)
    places_taken = Integer(attribute="taken", dump_only=True)
    sign_up_status = ma.fields.Function(lambda event: g.get("sign_up_statuses", {}).get(event.id),
                                        metadata={"type": ["string", "null"], "description": "the caller's own"})
    waiting_position = ma.fields.Function(lambda event: g.get("waiting_positions", {}).get(event.id), metadata={
        "type": ["integer", "null"], "description": "the caller's own, from 1, while they are on the waiting list"})
    waiting_order = ma.fields.Function(lambda event: g.get("waiting_orders", {}).get(event.id), metadata={
        "type": ["string", "null"], "enum": [FIRST_COME, REWARDED_FIRST, None], "description": "how those who wait for a place move up"})
    checked_in_at = ma.fields.Function(lambda event: _own_time(event, 0), metadata={"type": ["string", "null"], "format": "date-time"})
    checked_out_at = ma.fields.Function(lambda event: _own_time(event, 1), metadata={"type": ["string", "null"], "format": "date-time"})
    created_at = Moment(dump_only=True)
    place = ma.fields.Function(lambda event: _place(event), metadata={"type": ["object", "null"]})


def _place(event: Event) -> dict | None:
    """Null for an event that was planned without a place, so that it can be sent back."""
    known = {"latitude": event.latitude, "longitude": event.longitude, "radius_m": event.radius_m}
    return {"name": event.place_name, **known} if event.place_name else None


class EditEventSchema(PlanSchema):
    """Absent fields stay; what the answer has besides may come back and is not looked at."""

    id = ma.fields.Raw(load_only=True)
    status = ma.fields.Raw(load_only=True)
    places_taken = ma.fields.Raw(load_only=True)
    sign_up_status = ma.fields.Raw(load_only=True, allow_none=True)
    waiting_position = ma.fields.Raw(load_only=True, allow_none=True)
    waiting_order = ma.fields.Raw(load_only=True, allow_none=True)
    checked_in_at = ma.fields.Raw(load_only=True, allow_none=True)
    checked_out_at = ma.fields.Raw(load_only=True, allow_none=True)
    created_at = ma.fields.Raw(load_only=True)


class EventQuery(PageQuery):
    area_id = ma.fields.UUID()
    status = ma.fields.Str(validate=ma.validate.OneOf(list(EventStatus)))
    from_ = Moment(data_key="from")
    to = Moment()
    q = Text(validate=ma.validate.Length(1, 40))


class SignUpSchema(Schema):
    id = ma.fields.UUID()
    event_id = ma.fields.UUID()
    status = ma.fields.Str()
    at = Moment()


class ListedSignUpSchema(SignUpSchema):
    resident_id = ma.fields.UUID()
    display_name = ma.fields.Str()
    checked_in_at = Moment(allow_none=True)
    checked_out_at = Moment(allow_none=True)


class ScanQuery(PageQuery):
    refused = ma.fields.Str(load_default="true", validate=ma.validate.OneOf(["true"]))


class RefusedScanSchema(Schema):
    id = ma.fields.UUID()
    event_id = ma.fields.UUID()
    resident_id = ma.fields.UUID(allow_none=True)
    display_name = ma.fields.Str(allow_none=True)
    made_by_id = ma.fields.UUID()
    direction = ma.fields.Str(allow_none=True)
    code = ma.fields.Str()
    at = Moment()
    received_at = Moment()


def as_the_caller_sees(found: list[Event]) -> None:
    """Read the caller's own sign-ups of these events, when they came and left, and how who waits moves up, for the answer: three statements."""
    ids = [event.id for event in found]
    own = sign_ups.standing(g.person.id, ids)
    g.sign_up_statuses = {row.event_id: row.status for row in own}
    g.waiting_positions = {row.event_id: row.waiting_position for row in own}
    g.own_times = presences.times_of(g.person.id, ids)
    rewarding = priority.areas_with_it({event.area for event in found}, g.now)
    g.waiting_orders = {event.id: REWARDED_FIRST if event.area_id in rewarding else FIRST_COME for event in found}


def seen(event: Event) -> Event:
    as_the_caller_sees([event])
    return event


@bp.post("")
@only(*STAFF)
@bp.arguments(PlanSchema)
@bp.response(201, EventSchema)
def plan(args):
    return events.plan(by=g.person, now=g.now, **args)


@bp.get("")
@only(Role.RESIDENT)
@bp.arguments(EventQuery, location="query")
@bp.response(200, page_of(EventSchema))
def list_events(args):
    limit, cursor = args.pop("limit"), args.pop("cursor")
    found = paging.page(events.search(g.person, g.now, **args), [Event.starts_at, Event.id], limit=limit, cursor=cursor)
    as_the_caller_sees(found["items"])
    return found


@bp.get("/<uuid:event_id>")
@only(Role.RESIDENT)
@bp.response(200, EventSchema)
def get_event(event_id):
    event = events.visible(event_id, by=g.person, now=g.now)
    return seen(event)


@bp.put("/<uuid:event_id>")
@only(*STAFF)
@bp.arguments(EditEventSchema(partial=True))
@bp.response(200, EventSchema)
def edit(args, event_id):
    event = events.managed(event_id, by=g.person, now=g.now, lock=True)
    check_version(event)
    return seen(events.edit(event, args, by=g.person, now=g.now))


@bp.post("/<uuid:event_id>/publish")
@only(*STAFF)
@bp.response(200, EventSchema)
def publish(event_id):
    return seen(events.step(events.managed(event_id, by=g.person, now=g.now, lock=True), "publish", by=g.person, now=g.now))


@bp.post("/<uuid:event_id>/cancel")
@only(*STAFF)
@bp.response(200, EventSchema)
def cancel(event_id):
    return seen(events.step(events.managed(event_id, by=g.person, now=g.now, lock=True), "cancel", by=g.person, now=g.now))


@bp.post("/<uuid:event_id>/close")
@only(*STAFF)
@bp.response(200, EventSchema)
def close(event_id):
    return seen(events.step(events.managed(event_id, by=g.person, now=g.now, lock=True), "close", by=g.person, now=g.now))


@bp.post("/<uuid:event_id>/sign-ups")
@only(Role.RESIDENT)
@bp.response(201, SignUpSchema)
def sign_up(event_id):
    return sign_ups.sign_up(events.visible(event_id, by=g.person, now=g.now), g.person, now=g.now)


@bp.get("/<uuid:event_id>/sign-ups")
@only(*reach.READERS)
@of_a_public_row
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ListedSignUpSchema))
def list_sign_ups(args, event_id):
    event = events.visible(event_id, by=g.person, now=g.now)
    reach.require(g.person, event.area, reach.READERS, g.now)
    return paging.page(presences.at_event(event), [SignUp.id], limit=args["limit"], cursor=args["cursor"], scalars=False)


@bp.delete("/<uuid:event_id>/sign-ups/me")
@only(Role.RESIDENT)
@bp.response(204)
def withdraw(event_id):
    sign_ups.withdraw(events.visible(event_id, by=g.person, now=g.now), g.person, now=g.now)


@bp.get("/<uuid:event_id>/scans")
@of_a_public_row
@only(*reach.READERS)
@bp.arguments(ScanQuery, location="query")
@bp.response(200, page_of(RefusedScanSchema))
def list_scans(args, event_id):
    query = events.refused_scans(events.visible(event_id, by=g.person, now=g.now), by=g.person, now=g.now)
    return paging.page(query, [RefusedScan.id], limit=args["limit"], cursor=args["cursor"], scalars=False)
