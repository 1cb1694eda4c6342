"""One grade of a version: looked at, and while it is a draft added, changed and taken out; and between which points scores lie."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, shown
from admin.credit import grade_forms, words
from admin.credit.items import write
from admin.credit.versions import rulebook_version, trail_below
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Role, RulebookStatus, RulebookVersion
from services.credit.oversight import documents, sight
from services.refusals import NotFound


@bp.get("/credit/grades/<uuid:grade_id>")
@only(*OVERSIGHT)
def rulebook_grade(grade_id):
    row, found = sight.grade(grade_id, by=g.person, now=g.now)
    sections = []
    if found.template_id is None and found.status == RulebookStatus.DRAFT and shown.may_change(found.rulebook.area):
        needed = documents.needs_grade(documents.of(found), row.code)
        drop = forms.show(None, url_for("admin.drop_grade", grade_id=row.id), _("Take it out"), danger=True)
        sections = [shown.Section(
            _("Change it"), forms=[("", grade_forms.changing(row, found)), *([] if needed else [(_("Take it out"), drop)])],
            note=_("It cannot be taken out while an item sets it, or while it is the only one.") if needed else "")]
    return render_template(
        "admin/row.html", title=f"{row.code} · {words.said(row, 'name')}", sections=sections,
        facts=[(_("Rank"), shown.number(row.rank)), (_("From, points"), words.points(row.from_centipoints)),
               (_("Below, points"), words.points(row.below_centipoints)), (_("What it opens"), shown.text(words.said(row, "opens")))],
        trail=trail_below(found))


@bp.post("/credit/versions/<uuid:rulebook_version_id>/scale")
@only(Role.AREA_ADMIN)
@once
@bp.form(grade_forms.ScaleForm, again=rulebook_version)
def scale_version(args, rulebook_version_id):
    found = _own(sight.version(rulebook_version_id, by=g.person, now=g.now))
    changed = {**documents.of(found), "base_centipoints": args["base"], "most_centipoints": args["most"]}
    write(found, changed, args["version"], at="base")
    return _gone(found)


@bp.post("/credit/versions/<uuid:rulebook_version_id>/grades")
@only(Role.AREA_ADMIN)
@once
@bp.form(grade_forms.GradeForm, again=rulebook_version)
def add_grade(args, rulebook_version_id):
    found = _own(sight.version(rulebook_version_id, by=g.person, now=g.now))
    write(found, documents.with_grade(documents.of(found), grade_forms.as_grade(args)), args["version"], at=grade_forms.place(args, found))
    return _gone(found)


@bp.post("/credit/grades/<uuid:grade_id>")
@only(Role.AREA_ADMIN)
@once
@bp.form(grade_forms.GradeForm, again=rulebook_grade)
def edit_grade(args, grade_id):
    row, found = sight.grade(grade_id, by=g.person, now=g.now)
    changed = documents.with_grade(documents.of(_own(found)), grade_forms.as_grade(args), instead_of=row.code)
    write(found, changed, args["version"], at=grade_forms.place(args, found, instead_of=row.code))
    return _gone(found)


@bp.post("/credit/grades/<uuid:grade_id>/drop")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=rulebook_grade)
def drop_grade(grade_id):
    row, found = sight.grade(grade_id, by=g.person, now=g.now)
    write(_own(found), documents.without_grade(documents.of(found), row.code), str(found.version))
    return _gone(found)


def _own(found: RulebookVersion) -> RulebookVersion:
    """NotFound for a version whose grades are those of the rulebook that it stands on."""
    if found.template_id is not None:
        raise NotFound
    return found


def _gone(found: RulebookVersion):
    return gone_to("admin.rulebook_version", rulebook_version_id=found.id, done="saved")
