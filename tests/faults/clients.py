"""Those who ask a server: each notes what it wanted and how every try ended, in the history of them all."""
import http.client
import ssl
import time
import uuid
from asyncio import IncompleteReadError
from json import dumps
from random import Random
from select import select as readable

from tests.faults.history import Call, History, Try

PATIENCE_S = 120


class Line:
    """A connection to a server that is kept while it answers."""

    def __init__(self, port: int, *, address: str = "127.0.0.1", sealed: bool = False, timeout: float = 40):
        self._address, self._port, self._sealed, self._timeout, self._connection = address, port, sealed, timeout, None
        self.headers = {}

    def ask(self, token: str, path: str, body: dict | None = None, key: str | None = None) -> tuple[int, bytes]:
        """Once. A body makes it a change. A line that is cut is an OSError or an HTTPException. `headers` are the last answer's."""
        headers = {"Authorization": token, "Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        if self._connection and self._connection.sock and readable([self._connection.sock], [], [], 0)[0]:  # the other side has closed it meanwhile
            self._connection.close()
            self._connection = None
        try:
            self._connection = self._connection or self._open()
            self._connection.request("GET" if body is None else "POST", f"/api/v1/{path}", body if body is None else dumps(body), headers)
            answer = self._connection.getresponse()
            self.headers, told = {name.lower(): value for name, value in answer.getheaders()}, answer.read()
            if len(told) != int(self.headers.get("content-length") or -1):  # the library takes half a head for a whole one
                raise http.client.IncompleteRead(told)
            return answer.status, told
        except BaseException:
            self._connection, broken = None, self._connection
            if broken:
                broken.close()
            raise

    def _open(self):
        if self._sealed:
            return http.client.HTTPSConnection(self._address, self._port, timeout=self._timeout, context=ssl._create_unverified_context())
        return http.client.HTTPConnection(self._address, self._port, timeout=self._timeout)


class Client:
    """Asks with one key until there is an answer that is neither a cut line nor `come again`. Of those that it misses it gives up a
    share, `gives_up`: what became of them it never knows. One that asks `once` never asks again.
    """

    def __init__(self, number: int, line: Line, history: History, chance: Random, *, gives_up: float = 0.0, once: bool = False):
        self.number, self.line, self.chance, self._history = number, line, chance, history
        self._gives_up = 1.0 if once else gives_up

    def want(self, verb: str, about, path: str, body: dict | None = None, *, token: str) -> Call:
        key = uuid.uuid4().hex if body is not None else ""
        call, until = self._history.begin(self.number, verb, about, key), time.monotonic() + PATIENCE_S
        while True:
            last = self._try(call, token, path, body)
            if not (last.may_have_acted or last.status == 429) or time.monotonic() > until or self.chance.random() < self._gives_up:
                return call
            time.sleep(0.02)

    def _try(self, call: Call, token: str, path: str, body: dict | None) -> Try:
        began = time.monotonic()
        try:
            status, told = self.line.ask(token, path, body, call.key)
        except (OSError, http.client.HTTPException):
            return self._history.note(call, began, 0)
        return self._history.note(call, began, status, told, replayed="idempotency-replayed" in self.line.headers)


def answer_of(raw: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a whole answer; IncompleteReadError of one that is not whole."""
    head, _, body = raw.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if len(body) < int(headers.get("content-length") or 1):
        raise IncompleteReadError(raw, None)
    return int(status.split()[1]), headers, body
