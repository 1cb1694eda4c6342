"""One item of a version: looked at, and while it is a draft added, changed and taken out."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, shown
from admin.credit import item_forms, words
from admin.credit.versions import rulebook_version, trail_below
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from api.edge.problems import StaleVersion
from models import OVERSIGHT, Indicator, Role, RulebookStatus, RulebookVersion
from services.credit import rulebooks
from services.credit.oversight import documents, sight
from services.refusals import ValidationFailed


@bp.get("/credit/items/<uuid:item_id>")
@only(*OVERSIGHT)
def rulebook_item(item_id):
    row, found = sight.item(item_id, by=g.person, now=g.now)
    sections = []
    if row.id in documents.own_ids(found) and found.status == RulebookStatus.DRAFT and shown.may_change(found.rulebook.area):
        sections = [shown.Section(_("Change it"), forms=[("", item_forms.changing(row, found)), (_("Take it out"), forms.show(
            None, url_for("admin.drop_item", item_id=row.id), _("Take it out"), danger=True))])]
    return render_template(
        "admin/row.html", title=words.said(row, "name"), facts=_facts(row, found), sections=sections,
        trail=trail_below(found))


def _facts(row: Indicator, found: RulebookVersion) -> list:
    grades = {grade.rank: grade.code for grade in found.grades}
    branch = next(each for each in found.indicators if each.id == row.parent_id)
    return [(_("Branch"), shown.text(words.said(branch, "name"))), (_("Code"), shown.code(row.code)), 
            (_("Whose"), shown.word(row.layer, words.LAYERS)),
            (_("Worth"), shown.Cell(item_forms.each(row), kind="number")), (_("One deed at most"), words.points(row.deed_most)),
            (_("All together at most"), words.points(row.most)),
            (_("Counts for, months"), shown.number(row.term_months) if row.term_months else shown.text(_("for good"))),
            (_("Doubles"), shown.text(_("yes") if row.doubles else _("no"))),
            *([(_("How grave"), shown.word(row.repair_class or "ordinary", words.CLASSES))] if row.each_centipoints < 0 else []),
            *([(_("Sets the grade"), shown.text(grades.get(row.grade_rank)))] if row.grade_rank else []),
            *([(_("Counts only"), shown.text(_("for what happens from its first day on: no earlier version knew it")))]
              if row.not_before_force else []),
            (_("What shows it"), shown.text(words.said(row, "evidence"))), (_("Basis"), shown.text(row.basis)),
            *([(_("What neighbours are asked"), shown.text(words.said(row, "asked")))] if row.asked_zh else [])]


@bp.post("/credit/versions/<uuid:rulebook_version_id>/items")
@only(Role.AREA_ADMIN)
@once
@bp.form(item_forms.ItemForm, again=rulebook_version)
def add_item(args, rulebook_version_id):
    found = sight.version(rulebook_version_id, by=g.person, now=g.now)
    write(found, documents.with_item(documents.of(found), args["branch"], item_forms.as_item(args)), args["version"])
    return gone_to("admin.rulebook_version", rulebook_version_id=found.id, done="saved")


@bp.post("/credit/items/<uuid:item_id>")
@only(Role.AREA_ADMIN)
@once
@bp.form(item_forms.ItemForm, again=rulebook_item)
def edit_item(args, item_id):
    row, found = sight.item(item_id, by=g.person, now=g.now)
    changed = documents.with_item(documents.of(found), args["branch"], item_forms.as_item(args), instead_of=row.code)
    write(found, changed, args["version"])
    return gone_to("admin.rulebook_version", rulebook_version_id=found.id, done="saved")


@bp.post("/credit/items/<uuid:item_id>/drop")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=rulebook_item)
def drop_item(item_id):
    row, found = sight.item(item_id, by=g.person, now=g.now)
    write(found, documents.without_item(documents.of(found), row.code), str(found.version))
    return gone_to("admin.rulebook_version", rulebook_version_id=found.id, done="saved")


def write(found: RulebookVersion, document: dict, version: str, *, at: str = "code") -> None:
    """The draft's rules written anew, unless somebody else did so meanwhile. `at`: the form's field beside which a refusal stands."""
    if str(rulebooks.at(found.id, g.person, g.now, RulebookStatus.DRAFT).version) != version:
        raise StaleVersion
    try:
        rulebooks.rewrite(found.id, document, by=g.person, now=g.now)
    except ValidationFailed as error:
        raise item_forms.by_the_form(error, at) from error
