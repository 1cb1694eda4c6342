"""Which kind of worker, and how many? `python -m bench.workers [sqlite] [POSTGRESQL_URL]` measures check-ins under each, in turns.

Eight clients ask in a closed loop, each check-in a new one; the candidates take turns for some rounds, so
that the machine's noise falls on all alike. What came of it: docs/decisions/0008-workers.md.
"""
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench import rounds
from bench.crowd import Size
from bench.figures import Sample

ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = float(os.environ.get("SECONDS", "6"))
SIZE = Size(residents=200, acting=200, deeds=100, coupons=100)
CANDIDATES = {  # sync with several threads would be gthread: gunicorn sees to that
    "sync × 2": "--worker-class sync --workers 2 --threads 1",
    "sync × 4": "--worker-class sync --workers 4 --threads 1",
    "gthread 1 × 8": "--worker-class gthread --workers 1 --threads 8",
    "gthread 1 × 8, whole requests": "--workers 1 --threads 8",  # gunicorn.conf.py's own class, web_worker.py
    "gthread 2 × 4": "--worker-class gthread --workers 2 --threads 4",
    "gthread 4 × 4": "--worker-class gthread --workers 4 --threads 4",
}


def main() -> None:
    asked = sys.argv[1:] or ["sqlite"]
    found = {(kind, name): [] for kind in asked for name in CANDIDATES}
    for number in range(ROUNDS):
        for (kind, name), samples in found.items():
            with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
                samples.append(_measure(kind, CANDIDATES[name], Path(folder)))
            print(f"round {number + 1}, {kind.partition(':')[0]}, {name}: {samples[-1].per_second:.0f}/s", file=sys.stderr)
    for kind in asked:
        print(f"\n| {kind.partition(':')[0]} | check-ins/s | p50 ms | p99 ms | CPU ms |\n| --- | --- | --- | --- | --- |")
        for name in CANDIDATES:
            middle = [statistics.median(getattr(one, part) for one in found[kind, name]) for part in ("per_second", "p50_ms", "p99_ms", "cpu_ms")]
            print("| {} | {:.0f} | {:.1f} | {:.0f} | {:.2f} |".format(name, *middle))


def _measure(kind: str, arguments: str, folder: Path) -> Sample:
    server = str(folder) if kind == "sqlite" else kind
    with rounds.stage(server, folder / "stage", SIZE, warming=50, GUNICORN_CMD_ARGS=arguments) as stage:
        return rounds.measure(stage, "check_in", warm=1, seconds=SECONDS)


if __name__ == "__main__":
    main()
