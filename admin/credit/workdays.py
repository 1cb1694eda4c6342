"""Working days as they were corrected: deadlines of objections and repairs count by them."""
from datetime import timedelta

from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, CalendarDay, Role, local_day
from services.credit import workdays
from services.measures import sight as measures
from services.people import names
from services.refusals import N_

WORKED = (("yes", N_("Worked")), ("no", N_("Free")))
BACK = timedelta(days=60)


class DayForm(forms.Form):
    day = forms.day(N_("Day"))
    is_worked = forms.one_of(N_("What it is"), WORKED, kind="radio")
    note = forms.words(N_("Why"), longest=200)


@bp.get("/credit/working-days")
@only(*OVERSIGHT)
def working_days():
    today = local_day(g.now, g.person.home_area)
    page = lists.page(workdays.corrected_from(today - BACK), [CalendarDay.day], newest_first=False)
    called = names.people(row.by_id for row in page["items"])
    new = [(_("Correct a day"), forms.show(DayForm, url_for("admin.correct_day"), _("Correct it"), values={"day": today}))]
    return render_template(
        "admin/list.html", title=_("Working days"), new=new if measures.heads_a_district(g.person, g.now) else [],
        intro=_("Deadlines count by the calendar of the State Council and by these corrections of it. What was told before stays as it was told."),
        table=shown.table(
            _("Corrected days"), [_("Day"), _("What it is"), _("Why"), _("By"), _("When")], page,
            lambda row: [shown.day(row.day), shown.text(_("Worked") if row.is_worked else _("Free")), shown.text(row.note),
                         shown.text(called.get(row.by_id)), shown.moment(row.at)],
            empty=_("No day was corrected.")))


@bp.post("/credit/working-days")
@only(Role.AREA_ADMIN)
@once
@bp.form(DayForm, again=working_days)
def correct_day(args):
    workdays.correct(args["day"], is_worked=args["is_worked"] == "yes", note=args["note"], by=g.person, now=g.now)
    return gone_to("admin.working_days", done="saved")
