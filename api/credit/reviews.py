"""Neighbours' reviews: rounds and how they are drawn, what one was drawn for, slips, and what came out for one's household."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, ReasonSchema, Schema, page_of
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import OVERSIGHT, Answer, ReviewedHousehold, ReviewRound, Role
from models.credit.reviews import FEWEST_SLIPS, MOST_SEATS
from services import draws
from services.credit import files
from services.credit.reviews import calling_off, closing, rounds, sight, slips

bp = Blueprint("reviews", "Neighbours' reviews")
ODD = ma.validate.OneOf([5, 7, MOST_SEATS])


class OpenReviewRoundSchema(Schema):
    area_id = ma.fields.UUID(required=True)
    per_household = Integer(load_default=7, validate=ODD, metadata={"description": "how many neighbours are drawn for each household"})
    least_slips = Integer(load_default=5, validate=ma.validate.Range(FEWEST_SLIPS, MOST_SEATS), metadata={
        "description": "of fewer that know there is no result"})
    opens_on = Day(required=True)
    closes_on = Day(required=True, metadata={"description": "the last day"})


class ReviewRoundQuery(PageQuery):
    area_id = ma.fields.UUID()


class ReviewQuestionSchema(Schema):
    code = ma.fields.Str()
    asked_zh = ma.fields.Str()
    asked_en = ma.fields.Str()


class ReviewRoundSchema(Schema):
    id = ma.fields.UUID()
    area_id = ma.fields.UUID()
    area_name = ma.fields.Str(attribute="area.name")
    version_id = ma.fields.UUID(metadata={"description": "of the rulebook that asks"})
    per_household = ma.fields.Int()
    least_slips = ma.fields.Int()
    opens_on = Day()
    closes_on = Day()
    pool = ma.fields.Int(metadata={"description": "how many neighbours could be drawn"})
    seed_hash = ma.fields.Function(sight.seed_hash, metadata={"type": "string", "description": "SHA-256 of the seed, from the opening on"})
    seed = ma.fields.Function(sight.seed_shown, metadata={"type": ["string", "null"], "description": "null until it is closed"})
    opened_at = Moment()
    closed_at = Moment(allow_none=True)
    called_off_reason = ma.fields.Str(allow_none=True, metadata={"description": "null of a round that goes on or was closed with a result"})
    households = ma.fields.Function(lambda row: g.counts[row.id]["households"], metadata={"type": "integer"})
    seats = ma.fields.Function(lambda row: g.counts[row.id]["seats"], metadata={"type": "integer", "description": "slips that could be handed in"})
    slips = ma.fields.Function(lambda row: g.counts[row.id]["slips"], metadata={
        "type": ["integer", "null"], "description": "slips that were; null of fewer than least_slips"})


class OneReviewRoundSchema(ReviewRoundSchema):
    questions = ma.fields.Function(lambda row: ReviewQuestionSchema(many=True).dump(sight.questions(row.version_id)),
                                   metadata={"type": "array", "items": {"type": "object"}})


class ReviewPlaceSchema(Schema):
    place = ma.fields.Int()
    lot = ma.fields.Str(metadata={"description": "SHA-256 of seed|file id"})
    reviewers = ma.fields.Function(lambda row: g.lots.get(row.id, []), metadata={
        "type": "array", "items": {"type": "string"}, "description": "SHA-256 of seed|file id|person id, in the order of the draw"})


class ReviewOutcomeSchema(Schema):
    place = ma.fields.Int()
    file_id = ma.fields.UUID()
    household_name = ma.fields.Str()
    seats = ma.fields.Int()
    good = ma.fields.Function(lambda row: g.well_of.get(row.id, []), metadata={
        "type": "array", "items": {"type": "string"}, "description": "the codes of what it is well spoken of for; else nothing is told"})


class ReviewResultSchema(Schema):
    code = ma.fields.Str()
    outcome = ma.fields.Str(metadata={"description": "good, ordinary, poor or too_few"})
    entry_id = ma.fields.UUID(allow_none=True)


class ReviewedSchema(Schema):
    id = ma.fields.UUID()
    round_id = ma.fields.UUID()
    opens_on = Day(attribute="round.opens_on")
    closes_on = Day(attribute="round.closes_on")
    closed_at = Moment(attribute="round.closed_at", allow_none=True)
    called_off_reason = ma.fields.Str(attribute="round.called_off_reason", allow_none=True)
    place = ma.fields.Int()
    seats = ma.fields.Int(metadata={"description": "how many were drawn for it"})
    slips = ma.fields.Int(allow_none=True, metadata={"description": "null while it is open, and of too few"})
    seed_hash = ma.fields.Function(lambda row: sight.seed_hash(row.round), metadata={"type": "string"})
    seed = ma.fields.Function(lambda row: sight.seed_shown(row.round), metadata={"type": ["string", "null"]})
    results = ma.fields.List(ma.fields.Nested(ReviewResultSchema))
    questions = ma.fields.Function(lambda row: ReviewQuestionSchema(many=True).dump(g.questions[row.round.version_id]),
                                   metadata={"type": "array", "items": {"type": "object"}})


class ReviewSeatSchema(Schema):
    id = ma.fields.UUID()
    round_id = ma.fields.UUID(attribute="reviewed.round_id")
    area_name = ma.fields.Str(attribute="reviewed.round.area.name")
    household_name = ma.fields.Str()
    opens_on = Day(attribute="reviewed.round.opens_on")
    closes_on = Day(attribute="reviewed.round.closes_on")
    is_handed_in = ma.fields.Bool()
    questions = ma.fields.Function(lambda row: ReviewQuestionSchema(many=True).dump(g.questions[row.reviewed.round.version_id]),
                                   metadata={"type": "array", "items": {"type": "object"}})


class OwnReviewSeatsSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(ReviewSeatSchema))


class ReviewSlipSchema(Schema):
    answers = ma.fields.Dict(keys=ma.fields.Str(validate=ma.validate.Length(1, 40)), required=True, validate=ma.validate.Length(max=60),
                             values=ma.fields.Str(validate=ma.validate.OneOf([*Answer])), metadata={
        "description": "by the question's code; what is left out is unknown"})


def _shown(found: ReviewRound) -> ReviewRound:
    g.counts = sight.counts([found])
    return found


@bp.post("/review-rounds")
@only(Role.AREA_ADMIN)
@bp.arguments(OpenReviewRoundSchema)
@bp.response(201, OneReviewRoundSchema)
def open_round(args):
    return _shown(rounds.open_round(**args, seed=draws.new_seed(), by=g.person, settings=settings(), now=g.now))


@bp.get("/review-rounds")
@only(Role.RESIDENT)
@bp.arguments(ReviewRoundQuery, location="query")
@bp.response(200, page_of(ReviewRoundSchema))
def list_rounds(args):
    query = sight.search(g.person, g.now, area_id=args.get("area_id"))
    found = paging.page(query, [ReviewRound.id], limit=args["limit"], cursor=args["cursor"])
    g.counts = sight.counts(found["items"])
    return found


@bp.get("/review-rounds/<uuid:review_round_id>")
@only(Role.RESIDENT)
@bp.response(200, OneReviewRoundSchema)
def get_round(review_round_id):
    return _shown(sight.visible(review_round_id, by=g.person, now=g.now))


@bp.get("/review-rounds/<uuid:review_round_id>/draw")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ReviewPlaceSchema))
def list_draw(args, review_round_id):
    """Lots instead of names: who has the ids and the seed finds them again. Empty until the round is closed."""
    found = sight.visible(review_round_id, by=g.person, now=g.now)
    page = paging.page(sight.places(found), [ReviewedHousehold.place], limit=args["limit"], cursor=args["cursor"], newest_first=False)
    g.lots = sight.seats_of([row.id for row in page["items"]])
    for row in page["items"]:
        row.lot = draws.lot(found.seed, row.file_id)
    return page


@bp.get("/review-rounds/<uuid:review_round_id>/households")
@only(*OVERSIGHT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ReviewOutcomeSchema))
def list_outcomes(args, review_round_id):
    found = sight.overseen(review_round_id, by=g.person, now=g.now)
    page = paging.page(sight.outcomes(found), [ReviewedHousehold.place], limit=args["limit"], cursor=args["cursor"], newest_first=False,
                       scalars=False)
    g.well_of = sight.well_of([row.id for row in page["items"]])
    return page


@bp.post("/review-rounds/<uuid:review_round_id>/close")
@only(Role.AREA_ADMIN)
@bp.response(200, OneReviewRoundSchema)
def close_round(review_round_id):
    return _shown(closing.close(review_round_id, by=g.person, now=g.now))


@bp.post("/review-rounds/<uuid:review_round_id>/call-off")
@only(Role.AREA_ADMIN)
@bp.arguments(ReasonSchema)
@bp.response(200, OneReviewRoundSchema)
def call_off(args, review_round_id):
    """For a round that was opened by mistake: its slips are destroyed. Again it changes nothing."""
    return _shown(calling_off.call_off(review_round_id, reason=args["reason"], by=g.person, now=g.now))


@bp.get("/me/reviews")
@only(Role.RESIDENT)
@bp.response(200, OwnReviewSeatsSchema)
def list_seats():
    """Whom one was drawn to review, in the rounds that are not closed."""
    seats = slips.seats(g.person, g.now)
    g.questions = sight.questions_of({seat.reviewed.round.version_id for seat in seats})
    return {"items": seats}


@bp.post("/reviews/<uuid:seat_id>/slip")
@only(Role.RESIDENT)
@bp.arguments(ReviewSlipSchema)
@bp.response(204)
def hand_in(args, seat_id):
    """Without an Idempotency-Key, which would keep a trace of what was answered beside who it was: a second time is 409 handed_in_already."""
    slips.hand_in(seat_id, args["answers"], by=g.person, now=g.now)


@bp.get("/credit-files/<uuid:file_id>/reviews")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ReviewedSchema))
def list_reviews(args, file_id):
    """What came out for one's own household."""
    file = files.seen(file_id, by=g.person, now=g.now, least=files.Sight.OWN)
    page = paging.page(sight.of_file(file), [ReviewedHousehold.id], limit=args["limit"], cursor=args["cursor"])
    g.questions = sight.questions_of({row.round.version_id for row in page["items"]})
    return page
