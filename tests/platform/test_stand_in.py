"""The stand-in behaves as WeChat's documents say, and can be told to fail."""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Barrier, Thread

import pytest
import requests

from miniapp_stub.platform.app import create_app
from miniapp_stub.platform.server import serving
from tests.stand_in import Seconds

ROOT = Path(__file__).parents[2]
GOOD = {"appid": "wx1234", "secret": "s3cr3t", "js_code": "demo:li-na", "grant_type": "authorization_code"}


@pytest.fixture
def clock():
    return Seconds()


@pytest.fixture
def slept():
    return []


@pytest.fixture
def app(clock, slept):
    return create_app("wx1234", "s3cr3t", clock=clock, sleep=slept.append)


@pytest.fixture
def platform(app):
    return app.test_client()


def sign_in(platform, **changed):
    params = {name: value for name, value in (GOOD | changed).items() if value is not None}
    return platform.get("/sns/jscode2session", query_string=params).get_json(force=True)


def mint(platform, name):
    return platform.post("/_stand-in/codes", json={"name": name}).json["code"]


def fail(platform, **fault):
    assert platform.post("/_stand-in/faults", json=fault).status_code == 204


def test_a_code_answers_openid_and_session_key_and_no_errcode(platform):
    assert set(sign_in(platform)) == {"openid", "session_key"}


@pytest.mark.parametrize(("changed", "errcode"), [
    ({"appid": None}, 41002), ({"appid": "wx9"}, 40013), ({"secret": None}, 41004), ({"secret": "no"}, 40125),
    ({"js_code": None}, 41008), ({"js_code": ""}, 41008), ({"grant_type": None}, 40002),
    ({"grant_type": "no"}, 40002),
])
def test_a_wrong_or_missing_parameter_has_its_documented_errcode(platform, changed, errcode):
    assert sign_in(platform, **changed)["errcode"] == errcode


def test_a_minted_code_works_once(platform):
    code = mint(platform, "li-na")

    assert sign_in(platform, js_code=code)["openid"] == sign_in(platform)["openid"]
    assert sign_in(platform, js_code=code)["errcode"] == 40163


def test_a_minted_code_works_for_five_minutes(platform, clock):
    early, late = mint(platform, "li-na"), mint(platform, "li-na")

    clock.now = 299.9
    assert "openid" in sign_in(platform, js_code=early)
    clock.now = 300
    assert sign_in(platform, js_code=late)["errcode"] == 40029


def test_a_wrong_secret_spends_no_code(platform):
    code = mint(platform, "li-na")
    sign_in(platform, js_code=code, secret="no")

    assert "openid" in sign_in(platform, js_code=code)


def test_two_at_once_with_one_code_sign_in_one(app, platform):
    code, together, answers = mint(platform, "li-na"), Barrier(8), []

    def go():
        together.wait()
        answers.append(sign_in(app.test_client(), js_code=code))

    threads = [Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.get("errcode", 0) for answer in answers) == [0] + [40163] * 7


def test_a_demo_name_has_one_openid_at_every_start_and_another_elsewhere(platform):
    again = create_app("wx1234", "s3cr3t").test_client()
    other = create_app("wx5678", "s3cr3t").test_client()

    assert sign_in(platform)["openid"] == sign_in(again)["openid"] == "oewH_I1uaexLxGLalKxfOBvW3tmy"
    assert sign_in(other, appid="wx5678")["openid"] != sign_in(platform)["openid"]
    assert sign_in(platform, js_code="demo:anna")["openid"] != sign_in(platform)["openid"]


@pytest.mark.parametrize("code", [
    "demo:", "demo:Li", "demo:li na", "demo:li_na", "demo:" + "x" * 65, "demo:li\n", "unknown",
])
def test_a_code_of_nobody_is_40029(platform, code):
    assert sign_in(platform, js_code=code)["errcode"] == 40029


@pytest.mark.parametrize("body", [
    None, [], {}, {"name": ""}, {"name": "Li"}, {"name": 5}, {"name": "x" * 65},
])
def test_no_code_is_minted_for_what_is_no_name(platform, body):
    assert platform.post("/_stand-in/codes", json=body).status_code == 400


def test_a_fault_lasts_as_many_times_as_told_and_spends_no_code(platform):
    code = mint(platform, "li-na")
    fail(platform, errcode=-1, times=2)

    assert [sign_in(platform, js_code=code).get("errcode") for _ in range(3)] == [-1, -1, None]


def test_a_delay_alone_comes_before_a_good_answer(platform, slept):
    fail(platform, delay_s=2.5)

    assert "openid" in sign_in(platform)
    assert slept == [2.5]


def test_a_status_and_garbage_are_answered_as_told(platform):
    fail(platform, status=500)
    assert platform.get("/sns/jscode2session").status_code == 500

    fail(platform, garbage=True)
    assert platform.get("/sns/jscode2session").data.startswith(b"<html>")

    fail(platform, garbage="[1")
    assert platform.get("/sns/jscode2session").data == b"[1"


def test_zero_times_ends_a_fault(platform):
    fail(platform, errcode=-1, times=100)
    fail(platform, times=0)

    assert "openid" in sign_in(platform)


@pytest.mark.parametrize("body", [
    None, [], {"unknown": 1}, {"times": "2"}, {"times": -1}, {"delay_s": 61}, {"status": 99},
])
def test_a_fault_that_cannot_be_acted_out_is_400(platform, body):
    assert platform.post("/_stand-in/faults", json=body).status_code == 400


def test_it_listens_on_this_machine_only_and_logs_no_request(app, capfd):
    with serving(app) as port:
        answer = requests.get(f"http://127.0.0.1:{port}/sns/jscode2session", params=GOOD, timeout=5)
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://127.0.0.2:{port}/healthz", timeout=5)

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "s3cr3t" not in "".join(capfd.readouterr())


def start(port_file, *more):
    command = [sys.executable, "-m", "miniapp_stub.platform", "--port-file", str(port_file), *more]
    return subprocess.Popen(command, cwd=ROOT)


def appears(port_file):
    return until(lambda: port_file.exists() and int(port_file.read_text()))


def until(true, seconds=10):
    ends = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)
    return value


def answers(port):
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    except requests.RequestException:
        return False


def test_the_process_answers_once_its_port_file_is_there_and_ends_cleanly_on_sigterm(tmp_path):
    port_file = tmp_path / "port"
    process = start(port_file, "--port", "0", "--app-id", "wx1234", "--app-secret", "s3cr3t")
    try:
        assert answers(appears(port_file))
    finally:
        process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=10) == 0
    assert list(tmp_path.iterdir()) == []


PARENT = """
import os, subprocess, sys
subprocess.Popen([sys.executable, "-m", "miniapp_stub.platform", "--port-file", sys.argv[1], "--with-parent"])
sys.stdin.read()
"""


def test_with_parent_the_process_ends_when_its_parent_is_killed(tmp_path):
    port_file = tmp_path / "port"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(port_file)], cwd=ROOT, stdin=subprocess.PIPE)
    port = appears(port_file)
    assert answers(port)

    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()

    until(lambda: not answers(port))
