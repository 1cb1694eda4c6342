"""Pages of records as they are read: with the names of residents and areas, histories and pictures. One statement each, made once.

Of a few areas (a grid, a community, a street) the newest of each are taken from the queue's index, and of those the newest. A
district or a city has more areas than a page has records: there the database walks the records themselves, from the newest.
"""
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam, select, true

from models import ActivityRecord, Area, Event, Evidence, Level, Person, RecordStatus, RecordStep, db
from models.gathered import gathered, shown_id
from models.statements import MOST, is_postgresql, run
from services.access import reach
from services.refusals import NotFound

WIDE = (Level.CITY, Level.DISTRICT)
RECORDS, AREAS, PEOPLE, STEPS, PICTURES = (kind.__table__ for kind in (ActivityRecord, Area, Person, RecordStep, Evidence))
BEFORE = bindparam("before", type_=sa.Uuid)
STATUSES = sa.union_all(*(select(sa.literal_column(f"'{status}'", sa.String).label("status")) for status in RecordStatus)).cte("statuses")


class Step(NamedTuple):
    """As it is shown: identifiers as text, that of the step itself as its database writes it."""

    id: str
    action: str
    by_id: str | None
    at: datetime
    points: int | None
    note: str | None

    @classmethod
    def read(cls, step_id, action, by_id, at, points, note):
        moment = datetime.fromisoformat(at)  # SQLite's has no zone
        return cls(step_id, action, by_id and shown_id(by_id), moment if moment.tzinfo else moment.replace(tzinfo=UTC), points, note)


class Picture(NamedTuple):
    id: str
    state: str

    @classmethod
    def read(cls, evidence_id, state):
        return cls(shown_id(evidence_id), state)


def queue(by: Person, now: datetime, *, before: UUID, most: int, area_id: UUID | None = None, status: str | None = None,
          event_id: UUID | None = None) -> list[sa.Row]:
    """The records in reach with ids below `before`, the newest first. NotFound for an area or an event that `by` does not see."""
    if event_id is not None and not _is_seen(event_id, by, now):
        raise NotFound
    heads = reach.heads(by, reach.READERS, now, within=area_id)
    narrowed = {name: value for name, value in (("status", status), ("event_id", event_id)) if value is not None}
    is_wide = event_id is not None or any(area.level in WIDE for area in heads)
    return run(_queue(is_postgresql(), len(heads), is_wide, tuple(narrowed)), {"before": before, "most": most, **narrowed, **{
        f"{end}_{n}": path for n, area in enumerate(heads) for end, path in zip(("from", "to"), area.span, strict=True)}}).all()


def _is_seen(event_id: UUID, by: Person, now: datetime) -> bool:
    return db.session.scalar(select(Event.id).join(Area, Area.id == Event.area_id).where(
        Event.id == event_id, reach.seen_events_condition(by, now))) is not None


def own(by: Person, *, before: UUID, most: int, status: str | None = None) -> list[sa.Row]:
    """One's own records: also of who was joined to one and had a second of an event."""
    narrowed = {} if status is None else {"status": status}
    return run(_own(is_postgresql(), tuple(narrowed)), {"before": before, "most": most, "own_id": by.id, **narrowed}).all()


@cache
def _queue(on_postgresql: bool, heads: int, is_wide: bool, narrowed: tuple[str, ...]):
    within = sa.or_(sa.false(), *((AREAS.c.path >= _path(f"from_{n}")) & (AREAS.c.path < _path(f"to_{n}")) for n in range(heads)))
    if is_wide:
        conditions = RECORDS.c.id < BEFORE, RECORDS.c.area_id.in_(select(AREAS.c.id).where(within)), *_given(narrowed)
        return _shown(select(RECORDS.c.id).where(*conditions).order_by(RECORDS.c.id.desc()).limit(MOST), on_postgresql)
    if "status" in narrowed:
        return _shown(_newest_of_each(RECORDS.c.area_id, AREAS, within, on_postgresql, *_given(narrowed)), on_postgresql)
    each = AREAS.join(STATUSES, true())  # in the index an area's records stand by status
    return _shown(_newest_of_each(RECORDS.c.area_id, each, within, on_postgresql, RECORDS.c.status == STATUSES.c.status), on_postgresql)


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


def _shown(ids, on_postgresql: bool):
    page = RECORDS.c.id.in_(ids.correlate(None))  # joined to the page SQLite, which cannot know how short it is, might look through all records
    if on_postgresql:
        page = RECORDS.c.id == ids.subquery("page").c.id
    return (select(RECORDS, PEOPLE.c.display_name.label("resident_name"), AREAS.c.name.label("area_name"),
                   _gathered(Step, STEPS, on_postgresql).label("history"), _gathered(Picture, PICTURES, on_postgresql).label("evidence"))
            .join(PEOPLE, PEOPLE.c.id == RECORDS.c.resident_id).join(AREAS, AREAS.c.id == RECORDS.c.area_id)
            .where(page).order_by(RECORDS.c.id.desc()))


def _gathered(kind, table, on_postgresql: bool):
    return gathered(kind.read, *(table.c[name] for name in kind._fields), where=table.c.record_id == RECORDS.c.id, on_postgresql=on_postgresql)
