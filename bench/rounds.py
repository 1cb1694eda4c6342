"""The rounds: everything is asked in turns, so that the machine's noise falls on all alike, and each verb is compared within its round."""
import json
import secrets
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

from api import create_app, database_url
from bench import city, databases, figures, floors, load, servers, verbs
from bench.crowd import Size
from config import KEYS, Settings
from models import db
from models.schema import upgrade

# Raised, not lifted: a person's requests are counted all the same; codes last for the whole run.
LIMITS = {"rate_limit_per_minute": 10**6, "event_code_seconds": 86400, "event_code_grace_seconds": 86400}


@dataclass(frozen=True)
class Stage:
    """A database with the product and the floors up, and what there is to ask of each."""

    product: servers.Server
    floor: servers.Server
    asks: dict[str, tuple[servers.Server, verbs.Verb, Iterator[bytes]]]
    statements: dict[str, int]
    floor_url: str
    residents: list[str]
    postmaster: int | None


@contextmanager
def stage(server: str, folder: Path, size: Size, *, warming: int = 200, **environment: str) -> Iterator[Stage]:
    """`server` is the URL of a PostgreSQL, or the folder of SQLite's files. Before it is given, each verb is asked `warming` times.

    `environment` is for gunicorn, the product's and the floors'.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as up:
        url, floor_url = (up.enter_context(databases.empty(server, name)) for name in ("product", "floor"))
        keys = {name: secrets.token_bytes(32) for name in KEYS}
        (folder / "secrets.json").write_text(json.dumps({name: b64encode(key).decode() for name, key in keys.items()}))
        with filled(url, keys, size) as (app, built):
            asked = verbs.of_the_product(built)
            statements = {verb.name: len(statements_of(app, verb)) for verb in asked.values()}
        floors.prepare(floor_url, built.resident_ids)
        for one in (url, floor_url):
            databases.settle(server, one)
        common = {"SECRETS_FILE": str(folder / "secrets.json"), **environment}
        limits = {name.upper(): str(value) for name, value in LIMITS.items()}
        product = up.enter_context(servers.serving(folder / "product", DATABASE_URL=url, **common, **limits))
        floor = up.enter_context(servers.serving(folder / "floor", app="bench.floors:make()", path="/bare", DATABASE_URL=floor_url, **common))
        asks = {name: (product, verb, verb.on_the_wire()) for name, verb in asked.items()}
        asks |= {name: (floor, verb, verb.on_the_wire()) for name, verb in verbs.of_the_floors(built).items()}
        for server_of_it, verb, requests in asks.values():  # each worker loads its code and makes its statements
            load.run(server_of_it.port, requests, expects=verb.expects, count=warming)
        yield Stage(product, floor, asks, statements, floor_url, built.resident_ids, databases.postmaster(server))


@contextmanager
def filled(url: str, keys: dict, size: Size):
    """The application, in this process, with a city in its database."""
    app = create_app(Settings(database_url=database_url(url), keys=keys, **LIMITS))
    with app.app_context():
        upgrade()
        built = city.build(app.extensions["linli_settings"], size)
        db.session.remove()
        db.engine.dispose()  # a line of SQLite's would be full of statements that nobody asks again, and make all others anew each time
        yield app, built
        db.session.remove()
        db.engine.dispose()


def statements_of(app, verb: verbs.Verb) -> list[str]:
    """Those that the verb's second request needs, the transaction's own apart."""
    seen = []
    client = app.test_client()
    note = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
    for _ in range(2):
        ask = next(verb.asks)
        seen.clear()
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            answer = client.open(ask.path, method=ask.method, headers=ask.headers(), json=ask.body)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        if answer.status_code != verb.expects:
            raise SystemExit(f"{verb.name}: {answer.status_code} {answer.get_data(as_text=True)}")
    return [statement for statement in seen if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]


def measure(stage: Stage, name: str, *, warm: float = 0, **how) -> figures.Sample:
    """One subject under load, as `load.run` is told; first for `warm` seconds unmeasured."""
    server, verb, requests = stage.asks[name]
    if warm:
        load.run(server.port, requests, expects=verb.expects, seconds=warm)
    cpu, database_cpu = server.cpu(), servers.database_cpu(stage.postmaster)
    heard = load.run(server.port, requests, expects=verb.expects, **how)
    used = None if database_cpu is None else servers.database_cpu(stage.postmaster) - database_cpu
    return figures.sample(heard, cpu=server.cpu() - cpu, database_cpu=used)


def run(stages: dict[str, Stage], *, rounds: int, warm: float, seconds: float, count: int = 0) -> tuple[dict, dict]:
    """(the verbs' figures, the floors') by database."""
    found = {kind: [] for kind in stages}
    alone = {kind: [] for kind in stages}
    for number in range(rounds):
        for kind, at in stages.items():
            order = ("bare", "raw", *at.statements, "raw_after")
            samples = {name: measure(at, name.removesuffix("_after"), warm=warm, seconds=seconds, count=count) for name in order}
            found[kind].append(samples)
            alone[kind].append(floors.alone(at.floor_url, at.residents, seconds=seconds or 1, clients=load.CLIENTS))
            told = ", ".join(f"{name} {one.per_second:.0f}" for name, one in samples.items())
            print(f"round {number + 1}, {kind}, each second: {told}, alone {alone[kind][-1]:.0f}", file=sys.stderr)
    figured = {kind: figures.of_a_database(found[kind], statements=stages[kind].statements, alone=alone[kind]) for kind in stages}
    return {kind: verbs for kind, (verbs, _) in figured.items()}, {kind: floors for kind, (_, floors) in figured.items()}


def at_a_steady_rate(stages: dict[str, Stage], found: dict, *, seconds: float) -> None:
    """Adds to each verb's figures an open loop's at half the throughput that it had in the rounds."""
    for kind, at in stages.items():
        for name, figured in found[kind].items():
            rate = figured["per_second"] / 2
            one = measure(at, name, seconds=seconds, rate=rate)
            figured["open_loop"] = {"rate": round(rate, 1)} | {part: round(getattr(one, part), 3) for part in ("per_second", "p50_ms", "p99_ms")}
