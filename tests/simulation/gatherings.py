"""Events with few places and two scans, and deeds that nobody scanned: on paper, and what residents do there.

Who is joined to another person stays away: what becomes of two sign-ups of one person has tests of its own.
"""
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from models import Direction, Event, db
from services.scans import presence
from tests.simulation.paper_rows import Record
from tests.simulation.world import RESIDENTS

GOERS = RESIDENTS[:3]
LASTS, PER_HOUR, MOST = timedelta(hours=30), 12, 20
DECLARED_PER_HOUR, DECLARED_MOST, DECLARED_MINUTES = 10, 40, 240
CHECK_OUT_LATE = timedelta(minutes=60)


@dataclass(eq=False)
class Gathering:
    """Who holds a place, who waits, who came when, and who left."""

    id: UUID
    capacity: int
    starts_at: datetime
    held: list = field(default_factory=list)
    queue: list = field(default_factory=list)
    came: dict = field(default_factory=dict)
    left: set = field(default_factory=set)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + LASTS

    @property
    def has_room(self) -> bool:
        return len(self.held) < self.capacity

    def may_sign_up(self, name, now):
        if self.ends_at <= now:
            return "event_over"
        return "already_signed_up" if name in self.held + self.queue else None

    def may_sign_off(self, name, now):
        if self.ends_at <= now:
            return "event_over"
        if name not in self.held + self.queue:
            return "not_found"
        return "already_checked_in" if name in self.came else None

    def sign_off(self, name):
        if name in self.queue:
            self.queue.remove(name)
            return
        self.held.remove(name)
        if self.queue:
            self.held.append(self.queue.pop(0))

    def may_enter(self, name, now):
        if now > self.ends_at:
            return "outside_check_in_time"
        if name in self.came:
            return "already_checked_in"
        return None if name in self.held or self.has_room else "event_full"

    def enter(self, name, now):
        self.came[name] = now
        if name not in self.held:
            self.held.append(name)
        if name in self.queue:
            self.queue.remove(name)

    def may_leave(self, name, now):
        if now > self.ends_at + CHECK_OUT_LATE:
            return "outside_check_in_time"
        if name in self.left:
            return "already_checked_out"
        return None if name in self.came else "not_checked_in"

    def minutes(self, name, now):
        return max(0, int((min(now, self.ends_at) - self.came[name]).total_seconds() // 60))


def plan(world):
    planned = world.send("王", "events", {
        "title": "x", "category": "x", "area_id": str(world.town.grid_a.id), "starts_at": world.now.isoformat(),
        "ends_at": (world.now + LASTS).isoformat(), "capacity": world.chance.choice((1, 1, 2)), "check_out_required": True,
        "points_per_hour": PER_HOUR, "points_max": MOST, "check_in_mode": "venue_code"}).json
    assert world.send("王", f"events/{planned['id']}/publish").status_code == 200
    world.gatherings.append(Gathering(UUID(planned["id"]), planned["capacity"], world.now))


def sign_up(world, name):
    if gathering := world.pick(world.gatherings[-2:], lambda one: one.may_sign_up(name, world.now) is None):
        def done(answer):
            assert answer["status"] == ("confirmed" if gathering.has_room else "waitlisted"), world.acts[-12:]
            (gathering.held if gathering.has_room else gathering.queue).append(name)
        yield from world.ask(name, f"events/{gathering.id}/sign-ups", key=False, refused=lambda: gathering.may_sign_up(name, world.now), done=done)


def sign_off(world, name):
    if gathering := world.pick(world.gatherings[-2:], lambda one: one.may_sign_off(name, world.now) is None):
        yield from world.ask(name, f"events/{gathering.id}/sign-ups/me", key=False, method="DELETE",
                             refused=lambda: gathering.may_sign_off(name, world.now), done=lambda _: gathering.sign_off(name))


def _code(world, gathering, direction):
    event = db.session.get(Event, gathering.id)
    return {"token": presence.show_event(event, direction, settings=world.settings, now=world.now).token}


def enter(world, name):
    if gathering := world.pick(world.gatherings[-2:], lambda one: one.may_enter(name, world.now) is None):
        yield from world.ask(name, "check-ins", lambda: _code(world, gathering, Direction.IN),
                             refused=lambda: gathering.may_enter(name, world.now), done=lambda _: gathering.enter(name, world.now))


def leave(world, name):
    """The check-out makes the record, of the minutes between."""
    if gathering := world.pick(world.gatherings[-2:], lambda one: one.may_leave(name, world.now) is None):
        def done(answer):
            gathering.left.add(name)
            points = min(MOST, gathering.minutes(name, world.now) * PER_HOUR // 60)
            world.paper.records[answer["activity_record_id"]] = Record(gathering.id, name, points, answer["id"], name, world.now, by_check_in=False)
        yield from world.ask(name, "check-ins", lambda: _code(world, gathering, Direction.OUT),
                             refused=lambda: gathering.may_leave(name, world.now), done=done)


def declare(world, name):
    """A deed of some minutes, which two have to approve."""
    minutes = world.chance.choice((5, 59, 90, 300))

    def deed():
        return {"category": "x", "area_id": str(world.town.grid_a.id), "description": "x",
                "started_at": (world.now - timedelta(minutes=minutes)).isoformat(), "ended_at": world.now.isoformat()}

    def done(answer):
        points = min(DECLARED_MOST, min(minutes, DECLARED_MINUTES) * DECLARED_PER_HOUR // 60)
        assert answer["points_proposed"] == points
        world.paper.records[answer["id"]] = Record(answer["id"], name, points, "", name, world.now, by_check_in=False, needs=2)
    yield from world.ask(name, "activity-records", deed, refused=lambda: None, done=done)
