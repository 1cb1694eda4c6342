"""Where does the time of one verb go? `python -m bench.profile check_in [sqlite|postgresql] [how many]`.

In this process, without gunicorn: the thread's processor time for each request, its statements, and the functions that took it.
"""
import cProfile
import itertools
import pstats
import secrets
import sys
import tempfile
import time
from contextlib import ExitStack

from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench import databases, rounds, verbs
from bench.crowd import Size
from config import KEYS

SHOWN = 45


def main() -> None:
    name, kind, count = (*sys.argv[1:], *("check_in", "sqlite", "500")[len(sys.argv) - 1:])
    with ExitStack() as up:
        folder = up.enter_context(tempfile.TemporaryDirectory(prefix="linli-bench-"))
        server = up.enter_context(databases.postgresql()) if kind == "postgresql" else folder
        url = up.enter_context(databases.empty(server, "product"))
        app, built = up.enter_context(rounds.filled(url, {key: secrets.token_bytes(32) for key in KEYS}, Size()))
        databases.settle(server, url)
        verb = verbs.of_the_product(built)[name]
        _ask(app, verb, 100)
        statements = rounds.statements_of(app, verb)
        print(*statements, sep="\n\n")
        plain = _ask(app, verb, int(count))
        profile = cProfile.Profile()
        profile.enable()
        _ask(app, verb, int(count))
        profile.disable()
        for order in ("tottime", "cumtime"):
            pstats.Stats(profile).sort_stats(order).print_stats(SHOWN)
        print(f"{name}, {kind}: {plain:.2f} ms of processor a request, {len(statements)} statements")


def _ask(app, verb: verbs.Verb, count: int) -> float:
    """Milliseconds of processor for each of so many requests."""
    environs = [EnvironBuilder(ask.path, method=ask.method, headers=ask.headers(), json=ask.body).get_environ()
                for ask in itertools.islice(verb.asks, count)]
    began = time.thread_time()
    for environ in environs:
        _, status, _ = run_wsgi_app(app, environ)
        if not status.startswith(str(verb.expects)):
            raise SystemExit(f"{verb.name}: {status}")
    return (time.thread_time() - began) / count * 1000


if __name__ == "__main__":
    main()
