"""What size costs: the same requests in cities of ten thousand residents, of ten times and of a hundred times as many."""
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import rounds
from bench.crowd import Size

SIZES = (10_000, 100_000, 1_000_000)
CREDITS_EACH = 10  # so many postings for each resident


def of(residents: int) -> Size:
    return Size(residents=residents, credits_each=CREDITS_EACH, visits_each=1, acting=2000, deeds=4000, coupons=4000)


def measure(server: str, folder: Path, sizes: list[int], *, turns: int, count: int) -> dict:
    """For each verb the median time of a request of one client, in each size, and what that is of the smallest in the same turn.

    All cities are up at once and take turns.
    """
    with ExitStack() as up:
        stages = [up.enter_context(_city(server, folder / str(residents), residents)) for residents in sizes]
        return timed(stages, sizes, turns=turns, count=count)


@contextmanager
def _city(server: str, folder: Path, residents: int) -> Iterator[rounds.Stage]:
    with rounds.stage(server if server.startswith("postgres") else str(folder), folder, of(residents), warming=100) as stage:
        print(f"a city of {residents:,} is up: {folder}", file=sys.stderr)
        yield stage


def timed(stages: list[rounds.Stage], sizes: list[int], *, turns: int, count: int) -> dict:
    found = {name: [[] for _ in stages] for name in stages[0].statements}
    for _ in range(turns):
        for name, by_size in found.items():
            for at, times in zip(stages, by_size, strict=True):
                times.append(rounds.measure(at, name, count=count, clients=1).p50_ms)
        print({name: [times[-1] for times in by_size] for name, by_size in found.items()}, file=sys.stderr)
    middle = {name: [round(statistics.median(times), 2) for times in by_size] for name, by_size in found.items()}
    return {"residents": list(sizes), "p50_ms": middle, "ratios": {name: ratios(by_size) for name, by_size in found.items()}}


def ratios(by_size: list[list[float]]) -> list[float]:
    """The median over the turns of each size's time over the smallest's of that turn."""
    return [round(statistics.median(one / least for one, least in zip(times, by_size[0], strict=True)), 2) for times in by_size]
