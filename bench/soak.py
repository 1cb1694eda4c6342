"""A crowd at one door, and a long stretch: `python -m bench.soak [sqlite] [postgresql]`, some eleven minutes for each.

A thousand arrive at one event within a minute, each by a connection of its own; then a hundred check in each second, for ten minutes.
Requests come when they are due, whoever still waits, and any answer but the expected one ends it. BURST, SECONDS and RATE name other numbers.
"""
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import databases, load, rounds
from bench.crowd import Size
from bench.figures import percentile

BURST, MINUTE = int(os.environ.get("BURST", "1000")), 60
RATE, SECONDS = float(os.environ.get("RATE", "100")), float(os.environ.get("SECONDS", "600"))
PARTS = 10  # of the long stretch, after each of which the workers' memory is read
PHONES = 64


@dataclass(frozen=True)
class Soaked:
    """Milliseconds, and megabytes of the largest worker: before, and after each part."""

    burst_p95_ms: float
    burst_slowest_ms: float
    p50_ms: float
    p99_ms: float
    memory_mb: list[float]


def main() -> None:
    print("| | 1,000 in a minute: p95, slowest ms | 100 a second: p50, p99 ms | MB before and after |\n| --- | --- | --- | --- |")
    for kind in sys.argv[1:] or ["sqlite", "postgresql"]:
        with ExitStack() as up:
            folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="linli-bench-")))
            server = up.enter_context(databases.postgresql()) if kind == "postgresql" else str(folder)
            stage = up.enter_context(rounds.stage(server, folder / "stage", Size(deeds=300, coupons=300)))
            found = soak(stage, burst=BURST, within=MINUTE, rate=RATE, seconds=SECONDS)
        print(f"| {kind} | {found.burst_p95_ms:.0f}, {found.burst_slowest_ms:.0f} | {found.p50_ms:.1f}, {found.p99_ms:.0f} | "
              f"{found.memory_mb[0]:.1f}, {', '.join(f'{each:.1f}' for each in found.memory_mb[1:])} |", flush=True)


def soak(stage: rounds.Stage, *, burst: int, within: float, rate: float, seconds: float) -> Soaked:
    server, verb, asked = stage.asks["check_in"]
    requests = (request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) for request in asked)
    crowd = load.run(server.port, requests, expects=verb.expects, count=burst, rate=burst / within, clients=PHONES)
    memory, times = [server.memory_mb()], []
    for _ in range(PARTS):
        times += load.run(server.port, requests, expects=verb.expects, seconds=seconds / PARTS, rate=rate, clients=PHONES).times
        memory.append(server.memory_mb())
    told = percentile(crowd.times, 0.95), max(crowd.times), percentile(times, 0.5), percentile(times, 0.99)
    return Soaked(*(1000 * each for each in told), memory)


if __name__ == "__main__":
    main()
