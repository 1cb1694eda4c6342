"""gunicorn's threaded worker, except that a thread gets a request only when it is wholly there.

Who sends slowly is waited for where waiting costs nothing, in the worker's one event loop; the threads are for who can be
answered. gunicorn.conf.py names this class. It is loaded with the master process: a reload does not take a new one.
"""
import os
import selectors
import signal
import socket
import struct
import time
from contextlib import suppress
from functools import partial

from gunicorn import util
from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import NoMoreData
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader, Unreader
from gunicorn.workers.gthread import ThreadWorker

PIECE = 65536
LINGER_SECONDS = 2  # for the other side to close first, and for who has said nothing when the worker is told to stop


class Received(Unreader):
    """What came, and nothing more. In small pieces: of a body in chunks gunicorn copies the rest of a piece for each."""

    def __init__(self, came):
        super().__init__()
        self.came, self.given = bytes(came), 0

    def chunk(self, size_hint=None):
        piece = self.came[self.given:self.given + max(8192, min(size_hint or 0, PIECE))]
        self.given += len(piece)
        return piece

    def put_back(self):
        """What belongs to the next request, where gunicorn looks for it."""
        self.buf.seek(0, os.SEEK_END)
        self.buf.write(self.came[self.given:])
        self.came = b""


class Unsent:
    """Stands in for the connection where gunicorn writes a page."""

    status = 500

    def gettimeout(self):
        return 0.0

    def sendall(self, page: bytes):
        self.status = int(page.split(None, 2)[1])


