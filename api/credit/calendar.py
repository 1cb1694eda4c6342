"""The days on which offices work, by which deadlines are counted."""
import marshmallow as ma
from flask import g

from api.edge import paging
from api.edge.auth import only
from api.edge.fields import Day, PageQuery, Schema, Text, Truth, page_of
from api.edge.http import Blueprint, check_version
from models import CalendarDay, Role, local_day
from services.credit import workdays
from services.refusals import NotFound

bp = Blueprint("calendar", "Working days")


class CalendarDaySchema(Schema):
    day = Day(dump_only=True)
    is_worked = Truth(required=True)
    note = Text(required=True, allow_none=True, validate=ma.validate.Length(1, 200))


class ShownDaySchema(CalendarDaySchema):
    is_corrected = ma.fields.Bool()


class CorrectionSchema(Schema):
    """The rest of what was read may come back and is not looked at."""

    is_worked = Truth(required=True)
    note = Text(required=True, validate=ma.validate.Length(1, 200))
    day = ma.fields.Raw(load_only=True)
    is_corrected = ma.fields.Raw(load_only=True)


class CalendarQuery(PageQuery):
    from_on = Day(data_key="from", metadata={"description": "by default today"})


@bp.get("/calendar")
@only(Role.RESIDENT)
@bp.arguments(CalendarQuery, location="query")
@bp.response(200, page_of(CalendarDaySchema))
def list_corrected(args):
    """The days that an administrator corrected; every other is as the State Council's notices have it."""
    query = workdays.corrected_from(args.get("from_on") or local_day(g.now, g.person.home_area))
    return paging.page(query, [CalendarDay.day], limit=args["limit"], cursor=args["cursor"], newest_first=False)


@bp.get("/calendar/<string:day>")
@only(Role.RESIDENT)
@bp.response(200, ShownDaySchema)
def show(day):
    return workdays.shown(_day(day))


@bp.put("/calendar/<string:day>")
@only(Role.AREA_ADMIN)
@bp.arguments(CorrectionSchema)
@bp.response(200, ShownDaySchema)
def correct(args, day):
    day = _day(day)
    check_version(workdays.shown(day, lock=True))
    workdays.correct(day, is_worked=args["is_worked"], note=args["note"], by=g.person, now=g.now)
    return workdays.shown(day)


def _day(text: str):
    """A day that is none is not there."""
    try:
        return Day().deserialize(text)
    except ma.ValidationError as error:
        raise NotFound from error
