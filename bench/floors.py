"""What there is to compare with, served as the product is: `gunicorn bench.floors:make()` with the product's settings.

`/bare` is Flask's own answer. `/check-ins` is a check-in by hand: verify a JWT, insert under a unique constraint, post two
entries, change two balances, commit; five statements, one after another, and nothing else that a product needs. `alone`
asks the database for the same statements with neither HTTP nor JWT.
"""
import json
import multiprocessing
import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import jwt
import psycopg
from flask import Flask, request
from uuid_utils.compat import uuid4, uuid7

from config import load_keys

try:
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    sqlite = sqlite3

POINTS = 10
SCHEMA = (
    "CREATE TABLE wallets (id {id} PRIMARY KEY, balance BIGINT NOT NULL)",
    "CREATE TABLE check_ins (id {id} PRIMARY KEY, event_id {id} NOT NULL, resident_id {id} NOT NULL, at {moment} NOT NULL, "
    "UNIQUE (event_id, resident_id))",
    "CREATE TABLE postings (id {id} PRIMARY KEY, because_id {id} NOT NULL UNIQUE, at {moment} NOT NULL)",
    "CREATE TABLE entries (posting_id {id} NOT NULL REFERENCES postings, wallet_id {id} NOT NULL REFERENCES wallets, "
    "amount BIGINT NOT NULL, PRIMARY KEY (posting_id, wallet_id))",
)
CHECK_IN = "INSERT INTO check_ins (id, event_id, resident_id, at) VALUES (%s, %s, %s, %s)"
POSTING = "INSERT INTO postings (id, because_id, at) VALUES (%s, %s, %s)"
ENTRIES = "INSERT INTO entries (posting_id, wallet_id, amount) VALUES (%s, %s, %s), (%s, %s, %s)"
BALANCE = "UPDATE wallets SET balance = balance + %s WHERE id = %s"
STATEMENTS = 5
FUND = "00000000-0000-0000-0000-000000000000"


class PostgreSQL:
    types = {"id": "UUID", "moment": "TIMESTAMPTZ"}

    def __init__(self, url: str):
        self._lines, self._url = threading.local(), url

    @contextmanager
    def transaction(self):
        """Gives what executes a statement; commits at the end."""
        if not hasattr(self._lines, "connection"):
            self._lines.connection = psycopg.connect(self._url)
        with self._lines.connection.transaction():
            yield self._lines.connection.execute


class SQLite:
    types = {"id": "TEXT", "moment": "TEXT"}

    def __init__(self, url: str):
        self._lines, self._path, self._turn = threading.local(), url.removeprefix("sqlite:///"), threading.Lock()

    @contextmanager
    def transaction(self):
        """As above; the writers of a process take turns, as the product's do."""
        if not hasattr(self._lines, "connection"):
            self._lines.connection = sqlite.connect(self._path, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
                self._lines.connection.execute(f"PRAGMA {pragma}")
        execute = self._lines.connection.execute
        with self._turn:
            execute("BEGIN IMMEDIATE")
            try:
                yield lambda statement, values=(): execute(statement.replace("%s", "?"), values)
            except BaseException:
                execute("ROLLBACK")
                raise
            execute("COMMIT")


def opened(url: str) -> PostgreSQL | SQLite:
    return PostgreSQL(url) if url.startswith("postgres") else SQLite(url)


def prepare(url: str, residents: list[str]) -> None:
    """The tables, a fund's wallet and one for each resident."""
    database = opened(url)
    with database.transaction() as execute:
        for statement in SCHEMA:
            execute(statement.format(**database.types))
        for wallet_id in (FUND, *residents):
            execute("INSERT INTO wallets (id, balance) VALUES (%s, 0)", (wallet_id,))


def check_in(database: PostgreSQL | SQLite, event_id: str, resident_id: str) -> dict:
    check_in_id, posting_id, at = str(uuid7()), str(uuid7()), datetime.now(UTC).isoformat()
    with database.transaction() as execute:
        execute(CHECK_IN, (check_in_id, event_id, resident_id, at))
        execute(POSTING, (posting_id, check_in_id, at))
        execute(ENTRIES, (posting_id, FUND, -POINTS, posting_id, resident_id, POINTS))
        execute(BALANCE, (POINTS, resident_id))
        execute(BALANCE, (-POINTS, FUND))  # last: everybody waits for this one
    return {"id": check_in_id, "event_id": event_id, "resident_id": resident_id, "at": at}


def make() -> Flask:
    app = Flask(__name__)
    database = opened(os.environ["DATABASE_URL"])
    key = load_keys(Path(os.environ["SECRETS_FILE"]))["jwt"]

    @app.get("/bare")
    def bare():
        return {"status": "ok"}

    @app.post("/check-ins")
    def by_hand():
        token = request.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, key, algorithms=["HS256"], audience="linli-api", issuer="linli")
        return check_in(database, json.loads(request.data)["event_id"], claims["sub"]), 201
    return app


def alone(url: str, residents: list[str], *, seconds: float, clients: int) -> float:
    """Such transactions a second with neither HTTP nor JWT, each client a process of its own; on SQLite one, for one writes at a time."""
    clients = clients if url.startswith("postgres") else 1
    context = multiprocessing.get_context("fork")
    start, done = context.Barrier(clients), context.Queue()
    processes = [context.Process(target=_ask, args=(url, residents[first::clients], seconds, start, done)) for first in range(clients)]
    for process in processes:
        process.start()
    rates = [done.get(timeout=seconds + 60) for _ in processes]
    for process in processes:
        process.join()
    return sum(rates)


def _ask(url: str, residents: list[str], seconds: float, start, done) -> None:
    database = opened(url)
    check_in(database, str(uuid4()), residents[0])  # connects
    start.wait()
    count, began = 0, time.perf_counter()
    while time.perf_counter() < began + seconds:
        if count % len(residents) == 0:
            event_id = str(uuid4())
        check_in(database, event_id, residents[count % len(residents)])
        count += 1
    done.put(count / (time.perf_counter() - began))