class WebWorker(ThreadWorker):
    head_seconds = 10
    whole_seconds = 60  # a picture of 5 MB over a line of 0.7 Mbit/s
    write_seconds = 30
    most_held = 64 * 1024 * 1024  # bytes of all unfinished requests together; past it the largest is given up
    predecessor = None  # the process that this one takes over from, in a reload
    awaits_successor = False

    def expect_successor(self):
        """In the master process, before gunicorn tells this worker to stop. It does so at once; loading the code takes seconds."""
        os.kill(self.pid, signal.SIGUSR2)

    def init_signals(self):
        super().init_signals()
        signal.signal(signal.SIGUSR2, self.handle_usr2)

    def handle_usr2(self, sig, frame):
        self.awaits_successor = True

    def handle_exit(self, sig, frame):
        """Of a reload, the second word counts: the successor's, or gunicorn's own that it repeats after `graceful_timeout`."""
        if self.awaits_successor:
            self.awaits_successor = False
        else:
            super().handle_exit(sig, frame)

    def run(self):
        if self.predecessor:
            with suppress(ProcessLookupError):
                os.kill(self.predecessor, signal.SIGTERM)
        super().run()

    def enqueue_req(self, conn):
        """A request is expected on this connection: a new one, one kept alive, or one that sent two requests in a row."""
        conn.came = bytearray(conn.parser.unreader.take_buffered() if conn.parser else b"")
        conn.request, conn.ends_at, conn.is_cut, conn.lingers = None, 0, False, False
        is_ready = self._hear(conn)  # mostly all is here: what the loop does not have to watch costs nothing
        if is_ready is None:
            self._wait(conn)
        else:
            self._go_on(conn, is_ready)

    def murder_pending(self):
        """Close what took too long: without an answer, for nothing was asked yet."""
        now = time.monotonic()
        for conn in [conn for conn in self.pending_conns if now > conn.since + self._patience(conn)]:
            self._forget(conn)

    def handle(self, conn):
        """In a thread, which never waits for the other side to send, and not for ever for it to read."""
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", self.write_seconds, 0))
        conn.data_ready = True
        conn.sock.setblocking(True)
        conn.init()
        conn.parser.unreader = source = Received(conn.came)
        conn.came.clear()
        try:
            return super().handle(conn)
        finally:
            source.put_back()

    def handle_request(self, req, conn):
        req._expected_100_continue = False  # said in _more(), before the body could come
        if conn.is_cut:
            req.force_close()
        return super().handle_request(req, conn)

    def finish_request(self, conn, fs):
        """The last answer of a connection waits, as little in the event loop's way as a request, for the other side to close."""
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
            return
        conn.lingers = True
        self._wait(conn)

    def handle_error(self, req, client, addr, exc):
        """gunicorn says in the log what is wrong, and which status that is; its page is not sent, but a problem."""
        from api.edge import problems  # not above: what the master process has loaded, a reload does not load anew

        page = Unsent()
        super().handle_error(req, page, addr, exc)
        answer = problems.to_unread(self.wsgi, page.status)
        self.log.warning("Answered with %s as %s", answer.status_code, answer.headers["X-Request-ID"])
        answer.headers["Connection"] = "close"
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
        with suppress(OSError):
            util.write_nonblock(client, f"HTTP/1.1 {answer.status}\r\n{head}\r\n".encode("latin-1") + answer.get_data())

    def _wait(self, conn):
        conn.since = time.monotonic()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._more, conn))

    def _patience(self, conn) -> float:
        if conn.lingers or not (self.alive or conn.came):
            return LINGER_SECONDS
        return self.whole_seconds if conn.request else self.head_seconds

    def _more(self, conn, _sock):
        if conn.sock.fileno() < 0:  # forgotten since the loop heard of it
            return
        is_ready = self._hear(conn)
        if is_ready is not None:
            self._take_out(conn)
            self._go_on(conn, is_ready)
        elif len(conn.came) > PIECE and sum(len(other.came) for other in self.pending_conns) > self.most_held:
            self._forget(max(self.pending_conns, key=lambda other: len(other.came)))

    def _go_on(self, conn, is_ready):
        if is_ready:
            super().enqueue_req(conn)
        else:
            self._close(conn)

    def _hear(self, conn) -> bool | None:
        """Take in what has come. True for a thread to answer, False if nothing more is to be done, None to wait."""
        try:
            piece = conn.sock.recv(PIECE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            piece = None
        except OSError:
            return False
        if conn.lingers:
            return False if piece == b"" else None
        conn.came += piece or b""
        conn.is_cut = piece == b""
        if not conn.came:
            return False if conn.is_cut else None
        return True if self._is_whole(conn) or conn.is_cut else None

    def _is_whole(self, conn) -> bool:
        """Whether a thread can answer without waiting. What cannot be read, or is more than is ever read, is such a request too."""
        if conn.request is None and not self._read_head(conn):
            return conn.is_cut
        is_in_chunks = isinstance(conn.request.body.reader, ChunkedReader)
        is_whole = self._is_past_chunks(conn) if is_in_chunks else len(conn.came) >= conn.ends_at
        if not is_whole and max(conn.ends_at, len(conn.came)) - conn.head > self.wsgi.config["MAX_CONTENT_LENGTH"]:
            conn.is_cut = True
        return is_whole

    def _read_head(self, conn) -> bool:
        source = IterUnreader([bytes(conn.came)])
        try:
            conn.request = Request(self.cfg, source, conn.client)
        except (NoMoreData, StopIteration):
            return False
        except Exception:
            conn.is_cut = True  # a thread will come to the same, and answer
            return False
        conn.head = conn.ends_at = len(conn.came) - len(source.take_buffered())
        conn.ends_at += getattr(conn.request.body.reader, "length", 0)
        if conn.request._expected_100_continue:
            with suppress(OSError):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _is_past_chunks(self, conn) -> bool:
        """Goes on from the chunk where it stopped."""
        while (line := conn.came.find(b"\r\n", conn.ends_at)) >= 0:
            try:
                size = int(bytes(conn.came[conn.ends_at:line]).partition(b";")[0], 16)
            except ValueError:
                return True
            if size <= 0:
                return size < 0 or conn.came.find(b"\r\n\r\n", line) >= 0
            if len(conn.came) < line + size + 4:
                return False
            conn.ends_at = line + size + 4
        return False

    def _take_out(self, conn):
        self.pending_conns.remove(conn)
        self.poller.unregister(conn.sock)

    def _forget(self, conn):
        self._take_out(conn)
        self._close(conn)

    def _close(self, conn):
        self.nr_conns -= 1
        conn.close()
