"""`make bench`: what the product costs, as ratios to floors that the same run measures. See docs/performance.md.

QUICK=1 is three short rounds; LARGE=1 adds a city of a million to what size costs; ROUNDS and SECONDS name other numbers.
"""
import json
import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from api import engine_options
from bench import credit, databases, growth, load, report, rounds
from bench.crowd import Size

LATEST = Path(__file__).resolve().parent / "latest.json"
QUICK = {"rounds": 3, "seconds": 3.0}
LONG = {"rounds": 5, "seconds": 6.0}
WARM = 0.5  # seconds before each that is measured
VERSIONS = ("flask", "sqlalchemy", "marshmallow", "psycopg", "gunicorn")


def main() -> None:
    quick, large = bool(os.environ.get("QUICK")), bool(os.environ.get("LARGE"))
    how = asked_for(os.environ)
    with ExitStack() as up:
        folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="linli-bench-")))
        server = up.enter_context(databases.postgresql())
        if server is None:
            print("There is no PostgreSQL here: SQLite only.", file=sys.stderr)
        places = {"sqlite": str(folder)} | ({"postgresql": server} if server else {})
        latest = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(server), "how": how | {"clients": load.CLIENTS}}
        latest |= in_turns(places, folder, how, open_loop=not quick)
        _keep(latest)  # what comes next takes long
        if not quick:
            latest["growth"] = {kind: growth.measure(place, folder / f"growth-{kind}", growth.SIZES[:3 if large else 2], turns=5, count=100)
                                for kind, place in places.items()}
            _keep(latest)
            latest["credit"] = {kind: credit.measure(place, credit.PEOPLE) for kind, place in places.items()}
    if not quick:
        _keep(latest)
        report.write(latest)


def _keep(latest: dict) -> None:
    LATEST.write_text(json.dumps(latest, indent=1) + "\n")
    print(f"Written to {LATEST}", file=sys.stderr)


def asked_for(env) -> dict:
    """Rounds, and seconds for each subject in a round: ROUNDS and SECONDS, else by QUICK."""
    usual = QUICK if env.get("QUICK") else LONG
    return {name: type(value)(env.get(name.upper()) or value) for name, value in usual.items()}


def in_turns(places: dict[str, str], folder: Path, how: dict, *, open_loop: bool) -> dict:
    with ExitStack() as up:
        stages = {kind: up.enter_context(rounds.stage(place, folder / kind, Size())) for kind, place in places.items()}
        found, floors = rounds.run(stages, warm=WARM, **how)
        if open_loop:
            rounds.at_a_steady_rate(stages, found, seconds=how["seconds"])
    return {"floors": floors, **found}


def machine(server: str | None) -> dict:
    sqlite = engine_options("sqlite://")["module"].sqlite_version
    return {"cores": len(os.sched_getaffinity(0)), "python": platform.python_version(), "sqlite": sqlite,
            "postgresql": server and databases.version(server), **{name: version(name) for name in VERSIONS}}


if __name__ == "__main__":
    main()
