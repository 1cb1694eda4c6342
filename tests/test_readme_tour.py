"""The tour in both READMEs does what it says, against the demo itself."""
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
from pathlib import Path

import pytest

from tests.conftest import KEYS
from tests.serving.conftest import write_keys

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def commands_of(readme: str) -> str:
    return "".join(FENCE.findall((ROOT / readme).read_text()))


@pytest.fixture
def demo(tmp_path, lived_town):
    """The demo's address, with no wait before a settlement. Its weeks were lived through before: it starts as if again."""
    (tmp_path / "demo").mkdir()
    shutil.copy(lived_town, tmp_path / "demo" / "linli.db")
    write_keys(tmp_path / "demo" / "secrets.json", KEYS)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "DEMO_DIR": str(tmp_path / "demo"), "REVERSAL_MINUTES": "0"}
    with (tmp_path / "demo.log").open("w") as log:
        server = subprocess.Popen([sys.executable, "-m", "commands.demo"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_until_ready(server, port, tmp_path / "demo.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(40)


def wait_until_ready(server, port: int, log: Path) -> None:
    ends = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < ends:
        try:
            OPENER.open(f"http://127.0.0.1:{port}/readyz", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(log.read_text())


def test_the_tour_walks_from_a_check_in_to_a_payment(demo):
    environment = os.environ | {"LINLI": demo, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", commands_of("README.md")], env=environment, capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    chain = done.stdout.splitlines()[-1]
    assert [kind for kind in ("check_in", "activity_record", "posting", "coupon", "redemption", "settlement")
            if f'"{kind}"' not in chain] == []
    assert "paid" in done.stdout.splitlines()


def test_both_languages_take_the_same_tour():
    assert commands_of("README.zh-CN.md") == commands_of("README.md")
