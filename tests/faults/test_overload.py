"""Ten times what the host serves, for a while: who is not served is told at once to come again, and soon after all is as before.

Run by `make test-faults`. OVERLOAD_S says for how long.
"""
import asyncio
import os
import time
import uuid
from collections import Counter
from json import dumps

import pytest

from tests.faults.clients import answer_of
from tests.faults.hosts import several

OVERLOAD_S = int(os.environ.get("OVERLOAD_S", "20"))
PATIENCE_S = 30  # as gunicorn's own time-out
pytestmark = pytest.mark.timeout(300)


class Crowd:
    """Asks at a rate, whether it is answered or not, each time over a new line."""

    def __init__(self, day, port: int, chance):
        self._day, self._port, self._chance = day, port, chance
        self.answers, self.hung, self.waits = Counter(), 0, {"served": [], "turned away": []}

    async def ask_for(self, seconds: float, per_second: float) -> None:
        began, asked, running = time.monotonic(), 0, set()
        while (now := time.monotonic() - began) < seconds:
            for _ in range(int(now * per_second) - asked):
                running.add(task := asyncio.create_task(self._ask()))
                task.add_done_callback(running.discard)
                asked += 1
            await asyncio.sleep(0.005)
        if running:
            await asyncio.wait(running)

    async def _ask(self) -> None:
        person = self._chance.randrange(len(self._day.people))
        token, resident = self._day.tokens[person], self._day.people[person]
        if self._chance.random() < 0.5:
            await self._send("points", resident, "me/points", None, token)
        else:
            await self._send("buy", resident, "coupons", {"offer_id": self._day.offer}, token)

    async def _send(self, verb, about, path, body, token) -> None:
        call = self._day.history.begin(0, verb, about, uuid.uuid4().hex if body else "")
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, headers, told = await self._exchange(path, body, token, call.key)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            self._day.history.note(call, began, 0)
            self.hung += 1
            return
        self._day.history.note(call, began, status, told)
        self.answers[status, "retry-after" in headers] += 1
        self.waits["turned away" if status in (429, 503) else "served"].append(time.monotonic() - began)

    async def _exchange(self, path, body, token, key):
        sent = b"" if body is None else dumps(body).encode()
        lines = [f"{'GET' if body is None else 'POST'} /api/v1/{path} HTTP/1.1", "Host: x", f"Authorization: {token}", "Connection: close",
                 "Content-Type: application/json", f"Content-Length: {len(sent)}", *([f"Idempotency-Key: {key}"] if key else [])]
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + sent)
            return answer_of(await reader.read())
        finally:
            writer.close()


def worst(waits: list[float], percent: int = 95) -> float:
    return sorted(waits)[len(waits) * percent // 100] if waits else 0.0


def test_ten_times_too_many_are_told_to_come_again(day, database, chance, tmp_path):
    day = day(20, deeds=5)
    with several(1, tmp_path, day.app, database, processes=1) as [host]:
        earner = day.client(0, host.port)
        for person, deeds in enumerate(day.deeds):
            for deed in deeds:
                day.approve(earner, person, deed)
        before = at_ease(day, host, chance)
        rate = capacity(day, host)
        crowd = Crowd(day, host.port, chance)
        asyncio.run(crowd.ask_for(OVERLOAD_S, 10 * rate))
        over = time.monotonic()
        after = at_ease(day, host, chance)
        while worst(after.waits["served"]) > max(0.5, 3 * worst(before.waits["served"])) and time.monotonic() < over + 10:
            after = at_ease(day, host, chance)
    told = {kind: f"{len(waits)}, p50 {worst(waits, 50):.2f} s, p95 {worst(waits):.2f} s, longest {max(waits, default=0):.2f} s"
            for kind, waits in crowd.waits.items()}
    print(f"serves {rate:.0f} a second, asked ten times that for {OVERLOAD_S} s: {told}, hung {crowd.hung}; {dict(crowd.answers)}; "
          f"p95 at ease {worst(before.waits['served']):.3f} s before, {worst(after.waits['served']):.3f} s after; {day.compare()}")
    assert crowd.hung == 0
    assert {status for status, _ in crowd.answers} <= {200, 201, 409, 429, 503}
    assert {has for (status, has) in crowd.answers if status in (429, 503)} == {True}
    assert crowd.waits["turned away"]
    assert len(crowd.waits["served"]) > OVERLOAD_S * rate / 8  # turning away is not all that it does
    assert worst(after.waits["served"]) < max(0.5, 3 * worst(before.waits["served"]))


def at_ease(day, host, chance) -> Crowd:
    crowd = Crowd(day, host.port, chance)
    asyncio.run(crowd.ask_for(2, 10))
    return crowd


def capacity(day, host) -> float:
    """Requests a second that eight clients are served who ask without a pause."""
    crowd = Crowd(day, host.port, day.client(0, host.port).chance)

    async def eight():
        until = time.monotonic() + 4

        async def one():
            while time.monotonic() < until:
                await crowd._ask()
        await asyncio.gather(*(one() for _ in range(8)))
    asyncio.run(eight())
    return len(crowd.waits["served"]) / 4
