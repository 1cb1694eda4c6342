"""A real start, and proxies in front."""
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import KEYS
from tests.serving.conftest import ROOT, start, write_keys


def sign_in_from(server, *claimed):
    """The status of an attempt that says it came from these addresses; too many from one address are 429."""
    named = f"X-Forwarded-For: {', '.join(claimed)}\r\n"
    body = b'{"username": "nobody", "password": "wrong"}'
    return server.ask(f"POST /api/v1/auth/password HTTP/1.1\r\nHost: x\r\n{named}Content-Type: application/json\r\n"
                      f"Content-Length: {len(body)}\r\n\r\n".encode() + body).status


def test_without_a_proxy_an_address_that_somebody_claims_counts_for_nothing(server):
    assert [sign_in_from(server, f"203.0.113.{n}") for n in range(3)] == [401, 401, 429]


def test_behind_one_proxy_the_address_that_it_tells_counts_and_no_other(proxied):
    assert [sign_in_from(proxied, f"198.51.100.{n}", "203.0.113.1") for n in range(3)] == [401, 401, 429]
    assert sign_in_from(proxied, "203.0.113.1", "203.0.113.2") == 401


def test_it_is_served_as_the_settings_say(proxied):
    assert "Using worker: web_worker.WebWorker" in proxied.log.read_text()


@pytest.mark.parametrize(("name", "key", "sentence"), [
    ("codes", b"short", "the key 'codes' in {} is too short or an example: restore the file from its backup"),
    ("jwt", None, "{} lacks the keys jwt: restore it from its backup")])
def test_unsafe_secrets_are_refused_with_a_sentence(tmp_path, name, key, sentence):
    write_keys(tmp_path / "secrets.json", {n: k for n, k in (KEYS | {name: key}).items() if k})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert start(tmp_path, BIND=f"127.0.0.1:{port}").wait(timeout=60) != 0
    log = (tmp_path / "log").read_text()
    assert sentence.format(tmp_path / "secrets.json") in log


MOST_MEGABYTES = 200  # after all that the other tests asked of it, which is more than a worker is asked in an hour; alone it is some 143
ASKED = [f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in ("/api/v1/events", "/readyz", "/admin/sign-in", "/api/v1/openapi.json")]


def memory_of(pid: int) -> dict[int, int]:
    """Megabytes that each of the process's children has in memory."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): int(Path(f"/proc/{child}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20 for child in children}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what a process takes is read in /proc")
def test_a_worker_takes_little_memory(server):
    for asked in ASKED * 25:
        assert server.ask(asked).status in (200, 401)
    assert 0 < max(memory_of(server.process.pid).values()) < MOST_MEGABYTES


def test_a_web_process_loads_no_tools(tmp_path):
    its_own = {"DATABASE_URL": f"sqlite:///{tmp_path}/linli.db", "SECRETS_FILE": f"{tmp_path}/secrets.json"}
    loaded = subprocess.run([sys.executable, "-c", "import sys, wsgi; print(*sys.modules)"], cwd=ROOT, env=os.environ | its_own,
                            capture_output=True, text=True, check=True).stdout.split()
    assert "flask" in loaded
    assert not {"alembic", "mako", "fpdf", "fontTools", "xlsxwriter", "PIL", "qrcode", "psycopg"} & set(loaded)
