"""What rulebooks, their versions and rules, and comments look like in JSON."""
import marshmallow as ma

from api.credit.fields import CODE, KINDS, Points
from api.edge.fields import Day, Integer, Moment, PageQuery, Schema, Text, Truth, checked_words
from models import Measured, RepairClass
from services.credit import hundredths
from services.wechat import content

WORDS = ma.validate.Length(1, 200)
MONTHS = ma.validate.Range(1, 120)


class RulebookSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    area_id = ma.fields.UUID(required=True)
    kind = ma.fields.Str(required=True, validate=ma.validate.OneOf(KINDS))
    title_zh = Text(required=True, validate=ma.validate.Length(1, 120))
    title_en = Text(required=True, validate=WORDS)
    created_at = Moment(dump_only=True)


class RulebookQuery(PageQuery):
    area_id = ma.fields.UUID()
    kind = ma.fields.Str(validate=ma.validate.OneOf(KINDS))


class InForceQuery(Schema):
    area_id = ma.fields.UUID(metadata={"description": "by default where one lives"})
    kind = ma.fields.Str(required=True, validate=ma.validate.OneOf(KINDS))


class GradeRulesSchema(Schema):
    code = Text(required=True, validate=ma.validate.Length(1, 10))
    name_zh = Text(required=True, validate=ma.validate.Length(1, 60))
    name_en = Text(required=True, validate=ma.validate.Length(1, 100))
    opens_zh = Text(load_default="", validate=ma.validate.Length(0, 500))
    opens_en = Text(load_default="", validate=ma.validate.Length(0, 500))
    from_points = Points(required=True, attribute="from_centipoints")


class ItemRulesSchema(Schema):
    code = Text(required=True, validate=CODE)
    name_zh = Text(required=True, validate=ma.validate.Length(1, 120))
    name_en = Text(required=True, validate=WORDS)
    measured = ma.fields.Str(required=True, validate=ma.validate.OneOf([*Measured]))
    each = Points(required=True, attribute="each_centipoints", metadata={"description": "for every whole per_quantity"})
    per_quantity = Integer(load_default=1, validate=ma.validate.Range(1, 100_000))
    deed_most = Points(load_default=None, allow_none=True)
    most = Points(load_default=None, allow_none=True)
    term_months = Integer(load_default=None, allow_none=True, validate=MONTHS)
    doubles = Truth(load_default=False)
    grade = Text(load_default=None, allow_none=True, validate=ma.validate.Length(1, 10))
    repair_class = ma.fields.Str(load_default=None, allow_none=True, validate=ma.validate.OneOf([*RepairClass]), metadata={
        "description": "how grave a fault is; null: ordinary"})
    evidence_zh = Text(load_default="", validate=ma.validate.Length(0, 500))
    evidence_en = Text(load_default="", validate=ma.validate.Length(0, 500))
    basis = Text(load_default="", validate=ma.validate.Length(0, 500))
    asked_zh = Text(load_default="", validate=ma.validate.Length(0, 300), metadata={
        "description": "what neighbours are asked of a household in a round of reviews; the rulebook of households alone has such items"})
    asked_en = Text(load_default="", validate=ma.validate.Length(0, 300))


class BranchRulesSchema(Schema):
    code = Text(required=True, validate=CODE)
    name_zh = Text(load_default="", validate=ma.validate.Length(0, 120))
    name_en = Text(load_default="", validate=ma.validate.Length(0, 200))
    most = Points(load_default=None, allow_none=True)
    least = Points(load_default=None, allow_none=True)
    items = ma.fields.List(ma.fields.Nested(ItemRulesSchema), required=True, validate=ma.validate.Length(0, 60))


class RulebookRulesSchema(Schema):
    """Without `template` the base, the most and the grades are needed; with it they are the template's."""

    base = Points(load_default=0, attribute="base_centipoints", validate=ma.validate.Range(0, 10**8))
    most = Points(load_default=0, attribute="most_centipoints", validate=ma.validate.Range(0, 10**8))
    grades = ma.fields.List(ma.fields.Nested(GradeRulesSchema), load_default=list, validate=ma.validate.Length(0, 12))
    branches = ma.fields.List(ma.fields.Nested(BranchRulesSchema), required=True, validate=ma.validate.Length(0, 20))


class RulebookDraftSchema(RulebookRulesSchema):
    template = Truth(load_default=False, metadata={"description": "stand on the published rulebook above this area"})


class ListedRulebookVersionSchema(Schema):
    id = ma.fields.UUID()
    rulebook_id = ma.fields.UUID()
    number = ma.fields.Int()
    template_id = ma.fields.UUID(allow_none=True)
    status = ma.fields.Str()
    consulted_from = Day(allow_none=True)
    consulted_until = Day(allow_none=True)
    voted_on = Day(allow_none=True)
    voters = ma.fields.Str(allow_none=True)
    eligible = ma.fields.Int(allow_none=True)
    present = ma.fields.Int(allow_none=True)
    votes_for = ma.fields.Int(allow_none=True)
    votes_against = ma.fields.Int(allow_none=True)
    minutes = ma.fields.Str(allow_none=True)
    in_force_from = Day(allow_none=True)
    retired_on = Day(allow_none=True)
    base = Points(attribute="base_centipoints")
    most = Points(attribute="most_centipoints")


