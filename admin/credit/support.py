"""Support lists: opened with so many places, applied for, decided with a reason that the applicant reads."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import words
from admin.door import bp, gone_to
from api.edge import looks
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Role, SupportApplication, SupportList, local_day
from services.credit import entries
from services.credit.oversight import sight
from services.measures import sight as measures
from services.measures import support
from services.people import names
from services.records import refused_words
from services.refusals import N_

DECISIONS = (("grant", N_("Grant it")), ("decline", N_("Decline it")))


class ListForm(forms.Form):
    area_id = forms.area(N_("Area"))
    kind = forms.one_of(N_("Files of"), tuple(words.KINDS.items()))
    support = forms.one_of(N_("Support"), tuple(words.SUPPORTS.items()))
    title_zh = forms.words(N_("Title in Chinese"))
    title_en = forms.words(N_("Title in English"), longest=200)
    places = forms.whole(N_("How many places"), 1, 100_000)
    opens_on = forms.day(N_("Opens on"))
    closes_on = forms.day(N_("Closed from"))


class DecideForm(forms.Form):
    decision = forms.one_of(N_("Decision"), DECISIONS, kind="radio")
    reason = forms.words(N_("Reason"), longest=500, kind="textarea", hint=N_("Who applied reads it."))


@bp.get("/credit/support-lists")
@only(*OVERSIGHT)
def support_lists():
    page = lists.page(measures.support_lists(g.person, g.now), [SupportList.id])
    new = [(_("Open a list"), forms.show(ListForm, url_for("admin.open_support_list"), _("Open it"), choices={"area_id": lists.own_areas()},
                                         values={"opens_on": local_day(g.now, g.person.home_area)}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Support lists"), new=new,
        intro=_("Support that is there for so many. The better grades are shown first to who decides; each decision has its reason."),
        table=shown.table(
            _("Support lists"), [_("Title"), _("Support"), _("Files of"), _("Opens on"), _("Closed from"), _("Given"), _("How many places")], page,
            lambda row: [shown.text(words.said(row, "title"), url_for("admin.support_list", support_list_id=row.id)),
                         shown.word(row.support, words.SUPPORTS), shown.word(row.kind, words.KINDS), shown.day(row.opens_on),
                         shown.day(row.closes_on),
                         shown.number(row.granted), shown.number(row.places)],
            empty=_("No list was opened yet."), numbers=(5, 6)))


@bp.get("/credit/support-lists/<uuid:support_list_id>")
@only(*OVERSIGHT)
def support_list(support_list_id):
    found = measures.support_list(support_list_id, by=g.person, now=g.now)
    page = lists.page(support.applications(found.id, by=g.person, now=g.now), [SupportApplication.grade_rank, SupportApplication.id],
                      newest_first=False)
    looks.note(measures.look_at_grades(page["items"], by=g.person, now=g.now))
    called = sight.called(row.file_id for row in page["items"])
    table = shown.table(
        _("Applications"), [_("Whose"), _("Grade's rank"), _("What for"), _("State"), _("When")], page,
        lambda row: [shown.text(called.get(row.file_id), url_for("admin.application", support_list_id=found.id, application_id=row.id)),
                     shown.number(row.shown_rank), shown.text(shown.written(row, row.asked)), shown.badge(row.status, words.APPLICATIONS),
                     shown.moment(row.at)],
        empty=_("Nobody has applied yet."), numbers=(1,))
    return render_template(
        "admin/row.html", title=words.said(found, "title"), trail=[(_("Support lists"), url_for("admin.support_lists"))],
        facts=[(_("Support"), shown.word(found.support, words.SUPPORTS)), (_("Files of"), shown.word(found.kind, words.KINDS)),
               (_("Opens on"), shown.day(found.opens_on)), (_("Closed from"), shown.day(found.closes_on)),
               (_("How many places"), shown.number(found.places)), (_("Given"), shown.number(found.granted))],
        sections=[shown.Section(_("Applications"), table=table, note=_("By grade, then by who came first."))])


@bp.get("/credit/support-lists/<uuid:support_list_id>/applications/<uuid:application_id>")
@only(*OVERSIGHT)
def application(support_list_id, application_id, words_read=""):
    found = measures.application(support_list_id, application_id, by=g.person, now=g.now)
    looks.note(measures.look_at_grades([found], by=g.person, now=g.now))
    file, listed = sight.of_id(found.file_id), measures.support_list(support_list_id, by=g.person, now=g.now)
    called = names.people([found.by_id, found.decided_by_id])
    may, is_own = shown.may_change(file.area) and found.status == "open", entries.is_of(file, g.person)
    ids = {"support_list_id": listed.id, "application_id": found.id}
    sections = shown.hidden_words(found.text_state, url_for("admin.read_application", **ids),
                                  may_read=shown.may_change(file.area) and not is_own, words_read=words_read)
    if may and not is_own:
        sections.append(shown.Section(_("Decide"), forms=[("", forms.show(DecideForm, url_for("admin.decide_application", **ids), _("Decide")))]))
    return render_template(
        "admin/row.html", title=sight.called([file.id])[file.id], state=shown.badge(found.status, words.APPLICATIONS),
        intro=shown.written(found, found.asked),
        trail=[(_("Support lists"), url_for("admin.support_lists")),
               (words.said(listed, "title"), url_for("admin.support_list", support_list_id=listed.id))],
        facts=[(_("Grade's rank"), shown.number(found.shown_rank)), (_("Applied by"), shown.text(called.get(found.by_id))),
               (_("When"), shown.moment(found.at)),
               (_("Places left"), shown.number(listed.places - listed.granted)),
               *shown.decided(found, called, found.reason)],
        why_not=_("This file is your own or your household's: others decide.") if may and is_own else "",
        sections=sections)


@bp.post("/credit/support-lists/<uuid:support_list_id>/applications/<uuid:application_id>/words")
@only(Role.AREA_ADMIN)
@bp.form(again=application)
def read_application(support_list_id, application_id):
    measures.application(support_list_id, application_id, by=g.person, now=g.now)
    return application(support_list_id, application_id, refused_words.read_application(application_id, by=g.person, now=g.now))


@bp.post("/credit/support-lists")
@only(Role.AREA_ADMIN)
@once
@bp.form(ListForm, again=support_lists)
def open_support_list(args):
    made = support.open_list(**args, by=g.person, now=g.now)
    return gone_to("admin.support_list", support_list_id=made.id, done="made")


@bp.post("/credit/support-lists/<uuid:support_list_id>/applications/<uuid:application_id>/decide")
@only(Role.AREA_ADMIN)
@once
@bp.form(DecideForm, again=application)
def decide_application(args, support_list_id, application_id):
    measures.application(support_list_id, application_id, by=g.person, now=g.now)
    support.decide(application_id, grant=args["decision"] == "grant", reason=args["reason"], by=g.person, now=g.now)
    return gone_to("admin.support_list", support_list_id=support_list_id, done="decided")
