"""Figures over months, as pictures and as tables."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists
from admin.charts import Picture, Series
from admin.door import bp
from api.edge.auth import only
from models import OVERSIGHT, Area
from services.access import reach
from services.areas import figures as counted
from services.areas import grids
from services.refusals import N_

SPANS = (("6", N_("six months")), ("12", N_("twelve months")), ("24", N_("twenty-four months")))


class Span(forms.Form):
    area_id = lists.area_filter()
    months = forms.one_of(N_("Span"), SPANS, required=False, filter=True)


@bp.get("/figures")
@only(*OVERSIGHT)
def figures():
    asked = forms.narrowed(Span)
    area = reach.area_within(g.person, asked["area_id"], OVERSIGHT, g.now) if "area_id" in asked else grids.roots(g.person, g.now)[0]
    asked = {"area_id": area.id, "months": asked.get("months", "12")}
    return render_template(
        "admin/figures.html", title=_("Figures"), intro=area.name, pictures=drawn(area, int(asked["months"])),
        filters=forms.show(Span, url_for("admin.figures"), _("Show"), values=asked, choices={"area_id": lists.areas()}))


def drawn(area: Area, span: int) -> list[tuple[Picture, str]]:
    """(picture, what its rows are) of events, hours, points and shops."""
    months = counted.last_months(area, g.now, span)
    labels = [f"{first:%Y-%m}" if span <= 6 else f"{first:%y-%m}" for first in months.firsts]
    month, nothing = _("Month"), _("Nothing happened in this time.")
    issued, spent = counted.points(area, months)
    shops = counted.coupons_by_shop(area, months)
    return [
        (Picture(_("Events"), labels, [Series(_("Events"), counted.events(area, months))], empty=nothing), month),
        (Picture(_("Hours given"), labels, [Series(_("Hours"), counted.hours(area, months))], empty=nothing), month),
        (Picture(_("Points issued and spent"), labels,
                 [Series(_("Issued"), issued), Series(_("Spent"), spent)], empty=nothing), month),
        (Picture(_("Coupons used, by shop"), [name for name, _, _ in shops],
                 [Series(_("Coupons"), [used for _, used, _ in shops])], lying=True, empty=nothing), _("Shop")),
    ]
