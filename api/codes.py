"""Rotating codes: the venue's and a resident's own, as text and as pictures."""
import marshmallow as ma
from flask import Response, g

from api.edge import pictures
from api.edge.auth import of_a_public_row, only
from api.edge.fields import Integer, Moment, Schema
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import STAFF, Direction, Role
from services import events
from services.scans import presence

bp = Blueprint("codes", "Rotating codes")


class DirectionQuery(Schema):
    direction = ma.fields.Str(load_default=Direction.IN, validate=ma.validate.OneOf(list(Direction)))


class ShownSchema(Schema):
    token = ma.fields.Str()
    url = ma.fields.Str()
    expires_at = Moment()
    refresh_after_s = Integer()


class ShownAtVenueSchema(ShownSchema):
    short_code = ma.fields.Str(metadata={"description": "six digits to type in place of the token"})


def _venue(event_id, direction) -> presence.ShownAtVenue:
    event = events.managed(event_id, by=g.person, now=g.now)
    return events.code(event, Direction(direction), settings=settings(), now=g.now)


def _own() -> presence.Shown:
    return presence.show_person(g.person, settings=settings(), now=g.now)


@bp.get("/events/<uuid:event_id>/code")
@of_a_public_row
@only(*STAFF)
@bp.arguments(DirectionQuery, location="query")
@bp.response(200, ShownAtVenueSchema)
def venue_code(args, event_id):
    return _venue(event_id, args["direction"])


@bp.get("/events/<uuid:event_id>/code.png")
@of_a_public_row
@only(*STAFF)
@bp.arguments(DirectionQuery, location="query")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
def venue_code_png(args, event_id):
    return Response(pictures.png(_venue(event_id, args["direction"]).url), content_type="image/png")


@bp.get("/events/<uuid:event_id>/code.svg")
@of_a_public_row
@only(*STAFF)
@bp.arguments(DirectionQuery, location="query")
@bp.response(200, {"type": "string"}, content_type="image/svg+xml")
def venue_code_svg(args, event_id):
    return Response(pictures.svg(_venue(event_id, args["direction"]).url), content_type="image/svg+xml")


@bp.get("/me/code")
@only(Role.RESIDENT)
@bp.response(200, ShownSchema)
def own_code():
    return _own()


@bp.get("/me/code.png")
@only(Role.RESIDENT)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
def own_code_png():
    return Response(pictures.png(_own().url), content_type="image/png")
