"""Fields and the base schema: what JSON may hold before any rule looks at it."""
import re
import unicodedata
from datetime import UTC, date, datetime
from functools import cache, cached_property

import marshmallow as ma
import regex
from flask import g

from api.edge import ways
from api.edge.i18n import T
from models.db import FILLERS, UNSEEN_CATEGORIES, seen
from services.wechat import content

MAX_INTEGER = 2**53 - 1
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
JOINERS = {"\u200d", "\ufe0f"}  # inside an emoji


class Schema(ma.Schema):
    """An unknown field is refused."""

    class Meta:
        unknown = ma.RAISE

    @cached_property
    def _ways(self) -> ways.Ways:
        return ways.Ways(self)

    @cached_property
    def _ways_in(self) -> ways.WaysIn:
        return ways.WaysIn(self)

    def _serialize(self, obj, *, many: bool = False):
        show = self._ways.dump
        return [show(each) for each in obj] if many and obj is not None else show(obj)

    def _deserialize(self, data, *, many: bool = False, partial=None, **how):
        if not many and partial is None and (loaded := self._ways_in.load(data)) is not None:
            return loaded
        return super()._deserialize(data, many=many, partial=partial, **how)


class Integer(ma.fields.Int):
    """A whole number within what JSON readers hold exactly; 5.0 is one, as JSON Schema says, "5" and true are not."""

    def __init__(self, **kw):
        super().__init__(strict=True, **kw)

    def _validated(self, value):
        if isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        number = super()._validated(value)
        if number is not None and abs(number) > MAX_INTEGER:
            raise self.make_error("too_large", input=value)
        return number


class QueryInteger(Integer):
    """The same from a query: ASCII digits and nothing else."""

    def _validated(self, value):
        if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,16}", value, re.ASCII):
            raise self.make_error("invalid", input=value)
        return super()._validated(int(value) if isinstance(value, str) else value)


class Number(ma.fields.Float):
    def _validated(self, value):
        if isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Truth(ma.fields.Bool):
    """true or false; no other spelling."""

    def _deserialize(self, value, attr, data, **kw):
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Text(ma.fields.Str):
    """Text that both databases can hold, in NFC and without white space around it; where nothing can be seen of it, it is empty.

    Its least length is of letters that can be seen.
    """

    default_error_messages = {"unstorable": T("Characters that cannot be stored."), "empty": T("Please write something.")}

    def _deserialize(self, value, attr, data, **kw):
        value = super()._deserialize(value, attr, data, **kw)
        if UNSTORABLE.search(value):
            raise self.make_error("unstorable")
        return self.tidied(value)

    def tidied(self, value: str) -> str:
        return "" if not seen(value) else unicodedata.normalize("NFC", value).strip()

    def _validate(self, value: str):
        least = [check for check in self.validators if isinstance(check, ma.validate.Length) and check.min]
        if least and not value:
            raise self.make_error("empty")
        super()._validate(value)
        for check in least:
            if len(said := self.said(value)) < check.min:
                check(said)

    def said(self, value: str) -> str:
        return seen(value)


class Verbatim(Text):
    """Text that is compared as it came: a code, a token."""

    def tidied(self, value: str) -> str:
        return value

    def said(self, value: str) -> str:
        return value


class Name(Text):
    """1 to `longest` characters as people count them (graphemes), none of them invisible."""

    default_error_messages = {
        "invisible": T("Characters that cannot be seen are not allowed in a name."),
        "length": T("Between 1 and {longest} characters, please."),
    }

    def __init__(self, *, longest=40, **kw):
        self.longest = longest
        super().__init__(**kw)

    def _deserialize(self, value, attr, data, **kw):
        if isinstance(value, str) and any(_is_invisible(letter) for letter in value):
            raise self.make_error("invisible")
        value = super()._deserialize(value, attr, data, **kw)
        graphemes = len(regex.findall(r"\X", value))
        if not 1 <= graphemes <= self.longest or len(value) > self.longest * 8:
            raise self.make_error("length", longest=self.longest)
        return value


def _is_invisible(letter: str) -> bool:
    return letter in FILLERS or (unicodedata.category(letter) in UNSEEN_CATEGORIES and letter not in JOINERS)


class Moment(ma.fields.AwareDateTime):
    """RFC 3339 with an offset, between the years 2000 and 2100, in whole milliseconds; given out in UTC as it is kept."""

    default_error_messages = {"range": T("Not a moment between 2000 and 2100.")}
    FORM = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

    def __init__(self, **kw):
        super().__init__(format="iso", **kw)

    def _deserialize(self, value, attr, data, **kw):
        if not isinstance(value, str) or not self.FORM.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        value = re.sub(r"(\.\d{3})\d+", r"\1", value.upper().replace(" ", "T"))
        moment = super()._deserialize(value, attr, data, **kw)
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            raise self.make_error("range") from None
        if not 2000 <= moment.year < 2100:
            raise self.make_error("range")
        return moment

    def _serialize(self, value: datetime, attr, obj, **kw):
        return None if value is None else self.shown(value)

    @staticmethod
    def shown(value: datetime) -> str:
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return moment.isoformat(timespec="milliseconds" if value.microsecond >= 1000 else "seconds")[:-6] + "Z"


class Day(ma.fields.Date):
    default_error_messages = {"range": T("Not a day between 2000 and 2100.")}

    def _deserialize(self, value, attr, data, **kw):
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        day: date = super()._deserialize(value, attr, data, **kw)
        if not 2000 <= day.year < 2100:
            raise self.make_error("range")
        return day


def checked_words(name: str, shown=content.shown) -> ma.fields.Function:
    """Words of `by_id`'s that WeChat's check may have refused (`text_state`), as who asks may read them; `content.shown_to_all` where all may ask."""
    return ma.fields.Function(lambda row: shown(getattr(row, name), row.text_state, to_writer=row.by_id == g.person.id),
                              metadata={"type": "string", "description": "empty where it is not shown"})


class ReasonSchema(Schema):
    """Why: what everybody writes who refuses, takes back or objects."""

    reason = Text(required=True, validate=ma.validate.Length(1, 500))


class PageQuery(Schema):
    limit = QueryInteger(load_default=20, validate=ma.validate.Range(1, 100))
    cursor = Text(load_default=None, validate=ma.validate.Length(1, 600))


@cache
def page_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of one page of a list."""
    return type(f"{item.__name__.removesuffix('Schema')}Page", (Schema,), {
        "items": ma.fields.List(ma.fields.Nested(item)), "next_cursor": ma.fields.Str(allow_none=True)})
