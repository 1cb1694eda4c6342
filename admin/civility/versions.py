"""Versions of the index: drafted from the example or from another one, edited leaf by leaf, published."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.civility import words
from admin.civility.nodes import NodeForm, as_node, called
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, WHOLE, CivilityVersion, Role, VersionStatus
from services.civility import example, periods, sight, trees
from services.civility import versions as rules
from services.people import names
from services.refusals import N_

STARTS = (("example", N_("The example that comes with Linli")), ("last", N_("The area's last version")), ("empty", N_("Nothing")))


class DraftForm(forms.Form):
    area_id = forms.area(N_("Area"), hint=N_("It measures the communities of this area: a community itself, or a street, a district, a city."))
    title_zh = forms.name(N_("Title in Chinese"), longest=60)
    title_en = forms.name(N_("Title in English"), longest=120)
    start = forms.one_of(N_("Begin with"), STARTS)


class BeginForm(forms.Form):
    first_on = forms.day(N_("First day"))
    last_on = forms.day(N_("Last day"))


@bp.get("/civility/versions")
@only(*OVERSIGHT)
def civility_versions():
    page = lists.page(sight.versions_of(g.person, g.now), [CivilityVersion.id])
    new = [(_("Draft a version"), forms.show(DraftForm, url_for("admin.draft_version"), _("Draft it"), values={"start": "example"},
                                             choices={"area_id": lists.own_areas()}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Versions of the index"), new=new,
        intro=_("What is measured, by what means, and how much it weighs. A published version is never changed, and two are never compared."),
        table=shown.table(
            _("Versions of the index"), [_("Version"), _("Area"), _("Number"), _("State"), _("Published")], page,
            lambda row: [shown.text(called(row), url_for("admin.civility_version", version_id=row.id)), shown.text(row.area.name),
                         shown.number(row.number), shown.badge(row.status, words.VERSIONS), shown.moment(row.published_at)],
            empty=_("There is no version yet."), numbers=(2,)))


@bp.get("/civility/versions/<uuid:version_id>")
@only(*OVERSIGHT)
def civility_version(version_id):
    found = sight.version(version_id, by=g.person, now=g.now)
    manages = shown.may_change(found.area)
    by = names.people([found.made_by_id, found.published_by_id])
    sections = [shown.Section(_("What is measured"), table=_tree(found), note=_unbalanced(found))]
    if manages and found.status == VersionStatus.DRAFT:
        sections[0].forms = [(_("Add a branch or leaf"), forms.show(NodeForm, url_for("admin.add_node", version_id=found.id), _("Add it")))]
    return render_template(
        "admin/row.html", title=called(found), state=shown.badge(found.status, words.VERSIONS), sections=sections,
        acts=_acts(found) if manages else [],
        trail=[(_("Versions of the index"), url_for("admin.civility_versions"))],
        facts=[(_("Area"), shown.text(found.area.name)), (_("Number"), shown.number(found.number)),
               (_("Made"), words.signed(found.made_at, by.get(found.made_by_id))),
               (_("Published"), words.signed(found.published_at, by.get(found.published_by_id))),
               *([(_("Retired"), shown.moment(found.retired_at))] if found.retired_at else [])])


def _tree(found: CivilityVersion) -> shown.Table:
    rows = [[shown.text(node.code, url_for("admin.civility_node", node_id=node.id)), shown.text(called(node)), words.number(node.weight_hundredths),
             shown.word(node.part, words.PARTS), shown.word(node.method, words.METHODS),
             shown.Cell(f"{words.hundredths(node.scale_from_hundredths)} → {words.hundredths(node.scale_to_hundredths)}" if node.is_leaf else "—")]
            for node in found.tree]
    return shown.Table(_("Branches and leaves"), [_("Code"), _("Name"), _("Weight, %"), _("Part"), _("Method"), _("0 → 100")], rows,
                       _("Nothing is measured yet."), numbers={2})


def _unbalanced(found: CivilityVersion) -> str:
    """Of a draft: where the weights are not 100 yet."""
    wrong = [f"{parent or _('the top')}: {words.hundredths(sum(child.weight_hundredths for child in children))} %"
             for parent, children in sorted(trees.below(found.nodes).items())
             if sum(child.weight_hundredths for child in children) != WHOLE]
    return _("Below these the weights are not 100 per cent together: %(where)s", where=" · ".join(wrong)) if wrong else ""


def _acts(found: CivilityVersion) -> list:
    if found.status == VersionStatus.DRAFT:
        return [("", forms.show(None, url_for("admin.publish_version", version_id=found.id), _("Publish"),
                                note=_("It is in use from then on, never changes, and retires the one before.")))]
    if found.status == VersionStatus.RETIRED:
        return []
    return [(_("Begin a period"), forms.show(BeginForm, url_for("admin.begin_period", version_id=found.id), _("Begin it"))),
            (_("Retire this version"), forms.show(None, url_for("admin.retire_version", version_id=found.id), _("Retire"), danger=True))]


@bp.post("/civility/versions")
@only(Role.AREA_ADMIN)
@once
@bp.form(DraftForm, again=civility_versions)
def draft_version(args):
    start = args.pop("start")
    nodes = example.nodes() if start == "example" else rules.last_nodes(args["area_id"]) if start == "last" else []
    made = rules.draft(**args, nodes=nodes, by=g.person, now=g.now)
    return gone_to("admin.civility_version", version_id=made.id, done="made")


@bp.post("/civility/versions/<uuid:version_id>/nodes")
@only(Role.AREA_ADMIN)
@once
@bp.form(NodeForm, again=civility_version)
def add_node(args, version_id):
    sight.version(version_id, by=g.person, now=g.now)
    rules.put_node(rules.managed(version_id, by=g.person, now=g.now), as_node(args), by=g.person, now=g.now)
    return gone_to("admin.civility_version", version_id=version_id, done="saved")


@bp.post("/civility/versions/<uuid:version_id>/publish")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=civility_version)
def publish_version(version_id):
    sight.version(version_id, by=g.person, now=g.now)
    rules.publish(rules.managed(version_id, by=g.person, now=g.now), by=g.person, now=g.now)
    return gone_to("admin.civility_version", version_id=version_id, done="version_published")


@bp.post("/civility/versions/<uuid:version_id>/retire")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=civility_version)
def retire_version(version_id):
    sight.version(version_id, by=g.person, now=g.now)
    rules.retire(rules.managed(version_id, by=g.person, now=g.now), by=g.person, now=g.now)
    return gone_to("admin.civility_version", version_id=version_id, done="saved")


@bp.post("/civility/versions/<uuid:version_id>/periods")
@only(Role.AREA_ADMIN)
@once
@bp.form(BeginForm, again=civility_version)
def begin_period(args, version_id):
    sight.version(version_id, by=g.person, now=g.now)
    made = periods.begin(version_id, **args, by=g.person, now=g.now)
    return gone_to("admin.civility_period", period_id=made.id, done="made")
