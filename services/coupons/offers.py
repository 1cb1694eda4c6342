"""What points buy at a merchant's shops: made by an admin, or by an owner and approved by an admin."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, selectinload

from models import (
    OVERSIGHT,
    Area,
    Merchant,
    Offer,
    OfferKind,
    OfferShop,
    OfferStatus,
    Person,
    Role,
    Shop,
    db,
)
from services.access import reach
from services.audit import audit
from services.coupons import pages
from services.refusals import N_, Conflict, Forbidden, InvalidTransition, NotFound, ValidationFailed

STEPS = {
    (OfferStatus.DRAFT, "publish"): OfferStatus.ON_SALE,
    (OfferStatus.PAUSED, "publish"): OfferStatus.ON_SALE,
    (OfferStatus.ON_SALE, "pause"): OfferStatus.PAUSED,
    (OfferStatus.DRAFT, "end"): OfferStatus.ENDED,
    (OfferStatus.ON_SALE, "end"): OfferStatus.ENDED,
    (OfferStatus.PAUSED, "end"): OfferStatus.ENDED,
}
TERMS = ("merchant_id", "area_id", "kind", "face_value_fen", "percent", "discount_cap_fen", "item", "min_spend_fen",
         "funded_by", "shop_ids")  # what a coupon that is out was bought for
NEEDS = {
    OfferKind.CASH_OFF: ("face_value_fen",),
    OfferKind.PERCENT_OFF: ("percent", "discount_cap_fen"),
    OfferKind.GOODS: ("face_value_fen", "item"),
    OfferKind.SERVICE: ("face_value_fen", "item"),
    OfferKind.FREE_TRIAL: ("face_value_fen", "item"),
}


class TermsFixed(Conflict):
    message = N_("Coupons of this offer are out, so what it promises stays as it is.")


def create(*, shop_ids: list[UUID], by: Person, now: datetime, **terms) -> Offer:
    """A draft. An area admin's own is approved at once; an owner's, also one who is an admin, waits for another's approval."""
    _check_terms(terms)
    merchant = db.session.get(Merchant, terms["merchant_id"], options=[joinedload(Merchant.area)])
    area = db.session.get(Area, terms["area_id"])
    if merchant is None or area is None:
        raise NotFound
    owns = _owns(by, merchant.id, now)
    if not owns:
        reach.require(by, area, [Role.AREA_ADMIN], now)
        _require_merchant_near(by, merchant, area, now)
    offer = Offer(**terms, created_by_id=by.id, created_at=now, area=area, merchant=merchant,
                  shops=_shops(merchant.id, shop_ids), status=OfferStatus.DRAFT, issued=0, version=1)
    if not owns:
        offer.approved_at, offer.approved_by_id = now, by.id
    db.session.add(offer)
    db.session.flush()
    audit.write("offer.create", "offer", offer.id, by=by.id, area_id=area.id, now=now)
    return offer


def _owns(by: Person, merchant_id: UUID, now: datetime) -> bool:
    return merchant_id in reach.merchant_ids(by, now, [Role.MERCHANT_OWNER])


def _require_merchant_near(by: Person, merchant: Merchant, area: Area, now: datetime) -> None:
    """The merchant is in the admin's reach, or of an area around the offer's; else it is not there."""
    if not merchant.area.holds(area.path) and not reach.reaches(by, merchant.area, [Role.AREA_ADMIN], now):
        raise NotFound


def _shops(merchant_id: UUID, shop_ids: list[UUID]) -> list[Shop]:
    if not shop_ids:
        return []
    found = db.session.scalars(select(Shop).where(Shop.id.in_(shop_ids), Shop.merchant_id == merchant_id)).all()
    if len(found) != len(set(shop_ids)):
        raise NotFound
    return found


def _check_terms(terms: dict) -> None:
    """Each kind has its own figures and no others; a sale ends after it begins."""
    needed = NEEDS[terms["kind"]]
    wrong = {name: [N_("Missing data for required field.")] for name in needed if terms.get(name) is None}
    wrong |= {name: [N_("Not for this kind of offer.")] for name in ("face_value_fen", "percent", "discount_cap_fen", "item")
              if name not in needed and terms.get(name) is not None}
    if terms["kind"] == OfferKind.CASH_OFF and terms.get("face_value_fen") == 0:
        wrong["face_value_fen"] = [N_("This must take something off.")]
    if terms["on_sale_until"] <= terms["on_sale_from"]:
        wrong["on_sale_until"] = [N_("The end must be after the start.")]
    if wrong:
        raise ValidationFailed(wrong)


def edit(offer: Offer, *, by: Person, now: datetime, **changes) -> Offer:
    """Change a locked offer. Its terms stay once coupons are out; an owner edits drafts, which then wait for approval again."""
    owns = _owns(by, offer.merchant_id, now)
    if offer.status == OfferStatus.ENDED or (owns and offer.status != OfferStatus.DRAFT):
        raise InvalidTransition(status=offer.status)
    before = _terms(offer)
    after = before | changes
    _check_terms(after)
    changed = {name for name in changes if _plain(after[name]) != _plain(before[name])}
    if changed & {"merchant_id", "area_id"} or (offer.issued and changed & set(TERMS)):
        raise TermsFixed
    if after["stock"] < offer.issued:
        raise ValidationFailed({"stock": [N_("So many are out already.")]})
    if "shop_ids" in changed:
        offer.shops = _shops(offer.merchant_id, after["shop_ids"])
    for name in changed - {"shop_ids"}:
        setattr(offer, name, changes[name])
    if owns:
        offer.approved_at = offer.approved_by_id = None
    offer.version += 1
    db.session.flush()
    audit.write("offer.edit", "offer", offer.id, by=by.id, area_id=offer.area_id, now=now, fields=sorted(changed))
    return offer


