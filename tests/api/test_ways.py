"""Rows become JSON as marshmallow would make it, and what comes in is read as marshmallow would read it, by a shorter way."""
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


class Kept:
    """A row with an attribute that is read when it is asked for, as SQLAlchemy's are once they have expired."""

    def __init__(self):
        self.id = ID

    @property
    def at(self):
        return AT


def test_what_an_object_has_not_of_its_own_is_asked_for():
    shown = type("Shown", (Schema,), {"id": ma.fields.UUID(), "at": Moment()})()
    assert shown.dump(Kept()) == {"id": str(ID), "at": "2026-05-06T04:00:00.007Z"}


def taking(parent):
    place = type("Place", (parent,), {"latitude": Number(required=True), "name": ma.fields.Str(allow_none=True)})

    class Taken(parent):
        id = ma.fields.UUID(required=True)
        words = ma.fields.Str(validate=ma.validate.Length(1, 3))
        from_ = Moment(data_key="from")
        many = ma.fields.List(ma.fields.Nested(place))
        where = ma.fields.Nested(place, allow_none=True)
        count = Integer(load_default=7, attribute="how_many")
        names = ma.fields.List(ma.fields.Str(), load_default=list)
        shown = ma.fields.Str(dump_only=True)

        @ma.validates_schema
        def not_both(self, data, **kw):
            if "words" in data and "from_" in data:
                raise ma.ValidationError({"words": ["Not together with from."]})
    return Taken()


class Strict(ma.Schema):
    class Meta:
        unknown = ma.RAISE


GOOD = {"id": str(ID)}


def loaded(schema, sent):
    try:
        return schema.load(sent)
    except ma.ValidationError as error:
        return error.messages


@pytest.mark.parametrize("sent", [
    GOOD, GOOD | {"words": "李"}, GOOD | {"from": "2026-05-06T04:00:00Z", "count": 3, "names": ["a"]}, GOOD | {"where": None},
    GOOD | {"where": {"latitude": 1.5, "name": None}, "many": [{"latitude": 1}, {"latitude": 2}]},
    {}, {"id": None}, {"id": "7"}, {"words": ""}, GOOD | {"words": "1234", "count": "x"}, GOOD | {"words": None}, GOOD | {"else": 1},
    GOOD | {"shown": "x"}, GOOD | {"from_": "2026-05-06T04:00:00Z"}, GOOD | {"how_many": 3}, GOOD | {"words": "x", "from": "2026-05-06T04:00:00Z"},
    GOOD | {"where": {}}, GOOD | {"where": {"latitude": "x", "other": 1}}, GOOD | {"many": [{"latitude": 1}, {}]}, GOOD | {"where": []},
    [], None, "x", 3, [GOOD],
], ids=str)
def test_what_comes_is_read_as_marshmallow_reads_it(sent):
    assert loaded(taking(Schema), sent) == loaded(taking(Strict), sent)


def test_what_is_made_for_who_gave_nothing_is_made_anew():
    schema = taking(Schema)
    schema.load(GOOD)["names"].append("x")
    assert schema.load(GOOD)["names"] == []


def test_what_may_be_missing_is_marshmallows_to_say():
    assert taking(Schema).load({"words": "x"}, partial=True) == {"words": "x"}
