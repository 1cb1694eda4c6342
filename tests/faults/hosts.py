"""Several gunicorns, as on several hosts, and nginx before them with deploy/nginx.conf."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from contextlib import ExitStack, contextmanager, suppress
from json import dumps
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Here:
    """Where things run if not on a machine of their own (tests/faults/machines.py)."""
    address = "127.0.0.1"

    def port(self, usual: int) -> int:
        return free_port()

    def within(self, words: list) -> list:
        return words


HERE = Here()


def surroundings(folder: Path, app, database: str, **settings: str) -> dict[str, str]:
    """The environment of a process beside this application: its database, and its keys in a file of this folder."""
    secrets = folder / "secrets.json"
    secrets.write_text(dumps({name: b64encode(key).decode() for name, key in app.extensions["linli_settings"].keys.items()}))
    return os.environ | {"DATABASE_URL": database, "SECRETS_FILE": str(secrets)} | settings


class Host:
    """One gunicorn, with the keys of this application."""

    def __init__(self, folder: Path, app, database: str, *, processes: int, **settings: str):
        folder.mkdir()
        self.port, self.log, self.processes = free_port(), folder / "log", processes
        own = {"WEB_CONCURRENCY": str(processes), "BIND": f"127.0.0.1:{self.port}", "RATE_LIMITS": "0", "PROXY_HOPS": "1"}
        self._environment = surroundings(folder, app, database, **own | settings)
        self.process = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "gunicorn"], cwd=ROOT, env=self._environment, stdout=log, stderr=log,
                                            start_new_session=True)

    def workers(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]

    def kill(self) -> None:
        """All its processes at once, as when the machine goes down."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)

    def wait_until_ready(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10).close()
                return
            except (OSError, urllib.error.HTTPError):
                time.sleep(0.2)
        pytest.fail(self.log.read_text()[-3000:])

    def reload(self) -> None:
        """As `systemctl reload`: until every old process has gone."""
        gone = self.log.read_text().count("Worker exiting")
        self.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 60
        while self.log.read_text().count("Worker exiting") < gone + self.processes:
            assert time.monotonic() < until and self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.2)

    def restart(self) -> None:
        """As `systemctl restart`."""
        self.stop()
        self.start()
        self.wait_until_ready()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=60)


@contextmanager
def several(count: int, folder: Path, app, database: str, *, processes: int, **settings: str):
    """So many of them, ready. `settings` are of the environment."""
    made = [Host(folder / f"host{n}", app, database, processes=processes, **settings) for n in range(count)]
    with ExitStack() as ends:
        for host in made:
            ends.callback(host.stop)
            host.start()
        for host in made:
            host.wait_until_ready()
        yield made


def leading_to(conf: str, places: dict[str, bool]) -> str:
    """deploy/nginx.conf with a `server` line for each of these, `down` where it is away."""
    line = re.search(r"^ +server 127\.0\.0\.1:8000 .*;\n", conf, re.MULTILINE)[0]
    return conf.replace(line, "".join(line.replace("127.0.0.1:8000", place).replace(";", ";" if is_there else " down;")
                                      for place, is_there in places.items()))


class Proxy:
    """nginx, with TLS."""

    def __init__(self, program: str, folder: Path, hosts: list[Host]):
        self.port, self._program, self._folder, self._hosts = free_port(), program, folder, hosts
        self._plain_port, self.process = free_port(), None

    def start(self) -> None:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=linli.example", "-keyout", "privkey.pem", "-out", "fullchain.pem"], cwd=self._folder, check=True, capture_output=True)
        self._write(away=None)
        temporary = "".join(f"{kind}_temp_path {self._folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self._folder / "nginx.conf").write_text(
            f"{'user root;' if os.getuid() == 0 else ''} daemon off; pid {self._folder}/pid; error_log {self._folder}/errors;\n"
            f"events {{}}\nhttp {{ {temporary} include {self._folder}/linli.conf; }}\n")
        with (self._folder / "log").open("wb") as log:
            self.process = subprocess.Popen([self._program, "-p", str(self._folder), "-c", str(self._folder / "nginx.conf")], stdout=log, stderr=log)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            assert self.process.poll() is None, (self._folder / "log").read_text()
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            time.sleep(0.1)

    @contextmanager
    def without(self, host: Host):
        """Nothing new goes to this host: `down` stands in its line, and nginx has read it again."""
        self._lead(away=host)
        yield
        self._lead(away=None)

    def _lead(self, away: Host | None) -> None:
        self._write(away)
        self.process.send_signal(signal.SIGHUP)
        time.sleep(2)

    def _write(self, away: Host | None) -> None:
        """deploy/nginx.conf, but for names, places and ports."""
        told = leading_to((ROOT / "deploy" / "nginx.conf").read_text(), {f"127.0.0.1:{host.port}": host is not away for host in self._hosts})
        changes = {"listen 80;": f"listen 127.0.0.1:{self._plain_port};",
                   "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
                   "/etc/ssl/linli": str(self._folder), "/var/log/nginx": str(self._folder)}
        for old, new in changes.items():
            assert old in told, old
            told = told.replace(old, new)
        (self._folder / "linli.conf").write_text(re.sub(r"^ +listen \[::\].*\n", "", told, flags=re.MULTILINE))


@contextmanager
def nginx(folder: Path, hosts: list[Host]):
    """Skipped where there is none."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program or not shutil.which("openssl"):
        pytest.skip("no nginx here, or no openssl")
    folder.mkdir()
    proxy = Proxy(program, folder, hosts)
    try:
        proxy.start()
        yield proxy
    finally:
        if proxy.process:
            proxy.process.terminate()
            proxy.process.wait(timeout=30)
