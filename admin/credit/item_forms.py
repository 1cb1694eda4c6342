"""One item of a draft as a form: what it brings, how far, for how long, on what evidence."""
from flask import url_for
from flask_babel import gettext as _

from admin import forms
from admin.credit import words
from models import Indicator, RulebookVersion
from services.credit import hundredths
from services.refusals import N_, ValidationFailed

CODE = r"[a-z][a-z0-9_]{0,39}\Z"
EMPTY = {"deed_most": None, "most": None, "term_months": None, "repair_class": None, "grade": None, "per_quantity": 1, "evidence_zh": "",
         "evidence_en": "", "basis": "", "asked_zh": "", "asked_en": ""}


class ItemForm(forms.Form):
    version = forms.hidden(12)
    branch = forms.one_of_many(N_("Branch"))
    code = forms.words(N_("Code"), longest=40, pattern=CODE, wrong=N_("Small letters, digits and _, please, beginning with a letter."),
                       hint=N_("The same code as in the version before means the same deed."))
    name_zh = forms.words(N_("Name in Chinese"))
    name_en = forms.words(N_("Name in English"), longest=200)
    each_centipoints = forms.hundredths(N_("Worth, points"), inputmode="text", hint=N_("Such as 0.5, or -1 for a fault."))
    measured = forms.one_of(N_("Measured in"), tuple(words.MEASURED.items()))
    per_quantity = forms.whole(N_("For every"), 1, 100_000, required=False, hint=N_("So many minutes or times; empty: for each."))
    deed_most = forms.hundredths(N_("One deed at most"), least=1, required=False)
    most = forms.hundredths(N_("All together at most"), least=0, required=False)
    term_months = forms.whole(N_("Counts for, months"), 1, 120, required=False, hint=N_("A fault always has a term."))
    repair_class = forms.one_of(N_("How grave"), tuple(words.CLASSES.items()), required=False, hint=N_("Only for a fault."))
    doubles = forms.one_of(N_("Doubles"), words.YES, required=False, hint=N_("The same fault again within its term counts twice."))
    grade = forms.one_of_many(N_("Sets the grade"), required=False, hint=N_("Only where it is that grave."))
    evidence_zh = forms.words(N_("Evidence, in Chinese"), longest=500, kind="textarea", required=False)
    evidence_en = forms.words(N_("Evidence, in English"), longest=500, kind="textarea", required=False)
    basis = forms.words(N_("Basis"), longest=500, kind="textarea", required=False, hint=N_("The law, the resolution or the village's own rules."))
    asked_zh = forms.words(N_("What neighbours are asked, in Chinese"), longest=300, required=False, hint=N_(
        "Only for households: a round of reviews asks it, and its result alone is an entry of this item."))
    asked_en = forms.words(N_("What neighbours are asked, in English"), longest=300, required=False)


def adding(found: RulebookVersion) -> forms.ShownForm:
    return forms.show(ItemForm, url_for("admin.add_item", rulebook_version_id=found.id), _("Add it"), choices=_choices(found),
                      values={"version": found.version, "measured": "times", "term_months": 12})


def changing(row: Indicator, found: RulebookVersion) -> forms.ShownForm:
    values = {name: getattr(row, name) for name in ItemForm().fields if name not in ("version", "branch", "grade", "doubles")}
    values |= {name: None if values[name] is None else hundredths.shown(values[name]) for name in ("each_centipoints", "deed_most", "most")}
    grades = {grade.rank: grade.code for grade in found.grades}
    branches = {branch.id: branch.code for branch in found.indicators if branch.parent_id is None}
    values |= {"version": found.version, "branch": branches[row.parent_id], "grade": grades.get(row.grade_rank),
               "doubles": "yes" if row.doubles else None}
    return forms.show(ItemForm, url_for("admin.edit_item", item_id=row.id), _("Save"), values=values, choices=_choices(found))


def as_item(args: dict) -> dict:
    """The form's fields as a document has them (services/credit/rules.py)."""
    return EMPTY | {name: value for name, value in args.items() if name not in ("version", "branch")} | {"doubles": args.get("doubles") == "yes"}


def by_the_form(error: ValidationFailed, at: str) -> ValidationFailed:
    """The same with its sentences at a field that the form has."""
    return ValidationFailed({at: [sentence for found in error.errors.values() for sentence in found]})


def each(row: Indicator) -> str:
    """What it brings for how much."""
    brings = hundredths.signed(row.each_centipoints)
    if row.measured == "minutes":
        return _("%(points)s for %(minutes)d min", points=brings, minutes=row.per_quantity)
    return brings if row.per_quantity == 1 else _("%(points)s for %(times)d times", points=brings, times=row.per_quantity)


def caps(row: Indicator) -> str:
    """How much one deed and all together bring or take at most."""
    limits = ((N_("%(points)s a deed"), row.deed_most), (N_("%(points)s in all"), row.most))
    return ", ".join(_(label, points=hundredths.shown(most)) for label, most in limits if most is not None)


def _choices(found: RulebookVersion) -> dict:
    return {"branch": [(row.code, words.said(row, "name")) for row in found.indicators if row.parent_id is None],
            "grade": [(grade.code, f"{grade.code} · {words.said(grade, 'name')}") for grade in found.grades]}