def _terms(offer: Offer) -> dict:
    names = (*TERMS, "title", "points_price", "stock", "per_resident_limit", "on_sale_from", "on_sale_until", "valid_days")
    return {name: getattr(offer, name) for name in names if name != "shop_ids"} | {"shop_ids": [shop.id for shop in offer.shops]}


def _plain(value):
    return set(value) if isinstance(value, list) else value


def approve(offer_id: UUID, *, by: Person, now: datetime) -> Offer:
    """Let an owner's draft be published. Who owns the merchant does not approve for it."""
    offer = administered(offer_id, by=by, now=now)
    if offer.status != OfferStatus.DRAFT or offer.approved_at:
        raise InvalidTransition(status=offer.status)
    offer.approved_at, offer.approved_by_id = now, by.id
    return _stepped(offer, "approve", by, now)


def step(offer_id: UUID, action: str, *, by: Person, now: datetime) -> Offer:
    """publish, pause or end, as STEPS allows; an offer that nobody approved is not published."""
    offer = administered(offer_id, by=by, now=now)
    following = STEPS.get((offer.status, action))
    if following is None or (following == OfferStatus.ON_SALE and offer.approved_at is None):
        raise InvalidTransition(status=offer.status)
    offer.status = following
    return _stepped(offer, action, by, now)


def _stepped(offer: Offer, action: str, by: Person, now: datetime) -> Offer:
    offer.version += 1
    db.session.flush()
    audit.write(f"offer.{action}", "offer", offer.id, by=by.id, area_id=offer.area_id, now=now)
    return offer


def may_administer(offer: Offer, by: Person, now: datetime) -> bool:
    """Admins of its area, but for those who own the merchant."""
    return not _owns(by, offer.merchant_id, now) and reach.reaches(by, offer.area, [Role.AREA_ADMIN], now)


def administered(offer_id: UUID, *, by: Person, now: datetime) -> Offer:
    """The offer, locked, for an admin of its area who does not own the merchant."""
    offer = _locked(offer_id, by, now)
    if not may_administer(offer, by, now):
        raise Forbidden
    return offer


def editable(offer_id: UUID, *, by: Person, now: datetime) -> Offer:
    """The offer, locked, for an admin of its area or an owner of its merchant."""
    offer = _locked(offer_id, by, now)
    if not _owns(by, offer.merchant_id, now) and not reach.reaches(by, offer.area, [Role.AREA_ADMIN], now):
        raise Forbidden
    return offer


def _locked(offer_id: UUID, by: Person, now: datetime) -> Offer:
    return _one(visible(by, now).where(Offer.id == offer_id).with_for_update(of=Offer))


def find(offer_id: UUID, *, by: Person, now: datetime) -> Offer:
    return _one(visible(by, now).where(Offer.id == offer_id))


def _one(query) -> Offer:
    offer = db.session.scalars(query.execution_options(populate_existing=True)).unique().one_or_none()
    if offer is None:
        raise NotFound
    return offer


def visible(by: Person, now: datetime):
    """A select of the offers `by` sees."""
    within = reach.areas_condition(by, reach.READERS, now) | Offer.merchant_id.in_(reach.merchant_ids(by, now))
    return (select(Offer).join(Offer.area).join(Offer.merchant)
            .options(joinedload(Offer.area), joinedload(Offer.merchant), selectinload(Offer.shops)).where(pages.seen_by(by.id, within)))


def search(by: Person, now: datetime, **narrowed):
    """The visible offers, narrowed."""
    return visible(by, now).where(*pages.narrowing(pages.asked(**narrowed)))


def in_reach(by: Person, now: datetime, **narrowed):
    """The same of the areas that `by` administers or audits: what is on sale elsewhere is not their matter."""
    return search(by, now, **narrowed).where(reach.areas_condition(by, OVERSIGHT, now))


def find_in_reach(offer_id: UUID, *, by: Person, now: datetime) -> Offer:
    return _one(in_reach(by, now).where(Offer.id == offer_id))


def good_at(offer: Offer) -> list[Shop]:
    """The open shops that take its coupons: those it names, else all of the merchant's."""
    named = [OfferShop.offer_id == offer.id] if offer.shops else []
    query = select(Shop).where(Shop.merchant_id == offer.merchant_id, Shop.status == "active").order_by(Shop.id)
    return list(db.session.scalars(query.join(OfferShop, OfferShop.shop_id == Shop.id).where(*named) if named else query))


def shops_with_offers(now: datetime):
    """A select of the open shops where some offer on sale now is good."""
    listed = select(OfferShop.shop_id).where(OfferShop.offer_id == Offer.id)
    good_here = exists().where(
        Offer.merchant_id == Shop.merchant_id, Offer.status == OfferStatus.ON_SALE, Offer.on_sale_from <= now,
        Offer.on_sale_until > now, ~listed.exists() | Shop.id.in_(listed))
    return select(Shop).join(Shop.merchant).options(joinedload(Shop.merchant)).where(
        Shop.status == "active", Merchant.status == "active", good_here)
