"""Lists: a keyset page of a service's query, and what its filters offer to choose from."""
from flask import g, request

from admin import forms
from admin.shown import ADMIN
from api import paging
from models import Merchant, Role
from services import grids, merchants
from services.refusals import N_

PAGE = 30
MOST_CHOICES = 500
SEES = (Role.AREA_ADMIN, Role.AUDITOR)
INDENT = "\u2003"


def page(query, keys, *, newest_first: bool = True, scalars: bool = True) -> dict:
    return paging.page(query, keys, limit=PAGE, cursor=request.args.get("cursor"), newest_first=newest_first, scalars=scalars)


def areas(roles=SEES) -> list[tuple[str, str]]:
    """The areas in reach as a tree, to choose one of."""
    found = grids.in_reach(g.person, g.now, roles=roles, most=MOST_CHOICES)
    top = min((area.path.count("/") for area in found), default=0)
    return [(area.id, INDENT * (area.path.count("/") - top) + area.name) for area in found]


def own_areas() -> list[tuple[str, str]]:
    """Those where the person may change something."""
    return areas(ADMIN)


def merchants_in_sight() -> list[tuple[str, str]]:
    found = paging.page(merchants.search(g.person, g.now), [Merchant.id], limit=MOST_CHOICES, cursor=None)
    return [(merchant.id, merchant.name) for merchant in found["items"]]


def area_filter():
    return forms.row(N_("Area"), required=False, filter=True)
