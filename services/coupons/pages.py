"""A page of offers, with how many of each somebody has and the points for them: one statement, made once for each set of filters.
And who sees which."""
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Date, Row, String, Uuid, bindparam, exists, false, func, or_, select

from models import Area, Coupon, Merchant, Offer, OfferShop, OfferStatus, Person, as_json, db, local_day
from models.areas import usual_day
from models.statements import MOST, is_postgresql, run
from services.access import reach
from services.coupons.availability import available, held, points_of, refusal_for
from services.refusals import Conflict, NotFound

OFFERS, AREAS, MERCHANTS, NAMED = (kind.__table__ for kind in (Offer, Area, Merchant, OfferShop))
PATH = AREAS.c.path.type
RULED = ("id", "status", "on_sale_from", "on_sale_until", "points_price", "issued", "stock", "per_resident_limit")  # availability.refusal_for
SHOWN = ("id", "merchant_id", "area_id", "title", "kind", "face_value_fen", "percent", "discount_cap_fen", "item", "min_spend_fen", "points_price",
         "stock", "per_resident_limit", "on_sale_from", "on_sale_until", "valid_days", "funded_by", "status", "approved_at", "created_at")
TYPES = {"merchant_id": Uuid, "kind": String, "status": String, "q": String, "begins": PATH, "ends": PATH}


def newest(by: Person, now: datetime, *, holder: Person, before: UUID, most: int, **narrowed) -> list[Row]:
    """The offers that `by` sees with ids below `before`, narrowed, each with what is `shown` of it to everybody, a text of JSON; `held`: how many
    `holder` has of it, and `available`: how many points they can spend today, if that is the usual day."""
    wanted = asked(**narrowed)
    heads, own = reach.heads(by, reach.READERS, now), reach.merchant_ids(by, now)
    statement = _page(is_postgresql(), len(heads), len(own), tuple(wanted))
    return run(statement, {
        "by_id": by.id, "holder_id": holder.id, "today": usual_day(now), "before": before, "most": most, **wanted,
        **{f"own_{n}": merchant_id for n, merchant_id in enumerate(own)},
        **{f"{end}_{n}": path for n, area in enumerate(heads) for end, path in zip(("begins", "ends"), area.span, strict=True)}}).all()


def refusals(holder: Person, page: list[Row], now: datetime) -> list[Conflict | None]:
    """Why `holder` could not exchange each of these now; None where they could."""
    if not page:
        return []
    today = local_day(now, page[0])  # a row has its area's zone
    points = page[0].available or 0 if today == usual_day(now) else points_of(holder, today)
    return [refusal_for(row, row.merchant_status, available=points, held=row.held, now=now) for row in page]


def seen_by(person_id, within):
    """A condition: those on sale or held by this person; and those `within`: all of their own area (staff) and of their own merchant."""
    return or_(Offer.status == OfferStatus.ON_SALE, exists().where(Coupon.offer_id == Offer.id, Coupon.resident_id == person_id), within)


def asked(*, area_id: UUID | None = None, merchant_id: UUID | None = None, kind: str | None = None, status: str | None = None,
          q: str | None = None) -> dict:
    """What `narrowing` needs to know of this. NotFound for an area or a merchant that there is not."""
    if merchant_id and db.session.get(Merchant, merchant_id) is None:
        raise NotFound
    area = db.session.get(Area, area_id) if area_id else None
    if area_id and area is None:
        raise NotFound
    begins, ends = area.span if area else (None, None)
    words = q and q.replace("/", "//").replace("%", "/%").replace("_", "/_")
    given = {"merchant_id": merchant_id, "kind": kind, "status": status, "q": words or None, "begins": begins, "ends": ends}
    return {name: value for name, value in given.items() if value is not None}


def narrowing(wanted: dict) -> list:
    """Conditions, of values or of names for them. An area means its subtree and the areas around it, whose offers are good there too."""
    conditions = [column == wanted[column.key] for column in (Offer.merchant_id, Offer.kind, Offer.status) if column.key in wanted]
    if "begins" in wanted:
        is_around = func.substr(wanted["begins"], 1, func.length(Area.path)) == Area.path
        conditions.append((Area.path >= wanted["begins"]) & (Area.path < wanted["ends"]) | is_around)
    return [*conditions, Offer.title.icontains(wanted["q"], escape="/")] if "q" in wanted else conditions


@cache
def _page(on_postgresql: bool, heads: int, own: int, narrowed: tuple[str, ...]):
    in_reach = or_(false(), *((Area.path >= bindparam(f"begins_{n}", type_=PATH)) & (Area.path < bindparam(f"ends_{n}", type_=PATH))
                              for n in range(heads)))
    of_own = or_(false(), *(Offer.merchant_id == bindparam(f"own_{n}", type_=Uuid) for n in range(own)))
    has = held(Offer.id, bindparam("holder_id", type_=Uuid))
    return (select(*(OFFERS.c[name] for name in RULED), as_json.text(_offer(on_postgresql), on_postgresql), has.label("held"),
                   available(bindparam("holder_id", type_=Uuid), bindparam("today", type_=Date)).label("available"),
                   MERCHANTS.c.status.label("merchant_status"), AREAS.c.timezone)
            .join(AREAS, AREAS.c.id == OFFERS.c.area_id).join(MERCHANTS, MERCHANTS.c.id == OFFERS.c.merchant_id)
            .where(OFFERS.c.id < bindparam("before", type_=Uuid), seen_by(bindparam("by_id", type_=Uuid), in_reach | of_own),
                   *narrowing({name: bindparam(name, type_=TYPES[name]) for name in narrowed}))
            .order_by(OFFERS.c.id.desc()).limit(MOST))


def _offer(on_postgresql: bool):
    """What is shown of an offer to everybody: api.coupons.offers.OfferSchema."""
    shops = as_json.rows(on_postgresql, NAMED.c.shop_id, by=NAMED.c.shop_id, where=NAMED.c.offer_id == OFFERS.c.id)
    return as_json.row(on_postgresql, **{name: OFFERS.c[name] for name in SHOWN}, merchant_name=MERCHANTS.c.name, shop_ids=shops,
                       stock_left=OFFERS.c.stock - OFFERS.c.issued)
