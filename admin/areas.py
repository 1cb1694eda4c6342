"""The area tree, its grids, and each area's rules with their numbers."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from api.edge.problems import StaleVersion
from models import OVERSIGHT, Area, Level, Role
from services.access import reach
from services.areas import area_rules, grids
from services.refusals import N_


class GridForm(forms.Form):
    code = forms.words(N_("Area code"), longest=20, inputmode="numeric", hint=N_("3 to 20 digits, not used by another area."))
    name = forms.name(N_("Name"))


class RulesForm(forms.Form):
    notice_days = forms.whole(N_("Days of public notice"), 0, 60, hint=N_(
        "An approved record waits so long for objections before its points are credited; 0 credits at once."))
    declared_points_per_hour = forms.whole(N_("Points an hour for a declared deed"), 0, 1000)
    declared_points_max = forms.whole(N_("Most points for a declared deed"), 0, 10_000)
    declared_minutes_max = forms.whole(N_("Most minutes that a declared deed counts"), 0, 1440)
    version = forms.hidden(12)


@bp.get("/areas")
@only(*OVERSIGHT)
def areas():
    page = {"items": grids.roots(g.person, g.now), "next_cursor": None}
    return render_template("admin/list.html", title=_("Areas and rules"),
                           intro=_("The areas you administer or audit, from the top."), table=_tree(_("Areas"), page))


def _tree(caption: str, page: dict) -> shown.Table:
    return shown.table(caption, [_("Name"), _("Level"), _("Area code")], page,
                       lambda area: [shown.text(area.name, url_for("admin.area", area_id=area.id)), shown.word(area.level, words.LEVELS),
                                     shown.code(area.code)], empty=_("There is nothing below."))


@bp.get("/areas/<uuid:area_id>")
@only(*OVERSIGHT)
def area(area_id):
    found = reach.area_within(g.person, area_id, OVERSIGHT, g.now)
    changes = shown.may_change(found)
    below = lists.page(grids.children(found), [Area.code], newest_first=False)
    sections = [_rules(found, changes), shown.Section(_("Below"), table=_tree(_("Areas right below"), below))]
    if changes and found.level == Level.COMMUNITY:
        sections[1].forms = [(_("Add a grid"), forms.show(
            GridForm, url_for("admin.add_grid", area_id=found.id), _("Add the grid"), values={"code": grids.next_code(found)}))]
    sections.append(shown.Section(_("In this area"), links=[
        (_(label), url_for(f"admin.{endpoint}", area_id=found.id)) for label, endpoint in (
            (N_("People"), "people"), (N_("Households"), "households"), (N_("Events"), "events"), (N_("Records"), "records"),
            (N_("Funds"), "funds"), (N_("Merchants"), "merchants"), (N_("Figures"), "figures"))]))
    above = [(one.name, url_for("admin.area", area_id=one.id)) for one in grids.trail(found, g.person, g.now)[:-1]]
    return render_template("admin/row.html", title=found.name, trail=[(_("Areas and rules"), url_for("admin.areas")), *above],
                           facts=[(_("Level"), shown.word(found.level, words.LEVELS)), (_("Area code"), shown.code(found.code)),
                                  (_("Time zone"), shown.text(found.timezone))], sections=sections)


def _rules(found: Area, changes: bool) -> shown.Section:
    now = area_rules.in_force(found)
    fields = RulesForm().fields
    section = shown.Section(_("Rules"), facts=[
        *[(forms.said(fields[name], "label"), shown.number(getattr(now.rules, name))) for name in area_rules.NUMBERS],
        (_("Set by"), shown.text(now.set_by.name if now.set_by else _("the defaults"),
                                       url_for("admin.area", area_id=now.set_by.id) if now.set_by and now.set_by.id != found.id else ""))])
    if changes:
        values = {name: getattr(now.rules, name) for name in area_rules.NUMBERS} | {"version": now.version}
        section.forms = [(_("Change the numbers"), forms.show(
            RulesForm, url_for("admin.set_rules", area_id=found.id), _("Save"), values=values))]
    return section


@bp.post("/areas/<uuid:area_id>/grids")
@only(Role.AREA_ADMIN)
@once
@bp.form(GridForm, again=area)
def add_grid(args, area_id):
    grids.add(area_id, **args, by=g.person, now=g.now)
    return gone_to("admin.area", area_id=area_id, done="made")


@bp.post("/areas/<uuid:area_id>/rules")
@only(Role.AREA_ADMIN)
@once
@bp.form(RulesForm, again=area)
def set_rules(args, area_id):
    own = area_rules.managed(area_id, by=g.person, now=g.now)
    if args.pop("version") != str(own.version):
        raise StaleVersion
    area_rules.set_numbers(own, **args, by=g.person, now=g.now)
    return gone_to("admin.area", area_id=area_id, done="saved")
