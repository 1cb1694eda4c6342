"""What points buy: made here, changed, approved, put on sale, paused and ended."""
from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from api.edge.problems import StaleVersion
from models import OVERSIGHT, Offer, OfferKind, OfferStatus, Role
from services.coupons import offers as rules
from services.merchants import merchants
from services.people import names
from services.refusals import N_

MOST_FEN = 10_000_000_00


class Narrow(forms.Form):
    q = forms.words(N_("Title"), longest=40, required=False, filter=True)
    status = forms.one_of(N_("State"), words.pairs(words.OFFERS), required=False, filter=True)
    merchant_id = forms.row(N_("Merchant"), required=False, filter=True)
    area_id = lists.area_filter()


class ForMerchant(forms.Form):
    merchant_id = forms.row(N_("Merchant"))


class OfferForm(forms.Form):
    merchant_id = forms.hidden()
    title = forms.name(N_("Title"), longest=80)
    area_id = forms.area(N_("Good for residents of"))
    kind = forms.one_of(N_("Kind"), words.pairs(words.KINDS))
    face_value_fen = forms.yuan(N_("Value, yuan"), most=MOST_FEN, required=False, hint=N_("For money off, goods, services and free trials."))
    percent = forms.whole(N_("Per cent off"), 1, 99, required=False, hint=N_("Only for a percentage."))
    discount_cap_fen = forms.yuan(N_("At most, yuan"), least=1, most=MOST_FEN, required=False, hint=N_("Only for a percentage."))
    item = forms.name(N_("What is given"), longest=80, required=False, hint=N_("For goods, services and free trials."))
    min_spend_fen = forms.yuan(N_("From a purchase of, yuan"), most=MOST_FEN, required=False)
    points_price = forms.whole(N_("Price in points"), 1, 1_000_000)
    stock = forms.whole(N_("How many"), 1, 1_000_000)
    per_resident_limit = forms.whole(N_("At most for one person"), 1, 1_000_000, required=False)
    on_sale_from = forms.minute(N_("On sale from"))
    on_sale_until = forms.minute(N_("On sale until"))
    valid_days = forms.whole(N_("A coupon is good for, days"), 1, 3650)
    funded_by = forms.one_of(N_("Paid by"), words.pairs(words.FUNDED_BY))
    shop_ids = forms.rows(N_("Only at these shops"), hint=N_("None chosen: at all of the merchant's shops."))


class EditForm(OfferForm):
    class Meta(forms.Form.Meta):
        exclude = ("merchant_id", "area_id")

    version = forms.hidden(12)


class SaleForm(EditForm):
    """What can be changed while coupons are out."""

    class Meta(forms.Form.Meta):
        exclude = rules.TERMS


EMPTY = {"face_value_fen": None, "percent": None, "discount_cap_fen": None, "item": None, "min_spend_fen": 0, "per_resident_limit": None}


@bp.get("/offers")
@only(*OVERSIGHT)
def offers():
    asked = forms.narrowed(Narrow)
    page = lists.page(rules.in_reach(g.person, g.now, **asked), [Offer.id])
    choices = lists.merchants_in_sight(asked.get("merchant_id"))
    new = [(_("Make an offer"), _for_merchant(choices))] if shown.may_change() else []
    return render_template(
        "admin/list.html", title=_("Offers"), filters=forms.show(
            Narrow, url_for("admin.offers"), _("Show"), values=asked, choices={"area_id": lists.areas(), "merchant_id": choices}),
        links=[(label, url_for("admin.new_offer")) for label, _ in new],
        table=shown.table(
            _("Offers"), [_("Title"), _("Merchant"), _("State"), _("Points"), _("Left"), _("On sale")], page,
            lambda row: [shown.text(row.title, url_for("admin.offer", offer_id=row.id)), shown.text(row.merchant.name), _state(row),
                         shown.number(row.points_price), shown.number(row.stock - row.issued), _sale(row)],
            empty=_("No offer was found."), numbers=(3, 4)))


def _state(row: Offer) -> shown.Cell:
    if row.status == OfferStatus.DRAFT and row.approved_at is None:
        return shown.Cell(_("Waits for approval"), kind="badge", tone="waits")
    return shown.badge(row.status, words.OFFERS)


def _sale(row: Offer) -> shown.Cell:
    return shown.days(row.on_sale_from.astimezone(forms.HOME).date(), row.on_sale_until.astimezone(forms.HOME).date())


def _for_merchant(choices: list) -> forms.ShownForm:
    return forms.show(ForMerchant, url_for("admin.new_offer"), _("Go on"), choices={"merchant_id": choices})


@bp.get("/offers/new")
@only(Role.AREA_ADMIN)
def new_offer():
    trail = [(_("Offers"), url_for("admin.offers"))]
    merchant_id = request.form.get("merchant_id") or forms.narrowed(ForMerchant).get("merchant_id")
    if merchant_id is None:
        return render_template("admin/list.html", title=_("New offer"), intro=_("Whose offer is it?"),
                               filters=_for_merchant(lists.merchants_in_sight()))
    merchant = merchants.visible(forms.as_id(merchant_id), by=g.person, now=g.now)
    values = {"merchant_id": merchant.id, "on_sale_from": forms.as_minute(g.now), "min_spend_fen": "0.00", "kind": OfferKind.CASH_OFF,
              "funded_by": "community", "valid_days": 90, "area_id": merchant.area_id}
    form = forms.show(OfferForm, url_for("admin.make_offer"), _("Make the offer"), values=values, choices={
        "area_id": lists.own_areas(), "shop_ids": lists.shops_of(merchant)})
    return render_template("admin/row.html", title=_("New offer"), intro=merchant.name, trail=trail,
                           sections=[shown.Section(_("What is offered"), forms=[("", form)])])


