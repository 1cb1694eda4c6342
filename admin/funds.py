"""Funds: what an area can issue and pay, and what sponsors put in."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Fund, Role, TopUp
from services.access import reach
from services.people import names
from services.points import funds as rules
from services.refusals import N_


class Narrow(forms.Form):
    area_id = lists.area_filter()


class FundForm(forms.Form):
    area_id = forms.area(N_("Area"), hint=N_("It pays in this area and in all below that have none of their own."))
    name = forms.name(N_("Name"), longest=60)
    period_start = forms.day(N_("First day"))
    period_end = forms.day(N_("Last day"))


class TopUpForm(forms.Form):
    points = forms.whole(N_("Points"), 0, 1_000_000_000)
    amount_fen = forms.yuan(N_("Money, yuan"))
    reference = forms.words(N_("Reference"), hint=N_("Of the sponsor's letter or transfer."))


@bp.get("/funds")
@only(*OVERSIGHT)
def funds():
    asked = forms.narrowed(Narrow)
    page = lists.page(rules.search(g.person, g.now, **asked), [Fund.id])
    held, called = rules.figures([fund.id for fund in page["items"]]), names.areas(fund.area_id for fund in page["items"])
    new = [(_("Make a fund"), forms.show(FundForm, url_for("admin.make_fund"), _("Make it"),
                                               choices={"area_id": lists.own_areas()}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Funds"), new=new, filters=forms.show(
            Narrow, url_for("admin.funds"), _("Show"), values=asked, choices={"area_id": lists.areas()}),
        table=shown.table(
            _("Funds"), [_("Fund"), _("Area"), _("Period"), _("Points left"), _("Issued"),
                               _("Spent"), _("Money left, yuan")], page,
            lambda fund: [shown.text(fund.name, url_for("admin.fund", fund_id=fund.id)), shown.text(called.get(fund.area_id)),
                          shown.days(fund.period_start, fund.period_end), shown.number(held[fund.id]["points"]),
                          shown.number(held[fund.id]["points_issued"]), shown.number(held[fund.id]["points_spent"]),
                          shown.yuan(held[fund.id]["amount_fen"])],
            empty=_("There is no fund yet, so no points can be issued."), numbers=(3, 4, 5, 6)))


@bp.get("/funds/<uuid:fund_id>")
@only(*OVERSIGHT)
def fund(fund_id):
    found = rules.visible(fund_id, by=g.person, now=g.now)
    area = reach.area_within(g.person, found.area_id, OVERSIGHT, g.now)
    held = rules.figures([found.id])[found.id]
    page = lists.page(rules.top_ups(found), [TopUp.id])
    by = names.people(row.by_id for row in page["items"])
    section = shown.Section(_("Top-ups"), table=shown.table(
        _("Top-ups"), [_("When"), _("Points"), _("Money, yuan"), _("Reference"), _("By")], page,
        lambda row: [shown.moment(row.at), shown.number(row.points), shown.yuan(row.amount_fen), shown.text(row.reference),
                     shown.text(by.get(row.by_id))], empty=_("Nothing was put in yet."), numbers=(1, 2)))
    if shown.may_change(area):
        section.forms = [(_("Top it up"), forms.show(TopUpForm, url_for("admin.top_up", fund_id=found.id), _("Top up"),
                                                           values={"points": 0, "amount_fen": "0.00"}))]
    return render_template(
        "admin/row.html", title=found.name, trail=[(_("Funds"), url_for("admin.funds"))], sections=[section],
        facts=[(_("Area"), shown.text(area.name)), (_("Period"), shown.days(found.period_start, found.period_end)),
               (_("Points left"), shown.number(held["points"])), (_("Points issued"), shown.number(held["points_issued"])),
               (_("Points spent"), shown.number(held["points_spent"])), (_("Money left, yuan"), shown.yuan(held["amount_fen"]))])


@bp.post("/funds")
@only(Role.AREA_ADMIN)
@once
@bp.form(FundForm, again=funds)
def make_fund(args):
    made = rules.create(**args, by=g.person, now=g.now)
    return gone_to("admin.fund", fund_id=made.id, done="made")


@bp.post("/funds/<uuid:fund_id>/top-ups")
@only(Role.AREA_ADMIN)
@once
@bp.form(TopUpForm, again=fund)
def top_up(args, fund_id):
    rules.top_up(fund_id, **args, by=g.person, now=g.now)
    return gone_to("admin.fund", fund_id=fund_id, done="topped_up")
