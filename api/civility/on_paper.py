"""Questionnaires on paper: who has no phone puts a sheet into a box, and what is in the box is typed in."""
import marshmallow as ma
from flask import g

from api.civility.questionnaires import SheetSchema, WaitingSchema
from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Integer, PageQuery, Schema, page_of
from api.edge.http import Blueprint
from api.edge.idempotency import once_untold
from models import STAFF, CivilityQuestionnaire, Person
from services.civility import on_paper

bp = Blueprint("civility_on_paper", "Civility index: questionnaires on paper", url_prefix="/api/v1")


class OnPaperSchema(WaitingSchema):
    handed_in = ma.fields.Function(lambda row: g.boxes.get(row.id, (0, 0))[0], metadata={
        "type": "integer", "description": "sheets that were put into the box"})
    typed = ma.fields.Function(lambda row: g.boxes.get(row.id, (0, 0))[1], metadata={"type": "integer", "description": "of these, typed in"})
    to_type = ma.fields.Function(lambda row: on_paper.to_type(row, g.boxes.get(row.id, (0, 0)), g.now), metadata={
        "type": "integer", "description": "how many of the others may be typed in today"})


class BoxSchema(Schema):
    handed_in = Integer()
    typed = Integer()
    to_type = Integer()


class WithoutPhoneSchema(Schema):
    person_id = ma.fields.UUID(attribute="id")
    display_name = ma.fields.Str()


@bp.get("/civility/questionnaires/on-paper")
@only(*STAFF)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(OnPaperSchema))
def list_on_paper(args):
    found = paging.page(on_paper.search(g.person, g.now), [CivilityQuestionnaire.id], limit=args["limit"], cursor=args["cursor"])
    g.boxes = on_paper.boxes([row.id for row in found["items"]])
    return found


@bp.get("/civility/questionnaires/<uuid:questionnaire_id>/without-phone")
@only(*STAFF)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(WithoutPhoneSchema))
def list_without_phone(args, questionnaire_id):
    """Who is asked, has no phone, and has put no sheet into the box yet."""
    query = on_paper.without_phone(questionnaire_id, by=g.person, now=g.now)
    return paging.page(query, [Person.id], limit=args["limit"], cursor=args["cursor"], newest_first=False)


@bp.post("/civility/questionnaires/<uuid:questionnaire_id>/without-phone/<uuid:person_id>/hand-in")
@only(*STAFF)
@bp.response(204)
def hand_in(questionnaire_id, person_id):
    """They put their sheet into the box. It says nothing of what stands on it."""
    on_paper.hand_in(questionnaire_id, person_id, by=g.person, now=g.now)


@bp.post("/civility/questionnaires/<uuid:questionnaire_id>/sheets")
@only(*STAFF)
@once_untold
@bp.arguments(SheetSchema)
@bp.response(201, BoxSchema)
def type_in(args, questionnaire_id):
    """A sheet out of the box, which says nothing of whose it is. With the key nothing of what was typed is kept."""
    return on_paper.type_in(questionnaire_id, args["answers"], by=g.person, now=g.now)
