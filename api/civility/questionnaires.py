"""Questionnaires: drawn, answered once, and what is one's own of the index."""
import marshmallow as ma
from flask import g

from api.civility.periods import PeriodSchema
from api.civility.surveys import LINES, AskedLeafSchema, OfPeriodQuery
from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, Schema, Truth, page_of
from api.edge.http import Blueprint
from models import OVERSIGHT, CivilityQuestionnaire, Role
from services import draws
from services.civility import periods, questionnaires

bp = Blueprint("civility_questionnaires", "Civility index: questionnaires", url_prefix="/api/v1")


class DrawQuestionnaireSchema(Schema):
    period_id = ma.fields.UUID(required=True)
    area_id = ma.fields.UUID(required=True)
    most = Integer(required=True, validate=ma.validate.Range(10, questionnaires.MOST_INVITED))


class WaitingSchema(Schema):
    id = ma.fields.UUID()
    period_id = ma.fields.UUID()
    area_id = ma.fields.UUID()
    area_name = ma.fields.Str(attribute="area.name")
    first_on = Day(attribute="period.first_on")
    last_on = Day(attribute="period.last_on")
    status = ma.fields.Str(attribute="period.status", metadata={"description": "of its period: answers are taken while it is open"})


class QuestionnaireSchema(WaitingSchema):
    seed = ma.fields.Str()
    invited = Integer()
    of_residents = Integer()
    drawn_at = Moment()
    answered = ma.fields.Function(lambda row: g.answered.get(row.id), metadata={
        "type": ["integer", "null"], "description": "how many have; null below ten"})


class OneQuestionnaireSchema(WaitingSchema):
    is_answered = ma.fields.Function(lambda row: g.is_answered, metadata={
        "type": ["boolean", "null"], "description": "by the caller; null for who is not invited"})
    questions = ma.fields.Function(lambda row: AskedLeafSchema(many=True).dump(g.leaves), metadata={"type": "array", "items": {"type": "object"}})


class SheetSchema(Schema):
    answers = ma.fields.Dict(keys=ma.fields.Str(), required=True, values=LINES, metadata={
        "description": "by the leaf's code, for each of its questions: 1 to 5, or 0 and 1 for no and yes, or null"})


class HomeAreaSchema(Schema):
    id = ma.fields.UUID()
    name = ma.fields.Str()


class OwnSchema(Schema):
    opted_out = ma.fields.Bool()
    area = ma.fields.Nested(HomeAreaSchema, allow_none=True, metadata={"description": "the community that one lives in"})
    period = ma.fields.Nested(PeriodSchema, allow_none=True, metadata={"description": "the newest published one that measures it"})
    questionnaires = ma.fields.List(ma.fields.Nested(WaitingSchema), metadata={"description": "those that one may answer still"})


class OptOutSchema(Schema):
    opted_out = Truth(required=True)


@bp.post("/civility/questionnaires")
@only(Role.AREA_ADMIN)
@bp.arguments(DrawQuestionnaireSchema)
@bp.response(201, QuestionnaireSchema)
def draw(args):
    g.answered = {}
    return questionnaires.draw(**args, seed=draws.new_seed(), by=g.person, now=g.now)


@bp.get("/civility/questionnaires")
@only(*OVERSIGHT)
@bp.arguments(OfPeriodQuery, location="query")
@bp.response(200, page_of(QuestionnaireSchema))
def list_questionnaires(args):
    query = questionnaires.search(g.person, g.now, period_id=args.get("period_id"))
    found = paging.page(query, [CivilityQuestionnaire.id], limit=args["limit"], cursor=args["cursor"])
    g.answered = questionnaires.answered_counts([row.id for row in found["items"]])
    return found


@bp.get("/civility/questionnaires/<uuid:questionnaire_id>")
@only(Role.RESIDENT)
@bp.response(200, OneQuestionnaireSchema)
def get_questionnaire(questionnaire_id):
    found, g.is_answered = questionnaires.visible(questionnaire_id, by=g.person, now=g.now)
    g.leaves = questionnaires.questions(found.period)
    return found


@bp.post("/civility/questionnaires/<uuid:questionnaire_id>/answers")
@only(Role.RESIDENT)
@bp.arguments(SheetSchema)
@bp.response(204)
def answer(args, questionnaire_id):
    """Without an Idempotency-Key, which would keep a trace of what was answered beside who it was: a second time is 409 already_answered."""
    questionnaires.answer(questionnaire_id, args["answers"], by=g.person, now=g.now)


@bp.get("/me/civility")
@only(Role.RESIDENT)
@bp.response(200, OwnSchema)
def own():
    home = periods.home_community(g.person)
    return {"opted_out": questionnaires.is_opted_out(g.person), "area": home, "questionnaires": questionnaires.waiting_of(g.person),
            "period": home and periods.newest_of(home, by=g.person, now=g.now)}


@bp.post("/me/civility/opt-out")
@only(Role.RESIDENT)
@bp.arguments(OptOutSchema)
@bp.response(204)
def opt_out(args):
    questionnaires.opt_out(g.person, opted_out=args["opted_out"], now=g.now)
