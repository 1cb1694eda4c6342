"""Two threads serve and two wait, which is full here: whoever comes then is told to come again, and has it in writing."""
import json
import time
from contextlib import contextmanager
from select import select

import pytest

from tests.serving.conftest import Answer
from tests.serving.test_slow_clients import HEALTH, write

FULL = 4


@pytest.fixture(scope="module")
def server(serve):
    with serve(GUNICORN_CMD_ARGS="--worker-class tests.serving.hasty.SmallWorker --threads 2") as server:
        yield server


@contextmanager
def crowded(server):
    """As many stalled clients as there is room for: whoever is at the door instead is soon given up, and comes again."""
    stalled = []
    try:
        while len(stalled) < FULL or select(stalled, [], [], 0.5)[0]:
            given_up = select(stalled, [], [], 0)[0]
            for line in given_up:
                line.close()
            stalled = [line for line in stalled if line not in given_up]
            stalled += [server.connect(b"GET /api/v1/me HTTP/1.1\r\n") for _ in range(FULL - len(stalled))]
        yield
    finally:
        for line in stalled:
            line.close()


def test_who_comes_into_a_crowd_is_told_to_come_again(server):
    with crowded(server):
        began = time.monotonic()
        answer = server.ask(write(server).replace(b"Host: x", b"Host: x\r\nX-Request-ID: long-enough-to-be-told-apart-from-ours-1234"))
        assert time.monotonic() - began < 8  # a line that stalls is waited for 20 s
    assert answer.problem == (503, "unavailable")
    assert 1 <= int(answer.headers["retry-after"]) <= 5
    assert answer.headers["connection"] == "close" and answer.headers["x-content-type-options"] == "nosniff"
    assert json.loads(answer.body)["request_id"] == "long-enough-to-be-told-apart-from-ours-1234"


def test_each_has_a_request_id_of_their_own(server):
    with crowded(server):
        told = [server.ask(write(server)).problem and server.ask(write(server)).headers["x-request-id"] for _ in range(2)]
    assert len({*told, "0" * 32}) == 3


@pytest.mark.parametrize("pause", [0, 0.05])
def test_a_long_body_is_taken_before_it_is_refused(server, pause):
    whole = write(server, body=b"{}" + b" " * 60_000)
    with crowded(server), server.connect(whole[:200]) as line:
        time.sleep(pause)
        line.sendall(whole[200:])
        assert Answer.read(line).status == 503


def test_who_stalls_at_the_door_is_given_up(server):
    with crowded(server), server.connect(b"GET / HT") as line:
        assert line.recv(100) == b""


def test_a_crowd_is_no_reason_to_start_anew(server):
    with crowded(server):
        assert server.ask(HEALTH).status == 200
        assert server.ask(write(server)).status == 503
        assert server.ask(HEALTH.replace(b"healthz", b"readyz")).status == 200


def test_in_a_kept_line_too(server):
    with server.connect(HEALTH) as line:
        assert Answer.read(line).status == 200
        with crowded(server):
            line.sendall(HEALTH.replace(b"/healthz", b"/api/v1/me"))
            assert Answer.read(line).status == 503
