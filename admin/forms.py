"""Forms: fields that read what a browser sends, and how they are shown, with what was entered and what was wrong with it."""
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import marshmallow as ma
from flask import g, request
from flask_babel import gettext as _

from api.edge import problems
from api.edge.bodies import flat_errors
from api.edge.fields import Day, Name, Text, Verbatim
from models.db import seen
from services.areas import grids
from services.refusals import N_, NotFound, Refusal, ValidationFailed

HOME = ZoneInfo("Asia/Shanghai")
FEN_MOST = 100_000_000_000


class Form(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE


def _about(label, kind, *, hint="", required=True, choices=(), **more) -> dict:
    """marshmallow's arguments for one field; `choices` are pairs of a value and its label, or are given when it is shown."""
    return {"required": required, "error_messages": {"required": N_("Please fill this in.")},
            "metadata": {"label": label, "kind": kind, "hint": hint, "choices": choices, **more}}


def words(label, *, least=1, longest=120, kind="text", pattern=None, wrong=None, **about):
    """`wrong` says what does not fit the pattern."""
    checks = [ma.validate.Length(least, longest), *([ma.validate.Regexp(pattern, error=wrong)] if pattern else [])]
    return Text(validate=checks, **_about(label, kind, longest=longest, **about))


def name(label, *, longest=40, **about):
    return Name(longest=longest, **_about(label, "text", longest=longest * 2, **about))


def verbatim(label, *, longest=256, kind="text", **about):
    return Verbatim(validate=ma.validate.Length(1, longest), **_about(label, kind, longest=longest, **about))


def hidden(longest=64, *, required=True):
    return Verbatim(validate=ma.validate.Length(1, longest), **_about("", "hidden", required=required))


def one_of(label, choices, *, kind="select", **about):
    return ma.fields.Str(validate=ma.validate.OneOf([value for value, _ in choices]), **_about(label, kind, choices=choices, **about))


def one_of_many(label, *, longest=40, **about):
    """One of choices that are given when the form is shown; the rule knows which there are."""
    return Verbatim(validate=ma.validate.Length(1, longest), **_about(label, "select", **about))


def row(label, **about):
    """The id of a row, out of choices that are given when the form is shown."""
    return ma.fields.UUID(**_about(label, "select", **about))


class _Area(ma.fields.UUID):
    """An area by its id, or by its code where there are too many to choose from."""

    default_error_messages = {"unknown": N_("There is no area with this code.")}

    def _deserialize(self, value, attr, data, **kw):
        if not value.strip().isdecimal():
            return super()._deserialize(value, attr, data, **kw)
        found = grids.by_code(value.strip())
        if found is None:
            raise self.make_error("unknown")
        return found.id


def area(label, **about):
    return _Area(**_about(label, "area", **about))


def rows(label, **about):
    return ma.fields.List(ma.fields.UUID(), load_default=list, validate=ma.validate.Length(max=200), **(
        _about(label, "checkboxes", required=False, **about)))


def day(label, **about):
    return Day(**_about(label, "date", **about))


class _Whole(ma.fields.Int):
    def _deserialize(self, value, attr, data, **kw):
        if not re.fullmatch(r"[0-9]{1,15}", value.replace(",", "").strip(), re.ASCII):
            raise self.make_error("invalid", input=value)
        return int(value.replace(",", ""))


def whole(label, least, most, **about):
    return _Whole(validate=ma.validate.Range(least, most), **_about(label, "number", least=least, most=most, **about))


class _Yuan(ma.fields.Field):
    """Yuan as people write them, kept as whole fen."""

    default_error_messages = {"invalid": N_("An amount in yuan, please, such as 12.50.")}

    def _deserialize(self, value, attr, data, **kw):
        found = re.fullmatch(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?", value.replace(",", "").strip(), re.ASCII)
        if not found:
            raise self.make_error("invalid", input=value)
        return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def yuan(label, *, least=0, most=FEN_MOST, **about):
    between = ma.validate.Range(least, most, error=N_("This amount is too small or too large."))
    return _Yuan(validate=between, **_about(label, "yuan", **about))


class _Hundredths(ma.fields.Field):
    """A number with at most two decimals, kept as whole hundredths."""

    default_error_messages = {"invalid": N_("A number, please, such as 12.5.")}

    def _deserialize(self, value, attr, data, **kw):
        found = re.fullmatch(r"(-?)([0-9]{1,7})(?:\.([0-9]{1,2}))?", value.replace(",", "").strip(), re.ASCII)
        if not found:
            raise self.make_error("invalid", input=value)
        return (int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))) * (-1 if found[1] else 1)


def hundredths(label, least=-1_000_000_000, most=1_000_000_000, **about):
    between = ma.validate.Range(least, most, error=N_("This number is too small or too large."))
    return _Hundredths(validate=between, **_about(label, "decimal", **about))


def file(label, **about):
    """A text file; what it holds is read by the view."""
    return ma.fields.Raw(**_about(label, "file", required=False, **about))


