"""How a row becomes JSON: for each schema the way to every field is found once, where marshmallow finds it anew for every value.

What is shown is the same, but for one thing: a key that a dict has not is absent, even where dicts have a method of that name.
"""
from collections.abc import Callable
from functools import partial
from operator import attrgetter, itemgetter
from typing import NamedTuple

import marshmallow as ma


class Way(NamedTuple):
    """From a row to what stands under `key`. Without an attribute `write` takes the whole row; without `write` the value stays as it is."""

    key: str
    attribute: str | None
    is_path: bool
    default: object
    write: Callable | None


class Ways:
    """Those of one schema. What stands in a row is taken from it in one step; a row that lacks some of it is asked way by way."""

    def __init__(self, schema: ma.Schema):
        self._all = [_way(name, field) for name, field in schema.dump_fields.items()]
        self._blank = dict.fromkeys(way.key for way in self._all)  # all keys, in their order
        standing = [way for way in self._all if way.attribute is not None]
        names = [way.attribute for way in standing]
        self._keys = [way.key for way in standing]
        self._written = [(way.key, way.write) for way in standing if way.write]
        self._of_the_row = [(way.key, way.write) for way in self._all if way.attribute is None]
        self._attributes, self._items = _taking(attrgetter, names), None if any(way.is_path for way in standing) else _taking(itemgetter, names)

    def dump(self, row) -> dict:
        """What this row shows."""
        take = self._items if isinstance(row, dict) else self._attributes
        if take is None:
            return self._one_by_one(row)
        try:
            values = take(row)
        except (AttributeError, KeyError):
            return self._one_by_one(row)
        shown = self._blank.copy()
        shown.update(zip(self._keys, values, strict=True))
        for key, write in self._written:
            if (value := shown[key]) is not None:
                shown[key] = write(value)
        for key, write in self._of_the_row:
            shown[key] = write(row)
            if shown[key] is ma.missing:
                del shown[key]
        return shown

    def _one_by_one(self, row) -> dict:
        find = row.get if isinstance(row, dict) else partial(getattr, row)
        shown = {}
        for key, attribute, is_path, default, write in self._all:
            if attribute is None:
                value = write(row)
            else:
                value = ma.utils.get_value(row, attribute, default) if is_path else find(attribute, default)
                if write is not None and value is not None and value is not ma.missing:
                    value = write(value)
            if value is not ma.missing:
                shown[key] = value
        return shown


def _taking(getter: Callable, names: list[str]) -> Callable | None:
    """What takes the values of all these names; of a single name Python's own gives the value alone."""
    return getter(*names) if len(names) > 1 else None


def _way(name: str, field: ma.fields.Field) -> Way:
    key = name if field.data_key is None else field.data_key
    if not field._CHECK_ATTRIBUTE:
        return Way(key, None, False, None, _of_the_row(name, field))
    attribute = name if field.attribute is None else field.attribute
    return Way(key, attribute, "." in attribute, field.dump_default, _writer(name, field))


def _of_the_row(name: str, field: ma.fields.Field) -> Callable:
    if type(field) is ma.fields.Function and field.serialize_func:
        return field.serialize_func
    return lambda row: field._serialize(None, name, row)


def _writer(name: str, field: ma.fields.Field) -> Callable | None:
    """What makes JSON of a value that is not None. A field of ours may have it under the name `shown`."""
    if hasattr(field, "shown"):
        return field.shown
    match type(field)._serialize:
        case ma.fields.Field._serialize:
            return None
        case ma.fields.String._serialize:
            return _text
        case ma.fields.UUID._serialize:
            return str
        case ma.fields.Integer._serialize if field.num_type is int and not field.as_string:
            return int
        case ma.fields.Nested._serialize:
            return _nested(field)
        case ma.fields.List._serialize:
            inner = _writer(name, field.inner)
            return list if inner is None else lambda values: [None if value is None else inner(value) for value in values]
    return lambda value: field._serialize(value, name, None)


def _nested(field: ma.fields.Nested) -> Callable:
    schema = field.schema
    has_hooks = schema._hooks[ma.decorators.PRE_DUMP] or schema._hooks[ma.decorators.POST_DUMP]
    return partial(schema.dump if has_hooks else schema._serialize, many=schema.many or field.many)


def _text(value) -> str:
    return value if type(value) is str else ma.utils.ensure_text_type(value)