@bp.post("/offers")
@only(Role.AREA_ADMIN)
@once
@bp.form(OfferForm, again=new_offer)
def make_offer(args):
    made = rules.create(**EMPTY | args | {"merchant_id": forms.as_id(args["merchant_id"])}, by=g.person, now=g.now)
    return gone_to("admin.offer", offer_id=made.id, done="made")


@bp.get("/offers/<uuid:offer_id>")
@only(*OVERSIGHT)
def offer(offer_id):
    found = rules.find_in_reach(offer_id, by=g.person, now=g.now)
    called = names.people([found.created_by_id, found.approved_by_id])
    facts = [(_("Merchant"), shown.text(found.merchant.name, url_for("admin.merchant", merchant_id=found.merchant_id))),
             (_("Good for residents of"), shown.text(found.area.name)), (_("Kind"), shown.word(found.kind, words.KINDS)),
             *[(_(label), cell) for label, wanted, cell in (
                 (N_("Value, yuan"), found.face_value_fen, shown.yuan(found.face_value_fen)),
                 (N_("Per cent off"), found.percent, shown.number(found.percent)),
                 (N_("At most, yuan"), found.discount_cap_fen, shown.yuan(found.discount_cap_fen)),
                 (N_("What is given"), found.item, shown.text(found.item))) if wanted is not None],
             (_("From a purchase of, yuan"), shown.yuan(found.min_spend_fen)), (_("Price in points"), shown.number(found.points_price)),
             (_("How many"), shown.number(found.stock)), (_("Out already"), shown.number(found.issued)),
             (_("At most for one person"), shown.number(found.per_resident_limit)), (_("On sale"), _sale(found)),
             (_("A coupon is good for, days"), shown.number(found.valid_days)), (_("Paid by"), shown.word(found.funded_by, words.FUNDED_BY)),
             (_("Shops"), shown.text(" · ".join(shop.name for shop in found.shops) or _("all of the merchant's"))),
             (_("Made by"), shown.text(called.get(found.created_by_id))), (_("Approved by"), shown.text(called.get(found.approved_by_id))),
             (_("Approved"), shown.moment(found.approved_at))]
    return render_template("admin/row.html", title=found.title, state=_state(found), facts=facts, acts=_acts(found),
                           trail=[(_("Offers"), url_for("admin.offers"))])


def _acts(found: Offer) -> list:
    if not rules.may_administer(found, g.person, g.now):
        return []
    acts = []
    if found.status == OfferStatus.DRAFT and found.approved_at is None:
        acts.append(("", forms.show(None, url_for("admin.approve_offer", offer_id=found.id), _("Approve"))))
    steps = ((N_("Put on sale"), "publish", False), (N_("Pause"), "pause", False), (N_("End"), "end", True))
    for label, verb, danger in steps:
        if (found.status, verb) in rules.STEPS and (verb != "publish" or found.approved_at):
            form = forms.show(None, url_for("admin.step_offer", offer_id=found.id, verb=verb), _(label), danger=danger)
            acts.append((_("End this offer") if danger else "", form))
    if found.status != OfferStatus.ENDED:
        acts.insert(0, (_("Change it"), _change(found)))
    return acts


def _change(found: Offer) -> forms.ShownForm:
    fen = ("face_value_fen", "discount_cap_fen", "min_spend_fen")
    values = {name: getattr(found, name) for name in _edit_form(found)().fields if name != "shop_ids"}
    values |= {name: forms.as_yuan(values[name]) for name in fen if name in values}
    values |= {name: forms.as_minute(values[name]) for name in ("on_sale_from", "on_sale_until")}
    return forms.show(
        _edit_form(found), url_for("admin.edit_offer", offer_id=found.id), _("Save"), choices={"shop_ids": lists.shops_of(found.merchant)},
        values=values | {"shop_ids": [shop.id for shop in found.shops]}, note=found.issued and _(
            "Coupons are out, so what they promise stays. Price, days and numbers hold for those bought from now on, a new title is read on all."))


def _edit_form(found: Offer) -> type[EditForm]:
    return SaleForm if found.issued else EditForm


@bp.post("/offers/<uuid:offer_id>")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=offer)
def edit_offer(offer_id):
    found = rules.administered(offer_id, by=g.person, now=g.now)
    schema = _edit_form(found)
    args = {name: empty for name, empty in EMPTY.items() if name in schema().fields} | forms.read(schema)
    if args.pop("version") != str(found.version):
        raise StaleVersion
    rules.edit(found, by=g.person, now=g.now, **args)
    return gone_to("admin.offer", offer_id=offer_id, done="saved")


@bp.post("/offers/<uuid:offer_id>/approve")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=offer)
def approve_offer(offer_id):
    rules.approve(offer_id, by=g.person, now=g.now)
    return gone_to("admin.offer", offer_id=offer_id, done="approved")


@bp.post("/offers/<uuid:offer_id>/<any(publish, pause, end):verb>")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=lambda offer_id, verb: offer(offer_id))
def step_offer(offer_id, verb):
    rules.step(offer_id, verb, by=g.person, now=g.now)
    return gone_to("admin.offer", offer_id=offer_id, done={"publish": "published", "pause": "paused", "end": "ended"}[verb])
