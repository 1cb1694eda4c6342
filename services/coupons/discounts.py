"""What a coupon takes off at the till, and what the community then owes the shop."""
from models import Offer, OfferKind
from services.refusals import N_, Invalid, ValidationFailed


class BelowMinimumSpend(Invalid):
    message = N_("This coupon is for purchases from %(min_spend)s.")


def discount_of(offer: Offer, spend_fen: int | None) -> int:
    """What the resident saves, in fen, never more than the spend. Percentages round down."""
    if spend_fen is None and (offer.min_spend_fen or offer.kind == OfferKind.PERCENT_OFF):
        raise ValidationFailed({"spend_fen": [N_("Missing data for required field.")]})
    if spend_fen is not None and spend_fen < offer.min_spend_fen:
        raise BelowMinimumSpend(min_spend_fen=offer.min_spend_fen)
    discount = _taken_off(offer, spend_fen)
    if discount < 1 and spend_fen is not None:  # a coupon is not used up for nothing
        raise ValidationFailed({"spend_fen": [N_("Too little for this coupon to take anything off.")]})
    return discount


def _taken_off(offer: Offer, spend_fen: int | None) -> int:
    if offer.kind == OfferKind.PERCENT_OFF:
        return min(spend_fen * offer.percent // 100, offer.discount_cap_fen or spend_fen)
    return offer.face_value_fen if spend_fen is None else min(offer.face_value_fen, spend_fen)


def due_of(offer: Offer, discount_fen: int) -> int:
    """What the community owes the shop: the discount, or for a thing given its whole value."""
    if offer.funded_by != "community":
        return 0
    return discount_fen if offer.kind in (OfferKind.CASH_OFF, OfferKind.PERCENT_OFF) else offer.face_value_fen
