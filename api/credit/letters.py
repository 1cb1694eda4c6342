"""Reference letters: who may receive one; asked for, read and sent by whom it is about; opened by its code."""
import marshmallow as ma
from flask import g

from api.credit.fields import KINDS
from api.edge import looks, paging
from api.edge.auth import anyone_with_a_code, only
from api.edge.fields import Day, Moment, Name, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from api.edge.idempotency import once
from models import OVERSIGHT, Letter, LetterLook, LetterPurpose, LetterReceiver, Recall, Role, SubjectKind
from services.credit import letters, recalls

bp = Blueprint("letters", "Reference letters")


class LetterReceiverSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    area_id = ma.fields.UUID(required=True)
    name = Name(longest=60, required=True)
    uscc = Text(required=True, validate=ma.validate.Length(1, 30))
    purpose = ma.fields.Str(required=True, validate=ma.validate.OneOf([*LetterPurpose]))
    from_grade = Text(required=True, validate=ma.validate.Length(max=10), metadata={"description": "the code of the last grade that reaches it"})
    offers_zh = Text(required=True, validate=ma.validate.Length(1, 300))
    offers_en = Text(required=True, validate=ma.validate.Length(1, 300))
    registered_at = Moment(dump_only=True)
    ended_at = Moment(dump_only=True, allow_none=True)


class AskForLetterSchema(Schema):
    receiver_id = ma.fields.UUID(required=True)
    kind = ma.fields.Str(required=True, validate=ma.validate.OneOf(KINDS))
    merchant_id = ma.fields.UUID(metadata={"description": "with the kind merchant"})


class SaysSchema(Schema):
    zh = ma.fields.List(ma.fields.Str())
    en = ma.fields.List(ma.fields.Str())


class LetterSchema(Schema):
    id = ma.fields.UUID()
    file_id = ma.fields.UUID()
    receiver_id = ma.fields.UUID()
    receiver_name = ma.fields.Str(attribute="receiver.name")
    purpose = ma.fields.Str(attribute="receiver.purpose")
    status = ma.fields.Str()
    says = ma.fields.Nested(SaysSchema)
    asked_at = Moment()
    sent_at = Moment(allow_none=True)
    withdrawn_at = Moment(allow_none=True)
    lapsed_at = Moment(allow_none=True, metadata={"description": "what it says holds no longer, since something behind it lapsed"})
    expires_on = Day(metadata={"description": "its last day"})


class SentLetterSchema(Schema):
    letter = ma.fields.Nested(LetterSchema)
    code = ma.fields.Str(metadata={"description": "opens the letter; shown now and never again"})


class LetterLookSchema(Schema):
    id = ma.fields.UUID()
    at = Moment()


class RecallSchema(Schema):
    why = ma.fields.Str()
    at = Moment()
    acknowledged_at = Moment(allow_none=True)


class ReadLetterSchema(Schema):
    """All that its receiver sees."""

    says = ma.fields.Nested(SaysSchema)
    expires_on = Day()
    recalls = ma.fields.List(ma.fields.Nested(RecallSchema))


class AcknowledgedSchema(Schema):
    heard = ma.fields.Int(metadata={"description": "recalls that had not been acknowledged before"})


class UnheardRecallSchema(Schema):
    id = ma.fields.UUID()
    letter_id = ma.fields.UUID()
    receiver_name = ma.fields.Str(attribute="name")
    why = ma.fields.Str()
    at = Moment()


@bp.get("/letter-receivers")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(LetterReceiverSchema))
def list_receivers(args):
    return paging.page(letters.receivers(g.person, g.now), [LetterReceiver.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/letter-receivers")
@only(Role.AREA_ADMIN)
@bp.arguments(LetterReceiverSchema)
@bp.response(201, LetterReceiverSchema)
def register(args):
    return letters.register(**args, by=g.person, now=g.now)


@bp.post("/letter-receivers/<uuid:receiver_id>/end")
@only(Role.AREA_ADMIN)
@bp.response(200, LetterReceiverSchema)
def end_receiver(receiver_id):
    return letters.end_receiver(receiver_id, by=g.person, now=g.now)


@bp.get("/letters")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(LetterSchema))
def list_letters(args):
    """Those of the files that one speaks for."""
    return paging.page(letters.own(g.person, g.now), [Letter.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/letters")
@only(Role.RESIDENT)
@bp.arguments(AskForLetterSchema)
@bp.response(201, LetterSchema)
def ask(args):
    """A draft: nobody else sees it before it is sent."""
    return letters.ask(args["receiver_id"], SubjectKind(args["kind"]), merchant_id=args.get("merchant_id"), by=g.person, now=g.now)


@bp.post("/letters/<uuid:letter_id>/send")
@only(Role.RESIDENT)
@once
@bp.response(200, SentLetterSchema)
def send(letter_id):
    return letters.send(letter_id, by=g.person, now=g.now)


@bp.post("/letters/<uuid:letter_id>/withdraw")
@only(Role.RESIDENT)
@bp.response(200, LetterSchema)
def withdraw(letter_id):
    return letters.withdraw(letter_id, by=g.person, now=g.now)


@bp.get("/letters/<uuid:letter_id>/looks")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(LetterLookSchema))
def list_looks(args, letter_id):
    return paging.page(letters.looks(letter_id, by=g.person, now=g.now), [LetterLook.id], limit=args["limit"], cursor=args["cursor"])


@bp.get("/letters/<string:code>")
@anyone_with_a_code
@bp.response(200, ReadLetterSchema)
def read(code):
    """For whoever holds the code. Whom it is about sees that it was read, and when."""
    letter, says, recalled = letters.read(code, now=g.now)
    for statement in letters.look(letter, now=g.now):
        looks.note(statement)
    return {"says": says, "expires_on": letter.expires_on, "recalls": recalled}


@bp.post("/letters/<string:code>/acknowledge")
@anyone_with_a_code
@bp.response(200, AcknowledgedSchema)
def acknowledge(code):
    return {"heard": letters.acknowledge(code, now=g.now)}


@bp.get("/recalls")
@only(*OVERSIGHT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(UnheardRecallSchema))
def list_unheard(args):
    """What no receiver of one's areas has acknowledged yet."""
    return paging.page(recalls.unheard(g.person, g.now), [Recall.id], limit=args["limit"], cursor=args["cursor"], scalars=False)
