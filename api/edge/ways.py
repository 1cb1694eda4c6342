"""How a row becomes JSON, and what came in JSON values: for each schema the way to every field is found once, where marshmallow finds it
anew for every value.

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
        paths, plain = [way for way in standing if way.is_path], [way for way in standing if not way.is_path]
        self._keys, self._keys_of_paths = [way.key for way in plain], [way.key for way in paths]
        self._written = [(way.key, way.write) for way in standing if way.write]
        self._of_the_row = [(way.key, way.write) for way in self._all if way.attribute is None]
        self._items, self._attributes, self._paths = (
            _taking(getter, [way.attribute for way in ways]) for getter, ways in ((itemgetter, plain), (attrgetter, plain), (attrgetter, paths)))

    def dump(self, row) -> dict:
        """What this row shows."""
        shown = self._blank.copy()
        try:
            shown.update(zip(self._keys, self._take(row), strict=True))
            if self._keys_of_paths:
                shown.update(zip(self._keys_of_paths, self._paths(row), strict=True))
        except (AttributeError, KeyError):
            return self._one_by_one(row)
        for key, write in self._written:
            if (value := shown[key]) is not None:
                shown[key] = write(value)
        for key, write in self._of_the_row:
            shown[key] = write(row)
            if shown[key] is ma.missing:
                del shown[key]
        return shown

    def _take(self, row) -> tuple:
        """What stands in the row; KeyError or AttributeError where something is not there. An object's own values are taken as they stand:
        SQLAlchemy's look at each attribute takes longer than to write it."""
        if isinstance(row, dict):
            return self._items(row)
        if own := getattr(row, "__dict__", None):
            try:
                return self._items(own)
            except KeyError:  # one that is read when it is asked for, or a property
                pass
        return self._attributes(row)

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


class WaysIn:
    """From JSON to the values of one schema, where nothing is wrong with what came. Where something is, marshmallow finds all that is."""

    def __init__(self, schema: ma.Schema):
        self._all = [(name if field.data_key is None else field.data_key, field.attribute or name, field)
                     for name, field in schema.load_fields.items()]
        self._known = {key for key, _, _ in self._all}
        self._is_flat = schema.dict_class is dict and not any("." in name for _, name, _ in self._all)

    def load(self, sent) -> dict | None:
        """The values of the fields; the schema's own checks follow. None where marshmallow has to look."""
        if type(sent) is not dict or not self._is_flat or not self._known.issuperset(sent):
            return None
        loaded = {}
        try:
            for key, name, field in self._all:
                if key in sent:
                    value = field.deserialize(sent[key], key, sent)
                elif field.required:
                    return None
                else:
                    value = field.load_default() if callable(field.load_default) else field.load_default
                if value is not ma.missing:
                    loaded[name] = value
        except ma.ValidationError:
            return None
        return loaded


def _taking(getter: Callable, names: list[str]) -> Callable:
    """What takes the values of all these names, as a tuple; Python's own gives of a single name the value alone."""
    if len(names) > 1:
        return getter(*names)
    one = getter(*names) if names else None
    return lambda row: (one(row),) if one else ()


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
