"""Rulebooks: versions and their rules, from the draft to the day they are retired; what was said of a draft; trial runs."""
from flask import g

from api.credit.rulebook_schemas import (
    CommentAnswerSchema,
    CommentSchema,
    DifferenceQuery,
    DifferenceSchema,
    DraftSchema,
    ListedVersionSchema,
    PublishSchema,
    RetireSchema,
    RulebookQuery,
    RulebookRulesSchema,
    RulebookSchema,
    TrialSchema,
    TrySchema,
    UntilSchema,
    VersionSchema,
    VoteSchema,
)
from api.edge import paging
from api.edge.auth import only
from api.edge.fields import PageQuery, page_of
from api.edge.http import Blueprint, check_version
from models import OVERSIGHT, Role, Rulebook, RulebookVersion, TrialRun, VersionComment
from services.credit import adoption, differences, rulebooks, trials

bp = Blueprint("rulebooks", "Rulebooks of credit")


@bp.get("/rulebooks")
@only(Role.RESIDENT)
@bp.arguments(RulebookQuery, location="query")
@bp.response(200, page_of(RulebookSchema))
def list_rulebooks(args):
    """Those that hold where one lives (or in the area asked for), and those where one works."""
    query = rulebooks.search(g.person, g.now, area_id=args.get("area_id"), kind=args.get("kind"))
    return paging.page(query, [Rulebook.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/rulebooks")
@only(Role.AREA_ADMIN)
@bp.arguments(RulebookSchema)
@bp.response(201, RulebookSchema)
def make(args):
    return rulebooks.make(**args, by=g.person, now=g.now)


@bp.get("/rulebooks/<uuid:rulebook_id>/versions")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(ListedVersionSchema))
def list_versions(args, rulebook_id):
    return paging.page(rulebooks.versions(rulebook_id, by=g.person, now=g.now), [RulebookVersion.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/rulebooks/<uuid:rulebook_id>/versions")
@only(Role.AREA_ADMIN)
@bp.arguments(DraftSchema)
@bp.response(201, VersionSchema)
def draft(args, rulebook_id):
    return rulebooks.draft(rulebook_id, args, template=args.pop("template"), by=g.person, now=g.now)


@bp.get("/rulebook-versions/<uuid:version_id>")
@only(Role.RESIDENT)
@bp.response(200, VersionSchema)
def show(version_id):
    return rulebooks.readable(version_id, by=g.person, now=g.now)


@bp.put("/rulebook-versions/<uuid:version_id>")
@only(Role.AREA_ADMIN)
@bp.arguments(RulebookRulesSchema)
@bp.response(200, VersionSchema)
def rewrite(args, version_id):
    check_version(rulebooks.at(version_id, g.person, g.now, "draft"))
    return rulebooks.rewrite(version_id, args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:version_id>/consult")
@only(Role.AREA_ADMIN)
@bp.arguments(UntilSchema)
@bp.response(200, ListedVersionSchema)
def consult(args, version_id):
    return adoption.consult(version_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:version_id>/redraft")
@only(Role.AREA_ADMIN)
@bp.response(200, ListedVersionSchema)
def redraft(version_id):
    return adoption.redraft(version_id, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:version_id>/vote")
@only(Role.AREA_ADMIN)
@bp.arguments(VoteSchema)
@bp.response(200, ListedVersionSchema)
def vote(args, version_id):
    """What the residents' meeting decided; nobody is paid for a vote, and no vote is cast here."""
    return adoption.vote(version_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:version_id>/publish")
@only(Role.AREA_ADMIN)
@bp.arguments(PublishSchema)
@bp.response(200, ListedVersionSchema)
def publish(args, version_id):
    return adoption.publish(version_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:version_id>/retire")
@only(Role.AREA_ADMIN)
@bp.arguments(RetireSchema)
@bp.response(200, ListedVersionSchema)
def retire(args, version_id):
    return adoption.retire(version_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:version_id>/drop")
@only(Role.AREA_ADMIN)
@bp.response(200, ListedVersionSchema)
def drop(version_id):
    return adoption.drop(version_id, by=g.person, now=g.now)


@bp.get("/rulebook-versions/<uuid:version_id>/difference")
@only(Role.RESIDENT)
@bp.arguments(DifferenceQuery, location="query")
@bp.response(200, DifferenceSchema)
def difference(args, version_id):
    """From this version to the other."""
    one, other = (rulebooks.readable(each, by=g.person, now=g.now) for each in (version_id, args["other_id"]))
    return differences.between(one, other)


@bp.get("/rulebook-versions/<uuid:version_id>/comments")
@only(Role.RESIDENT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(CommentSchema))
def list_comments(args, version_id):
    """What was said, without who said it."""
    return paging.page(adoption.comments(version_id, by=g.person, now=g.now), [VersionComment.id], limit=args["limit"], cursor=args["cursor"])


@bp.post("/rulebook-versions/<uuid:version_id>/comments")
@only(Role.RESIDENT)
@bp.arguments(CommentSchema)
@bp.response(201, CommentSchema)
def comment(args, version_id):
    return adoption.comment(version_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-comments/<uuid:comment_id>/answer")
@only(Role.AREA_ADMIN)
@bp.arguments(CommentAnswerSchema)
@bp.response(200, CommentSchema)
def answer(args, comment_id):
    return adoption.answer(comment_id, **args, by=g.person, now=g.now)


@bp.post("/rulebook-versions/<uuid:version_id>/trials")
@only(Role.AREA_ADMIN)
@bp.arguments(TrySchema)
@bp.response(201, TrialSchema)
def try_out(args, version_id):
    return trials.try_out(version_id, on=args.get("on"), by=g.person, now=g.now)


@bp.get("/rulebook-versions/<uuid:version_id>/trials")
@only(*OVERSIGHT)
@bp.arguments(PageQuery, location="query")
@bp.response(200, page_of(TrialSchema))
def list_trials(args, version_id):
    return paging.page(trials.search(version_id, by=g.person, now=g.now), [TrialRun.id], limit=args["limit"], cursor=args["cursor"])
