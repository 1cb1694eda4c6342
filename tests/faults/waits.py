"""How long those who use a table would have waited while something else was done to it."""
import threading
import time
from contextlib import contextmanager

import psycopg
from psycopg import sql

MODES = ("ACCESS SHARE", "ROW EXCLUSIVE")  # what a reader takes, and who writes


class Waits:
    """By table, the longest that a reader and a writer had to wait, in seconds."""

    def __init__(self, url: str, tables):
        self._url, self._stop, self._lock = url, threading.Event(), threading.Lock()
        self.longest = {(table, mode): 0.0 for table in tables for mode in MODES}

    def _use(self, table: str, mode: str) -> None:
        with psycopg.connect(self._url) as connection:
            while not self._stop.is_set():
                began = time.monotonic()
                connection.execute(sql.SQL("LOCK TABLE {} IN {} MODE").format(sql.Identifier(table), sql.SQL(mode)))
                connection.rollback()
                with self._lock:
                    self.longest[table, mode] = max(self.longest[table, mode], time.monotonic() - began)
                self._stop.wait(0.02)

    def worst(self) -> tuple[float, str]:
        waited, (table, mode) = max((waited, key) for key, waited in self.longest.items())
        return waited, f"{table} in {mode}"


@contextmanager
def waiting(url: str, tables):
    """Within, each table is asked for again and again by a reader and by a writer."""
    waits = Waits(url, tables)
    threads = [threading.Thread(target=waits._use, args=key) for key in waits.longest]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        waits._stop.set()
        for thread in threads:
            thread.join(timeout=60)
