"""Constraints: the lists they stand on, and one subject limited in one scene for a time, confirmed by a second person."""
import marshmallow as ma
from flask import g

from api.edge import looks, paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, ReasonSchema, Schema, Text, Truth, page_of
from api.edge.http import Blueprint
from models import Constraint, ConstraintList, ConstraintScene, RepairClass, Role
from services.credit import files
from services.measures import constraints

bp = Blueprint("constraints", "Constraints by law")


class ConstraintListSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    name = Text(required=True, validate=ma.validate.Length(4, 200))
    authority = Text(required=True, validate=ma.validate.Length(2, 120))
    edition = Text(required=True, validate=ma.validate.Length(4, 40))
    for_persons = Truth(required=True, metadata={"description": "whether it names natural persons"})
    in_force_from = Day(required=True)
    ended_on = Day(dump_only=True, allow_none=True)


class ListEndSchema(Schema):
    on = Day(required=True)


class ConstraintSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    file_id = ma.fields.UUID(dump_only=True)
    kind = ma.fields.Str(dump_only=True)
    scene = ma.fields.Str(required=True, validate=ma.validate.OneOf([*ConstraintScene]))
    list_id = ma.fields.UUID(required=True)
    legal_basis = Text(required=True, validate=ma.validate.Length(6, 300))
    person_basis = Text(load_default=None, allow_none=True, validate=ma.validate.Length(6, 300), metadata={
        "description": "where the law names natural persons; without it none is limited"})
    facts = Text(required=True, validate=ma.validate.Length(4, 1000))
    decision = Text(required=True, validate=ma.validate.Length(4, 200), metadata={"description": "by whom, its number and day"})
    scope_zh = Text(required=True, validate=ma.validate.Length(2, 300))
    scope_en = Text(required=True, validate=ma.validate.Length(2, 300))
    grade_class = ma.fields.Str(required=True, validate=ma.validate.OneOf([*RepairClass]))
    months = Integer(required=True, validate=ma.validate.Range(1, 36))
    from_on = Day(required=True)
    ends_on = Day(dump_only=True, metadata={"description": "the first day without it"})
    entered_at = Moment(dump_only=True)
    confirmed_at = Moment(dump_only=True, allow_none=True, metadata={"description": "null: it has no effect yet"})
    lifted_at = Moment(dump_only=True, allow_none=True)
    lifted_reason = ma.fields.Str(dump_only=True, allow_none=True)


class ConstraintQuery(PageQuery):
    file_id = ma.fields.UUID()


@bp.get("/constraint-lists")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ConstraintListSchema))
def list_lists(args):
    return paging.page(constraints.lists(), [ConstraintList.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/constraint-lists")
@only(Role.AREA_ADMIN)
@bp.arguments(ConstraintListSchema)
@bp.response(201, ConstraintListSchema)
def enter_list(args):
    return constraints.enter_list(**args, by=g.person, now=g.now)


@bp.post("/constraint-lists/<uuid:constraint_list_id>/end")
@only(Role.AREA_ADMIN)
@bp.arguments(ListEndSchema)
@bp.response(200, ConstraintListSchema)
def end_list(args, constraint_list_id):
    return constraints.end_list(constraint_list_id, **args, by=g.person, now=g.now)


@bp.post("/credit-files/<uuid:file_id>/constraints")
@only(Role.AREA_ADMIN)
@bp.arguments(ConstraintSchema)
@bp.response(201, ConstraintSchema)
def enter(args, file_id):
    return constraints.enter(file_id, **args, by=g.person, now=g.now)


@bp.get("/constraints")
@only(Role.RESIDENT)
@bp.arguments(ConstraintQuery, location="query")
@bp.response(200, page_of(ConstraintSchema))
def list_constraints(args):
    """Those of one's own files, also past ones; and those of the areas that one administers or audits, until they are past or lifted."""
    query = constraints.search(g.person, g.now, file_id=args.get("file_id"))
    page = paging.page(query, [Constraint.id], limit=args["limit"], cursor=args["cursor"])
    looks.note(files.look_at((row.file_id for row in page["items"]), "look", by=g.person, now=g.now))
    return page


@bp.post("/constraints/<uuid:constraint_id>/confirm")
@only(Role.AREA_ADMIN)
@bp.response(200, ConstraintSchema)
def confirm(constraint_id):
    return constraints.confirm(constraint_id, by=g.person, now=g.now)


@bp.post("/constraints/<uuid:constraint_id>/lift")
@only(Role.AREA_ADMIN)
@bp.arguments(ReasonSchema)
@bp.response(200, ConstraintSchema)
def lift(args, constraint_id):
    return constraints.lift(constraint_id, **args, by=g.person, now=g.now)
