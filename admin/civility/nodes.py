"""A branch or a leaf of a version: shown, and in a draft changed or taken out."""
from flask import g, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from admin import forms, shown
from admin.civility import words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, WHOLE, CivilityNode, CivilityVersion, Role, VersionStatus
from services.civility import sight, trees
from services.civility import versions as rules
from services.refusals import N_, ValidationFailed

LINE = " | "


class NodeForm(forms.Form):
    code = forms.verbatim(N_("Code"), longest=20, hint=N_("2.3 lies below 2."))
    name_zh = forms.name(N_("Name in Chinese"), longest=60)
    name_en = forms.name(N_("Name in English"), longest=120)
    weight_hundredths = forms.hundredths(N_("Weight, %"), 1, WHOLE, hint=N_("Of the branch above; all below one branch are 100 together."))
    method = forms.one_of(N_("Method"), tuple(words.METHODS.items()), required=False, hint=N_("A branch has none, nor anything that follows."))
    part = forms.one_of(N_("Part"), tuple(words.PARTS.items()), required=False)
    measure = forms.one_of(N_("What is counted"), tuple(words.MEASURES.items()), required=False)
    answers = forms.one_of(N_("How it is answered"), tuple(words.ANSWERS.items()), required=False)
    scale_from_hundredths = forms.hundredths(N_("Value of mark 0"), required=False)
    scale_to_hundredths = forms.hundredths(N_("Value of mark 100"), required=False)
    evidence_zh = forms.words(N_("Evidence, in Chinese"), longest=500, kind="textarea", required=False)
    evidence_en = forms.words(N_("Evidence, in English"), longest=500, kind="textarea", required=False)
    items = forms.words(N_("Questions or checklist"), longest=9000, kind="textarea", required=False,
                        hint=N_("One a line: Chinese, a vertical bar, English."))


def called(row) -> str:
    """A node's or version's name in the reader's language."""
    kind = "name" if isinstance(row, CivilityNode) else "title"
    return getattr(row, f"{kind}_{'en' if str(get_locale()) == 'en' else 'zh'}")


@bp.get("/civility/nodes/<uuid:node_id>")
@only(*OVERSIGHT)
def civility_node(node_id):
    found, node = rules.node_of(node_id, by=g.person, now=g.now)
    sight.version(found.id, by=g.person, now=g.now)
    acts = []
    if shown.may_change(found.area) and found.status == VersionStatus.DRAFT:
        acts = [(_("Change it"), forms.show(NodeForm, url_for("admin.edit_node", node_id=node.id), _("Save"), values=_values(node))),
                (_("Take it out"), forms.show(None, url_for("admin.drop_node", node_id=node.id), _("Take it out"), danger=True,
                                              note=_("With all that lies below it.")))]
    lines = shown.Table(_("Questions or checklist"), [_("Chinese"), _("English")], [
        [shown.code(item["zh"]), shown.code(item["en"])] for item in node.items], "")
    return render_template(
        "admin/row.html", title=f"{node.code} {called(node)}", acts=acts,
        trail=[(_("Versions of the index"), url_for("admin.civility_versions")),
               (called(found), url_for("admin.civility_version", version_id=found.id))],
        sections=[shown.Section(_("Questions or checklist"), table=lines)] if node.items else [],
        facts=[(_("Weight, %"), words.number(node.weight_hundredths)), *([
            (_("Part"), shown.word(node.part, words.PARTS)), (_("Method"), shown.word(node.method, words.METHODS)),
            *([(_("What is counted"), shown.word(node.measure, words.MEASURES))] if node.measure else []),
            *([(_("How it is answered"), shown.word(node.answers, words.ANSWERS))] if node.answers else []),
            (_("Value of mark 0"), words.number(node.scale_from_hundredths)), (_("Value of mark 100"), words.number(node.scale_to_hundredths)),
            (_("Evidence"), shown.text(node.evidence_en if str(get_locale()) == "en" else node.evidence_zh))] if node.is_leaf else [])])


def _values(node: CivilityNode) -> dict:
    hundredths = ("weight_hundredths", "scale_from_hundredths", "scale_to_hundredths")
    given = rules.as_given(node)
    return given | {name: (given[name] is not None and words.hundredths(given[name]).replace(",", "")) or None for name in hundredths} | {
        "items": "\n".join(f"{item['zh']}{LINE}{item['en']}" for item in node.items)}


def as_node(args: dict) -> dict:
    """ValidationFailed for a line without its English."""
    lines = [line.split("|") for line in args.get("items", "").splitlines() if line.strip()]
    if any(len(line) != 2 or not all(part.strip() for part in line) or max(map(len, line)) > 200 for line in lines) or len(lines) > trees.MOST_ITEMS:
        raise ValidationFailed({"items": [N_("One a line, at most 20: Chinese, a vertical bar, English.")]})
    return rules.EMPTY | args | {"items": [{"zh": line[0].strip(), "en": line[1].strip()} for line in lines]}


@bp.post("/civility/nodes/<uuid:node_id>")
@only(Role.AREA_ADMIN)
@once
@bp.form(NodeForm, again=civility_node)
def edit_node(args, node_id):
    found, _old = _managed(node_id)
    rules.put_node(found, as_node(args), instead_of=node_id, by=g.person, now=g.now)
    return gone_to("admin.civility_version", version_id=found.id, done="saved")


@bp.post("/civility/nodes/<uuid:node_id>/drop")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=civility_node)
def drop_node(node_id):
    found, node = _managed(node_id)
    rules.drop_node(found, node, by=g.person, now=g.now)
    return gone_to("admin.civility_version", version_id=found.id, done="saved")


def _managed(node_id) -> tuple[CivilityVersion, CivilityNode]:
    found, node = rules.node_of(node_id, by=g.person, now=g.now)
    sight.version(found.id, by=g.person, now=g.now)
    return rules.managed(found.id, by=g.person, now=g.now), node
