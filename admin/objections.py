"""Objections to records: read, and decided by an admin."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Objection, Role
from services.access import reach
from services.people import names
from services.records import objections as rules
from services.records import refused_words
from services.refusals import N_

DECISIONS = (("uphold", N_("Uphold: the objection is right")), ("dismiss", N_("Dismiss: the record stays as it is")))


class Narrow(forms.Form):
    status = forms.one_of(N_("State"), words.pairs(words.OBJECTIONS), required=False, filter=True)


class DecideForm(forms.Form):
    decision = forms.one_of(N_("Decision"), DECISIONS, kind="radio")
    reason = forms.words(N_("Reason"), longest=500, kind="textarea", hint=N_("Who objected and who did the deed read it."))


@bp.get("/objections")
@only(*OVERSIGHT)
def objections():
    asked = forms.narrowed(Narrow)
    page = lists.page(rules.search(g.person, g.now, **asked), [Objection.id])
    called = names.people(row.by_id for row in page["items"])
    return render_template(
        "admin/list.html", title=_("Objections"), filters=forms.show(
            Narrow, url_for("admin.objections"), _("Show"), values=asked),
        table=shown.table(
            _("Objections"), [_("To the record"), _("State"), _("By"), _("When")], page,
            lambda row: [shown.text(shown.deed(row.record), url_for("admin.objection", objection_id=row.id)),
                         shown.badge(row.status, words.OBJECTIONS), shown.text(called.get(row.by_id)), shown.moment(row.at)],
            empty=_("Nobody objects to anything.")))


@bp.get("/objections/<uuid:objection_id>")
@only(*OVERSIGHT)
def objection(objection_id, words_read=""):
    found = rules.visible(objection_id, by=g.person, now=g.now)
    record = found.record
    reach.require(g.person, record.area, OVERSIGHT, g.now)
    decides = shown.may_change(record.area) and not rules.is_own(found, g.person)
    called = names.people([found.by_id, found.decided_by_id, record.resident_id])
    facts = [(_("To the record"), shown.text(shown.deed(record), url_for("admin.record", record_id=record.id))),
             (_("The record is of"), shown.text(called.get(record.resident_id))),
             (_("Its state"), shown.badge(record.status, words.RECORDS)),
             (_("Objection by"), shown.text(called.get(found.by_id))), (_("When"), shown.moment(found.at)),
             *shown.decided(found, called, found.decided_reason)]
    sections = shown.hidden_words(found.text_state, url_for("admin.read_objection", objection_id=found.id), may_read=decides, words_read=words_read)
    if found.status == "open" and decides:
        sections += [shown.Section(_("Decide"), forms=[("", forms.show(
            DecideForm, url_for("admin.decide", objection_id=found.id), _("Decide")))])]
    said = shown.written(found, found.reason)
    return render_template("admin/row.html", title=_("Objection"), state=shown.badge(found.status, words.OBJECTIONS), facts=facts, intro=said,
                           trail=[(_("Objections"), url_for("admin.objections"))], sections=sections)


@bp.post("/objections/<uuid:objection_id>/words")
@only(Role.AREA_ADMIN)
@bp.form(again=objection)
def read_objection(objection_id):
    return objection(objection_id, refused_words.read_objection(objection_id, by=g.person, now=g.now))


@bp.post("/objections/<uuid:objection_id>/decide")
@only(Role.AREA_ADMIN)
@once
@bp.form(DecideForm, again=objection)
def decide(args, objection_id):
    rules.decide(objection_id, uphold=args["decision"] == "uphold", reason=args["reason"], by=g.person, now=g.now)
    return gone_to("admin.objection", objection_id=objection_id, done="decided")
