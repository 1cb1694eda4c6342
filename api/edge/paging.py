"""Keyset pages. A cursor says where the last page ended; it is ours, signed, and bound to its list and filters."""
import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from flask import g, request
from sqlalchemy import literal, tuple_

from api.edge.settings import settings
from models import db
from services.refusals import ValidationFailed

LAST = UUID(int=2**128 - 1)  # no row's: all ids are below it


def page(query, keys, *, limit: int, cursor: str | None, newest_first: bool = True, scalars: bool = True) -> dict:
    """One page of `query` in the order of `keys` (columns whose last is unique): `{"items", "next_cursor"}`.

    With `scalars=False` the query's rows are given whole, and must hold the keys under their column names.
    """
    if cursor:
        place = tuple_(*(literal(value, key.type) for key, value in zip(keys, _read(cursor, len(keys)), strict=True)))
        query = query.where(tuple_(*keys) < place if newest_first else tuple_(*keys) > place)
    query = query.order_by(*(key.desc() if newest_first else key.asc() for key in keys)).limit(limit + 1)
    rows = (db.session.scalars(query).unique() if scalars else db.session.execute(query)).all()
    return _cut(rows, [key.key for key in keys], limit)


def by_id(newest: Callable, *, limit: int, cursor: str | None, **narrowed) -> dict:
    """One page of what `newest(before=…, most=…)` gives: rows with ids below `before`, the newest first, at most so many."""
    return _cut(newest(before=_read(cursor, 1)[0] if cursor else LAST, most=limit + 1, **narrowed), ["id"], limit)


class Written(NamedTuple):
    """A page whose items are JSON already."""

    items: list[str]
    next_cursor: str | None

    def __str__(self) -> str:
        return f'{{"items":[{",".join(self.items)}],"next_cursor":{json.dumps(self.next_cursor)}}}\n'


def written(newest: Callable, *, limit: int, cursor: str | None, also: Callable | None = None, **narrowed) -> Written:
    """The same of rows whose JSON the database has written as `shown`. `also` gives, for all, a JSON object of what is shown besides."""
    page = by_id(newest, limit=limit, cursor=cursor, **narrowed)
    items = [row.shown for row in page["items"]]
    if also is not None:
        items = [f"{item[:-1]},{more[1:]}" for item, more in zip(items, also(page["items"]), strict=True)]
    return Written(items, page["next_cursor"])


def _cut(rows: list, keys: list[str], limit: int) -> dict:
    if len(rows) <= limit:
        return {"items": rows, "next_cursor": None}
    return {"items": rows[:limit], "next_cursor": _write([getattr(rows[limit - 1], key) for key in keys])}


def _write(values) -> str:
    body = json.dumps([_tagged(value) for value in values], separators=(",", ":")).encode()
    return urlsafe_b64encode(_sign(body) + body).decode().rstrip("=")


def _read(cursor: str, length: int) -> list:
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if not hmac.compare_digest(_sign(raw[16:]), raw[:16]):
            raise ValueError
        values = [_untagged(value) for value in json.loads(raw[16:])]
        if len(values) != length:
            raise ValueError
        return values
    except (ValueError, TypeError) as error:
        raise ValidationFailed({"cursor": ["Not a cursor of this list."]}) from error


def _sign(body: bytes) -> bytes:
    filters = sorted((k, v) for k, v in request.args.items() if k not in ("cursor", "limit", "done"))
    bound = f"{request.path}|{filters}|{g.person_id}|".encode()
    return hmac.digest(settings().keys["cursors"], bound + body, hashlib.sha256)[:16]


def _tagged(value):
    if isinstance(value, UUID):
        return ["u", value.hex]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    return ["d", value.isoformat()] if isinstance(value, date) else ["v", value]


def _untagged(tagged):
    kind, value = tagged
    return {"u": UUID, "t": datetime.fromisoformat, "d": date.fromisoformat, "v": lambda v: v}[kind](value)
