"""Lists: a keyset page of a service's query, and what its filters offer to choose from."""
from collections.abc import Callable
from uuid import UUID

from flask import g, request

from admin import forms
from admin.shown import ADMIN
from api.edge import paging
from models import OVERSIGHT, STAFF, Merchant, Person, Shop
from services.access import roles
from services.areas import grids
from services.merchants import merchants
from services.people import names
from services.refusals import N_

PAGE = 30
MOST_CHOICES = 500
INDENT = "\u2003"


def page(query, keys, *, newest_first: bool = True, scalars: bool = True) -> dict:
    return paging.page(query, keys, limit=PAGE, cursor=request.args.get("cursor"), newest_first=newest_first, scalars=scalars)


def by_id(newest: Callable) -> dict:
    return paging.by_id(newest, limit=PAGE, cursor=request.args.get("cursor"))


def areas(held=OVERSIGHT) -> list[tuple[UUID, str]]:
    """The areas in reach as a tree, to choose one of; none where there are too many, and a code is asked for."""
    found = grids.in_reach(g.person, g.now, roles=held, most=MOST_CHOICES)
    top = min((area.path.count("/") for area in found), default=0)
    return [(area.id, INDENT * (area.path.count("/") - top) + area.name) for area in found]


def own_areas() -> list[tuple[UUID, str]]:
    """Those where the person may change something."""
    return areas(ADMIN)


def merchants_in_sight(also: UUID | None = None) -> list[tuple[UUID, str]]:
    """The newest merchants, and the one that a merchant's own page named; each leads to what concerns it."""
    found = paging.page(merchants.search(g.person, g.now), [Merchant.id], limit=MOST_CHOICES, cursor=None)["items"]
    shown = {merchant.id: merchant.name for merchant in found}
    return [*shown.items(), *((key, name) for key, name in names.merchants([also]).items() if key not in shown)]


def staff_but(*ids: UUID) -> list[tuple[UUID, str]]:
    """Grid workers and admins in sight, those left out."""
    found = {}
    for role in STAFF:
        rows = paging.page(roles.search(g.person, g.now, role=role), [Person.id], limit=MOST_CHOICES, cursor=None)["items"]
        found |= {row.id: row.display_name for row in rows}
    return [(key, name) for key, name in found.items() if key not in ids]


def shops_of(merchant: Merchant) -> list[tuple[UUID, str]]:
    found = paging.page(merchants.shops_of(merchant), [Shop.id], limit=MOST_CHOICES, cursor=None)["items"]
    return [(shop.id, shop.name) for shop in found]


def area_filter():
    return forms.area(N_("Area"), required=False, filter=True)
