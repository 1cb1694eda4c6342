import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import load

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def answering():
    """`answering(status)` is the port of a server that answers each request like this, in two pieces, and may end the line then."""
    servers = []

    def answering(status, ends=False):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.send_response(status)
                self.send_header("Content-Length", "6")
                if ends:
                    self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(b"abc")
                self.wfile.write(b"def")

            def log_message(self, *args):
                pass
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return servers[-1].server_port
    yield answering
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("rate", [None, 1000])
def test_each_request_is_answered_once(answering, rate):
    heard = load.run(answering(201), itertools.repeat(GET), expects=201, count=20, clients=3, rate=rate)
    assert len(heard.times) == 20
    assert 0 < max(heard.times) <= heard.seconds


def test_a_line_that_the_server_ends_is_opened_again(answering):
    assert len(load.run(answering(200, ends=True), itertools.repeat(GET), expects=200, count=5, clients=2).times) == 5


def test_what_is_refused_is_not_measured(answering):
    with pytest.raises(SystemExit, match=r"refused: HTTP/1\.1 409"):
        load.run(answering(409), itertools.repeat(GET), expects=201, count=1)


def test_a_load_that_asks_for_more_than_there_is_says_so(answering):
    with pytest.raises(SystemExit, match="too small"):
        load.run(answering(200), iter([GET]), expects=200, count=2, clients=1)
