"""Clients, all in this process: in a closed loop each asks again once it is answered; in an open one the clock asks.

What is measured must succeed: any other status ends the bench. Requests are bytes made beforehand or on the way, answers
are read as far as their length: the clients take a small part of a core, and say how much.
"""
import re
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
CLOSE = re.compile(rb"\r\nconnection: close\r\n", re.IGNORECASE)
CLIENTS = 8
PATIENCE = 30  # seconds for one answer


@dataclass(frozen=True)
class Heard:
    times: list[float]  # seconds from when each was due to its last byte
    seconds: float
    cpu: float  # the clients' own


class Line:
    """One connection with at most one request on its way; opened when it is asked by, and again after the server has ended it with an answer."""

    def __init__(self, port: int):
        self.due, self.socket = 0.0, None
        self._port, self._heard = port, b""

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        if self.socket:
            self.socket.close()
            self.socket = None

    def ask(self, request: bytes, due: float) -> None:
        self.due, self._heard = due, b""
        self.socket.sendall(request)

    def answer(self) -> bytes | None:
        """The whole answer once it is there."""
        part = self.socket.recv(65536)
        if not part:
            raise SystemExit("the server hung up")
        self._heard += part
        head = self._heard.find(b"\r\n\r\n")
        if head < 0 or len(self._heard) < head + 4 + int(LENGTH.search(self._heard, 0, head + 2)[1]):
            return None
        return self._heard

    @property
    def ends(self) -> bool:
        return CLOSE.search(self._heard, 0, self._heard.find(b"\r\n\r\n") + 2) is not None


def run(port: int, requests: Iterator[bytes], *, expects: int, seconds: float = 0, count: int = 0, clients: int = CLIENTS,
        rate: float | None = None) -> Heard:
    """Ask for so many seconds, or for so many answers. With `rate` an open loop: a request waits for a free line from when it was due."""
    load = _Load(port, requests, expects, clients, rate)
    try:
        return load.run(seconds, count)
    finally:
        for line in load.lines:
            line.close()


class _Load:
    def __init__(self, port, requests, expects, clients, rate):
        self._requests, self._rate = requests, rate
        self._good = b"HTTP/1.1 %d " % expects
        self.lines = [Line(port) for _ in range(clients)]
        self._free = list(self.lines)
        self._times: list[float] = []
        self._sent = 0

    def run(self, seconds: float, count: int) -> Heard:
        cpu, began = time.process_time(), time.perf_counter()
        with selectors.DefaultSelector() as selector:
            while True:
                now = time.perf_counter() - began
                more = self._sent < count if count else now < seconds
                if not more and len(self._free) == len(self.lines):
                    break
                ahead = self._send(selector, began, count) if more else PATIENCE
                self._hear(selector, ahead)
        return Heard(self._times, time.perf_counter() - began, time.process_time() - cpu)

    def _send(self, selector, began: float, count: int) -> float:
        """What is due, on the lines that are free; gives the seconds until something may be to do."""
        while self._free and (not count or self._sent < count):
            now = time.perf_counter()
            due = now if self._rate is None else began + self._sent / self._rate
            if due > now:
                return due - now
            request = next(self._requests, None)
            if request is None:
                raise SystemExit("the town is too small for this load")
            self._sent += 1
            line = self._free.pop()
            if line.socket is None:
                line.open()
                selector.register(line.socket, selectors.EVENT_READ, line)
            line.ask(request, due)
        return PATIENCE

    def _hear(self, selector, ahead: float) -> None:
        ready = selector.select(ahead)
        if not ready and ahead >= PATIENCE:
            raise SystemExit("the server does not answer")
        for line in [key.data for key, _ in ready]:
            answer = line.answer()
            if answer is None:
                continue
            self._times.append(time.perf_counter() - line.due)
            if not answer.startswith(self._good):
                raise SystemExit("a measured request was refused: " + answer.decode("utf-8", "replace")[-600:])
            if line.ends:
                selector.unregister(line.socket)
                line.close()
            self._free.append(line)
