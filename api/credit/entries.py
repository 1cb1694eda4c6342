"""Entries of credit files: written by staff with evidence, brought in from a department's table, voided."""
import marshmallow as ma
from flask import g
from flask_babel import gettext

from api.credit.fields import CODE
from api.edge import looks, paging, problems
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, Name, PageQuery, ReasonSchema, Schema, Text, Truth, page_of
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import STAFF, CreditEntry, Role
from services.credit import entries, files, imports

bp = Blueprint("credit_entries", "Entries of credit files")


class CreditEntrySchema(Schema):
    id = ma.fields.UUID()
    code = ma.fields.Str()
    measured = ma.fields.Str()
    quantity = ma.fields.Int()
    happened_on = Day()
    entered_on = Day()
    entered_at = Moment()
    title = ma.fields.Str()
    source = ma.fields.Str()
    source_name = ma.fields.Str()
    evidence = ma.fields.Str()
    voided_at = Moment(allow_none=True)
    voided_reason = ma.fields.Function(lambda entry: entry.voided_reason and gettext(entry.voided_reason), metadata={
        "type": ["string", "null"], "description": "as somebody wrote it, or one of ours in the reader's language"})
    stopped_on = Day(allow_none=True)
    disputed = ma.fields.Bool(attribute="is_disputed")


class EnterSchema(Schema):
    code = Text(required=True, validate=CODE)
    quantity = Integer(load_default=1, validate=ma.validate.Range(1, 100_000), metadata={"description": "times, or minutes"})
    happened_on = Day(required=True)
    title = Text(required=True, validate=ma.validate.Length(1, 200))
    evidence = Text(required=True, validate=ma.validate.Length(1, 500))
    same_deed_as = ma.fields.UUID()
    is_another = Truth(load_default=False)


class ImportSchema(Schema):
    kind = ma.fields.Str(required=True, validate=ma.validate.OneOf(["resident", "merchant"]))
    area_id = ma.fields.UUID(required=True)
    department = Name(required=True)
    csv = Text(required=True, validate=ma.validate.Length(1, 60_000))
    only_look = Truth(load_default=False, metadata={"description": "true: tell what would happen, and write nothing"})


class ImportedRowSchema(Schema):
    row = ma.fields.Int(metadata={"description": "of the table, its head being row 1"})
    reference = ma.fields.Str(allow_none=True)
    status = ma.fields.Int()
    problem = ma.fields.Raw()


class ImportedSchema(Schema):
    entered = ma.fields.Int()
    refused = ma.fields.Int()
    items = ma.fields.List(ma.fields.Nested(ImportedRowSchema))


@bp.get("/credit-files/<uuid:file_id>/entries")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(CreditEntrySchema))
def list_entries(args, file_id):
    file = files.seen(file_id, by=g.person, now=g.now)
    looks.note(files.look(file, "look_at_entries", by=g.person, now=g.now))
    return paging.page(files.shown_entries(file, by=g.person, now=g.now), [CreditEntry.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/credit-files/<uuid:file_id>/entries")
@only(*STAFF)
@bp.arguments(EnterSchema)
@bp.response(201, CreditEntrySchema)
def enter(args, file_id):
    return entries.enter(file_id, **args, by=g.person, settings=settings(), now=g.now)


@bp.post("/credit-entries/<uuid:entry_id>/void")
@only(Role.AREA_ADMIN)
@bp.arguments(ReasonSchema)
@bp.response(200, CreditEntrySchema)
def void(args, entry_id):
    return entries.void(entry_id, **args, by=g.person, now=g.now)


@bp.post("/credit-entries/imports")
@only(Role.AREA_ADMIN)
@bp.arguments(ImportSchema)
@bp.response(200, ImportedSchema)
def bring_in(args):
    """Each row is taken or refused by itself, and the answer has a line for each; a row that is there already is not taken again."""
    found = imports.bring_in(**args, by=g.person, settings=settings(), now=g.now)
    return {"entered": found.entered, "refused": found.refused, "items": [_told(row) for row in found.rows]}


def _told(row: imports.Row) -> dict:
    if row.refusal is None:
        return {"row": row.row, "reference": row.reference, "status": 201}
    problem = problems.as_json(row.refusal)
    return {"row": row.row, "reference": row.reference, "status": problem["status"], "problem": problem}
