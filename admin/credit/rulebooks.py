"""Rulebooks of one's areas and of those above: made here, each with its versions and what its grades open."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Level, Reward, Role, Rulebook, RulebookVersion
from services.credit import rulebooks
from services.credit.oversight import documents, sight
from services.measures import rewards
from services.refusals import N_, ValidationFailed

STARTS = (("template", N_("The rulebook above, with nothing of our own yet")), ("last", N_("A copy of the version before")),
          ("example", N_("The complete example that comes with Linli")))


class Narrow(forms.Form):
    kind = forms.one_of(N_("Files of"), tuple(words.KINDS.items()), required=False, filter=True)


class RulebookForm(forms.Form):
    area_id = forms.area(N_("Area"))
    kind = forms.one_of(N_("Files of"), tuple(words.KINDS.items()))
    title_zh = forms.words(N_("Title in Chinese"))
    title_en = forms.words(N_("Title in English"), longest=200)


class DraftForm(forms.Form):
    start = forms.one_of(N_("Begin with"), STARTS, kind="radio")


class RewardForm(forms.Form):
    scene = forms.one_of(N_("What it opens"), tuple(words.SCENES.items()))
    from_grade = forms.one_of_many(N_("From this grade on"), longest=10, hint=N_("The better grades reach it too."))
    percent = forms.whole(N_("Points, per cent"), 101, 200, required=False, hint=N_("Only for more points: 110 gives a tenth more."))
    title_zh = forms.words(N_("Title in Chinese"))
    title_en = forms.words(N_("Title in English"), longest=200)
    terms_zh = forms.words(N_("Terms in Chinese"), longest=500, kind="textarea", required=False)
    terms_en = forms.words(N_("Terms in English"), longest=500, kind="textarea", required=False)
    from_on = forms.day(N_("First day"))
    until_on = forms.day(N_("No longer from"), required=False)


class EndForm(forms.Form):
    on = forms.day(N_("No longer from"))


@bp.get("/credit/rulebooks")
@only(*OVERSIGHT)
def rulebooks_list():
    asked = forms.narrowed(Narrow)
    page = lists.page(sight.rulebooks(g.person, g.now, **asked), [Rulebook.id])
    new = [(_("Make a rulebook"), forms.show(RulebookForm, url_for("admin.make_rulebook"), _("Make it"),
                                             choices={"area_id": lists.own_areas()}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Rulebooks"), new=new,
        intro=_("By what rules files of credit are counted: your areas' own, and those above that hold where there is no other."),
        filters=forms.show(Narrow, url_for("admin.rulebooks_list"), _("Show"), values=asked),
        table=shown.table(
            _("Rulebooks"), [_("Title"), _("Files of"), _("Area"), _("Made")], page,
            lambda row: [shown.text(words.said(row, "title"), url_for("admin.rulebook", rulebook_id=row.id)), shown.word(row.kind, words.KINDS),
                         shown.text(row.area.name), shown.moment(row.created_at)],
            empty=_("There is no rulebook yet.")))


@bp.get("/credit/rulebooks/<uuid:rulebook_id>")
@only(*OVERSIGHT)
def rulebook(rulebook_id):
    found = sight.rulebook(rulebook_id, by=g.person, now=g.now)
    page = lists.page(rulebooks.versions(found.id, by=g.person, now=g.now), [RulebookVersion.number])
    manages = shown.may_change(found.area)
    table = shown.table(
        _("Versions"), [_("Version"), _("State"), _("Consulted on until"), _("Voted"), _("In force from"), _("Retired")], page,
        lambda row: [shown.text(_("Version %(number)d", number=row.number), url_for("admin.rulebook_version", rulebook_version_id=row.id)),
                     shown.badge(words.state(row), words.VERSIONS), shown.day(row.consulted_until), shown.day(row.voted_on),
                     shown.day(row.in_force_from), shown.day(row.retired_on)],
        empty=_("There is no version yet."))
    return render_template(
        "admin/row.html", title=words.said(found, "title"), trail=[(_("Rulebooks"), url_for("admin.rulebooks_list"))],
        facts=[(_("Area"), shown.text(found.area.name)), (_("Files of"), shown.word(found.kind, words.KINDS)),
               (_("Made"), shown.moment(found.created_at))],
        acts=[(_("Draft a version"), _draft(found, page["items"]))] if manages else [],
        sections=[shown.Section(_("Versions"), table=table), _rewards(found, manages)])


def _draft(found: Rulebook, versions: list) -> forms.ShownForm:
    start = "last" if versions else "template" if found.area.level in (Level.COMMUNITY, Level.GRID) else "example"
    return forms.show(DraftForm, url_for("admin.draft_rulebook", rulebook_id=found.id), _("Draft it"), values={"start": start},
                      note=_("A community may add to the rulebook above it five items that give points and five that take some, of at "
                             "most 2 points."))


def _rewards(book: Rulebook, manages: bool) -> shown.Section:
    page = lists.page(rewards.search(book.id), [Reward.id])
    present, named = sight.present(book, g.now), rewards.grades(book, g.now)
    there = present.grades if present else named
    table = shown.table(
        _("Rewards"), [_("What it gives"), _("What it opens"), _("From this grade on"), _("Points, per cent"),
                        _("First day"), _("No longer from")], page,
        lambda row: [shown.text(words.said(row, "title")), shown.word(row.scene, words.SCENES), words.from_grade(row.from_grade, there),
                     shown.number(row.percent), shown.day(row.from_on), shown.day(row.until_on)],
        empty=_("Its grades open nothing yet."), numbers=(3,))
    found = shown.Section(_("What its grades open"), table=table, note=_("A reward gives more and takes nothing from anybody."))
    if manages:
        found.forms = [(_("Make a reward"), forms.show(RewardForm, url_for("admin.make_reward", rulebook_id=book.id), _("Make it"),
                                                           choices={"from_grade": words.grades(named)})),
                       *[(_("End: %(name)s", name=words.said(row, "title")), forms.show(
                           EndForm, url_for("admin.end_reward", rulebook_id=book.id, reward_id=row.id), _("End it"), danger=True))
                         for row in page["items"] if row.until_on is None]]
    return found


@bp.post("/credit/rulebooks")
@only(Role.AREA_ADMIN)
@once
@bp.form(RulebookForm, again=rulebooks_list)
def make_rulebook(args):
    made = rulebooks.make(**args, by=g.person, now=g.now)
    return gone_to("admin.rulebook", rulebook_id=made.id, done="made")


@bp.post("/credit/rulebooks/<uuid:rulebook_id>/versions")
@only(Role.AREA_ADMIN)
@once
@bp.form(DraftForm, again=rulebook)
def draft_rulebook(args, rulebook_id):
    book, start = sight.rulebook(rulebook_id, by=g.person, now=g.now), args["start"]
    document, template = (documents.empty(), True) if start == "template" else (documents.example(book.kind), False)
    if start == "last":
        document, template = documents.last(book)
    try:
        made = rulebooks.draft(book.id, document, template=template, by=g.person, now=g.now)
    except rulebooks.NoTemplate as none:  # the rulebook is there: what was chosen is not
        raise ValidationFailed({"start": [none.message]}) from none
    return gone_to("admin.rulebook_version", rulebook_version_id=made.id, done="made")
