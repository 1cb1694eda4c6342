"""A stalled client is given up; who breaks off or sends nonsense is answered like everybody. Eight threads serve; a dozen stall."""
import json
import socket
import time
from contextlib import ExitStack

import pytest

from tests.serving.conftest import Answer

SLOW = 12
HEAD = b"POST /api/v1/evidence HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def write(server, *, length=None, body=b"{}", who=0):
    return (f"POST /api/v1/me/household-requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.city.tokens[who]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n").encode() + body


def in_chunks(server, chunks):
    return write(server, body=b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + chunks


@pytest.mark.parametrize("begun", [
    b"GET /healthz HTTP/1.1\r\nHost: x\r\n", HEAD + b"Content-Length: 60000\r\n\r\n\x89PNG",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\nea60\r\n\x89PNG"])
def test_a_dozen_stalled_clients_are_given_up(server, begun):
    with ExitStack() as slow:
        for _ in range(SLOW):
            slow.enter_context(server.connect(begun))
        began = time.monotonic()
        assert server.ask(HEALTH).status == 200
        assert server.ask(write(server)).status == 422
    assert time.monotonic() - began < 15  # twelve in two rounds of eight threads, up to three seconds each


def test_a_dripping_upload_holds_up_no_writer(server):
    head = HEAD + f"Authorization: Bearer {server.city.tokens[0]}\r\nContent-Length: 60000\r\n\r\n".encode()
    with server.connect(head) as slow:
        for _ in range(20):
            slow.sendall(b"\0")
            asked = time.monotonic()
            assert server.ask(write(server, who=1)).status == 422
            assert time.monotonic() - asked < 2
            time.sleep(0.05)


def test_half_a_head_is_waited_for_and_then_no_more(server):
    with server.connect(b"GET /healthz HTTP/1.1\r\nHo") as slow:
        time.sleep(0.2)
        slow.sendall(b"st: x\r\n\r\n")
        assert Answer.read(slow).status == 200
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        began = time.monotonic()
        assert Answer.read(slow) is None
        assert time.monotonic() - began > 0.5


def test_a_cut_body_is_refused(server):
    with server.connect(write(server, length=100)) as line:
        line.shutdown(socket.SHUT_WR)
        assert Answer.read(line).problem == (400, "malformed_request")


@pytest.mark.parametrize(("chunks", "status"), [
    (b"zz\r\n", 400), (b"-1\r\n", 400), (b"3\r\n{}", 400), (b"2\r\n{}xx0\r\n\r\n", 400), (b"2\r\n{}\r\n0\r\n\r\n", 422),
    (b"2\r\n{}\r\n0\r\nA: b\r\n\r\n", 422), (b"1;a=b\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 422),
    (b"5\r\n     \r\n" * 20_000 + b"0\r\n\r\n", 413), ((b"40\r\n" + b" " * 64 + b"\r\n") * 80_000, 413)])
def test_a_body_in_chunks(server, chunks, status):
    with server.connect() as line:
        try:
            line.sendall(in_chunks(server, chunks))
        except OSError:
            assert status == 413
        answer = Answer.read(line)
    assert (answer and answer.status) == status
    assert answer is None or answer.problem[1] in ("malformed_request", "validation_failed", "payload_too_large")


def test_requests_in_a_row_and_a_body_in_pieces_are_each_answered(server):
    with server.connect(HEALTH + write(server) + HEALTH[:9]) as line:
        time.sleep(0.1)
        line.sendall(HEALTH[9:])
        assert [Answer.read(line).status for _ in range(3)] == [200, 422, 200]


def test_who_asks_first_whether_to_send_is_told_to_go_on(server):
    asked = write(server, body=b"").replace(b"Content-Length: 0", b"Content-Length: 2\r\nExpect: 100-continue")
    with server.connect(asked) as line:
        assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"{}")
        assert Answer.read(line).status == 422


@pytest.mark.parametrize(("sent", "status"), [
    (b"nonsense\r\n\r\n", 400), (b"GET / HTTP/1.1\nHost: x\n\n", 400), (b"GET / HTTP/1.1\r\nHo st: x\r\n\r\n", 400),
    (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414), (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 70 + b"\r\n", 431)])
def test_what_no_route_could_read_is_answered_like_everything_else(server, sent, status):
    answer = server.ask(sent)
    assert answer.problem == (status, "malformed_request")
    assert f"Answered with {status} as {json.loads(answer.body)['request_id']}" in server.log.read_text()