class IndicatorSchema(Schema):
    id = ma.fields.UUID()
    parent_id = ma.fields.UUID(allow_none=True)
    code = ma.fields.Str()
    layer = ma.fields.Str()
    name_zh = ma.fields.Str()
    name_en = ma.fields.Str()
    measured = ma.fields.Str(allow_none=True)
    each = Points(attribute="each_centipoints", allow_none=True)
    per_quantity = ma.fields.Int(allow_none=True)
    deed_most = Points(allow_none=True)
    most = Points(allow_none=True)
    least = Points(allow_none=True)
    term_months = ma.fields.Int(allow_none=True)
    doubles = ma.fields.Bool()
    grade_rank = ma.fields.Int(allow_none=True)
    repair_class = ma.fields.Str(allow_none=True)
    not_before_force = ma.fields.Bool()
    evidence_zh = ma.fields.Str()
    evidence_en = ma.fields.Str()
    basis = ma.fields.Str()
    asked_zh = ma.fields.Str()
    asked_en = ma.fields.Str()


class ReachedGradeSchema(Schema):
    rank = ma.fields.Int()
    code = ma.fields.Str()
    name_zh = ma.fields.Str()
    name_en = ma.fields.Str()
    opens_zh = ma.fields.Str()
    opens_en = ma.fields.Str()


class ShownGradeSchema(ReachedGradeSchema):
    from_points = Points(attribute="from_centipoints")


class RulebookVersionSchema(ListedRulebookVersionSchema):
    grades = ma.fields.List(ma.fields.Nested(ShownGradeSchema))
    indicators = ma.fields.List(ma.fields.Nested(IndicatorSchema))


class UntilSchema(Schema):
    until = Day(required=True)


class VoteSchema(Schema):
    voted_on = Day(required=True)
    voters = ma.fields.Str(required=True, validate=ma.validate.OneOf(["people", "households"]))
    eligible = Integer(required=True, validate=ma.validate.Range(1, 1_000_000))
    present = Integer(required=True, validate=ma.validate.Range(0, 1_000_000))
    votes_for = Integer(required=True, validate=ma.validate.Range(0, 1_000_000))
    votes_against = Integer(required=True, validate=ma.validate.Range(0, 1_000_000))
    minutes = Text(required=True, validate=ma.validate.Length(1, 4000))


class PublishSchema(Schema):
    in_force_from = Day(required=True)


class RetireSchema(Schema):
    on = Day(required=True)


class SaySchema(Schema):
    said = Text(required=True, validate=ma.validate.Length(1, 1000))


class CommentSchema(Schema):
    id = ma.fields.UUID()
    said = checked_words("said", content.shown_to_all)
    text_state = ma.fields.Str(metadata={"description": "of what was said: passed, pending, review or refused"})
    at = Moment()
    answer = ma.fields.Str(allow_none=True)
    answered_at = Moment(allow_none=True)


class CommentAnswerSchema(Schema):
    answer = Text(required=True, validate=ma.validate.Length(1, 1000))


class DifferenceQuery(Schema):
    other_id = ma.fields.UUID(required=True, data_key="with")


SHOWN_AS = {"each_centipoints": "each", "from_centipoints": "from_points"}  # under the name that the rules have it
POINTS = (*SHOWN_AS, "deed_most", "most", "least")


def _side(name):
    def shown(change):
        value = change[name]
        return hundredths.shown(value) if value is not None and change["field"] in POINTS else value
    return ma.fields.Function(shown, metadata={"type": ["string", "integer", "boolean", "null"]})


class ChangeSchema(Schema):
    field = ma.fields.Function(lambda change: SHOWN_AS.get(change["field"], change["field"]), metadata={"type": "string"})
    was = _side("was")
    now = _side("is")


class ComparedRowSchema(Schema):
    code = ma.fields.Str()
    how = ma.fields.Str(metadata={"description": "added, removed or changed"})
    name_zh = ma.fields.Str(attribute="row.name_zh")
    name_en = ma.fields.Str(attribute="row.name_en")
    changes = ma.fields.List(ma.fields.Nested(ChangeSchema))


class PairSchema(Schema):
    was = Points()
    now = Points(attribute="is")


class DifferenceSchema(Schema):
    base = ma.fields.Nested(PairSchema, allow_none=True)
    most = ma.fields.Nested(PairSchema, allow_none=True)
    items = ma.fields.List(ma.fields.Nested(ComparedRowSchema))
    grades = ma.fields.List(ma.fields.Nested(ComparedRowSchema))
