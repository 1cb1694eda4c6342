"""A resident's coupons: looked at without the codes with which they are used, and given back for their points."""
from flask import g, render_template, url_for
from flask_babel import gettext as _

from admin import forms, lists, shown, words
from admin.door import bp, gone_to
from api.edge.auth import only
from api.edge.idempotency import once
from models import OVERSIGHT, Coupon, CouponStatus, Person, Role
from services.access import reach
from services.coupons import coupons as rules


def of_person(person: Person) -> list[shown.Section]:
    """For who oversees where the person lives."""
    if not reach.reaches(g.person, person.home_area, OVERSIGHT, g.now):
        return []
    page = lists.page(rules.held_by(person, None, g.now), [Coupon.id])
    return [shown.Section(_("Coupons"), table=shown.table(
        _("Coupons"), [_("Coupon"), _("State"), _("Points"), _("Bought"), _("Valid until")], page,
        lambda row: [shown.text(row.offer.title, url_for("admin.coupon", coupon_id=row.id)), _state(row), shown.number(row.points_paid),
                     shown.moment(row.bought_at), shown.moment(row.valid_until)],
        empty=_("No coupon yet."), numbers=(2,)))]


def _state(row: Coupon) -> shown.Cell:
    return shown.badge(rules.status_at(row, g.now), words.COUPONS)


@bp.get("/coupons/<uuid:coupon_id>")
@only(*OVERSIGHT)
def coupon(coupon_id):
    found, holder = rules.with_holder(coupon_id, by=g.person, roles=OVERSIGHT, now=g.now)
    sees_offer = reach.reaches(g.person, found.offer.area, OVERSIGHT, g.now)
    facts = [(_("Who"), shown.text(holder.display_name, url_for("admin.person", person_id=holder.id))),
             (_("Offer"), shown.text(found.offer.title, url_for("admin.offer", offer_id=found.offer_id) if sees_offer else "")),
             (_("Merchant"), shown.text(found.offer.merchant.name)), (_("Points"), shown.number(found.points_paid)),
             (_("Bought"), shown.moment(found.bought_at)), (_("Valid until"), shown.moment(found.valid_until)),
             *([(_("Used"), shown.moment(found.used_at)), (_("Taken off, yuan"), shown.yuan(rules.discount_of(found)))] if found.used_at else [])]
    acts = []
    if rules.status_at(found, g.now) == CouponStatus.AVAILABLE and shown.may_change(holder.home_area):
        acts = [(_("Give the points back"), forms.show(None, url_for("admin.refund_coupon", coupon_id=found.id), _("Refund it now"), danger=True,
                                                       note=_("The coupon can be used no more, and the resident is told.")))]
    return render_template("admin/row.html", title=found.offer.title, state=_state(found), facts=facts, acts=acts, trail=[
        (_("People"), url_for("admin.people")), (holder.display_name, url_for("admin.person", person_id=holder.id))])


@bp.post("/coupons/<uuid:coupon_id>/refund")
@only(Role.AREA_ADMIN)
@once
@bp.form(again=coupon)
def refund_coupon(coupon_id):
    rules.refund(coupon_id, by=g.person, now=g.now)
    return gone_to("admin.coupon", coupon_id=coupon_id, done="refunded")
