"""The audit log, for auditors: who did what, and whether the chain of seals still holds."""
from datetime import datetime, time

from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.credit import words as of_credit
from admin.door import bp
from api.edge.auth import only
from models import AuditRow, Role
from services.audit import audit, audit_chain
from services.people import names
from services.refusals import N_

LOOKED_AT = 20_000
TOLD = {  # details whose values are of a known vocabulary
    "status": words.RECORDS | words.OBJECTIONS | of_credit.REPAIRS | of_credit.APPLICATIONS, "role": words.ROLES, "direction": words.DIRECTIONS,
    "is_worked": {"True": N_("yes"), "False": N_("no")}}
PAGES = {"activity_record": ("record", "record_id"), "event": ("event", "event_id"), "fund": ("fund", "fund_id"),
         "merchant": ("merchant", "merchant_id"), "objection": ("objection", "objection_id"), "offer": ("offer", "offer_id"),
         "person": ("person", "person_id"), "settlement": ("settlement", "settlement_id"), "area": ("area", "area_id")}


class Narrow(forms.Form):
    action = forms.one_of(N_("What"), words.pairs(words.ACTIONS), required=False, filter=True)
    area_id = lists.area_filter()
    from_on = forms.day(N_("From"), required=False, filter=True)
    to_on = forms.day(N_("To"), required=False, filter=True)


@bp.get("/audit")
@only(Role.AUDITOR)
def audit_log():
    asked = forms.narrowed(Narrow)
    first, last = asked.get("from_on"), asked.get("to_on")
    page = lists.page(audit.search(
        g.person, g.now, area_id=asked.get("area_id"), action=asked.get("action"),
        from_=first and datetime.combine(first, time(), forms.HOME), to=last and forms.end_of(last)), [AuditRow.id])
    by, at = names.people(row.by_id for row in page["items"]), names.areas(row.area_id for row in page["items"])
    return render_template(
        "admin/list.html", title=_("Audit log"), links=[(_("Verify the seals"), url_for("admin.seals"))],
        filters=forms.show(Narrow, url_for("admin.audit_log"), _("Show"), values=asked, choices={"area_id": lists.areas((Role.AUDITOR,))}),
        table=shown.table(
            _("What was done"), [_("When"), _("By"), _("What"), _("On what"), _("Area"), _("Details")], page,
            lambda row: [shown.moment(row.at), shown.text(by.get(row.by_id) or _("the system")), shown.word(row.action, words.ACTIONS),
                         _target(row), shown.text(at.get(row.area_id)), _detail(row)],
            empty=_("Nothing was done here in this time.")))


def _target(row: AuditRow) -> shown.Cell:
    label = _(words.TARGETS[row.target_type]) if row.target_type in words.TARGETS else row.target_type
    endpoint, name = PAGES.get(row.target_type, ("", ""))
    return shown.text(label, url_for(f"admin.{endpoint}", **{name: row.target_id}) if endpoint else "")


def _detail(row: AuditRow) -> shown.Cell:
    return shown.code("; ".join(_told(name, value) for name, value in row.detail.items())) if row.detail else shown.text(None)


def _told(name: str, value) -> str:
    """In words, where there are any: what is new here is shown as it is written."""
    label = _(words.DETAILS[name]) if name in words.DETAILS else name
    if name == "amount_fen":
        value = f"¥{shown.yuan(value).text}"
    elif isinstance(value, list):
        value = ", ".join(map(str, value))
    elif str(value) in (known := TOLD.get(name, {})):
        value = _(known[str(value)])
    return _("%(what)s: %(value)s", what=label, value=value)


@bp.get("/audit/seals")
@only(Role.AUDITOR)
def seals():
    """Reads the newest part of the chain; the whole of it is `flask check-ledger`'s, which nobody waits for."""
    count, last = audit_chain.head()
    broken = audit_chain.problems(newest=LOOKED_AT)
    state = shown.Cell(_("The chain holds") if not broken else _("The chain is broken"), kind="badge", tone="bad" if broken else "good")
    facts = [(_("Sealed rows"), shown.number(count)), (_("Looked at just now"), shown.number(min(count, LOOKED_AT))),
             (_("Not sealed yet"), shown.number(audit_chain.unsealed())), (_("Last seal"), shown.code(last))]
    sections = [shown.Section(_("What does not hold"), table=shown.table(
        _("Broken seals"), [_("Finding")], {"items": broken, "next_cursor": None}, lambda sentence: [shown.text(sentence)],
        empty=_("Nothing.")))] if broken else []
    return render_template(
        "admin/row.html", title=_("Seals of the audit log"), state=state, facts=facts, sections=sections,
        intro=_("Each row is sealed with the one before. Write the count and the last seal down elsewhere: so a cut end shows, too."),
        trail=[(_("Audit log"), url_for("admin.audit_log"))])
