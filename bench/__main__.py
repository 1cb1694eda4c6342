"""`make bench`: what the product costs, as ratios to floors that the same run measures. See docs/performance.md.

QUICK=1: three short rounds.
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
from bench import databases, rounds
from bench.crowd import Size

LATEST = Path(__file__).resolve().parent / "latest.json"
VERSIONS = ("flask", "sqlalchemy", "marshmallow", "psycopg", "gunicorn")


def main() -> None:
    quick = bool(os.environ.get("QUICK"))
    how = {"rounds": 3 if quick else 5, "warm": 0.5 if quick else 1, "seconds": 3 if quick else 6}
    with ExitStack() as up:
        folder = Path(up.enter_context(tempfile.TemporaryDirectory(prefix="linli-bench-")))
        server = up.enter_context(databases.postgresql())
        if server is None:
            print("There is no PostgreSQL here: SQLite only.", file=sys.stderr)
        places = {"sqlite": str(folder)} | ({"postgresql": server} if server else {})
        stages = {kind: up.enter_context(rounds.stage(place, folder / kind, Size())) for kind, place in places.items()}
        found, floors = rounds.run(stages, **how)
        latest = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(server), "how": how | {"clients": rounds.CLIENTS},
                  "floors": floors, **found}
    LATEST.write_text(json.dumps(latest, indent=1) + "\n")
    print(f"Written to {LATEST}")


def machine(server: str | None) -> dict:
    sqlite = engine_options("sqlite://")["module"].sqlite_version
    return {"cores": len(os.sched_getaffinity(0)), "python": platform.python_version(), "sqlite": sqlite,
            "postgresql": server and databases.version(server), **{name: version(name) for name in VERSIONS}}


if __name__ == "__main__":
    main()
