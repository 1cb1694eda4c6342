"""Rows become JSON as marshmallow would make it, by a shorter way."""
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID

import marshmallow as ma
import pytest

from api.edge.fields import Day, Integer, Moment, Number, Schema
from models import Role

FIELDS = {
    "id": ma.fields.UUID(),
    "name": ma.fields.Str(),
    "role": ma.fields.Str(),
    "raw_words": ma.fields.Str(),
    "count": Integer(),
    "share": Number(),
    "is_open": ma.fields.Bool(),
    "anything": ma.fields.Raw(),
    "figures": ma.fields.Dict(),
    "at": Moment(),
    "on": Day(),
    "from_": Moment(data_key="from"),
    "type": ma.fields.Str(attribute="because_type"),
    "merchant_name": ma.fields.Str(attribute="merchant.name"),
    "kind": ma.fields.Str(dump_default="plain"),
    "token_type": ma.fields.Constant("Bearer"),
    "doubled": ma.fields.Function(lambda row: row["count"] * 2 if isinstance(row, dict) else row.count * 2),
    "ids": ma.fields.List(ma.fields.UUID()),
    "flags": ma.fields.List(ma.fields.Raw()),
    "sent": ma.fields.Str(load_only=True),
}


def with_a_nest(parent):
    item = type("Item", (parent,), {"id": ma.fields.UUID(), "at": Moment()})
    return type("Shown", (parent,), FIELDS | {"one": ma.fields.Nested(item), "many": ma.fields.Nested(item, many=True),
                                              "items": ma.fields.List(ma.fields.Nested(item))})


Ours, Marshmallows = with_a_nest(Schema), with_a_nest(ma.Schema)
ID, AT = UUID(int=7), datetime(2026, 5, 6, 4, 0, 0, 7000, tzinfo=UTC)
ITEM = SimpleNamespace(id=ID, at=AT.replace(microsecond=0))
FULL = {"id": ID, "name": "李娜", "role": Role.RESIDENT, "raw_words": "李".encode(), "count": 3, "share": 2, "is_open": True, "anything": [1],
        "figures": {"a": 1}, "at": AT, "on": date(2026, 5, 6), "from_": AT, "because_type": "coupon", "merchant": SimpleNamespace(name="林记"),
        "kind": "special", "ids": [ID, None], "flags": ["x", None], "sent": "secret", "one": ITEM, "many": [ITEM], "items": [ITEM, None]}
NOTHING = dict.fromkeys(FULL) | {"count": 0, "merchant": SimpleNamespace(name=None)}
LITTLE = {"count": 1, "items": []}


@pytest.mark.parametrize("values", [FULL, NOTHING, LITTLE], ids=["full", "nothing", "little"])
@pytest.mark.parametrize("made", [SimpleNamespace, dict], ids=["a row", "a dict"])
def test_a_row_is_shown_as_marshmallow_shows_it(values, made):
    row = made(**values)
    assert Ours().dump(row) == Marshmallows().dump(row)
    assert list(Ours().dump([row, row], many=True)[1]) == list(Marshmallows().dump(row))


def test_what_is_only_read_is_not_shown_and_what_is_absent_stays_so():
    shown = Ours().dump(SimpleNamespace(**LITTLE))
    assert shown == {"count": 1, "items": [], "doubled": 2, "kind": "plain", "token_type": "Bearer"}


@pytest.mark.parametrize(("at", "shown"), [(AT, "2026-05-06T04:00:00.007Z"), (AT.replace(microsecond=0), "2026-05-06T04:00:00Z"),
                                           (datetime.fromisoformat("2026-05-06T12:00:00+08:00"), "2026-05-06T04:00:00Z")])
def test_a_moment_is_shown_in_utc_with_milliseconds_where_it_has_some(at, shown):
    assert Ours().dump({"at": at, "count": 0})["at"] == shown