class _Minute(ma.fields.Field):
    """A minute of the area's clock, as a browser's picker writes it."""

    default_error_messages = {"invalid": N_("A day and a time, please, such as 2026-05-06T09:00.")}

    def _deserialize(self, value, attr, data, **kw):
        found = re.fullmatch(r"(20\d\d-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?", value.strip(), re.ASCII)
        try:
            return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=HOME).astimezone(UTC)
        except (TypeError, ValueError):
            raise self.make_error("invalid", input=value) from None


def minute(label, **about):
    return _Minute(**_about(label, "datetime-local", **about))


class _Degrees(ma.fields.Float):
    pass


def degrees(label, most, **about):
    return _Degrees(validate=ma.validate.Range(-most, most), **_about(label, "decimal", **about))


def end_of(on) -> datetime:
    """The end of a day of the area's clock: until then, the day included."""
    return datetime.combine(on + timedelta(days=1), time(), HOME)


def as_id(value) -> UUID:
    """Of a hidden field. NotFound for what is none."""
    try:
        return UUID(str(value))
    except ValueError:
        raise NotFound from None


def as_minute(moment: datetime) -> str:
    return moment.astimezone(HOME).strftime("%Y-%m-%dT%H:%M")


def as_yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen // 100}.{fen % 100:02d}"


def read(schema) -> dict:
    """The form's fields as a rule takes them; what is left empty is not there. ValidationFailed for what cannot be."""
    given = {}
    for name_, field_ in schema().fields.items():
        values = [value for value in request.form.getlist(name_) if seen(value)]
        if values:
            given[name_] = values if isinstance(field_, ma.fields.List) else values[-1]
    try:
        return schema().load(given)
    except ma.ValidationError as error:
        raise ValidationFailed(flat_errors(error.messages)) from error


def narrowed(schema) -> dict:
    """The same of a list's filters in the query: what cannot be narrows nothing."""
    found, wrong = {}, {}
    given = {name_: value for name_, value in request.args.items() if value.strip() and name_ in schema().fields}
    try:
        found = schema().load(given)
    except ma.ValidationError as error:
        found, wrong = error.valid_data, error.messages
    return {name_: value for name_, value in found.items() if name_ not in wrong}


@dataclass
class Refused:
    """An act that was refused: its page is shown again with this, in its form or, where that is there no more, above everything."""

    path: str
    sentence: str
    errors: dict[str, list[str]]
    values: dict
    has_form: bool = False

    @classmethod
    def of(cls, refusal: Refusal) -> "Refused":
        errors = refusal.errors if isinstance(refusal, ValidationFailed) else {}
        return cls(request.path, problems.sentence(refusal), {name_.rpartition(".")[2]: [_(one) for one in found] for name_, found in errors.items()},
                   {name_: request.form.getlist(name_) for name_ in request.form})


@dataclass
class ShownField:
    name: str
    id: str
    label: str
    kind: str
    hint: str
    required: bool
    values: list[str]
    choices: list[tuple[str, str]]
    errors: list[str]
    about: dict

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def is_file(self) -> bool:
        return self.kind == "file"

    @property
    def described_by(self) -> str:
        return " ".join(filter(None, (self.hint and f"{self.id}-hint", self.errors and f"{self.id}-error")))


@dataclass
class ShownForm:
    action: str
    button: str
    fields: list[ShownField] = field(default_factory=list)
    danger: bool = False
    once: bool = True
    note: str = ""
    is_refused: bool = False


def _drawn(kind: str, kept: list[str], offered) -> tuple[str, list[str]]:
    """A password is never given back; an area is chosen, or written as its code."""
    if kind == "password":
        return kind, []
    if kind != "area" or offered:
        return ("select" if kind == "area" else kind), kept
    return "code", [one if one.isdecimal() else grids.code_of(as_id(one)) or one for one in kept]


def said(field_, what: str) -> str:
    """The empty sentence is the catalogue's head."""
    sentence = field_.metadata[what]
    return _(sentence) if sentence else ""


def show(schema, action: str, button: str, *, values: dict | None = None, choices: dict | None = None, danger: bool = False,
         once: bool = True, note: str = "") -> ShownForm:
    """The form as it is drawn: with what was entered, if it was just refused, else with `values`."""
    finds = bool(schema) and all(field_.metadata.get("filter") for field_ in schema().fields.values())
    refused = g.refused if g.get("refused") and g.refused.path == action and not finds else None  # a list's filters have the address of its form
    if refused:
        refused.has_form = True
    given = refused.values if refused else {name_: [str(one) for one in (value if isinstance(value, list) else [value])]
                                            for name_, value in (values or {}).items() if value is not None}
    mark = ("find-" if finds else "") + (re.sub(r"[^a-z0-9]+", "-", action.removeprefix("/admin").lower()).strip("-") or "form")
    shown = ShownForm(action, button, danger=danger, once=once, note=note or "", is_refused=refused is not None)
    for name_, field_ in (schema().fields.items() if schema else ()):
        about = field_.metadata
        offered = (choices or {}).get(name_, about["choices"])
        kind, kept = _drawn(about["kind"], given.get(name_, []), offered)
        shown.fields.append(ShownField(
            name_, f"{mark}-{name_}", said(field_, "label"), kind, said(field_, "hint"), field_.required, kept,
            [(str(value), _(label)) for value, label in offered], refused.errors.get(name_, []) if refused else [], about))
    return shown
