"""Repairs asked for: the pledge, what shows that it was made good, and the decision, within three working days."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown
from admin.credit import words
from admin.door import bp, gone_to
from api.edge import looks
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Repair, Role, local_day
from services.credit import files, repairs
from services.credit.oversight import sight
from services.people import names
from services.records import refused_words
from services.refusals import N_

DECISIONS = (("grant", N_("Grant: from today on the fault counts and shows no more")), ("refuse", N_("Refuse: it goes on to count")))


class Narrow(forms.Form):
    status = forms.one_of(N_("State"), tuple(words.REPAIRS.items()), required=False, filter=True)


class DecideForm(forms.Form):
    decision = forms.one_of(N_("Decision"), DECISIONS, kind="radio")
    reason = forms.words(N_("Reason"), longest=500, kind="textarea", hint=N_("Who asked reads it."))


@bp.get("/credit/repairs")
@only(*OVERSIGHT)
def credit_repairs():
    asked = {"status": "open"} | forms.narrowed(Narrow)
    waits = asked["status"] == "open"
    page = lists.page(repairs.search(g.person, g.now, **asked), [Repair.due_on, Repair.id] if waits else [Repair.id], newest_first=not waits)
    looks.note(files.look_at_entries((row.entry_id for row in page["items"]), by=g.person, now=g.now))
    told, today = sight.told(row.entry_id for row in page["items"]), local_day(g.now, g.person.home_area)
    return render_template(
        "admin/list.html", title=_("Repairs"),
        intro=_("Who made a fault good asks that it stops counting. Decided within three working days; every receiver of a letter is told."),
        filters=forms.show(Narrow, url_for("admin.credit_repairs"), _("Show"), values=asked),
        table=shown.table(
            _("Repairs"), [_("Of the fault"), _("Whose file"), _("State"), _("How grave"), _("To be decided by"), _("When")], page,
            lambda row: [shown.text(told[row.entry_id][0].title, url_for("admin.credit_repair", repair_id=row.id)), shown.text(told[row.entry_id][1]),
                         shown.badge(row.status, words.REPAIRS), shown.word(row.grade_class, words.CLASSES),
                         words.due(row.due_on, row.status, today), shown.moment(row.at)],
            empty=_("Nobody asks for a repair.")))


@bp.get("/credit/repairs/<uuid:repair_id>")
@only(*OVERSIGHT)
def credit_repair(repair_id, words_read=""):
    found = sight.repair(repair_id, by=g.person, now=g.now)
    entry, file, name = sight.behind(found)
    looks.note(files.look(file, "look_at_entries", by=g.person, now=g.now))
    called = names.people([found.by_id, found.decided_by_id])
    decides = sight.decides(found, entry, file, g.person)
    may = shown.may_change(file.area) and found.status == "open"
    facts = [(_("Of the fault"), shown.text(entry.title, url_for("admin.credit_entry", entry_id=entry.id))),
             (_("Happened"), shown.day(entry.happened_on)),
             (_("Whose file"), shown.text(name, url_for("admin.credit_file", file_id=file.id))),
             (_("How grave"), shown.word(found.grade_class, words.CLASSES)),
             (_("Asked by"), shown.text(called.get(found.by_id))), (_("When"), shown.moment(found.at)),
             (_("To be decided by"), words.due(found.due_on, found.status, local_day(g.now, file.area))),
             *shown.decided(found, called, found.decided_reason)]
    sections = [shown.Section(_("What is pledged, and what shows that it was made good"), facts=[
        (label, shown.text(shown.written(found, said))) for label, said in (
            (_("Pledge"), found.pledge), (_("What shows it"), found.evidence))])]
    sections += shown.hidden_words(found.text_state, url_for("admin.read_credit_repair", repair_id=found.id),
                                   may_read=shown.may_change(file.area) and decides, words_read=words_read)
    if may and decides:
        sections.append(shown.Section(_("Decide"), forms=[("", forms.show(
            DecideForm, url_for("admin.decide_credit_repair", repair_id=found.id), _("Decide")))]))
    return render_template(
        "admin/row.html", title=_("Repair of a fault"), state=shown.badge(found.status, words.REPAIRS), facts=facts, sections=sections,
        why_not=_("You entered this yourself, or it is of your household: somebody else decides.") if may and not decides else "",
        trail=[(_("Repairs"), url_for("admin.credit_repairs"))])


@bp.post("/credit/repairs/<uuid:repair_id>/words")
@only(Role.AREA_ADMIN)
@bp.form(again=credit_repair)
def read_credit_repair(repair_id):
    return credit_repair(repair_id, refused_words.read_repair(repair_id, by=g.person, now=g.now))


@bp.post("/credit/repairs/<uuid:repair_id>/decide")
@only(Role.AREA_ADMIN)
@once
@bp.form(DecideForm, again=credit_repair)
def decide_credit_repair(args, repair_id):
    sight.repair(repair_id, by=g.person, now=g.now)
    repairs.decide(repair_id, grant=args["decision"] == "grant", reason=args["reason"], by=g.person, now=g.now)
    return gone_to("admin.credit_repair", repair_id=repair_id, done="decided")
