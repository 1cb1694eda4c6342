"""Pages of records: as JSON for who reads them, with the resident's name, history and pictures; as rows for /admin. One statement each,
made once.

Of a few areas (a grid, a community, a street) the newest of each are taken from the queue's index, and of those the newest. A
district or a city has more areas than a page has records: there the database walks the records themselves, from the newest.
"""
from collections.abc import Callable
from datetime import datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam, func, select, true

from models import ActivityRecord, Area, Event, Evidence, Level, Person, RecordStatus, RecordStep, as_json, db
from models.statements import MOST, is_postgresql, run
from services.access import reach
from services.refusals import NotFound
from services.wechat import content

SHOWN = ("id", "event_id", "resident_id", "area_id", "category", "text_state", "started_at", "ended_at", "flags", "minutes", "points_proposed",
         "points_max", "points", "evidence_tier", "approvals_needed", "status", "notice_until", "posting_id", "created_at")
WIDE = (Level.CITY, Level.DISTRICT)
RECORDS, AREAS, PEOPLE, STEPS, PICTURES = (kind.__table__ for kind in (ActivityRecord, Area, Person, RecordStep, Evidence))
BEFORE = bindparam("before", type_=sa.Uuid)
STATUSES = sa.union_all(*(select(sa.literal_column(f"'{status}'", sa.String).label("status")) for status in RecordStatus)).cte("statuses")


def queue(by: Person, now: datetime, *, before: UUID, most: int, area_id: UUID | None = None, status: str | None = None,
          event_id: UUID | None = None) -> list:
    """The records in reach with ids below `before`, the newest first, each `id` with what is `shown` of it, a text of JSON. NotFound for an area
    or an event that `by` does not see."""
    return _queued(_shown, by, now, before=before, most=most, area_id=area_id, status=status, event_id=event_id)


def queued_rows(by: Person, now: datetime, **asked) -> list:
    """The same records as rows, with the names of their areas."""
    return _queued(_rows, by, now, **asked)


def _queued(form: Callable, by: Person, now: datetime, *, before: UUID, most: int, area_id: UUID | None = None, status: str | None = None,
            event_id: UUID | None = None) -> list:
    if event_id is not None and not _is_seen(event_id, by, now):
        raise NotFound
    heads = reach.heads(by, reach.READERS, now, within=area_id)
    narrowed = {name: value for name, value in (("status", status), ("event_id", event_id)) if value is not None}
    is_wide = event_id is not None or any(area.level in WIDE for area in heads)
    return run(_queue(is_postgresql(), form, len(heads), is_wide, tuple(narrowed)), {
        "before": before, "most": most, "reader_id": by.id, **narrowed,
        **{f"{end}_{n}": path for n, area in enumerate(heads) for end, path in zip(("from", "to"), area.span, strict=True)}}).all()


def _is_seen(event_id: UUID, by: Person, now: datetime) -> bool:
    return db.session.scalar(select(Event.id).join(Area, Area.id == Event.area_id).where(
        Event.id == event_id, reach.seen_events_condition(by, now))) is not None


def own(by: Person, *, before: UUID, most: int, status: str | None = None) -> list:
    """One's own records, as in `queue`: also of who was joined to one and had a second of an event."""
    narrowed = {} if status is None else {"status": status}
    values = {"before": before, "most": most, "own_id": by.id, "reader_id": by.id, **narrowed}
    return run(_own(is_postgresql(), tuple(narrowed)), values).all()


@cache
def _queue(on_postgresql: bool, form: Callable, heads: int, is_wide: bool, narrowed: tuple[str, ...]):
    within = sa.or_(sa.false(), *((AREAS.c.path >= _path(f"from_{n}")) & (AREAS.c.path < _path(f"to_{n}")) for n in range(heads)))
    if is_wide:
        conditions = RECORDS.c.id < BEFORE, RECORDS.c.area_id.in_(select(AREAS.c.id).where(within)), *_given(narrowed)
        return form(select(RECORDS.c.id).where(*conditions).order_by(RECORDS.c.id.desc()).limit(MOST), on_postgresql)
    if "status" in narrowed:
        return form(_newest_of_each(RECORDS.c.area_id, AREAS, within, on_postgresql, *_given(narrowed)), on_postgresql)
    each = AREAS.join(STATUSES, true())  # in the index an area's records stand by status
    return form(_newest_of_each(RECORDS.c.area_id, each, within, on_postgresql, RECORDS.c.status == STATUSES.c.status), on_postgresql)


