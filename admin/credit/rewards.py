"""Rewards of a rulebook, made and ended on its page."""
from flask import g

from admin.credit.rulebooks import EndForm, RewardForm, rulebook
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import Role
from services.credit.oversight import sight
from services.measures import rewards


@bp.post("/credit/rulebooks/<uuid:rulebook_id>/rewards")
@only(Role.AREA_ADMIN)
@once
@bp.form(RewardForm, again=rulebook)
def make_reward(args, rulebook_id):
    sight.rulebook(rulebook_id, by=g.person, now=g.now)
    rewards.make(rulebook_id, **{"percent": None, "terms_zh": "", "terms_en": "", "until_on": None} | args, by=g.person, now=g.now)
    return gone_to("admin.rulebook", rulebook_id=rulebook_id, done="made")


@bp.post("/credit/rulebooks/<uuid:rulebook_id>/rewards/<uuid:reward_id>/end")
@only(Role.AREA_ADMIN)
@once
@bp.form(EndForm, again=lambda rulebook_id, reward_id: rulebook(rulebook_id))
def end_reward(args, rulebook_id, reward_id):
    sight.rulebook(rulebook_id, by=g.person, now=g.now)
    rewards.end(reward_id, **args, by=g.person, now=g.now)
    return gone_to("admin.rulebook", rulebook_id=rulebook_id, done="ended")
