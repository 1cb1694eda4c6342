"""Relays of the outbox, each a process with a door of its own to WeChat's stand-in, and death at the door.

A relay asks for one message after the other. Some of what is asked kills who asks: before WeChat has taken the message, before it
has answered, or just after. `violations` says what of what was asked cannot be so, by the promise of services/outbox.py.
"""
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from json import loads
from pathlib import Path
from random import Random

from miniapp_stub.platform.server import serving
from tests.faults.hosts import ROOT, surroundings

SEND = "/cgi-bin/message/subscribe/send"
MOMENTS = ("before WeChat has it", "before the answer", "after the answer")
AFTER_S = 0.02  # how long after the answer at most: about as long as it takes to write it down


@dataclass
class Asked:
    """One call that sends the message of this number, and whether WeChat took it."""

    number: int
    is_taken: bool = False


@dataclass
class Life:
    """Of one process: what it asked, one after the other, and whether it was killed."""

    asked: list[Asked] = field(default_factory=list)
    is_killed: bool = False


def violations(told: set[int], lives: list[Life], *, heard: Set[int] = frozenset()) -> list[str]:
    """Each as a sentence. Every message that people were `told` must have been taken, and again only after the death of who had it
    in hand: once for each. Not even then where WeChat's push that it has arrived was `heard`.
    """
    taken = Counter(each.number for life in lives for each in life.asked if each.is_taken)
    in_hand = Counter(life.asked[-1].number for life in lives
                      if life.is_killed and life.asked and life.asked[-1].is_taken and life.asked[-1].number not in heard)
    return [*(f"message {number} was never sent" for number in sorted(told - set(taken))),
            *(f"message {number} is nobody's" for number in sorted(set(taken) - told)),
            *(f"message {number} was sent {count} times and {in_hand[number]} unheard died with it in hand"
              for number, count in sorted(taken.items()) if count > 1 + in_hand[number])]


class Fate:
    """Which of all that is asked kills: `deaths` of the first `among`, each moment in turn."""

    def __init__(self, chance: Random, *, deaths: int, among: int):
        self._lock, self._count, self.chance = threading.Lock(), 0, chance
        self._due = [(at, MOMENTS[n % len(MOMENTS)]) for n, at in enumerate(sorted(chance.sample(range(1, among), deaths)))]

    def strikes(self, life: Life) -> str | None:
        """The moment at which this life ends, if this call ends it."""
        with self._lock:
            self._count += 1
            if not self._due or self._count < self._due[0][0] or life.is_killed:
                return None
            life.is_killed = True
            return self._due.pop(0)[1]

    @property
    def left(self) -> int:
        return len(self._due)


class Relay:
    """A life with its process, and as a WSGI application its door to `platform`, which takes the points of a message for its number."""

    def __init__(self, platform, fate: Fate):
        self.life, self.process, self._platform, self._fate = Life(), None, platform, fate

    def __call__(self, environ, start):
        if environ["PATH_INFO"] != SEND:
            return self._platform(environ, start)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        asked = Asked(int(loads(body)["data"]["number3"]["value"]))
        self.life.asked.append(asked)
        moment = self._fate.strikes(self.life)
        if moment == MOMENTS[0]:
            self._kill()
            start("503 Service Unavailable", [])
            return []
        answer = b"".join(self._platform(environ | {"wsgi.input": BytesIO(body)}, start))
        asked.is_taken = loads(answer)["errcode"] == 0
        if moment == MOMENTS[1]:
            self._kill()
        elif moment == MOMENTS[2]:
            threading.Timer(self._fate.chance.uniform(0, AFTER_S), self._kill).start()
        return [answer]

    def _kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)

    def start(self, port: int, program: str, environment: dict, log: Path) -> None:
        """As deploy/linli-worker.service does, but it looks more often."""
        words = [sys.executable, "-m", "flask", "--app", program, "work", "--interval", "0.2"]
        with log.open("ab") as lines:
            self.process = subprocess.Popen(words, cwd=ROOT, stdout=lines, stderr=lines, start_new_session=True,
                                            env=environment | {"WECHAT_API_BASE": f"http://127.0.0.1:{port}"})


class Relays:
    """So many at any time: a dead one is followed by another at the next `look`."""

    def __init__(self, platform, fate: Fate, ends: ExitStack, **start):
        self._platform, self._fate, self._ends, self._start, self._alive = platform, fate, ends, start, []
        self.lives: list[Life] = []
        self.log: Path = start["log"]

    def add(self) -> None:
        relay = Relay(self._platform, self._fate)
        door = self._ends.enter_context(ExitStack())
        relay.start(door.enter_context(serving(relay)), **self._start)
        self._alive.append((relay, door))
        self.lives.append(relay.life)

    def look(self) -> None:
        for relay, door in [each for each in self._alive if each[0].process.poll() is not None]:
            assert relay.process.returncode == -signal.SIGKILL and relay.life.is_killed, self.log.read_text()[-3000:]
            door.close()
            self._alive.remove((relay, door))
            self.add()

    def end(self) -> None:
        for relay, _ in self._alive:
            relay.process.terminate()
        for relay, _ in self._alive:
            relay.process.wait(timeout=60)


@contextmanager
def relays(count: int, folder: Path, app, database: str, platform, fate: Fate, *, program: str = "wsgi", **settings: str):
    """`count` of them, of this `program`, with the keys of this application. `settings` are of the environment."""
    folder.mkdir()
    with ExitStack() as ends:
        made = Relays(platform, fate, ends, program=program, log=folder / "log", environment=surroundings(folder, app, database, **settings))
        ends.callback(made.end)
        for _ in range(count):
            made.add()
        yield made
