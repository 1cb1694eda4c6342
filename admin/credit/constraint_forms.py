"""A constraint as it is entered on a file's page, and what holds in that file now."""
from flask import g, url_for
from flask_babel import gettext as _

from admin import forms, shown
from admin.credit import words
from api.edge import paging
from models import Constraint, ConstraintList, CreditFile, local_day
from services.measures import constraints
from services.refusals import N_

STATES = {"waits": N_("Waits for a second person"), "holds": N_("Holds"),
          "coming": N_("Confirmed, begins later"), "over": N_("Over"), "lifted": N_("Lifted")}
TONES = {"waits": "waits", "holds": "bad", "coming": "waits"}
SHOWN = 50


class ConstraintForm(forms.Form):
    scene = forms.one_of(N_("What is limited"), tuple(words.LIMITS.items()), hint=N_("No basic public service can be limited."))
    list_id = forms.row(N_("The list it stands on"))
    legal_basis = forms.words(N_("Legal basis"), least=6, longest=300, hint=N_("The law with its article."))
    person_basis = forms.words(N_("Legal basis for natural persons"), least=6, longest=300, required=False,
                               hint=N_("Needed for residents and households."))
    facts = forms.words(N_("Facts"), least=4, longest=1000, kind="textarea")
    decision = forms.words(N_("The decision it follows"), least=4, longest=200, hint=N_("Its number and who made it."))
    scope_zh = forms.words(N_("Scope in Chinese"), least=2, longest=300)
    scope_en = forms.words(N_("Scope in English"), least=2, longest=300)
    grade_class = forms.one_of(N_("How grave"), tuple(words.CLASSES.items()))
    months = forms.whole(N_("For so many months"), 1, 36)
    from_on = forms.day(N_("First day"))


def section(found: CreditFile, writes: bool) -> shown.Section:
    page = paging.page(constraints.search(g.person, g.now, file_id=found.id), [Constraint.id], limit=SHOWN, cursor=None) | {"next_cursor": None}
    table = shown.table(
        _("Constraints"), [_("What is limited"), _("State"), _("First day"), _("No longer from")], page,
        lambda row: [shown.text(_(words.LIMITS[row.scene]), url_for("admin.credit_constraint", constraint_id=row.id)), state(row),
                     shown.day(row.from_on), shown.day(row.ends_on)],
        empty=_("It is limited in nothing."))
    made = shown.Section(_("Constraints"), table=table, note=_("By law alone, never by a score; and a second person confirms each."))
    if not writes:
        return made
    today = local_day(g.now, found.area)
    listed = [row for row in paging.page(constraints.lists(), [ConstraintList.id], limit=SHOWN, cursor=None)["items"]
              if row.ended_on is None or row.ended_on > today]
    if listed:
        made.forms = [(_("Enter a constraint"), forms.show(
            ConstraintForm, url_for("admin.enter_constraint", file_id=found.id), _("Enter it"), values={"from_on": today},
            choices={"list_id": [(row.id, row.name) for row in listed]}))]
    else:
        made.note += " " + _("No list was entered, so nothing can be limited.")
    return made


def state(row: Constraint) -> shown.Cell:
    today = local_day(g.now, g.person.home_area)
    code = ("lifted" if row.lifted_at else "over" if row.ends_on <= today else "waits" if row.confirmed_at is None
            else "coming" if row.from_on > today else "holds")
    return shown.Cell(_(STATES[code]), kind="badge", tone=TONES.get(code, "over"))
