"""Versions of the civility index: their trees come and go whole."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Integer, Moment, Name, PageQuery, Schema, Text, Verbatim, page_of
from api.edge.http import Blueprint, check_version
from api.edge.idempotency import once
from models import WHOLE, Answers, CivilityVersion, Measure, Method, Part, Role, VersionStatus
from services.civility import versions

bp = Blueprint("civility_versions", "Civility index: versions", url_prefix="/api/v1/civility/versions")
VALUE = ma.validate.Range(-1_000_000_000, 1_000_000_000)


class ItemSchema(Schema):
    """A question, or a line of a checklist."""

    zh = Name(longest=200, required=True)
    en = Name(longest=200, required=True)


class NodeSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    code = Verbatim(required=True, validate=ma.validate.Length(1, 20))
    name_zh = Name(longest=60, required=True)
    name_en = Name(longest=120, required=True)
    weight_hundredths = Integer(required=True, validate=ma.validate.Range(1, WHOLE))
    part = ma.fields.Str(allow_none=True, validate=ma.validate.OneOf(list(Part)))
    method = ma.fields.Str(allow_none=True, validate=ma.validate.OneOf(list(Method)))
    measure = ma.fields.Str(allow_none=True, validate=ma.validate.OneOf(list(Measure)))
    answers = ma.fields.Str(allow_none=True, validate=ma.validate.OneOf(list(Answers)))
    scale_from_hundredths = Integer(allow_none=True, validate=VALUE)
    scale_to_hundredths = Integer(allow_none=True, validate=VALUE)
    evidence_zh = Text(validate=ma.validate.Length(max=500))
    evidence_en = Text(validate=ma.validate.Length(max=500))
    items = ma.fields.List(ma.fields.Nested(ItemSchema), validate=ma.validate.Length(max=20))


class EditNodeSchema(NodeSchema):
    """As it was given out: its id is not looked at."""

    id = ma.fields.Raw(load_only=True)


class VersionSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    area_id = ma.fields.UUID(required=True)
    number = Integer(dump_only=True)
    title_zh = Name(longest=60, required=True)
    title_en = Name(longest=120, required=True)
    status = ma.fields.Str(dump_only=True)
    made_at = Moment(dump_only=True)
    published_at = Moment(dump_only=True, allow_none=True)
    retired_at = Moment(dump_only=True, allow_none=True)


class DraftSchema(VersionSchema):
    nodes = ma.fields.List(ma.fields.Nested(NodeSchema), required=True, attribute="nodes", validate=ma.validate.Length(max=200))


class OneVersionSchema(VersionSchema):
    nodes = ma.fields.List(ma.fields.Nested(NodeSchema), attribute="tree")


class EditVersionSchema(VersionSchema):
    """Absent fields stay; what the answer has besides may come back and is not looked at."""

    id = ma.fields.Raw(load_only=True)
    area_id = ma.fields.Raw(load_only=True)
    number = ma.fields.Raw(load_only=True)
    status = ma.fields.Raw(load_only=True)
    made_at = ma.fields.Raw(load_only=True)
    published_at = ma.fields.Raw(load_only=True, allow_none=True)
    retired_at = ma.fields.Raw(load_only=True, allow_none=True)
    nodes = ma.fields.List(ma.fields.Nested(EditNodeSchema), validate=ma.validate.Length(max=200))


class VersionQuery(PageQuery):
    area_id = ma.fields.UUID()
    status = ma.fields.Str(validate=ma.validate.OneOf(list(VersionStatus)))


@bp.post("")
@only(Role.AREA_ADMIN)
@once
@bp.arguments(DraftSchema)
@bp.response(201, OneVersionSchema)
def draft(args):
    return versions.draft(**args, by=g.person, now=g.now)


@bp.get("")
@only(Role.RESIDENT)
@bp.arguments(VersionQuery, location="query")
@bp.response(200, page_of(VersionSchema))
def list_versions(args):
    query = versions.search(g.person, g.now, area_id=args.get("area_id"), status=args.get("status"))
    return paging.page(query, [CivilityVersion.id], limit=args["limit"], cursor=args["cursor"])


@bp.get("/<uuid:version_id>")
@only(Role.RESIDENT)
@bp.response(200, OneVersionSchema)
def get_version(version_id):
    return versions.visible(version_id, by=g.person, now=g.now)


@bp.put("/<uuid:version_id>")
@only(Role.AREA_ADMIN)
@bp.arguments(EditVersionSchema(partial=True))
@bp.response(200, OneVersionSchema)
def edit(args, version_id):
    version = versions.managed(version_id, by=g.person, now=g.now)
    check_version(version)
    return versions.edit(version, args, by=g.person, now=g.now)


@bp.post("/<uuid:version_id>/publish")
@only(Role.AREA_ADMIN)
@bp.response(200, OneVersionSchema)
def publish(version_id):
    return versions.publish(versions.managed(version_id, by=g.person, now=g.now), by=g.person, now=g.now)


@bp.post("/<uuid:version_id>/retire")
@only(Role.AREA_ADMIN)
@bp.response(200, OneVersionSchema)
def retire(version_id):
    return versions.retire(versions.managed(version_id, by=g.person, now=g.now), by=g.person, now=g.now)
