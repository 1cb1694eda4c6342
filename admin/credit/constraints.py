"""What limits somebody: by law, on a list, confirmed by a second person, until its day. And the lists that allow it."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import constraint_forms, words
from admin.credit.constraint_forms import ConstraintForm
from admin.credit.file_forms import ReasonForm
from admin.credit.files import credit_file
from admin.door import bp, gone_to
from api.edge import looks
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Constraint, ConstraintList, Role
from services.credit import entries, files
from services.credit.oversight import sight
from services.measures import constraints
from services.measures import sight as measures
from services.people import names
from services.refusals import N_

FOR_PERSONS = (("yes", N_("Yes, by a law that says so of persons")), ("no", N_("No, merchants alone")))


class EndForm(forms.Form):
    on = forms.day(N_("No longer from"), hint=N_("Nothing new stands on it from then on; what does keeps its own day."))


class ListForm(forms.Form):
    name = forms.words(N_("Name"), least=4, longest=200)
    authority = forms.words(N_("Authority"), least=2)
    edition = forms.words(N_("Edition"), least=4, longest=40)
    for_persons = forms.one_of(N_("Also for natural persons"), FOR_PERSONS, kind="radio")
    in_force_from = forms.day(N_("In force from"))


@bp.get("/credit/constraints")
@only(*OVERSIGHT)
def credit_constraints():
    page = lists.page(constraints.search(g.person, g.now), [Constraint.id])
    looks.note(files.look_at((row.file_id for row in page["items"]), "look", by=g.person, now=g.now))
    called, listed = sight.called(row.file_id for row in page["items"]), measures.list_names(row.list_id for row in page["items"])
    return render_template(
        "admin/list.html", title=_("Constraints"),
        intro=_("By law alone, never by a score. What is lifted or over is shown no more. A new one is entered on the file's page."),
        links=[(_("Lists"), url_for("admin.constraint_lists"))],
        table=shown.table(
            _("Constraints"), [_("Whose"), _("What is limited"), _("State"), _("First day"), _("Until"), _("List")], page,
            lambda row: [shown.text(called.get(row.file_id), url_for("admin.credit_constraint", constraint_id=row.id)),
                         shown.word(row.scene, words.LIMITS), constraint_forms.state(row), shown.day(row.from_on), shown.day(row.ends_on),
                         shown.text(listed.get(row.list_id))],
            empty=_("Nobody is limited in anything.")))


@bp.get("/credit/constraints/<uuid:constraint_id>")
@only(*OVERSIGHT)
def credit_constraint(constraint_id):
    found = measures.constraint(constraint_id, by=g.person, now=g.now)
    looks.note(files.look_at([found.file_id], "look", by=g.person, now=g.now))
    file = sight.of_id(found.file_id)
    called = names.people([found.entered_by_id, found.confirmed_by_id])
    facts = [(_("Whose"), shown.text(sight.called([file.id])[file.id], url_for("admin.credit_file", file_id=file.id))),
             (_("What is limited"), shown.word(found.scene, words.LIMITS)), (_("Scope"), shown.text(words.said(found, "scope"))),
             (_("Legal basis"), shown.text(found.legal_basis)), (_("Legal basis for natural persons"), shown.text(found.person_basis)),
             (_("List"), shown.text(found.list.name)), (_("Facts"), shown.text(found.facts)),
             (_("The decision it follows"), shown.text(found.decision)),
             (_("How grave"), shown.word(found.grade_class, words.CLASSES)), (_("First day"), shown.day(found.from_on)),
             (_("No longer from"), shown.day(found.ends_on)),
             (_("Entered"), words.signed(found.entered_at, called.get(found.entered_by_id))),
             *([(_("Confirmed"), words.signed(found.confirmed_at, called.get(found.confirmed_by_id)))]
               if found.confirmed_at else [])]
    acts, why_not = _acts(found, file)
    return render_template("admin/row.html", title=_("Constraint"), state=constraint_forms.state(found), facts=facts, acts=acts, why_not=why_not,
                           trail=[(_("Constraints"), url_for("admin.credit_constraints"))])


def _acts(found: Constraint, file) -> tuple[list, str]:
    if not shown.may_change(file.area):
        return [], ""
    if entries.is_of(file, g.person):
        return [], _("This file is your own or your household's: others decide.")
    lift = (_("Lift it"), forms.show(ReasonForm, url_for("admin.lift_constraint", constraint_id=found.id), _("Lift it"), danger=True))
    if found.confirmed_at is None and found.entered_by_id == g.person.id:
        return [lift], _("You entered it, so a second person confirms it.")
    confirm = [("", forms.show(None, url_for("admin.confirm_constraint", constraint_id=found.id), _("Confirm it")))]
    return [*(confirm if found.confirmed_at is None else []), lift], ""


@bp.get("/credit/constraint-lists")
@only(*OVERSIGHT)
def constraint_lists():
    page = lists.page(constraints.lists(), [ConstraintList.id])
    new = [(_("Enter a list"), forms.show(ListForm, url_for("admin.enter_constraint_list"), _("Enter it"))),
           *[(_("End: %(name)s", name=row.name), forms.show(
               EndForm, url_for("admin.end_constraint_list", constraint_list_id=row.id), _("End it"), danger=True))
             for row in page["items"] if row.ended_on is None]]
    return render_template(
        "admin/list.html", title=_("Lists of constraints"), new=new if measures.heads_a_district(g.person, g.now) else [],
        intro=_("Measures that a law allows, by its list and edition. Administrators of cities and districts enter them."),
        links=[(_("Constraints"), url_for("admin.credit_constraints"))],
        table=shown.table(
            _("Lists"), [_("Name"), _("Authority"), _("Edition"), _("Also for natural persons"), _("In force from"), _("Ended")], page,
            lambda row: [shown.text(row.name), shown.text(row.authority), shown.text(row.edition),
                         shown.text(_("yes") if row.for_persons else _("no")),
                         shown.day(row.in_force_from), shown.day(row.ended_on)],
            empty=_("No list was entered, so nothing can be limited.")))


@bp.post("/credit/files/<uuid:file_id>/constraints")
@only(Role.AREA_ADMIN)
@once
@bp.form(ConstraintForm, again=credit_file)
def enter_constraint(args, file_id):
    sight.file(file_id, by=g.person, now=g.now)
    made = constraints.enter(file_id, **args, by=g.person, now=g.now)
    return gone_to("admin.credit_constraint", constraint_id=made.id, done="constraint_entered")


@bp.post("/credit/constraints/<uuid:constraint_id>/confirm")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=credit_constraint)
def confirm_constraint(constraint_id):
    measures.constraint(constraint_id, by=g.person, now=g.now)
    constraints.confirm(constraint_id, by=g.person, now=g.now)
    return gone_to("admin.credit_constraint", constraint_id=constraint_id, done="confirmed")


@bp.post("/credit/constraints/<uuid:constraint_id>/lift")
@only(Role.AREA_ADMIN)
@once
@bp.form(ReasonForm, again=credit_constraint)
def lift_constraint(args, constraint_id):
    measures.constraint(constraint_id, by=g.person, now=g.now)
    constraints.lift(constraint_id, **args, by=g.person, now=g.now)
    return gone_to("admin.credit_constraints", done="lifted")


@bp.post("/credit/constraint-lists")
@only(Role.AREA_ADMIN)
@once
@bp.form(ListForm, again=constraint_lists)
def enter_constraint_list(args):
    constraints.enter_list(**args | {"for_persons": args["for_persons"] == "yes"}, by=g.person, now=g.now)
    return gone_to("admin.constraint_lists", done="saved")


@bp.post("/credit/constraint-lists/<uuid:constraint_list_id>/end")
@only(Role.AREA_ADMIN)
@once
@bp.form(EndForm, again=lambda constraint_list_id: constraint_lists())
def end_constraint_list(args, constraint_list_id):
    constraints.end_list(constraint_list_id, **args, by=g.person, now=g.now)
    return gone_to("admin.constraint_lists", done="ended")
