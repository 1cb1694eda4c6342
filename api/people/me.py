"""The signed-in person, and their own code."""
import marshmallow as ma
from flask import g
from sqlalchemy import select

from api.auth_routes import RoleSchema
from api.edge.auth import only
from api.edge.fields import Name, Schema
from api.edge.http import Blueprint, check_version
from api.edge.settings import settings
from api.people.people import ResidentSchema
from models import Person, Role, db
from services.people import households, people

bp = Blueprint("me", "The signed-in person", url_prefix="/api/v1/me")


class PersonSchema(ResidentSchema):
    household_name = ma.fields.Function(lambda person: households.name_of(person), metadata={"type": ["string", "null"]})
    roles = ma.fields.List(ma.fields.Nested(RoleSchema))
    credit_pages_in_wechat = ma.fields.Function(lambda person: settings().credit_pages_in_wechat, metadata={
        "type": "boolean", "description": "whether the mini program may show scores and grades inside WeChat"})


class EditPersonSchema(Schema):
    """The three fields that one changes; the rest of the answer may come back and is not looked at."""

    display_name = Name()
    language = ma.fields.Str(validate=ma.validate.OneOf(["zh-CN", "en"]))
    home_area_id = ma.fields.UUID()
    id = ma.fields.Raw(load_only=True)
    name_state = ma.fields.Raw(load_only=True)
    household_id = ma.fields.Raw(load_only=True, allow_none=True)
    household_name = ma.fields.Raw(load_only=True, allow_none=True)
    roles = ma.fields.Raw(load_only=True)
    created_at = ma.fields.Raw(load_only=True)
    credit_pages_in_wechat = ma.fields.Raw(load_only=True)


EDITABLE = ("display_name", "language", "home_area_id")


@bp.get("")
@only(Role.RESIDENT)
@bp.response(200, PersonSchema)
def show():
    return g.person


@bp.put("")
@only(Role.RESIDENT)
@bp.arguments(EditPersonSchema)
@bp.response(200, PersonSchema)
def edit(args):
    person = g.person
    db.session.scalar(select(Person.id).where(Person.id == person.id).with_for_update())
    db.session.refresh(person, ["version"])
    check_version(person)
    return people.edit(person, {name: args[name] for name in EDITABLE if name in args}, settings=settings(), now=g.now)
