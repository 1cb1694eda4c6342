"""Merchants, their shops and their people."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from api.edge.problems import StaleVersion
from api.edge.settings import settings
from models import OVERSIGHT, Merchant, Role, Shop
from services.access import reach
from services.merchants import merchants as rules
from services.refusals import N_, ValidationFailed

ACCOUNT = r"[0-9A-Z*][0-9A-Z -]{4,39}\Z|\*{4}[0-9A-Z -]{4}\Z"
BANK = ("account_name", "bank_name", "account_number")


class Narrow(forms.Form):
    q = forms.words(N_("Name"), longest=40, required=False, filter=True)
    area_id = lists.area_filter()


class MerchantForm(forms.Form):
    name = forms.name(N_("Name"), longest=100)
    uscc = forms.words(N_("Unified social credit code"), longest=40)
    area_id = forms.area(N_("Area"))
    account_name = forms.name(N_("Account holder"), longest=100, required=False)
    bank_name = forms.name(N_("Bank"), longest=100, required=False)
    account_number = forms.words(N_("Account number"), longest=40, pattern=ACCOUNT, required=False, wrong=N_(
        "Digits and capital letters, please, or the masked number as it stood here."), hint=N_(
        "Kept sealed; only its last four characters are ever shown."))


class EditForm(MerchantForm):
    version = forms.hidden(12)


class ShopForm(forms.Form):
    name = forms.name(N_("Name"), longest=100)
    address = forms.words(N_("Address"), longest=200)
    latitude = forms.degrees(N_("Latitude"), 90, required=False)
    longitude = forms.degrees(N_("Longitude"), 180, required=False)


@bp.get("/merchants")
@only(*OVERSIGHT)
def merchants():
    asked = forms.narrowed(Narrow)
    page = lists.page(rules.search(g.person, g.now, **asked), [Merchant.id])
    new = [(_("Take a merchant in"), forms.show(MerchantForm, url_for("admin.take_in"), _("Take it in"),
                                                      choices={"area_id": lists.own_areas()}))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Merchants"), new=new, filters=forms.show(
            Narrow, url_for("admin.merchants"), _("Search"), values=asked, choices={"area_id": lists.areas()}),
        table=shown.table(
            _("Merchants"), [_("Name"), _("State"), _("Unified social credit code"), _("Area"), _("Since")], page,
            lambda row: [shown.text(row.name, url_for("admin.merchant", merchant_id=row.id)), shown.badge(row.status, words.OPEN),
                         shown.code(row.uscc), shown.text(row.area.name), shown.moment(row.created_at)],
            empty=_("No merchant was found.")))


@bp.get("/merchants/<uuid:merchant_id>")
@only(*OVERSIGHT)
def merchant(merchant_id):
    found = rules.visible(merchant_id, by=g.person, now=g.now)
    reach.require(g.person, found.area, OVERSIGHT, g.now)
    bank = rules.bank_shown(found, by=g.person, settings=settings(), now=g.now) or {}
    changes = shown.may_change(found.area)
    facts = [(_("Unified social credit code"), shown.code(found.uscc)), (_("Area"), shown.text(found.area.name)),
             (_("Since"), shown.moment(found.created_at)), (_("Account holder"), shown.text(bank.get("account_name"))),
             (_("Bank"), shown.text(bank.get("bank_name"))), (_("Account number"), shown.text(bank.get("account_number")))]
    return render_template(
        "admin/row.html", title=found.name, state=shown.badge(found.status, words.OPEN), facts=facts,
        trail=[(_("Merchants"), url_for("admin.merchants"))], acts=_acts(found, bank) if changes else [],
        sections=[_shops(found, changes), _people(found, changes),
                  shown.Section(_("More"), links=[
                      (_("Its settlements"), url_for("admin.settlements", merchant_id=found.id)),
                      (_("Its offers"), url_for("admin.offers", merchant_id=found.id)),
                      *([(_("Make an offer"), url_for("admin.new_offer", merchant_id=found.id))] if changes else [])])])


def _acts(found: Merchant, bank: dict) -> list:
    values = {"name": found.name, "uscc": found.uscc, "area_id": found.area_id, "version": found.version, **bank}
    edit = forms.show(EditForm, url_for("admin.edit_merchant", merchant_id=found.id), _("Save"), values=values,
                      choices={"area_id": lists.own_areas()})
    return [(_("Change it"), edit), _suspension("admin.step_merchant", found, merchant_id=found.id)]


def _suspension(endpoint: str, row: Merchant | Shop, **path) -> tuple[str, forms.ShownForm]:
    if row.status == "active":
        return (_("Suspend: %(name)s", name=row.name), forms.show(None, url_for(endpoint, verb="suspend", **path), _("Suspend now"), danger=True))
    return (_("Let go on: %(name)s", name=row.name), forms.show(None, url_for(endpoint, verb="resume", **path), _("Let it go on")))


def _shops(found: Merchant, changes: bool) -> shown.Section:
    page = lists.page(rules.shops_of(found), [Shop.id])
    section = shown.Section(_("Shops"), table=shown.table(
        _("Shops"), [_("Name"), _("State"), _("Address"), _("Since")], page,
        lambda row: [shown.text(row.name), shown.badge(row.status, words.OPEN), shown.text(row.address), shown.moment(row.created_at)],
        empty=_("It has no shop yet.")))
    if changes:
        section.forms = [(_("Open a shop"), forms.show(ShopForm, url_for("admin.open_shop", merchant_id=found.id), _("Open it"))),
                         *[_suspension("admin.step_shop", row, merchant_id=found.id, shop_id=row.id) for row in page["items"]]]
    return section


def _people(found: Merchant, changes: bool) -> shown.Section:
    page = {"items": rules.people_of(found, g.now), "next_cursor": None}
    section = shown.Section(_("Owners and clerks"), table=shown.table(
        _("Who works for it"), [_("Name"), _("Role"), _("Since"), _("Until")], page,
        lambda row: [shown.text(row[1], url_for("admin.person", person_id=row[0].person_id)), shown.word(row[0].role, words.ROLES),
                     shown.moment(row[0].since), shown.moment(row[0].until)], empty=_("Nobody yet: without an owner no settlement is confirmed.")))
    if changes:
        section.links = [(_("Name an owner or a clerk"), url_for("admin.people", merchant_id=found.id))]
    return section


def _with_bank(args: dict) -> dict:
    """The account is given whole or not at all."""
    bank = {name: args.pop(name) for name in BANK if name in args}
    if bank and len(bank) < len(BANK):
        raise ValidationFailed({name: [N_("Please fill this in.")] for name in BANK if name not in bank})
    return args | ({"bank": bank} if bank else {})


@bp.post("/merchants")
@only(Role.AREA_ADMIN)
@once
@bp.form(MerchantForm, again=merchants)
def take_in(args):
    made = rules.take_in(**_with_bank(args), by=g.person, settings=settings(), now=g.now)
    return gone_to("admin.merchant", merchant_id=made.id, done="made")


@bp.post("/merchants/<uuid:merchant_id>")
@only(Role.AREA_ADMIN)
@once
@bp.form(EditForm, again=merchant)
def edit_merchant(args, merchant_id):
    found = rules.managed(merchant_id, by=g.person, now=g.now)
    if args.pop("version") != str(found.version):
        raise StaleVersion
    rules.edit(found, _with_bank(args), by=g.person, settings=settings(), now=g.now)
    return gone_to("admin.merchant", merchant_id=merchant_id, done="saved")


@bp.post("/merchants/<uuid:merchant_id>/<any(suspend, resume):verb>")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=lambda merchant_id, verb: merchant(merchant_id))
def step_merchant(merchant_id, verb):
    rules.step(merchant_id, verb, by=g.person, now=g.now)
    return gone_to("admin.merchant", merchant_id=merchant_id, done=f"{verb.removesuffix('e')}ed")


@bp.post("/merchants/<uuid:merchant_id>/shops")
@only(Role.AREA_ADMIN)
@once
@bp.form(ShopForm, again=merchant)
def open_shop(args, merchant_id):
    rules.open_shop(merchant_id, **args, by=g.person, now=g.now)
    return gone_to("admin.merchant", merchant_id=merchant_id, done="made")


@bp.post("/merchants/<uuid:merchant_id>/shops/<uuid:shop_id>/<any(suspend, resume):verb>")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=lambda merchant_id, **_: merchant(merchant_id))
def step_shop(merchant_id, shop_id, verb):
    rules.step_shop(shop_id, verb, by=g.person, now=g.now)
    return gone_to("admin.merchant", merchant_id=merchant_id, done=f"{verb.removesuffix('e')}ed")
