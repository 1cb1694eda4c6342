"""What a draft that stands on no other rulebook says of scores, as forms: where they begin and end, and one grade."""
from flask import url_for
from flask_babel import gettext as _

from admin import forms
from models import Grade, RulebookVersion
from services.credit import hundredths
from services.credit.oversight.documents import GRADE
from services.refusals import N_

MOST = 100_000_000  # of what a score can be, as the calls of the API have it


class ScaleForm(forms.Form):
    version = forms.hidden(12)
    base = forms.hundredths(N_("Everybody begins with, points"), least=0, most=MOST)
    most = forms.hundredths(N_("Score at most"), least=0, most=MOST)


class GradeForm(forms.Form):
    version = forms.hidden(12)
    code = forms.words(N_("Code"), longest=10, hint=N_("Such as A or AA: what stands first wherever the grade is shown."))
    name_zh = forms.words(N_("Name in Chinese"), longest=60)
    name_en = forms.words(N_("Name in English"), longest=100)
    from_centipoints = forms.hundredths(N_("From, points"), least=0, most=MOST, hint=N_("Up to below the next better grade; the last one is from 0."))
    opens_zh = forms.words(N_("What it opens, in Chinese"), longest=500, kind="textarea", required=False)
    opens_en = forms.words(N_("What it opens, in English"), longest=500, kind="textarea", required=False)


def scaling(found: RulebookVersion) -> forms.ShownForm:
    return forms.show(ScaleForm, url_for("admin.scale_version", rulebook_version_id=found.id), _("Save"), values={
        "version": found.version, "base": hundredths.shown(found.base_centipoints), "most": hundredths.shown(found.most_centipoints)})


def adding(found: RulebookVersion) -> forms.ShownForm:
    return forms.show(GradeForm, url_for("admin.add_grade", rulebook_version_id=found.id), _("Add it"), values={"version": found.version},
                      note=_("Rewards and receivers of letters name a grade by its code. Which of them would be open to nobody is said "
                             "on this page."))


def changing(row: Grade, found: RulebookVersion) -> forms.ShownForm:
    values = {name: getattr(row, name) for name in GRADE} | {"version": found.version, "from_centipoints": hundredths.shown(row.from_centipoints)}
    return forms.show(GradeForm, url_for("admin.edit_grade", grade_id=row.id), _("Save"), values=values)


def place(args: dict, found: RulebookVersion, *, instead_of: str | None = None) -> str:
    """The field that a refusal of this grade is about."""
    return "code" if args["code"] in {grade.code for grade in found.grades} - {instead_of} else "from_centipoints"


def as_grade(args: dict) -> dict:
    """The form's fields as a document has them (services/credit/rules.py)."""
    return {name: args.get(name, "") for name in GRADE}
