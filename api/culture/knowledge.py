"""Pages to learn from, their quizzes, and the culture calendar. Nothing here is paid."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from models import CultureDay, KnowledgePage, Role
from services.culture import calendar, knowledge

bp = Blueprint("knowledge", "Knowledge pages, quizzes and the culture calendar")
BODY = ma.validate.Length(1, 8000)


class ChoiceSchema(Schema):
    zh = Text(required=True, validate=ma.validate.Length(1, 200))
    en = Text(required=True, validate=ma.validate.Length(1, 200))


class QuestionSchema(Schema):
    asks_zh = Text(required=True, validate=ma.validate.Length(1, 300))
    asks_en = Text(required=True, validate=ma.validate.Length(1, 300))
    choices = ma.fields.List(ma.fields.Nested(ChoiceSchema), required=True, validate=ma.validate.Length(2, 6))


class WriteQuestionSchema(QuestionSchema):
    right_place = Integer(required=True, validate=ma.validate.Range(0, 5))
    because_zh = Text(load_default="", validate=ma.validate.Length(0, 500))
    because_en = Text(load_default="", validate=ma.validate.Length(0, 500))


class ListedPageSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    area_id = ma.fields.UUID(required=True)
    title_zh = Text(required=True, validate=ma.validate.Length(1, 120))
    title_en = Text(required=True, validate=ma.validate.Length(1, 200))
    made_at = Moment(dump_only=True)


class KnowledgePageSchema(ListedPageSchema):
    body_zh = Text(required=True, validate=BODY)
    body_en = Text(required=True, validate=BODY)
    questions = ma.fields.List(ma.fields.Nested(QuestionSchema), dump_only=True)


class WriteKnowledgePageSchema(KnowledgePageSchema):
    questions = ma.fields.List(ma.fields.Nested(WriteQuestionSchema), load_default=list, validate=ma.validate.Length(0, 20))


class AnswersSchema(Schema):
    answers = ma.fields.List(Integer(validate=ma.validate.Range(0, 5)), required=True, validate=ma.validate.Length(0, 20))


class ToldSchema(Schema):
    right = ma.fields.Bool(attribute="is_right")
    right_place = ma.fields.Int(attribute="question.right_place")
    because_zh = ma.fields.Str(attribute="question.because_zh")
    because_en = ma.fields.Str(attribute="question.because_en")


class ToldAllSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(ToldSchema))


class CultureDaySchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    area_id = ma.fields.UUID(required=True)
    on_day = Day(required=True)
    until_on = Day(required=True)
    title_zh = Text(required=True, validate=ma.validate.Length(1, 120))
    title_en = Text(required=True, validate=ma.validate.Length(1, 200))
    about_zh = Text(load_default="", validate=ma.validate.Length(0, 500))
    about_en = Text(load_default="", validate=ma.validate.Length(0, 500))


class CultureQuery(PageQuery):
    from_ = Day(data_key="from")
    to = Day()


@bp.get("/knowledge-pages")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ListedPageSchema))
def list_pages(args):
    return paging.page(knowledge.search(g.person), [KnowledgePage.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/knowledge-pages")
@only(Role.AREA_ADMIN)
@bp.arguments(WriteKnowledgePageSchema)
@bp.response(201, KnowledgePageSchema)
def write(args):
    return knowledge.write(**args, by=g.person, now=g.now)


@bp.get("/knowledge-pages/<uuid:knowledge_page_id>")
@only(Role.RESIDENT)
@bp.response(200, KnowledgePageSchema)
def show(knowledge_page_id):
    return knowledge.shown(knowledge_page_id, by=g.person)


@bp.post("/knowledge-pages/<uuid:knowledge_page_id>/answers")
@only(Role.RESIDENT)
@bp.arguments(AnswersSchema)
@bp.response(200, ToldAllSchema)
def answer(args, knowledge_page_id):
    """What was right. It is kept nowhere, and nobody gets points for it."""
    return {"items": knowledge.answer(knowledge_page_id, args["answers"], by=g.person)}


@bp.post("/knowledge-pages/<uuid:knowledge_page_id>/end")
@only(Role.AREA_ADMIN)
@bp.response(200, ListedPageSchema)
def end(knowledge_page_id):
    return knowledge.end(knowledge_page_id, by=g.person, now=g.now)


@bp.get("/culture-days")
@only(Role.RESIDENT)
@bp.arguments(CultureQuery, location="query")
@bp.response(200, page_of(CultureDaySchema))
def list_days(args):
    query = calendar.search(g.person, from_=args.get("from_"), to=args.get("to"))
    return paging.page(query, [CultureDay.on_day, CultureDay.id], limit=args["limit"], cursor=args["cursor"], newest_first=False)


@bp.post("/culture-days")
@only(Role.AREA_ADMIN)
@bp.arguments(CultureDaySchema)
@bp.response(201, CultureDaySchema)
def enter_day(args):
    return calendar.enter(**args, by=g.person, now=g.now)


@bp.post("/culture-days/<uuid:culture_day_id>/end")
@only(Role.AREA_ADMIN)
@bp.response(200, CultureDaySchema)
def end_day(culture_day_id):
    return calendar.end(culture_day_id, by=g.person, now=g.now)
