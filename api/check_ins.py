"""Check-in and check-out, by the resident or by staff, one by one or kept from off line."""
import hashlib
import hmac

import marshmallow as ma
from flask import g, request

from api.edge import limits, problems
from api.edge.auth import only
from api.edge.fields import Moment, Number, ReasonSchema, Schema, Verbatim
from api.edge.http import Blueprint
from api.edge.idempotency import once
from api.edge.settings import settings
from models import STAFF, Direction, Role
from services import check_ins
from services.access import reach
from services.records import annulments
from services.refusals import Forbidden
from services.scans import presence, scan_batches

bp = Blueprint("check_ins", "Check-in", url_prefix="/api/v1/check-ins")
SCAN = ("event_id", "resident_token", "direction")


class LocationSchema(Schema):
    latitude = Number(required=True, validate=ma.validate.Range(-90, 90))
    longitude = Number(required=True, validate=ma.validate.Range(-180, 180))
    accuracy_m = Number(allow_none=True, validate=ma.validate.Range(0, 1_000_000))


class ScanSchema(Schema):
    """The venue's `token`, or an event and the `short_code` its venue shows (by the resident), or an event, a resident's token
    and a direction (by staff)."""

    token = Verbatim(validate=ma.validate.Length(1, 200))
    location = ma.fields.Nested(LocationSchema, allow_none=True)
    event_id = ma.fields.UUID()
    short_code = Verbatim(validate=ma.validate.Regexp(r"[0-9]{6}\Z", error="Six digits, please."))
    resident_token = Verbatim(validate=ma.validate.Length(1, 200))
    direction = ma.fields.Str(validate=ma.validate.OneOf(list(Direction)))

    @ma.validates_schema
    def one_of_three(self, data, **kw):
        if "token" in data:
            raise_for([name for name in ("short_code", *SCAN) if name in data], "Not together with token.")
        elif "short_code" in data:
            raise_for([name for name in ("resident_token", "direction") if name in data], "Not together with short_code.")
            raise_for([name for name in ("event_id",) if name not in data], "Missing data for required field.")
        elif any(name in data for name in SCAN):
            raise_for([name for name in SCAN if name not in data], "Missing data for required field.")
            raise_for([name for name in ("location",) if name in data], "Not together with event_id.")
        else:
            raise_for(["token"], "Missing data for required field.")


def raise_for(names: list[str], sentence: str) -> None:
    if names:
        raise ma.ValidationError({name: [sentence] for name in names})


class CheckInSchema(Schema):
    id = ma.fields.UUID()
    event_id = ma.fields.UUID()
    resident_id = ma.fields.UUID()
    direction = ma.fields.Str()
    at = Moment()
    received_at = Moment()
    activity_record_id = ma.fields.UUID(allow_none=True)
    annulled_at = Moment(allow_none=True)


class KeptScanSchema(Schema):
    key = Verbatim(required=True, validate=ma.validate.Length(1, 128))
    scanned_at = Moment(required=True)
    event_id = ma.fields.UUID(required=True)
    resident_token = Verbatim(required=True, validate=ma.validate.Length(1, 200))
    direction = ma.fields.Str(required=True, validate=ma.validate.OneOf(list(Direction)))


class BatchSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(KeptScanSchema), required=True, validate=ma.validate.Length(1, 200))


class KeptAnswerSchema(Schema):
    key = ma.fields.Str()
    status = ma.fields.Int()
    check_in = ma.fields.Raw()
    problem = ma.fields.Raw()


class BatchAnswerSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(KeptAnswerSchema))


def device_hash() -> bytes | None:
    """Which device, as far as one says: enough to see many people on one, nothing to find a device by."""
    named = request.headers.get("X-Device-ID", "")[:128]
    return hmac.digest(settings().keys["blind_index"], f"device|{named}".encode(), hashlib.sha256)[:16] if named else None


@bp.post("")
@only(Role.RESIDENT)
@once
@bp.arguments(ScanSchema)
@bp.response(201, CheckInSchema)
def check_in(args):
    if "short_code" in args:
        return _typed(args)
    if "token" in args:
        return check_ins.check_in(token=args["token"], location=args.get("location"), by=g.person, settings=settings(),
                                  now=g.now, device_hash=device_hash())
    if not reach.holds(g.person, STAFF, g.now):
        raise Forbidden
    return check_ins.scan_resident(**args, by=g.person, settings=settings(), now=g.now)


def _typed(args):
    with limits.counting_failures(str(g.person.id), failed=presence.TokenInvalid, of="short_code"):
        return check_ins.check_in_typed(**args, by=g.person, settings=settings(), now=g.now, device_hash=device_hash())


@bp.post("/batch")
@only(*STAFF)
@bp.arguments(BatchSchema)
@bp.response(200, BatchAnswerSchema)
def check_in_kept(args):
    scan_batches.known(g.person, [item["key"] for item in args["items"]])
    return {"items": [scan_batches.take(item, by=g.person, settings=settings(), now=g.now, answer=_answer) for item in args["items"]]}


def _answer(key, *, check_in=None, refusal=None) -> dict:
    if refusal is None:
        return {"key": key, "status": 201, "check_in": CheckInSchema().dump(check_in)}
    problem = problems.as_json(refusal)
    return {"key": key, "status": problem["status"], "problem": problem}


@bp.post("/<uuid:check_in_id>/annul")
@only(Role.RESIDENT)
@bp.arguments(ReasonSchema)
@bp.response(200, CheckInSchema)
def annul(args, check_in_id):
    return annulments.annul(check_in_id, by=g.person, settings=settings(), now=g.now, reason=args["reason"])
