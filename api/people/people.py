"""Residents enrolled by staff, their cards, and everybody's roles."""
import marshmallow as ma
from flask import Response, g
from sqlalchemy import select

from api.edge import looks, paging, pictures
from api.edge.auth import only
from api.edge.fields import Moment, Name, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from api.edge.settings import settings
from models import STAFF, Card, Person, Role
from services.access import passwords, reach, roles
from services.audit import audit
from services.people import joins, residents
from services.points import points

bp = Blueprint("people", "People, their cards and roles")
PAPERS = ("paper_name", "id_number", "phone")
READERS = (Role.AREA_ADMIN, Role.AUDITOR, Role.MERCHANT_OWNER)
GIVERS = (Role.AREA_ADMIN, Role.MERCHANT_OWNER)


class EnrolSchema(Schema):
    display_name = Name(required=True)
    home_area_id = ma.fields.UUID(required=True)
    household_id = ma.fields.UUID(allow_none=True)
    language = ma.fields.Str(validate=ma.validate.OneOf(["zh-CN", "en"]))
    paper_name = Name(longest=80)
    id_number = Text(validate=ma.validate.Length(5, 30))
    phone = Text(validate=ma.validate.Regexp(r"\+?[0-9][0-9 -]{4,22}\Z"))


class ResidentSchema(Schema):
    id = ma.fields.UUID()
    display_name = ma.fields.Str()
    name_state = ma.fields.Str(metadata={"description": "of the name given last: passed, pending, review or refused"})
    language = ma.fields.Str()
    home_area_id = ma.fields.UUID()
    household_id = ma.fields.UUID(allow_none=True)
    created_at = Moment()


class ReadResidentSchema(ResidentSchema):
    has_card = ma.fields.Function(lambda person: residents.has_card(person), metadata={"type": "boolean", "description": "one in force"})
    points_available = ma.fields.Function(lambda person: points.available(person, g.now), metadata={"type": "integer"})


class ResidentQuery(PageQuery):
    area_id = ma.fields.UUID()
    q = Text(validate=ma.validate.Length(1, 40))


class CardSchema(Schema):
    id = ma.fields.UUID()
    person_id = ma.fields.UUID()
    token = ma.fields.Str()
    url = ma.fields.Str()
    at = Moment()


class RevokedCardSchema(Schema):
    id = ma.fields.UUID()
    person_id = ma.fields.UUID()
    at = Moment()
    revoked_at = Moment()


class JoinSchema(Schema):
    resident_token = Text(required=True, validate=ma.validate.Length(1, 200))


class GrantSchema(Schema):
    id = ma.fields.UUID()
    role = ma.fields.Str()
    area_id = ma.fields.UUID(allow_none=True)
    merchant_id = ma.fields.UUID(allow_none=True)
    since = Moment()
    until = Moment(allow_none=True)


class ListedPersonSchema(Schema):
    id = ma.fields.UUID()
    display_name = ma.fields.Str()
    name_state = ma.fields.Str(metadata={"description": "of the name given last: passed, pending, review or refused"})
    home_area_id = ma.fields.UUID()
    household_id = ma.fields.UUID(allow_none=True)
    roles = ma.fields.List(ma.fields.Nested(GrantSchema))


class PeopleQuery(PageQuery):
    area_id = ma.fields.UUID()
    role = ma.fields.Str(validate=ma.validate.OneOf([str(role) for role in Role]))
    q = Text(validate=ma.validate.Length(1, 40))


class GiveSchema(Schema):
    role = ma.fields.Str(required=True, validate=ma.validate.OneOf([str(role) for role in Role if role != Role.RESIDENT]))
    area_id = ma.fields.UUID(allow_none=True)
    merchant_id = ma.fields.UUID(allow_none=True)
    until = Moment(allow_none=True)


class ResetRequestSchema(Schema):
    username = ma.fields.Str(validate=ma.validate.Regexp(passwords.USERNAME))


class ResetLinkSchema(Schema):
    url = ma.fields.Str()
    expires_at = Moment()


@bp.post("/residents")
@only(*STAFF)
@bp.arguments(EnrolSchema)
@bp.response(201, ResidentSchema)
def enrol(args):
    papers = {name: args.pop(name) for name in PAPERS if name in args}
    return residents.enrol(**args, papers=papers, by=g.person, settings=settings(), now=g.now)


