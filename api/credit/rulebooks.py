"""Rulebooks: versions and their rules, from the draft to the day they are retired; what was said of a draft; trial runs."""
from flask import g

from api.credit.rulebook_schemas import (
    CommentAnswerSchema,
    CommentSchema,
    DifferenceQuery,
    DifferenceSchema,
    InForceQuery,
    ListedRulebookVersionSchema,
    PublishSchema,
    RetireSchema,
    RulebookDraftSchema,
    RulebookQuery,
    RulebookRulesSchema,
    RulebookSchema,
    RulebookVersionSchema,
    SaySchema,
    UntilSchema,
    VoteSchema,
)
from api.credit.trial_schemas import TrialSchema, TrySchema
from api.edge import paging
from api.edge.auth import only
from api.edge.fields import PageQuery, page_of
from api.edge.http import Blueprint, check_version
from api.edge.settings import settings
from models import OVERSIGHT, Role, Rulebook, RulebookVersion, TrialRun, VersionComment
from services.credit import adoption, differences, rulebooks
from services.credit.trials import runs

bp = Blueprint("rulebooks", "Rulebooks of credit")


@bp.get("/rulebooks")
@only(Role.RESIDENT)
@bp.arguments(RulebookQuery, location="query")
@bp.response(200, page_of(RulebookSchema))
def list_rulebooks(args):
    """Those that hold where one lives (or in the area asked for), and those where one works."""
    query = rulebooks.search(g.person, g.now, area_id=args.get("area_id"), kind=args.get("kind"))
    return paging.page(query, [Rulebook.id], limit=args["limit"], cursor=args["cursor"])


@bp.get("/rulebooks/in-force")
@only(Role.RESIDENT)
@bp.arguments(InForceQuery, location="query")
@bp.response(200, RulebookVersionSchema)
def show_in_force(args):
    """What counts today: the version of the nearest area up the tree that has one in force."""
    return rulebooks.now_in_force(**args, by=g.person, now=g.now)


@bp.post("/rulebooks")
@only(Role.AREA_ADMIN)
@bp.arguments(RulebookSchema)
@bp.response(201, RulebookSchema)
def make(args):
    return rulebooks.make(**args, by=g.person, now=g.now)


@bp.get("/rulebooks/<uuid:rulebook_id>/versions")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ListedRulebookVersionSchema))
def list_versions(args, rulebook_id):
    return paging.page(rulebooks.versions(rulebook_id, by=g.person, now=g.now), [RulebookVersion.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/rulebooks/<uuid:rulebook_id>/versions")
@only(Role.AREA_ADMIN)
@bp.arguments(RulebookDraftSchema)
@bp.response(201, RulebookVersionSchema)
def draft(args, rulebook_id):
    return rulebooks.draft(rulebook_id, args, template=args.pop("template"), by=g.person, now=g.now)


@bp.get("/rulebook-versions/<uuid:rulebook_version_id>")
@only(Role.RESIDENT)
@bp.response(200, RulebookVersionSchema)
def show(rulebook_version_id):
    return rulebooks.readable(rulebook_version_id, by=g.person, now=g.now)


@bp.put("/rulebook-versions/<uuid:rulebook_version_id>")
@only(Role.AREA_ADMIN)
@bp.arguments(RulebookRulesSchema)
@bp.response(200, RulebookVersionSchema)
def rewrite(args, rulebook_version_id):
    check_version(rulebooks.at(rulebook_version_id, g.person, g.now, "draft"))
    return rulebooks.rewrite(rulebook_version_id, args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:rulebook_version_id>/consult")
@only(Role.AREA_ADMIN)
@bp.arguments(UntilSchema)
@bp.response(200, ListedRulebookVersionSchema)
def consult(args, rulebook_version_id):
    return adoption.consult(rulebook_version_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:rulebook_version_id>/redraft")
@only(Role.AREA_ADMIN)
@bp.response(200, ListedRulebookVersionSchema)
def redraft(rulebook_version_id):
    return adoption.redraft(rulebook_version_id, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:rulebook_version_id>/vote")
@only(Role.AREA_ADMIN)
@bp.arguments(VoteSchema)
@bp.response(200, ListedRulebookVersionSchema)
def vote(args, rulebook_version_id):
    """What the residents' meeting decided; nobody is paid for a vote, and no vote is cast here."""
    return adoption.vote(rulebook_version_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:rulebook_version_id>/publish")
@only(Role.AREA_ADMIN)
@bp.arguments(PublishSchema)
@bp.response(200, ListedRulebookVersionSchema)
def publish(args, rulebook_version_id):
    return adoption.publish(rulebook_version_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:rulebook_version_id>/retire")
@only(Role.AREA_ADMIN)
@bp.arguments(RetireSchema)
@bp.response(200, ListedRulebookVersionSchema)
def retire(args, rulebook_version_id):
    return adoption.retire(rulebook_version_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:rulebook_version_id>/drop")
@only(Role.AREA_ADMIN)
@bp.response(200, ListedRulebookVersionSchema)
def drop(rulebook_version_id):
    return adoption.drop(rulebook_version_id, by=g.person, now=g.now)


@bp.get("/rulebook-versions/<uuid:rulebook_version_id>/difference")
@only(Role.RESIDENT)
@bp.arguments(DifferenceQuery, location="query")
@bp.response(200, DifferenceSchema)
def difference(args, rulebook_version_id):
    """From this version to the other."""
    one, other = (rulebooks.readable(each, by=g.person, now=g.now) for each in (rulebook_version_id, args["other_id"]))
    return differences.between(one, other)


@bp.get("/rulebook-versions/<uuid:rulebook_version_id>/comments")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(CommentSchema))
def list_comments(args, rulebook_version_id):
    """What was said, without who said it."""
    said = adoption.comments(rulebook_version_id, by=g.person, now=g.now)
    return paging.page(said, [VersionComment.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/rulebook-versions/<uuid:rulebook_version_id>/comments")
@only(Role.RESIDENT)
@bp.arguments(SaySchema)
@bp.response(201, CommentSchema)
def comment(args, rulebook_version_id):
    return adoption.comment(rulebook_version_id, **args, by=g.person, now=g.now, settings=settings())


@bp.post("/rulebook-comments/<uuid:comment_id>/answer")
@only(Role.AREA_ADMIN)
@bp.arguments(CommentAnswerSchema)
@bp.response(200, CommentSchema)
def answer(args, comment_id):
    return adoption.answer(comment_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:rulebook_version_id>/trials")
@only(Role.AREA_ADMIN)
@bp.arguments(TrySchema)
@bp.response(201, TrialSchema)
def try_out(args, rulebook_version_id):
    made = runs.try_out(rulebook_version_id, on=args.get("on"), by=g.person, now=g.now)
    runs.with_movers([made])
    return made


@bp.get("/rulebook-versions/<uuid:rulebook_version_id>/trials")
@only(*OVERSIGHT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(TrialSchema))
def list_trials(args, rulebook_version_id):
    page = paging.page(runs.search(rulebook_version_id, by=g.person, now=g.now), [TrialRun.id], limit=args["limit"], cursor=args["cursor"])
    runs.with_movers(page["items"])
    return page
