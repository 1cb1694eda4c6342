"""One entry of a file, and what an admin writes: entries, facts, and that one of them was wrong or holds no longer."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, shown
from admin.credit import words
from admin.credit.file_forms import EntryForm, FactForm, ReasonForm
from admin.credit.files import credit_file
from admin.door import bp, gone_to
from api.edge import looks
from api.edge.auth import only
from api.edge.idempotency import once
from api.edge.settings import settings
from models import OVERSIGHT, Role
from services.credit import entries, facts, files
from services.credit.oversight import sight
from services.people import names


@bp.get("/credit/entries/<uuid:entry_id>")
@only(*OVERSIGHT)
def credit_entry(entry_id):
    found, file = sight.entry(entry_id, by=g.person, now=g.now)
    looks.note(files.look(file, "look_at_entries", by=g.person, now=g.now))
    is_own = entries.is_of(file, g.person)
    item = sight.item_of(file, found.code, g.now)
    by = names.people([found.entered_by_id, found.voided_by_id])
    state = shown.Cell(_("Voided"), kind="badge", tone="bad") if found.voided_at else shown.Cell(
        _("Repaired"), kind="badge", tone="good") if found.stopped_at else shown.Cell(
        _("Disputed"), kind="badge", tone="bad") if found.is_disputed else None
    acts = [(_("Void it"), forms.show(ReasonForm, url_for("admin.void_entry", entry_id=found.id), _("It was wrong: void it"), danger=True))]
    return render_template(
        "admin/row.html", title=found.title or _("Entry"), state=state,
        trail=[(_("Credit files"), url_for("admin.credit_files")),
               (sight.called([file.id])[file.id], url_for("admin.credit_file", file_id=file.id))],
        acts=acts if shown.may_change(file.area) and not is_own and found.voided_at is None else [],
        why_not=_("This file is your own or your household's: others write in it.") if is_own else "",
        facts=[(_("Item"), shown.text(words.said(item, "name")) if item else shown.code(found.code)), (_("Happened"), shown.day(found.happened_on)),
               (_("Minutes") if found.measured == "minutes" else _("Times"), shown.number(found.quantity)),
               (_("Source"), shown.word(found.source, words.SOURCES)), (_("Told by"), shown.text(found.source_name)),
               (_("What shows it"), shown.text(found.evidence)),
               (_("Entered"), words.signed(found.entered_at, by.get(found.entered_by_id, _("by itself")))),
               *([(_("Voided"), words.signed(found.voided_at, by.get(found.voided_by_id, _("by itself")))),
                  (_("Why"), shown.text(_(found.voided_reason)))] if found.voided_at else []),
               *([(_("Counts no longer from"), shown.day(found.stopped_on))] if found.stopped_on else [])])


@bp.post("/credit/files/<uuid:file_id>/entries")
@only(Role.AREA_ADMIN)
@once
@bp.form(EntryForm, again=credit_file)
def enter_entry(args, file_id):
    sight.file(file_id, by=g.person, now=g.now)
    args["is_another"] = args.get("is_another") == "yes"
    entries.enter(file_id, **args, by=g.person, settings=settings(), now=g.now)
    return gone_to("admin.credit_file", file_id=file_id, done="saved")


@bp.post("/credit/entries/<uuid:entry_id>/void")
@only(Role.AREA_ADMIN)
@once
@bp.form(ReasonForm, again=credit_entry)
def void_entry(args, entry_id):
    file = sight.entry(entry_id, by=g.person, now=g.now)[1]
    entries.void(entry_id, **args, by=g.person, now=g.now)
    return gone_to("admin.credit_file", file_id=file.id, done="voided")


@bp.post("/credit/files/<uuid:file_id>/facts")
@only(Role.AREA_ADMIN)
@once
@bp.form(FactForm, again=credit_file)
def write_fact(args, file_id):
    sight.file(file_id, by=g.person, now=g.now)
    facts.write(file_id, **{"quantity": 0, "until_on": None} | args, by=g.person, now=g.now)
    return gone_to("admin.credit_file", file_id=file_id, done="saved")


@bp.post("/credit/files/<uuid:file_id>/facts/<uuid:fact_id>/end")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=lambda file_id, fact_id: credit_file(file_id))
def end_fact(file_id, fact_id):
    sight.file(file_id, by=g.person, now=g.now)
    facts.end(fact_id, by=g.person, now=g.now)
    return gone_to("admin.credit_file", file_id=file_id, done="saved")
