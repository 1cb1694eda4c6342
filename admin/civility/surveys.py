"""The register of places, field surveys with their pictures, questionnaires, and departments' figures."""
from flask import Response, g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin import words as general
from admin.civility import words
from admin.civility.nodes import called
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, CheckState, CivilityPlace, CivilityQuestionnaire, CivilityRound, CivilityVisit, DepartmentFigure, Role
from services.civility import departments, field_surveys, places, questionnaires
from services.people import names
from services.refusals import N_


class OfPeriod(forms.Form):
    period_id = forms.hidden(required=False)


class OfArea(forms.Form):
    area_id = lists.area_filter()


class PlaceForm(forms.Form):
    area_id = forms.area(N_("Community"))
    name = forms.name(N_("Name of the place"), longest=60, hint=N_("A stairwell, a market, a stretch of street: what a stranger finds."))


def _period_asked() -> dict:
    given = forms.narrowed(OfPeriod)
    return {name: forms.as_id(value) for name, value in given.items()}


@bp.get("/civility/places")
@only(*OVERSIGHT)
def civility_places():
    asked = forms.narrowed(OfArea)
    page = lists.page(places.search(g.person, g.now, **asked), [CivilityPlace.id])
    called_ = names.areas(row.area_id for row in page["items"])
    new = [(_("Add a place"), forms.show(PlaceForm, url_for("admin.add_place"), _("Add it"), values=asked,
                                         choices={"area_id": lists.own_areas()}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Places to survey"), new=new, filters=forms.show(
            OfArea, url_for("admin.civility_places"), _("Show"), values=asked, choices={"area_id": lists.areas()}),
        intro=_("Field surveys draw from these by lot; a community needs at least five."),
        table=shown.table(
            _("Places to survey"), [_("Place"), _("Community"), _("Added")], page,
            lambda row: [shown.text(row.name, url_for("admin.civility_place", place_id=row.id)), shown.text(called_.get(row.area_id)),
                         shown.moment(row.added_at)], empty=_("No place was found.")))


@bp.get("/civility/places/<uuid:place_id>")
@only(*OVERSIGHT)
def civility_place(place_id):
    found, area = places.visible(place_id, by=g.person, now=g.now)
    acts = [("", forms.show(None, url_for("admin.end_place", place_id=found.id), _("Take it off the register"), danger=True,
                            note=_("Where it was drawn it stays.")))] if shown.may_change(area) and found.ended_at is None else []
    return render_template(
        "admin/row.html", title=found.name, trail=[(_("Places to survey"), url_for("admin.civility_places"))], acts=acts,
        facts=[(_("Community"), shown.text(area.name)), (_("Added"), shown.moment(found.added_at)),
               *([(_("Taken off"), shown.moment(found.ended_at))] if found.ended_at else [])])


@bp.get("/civility/rounds")
@only(*OVERSIGHT)
def civility_rounds():
    page = lists.page(field_surveys.search(g.person, g.now, **_period_asked()), [CivilityRound.id])
    called_ = names.people(row.surveyor_id for row in page["items"])
    made = field_surveys.made_counts([row.id for row in page["items"]])
    return render_template(
        "admin/list.html", title=_("Field surveys"), table=shown.table(
            _("Field surveys"), [_("Community"), _("Until"), _("Surveyor"), _("Seed"), _("Drawn"), _("Looked at")], page,
            lambda row: [shown.text(row.area.name, url_for("admin.civility_round", round_id=row.id)), shown.day(row.period.last_on),
                         shown.text(called_.get(row.surveyor_id)), shown.code(row.seed), shown.number(row.drawn), shown.number(made.get(row.id, 0))],
            empty=_("Nobody is sent yet. The page of an open period draws the places."), numbers=(4, 5)))


@bp.get("/civility/rounds/<uuid:round_id>")
@only(*OVERSIGHT)
def civility_round(round_id):
    found = field_surveys.visible(round_id, by=g.person, now=g.now)
    leaves, pictures = field_surveys.checklists(found.period), field_surveys.pictures([visit.id for visit in found.visits])
    table = shown.Table(_("Places"), [_("Place"), *[f"{leaf.code} {called(leaf)}" for leaf in leaves], _("Note"), _("When")], [
        [shown.text(visit.place.name), *[_met(visit, leaf.code) for leaf in leaves], shown.code(visit.note or "—"), shown.moment(visit.made_at)]
        for visit in found.visits])
    shown_pictures = [_picture(visit, picture) for visit in found.visits for picture in pictures.get(visit.id, ())]
    return render_template(
        "admin/row.html", title=found.area.name, trail=[(_("Field surveys"), url_for("admin.civility_rounds"))],
        sections=[shown.Section(_("Places"), table=table), *([shown.Section(_("Pictures"), pictures=shown_pictures)] if shown_pictures else [])],
        facts=[(_("Until"), shown.day(found.period.last_on)), (_("Surveyor"), shown.text(names.people([found.surveyor_id]).get(found.surveyor_id))),
               (_("Seed"), shown.code(found.seed)),
               (_("Drawn"), shown.text(_("%(drawn)s of %(places)s", drawn=found.drawn, places=found.of_places)))])


def _met(visit: CivilityVisit, code: str) -> shown.Cell:
    given = [one for one in visit.found.get(code, ()) if one is not None]
    return shown.text(_("%(met)s of %(lines)s met", met=sum(given), lines=len(given)) if given else None)


def _picture(visit: CivilityVisit, picture) -> shown.Picture:
    href = "" if picture.state == CheckState.REFUSED else url_for("admin.civility_picture", visit_id=visit.id, picture_id=picture.id)
    said = "" if picture.state == CheckState.PASSED else _(general.PICTURES[picture.state])
    return shown.Picture(_("Picture of %(place)s", place=visit.place.name), href, f"{visit.place.name} {said}".strip())


@bp.get("/civility/visits/<uuid:visit_id>/pictures/<uuid:picture_id>")
@only(*OVERSIGHT)
def civility_picture(visit_id, picture_id):
    found = field_surveys.picture(visit_id, picture_id, by=g.person, now=g.now)
    return Response(found.picture, content_type=found.media_type)


@bp.get("/civility/questionnaires")
@only(*OVERSIGHT)
def civility_questionnaires():
    page = lists.page(questionnaires.search(g.person, g.now, **_period_asked()), [CivilityQuestionnaire.id])
    answered = questionnaires.answered_counts([row.id for row in page["items"]])
    return render_template(
        "admin/list.html", title=_("Questionnaires"),
        intro=_("Who was asked and who answered what is shown to nobody, and what was answered is kept without a name."),
        table=shown.table(
            _("Questionnaires"), [_("Community"), _("Until"), _("Seed"), _("Invited"), _("Residents"), _("Answered, from ten on")], page,
            lambda row: [shown.text(row.area.name), shown.day(row.period.last_on), shown.code(row.seed), shown.number(row.invited),
                         shown.number(row.of_residents), shown.number(answered[row.id])],
            empty=_("Nobody is asked yet. The page of an open period draws the residents."), numbers=(3, 4, 5)))


@bp.get("/civility/department-figures")
@only(*OVERSIGHT)
def civility_figures():
    page = lists.page(departments.search(g.person, g.now, **_period_asked()), [DepartmentFigure.id])
    here = names.areas(row.area_id for row in page["items"])
    return render_template(
        "admin/list.html", title=_("Departments' figures"), intro=_("One admin enters a figure from a document; it counts once another confirms it."),
        table=shown.table(
            _("Departments' figures"), [_("Leaf"), _("Community"), _("Value"), _("Department"), _("State")], page,
            lambda row: [shown.text(f"{row.node.code} {called(row.node)}", url_for("admin.civility_figure", figure_id=row.id)),
                         shown.text(here.get(row.area_id)), words.number(row.value_hundredths), shown.code(row.source),
                         shown.badge(row.status, words.FIGURES)],
            empty=_("No figure is entered yet. The page of an open period takes them."), numbers=(2,)))


@bp.get("/civility/department-figures/<uuid:figure_id>")
@only(*OVERSIGHT)
def civility_figure(figure_id):
    found, period = departments.visible(figure_id, by=g.person, now=g.now)
    by = names.people([found.entered_by_id, found.decided_by_id])
    acts, why_not = [], ""
    if shown.may_change(period.area) and period.status == "open" and found.status != "withdrawn":
        acts = [("", forms.show(None, url_for("admin.withdraw_figure", figure_id=found.id), _("Withdraw"), danger=True))]
        if found.status == "entered" and found.entered_by_id == g.person.id:
            why_not = _("You entered this figure, so another admin confirms it.")
        elif found.status == "entered":
            acts.insert(0, ("", forms.show(None, url_for("admin.confirm_figure", figure_id=found.id), _("Confirm"),
                                           note=_("You have seen the document and the figure is the same."))))
    return render_template(
        "admin/row.html", title=f"{found.node.code} {called(found.node)}", state=shown.badge(found.status, words.FIGURES), acts=acts, why_not=why_not,
        trail=[(_("Departments' figures"), url_for("admin.civility_figures", period_id=period.id))],
        facts=[(_("Community"), shown.text(names.areas([found.area_id]).get(found.area_id))), (_("Value"), words.number(found.value_hundredths)),
               (_("Over how many people, households or firms"), shown.number(found.people)), (_("Department"), shown.code(found.source)),
               (_("Document"), shown.code(found.document)),
               (_("Entered"), words.signed(found.entered_at, by.get(found.entered_by_id))),
               *([(_("Decided"), words.signed(found.decided_at, by.get(found.decided_by_id)))] if found.decided_at else [])])


@bp.post("/civility/places")
@only(Role.AREA_ADMIN)
@once
@bp.form(PlaceForm, again=civility_places)
def add_place(args):
    places.add(**args, by=g.person, now=g.now)
    return gone_to("admin.civility_places", done="made")


@bp.post("/civility/places/<uuid:place_id>/end")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=civility_place)
def end_place(place_id):
    places.end(place_id, by=g.person, now=g.now)
    return gone_to("admin.civility_place", place_id=place_id, done="ended")


@bp.post("/civility/department-figures/<uuid:figure_id>/confirm")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=civility_figure)
def confirm_figure(figure_id):
    departments.confirm(figure_id, by=g.person, now=g.now)
    return gone_to("admin.civility_figure", figure_id=figure_id, done="confirmed")


@bp.post("/civility/department-figures/<uuid:figure_id>/withdraw")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=civility_figure)
def withdraw_figure(figure_id):
    departments.withdraw(figure_id, by=g.person, now=g.now)
    return gone_to("admin.civility_figure", figure_id=figure_id, done="withdrawn")
