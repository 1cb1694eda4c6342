"""The culture calendar: days entered, and taken off it."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit.words import said, signed
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, CultureDay, Role, local_day
from services.culture import calendar, oversight
from services.people import names
from services.refusals import N_

EMPTY = {"about_zh": "", "about_en": ""}


class DayForm(forms.Form):
    area_id = forms.area(N_("Area"), hint=N_("With everything below it."))
    on_day = forms.day(N_("First day"))
    until_on = forms.day(N_("Last day"))
    title_zh = forms.words(N_("Title in Chinese"))
    title_en = forms.words(N_("Title in English"), longest=200)
    about_zh = forms.words(N_("What there is, in Chinese"), longest=500, kind="textarea", required=False)
    about_en = forms.words(N_("What there is, in English"), longest=500, kind="textarea", required=False)


@bp.get("/culture/days")
@only(*OVERSIGHT)
def culture_days():
    today = local_day(g.now, g.person.home_area)
    page = lists.page(oversight.days(g.person, g.now), [CultureDay.on_day, CultureDay.id])
    areas = names.areas(row.area_id for row in page["items"])
    new = [(_("Enter a day"), forms.show(DayForm, url_for("admin.enter_culture_day"), _("Enter it"), choices={"area_id": lists.own_areas()},
                                         values={"on_day": today, "until_on": today}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Culture calendar"), new=new,
        intro=_("Festivals and days of the community, as residents see them in the mini program."),
        table=shown.table(
            _("Culture calendar"), [_("Title"), _("Days"), _("Area"), _("State")], page,
            lambda row: [shown.text(said(row, "title"), url_for("admin.culture_day", culture_day_id=row.id)), _days(row),
                         shown.text(areas.get(row.area_id)), _state(row)],
            empty=_("No day was entered yet.")))


def _days(row: CultureDay) -> shown.Cell:
    return shown.day(row.on_day) if row.on_day == row.until_on else shown.days(row.on_day, row.until_on)


def _state(row: CultureDay) -> shown.Cell:
    label, tone = (_("Off the calendar"), "over") if row.ended_at else (_("On the calendar"), "good")
    return shown.Cell(label, kind="badge", tone=tone)


@bp.get("/culture/days/<uuid:culture_day_id>")
@only(*OVERSIGHT)
def culture_day(culture_day_id):
    found = oversight.day(culture_day_id, by=g.person, now=g.now)
    called, areas = names.people([found.made_by_id]), names.areas([found.area_id])
    end = (_("Take it off"), forms.show(
        None, url_for("admin.end_culture_day", culture_day_id=found.id), _("Take it off the calendar"), danger=True, note=_(
            "What stands on the calendar is not changed: to correct it, take it off and enter it again.")))
    return render_template(
        "admin/row.html", title=said(found, "title"), intro=said(found, "about"), state=_state(found),
        trail=[(_("Culture calendar"), url_for("admin.culture_days"))],
        facts=[(_("Days"), _days(found)), (_("Area"), shown.text(areas.get(found.area_id))),
               (_("Entered"), signed(found.made_at, called.get(found.made_by_id))),
               *([(_("Taken off"), shown.moment(found.ended_at))] if found.ended_at else [])],
        acts=[end] if found.ended_at is None and shown.may_change() else [])


@bp.post("/culture/days")
@only(Role.AREA_ADMIN)
@once
@bp.form(DayForm, again=culture_days)
def enter_culture_day(args):
    made = calendar.enter(**EMPTY | args, by=g.person, now=g.now)
    return gone_to("admin.culture_day", culture_day_id=made.id, done="saved")


@bp.post("/culture/days/<uuid:culture_day_id>/end")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=culture_day)
def end_culture_day(culture_day_id):
    calendar.end(culture_day_id, by=g.person, now=g.now)
    return gone_to("admin.culture_day", culture_day_id=culture_day_id, done="ended")
