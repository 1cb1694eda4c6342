"""Objections to entries: those that wait longest first, overdue ones marked; decided in writing by somebody else than who entered it."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import words
from admin.door import bp, gone_to
from api.edge import looks
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, EntryObjection, Role, local_day
from services.credit import files, objections
from services.credit.oversight import sight
from services.people import names
from services.records import refused_words
from services.refusals import N_

DECISIONS = (("uphold", N_("Uphold: the entry is wrong and is voided")), ("dismiss", N_("Dismiss: the entry stays")))


class Narrow(forms.Form):
    status = forms.one_of(N_("State"), tuple(words.OBJECTIONS.items()), required=False, filter=True)


class DecideForm(forms.Form):
    decision = forms.one_of(N_("Decision"), DECISIONS, kind="radio")
    reason = forms.words(N_("Reason"), longest=500, kind="textarea", hint=N_("Whose file it is reads it."))


@bp.get("/credit/objections")
@only(*OVERSIGHT)
def credit_objections():
    asked = {"status": "open"} | forms.narrowed(Narrow)
    waits = asked["status"] == "open"
    page = lists.page(objections.search(g.person, g.now, **asked), [EntryObjection.due_on, EntryObjection.id] if waits else [EntryObjection.id],
                      newest_first=not waits)
    looks.note(files.look_at_entries((row.entry_id for row in page["items"]), by=g.person, now=g.now))
    told, today = sight.told(row.entry_id for row in page["items"]), local_day(g.now, g.person.home_area)
    return render_template(
        "admin/list.html", title=_("Objections to entries"),
        intro=_("Decided within five working days. Until then the entry is shown as disputed, and nobody loses anything by it; "
                "one that was dismissed before counts meanwhile."),
        filters=forms.show(Narrow, url_for("admin.credit_objections"), _("Show"), values=asked),
        table=shown.table(
            _("Objections to entries"), [_("To the entry"), _("Whose file"), _("State"), _("To be decided by"), _("When")], page,
            lambda row: [shown.text(told[row.entry_id][0].title, url_for("admin.credit_objection", credit_objection_id=row.id)),
                         shown.text(told[row.entry_id][1]), shown.badge(row.status, words.OBJECTIONS), words.due(row.due_on, row.status, today),
                         shown.moment(row.at)],
            empty=_("Nobody objects to anything.")))


@bp.get("/credit/objections/<uuid:credit_objection_id>")
@only(*OVERSIGHT)
def credit_objection(credit_objection_id, words_read=""):
    found = sight.objection(credit_objection_id, by=g.person, now=g.now)
    entry, file, name = sight.behind(found)
    looks.note(files.look(file, "look_at_entries", by=g.person, now=g.now))
    called = names.people([found.by_id, found.decided_by_id])
    decides = sight.decides(found, entry, file, g.person)
    may = shown.may_change(file.area) and found.status == "open"
    facts = [(_("To the entry"), shown.text(entry.title, url_for("admin.credit_entry", entry_id=entry.id))), (_("Whose file"), shown.text(
        name, url_for("admin.credit_file", file_id=file.id))), (_("Objection by"), shown.text(called.get(found.by_id))),
        (_("When"), shown.moment(found.at)), (_("To be decided by"), words.due(found.due_on, found.status, local_day(g.now, file.area))),
        *shown.decided(found, called, found.decided_reason)]
    sections = shown.hidden_words(found.text_state, url_for("admin.read_credit_objection", credit_objection_id=found.id),
                                  may_read=shown.may_change(file.area) and decides, words_read=words_read)
    if may and decides:
        sections.append(shown.Section(_("Decide"), forms=[("", forms.show(
            DecideForm, url_for("admin.decide_credit_objection", credit_objection_id=found.id), _("Decide")))]))
    return render_template(
        "admin/row.html", title=_("Objection to an entry"), state=shown.badge(found.status, words.OBJECTIONS), facts=facts,
        trail=[(_("Objections to entries"), url_for("admin.credit_objections"))],
        why_not=_("You entered this yourself, or it is of your household: somebody else decides.") if may and not decides else "",
        intro=shown.written(found, found.reason), sections=sections)


@bp.post("/credit/objections/<uuid:credit_objection_id>/words")
@only(Role.AREA_ADMIN)
@bp.form(again=credit_objection)
def read_credit_objection(credit_objection_id):
    return credit_objection(credit_objection_id, refused_words.read_credit_objection(credit_objection_id, by=g.person, now=g.now))


@bp.post("/credit/objections/<uuid:credit_objection_id>/decide")
@only(Role.AREA_ADMIN)
@once
@bp.form(DecideForm, again=credit_objection)
def decide_credit_objection(args, credit_objection_id):
    sight.objection(credit_objection_id, by=g.person, now=g.now)
    objections.decide(credit_objection_id, uphold=args["decision"] == "uphold", reason=args["reason"], by=g.person, now=g.now)
    return gone_to("admin.credit_objection", credit_objection_id=credit_objection_id, done="decided")
