"""The chain, from any of its links."""
import marshmallow as ma
from flask import g

from api.edge.auth import only
from api.edge.fields import Moment, Schema
from api.edge.http import Blueprint
from models import Role
from services.audit import trace

bp = Blueprint("trace", "The chain, from any of its links", url_prefix="/api/v1/trace")


class LinkSchema(Schema):
    type = ma.fields.Str()
    id = ma.fields.UUID()
    at = Moment()
    summary = ma.fields.Str()


class ChainSchema(Schema):
    links = ma.fields.List(ma.fields.Nested(LinkSchema))
    cut = ma.fields.List(ma.fields.Str())


@bp.get("/<string:kind>/<uuid:row_id>")
@only(Role.RESIDENT)
@bp.response(200, ChainSchema)
def show(kind, row_id):
    return trace.chain(kind, row_id, by=g.person, now=g.now)._asdict()
