"""Everybody, and what happens by itself. Each is a generator; chance takes whose turn it is."""
from datetime import datetime, time, timedelta

from models import db
from services.coupons import coupons
from services.points import lapses
from services.records import approvals
from tests.simulation.paper import CHINA, day_of
from tests.simulation.residents import resident
from tests.simulation.staff import area_admin, clerk, grid_worker, settler
from tests.simulation.world import ENROLLED, RESIDENTS


def worker(world):
    """The jobs of the night and of the hour, at any time, often twice."""
    def lapse(now):
        return lapses.lapse(day_of(now), now=now)
    jobs = ((approvals.credit_due, world.paper.credit_due), (coupons.expire, world.paper.expire),
            (lapse, lambda now: sum(purse.lapse(day_of(now)) for purse in world.paper.purses.values())))
    while True:
        does, says = world.chance.choice(jobs)
        for _ in range(world.chance.choice((1, 2))):
            told = does(world.now)
            db.session.commit()
            world.acts.append(f"{world.now:%Y-%m-%d %H:%M} {getattr(does, '__name__', does)}: {told}")
            assert told == says(world.now), world.acts[-12:]
        yield


def time_passes(world):
    """Minutes, hours, days; now and then to the last minutes of a year, after which points lapse."""
    while True:
        kind = world.chance.random()
        if kind < 0.6:
            world.clock.now += timedelta(minutes=world.chance.choice((1, 7, 16, 61)))
        elif kind < 0.75:
            world.clock.now += timedelta(hours=world.chance.randint(2, 30))
        elif kind < 0.83:
            world.clock.now += timedelta(days=world.chance.randint(1, 6))
        else:
            end = datetime.combine(day_of(world.now).replace(month=12, day=31), time(23, 55), world.now.tzinfo) - CHINA
            world.clock.now = max(world.now, end)
        yield


def impatient(world):
    """Sends again what was sent before, and must be told the same."""
    while True:
        if world.answers:
            world.again(world.chance.choice(world.answers[-15:]))
        yield


def everybody(world):
    world.objections = []
    phones = [resident(world, name) for name in RESIDENTS if name != ENROLLED]
    return [*phones, grid_worker(world), grid_worker(world), area_admin(world), clerk(world), settler(world), worker(world),
            time_passes(world), impatient(world)]
