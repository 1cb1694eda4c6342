"""Each fault is chance from a seed, which is printed (`-s` shows it); `SEED=17` repeats one."""
import os
import random
from types import SimpleNamespace

import pytest

from tests.faults.day import Day, RealClock
from tests.faults.machines import network
from tests.faults.rehearsal import origin


def pytest_itemcollected(item):
    """A client whose thread dies of an error sees nothing from then on: the test fails."""
    item.add_marker(pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"))


@pytest.fixture
def clock():
    return RealClock()


@pytest.fixture
def seed(request):
    seed = int(os.environ.get("SEED", str(random.SystemRandom().randrange(10**9))))
    print(f"\n{request.node.name}: seed {seed}")
    return seed


@pytest.fixture
def chance(seed):
    return random.Random(seed)


@pytest.fixture
def day(app, live, town, wang, zhao, mei, lins_market, fund, settings, seed):
    """`day(8, deeds=40)`: so many people, each with two clients and so many deeds, and a place to check in at for each round."""
    def make(people: int, *, plans: int = 200, deeds: int = 40) -> Day:
        cast = SimpleNamespace(wang=wang, zhao=zhao, mei=mei, lins_market=lins_market)
        return Day(app, [live(f"居民{i}", town.grid_a) for i in range(people)], cast, plans=plans, deeds=deeds, settings=settings, seed=seed)
    return make


@pytest.fixture(scope="session")
def machines(tmp_path_factory):
    """A network for machines, and Linli published in it."""
    with network(tmp_path_factory.mktemp("machines")) as made:
        made.step_before = origin.publish(made.shared)
        yield made
