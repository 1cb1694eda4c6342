"""How a row becomes JSON: for each schema the way to every field is found once, where marshmallow finds it anew for every value.

What is shown is the same, but for one thing: a key that a dict has not is absent, even where dicts have a method of that name.
"""
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import marshmallow as ma


class Way(NamedTuple):
    """From a row to what stands under `key`. Without an attribute `write` takes the whole row; without `write` the value stays as it is."""

    key: str
    attribute: str | None
    is_path: bool
    default: object
    write: Callable | None


def ways(schema: ma.Schema) -> list[Way]:
    return [_way(name, field) for name, field in schema.dump_fields.items()]


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
            return lambda value: field.schema.dump(value, many=field.schema.many or field.many)
        case ma.fields.List._serialize:
            inner = _writer(name, field.inner)
            return list if inner is None else lambda values: [None if value is None else inner(value) for value in values]
    return lambda value: field._serialize(value, name, None)


def _text(value) -> str:
    return value if type(value) is str else ma.utils.ensure_text_type(value)


def dump(row, along: list[Way]) -> dict:
    """What this row shows."""
    find = row.get if isinstance(row, dict) else partial(getattr, row)
    shown = {}
    for key, attribute, is_path, default, write in along:
        if attribute is None:
            value = write(row)
        else:
            value = ma.utils.get_value(row, attribute, default) if is_path else find(attribute, default)
            if write is not None and value is not None and value is not ma.missing:
                value = write(value)
        if value is not ma.missing:
            shown[key] = value
    return shown