@cache
def _own(on_postgresql: bool, narrowed: tuple[str, ...]):
    own_id = bindparam("own_id", type_=sa.Uuid)
    selves = (PEOPLE.c.id == own_id) | (PEOPLE.c.joined_into_id == own_id)
    return _shown(_newest_of_each(RECORDS.c.resident_id, PEOPLE, selves, on_postgresql, *_given(narrowed)), on_postgresql)


def _path(name: str):
    return bindparam(name, type_=AREAS.c.path.type)


def _given(narrowed: tuple[str, ...]) -> list:
    return [RECORDS.c[name] == bindparam(name, type_=RECORDS.c[name].type) for name in narrowed]


def _newest_of_each(whose, each, within, on_postgresql: bool, *conditions):
    """Of each row of `each` that `whose` names the newest records, along an index; of all of them together the newest.

    That they are of this row is said by two comparisons. An equality would do, but then PostgreSQL may walk the primary key
    instead, past everything that waits elsewhere.
    """
    one = next(iter(whose.foreign_keys)).column
    newest = select(RECORDS.c.id).where(whose >= one, sa.tuple_(whose, RECORDS.c.id) < sa.tuple_(one, BEFORE), *conditions).order_by(
        whose.desc(), RECORDS.c.id.desc()).limit(MOST).correlate_except(RECORDS)
    if on_postgresql:
        found = newest.lateral("newest")
        return select(found.c.id).select_from(each.join(found, true())).where(within).order_by(found.c.id.desc()).limit(MOST)
    found = RECORDS.alias("newest")  # SQLite knows no LATERAL
    return select(found.c.id).select_from(each.join(found, found.c.id.in_(newest))).where(within).order_by(found.c.id.desc()).limit(MOST)


def _rows(ids, on_postgresql: bool):
    return (select(RECORDS, AREAS.c.name.label("area_name")).join(AREAS, AREAS.c.id == RECORDS.c.area_id)
            .where(_of_page(ids, on_postgresql)).order_by(RECORDS.c.id.desc()))


def _shown(ids, on_postgresql: bool):
    return (select(RECORDS.c.id, as_json.text(_record(on_postgresql), on_postgresql)).join(PEOPLE, PEOPLE.c.id == RECORDS.c.resident_id)
            .where(_of_page(ids, on_postgresql)).order_by(RECORDS.c.id.desc()))


def _of_page(ids, on_postgresql: bool):
    if on_postgresql:
        return RECORDS.c.id == ids.subquery("page").c.id
    return RECORDS.c.id.in_(ids.correlate(None))  # joined to the page SQLite, which cannot know how short it is, might look through all records


def _record(on_postgresql: bool):
    """What is shown of a record: api.records.activity_records.ReadRecordSchema."""
    def every(table, *keys):
        return as_json.rows(on_postgresql, as_json.row(on_postgresql, **{key: table.c[key] for key in keys}),
                            by=table.c.id, where=table.c.record_id == RECORDS.c.id)
    is_writer = bindparam("reader_id", type_=sa.Uuid) == func.coalesce(RECORDS.c.entered_by_id, RECORDS.c.resident_id)
    return as_json.row(on_postgresql, **{key: RECORDS.c[key] for key in SHOWN}, resident_name=PEOPLE.c.display_name,
                       description=content.shown_in_sql(RECORDS.c.description, RECORDS.c.text_state, to_writer=is_writer),
                       history=every(STEPS, "action", "by_id", "at", "points", "note"), evidence=every(PICTURES, "id", "state"))
