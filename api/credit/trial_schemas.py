"""What trial runs of drafts look like in JSON."""
import marshmallow as ma

from api.credit.fields import Points
from api.edge.fields import Day, Moment, Schema


class TrySchema(Schema):
    on = Day()


class MovedGradesSchema(Schema):
    """So many files go from one rank to another."""

    was = ma.fields.Int()
    now = ma.fields.Int(attribute="is")
    files = ma.fields.Int()


class GradeCodesSchema(Schema):
    """By each of the two versions, from rank 1 on."""

    was = ma.fields.List(ma.fields.Str())
    now = ma.fields.List(ma.fields.Str(), attribute="is")


class MovedItemSchema(Schema):
    """What an item brings all files together, by the version in force and by this one."""

    code = ma.fields.Str()
    was = Points()
    now = Points(attribute="is")
    files = ma.fields.Int()


class MoverSchema(Schema):
    """No score and no grade: those are looked at in the file, where the look is kept."""

    file_id = ma.fields.UUID()
    change = Points()


class GroupSchema(Schema):
    """Null: fewer than ten people, or to be worked out from the others; `up`, `down` and `mean` also where fewer than ten files move in all."""

    group = ma.fields.Str()
    people = ma.fields.Int(allow_none=True)
    up = ma.fields.Int(allow_none=True)
    down = ma.fields.Int(allow_none=True)
    mean = Points(allow_none=True)


class DivisionSchema(Schema):
    division = ma.fields.Str()
    groups = ma.fields.List(ma.fields.Nested(GroupSchema))


class ProgressSchema(Schema):
    done = ma.fields.Int()
    files = ma.fields.Int()


class TrialSchema(Schema):
    """What the version would change: how many files, how many of them up and down, by how much together, why, who moves most (50), by group.

    Until every file was looked at, `progress` says how far it is, and all else is null. Both are of a run that was given up.
    """

    id = ma.fields.UUID()
    version_id = ma.fields.UUID()
    on = Day(attribute="on_day")
    at = Moment()
    progress = ma.fields.Nested(ProgressSchema, attribute="task", allow_none=True)
    compared_with = ma.fields.Int(attribute="told.compared_with", allow_none=True)
    files = ma.fields.Int(attribute="told.files", allow_none=True)
    up = ma.fields.Int(attribute="told.up", allow_none=True)
    down = ma.fields.Int(attribute="told.down", allow_none=True)
    change = Points(attribute="told.change", allow_none=True)
    codes = ma.fields.Nested(GradeCodesSchema, attribute="told.codes", allow_none=True)
    grades = ma.fields.List(ma.fields.Nested(MovedGradesSchema), attribute="told.grades", allow_none=True)
    items = ma.fields.List(ma.fields.Nested(MovedItemSchema), attribute="told.items", allow_none=True)
    movers = ma.fields.List(ma.fields.Nested(MoverSchema), attribute="moving", allow_none=True)
    divisions = ma.fields.List(ma.fields.Nested(DivisionSchema), attribute="told.groups", allow_none=True)
