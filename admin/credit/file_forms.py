"""Forms of a credit file: an entry, a fact."""
from flask import g, url_for
from flask_babel import gettext as _

from admin import forms
from admin.credit import item_forms, words
from models import CreditEntry, CreditFile, RulebookVersion, SubjectKind, local_day
from models.credit.files import UNITS
from services.refusals import N_


class EntryForm(forms.Form):
    code = forms.one_of_many(N_("Item"))
    happened_on = forms.day(N_("Happened on"), hint=N_("It counts from that day, also if it is entered later."))
    quantity = forms.whole(N_("Times, or minutes"), 1, 100_000)
    title = forms.words(N_("What happened"), longest=200)
    evidence = forms.words(N_("What shows it"), longest=500, kind="textarea")
    same_deed_as = forms.row(N_("The same deed as"), required=False, hint=N_("One deed counts once."))
    is_another = forms.one_of(N_("Another deed of the same day and item"), words.YES, required=False)


class FactForm(forms.Form):
    kind = forms.one_of(N_("Kind"), tuple(words.FACTS.items()))
    label = forms.words(N_("What"), longest=200)
    quantity = forms.whole(N_("How much"), 0, 10**12, required=False, hint=N_("2.15 mu are 215 hundredths; 12.50 yuan are 1250 fen."))
    unit = forms.one_of(N_("Unit"), tuple(words.UNITS.items()))
    from_on = forms.day(N_("From"))
    until_on = forms.day(N_("Until"), required=False)
    source = forms.words(N_("Source"), longest=200)


class ReasonForm(forms.Form):
    reason = forms.words(N_("Reason"), longest=500, kind="textarea", hint=N_("Whose file it is reads it."))


def entry(found: CreditFile, version: RulebookVersion, newest: list[CreditEntry]) -> forms.ShownForm:
    items = [(row.code, f"{words.said(row, 'name')} ({item_forms.each(row)})") for row in version.indicators if row.parent_id is not None]
    return forms.show(
        EntryForm, url_for("admin.enter_entry", file_id=found.id), _("Write it"),
        values={"happened_on": local_day(g.now, found.area), "quantity": 1},
        choices={"code": items, "same_deed_as": [(row.id, f"{row.happened_on} · {row.title}") for row in newest]})


def fact(found: CreditFile) -> forms.ShownForm:
    kinds = [(name, label) for name, label in words.FACTS.items() if (name == "licence") == (found.kind == SubjectKind.MERCHANT)]
    return forms.show(FactForm, url_for("admin.write_fact", file_id=found.id), _("Write it"), choices={"kind": kinds},
                      values={"unit": UNITS[0], "from_on": local_day(g.now, found.area)})
