"""gunicorn as `gunicorn.conf.py` starts it, and what its processes and PostgreSQL's have used."""
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of processor that the workers have used."""
        return sum(_cpu(pid) for pid in _children(self.pid))

    def memory_mb(self) -> float:
        """What the largest worker holds in memory, in MB."""
        return max(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6 for pid in _children(self.pid))


@contextmanager
def serving(folder: Path, *, app: str = "wsgi:app", path: str = "/readyz", **environment: str) -> Iterator[Server]:
    """The application under the product's own settings. Its log, access log and all, is a file in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    given = os.environ | {"BIND": f"127.0.0.1:{port}"} | environment
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "gunicorn", app], cwd=ROOT, env=given, stdout=log, stderr=log)
    try:
        _wait(process, port, path, folder / "log")
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(process: subprocess.Popen, port: int, path: str, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise SystemExit("the server did not start: " + log.read_text()[-3000:])


def database_cpu(postmaster: int | None) -> float | None:
    """Seconds of processor that PostgreSQL's processes have used; None where it is not on this machine."""
    if postmaster is None:
        return None
    return _cpu(postmaster, with_ended=True) + sum(_cpu(pid) for pid in _children(postmaster))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu(pid: int, *, with_ended: bool = False) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return 0.0
    return sum(int(field) for field in fields[11:15 if with_ended else 13]) / TICK
