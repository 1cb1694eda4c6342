"""Settlements: made, approved by one admin, paid by another; their lines, statements and the reconciliation."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from api.edge.settings import settings
from api.edge.statement_files import statement_file
from models import OVERSIGHT, Role, Settlement, SettlementLine, SettlementStatus, local_day
from services.access import reach
from services.merchants import settlements as rules
from services.people import names
from services.refusals import N_


class Narrow(forms.Form):
    status = forms.one_of(N_("State"), words.pairs(words.SETTLEMENTS), required=False, filter=True)
    merchant_id = forms.row(N_("Merchant"), required=False, filter=True)


class SettlementForm(forms.Form):
    merchant_id = forms.row(N_("Merchant"))
    period_start = forms.day(N_("First day"))
    period_end = forms.day(N_("Last day"), hint=N_("Both days are included; it takes what no settlement has taken yet."))


class PayForm(forms.Form):
    paid_at = forms.minute(N_("Paid at"))
    bank_reference = forms.words(N_("The bank's reference"))


class Period(forms.Form):
    period_start = forms.day(N_("First day"), required=False, filter=True)
    period_end = forms.day(N_("Last day"), required=False, filter=True)


@bp.get("/settlements")
@only(*OVERSIGHT)
def settlements():
    asked = forms.narrowed(Narrow)
    choices = lists.merchants_in_sight(asked.get("merchant_id"))
    page = lists.page(rules.search(g.person, g.now, **asked), [Settlement.id])
    called = names.merchants(row.merchant_id for row in page["items"])
    new = [(_("Make a settlement"), forms.show(SettlementForm, url_for("admin.make_settlement"), _("Make it"),
                                                     values=asked, choices={"merchant_id": choices}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Settlements"), new=new, filters=forms.show(
            Narrow, url_for("admin.settlements"), _("Show"), values=asked, choices={"merchant_id": choices}),
        table=shown.table(
            _("Settlements"), [_("Merchant"), _("Period"), _("State"), _("Lines"), _("Amount, yuan")], page,
            lambda row: [shown.text(called.get(row.merchant_id), url_for("admin.settlement", settlement_id=row.id)),
                         shown.days(row.period_start, row.period_end), shown.badge(row.status, words.SETTLEMENTS),
                         shown.number(row.line_count), shown.yuan(row.amount_fen)],
            empty=_("No settlement was found."), numbers=(3, 4)))


@bp.get("/settlements/<uuid:settlement_id>")
@only(*OVERSIGHT)
def settlement(settlement_id):
    found = rules.visible(settlement_id, by=g.person, now=g.now)
    area = found.merchant.area
    reach.require(g.person, area, OVERSIGHT, g.now)
    lines = lists.page(rules.lines_of(found), [SettlementLine.id], newest_first=False)
    disputed = set(found.disputed_line_ids)
    table = shown.table(
        _("Lines"), [_("Used at"), _("Coupon"), _("Shop"), _("Amount, yuan"), _("Disputed")], lines,
        lambda line: [shown.moment(line.at), shown.text(line.coupon.offer.title), shown.text(line.shop.name), shown.yuan(line.amount_fen),
                      shown.text(_("yes") if str(line.id) in disputed else None)],
        empty=_("It has no line: nothing was owed in these days."), numbers=(3,))
    acts, why_not = _acts(found) if shown.may_change(area) else ([], "")
    return render_template(
        "admin/row.html", title=f"{found.merchant.name} · {found.period_start} – {found.period_end}", facts=_facts(found), acts=acts, why_not=why_not,
        state=shown.badge(found.status, words.SETTLEMENTS), trail=[(_("Settlements"), url_for("admin.settlements"))],
        sections=[shown.Section(_("Statement"), links=[
            (suffix.upper(), url_for("admin.statement", settlement_id=found.id, suffix=suffix)) for suffix in ("pdf", "xlsx", "csv")]),
            shown.Section(_("Lines"), table=table)])


def _facts(found: Settlement) -> list:
    called = names.people([found.created_by_id, found.confirmed_by_id, found.approved_by_id, found.paid_by_id])
    steps = ((N_("Made"), found.created_by_id, found.created_at), (N_("Confirmed"), found.confirmed_by_id, found.confirmed_at),
             (N_("Approved"), found.approved_by_id, found.approved_at), (N_("Paid"), found.paid_by_id, found.paid_at))
    return [(_("Amount, yuan"), shown.yuan(found.amount_fen)), (_("Lines"), shown.number(found.line_count)),
            *[(_(label), shown.text(f"{shown.moment(at).text} · {called.get(by, '—')}" if at else None)) for label, by, at in steps],
            *([(_("The bank's reference"), shown.text(found.bank_reference))] if found.bank_reference else []),
            *([(_("Disputed because"), shown.text(found.dispute_reason))] if found.dispute_reason else [])]


def _acts(found: Settlement) -> tuple[list, str]:
    """What this admin may do with it now, and else why not."""
    if rules.owns(found, g.person, g.now):
        return [], _("You own this merchant, so others decide.")
    if found.status == SettlementStatus.DRAFT:
        return [], _("The shop's owner confirms or disputes it first.")
    if found.status == SettlementStatus.DISPUTED:
        return [("", forms.show(None, url_for("admin.reopen_settlement", settlement_id=found.id), _("Reopen for the shop")))], ""
    if found.status == SettlementStatus.CONFIRMED:
        return [("", forms.show(None, url_for("admin.approve_settlement", settlement_id=found.id), _("Approve")))], ""
    if found.status == SettlementStatus.APPROVED and found.approved_by_id == g.person.id:
        return [], _("You approved it, so another admin pays.")
    if found.status == SettlementStatus.APPROVED:
        return [(_("Record the payment"), forms.show(PayForm, url_for("admin.pay_settlement", settlement_id=found.id), _("It is paid"),
                                                           values={"paid_at": forms.as_minute(g.now)}))], ""
    return [], ""


@bp.post("/settlements")
@only(Role.AREA_ADMIN)
@once
@bp.form(SettlementForm, again=settlements)
def make_settlement(args):
    made = rules.make(**args, by=g.person, settings=settings(), now=g.now)
    return gone_to("admin.settlement", settlement_id=made.id, done="made")


@bp.post("/settlements/<uuid:settlement_id>/approve")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=settlement)
def approve_settlement(settlement_id):
    rules.approve(settlement_id, by=g.person, now=g.now)
    return gone_to("admin.settlement", settlement_id=settlement_id, done="approved")


@bp.post("/settlements/<uuid:settlement_id>/reopen")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=settlement)
def reopen_settlement(settlement_id):
    rules.reopen(settlement_id, by=g.person, now=g.now)
    return gone_to("admin.settlement", settlement_id=settlement_id, done="reopened")


@bp.post("/settlements/<uuid:settlement_id>/pay")
@only(Role.AREA_ADMIN)
@once
@bp.form(PayForm, again=settlement)
def pay_settlement(args, settlement_id):
    rules.pay(settlement_id, **args, by=g.person, now=g.now)
    return gone_to("admin.settlement", settlement_id=settlement_id, done="paid")


@bp.get("/settlements/<uuid:settlement_id>/statement.<any(pdf, xlsx, csv):suffix>")
@only(*OVERSIGHT)
def statement(settlement_id, suffix):
    found = rules.visible(settlement_id, by=g.person, now=g.now)
    reach.require(g.person, found.merchant.area, OVERSIGHT, g.now)
    return statement_file(found, suffix)


@bp.get("/reconciliation")
@only(*OVERSIGHT)
def reconciliation():
    today = local_day(g.now, g.person.home_area)
    asked = {"period_start": today.replace(day=1), "period_end": today} | forms.narrowed(Period)
    items = rules.reconciliation(**asked, by=g.person, now=g.now) if asked["period_start"] <= asked["period_end"] else []
    total = {name: sum(row[name] for row in items) for name in ("due_fen", "settled_fen", "paid_fen", "difference_fen")}
    table = shown.table(
        _("Owed and paid, by merchant"), [_("Merchant"), _("Due, yuan"), _("Settled, yuan"), _("Paid, yuan"),
                                                _("Still to pay, yuan")],
        {"items": [*items, {"merchant_name": _("All together"), "merchant_id": None, **total}] if items else [], "next_cursor": None},
        lambda row: [shown.text(row["merchant_name"], row["merchant_id"] and url_for("admin.merchant", merchant_id=row["merchant_id"])),
                     *[shown.yuan(row[name]) for name in total]],
        empty=_("Nothing was owed in these days."), numbers=(1, 2, 3, 4))
    return render_template(
        "admin/list.html", title=_("Reconciliation"), intro=_("What the uses of coupons in these days cost, and what of it was paid."),
        filters=forms.show(Period, url_for("admin.reconciliation"), _("Show"), values=asked), table=table)
