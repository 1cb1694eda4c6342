"""Credit files: one's own, and those of an area; joining, leaving, the score with its explanation, and who looked."""
import marshmallow as ma
from flask import g

from api.credit.fields import KINDS, Points
from api.credit.rulebook_schemas import ReachedGradeSchema
from api.edge import looks, paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, Schema, Text, Truth, page_of
from api.edge.http import Blueprint
from models import STAFF, AuditRow, CreditFile, FactKind, FileFact, Role, SubjectKind
from models.credit.files import UNITS
from services.access import reach
from services.credit import enrolments, explanations, facts, files, scores, traits

bp = Blueprint("credit_files", "Credit files")


class CreditFileSchema(Schema):
    id = ma.fields.UUID()
    kind = ma.fields.Str()
    person_id = ma.fields.UUID(allow_none=True)
    household_id = ma.fields.UUID(allow_none=True)
    merchant_id = ma.fields.UUID(allow_none=True)
    area_id = ma.fields.UUID()
    opened_at = Moment()
    without_volunteering = ma.fields.Bool()


class OwnFileSchema(CreditFileSchema):
    joined_on = Day(allow_none=True, metadata={"description": "null: outside the scheme now"})


class FileQuery(PageQuery):
    area_id = ma.fields.UUID()
    person_id = ma.fields.UUID()
    household_id = ma.fields.UUID()
    kind = ma.fields.Str(validate=ma.validate.OneOf(KINDS))


class WhoseSchema(Schema):
    kind = ma.fields.Str(required=True, validate=ma.validate.OneOf(KINDS))
    merchant_id = ma.fields.UUID(metadata={"description": "with the kind merchant"})


class LeaveOutSchema(Schema):
    left_out = Truth(required=True)


class ScoreLineSchema(Schema):
    entry_id = ma.fields.UUID()
    state = ma.fields.Str(metadata={"description": "counts, same_deed or lapsed"})
    code = ma.fields.Str(attribute="item.code")
    points = Points(attribute="centipoints")
    happened_on = Day()
    last_day = Day(allow_none=True)
    title = ma.fields.Str()
    doubled = ma.fields.Bool(attribute="is_doubled")
    cut = ma.fields.Bool(attribute="is_cut")
    disputed = ma.fields.Bool(attribute="is_disputed")
    zh = ma.fields.Str()
    en = ma.fields.Str()


class ScoreBranchSchema(Schema):
    code = ma.fields.Str(attribute="item.code")
    name_zh = ma.fields.Str(attribute="item.name_zh")
    name_en = ma.fields.Str(attribute="item.name_en")
    summed = Points()
    points = Points(attribute="total")
    by_members = Points(attribute="by_others", metadata={"description": "of that, by members of the household together"})


class ScoreSchema(Schema):
    """`points` is null while something is disputed: then it lies between `low` and `high`."""

    file_id = ma.fields.UUID(attribute="score.file.id")
    version_id = ma.fields.UUID(attribute="score.version.id")
    version_number = ma.fields.Int(attribute="score.version.number")
    on = Day(attribute="score.on")
    base = Points(attribute="score.version.base_centipoints")
    points = ma.fields.Function(lambda e: None if e.score.is_disputed else Points()._serialize(e.score.centipoints, "", e),
                                metadata={"type": ["string", "null"]})
    low = Points(attribute="score.low")
    high = Points(attribute="score.high")
    grade = ma.fields.Nested(ReachedGradeSchema, attribute="score.grade")
    open_grade = ma.fields.Nested(ReachedGradeSchema, attribute="score.open_grade")
    lines = ma.fields.List(ma.fields.Nested(ScoreLineSchema))
    branches = ma.fields.List(ma.fields.Nested(ScoreBranchSchema))
    by_few_members = Points(attribute="by_few", allow_none=True, metadata={
        "description": "of a household of which fewer than three are in the scheme: what they bring, all branches together; else null"})
    zh = ma.fields.List(ma.fields.Str())
    en = ma.fields.List(ma.fields.Str())


class WhenQuery(Schema):
    on = Day(metadata={"description": "by default today"})
    as_known = ma.fields.Str(validate=ma.validate.OneOf(["now", "then"]), load_default="now",
                             metadata={"description": "then: as it could be seen at the end of that day"})


class LookSchema(Schema):
    id = ma.fields.UUID()
    at = Moment()
    action = ma.fields.Str()
    by_name = ma.fields.Str(attribute="display_name", allow_none=True)


class FactSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    kind = ma.fields.Str(required=True, validate=ma.validate.OneOf([*FactKind]))
    label = Text(required=True, validate=ma.validate.Length(1, 200))
    quantity = Integer(load_default=0, validate=ma.validate.Range(0, 10**12), metadata={"description": "in hundredths for mu_hundredths"})
    unit = ma.fields.Str(load_default="none", validate=ma.validate.OneOf(UNITS))
    from_on = Day(required=True)
    until_on = Day(allow_none=True, load_default=None)
    source = Text(required=True, validate=ma.validate.Length(1, 200))
    entered_at = Moment(dump_only=True)
    ended_at = Moment(dump_only=True, allow_none=True)


