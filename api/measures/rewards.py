"""Rewards: what a rulebook opens from a grade on, and what of that is open to one's own file today."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, Integer, Moment, PageQuery, Schema, Text, page_of
from api.edge.http import Blueprint
from models import Reward, RewardScene, Role
from services.credit import files
from services.measures import rewards

bp = Blueprint("rewards", "Rewards of credit")


class RewardSchema(Schema):
    id = ma.fields.UUID(dump_only=True)
    rulebook_id = ma.fields.UUID(dump_only=True)
    scene = ma.fields.Str(required=True, validate=ma.validate.OneOf([*RewardScene]))
    from_grade = Text(required=True, validate=ma.validate.Length(max=10), metadata={"description": "the code of the last grade it is open to"})
    percent = Integer(load_default=None, allow_none=True, validate=ma.validate.Range(101, 200), metadata={
        "description": "of a points_multiplier: 110 gives a tenth more"})
    title_zh = Text(required=True, validate=ma.validate.Length(1, 120))
    title_en = Text(required=True, validate=ma.validate.Length(1, 200))
    terms_zh = Text(load_default="", validate=ma.validate.Length(0, 1000))
    terms_en = Text(load_default="", validate=ma.validate.Length(0, 1000))
    from_on = Day(required=True)
    until_on = Day(load_default=None, allow_none=True)
    made_at = Moment(dump_only=True)


class OpenedSchema(Schema):
    reward = ma.fields.Nested(RewardSchema)
    is_open = ma.fields.Bool()
    grade_exists = ma.fields.Bool(metadata={"description": "false: the version that the score is by has no such grade, so it opens to nobody there"})


class OpenedListSchema(Schema):
    items = ma.fields.List(ma.fields.Nested(OpenedSchema))


class RewardEndSchema(Schema):
    on = Day(required=True)


@bp.get("/rulebooks/<uuid:rulebook_id>/rewards")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(RewardSchema))
def list_rewards(args, rulebook_id):
    return paging.page(rewards.search(rulebook_id), [Reward.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/rulebooks/<uuid:rulebook_id>/rewards")
@only(Role.AREA_ADMIN)
@bp.arguments(RewardSchema)
@bp.response(201, RewardSchema)
def make(args, rulebook_id):
    return rewards.make(rulebook_id, **args, by=g.person, now=g.now)


@bp.post("/rewards/<uuid:reward_id>/end")
@only(Role.AREA_ADMIN)
@bp.arguments(RewardEndSchema)
@bp.response(200, RewardSchema)
def end(args, reward_id):
    return rewards.end(reward_id, **args, by=g.person, now=g.now)


@bp.get("/credit-files/<uuid:file_id>/rewards")
@only(Role.RESIDENT)
@bp.response(200, OpenedListSchema)
def list_opened(file_id):
    """For whose file it is alone."""
    file = files.seen(file_id, by=g.person, now=g.now, least=files.Sight.OWN)
    return {"items": rewards.opened(file, now=g.now)}
