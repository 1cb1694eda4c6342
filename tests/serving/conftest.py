"""Real servers: gunicorn as `gunicorn.conf.py` starts it, on a SQLite file of their own."""
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from api import create_app
from bench import city
from bench.crowd import Size
from config import Settings
from models import db
from tests.conftest import KEYS

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Server:
    process: subprocess.Popen
    port: int
    log: Path
    city: city.City

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection that this much was sent over."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection.sendall(sent)
        return connection

    def ask(self, sent: bytes) -> "Answer":
        with self.connect(sent) as connection:
            return Answer.read(connection)


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @classmethod
    def read(cls, connection) -> "Answer | None":
        """None where the connection ends without one."""
        stream = connection.makefile("rb", buffering=0)
        line = stream.readline()
        if not line:
            return None
        headers = {}
        while (header := stream.readline().strip()):
            name, _, value = header.decode().partition(": ")
            headers[name.lower()] = value
        return cls(int(line.split()[1]), headers, stream.read(int(headers["content-length"])))

    @property
    def problem(self) -> tuple:
        told = json.loads(self.body)
        assert self.headers["content-type"] == "application/problem+json"
        assert self.headers["x-request-id"] == told["request_id"] != ""
        assert self.status == told["status"]
        return self.status, told["code"]


@pytest.fixture(scope="session")
def serve(templates, tmp_path_factory):
    """`with serve(PROXY_HOPS="1") as server`: a process of its own, with a few people in its database."""
    @contextmanager
    def serve(**environment):
        folder = tmp_path_factory.mktemp("server")
        shutil.copy(templates("sqlite"), folder / "linli.db")
        settings = Settings(database_url=f"sqlite:///{folder}/linli.db", keys=KEYS)
        app = create_app(settings)
        with app.app_context():
            people = city.build(settings, Size(residents=2, acting=2, deeds=0, coupons=0, events=0, offers=1))
            db.session.remove()
            db.engine.dispose()
        write_keys(folder / "secrets.json", KEYS)
        port = _free_port()
        process = start(folder, BIND=f"127.0.0.1:{port}", **environment)
        try:
            _wait_until_up(process, port, folder / "log")
            yield Server(process, port, folder / "log", people)
        finally:
            process.terminate()
            process.wait(timeout=40)
    return serve


@pytest.fixture(scope="session")
def server(serve):
    """No proxy is in front. It waits only shortly for slow clients."""
    with serve(GUNICORN_CMD_ARGS="--worker-class tests.serving.hasty.HastyWorker", SIGN_IN_LIMIT_PER_MINUTE="2") as server:
        yield server


@pytest.fixture(scope="session")
def proxied(serve):
    with serve(PROXY_HOPS="1", SIGN_IN_LIMIT_PER_MINUTE="2") as server:
        yield server


def write_keys(path: Path, keys: dict) -> None:
    path.write_text(json.dumps({name: b64encode(key).decode() for name, key in keys.items()}))


def start(folder: Path, **environment) -> subprocess.Popen:
    given = {"DATABASE_URL": f"sqlite:///{folder}/linli.db", "SECRETS_FILE": str(folder / "secrets.json"), "WEB_CONCURRENCY": "1"}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "gunicorn"], cwd=ROOT, env=os.environ | given | environment, stdout=log, stderr=log)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(process, port, log):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
                connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
                if Answer.read(connection):
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(log.read_text()[-3000:])
