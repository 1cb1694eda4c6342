"""Periods of the index: what was collected, the communities' marks, and the steps to publication."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.civility import words
from admin.civility.nodes import called
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Area, CivilityPeriod, Method, Part, PeriodStatus, Role
from services import draws
from services.civility import closing, departments, field_surveys, figures, questionnaires, sight, surveyors
from services.civility import periods as rules
from services.people import names
from services.refusals import N_

MOST_COMMUNITIES = 500


class Narrow(forms.Form):
    status = forms.one_of(N_("State"), tuple(words.PERIODS.items()), required=False, filter=True)


class AskForm(forms.Form):
    area_id = forms.row(N_("Community"))
    most = forms.whole(N_("Residents, at most"), 10, questionnaires.MOST_INVITED, hint=N_("Drawn by lot, and told. It is drawn once."))


class SurveyForm(forms.Form):
    area_id = forms.row(N_("Community"))
    surveyor_id = forms.row(N_("Surveyor"), hint=N_("A grid worker of another community, who does not live there either."))
    most = forms.whole(N_("Places, at most"), 5, 200, hint=N_("Drawn by lot from the register of places. It is drawn once."))


class FigureForm(forms.Form):
    area_id = forms.row(N_("Community"))
    node_id = forms.row(N_("Leaf"))
    value_hundredths = forms.hundredths(N_("Value"))
    people = forms.whole(N_("Over how many people, households or firms"), 0, 100_000_000, required=False, hint=N_("Empty where it is about none."))
    source = forms.name(N_("Department"), longest=60)
    document = forms.name(N_("Document"), longest=100)


@bp.get("/civility/periods")
@only(*OVERSIGHT)
def civility_periods():
    asked = forms.narrowed(Narrow)
    page = lists.page(sight.periods_of(g.person, g.now, **asked), [CivilityPeriod.first_on, CivilityPeriod.id])
    return render_template(
        "admin/list.html", title=_("Civility index"), filters=forms.show(Narrow, url_for("admin.civility_periods"), _("Show"), values=asked),
        intro=_("How communities do, by a method that everybody can read. No person has a mark in it."),
        table=shown.table(
            _("Periods"), [_("Days"), _("Area"), _("State"), _("Published")], page,
            lambda row: [shown.text(f"{row.first_on} – {row.last_on}", url_for("admin.civility_period", period_id=row.id)), shown.text(row.area.name),
                         shown.badge(row.status, words.PERIODS), shown.moment(row.published_at)],
            empty=_("No period was found. A period begins on the page of the version in use.")))


@bp.get("/civility/periods/<uuid:period_id>")
@only(*OVERSIGHT)
def civility_period(period_id):
    found = sight.period(period_id, by=g.person, now=g.now)
    manages = shown.may_change(found.area)
    acts, why_not = _acts(found) if manages else ([], "")
    sections, tiles, facts = [], [], _facts(found)
    if found.status != PeriodStatus.OPEN:
        page = lists.page(rules.communities_of(found.area), [Area.code], newest_first=False)
        page["items"] = figures.of_areas(found, page["items"])
        tiles = [_tile(row) for row in page["items"]]
        sections = [shown.Section(_("Communities"), table=_communities(page))]
        if page["next_cursor"] is None and len(tiles) > 1:
            facts.append((_("Mean of the communities shown"), words.mark(figures.mean(page["items"]))))
    elif manages:
        sections = [_collecting(found)]
    links = [(_("Questionnaires"), url_for("admin.civility_questionnaires", period_id=found.id)),
             (_("Field surveys"), url_for("admin.civility_rounds", period_id=found.id)),
             (_("Departments' figures"), url_for("admin.civility_figures", period_id=found.id)),
             (_("Remarks"), url_for("admin.civility_remarks", period_id=found.id))] if _reads(found) else []
    return render_template(
        "admin/row.html", title=f"{found.first_on} – {found.last_on}", state=shown.badge(found.status, words.PERIODS), facts=facts, acts=acts,
        why_not=why_not, trail=[(_("Civility index"), url_for("admin.civility_periods"))], tiles=tiles,
        sections=[*sections, *([shown.Section(_("What it is made of"), links=links)] if links else [])])


def _reads(found: CivilityPeriod) -> bool:
    return rules.reads(found, by=g.person, now=g.now)


def _facts(found: CivilityPeriod) -> list:
    by = names.people([found.opened_by_id, found.closed_by_id, found.published_by_id])
    steps = ((_("Begun"), found.opened_by_id, found.opened_at), (_("Closed"), found.closed_by_id, found.closed_at),
             (_("Published"), found.published_by_id, found.published_at))
    version = found.civility_version
    differ = len(figures.differing(found)) if found.status != PeriodStatus.OPEN and _reads(found) else None
    return [(_("Area"), shown.text(found.area.name)),
            (_("Version"), shown.text(called(version), url_for("admin.civility_version", version_id=version.id))),
            *[(label, words.signed(at, by.get(who))) for label, who, at in steps],
            *([(_("Worked out again"), shown.Cell(_("the same to the last digit") if differ == 0 else _("%(count)s figures differ", count=differ),
                                                  kind="badge", tone="bad" if differ else "good"))] if differ is not None else [])]


def _tile(row: figures.OfArea) -> shown.Tile:
    index = row.marks.index.mark_hundredths
    return shown.Tile(row.area.name, words.tenths(index), words.band(index),
                      url_for("admin.civility_area", period_id=row.period.id, community_id=row.area.id))


def _communities(page: dict) -> shown.Table:
    def cells(row: figures.OfArea):
        index = row.marks.index
        return [shown.text(row.area.name, url_for("admin.civility_area", period_id=row.period.id, community_id=row.area.id)),
                words.mark(index.mark_hundredths), words.between(index.low_hundredths, index.high_hundredths),
                *[words.mark(row.marks.parts[part].mark_hundredths if part in row.marks.parts else None) for part in Part],
                words.number(index.covered_hundredths)]
    return shown.table(
        _("Communities"),
        [_("Community"), _("Index"), _("Interval (95 per cent)"), *[_(words.PARTS[part]) for part in Part], _("Weight measured, %")],
        page, cells, empty=_("No community lies here."), numbers=range(1, 8))


def _acts(found: CivilityPeriod) -> tuple[list, str]:
    """What this admin may do with it now, and else why not."""
    if found.status == PeriodStatus.OPEN:
        return [("", forms.show(None, url_for("admin.close_period", period_id=found.id), _("Close"),
                                note=_("After its last day. Its figures are worked out, and nothing more is collected.")))], ""
    if found.status == PeriodStatus.PUBLISHED:
        return [], ""
    again = ("", forms.show(None, url_for("admin.reopen_period", period_id=found.id), _("Open again")))
    if found.closed_by_id == g.person.id:
        return [again], _("You closed this period, so another admin publishes it.")
    return [("", forms.show(None, url_for("admin.publish_period", period_id=found.id), _("Publish"))), again], ""


def _collecting(found: CivilityPeriod) -> shown.Section:
    """A form for each method that the version has."""
    methods = {leaf.method for leaf in closing.leaves_of(found)}
    here = [(area.id, area.name) for area in rules.communities(found.area)[:MOST_COMMUNITIES]]
    section = shown.Section(_("Collect"), note=_("What is counted from the platform is counted when the period is closed."))
    if Method.QUESTIONNAIRE in methods:
        section.forms.append((_("Ask residents"), forms.show(
            AskForm, url_for("admin.ask_residents", period_id=found.id), _("Draw and ask"), choices={"area_id": here}, values={"most": 100})))
    if Method.FIELD_SURVEY in methods:
        workers = [(person.id, f"{person.display_name} · {area.name}") for person, area in surveyors.in_reach(by=g.person, now=g.now)]
        section.forms.append((_("Send somebody on a field survey"), forms.show(
            SurveyForm, url_for("admin.send_surveyor", period_id=found.id), _("Draw and send"), values={"most": 10},
            choices={"area_id": here, "surveyor_id": workers})))
    if Method.DEPARTMENT in methods:
        leaves = [(leaf.id, f"{leaf.code} {called(leaf)}") for leaf in closing.leaves_of(found) if leaf.method == Method.DEPARTMENT]
        section.forms.append((_("Enter a department's figure"), forms.show(
            FigureForm, url_for("admin.enter_figure", period_id=found.id), _("Enter it"), choices={"area_id": here, "node_id": leaves})))
    return section


@bp.post("/civility/periods/<uuid:period_id>/close")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=civility_period)
def close_period(period_id):
    rules.close(sight.period(period_id, by=g.person, now=g.now).id, by=g.person, now=g.now)
    return gone_to("admin.civility_period", period_id=period_id, done="period_closed")


@bp.post("/civility/periods/<uuid:period_id>/reopen")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=civility_period)
def reopen_period(period_id):
    rules.reopen(sight.period(period_id, by=g.person, now=g.now).id, by=g.person, now=g.now)
    return gone_to("admin.civility_period", period_id=period_id, done="saved")


@bp.post("/civility/periods/<uuid:period_id>/publish")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=civility_period)
def publish_period(period_id):
    rules.publish(sight.period(period_id, by=g.person, now=g.now).id, by=g.person, now=g.now)
    return gone_to("admin.civility_period", period_id=period_id, done="period_published")


@bp.post("/civility/periods/<uuid:period_id>/questionnaires")
@only(Role.AREA_ADMIN)
@once
@bp.form(AskForm, again=civility_period)
def ask_residents(args, period_id):
    sight.period(period_id, by=g.person, now=g.now)
    questionnaires.draw(period_id, **args, seed=draws.new_seed(), by=g.person, now=g.now)
    return gone_to("admin.civility_questionnaires", period_id=period_id, done="drawn")


@bp.post("/civility/periods/<uuid:period_id>/rounds")
@only(Role.AREA_ADMIN)
@once
@bp.form(SurveyForm, again=civility_period)
def send_surveyor(args, period_id):
    sight.period(period_id, by=g.person, now=g.now)
    made = field_surveys.draw(period_id, **args, seed=draws.new_seed(), by=g.person, now=g.now)
    return gone_to("admin.civility_round", round_id=made.id, done="drawn")


@bp.post("/civility/periods/<uuid:period_id>/figures")
@only(Role.AREA_ADMIN)
@once
@bp.form(FigureForm, again=civility_period)
def enter_figure(args, period_id):
    sight.period(period_id, by=g.person, now=g.now)
    made = departments.enter(period_id, **{"people": None, **args}, by=g.person, now=g.now)
    return gone_to("admin.civility_figure", figure_id=made.id, done="made")
