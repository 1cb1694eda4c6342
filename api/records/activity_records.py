"""Activity records: the grid worker's queue, decisions, and what a resident declares."""
from functools import partial

import marshmallow as ma
from flask import Response, g

from api.edge import bodies, looks, paging, problems
from api.edge.auth import only
from api.edge.fields import Integer, Moment, Name, PageQuery, ReasonSchema, Schema, Text, page_of
from api.edge.http import Blueprint
from api.edge.idempotency import once
from api.edge.settings import settings
from models import STAFF, ActivityRecord, CheckState, RecordStatus, Role, db
from services.access import reach
from services.people import people
from services.records import approvals, deciders, evidence, pages, records, withdrawals
from services.refusals import Refusal
from services.wechat import content

bp = Blueprint("activity_records", "Activity records")


class StepSchema(Schema):
    action = ma.fields.Str()
    by_id = ma.fields.UUID(allow_none=True)
    at = Moment()
    points = Integer(allow_none=True)
    note = ma.fields.Str(allow_none=True)


class SignedStepSchema(StepSchema):
    """Of one record alone: with who did it."""

    by_role = ma.fields.Function(lambda step: g.step_roles.get(step.id), metadata={
        "type": ["string", "null"], "description": "resident, grid_worker or area_admin; null: nobody did it, its time had come"})
    by_name = ma.fields.Function(lambda step: g.names.get(step.by_id) if g.names_deciders else None, metadata={
        "type": ["string", "null"], "description": "for staff and auditors"})


class RecordCheckInSchema(Schema):
    id = ma.fields.UUID()
    direction = ma.fields.Str()
    at = Moment()
    distance_band = ma.fields.Str(allow_none=True, metadata={"description": "how far from the place; null: it was not asked"})


class PictureSchema(Schema):
    id = ma.fields.UUID()
    state = ma.fields.Str()


def _description(record: ActivityRecord) -> str:
    if record.text_state == CheckState.PASSED:
        return record.description
    is_writer = g.person.id == (record.entered_by_id or record.resident_id)
    return content.shown(record.description, record.text_state, to_writer=is_writer)


class RecordSchema(Schema):
    id = ma.fields.UUID()
    event_id = ma.fields.UUID(allow_none=True)
    resident_id = ma.fields.UUID()
    resident_name = ma.fields.Function(lambda record: g.get("names", {}).get(record.resident_id),
                                       metadata={"type": ["string", "null"], "description": "where records are read; null in a decision's answer"})
    area_id = ma.fields.UUID()
    category = ma.fields.Str()
    description = ma.fields.Function(_description, metadata={"type": "string"})
    text_state = ma.fields.Str(metadata={"description": "of the description: passed, pending, review or refused"})
    started_at = Moment()
    ended_at = Moment()
    flags = ma.fields.List(ma.fields.Str())
    minutes = Integer()
    points_proposed = Integer()
    points_max = Integer()
    points = Integer(allow_none=True)
    evidence_tier = ma.fields.Str()
    approvals_needed = Integer()
    status = ma.fields.Str()
    notice_until = Moment(allow_none=True)
    posting_id = ma.fields.UUID(allow_none=True)
    created_at = Moment()
    history = ma.fields.List(ma.fields.Nested(StepSchema))


class ReadRecordSchema(RecordSchema):
    """As it is read: with its pictures, which a decision's answer leaves out."""

    evidence = ma.fields.List(ma.fields.Nested(PictureSchema))


class OneRecordSchema(ReadRecordSchema):
    """As its own page shows it: with its scans, and with who decided."""

    check_ins = ma.fields.List(ma.fields.Nested(RecordCheckInSchema))
    history = ma.fields.List(ma.fields.Nested(SignedStepSchema))


class DeclareSchema(Schema):
    category = Name(longest=30, required=True)
    area_id = ma.fields.UUID(required=True)
    description = Text(required=True, validate=ma.validate.Length(1, 2000))
    started_at = Moment(required=True)
    ended_at = Moment(required=True)
    evidence_ids = ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=9))
    resident_id = ma.fields.UUID(metadata={"description": "by staff, for a person without a phone"})


class QueueQuery(PageQuery):
    status = ma.fields.Str(validate=ma.validate.OneOf(list(RecordStatus)))
    area_id = ma.fields.UUID()
    event_id = ma.fields.UUID()


class OwnQuery(PageQuery):
    status = ma.fields.Str(validate=ma.validate.OneOf(list(RecordStatus)))


class ApproveSchema(Schema):
    points = Integer(validate=ma.validate.Range(0, 10_000))
    note = Text(validate=ma.validate.Length(max=500))


class DecisionSchema(Schema):
    id = ma.fields.UUID(required=True)
    decision = ma.fields.Str(required=True, validate=ma.validate.OneOf(["approve", "reject"]))
    points = Integer(validate=ma.validate.Range(0, 10_000))
    reason = Text(validate=ma.validate.Length(1, 500))

    @ma.validates_schema
    def reason_to_reject(self, data, **kw):
        if data.get("decision") == "reject" and "reason" not in data:
            raise ma.ValidationError({"reason": ["Missing data for required field."]})
        if data.get("decision") == "reject" and "points" in data:
            raise ma.ValidationError({"points": ["Unknown field."]})


class DecisionsSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(DecisionSchema), required=True, validate=ma.validate.Length(1, 100))


class DecidedSchema(Schema):
    id = ma.fields.UUID()
    status = ma.fields.Int()
    record = ma.fields.Nested(RecordSchema)
    problem = ma.fields.Raw()


class DecisionsAnswerSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(DecidedSchema))


class EvidenceSchema(Schema):
    id = ma.fields.UUID()
    media_type = ma.fields.Str()
    sha256 = ma.fields.Str()
    state = ma.fields.Str()
    at = Moment()


@bp.get("/activity-records")
@only(*reach.READERS)
@bp.arguments(QueueQuery, location="query")
@bp.response(200, page_of(ReadRecordSchema))
def queue(args):
    return paging.written(partial(pages.queue, g.person, g.now), **args)


@bp.get("/me/activity-records")
@only(Role.RESIDENT)
@bp.arguments(OwnQuery, location="query")
@bp.response(200, page_of(ReadRecordSchema))
def own(args):
    return paging.written(partial(pages.own, g.person), **args)


@bp.post("/activity-records")
@only(Role.RESIDENT)
@once
@bp.arguments(DeclareSchema)
@bp.response(201, RecordSchema)
def declare(args):
    return records.declare(by=g.person, settings=settings(), now=g.now, **args)


@bp.get("/activity-records/<uuid:record_id>")
@only(Role.RESIDENT)
@bp.response(200, OneRecordSchema)
def get_record(record_id):
    found = records.visible(record_id, by=g.person, now=g.now)
    g.names = people.names_of({found.resident_id, *(step.by_id for step in found.history if step.by_id)})
    g.step_roles, g.names_deciders = deciders.roles(found), deciders.may_name(found, by=g.person, now=g.now)
    return found


@bp.post("/activity-records/<uuid:record_id>/approve")
@only(*STAFF)
@once
@bp.arguments(ApproveSchema)
@bp.response(200, RecordSchema)
def approve(args, record_id):
    return approvals.approve(record_id, by=g.person, now=g.now, **args)


@bp.post("/activity-records/<uuid:record_id>/reject")
@only(*STAFF)
@once
@bp.arguments(ReasonSchema)
@bp.response(200, RecordSchema)
def reject(args, record_id):
    return approvals.reject(record_id, by=g.person, now=g.now, reason=args["reason"])


@bp.post("/activity-records/<uuid:record_id>/withdraw")
@only(Role.RESIDENT)
@bp.response(200, RecordSchema)
def withdraw(record_id):
    return withdrawals.withdraw(record_id, by=g.person, now=g.now)


@bp.post("/activity-records/<uuid:record_id>/reverse")
@only(Role.AREA_ADMIN)
@once
@bp.arguments(ReasonSchema)
@bp.response(200, RecordSchema)
def reverse(args, record_id):
    return approvals.reverse(record_id, by=g.person, now=g.now, reason=args["reason"])


@bp.post("/activity-records/decisions")
@only(*STAFF)
@once
@bp.arguments(DecisionsSchema)
@bp.response(200, DecisionsAnswerSchema)
def decide_many(args):
    approvals.lock_in_order([item["id"] for item in args["items"]])
    return {"items": [_decide_one(item) for item in args["items"]]}


def _decide_one(item: dict) -> dict:
    try:
        with db.session.begin_nested():
            return {"id": item["id"], "status": 200, "record": _decided(item)}
    except Refusal as refusal:
        problem = problems.as_json(refusal)
        return {"id": item["id"], "status": problem["status"], "problem": problem}


def _decided(item: dict) -> ActivityRecord:
    if item["decision"] == "reject":
        return approvals.reject(item["id"], by=g.person, now=g.now, reason=item["reason"])
    return approvals.approve(item["id"], by=g.person, now=g.now, points=item.get("points"), note=item.get("reason"))


@bp.post("/evidence")
@only(Role.RESIDENT)
@bp.doc(requestBody={"required": True, "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (
    "image/jpeg", "image/png", "image/webp", "multipart/form-data")}})
@bp.response(201, EvidenceSchema)
def send_evidence():
    raw = bodies.read_picture(settings().max_evidence_bytes)
    return evidence.keep(raw, by=g.person, settings=settings(), now=g.now)


send_evidence.takes_body = send_evidence.takes_picture = True


@bp.get("/evidence/<uuid:evidence_id>")
@only(Role.RESIDENT)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="image/*")
def show_evidence(evidence_id):
    found, record = evidence.visible(evidence_id, by=g.person, now=g.now)
    if record is not None:
        looks.note(evidence.look(found, record, by=g.person, now=g.now))
    return Response(found.picture, content_type=found.media_type)


