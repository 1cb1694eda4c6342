"""Households, and who asks to be of one."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Household, HouseholdRequest, Role
from services.people import households as rules
from services.people import names
from services.people import people as asking
from services.refusals import N_


class Narrow(forms.Form):
    area_id = lists.area_filter()


class HouseholdForm(forms.Form):
    area_id = forms.area(N_("Area"))
    name = forms.name(N_("Name"), hint=N_("The door, such as 1-101."))


@bp.get("/households")
@only(*OVERSIGHT)
def households():
    asked = forms.narrowed(Narrow)
    page = lists.page(rules.search(g.person, g.now, **asked), [Household.id])
    waiting = lists.page(rules.requests(g.person, g.now, status="pending", **asked), [HouseholdRequest.id], scalars=False)
    called = names.areas([row.area_id for row in (*page["items"], *waiting["items"])])
    changes = shown.may_change()
    new = [(_("Make a household"), forms.show(HouseholdForm, url_for("admin.make_household"), _("Make it"), values=asked,
                                                    choices={"area_id": lists.own_areas()}))] if changes else []
    return render_template(
        "admin/list.html", title=_("Households"), new=new, filters=forms.show(
            Narrow, url_for("admin.households"), _("Show"), values=asked, choices={"area_id": lists.areas()}),
        sections=[_requests(waiting, called, changes), shown.Section(_("All households"), table=shown.table(
            _("Households"), [_("Name"), _("Area"), _("Since")], page,
            lambda row: [shown.text(row.name), shown.text(called.get(row.area_id)), shown.moment(row.created_at)],
            empty=_("There is no household here yet.")))])


def _requests(waiting: dict, called: dict, changes: bool) -> shown.Section:
    section = shown.Section(_("Asking to be of a household"), table=shown.table(
        _("Requests that wait"), [_("Who"), _("Household"), _("Area"), _("Asked")],
        waiting | {"next_cursor": None},
        lambda row: [shown.text(row.display_name, url_for("admin.person", person_id=row.person_id)), shown.text(row.household_name),
                     shown.text(called.get(row.area_id)), shown.moment(row.at)], empty=_("Nobody is asking.")))
    if changes:
        for row in waiting["items"]:
            whose = {"person": row.display_name, "household": row.household_name}
            section.forms += [
                (_("Confirm: %(person)s, %(household)s", **whose),
                 forms.show(None, url_for("admin.confirm_request", request_id=row.id), _("Confirm"))),
                (_("Refuse: %(person)s, %(household)s", **whose),
                 forms.show(None, url_for("admin.refuse_request", request_id=row.id), _("Refuse"), danger=True))]
    return section


@bp.post("/households")
@only(Role.AREA_ADMIN)
@once
@bp.form(HouseholdForm, again=households)
def make_household(args):
    rules.make(**args, by=g.person, now=g.now)
    return gone_to("admin.households", done="made")


@bp.post("/household-requests/<uuid:request_id>/confirm")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=lambda request_id: households())
def confirm_request(request_id):
    asking.decide_household(request_id, confirm=True, by=g.person, now=g.now)
    return gone_to("admin.households", done="confirmed")


@bp.post("/household-requests/<uuid:request_id>/refuse")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=lambda request_id: households())
def refuse_request(request_id):
    asking.decide_household(request_id, confirm=False, by=g.person, now=g.now)
    return gone_to("admin.households", done="refused")
