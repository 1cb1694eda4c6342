"""Which kind of worker, and how many? `python -m bench.workers [sqlite] [POSTGRESQL_URL]` measures check-ins under each, in turns.

Eight clients ask in a closed loop, each check-in a new one; the candidates take turns for some rounds, so
that the machine's noise falls on all alike. What came of it: docs/decisions/0008-workers.md.
"""
import http.client
import itertools
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from base64 import b64encode
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from api import create_app, database_url
from bench import town
from config import KEYS, Settings
from models import db
from models.schema import upgrade

ROOT = Path(__file__).resolve().parent.parent
PORT = int(os.environ.get("BENCH_PORT", "8795"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = float(os.environ.get("SECONDS", "6"))
CLIENTS = 8
CANDIDATES = {
    "sync × 2": "--worker-class sync --workers 2",
    "sync × 4": "--worker-class sync --workers 4",
    "gthread 1 × 8": "--worker-class gthread --workers 1 --threads 8",
    "gthread 1 × 8, whole requests": "--workers 1 --threads 8",  # gunicorn.conf.py's own class, web_worker.py
    "gthread 2 × 4": "--worker-class gthread --workers 2 --threads 4",
    "gthread 4 × 4": "--worker-class gthread --workers 4 --threads 4",
}


def main() -> None:
    databases = sys.argv[1:] or ["sqlite"]
    found = {(kind, name): [] for kind in databases for name in CANDIDATES}
    for number in range(ROUNDS):
        for (kind, name), rounds in found.items():
            with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
                rounds.append(_measure(kind, CANDIDATES[name], Path(folder)))
            print(f"round {number + 1}, {kind.partition(':')[0]}, {name}: {rounds[-1][0]:.0f}/s", file=sys.stderr)
    for kind in databases:
        print(f"\n| {kind.partition(':')[0]} | check-ins/s | p50 ms | p99 ms | CPU ms |\n| --- | --- | --- | --- | --- |")
        for name in CANDIDATES:
            middle = [statistics.median(values) for values in zip(*found[kind, name], strict=True)]
            print("| {} | {:.0f} | {:.1f} | {:.0f} | {:.2f} |".format(name, *middle))


def _measure(kind: str, arguments: str, folder: Path) -> tuple[float, ...]:
    """Check-ins a second, the median and the 99th percentile in ms, and the workers' CPU for each in ms."""
    url, forget = _database(kind, folder)
    keys = {name: secrets.token_bytes(32) for name in KEYS}
    (folder / "secrets.json").write_text(json.dumps({name: b64encode(key).decode() for name, key in keys.items()}))
    settings = Settings(database_url=database_url(url), keys=keys, event_code_seconds=3600)
    try:
        app = create_app(settings)
        with app.app_context():
            upgrade()
            made = town.make(settings, residents=200, plans=40)
            db.session.remove()
            db.engine.dispose()
        return _load(made, url, arguments, folder)
    finally:
        forget()


def _database(kind: str, folder: Path):
    if kind == "sqlite":
        return f"sqlite:///{folder}/linli.db", lambda: None
    name = f"linli_bench_{uuid.uuid4().hex[:8]}"
    admin = make_url(kind).set(drivername="postgresql").render_as_string(hide_password=False)

    def tell(statement):
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(statement)
    tell(f'CREATE DATABASE "{name}"')
    return (make_url(admin).set(database=name).render_as_string(hide_password=False),
            lambda: tell(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _load(made: town.Town, url: str, arguments: str, folder: Path) -> tuple[float, ...]:
    environment = os.environ | {
        "DATABASE_URL": url, "SECRETS_FILE": str(folder / "secrets.json"), "BIND": f"127.0.0.1:{PORT}", "RATE_LIMITS": "off",
        "EVENT_CODE_SECONDS": "3600", "GUNICORN_CMD_ARGS": arguments + " --access-logfile /dev/null"}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "-m", "gunicorn"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait()
        return _ask(made, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=40)


def _wait() -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def _ask(made: town.Town, master: int) -> tuple[float, ...]:
    work = itertools.product(made.codes, made.residents)
    turn, times, until = threading.Lock(), [], [0.0]

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        while time.perf_counter() < until[0]:
            with turn:
                code, token = next(work)
            began = time.perf_counter()
            connection.request("POST", "/api/v1/check-ins", json.dumps({"token": code}), {
                "Authorization": token, "Idempotency-Key": uuid.uuid4().hex, "Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 201:
                raise SystemExit(f"{answer.status} {body[:300]}")
            times.append(time.perf_counter() - began)

    def run(seconds):
        times.clear()
        until[0] = time.perf_counter() + seconds
        threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    run(1)  # each worker's first requests load code and open connections
    spent = _cpu(master)
    run(SECONDS)
    spent = _cpu(master) - spent
    ordered = sorted(times)
    return (len(times) / SECONDS, 1000 * statistics.median(ordered), 1000 * ordered[int(0.99 * (len(ordered) - 1))],
            1000 * spent / len(times))


def _cpu(master: int) -> float:
    """Seconds of processor that the workers have used."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    ticks = 0
    for pid in children:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
