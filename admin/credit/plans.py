"""Plans of community correction, for who runs them alone: to every other admin and to auditors nothing is there."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit.words import signed
from admin.door import bp, gone_to
from admin.for_person import person_asked
from api.edge.auth import only
from api.edge.idempotency import once
from models import CorrectionPlan, PlanStep, Role, local_day
from services.measures import plans
from services.people import names
from services.refusals import N_

FOOT = N_("Linli · nothing of a plan is written into the audit log")
STATES = {"running": (N_("Running"), "waits"), "done": (N_("Done"), "good"), "ended": (N_("Ended"), "over")}
STEPS = {"rule_kept": N_("A rule was kept"), "service": N_("Service was done"), "work_found": N_("Work was found"),
         "rule_broken": N_("A rule was broken")}


class PlanForm(forms.Form):
    person_id = forms.hidden()
    until_on = forms.day(N_("Last day"))
    service_minutes = forms.whole(N_("Service, minutes"), 1, 600_000)
    aims = forms.words(N_("Aims"), longest=1000, kind="textarea", hint=N_("What shall be reached, in plain words: the person reads it."))
    runner_ids = forms.rows(N_("Who runs it beside you"), hint=N_("They and you alone will see it, and the person."))


class StepForm(forms.Form):
    kind = forms.one_of(N_("What happened"), tuple(STEPS.items()), kind="radio")
    on_day = forms.day(N_("Day"))
    minutes = forms.whole(N_("Minutes"), 1, 1440, required=False, hint=N_("Of service alone."))
    note = forms.words(N_("In a sentence"), longest=500, kind="textarea", hint=N_("The person reads it."))


@bp.get("/credit/correction-plans")
@only(Role.AREA_ADMIN)
def correction_plans():
    page = lists.page(plans.run_by(g.person, g.now), [CorrectionPlan.id])
    called = names.people(row.person_id for row in page["items"])
    return render_template(
        "admin/list.html", title=_("Plans of community correction"), foot=_(FOOT),
        intro=_("Those that you run. Nobody else sees that they are there, and the audit log says nothing of them. "
                "A plan is begun from the person's page under People."),
        links=[(_("People"), url_for("admin.people"))],
        table=shown.table(
            _("Plans of community correction"), [_("Whose"), _("State"), _("First day"), _("Last day")], page,
            lambda row: [shown.text(called.get(row.person_id), url_for("admin.correction_plan", plan_id=row.id)), _state(row),
                         shown.day(row.from_on), shown.day(row.until_on)],
            empty=_("You run no plan.")))


def _state(row: CorrectionPlan) -> shown.Cell:
    label, tone = STATES[row.status]
    return shown.Cell(_(label), kind="badge", tone=tone)


@bp.get("/credit/correction-plans/new")
@only(Role.AREA_ADMIN)
def new_correction_plan():
    trail = [(_("Plans of community correction"), url_for("admin.correction_plans"))]
    person = person_asked()
    if person is None:
        return render_template("admin/list.html", title=_("Begin a plan"), intro=_("Whose plan is it? Open their page."), foot=_(FOOT),
                               links=[(_("People"), url_for("admin.people"))])
    form = forms.show(PlanForm, url_for("admin.begin_correction_plan"), _("Begin it"), values={"person_id": person.id},
                      choices={"runner_ids": lists.staff_but(g.person.id, person.id)})
    return render_template("admin/row.html", title=_("Begin a plan"), intro=person.display_name, trail=trail, foot=_(FOOT),
                           sections=[shown.Section(_("The plan"), forms=[("", form)])])


@bp.get("/credit/correction-plans/<uuid:plan_id>")
@only(Role.AREA_ADMIN)
def correction_plan(plan_id):
    found = plans.run(plan_id, by=g.person, now=g.now)
    stand = plans.stand(found)
    runners = [row.person_id for row in found.runners]
    called = names.people([found.person_id, found.made_by_id, *runners])
    page = lists.page(plans.steps(found.id, by=g.person, now=g.now), [PlanStep.id])
    by = names.people(row.by_id for row in page["items"])
    section = shown.Section(_("What happened"), table=shown.table(
        _("What happened"), [_("Day"), _("What happened"), _("Minutes"), _("In a sentence"), _("Entered")], page,
        lambda row: [shown.day(row.on_day), shown.word(row.kind, STEPS), shown.number(row.minutes), shown.text(row.note),
                     signed(row.at, by.get(row.by_id))],
        empty=_("Nothing was written down yet."), numbers=(2,)))
    acts = []
    if found.status == "running":
        section.forms = [(_("Write down what happened"), forms.show(
            StepForm, url_for("admin.write_plan_step", plan_id=found.id), _("Write it down"),
            values={"on_day": local_day(g.now, g.person.home_area)}))]
        acts = [(_("Close it"), forms.show(
            None, url_for("admin.close_correction_plan", plan_id=found.id), _("Close the plan"), danger=True,
            note=_("Where all of the service was done it is closed as done, else as ended. Nothing can be added afterwards.")))]
    return render_template(
        "admin/row.html", title=called[found.person_id], intro=found.aims, state=_state(found), acts=acts, sections=[section], foot=_(FOOT),
        trail=[(_("Plans of community correction"), url_for("admin.correction_plans"))],
        facts=[(_("Days"), shown.days(found.from_on, found.until_on)),
               (_("Service, minutes"), shown.text(_("%(done)d of %(asked)d", done=stand["service_minutes"], asked=stand["service_asked"]))),
               (_("Rules broken"), shown.number(stand["rules_broken"])), (_("Work found"), shown.text(_("yes") if stand["work_found"] else _("no"))),
               (_("Run by"), shown.text(" · ".join(called[key] for key in runners))),
               (_("Begun"), signed(found.made_at, called.get(found.made_by_id))),
               *([(_("Closed"), shown.moment(found.closed_at))] if found.closed_at else [])])


@bp.post("/credit/correction-plans")
@only(Role.AREA_ADMIN)
@once
@bp.form(PlanForm, again=new_correction_plan)
def begin_correction_plan(args):
    made = plans.begin(forms.as_id(args.pop("person_id")), **args, by=g.person, now=g.now)
    return gone_to("admin.correction_plan", plan_id=made.id, done="made")


@bp.post("/credit/correction-plans/<uuid:plan_id>/steps")
@only(Role.AREA_ADMIN)
@once
@bp.form(StepForm, again=correction_plan)
def write_plan_step(args, plan_id):
    plans.write(plan_id, **{"minutes": None} | args, by=g.person, now=g.now)
    return gone_to("admin.correction_plan", plan_id=plan_id, done="saved")


@bp.post("/credit/correction-plans/<uuid:plan_id>/close")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=correction_plan)
def close_correction_plan(plan_id):
    plans.close(plan_id, by=g.person, now=g.now)
    return gone_to("admin.correction_plan", plan_id=plan_id, done="plan_closed")