class TraitsSchema(Schema):
    born_year = Integer(allow_none=True, load_default=None, validate=ma.validate.Range(1900, 2100))
    sex = ma.fields.Str(allow_none=True, load_default=None, validate=ma.validate.OneOf(["female", "male", "other"]))
    hukou = ma.fields.Str(allow_none=True, load_default=None,
                          validate=ma.validate.OneOf(["here_rural", "here_urban", "elsewhere", "abroad"]))
    has_disability = Truth(allow_none=True, load_default=None)


@bp.get("/me/credit-files")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(OwnFileSchema))
def list_own(args):
    """One's own, one's household's, and those of merchants that one owns; also while they are outside the scheme."""
    return enrolments.with_days(paging.page(files.own(g.person, g.now), [CreditFile.id], limit=args["limit"], cursor=args["cursor"]))


@bp.post("/me/credit-files/join")
@only(Role.RESIDENT)
@bp.arguments(WhoseSchema)
@bp.response(201, CreditFileSchema)
def join(args):
    return enrolments.join(SubjectKind(args["kind"]), merchant_id=args.get("merchant_id"), by=g.person, now=g.now)


@bp.post("/me/credit-files/leave")
@only(Role.RESIDENT)
@bp.arguments(WhoseSchema)
@bp.response(200, CreditFileSchema)
def leave(args):
    return enrolments.leave(SubjectKind(args["kind"]), merchant_id=args.get("merchant_id"), by=g.person, now=g.now)


@bp.post("/me/credit-files/volunteering")
@only(Role.RESIDENT)
@bp.arguments(LeaveOutSchema)
@bp.response(200, CreditFileSchema)
def leave_out(args):
    """Volunteering, honours and gifts stay out of one's file, also those that are there, or come in again from now on."""
    return enrolments.leave_volunteering_out(args["left_out"], by=g.person, now=g.now)


@bp.get("/me/traits")
@only(Role.RESIDENT)
@bp.response(200, TraitsSchema)
def show_traits():
    return traits.of(g.person)


@bp.post("/me/traits")
@only(Role.RESIDENT)
@bp.arguments(TraitsSchema)
@bp.response(200, TraitsSchema)
def say_traits(args):
    """All anew; null takes back. They are used to try drafts of rulebooks for fairness, in sums over ten people and more, and shown to nobody."""
    return traits.say(g.person, now=g.now, **args)


@bp.get("/credit-files")
@only(*reach.READERS)
@bp.arguments(FileQuery, location="query")
@bp.response(200, page_of(CreditFileSchema))
def list_files(args):
    query = files.search(g.person, g.now, **{name: args[name] for name in ("area_id", "kind", "person_id", "household_id") if name in args})
    return paging.page(query, [CreditFile.id], limit=args["limit"], cursor=args["cursor"])


@bp.get("/credit-files/<uuid:file_id>")
@only(Role.RESIDENT)
@bp.response(200, CreditFileSchema)
def show(file_id):
    file = files.seen(file_id, by=g.person, now=g.now)
    looks.note(files.look(file, "look", by=g.person, now=g.now))
    return file


@bp.get("/credit-files/<uuid:file_id>/score")
@only(Role.RESIDENT)
@bp.arguments(WhenQuery, location="query")
@bp.response(200, ScoreSchema)
def show_score(args, file_id):
    """For whose file it is, and admins and auditors of its area; nobody else, and no other call, gives a score."""
    file = files.seen(file_id, by=g.person, now=g.now, least=files.Sight.SCORE)
    looks.note(files.look(file, "look_at_score", by=g.person, now=g.now))
    found = explanations.explain(file, now=g.now, **scores.when(file, now=g.now, on=args.get("on"), then=args["as_known"] == "then"))
    return found if files.is_own(file, by=g.person, now=g.now) else found.live


@bp.get("/credit-files/<uuid:file_id>/looks")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(LookSchema))
def list_looks(args, file_id):
    file = files.seen(file_id, by=g.person, now=g.now, least=files.Sight.OWN)
    return paging.page(files.looks(file), [AuditRow.id], limit=args["limit"], cursor=args["cursor"], scalars=False)


@bp.get("/credit-files/<uuid:file_id>/facts")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(FactSchema))
def list_facts(args, file_id):
    file = files.seen(file_id, by=g.person, now=g.now)
    looks.note(files.look(file, "look", by=g.person, now=g.now))
    return paging.page(facts.of(file), [FileFact.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/credit-files/<uuid:file_id>/facts")
@only(*STAFF)
@bp.arguments(FactSchema)
@bp.response(201, FactSchema)
def write_fact(args, file_id):
    return facts.write(file_id, **args, by=g.person, now=g.now)


@bp.post("/credit-file-facts/<uuid:fact_id>/end")
@only(*STAFF)
@bp.response(200, FactSchema)
def end_fact(fact_id):
    return facts.end(fact_id, by=g.person, now=g.now)
