"""Inspection plans of merchants: drawn by a seed that everybody can draw again, of the better grades fewer; results entered."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import words
from admin.door import bp, gone_to
from api.edge import looks
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Inspection, InspectionPlan, Role, local_day
from services import draws
from services.credit import entries
from services.credit.oversight import sight
from services.measures import sight as measures
from services.measures import supervision
from services.people import names
from services.refusals import N_, ValidationFailed

RANKS = 5


class PlanForm(forms.Form):
    area_id = forms.area(N_("Area"))
    from_on = forms.day(N_("First day"))
    until_on = forms.day(N_("Until"))
    shares = forms.words(N_("Per cent of each grade, the best first"), longest=40,
                         hint=N_("Such as 10, 50: a tenth of the best, half of the second, and all others."))


class ResultForm(forms.Form):
    result = forms.one_of(N_("Result"), tuple(words.RESULTS.items()), kind="radio")
    found = forms.words(N_("What was found"), longest=1000, kind="textarea", hint=N_("It stands in the merchant's file."))
    done_on = forms.day(N_("Inspected on"))


@bp.get("/credit/inspection-plans")
@only(*OVERSIGHT)
def inspection_plans():
    page = lists.page(supervision.plans(g.person, g.now), [InspectionPlan.id])
    areas = names.areas(row.area_id for row in page["items"])
    new = [(_("Draw a plan"), forms.show(
        PlanForm, url_for("admin.draw_plan"), _("Draw it"), choices={"area_id": lists.own_areas()},
        values={"from_on": local_day(g.now, g.person.home_area), "shares": "10, 50"}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Inspection plans"), new=new,
        intro=_("Merchants of good standing are visited less. Whom chance draws, the seed decides, and everybody can draw again by it."),
        table=shown.table(
            _("Inspection plans"), [_("Days"), _("Area"), _("Seed"), _("Drawn")], page,
            lambda row: [shown.text(f"{row.from_on} – {row.until_on}", url_for("admin.inspection_plan", inspection_plan_id=row.id)),
                         shown.text(areas.get(row.area_id)), shown.code(row.seed), shown.moment(row.made_at)],
            empty=_("No plan was drawn yet.")))


@bp.get("/credit/inspection-plans/<uuid:inspection_plan_id>")
@only(*OVERSIGHT)
def inspection_plan(inspection_plan_id):
    found = measures.inspection_plan(inspection_plan_id, by=g.person, now=g.now)
    page = lists.page(supervision.inspections(found.id, by=g.person, now=g.now), [Inspection.id], newest_first=False)
    supervision.with_names(page["items"], by=g.person, now=g.now)
    looks.note(measures.look_at_grades(page["items"], by=g.person, now=g.now))
    called = sight.called(row.file_id for row in page["items"])
    table = shown.table(
        _("Whom it draws"), [_("Merchant"), _("Grade's rank"), _("Result"), _("What was found"), _("Inspected on")], page,
        lambda row: [shown.text(called.get(row.file_id), url_for("admin.inspection", inspection_plan_id=found.id, inspection_id=row.id)),
                     shown.number(row.shown_rank), _state(row), shown.text(row.found),
                     shown.day(row.done_on)],
        empty=_("It draws nobody: no merchant is in the scheme."), numbers=(1,))
    shares = " · ".join(_("rank %(rank)d: %(percent)d %%", **share) for share in found.shares)
    return render_template(
        "admin/row.html", title=_("Inspection plan"), trail=[(_("Inspection plans"), url_for("admin.inspection_plans"))],
        facts=[(_("Days"), shown.days(found.from_on, found.until_on)), (_("Area"), shown.text(found.area.name)), (_("Seed"), shown.code(found.seed)),
               (_("Shares"), shown.text(shares)), (_("Lot"), shown.code("SHA-256(seed|file id)")), (_("Drawn"), shown.moment(found.made_at))],
        sections=[shown.Section(_("Whom it draws"), table=table, note=_(
            "A merchant's lot is worked out of the seed and its file's id; of each grade the lowest lots are drawn. Grades not named: all."))])


def _state(row: Inspection) -> shown.Cell:
    return shown.badge(row.result or "open", words.RESULTS | {"open": N_("To be done")})


@bp.get("/credit/inspection-plans/<uuid:inspection_plan_id>/inspections/<uuid:inspection_id>")
@only(*OVERSIGHT)
def inspection(inspection_plan_id, inspection_id):
    found = measures.inspection(inspection_plan_id, inspection_id, by=g.person, now=g.now)
    supervision.with_names([found], by=g.person, now=g.now)
    looks.note(measures.look_at_grades([found], by=g.person, now=g.now))
    file = sight.of_id(found.file_id)
    may = shown.may_change(file.area) and found.result is None
    is_own = entries.is_of(file, g.person)
    form = forms.show(ResultForm, url_for("admin.enter_result", inspection_plan_id=inspection_plan_id, inspection_id=found.id), _("Enter it"),
                      values={"done_on": local_day(g.now, file.area)})
    return render_template(
        "admin/row.html", title=sight.called([file.id])[file.id],
        state=_state(found),
        trail=[(_("Inspection plans"), url_for("admin.inspection_plans")),
               (_("Inspection plan"), url_for("admin.inspection_plan", inspection_plan_id=inspection_plan_id))],
        facts=[(_("Grade's rank"), shown.number(found.shown_rank)), (_("Lot"), shown.code(draws.lot(
            measures.inspection_plan(inspection_plan_id, by=g.person, now=g.now).seed, file.id)[:16] + "…")), (_("File"), shown.text(
                _("to the file"), url_for("admin.credit_file", file_id=file.id))),
            *([(_("What was found"), shown.text(found.found)), (_("Inspected on"), shown.day(found.done_on))] if found.result else [])],
        why_not=_("You own this merchant, so others decide.") if may and is_own else "",
        sections=[shown.Section(_("Enter the result"), forms=[("", form)])] if may and not is_own else [])


@bp.post("/credit/inspection-plans")
@only(Role.AREA_ADMIN)
@once
@bp.form(PlanForm, again=inspection_plans)
def draw_plan(args):
    shares = _shares(args.pop("shares"))
    made = supervision.plan(**args, shares=shares, by=g.person, now=g.now)
    return gone_to("admin.inspection_plan", inspection_plan_id=made.id, done="plan_drawn")


def _shares(text: str) -> list[dict]:
    """ "10, 50" as the shares of ranks 1 and 2."""
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    if len(parts) > RANKS or any(not (part.isascii() and part.isdecimal() and int(part) <= 100) for part in parts):
        raise ValidationFailed({"shares": [N_("Whole numbers up to 100, with commas between them, please.")]})
    return [{"rank": rank, "percent": int(part)} for rank, part in enumerate(parts, 1)]


@bp.post("/credit/inspection-plans/<uuid:inspection_plan_id>/inspections/<uuid:inspection_id>/result")
@only(Role.AREA_ADMIN)
@once
@bp.form(ResultForm, again=inspection)
def enter_result(args, inspection_plan_id, inspection_id):
    measures.inspection(inspection_plan_id, inspection_id, by=g.person, now=g.now)
    supervision.enter(inspection_id, **args, by=g.person, now=g.now)
    return gone_to("admin.inspection_plan", inspection_plan_id=inspection_plan_id, done="saved")
