"""What those who act look for before they do, and what a check-in is on paper."""
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tests.simulation.paper_rows import Record

EVENT_LASTS, POINTS_PER_HOUR = timedelta(hours=10), 1000


class PlannedEvent(NamedTuple):
    id: UUID
    points: int
    ends_at: datetime


def running_in(world):
    return [event for event in world.events if world.now < event.ends_at - timedelta(minutes=2)]


def may_come(world, event, name):
    if world.now > event.ends_at:
        return "outside_check_in_time"
    return "already_checked_in" if world.paper.was_here(event.id, name) else None


def came(world, event, name, made_by, answer):
    minutes = int((event.ends_at - world.now).total_seconds() // 60)
    points = min(event.points, minutes * POINTS_PER_HOUR // 60)
    world.paper.come(answer["activity_record_id"], Record(event.id, world.paper.who(name), points, answer["id"], made_by, world.now))


def records_in(world, of=None):
    return [(id, record) for id, record in world.paper.records.items() if of is None or world.paper.who(record.owner) == world.paper.who(of)]


def is_one_of(*states):
    return lambda found: found[1].status in states


def usable_in(world):
    return lambda found: world.paper.may_use(found[1], world.now) is None