@bp.get("/residents")
@only(*STAFF, Role.AUDITOR)
@bp.arguments(ResidentQuery, location="query")
@bp.response(200, page_of(ResidentSchema))
def list_residents(args):
    areas = reach.area_ids(g.person, reach.READERS, g.now, within=args.get("area_id"))
    query = select(Person).where(Person.home_area_id.in_(areas), Person.joined_into_id.is_(None))
    if "q" in args:
        query = query.where(Person.display_name.contains(args["q"], autoescape=True))
    return paging.page(query, [Person.id], limit=args["limit"], cursor=args["cursor"])


@bp.get("/residents/<uuid:person_id>")
@only(*STAFF, Role.AUDITOR)
@bp.response(200, ReadResidentSchema)
def get_resident(person_id):
    return residents.within(person_id, by=g.person, roles=reach.READERS, now=g.now)


@bp.post("/residents/<uuid:person_id>/card")
@only(*STAFF)
@bp.response(201, CardSchema)
def make_card(person_id):
    return _shown(residents.make_card(person_id, by=g.person, now=g.now))


@bp.get("/residents/<uuid:person_id>/card")
@only(*STAFF)
@bp.response(200, CardSchema)
def show_card(person_id):
    return _shown(_card(person_id))


@bp.get("/residents/<uuid:person_id>/card.svg")
@only(*STAFF)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="image/svg+xml")
def draw_card(person_id):
    return Response(pictures.svg(_shown(_card(person_id))["url"]), content_type="image/svg+xml")


def _card(person_id) -> Card:
    """Whoever has a card's code can spend its person's points: a look at one is in the audit log."""
    card, area_id = residents.card_of(person_id, by=g.person, now=g.now)
    looks.note(audit.look("card.look", "card", card.id, by=g.person, whose=[card.person_id], area_id=area_id, now=g.now))
    return card


def _shown(card) -> dict:
    token = residents.card_token(card, settings())
    return {"id": card.id, "person_id": card.person_id, "token": token, "at": card.at,
            "url": f"{settings().public_url}/c/{token}"}


@bp.post("/cards/<uuid:card_id>/revoke")
@only(*STAFF)
@bp.response(200, RevokedCardSchema)
def revoke_card(card_id):
    return residents.revoke_card(card_id, by=g.person, now=g.now)


@bp.post("/residents/<uuid:person_id>/join")
@only(*STAFF)
@bp.arguments(JoinSchema)
@bp.response(200, ResidentSchema)
def join(args, person_id):
    return joins.join(person_id, **args, by=g.person, settings=settings(), now=g.now)


@bp.get("/people")
@only(*READERS)
@bp.arguments(PeopleQuery, location="query")
@bp.response(200, page_of(ListedPersonSchema))
def list_people(args):
    limit, cursor = args.pop("limit"), args.pop("cursor")
    return paging.page(roles.search(g.person, g.now, **args), [Person.id], limit=limit, cursor=cursor)


@bp.get("/people/<uuid:person_id>")
@only(*READERS)
@bp.response(200, ListedPersonSchema)
def get_person(person_id):
    return roles.visible(person_id, by=g.person, now=g.now)


@bp.post("/people/<uuid:person_id>/roles")
@only(*GIVERS)
@bp.arguments(GiveSchema)
@bp.response(201, GrantSchema)
def give_role(args, person_id):
    return roles.give(person_id, **args, by=g.person, now=g.now)


@bp.delete("/people/<uuid:person_id>/roles/<uuid:role_id>")
@only(*GIVERS)
@bp.response(204)
def end_role(person_id, role_id):
    roles.end(person_id, role_id, by=g.person, now=g.now)


@bp.post("/people/<uuid:person_id>/password-reset")
@only(Role.AREA_ADMIN)
@bp.arguments(ResetRequestSchema)
@bp.response(200, ResetLinkSchema)
def reset_password(args, person_id):
    token, until = roles.reset_password(person_id, **args, by=g.person, settings=settings(), now=g.now)
    return {"url": f"{settings().public_url}/reset/{token}", "expires_at": until}
