"""From what was heard to figures: percentiles, medians of paired ratios, and the noise."""
import math
import statistics
from dataclasses import asdict, dataclass

from bench.load import Heard


@dataclass(frozen=True)
class Sample:
    """One subject in one round. CPU is for each request, in ms; the clients' is none of the others'."""

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    database_cpu_ms: float | None
    client_cpu_ms: float


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of all do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def sample(heard: Heard, *, cpu: float, database_cpu: float | None) -> Sample:
    count = len(heard.times)
    return Sample(count / heard.seconds, 1000 * percentile(heard.times, 0.5), 1000 * percentile(heard.times, 0.99), 1000 * cpu / count,
                  None if database_cpu is None else 1000 * database_cpu / count, 1000 * heard.cpu / count)


def middle(samples: list[Sample]) -> dict:
    """The median of each figure over the rounds."""
    return {name: _median([asdict(one)[name] for one in samples]) for name in asdict(samples[0])}


def _median(values: list) -> float | None:
    return None if None in values else round(statistics.median(values), 3)


def between(one: Sample, other: Sample) -> Sample:
    """The floor of a round: the mean of what it was before and after the verbs."""
    pairs = zip(asdict(one).values(), asdict(other).values(), strict=True)
    return Sample(*(None if None in pair else sum(pair) / 2 for pair in pairs))


def against(samples: list[Sample], floor: list[Sample]) -> dict:
    """Medians of the ratios to the floor of the same round."""
    return {f"{short}_ratio": _median([getattr(one, name) / getattr(two, name) for one, two in zip(samples, floor, strict=True)])
            for short, name in (("throughput", "per_second"), ("cpu", "cpu_ms"), ("p99", "p99_ms"))}


def noise(floor: list[Sample]) -> float:
    """How far the floor's throughput went between rounds, of its median."""
    rates = [one.per_second for one in floor]
    return round((max(rates) - min(rates)) / statistics.median(rates), 3)


def of_a_database(rounds: list[dict[str, Sample]], *, statements: dict[str, int], alone: list[float]) -> tuple[dict, dict]:
    """(what each verb came to, what the floors did) of the rounds on one database; `raw` and `raw_after` frame a round."""
    floor = [between(one["raw"], one["raw_after"]) for one in rounds]
    verbs = {name: against([one[name] for one in rounds], floor) | middle([one[name] for one in rounds]) | {"statements": count}
             for name, count in statements.items()}
    floors = {"bare": middle([one["bare"] for one in rounds]), "raw": middle(floor), "alone": {"per_second": _median(alone)},
              "noise": noise(floor)}
    return verbs, floors
