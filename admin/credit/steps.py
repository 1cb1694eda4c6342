"""The steps of a version, from the consultation to the day it is retired, and answers to what was said of it."""
from flask import g

from admin.credit import step_forms
from admin.credit.versions import rulebook_version
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import Role, RulebookStatus
from services.credit import adoption
from services.credit.oversight import sight
from services.credit.trials import runs
from services.records import refused_words


def _gone(rulebook_version_id, done):
    return gone_to("admin.rulebook_version", rulebook_version_id=rulebook_version_id, done=done)


def _reach(rulebook_version_id):
    sight.version(rulebook_version_id, by=g.person, now=g.now)


@bp.post("/credit/versions/<uuid:rulebook_version_id>/consult")
@only(Role.AREA_ADMIN)
@once
@bp.form(step_forms.ConsultForm, again=rulebook_version)
def consult_rulebook_version(args, rulebook_version_id):
    _reach(rulebook_version_id)
    adoption.consult(rulebook_version_id, **args, by=g.person, now=g.now)
    return _gone(rulebook_version_id, "consulted")


@bp.post("/credit/versions/<uuid:rulebook_version_id>/redraft")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=rulebook_version)
def redraft_rulebook_version(rulebook_version_id):
    _reach(rulebook_version_id)
    adoption.redraft(rulebook_version_id, by=g.person, now=g.now)
    return _gone(rulebook_version_id, "saved")


@bp.post("/credit/versions/<uuid:rulebook_version_id>/vote")
@only(Role.AREA_ADMIN)
@once
@bp.form(step_forms.VoteForm, again=rulebook_version)
def vote_rulebook_version(args, rulebook_version_id):
    _reach(rulebook_version_id)
    voted = adoption.vote(rulebook_version_id, **args, by=g.person, now=g.now)
    return _gone(rulebook_version_id, "vote_carried" if voted.status == RulebookStatus.VOTED else "vote_lost")


@bp.post("/credit/versions/<uuid:rulebook_version_id>/publish")
@only(Role.AREA_ADMIN)
@once
@bp.form(step_forms.PublishForm, again=rulebook_version)
def publish_rulebook_version(args, rulebook_version_id):
    _reach(rulebook_version_id)
    adoption.publish(rulebook_version_id, **args, by=g.person, now=g.now)
    return _gone(rulebook_version_id, "rulebook_published")


@bp.post("/credit/versions/<uuid:rulebook_version_id>/retire")
@only(Role.AREA_ADMIN)
@once
@bp.form(step_forms.RetireForm, again=rulebook_version)
def retire_rulebook_version(args, rulebook_version_id):
    _reach(rulebook_version_id)
    adoption.retire(rulebook_version_id, **args, by=g.person, now=g.now)
    return _gone(rulebook_version_id, "saved")


@bp.post("/credit/versions/<uuid:rulebook_version_id>/drop")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=rulebook_version)
def drop_rulebook_version(rulebook_version_id):
    _reach(rulebook_version_id)
    adoption.drop(rulebook_version_id, by=g.person, now=g.now)
    return _gone(rulebook_version_id, "saved")


@bp.post("/credit/versions/<uuid:rulebook_version_id>/try")
@only(Role.AREA_ADMIN)
@once
@bp.form(step_forms.TryForm, again=rulebook_version)
def try_version(args, rulebook_version_id):
    _reach(rulebook_version_id)
    made = runs.try_out(rulebook_version_id, on=args.get("on"), by=g.person, now=g.now)
    return gone_to("admin.trial", trial_id=made.id, done="tried")


@bp.post("/credit/versions/<uuid:rulebook_version_id>/comments/<uuid:comment_id>/words")
@only(Role.AREA_ADMIN)
@bp.form(again=lambda rulebook_version_id, comment_id: rulebook_version(rulebook_version_id))
def read_comment(rulebook_version_id, comment_id):
    _reach(rulebook_version_id)
    return rulebook_version(rulebook_version_id, {comment_id: refused_words.read_comment(comment_id, by=g.person, now=g.now)})


@bp.post("/credit/versions/<uuid:rulebook_version_id>/comments/<uuid:comment_id>/let-pass")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=lambda rulebook_version_id, comment_id: rulebook_version(rulebook_version_id))
def let_comment_pass(rulebook_version_id, comment_id):
    _reach(rulebook_version_id)
    adoption.let_pass(comment_id, by=g.person, now=g.now)
    return _gone(rulebook_version_id, "comment_passed")


@bp.post("/credit/versions/<uuid:rulebook_version_id>/comments/<uuid:comment_id>/hold-back")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=lambda rulebook_version_id, comment_id: rulebook_version(rulebook_version_id))
def hold_comment_back(rulebook_version_id, comment_id):
    _reach(rulebook_version_id)
    adoption.hold_back(comment_id, by=g.person, now=g.now)
    return _gone(rulebook_version_id, "comment_held_back")


@bp.post("/credit/versions/<uuid:rulebook_version_id>/comments/<uuid:comment_id>/answer")
@only(Role.AREA_ADMIN)
@once
@bp.form(step_forms.AnswerForm, again=lambda rulebook_version_id, comment_id: rulebook_version(rulebook_version_id))
def answer_comment(args, rulebook_version_id, comment_id):
    _reach(rulebook_version_id)
    adoption.answer(comment_id, **args, by=g.person, now=g.now)
    return _gone(rulebook_version_id, "comment_answered")
