"""Field surveys: the register of places, rounds, and what was found."""
import marshmallow as ma
from flask import Response, g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, Name, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from api.edge.idempotency import once
from models import OVERSIGHT, CivilityPlace, CivilityRound, CivilityVisit, Role
from services import draws
from services.civility import field_surveys, places

bp = Blueprint("civility_surveys", "Civility index: field surveys", url_prefix="/api/v1/civility")
READERS = (Role.GRID_WORKER, *OVERSIGHT)
LINES = ma.fields.List(Integer(allow_none=True), validate=ma.validate.Length(max=20))


class AddPlaceSchema(Schema):
    area_id = ma.fields.UUID(required=True)
    name = Name(longest=60, required=True)


class CivilityPlaceSchema(AddPlaceSchema):
    id = ma.fields.UUID()
    added_at = Moment()
    ended_at = Moment(allow_none=True)


class PlaceQuery(PageQuery):
    area_id = ma.fields.UUID()


class DrawRoundSchema(Schema):
    period_id = ma.fields.UUID(required=True)
    area_id = ma.fields.UUID(required=True)
    surveyor_id = ma.fields.UUID(required=True)
    most = Integer(required=True, validate=ma.validate.Range(5, 200))


class RoundSchema(Schema):
    id = ma.fields.UUID()
    period_id = ma.fields.UUID()
    area_id = ma.fields.UUID()
    area_name = ma.fields.Str(attribute="area.name")
    surveyor_id = ma.fields.UUID()
    seed = ma.fields.Str()
    drawn = Integer()
    of_places = Integer()
    drawn_at = Moment()
    last_on = Day(attribute="period.last_on")
    status = ma.fields.Str(attribute="period.status", metadata={"description": "of its period: what was found is taken while it is open"})
    visited = ma.fields.Function(lambda round_: g.visited.get(round_.id, 0), metadata={
        "type": "integer", "description": "how many have been looked at"})


class PictureOfVisitSchema(Schema):
    id = ma.fields.UUID()
    state = ma.fields.Str()


class VisitSchema(Schema):
    id = ma.fields.UUID()
    number = Integer()
    place_name = ma.fields.Str(attribute="place.name")
    found = ma.fields.Dict()
    note = ma.fields.Str()
    made_at = Moment(allow_none=True)
    pictures = ma.fields.Function(lambda visit: PictureOfVisitSchema(many=True).dump(g.pictures.get(visit.id, [])),
                                  metadata={"type": "array", "items": {"type": "object"}})


class LineSchema(Schema):
    zh = ma.fields.Str()
    en = ma.fields.Str()


class AskedLeafSchema(Schema):
    """A leaf with its lines, each of which is answered."""

    code = ma.fields.Str()
    name_zh = ma.fields.Str()
    name_en = ma.fields.Str()
    answers = ma.fields.Str()
    evidence_zh = ma.fields.Str()
    evidence_en = ma.fields.Str()
    items = ma.fields.List(ma.fields.Nested(LineSchema))


class OneRoundSchema(RoundSchema):
    visits = ma.fields.List(ma.fields.Nested(VisitSchema))
    checklists = ma.fields.Function(lambda round_: AskedLeafSchema(many=True).dump(g.leaves), metadata={"type": "array", "items": {"type": "object"}})


class OfPeriodQuery(PageQuery):
    period_id = ma.fields.UUID()


class FoundSchema(Schema):
    found = ma.fields.Dict(keys=ma.fields.Str(), required=True, values=LINES, metadata={
        "description": "by the leaf's code, for each of its lines: 1 met, 0 not met, null: does not apply there"})
    note = Text(load_default="", validate=ma.validate.Length(max=500))
    evidence_ids = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=field_surveys.MOST_PICTURES))


@bp.post("/places")
@only(Role.AREA_ADMIN)
@bp.arguments(AddPlaceSchema)
@bp.response(201, CivilityPlaceSchema)
def add_place(args):
    return places.add(**args, by=g.person, now=g.now)


@bp.get("/places")
@only(*OVERSIGHT)
@bp.arguments(PlaceQuery, location="query")
@bp.response(200, page_of(CivilityPlaceSchema))
def list_places(args):
    query = places.search(g.person, g.now, area_id=args.get("area_id"))
    return paging.page(query, [CivilityPlace.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/places/<uuid:place_id>/end")
@only(Role.AREA_ADMIN)
@bp.response(200, CivilityPlaceSchema)
def end_place(place_id):
    return places.end(place_id, by=g.person, now=g.now)


@bp.post("/rounds")
@only(Role.AREA_ADMIN)
@bp.arguments(DrawRoundSchema)
@bp.response(201, RoundSchema)
def draw_round(args):
    g.visited = {}
    return field_surveys.draw(**args, seed=draws.new_seed(), by=g.person, now=g.now)


@bp.get("/rounds")
@only(*READERS)
@bp.arguments(OfPeriodQuery, location="query")
@bp.response(200, page_of(RoundSchema))
def list_rounds(args):
    query = field_surveys.search(g.person, g.now, period_id=args.get("period_id"))
    found = paging.page(query, [CivilityRound.id], limit=args["limit"], cursor=args["cursor"])
    g.visited = field_surveys.made_counts([round_.id for round_ in found["items"]])
    return found


@bp.get("/rounds/<uuid:round_id>")
@only(*READERS)
@bp.response(200, OneRoundSchema)
def get_round(round_id):
    found = field_surveys.visible(round_id, by=g.person, now=g.now)
    g.visited = {found.id: sum(visit.made_at is not None for visit in found.visits)}
    g.pictures, g.leaves = field_surveys.pictures([visit.id for visit in found.visits]), field_surveys.checklists(found.period)
    return found


@bp.post("/visits/<uuid:visit_id>/findings")
@only(Role.GRID_WORKER)
@once
@bp.arguments(FoundSchema)
@bp.response(201, VisitSchema)
def visit(args, visit_id):
    made: CivilityVisit = field_surveys.visit(visit_id, **args, by=g.person, now=g.now)
    g.pictures = field_surveys.pictures([made.id])
    return made


@bp.get("/visits/<uuid:visit_id>/pictures/<uuid:picture_id>")
@only(*READERS)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="image/*")
def picture(visit_id, picture_id):
    found = field_surveys.picture(visit_id, picture_id, by=g.person, now=g.now)
    return Response(found.picture, content_type=found.media_type)
