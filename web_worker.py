"""gunicorn's threaded worker with four habits of ours: it waits for a slow line only so long, it answers what it cannot read
with a problem, in a reload it serves until its successor has loaded, and whom it could not serve soon it tells to come again.

gunicorn.conf.py names this class. It is loaded with the master process: a reload does not take a new one.
"""
import os
import random
import re
import signal
import socket
import struct
import sys
import time
import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker


class Unsent:
    """Stands in for the connection where gunicorn writes a page."""

    status = 500

    def gettimeout(self):
        return 0.0

    def sendall(self, page: bytes):
        self.status = int(page.split(None, 2)[1])


ALWAYS_IN = (b"GET /healthz ", b"GET /readyz ")  # a crowd is no reason to start anew
REQUEST_ID = re.compile(rb"^x-request-id: *([A-Za-z0-9_.:-]{1,64})\r?$", re.IGNORECASE | re.MULTILINE)
LENGTH = re.compile(rb"^content-length: *([0-9]{1,9})\r?$", re.IGNORECASE | re.MULTILINE)
STAND_IN_ID = b"0" * 32


class WebWorker(ThreadWorker):
    receive_seconds = 10  # for the next piece of a request
    send_seconds = 30  # for the other side to take the next piece of an answer
    waiting_for_each_thread = 16  # a second or two; whoever comes then is turned away
    at_the_door = 4  # threads that do so
    door_seconds = 0.5  # for the rest of the request of who is turned away
    predecessor = None  # the process that this one takes over from, in a reload
    awaits_successor = False

    def init_process(self):
        self.inside = deque()  # one for each connection that a thread has or will take: lengthened and shortened without a lock
        self.room = self.cfg.threads * (1 + self.waiting_for_each_thread)
        self.door = ThreadPoolExecutor(self.at_the_door, thread_name_prefix="door")
        self.turned_away, self.said_so = 0, 0.0
        super().init_process()

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

    def accept(self, listener):
        """One for each round of the loop, as gunicorn does; while people are turned away, all of them."""
        for _ in range(64):
            turned_away = self.turned_away
            super().accept(listener)
            if self.turned_away == turned_away:
                break

    def enqueue_req(self, conn):
        """In gunicorn's loop. A thread takes the connection, or it is turned away, by somebody at the door where that takes time.

        Threads that have work keep the interpreter for 5 ms before the loop has its turn, which is too long while many come.
        """
        if len(self.inside) < self.room:
            if len(self.inside) < self.cfg.threads:
                sys.setswitchinterval(0.005)
            self.inside.append(conn)
            does = self.tpool.submit(self.take, conn)
        else:
            sys.setswitchinterval(0.0002)
            conn.sock.setblocking(False)
            with suppress(OSError):
                if self.turn_away_at_once(conn.sock):
                    self.nr_conns -= 1
                    conn.close()
                    return
            does = self.door.submit(self.turn_away, conn)
        does.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def take(self, conn):
        try:
            return self.handle(conn)
        finally:
            self.inside.pop()  # any of them: they are counted

    def turn_away_at_once(self, sock) -> bool:
        """Who has sent everything, and less than one piece."""
        head, end, body = sock.recv(65536, socket.MSG_PEEK).partition(b"\r\n\r\n")
        if not end or head.startswith(ALWAYS_IN) or len(body) < _length(head):
            return False
        sock.recv(65536)
        sock.send(self._come_again(head))
        self._note_turned_away()
        return True

    def turn_away(self, conn):
        """In a thread of the door: 503, without a look at the request but for its id. Nothing of it was done."""
        conn.sock.settimeout(self.door_seconds)
        with suppress(OSError):
            if conn.sock.recv(16, socket.MSG_PEEK).startswith(ALWAYS_IN):
                return self.handle(conn)
            if head := _read_whole(conn.sock):
                conn.sock.sendall(self._come_again(head))
                self._note_turned_away()
        util.close_graceful(conn.sock)
        conn.close = lambda graceful=False: None
        return False

    def _come_again(self, head: bytes) -> bytes:
        """The same for everybody, but for the request's id and when to come: not all at once."""
        from api.edge import problems  # not above: see handle_error

        if not hasattr(self, "page"):
            self.page = _page(problems.to_unread(self.wsgi, 503, request_id=STAND_IN_ID.decode()))
        named = REQUEST_ID.search(head)
        name = named[1] if named else uuid.uuid4().hex.encode()
        length = _length(self.page) + len(name) - len(STAND_IN_ID)
        page = LENGTH.sub(b"Content-Length: %d\r" % length, self.page, count=1).replace(STAND_IN_ID, name)
        return page.replace(b"Retry-After: 1\r", b"Retry-After: %d\r" % random.randint(1, 5))

    def _note_turned_away(self):
        from api.edge import metrics

        metrics.count_turned_away()
        self.turned_away += 1  # not exact, with several at the door: enough for the log
        if time.monotonic() > self.said_so + 10:
            self.said_so = time.monotonic()
            self.log.warning("Too many at once: %d turned away so far, %d wait", self.turned_away, len(self.inside) - self.cfg.threads)

    def handle(self, conn):
        """In a thread. The limits are the kernel's, since gunicorn itself makes the connection wait without one.

        Here the thread also waits for the other side to close, up to 2 s: gunicorn's loop would, and hear nobody else meanwhile.
        """
        for option, seconds in ((socket.SO_RCVTIMEO, self.receive_seconds), (socket.SO_SNDTIMEO, self.send_seconds)):
            conn.sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))
        goes_on = super().handle(conn)
        if goes_on is False:
            util.close_graceful(conn.sock)
            conn.close = lambda graceful=False: None
        return goes_on

    def handle_error(self, req, client, addr, exc):
        """gunicorn says in the log what is wrong, and which status that is; its page is not sent, but a problem."""
        from api.edge import problems  # not above: what the master process has loaded, a reload does not load anew

        page = Unsent()
        super().handle_error(req, page, addr, exc)
        answer = problems.to_unread(self.wsgi, page.status)
        self.log.warning("Answered with %s as %s", answer.status_code, answer.headers["X-Request-ID"])
        with suppress(OSError):
            util.write_nonblock(client, _page(answer))


def _read_whole(sock) -> bytes:
    """The request's head, or nothing. Its body is read too: what was left would make the kernel cut the line, and the answer with it."""
    got = b""
    while b"\r\n\r\n" not in got and len(got) < 65536:
        if not (piece := sock.recv(65536)):
            return b""
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    left = _length(head) - len(body)
    while left > 0 and (piece := sock.recv(65536)):
        left -= len(piece)
    return head


def _length(head: bytes) -> int:
    named = LENGTH.search(head)
    return int(named[1]) if named else 0


def _page(answer) -> bytes:
    answer.headers["Connection"] = "close"
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    return f"HTTP/1.1 {answer.status}\r\n{head}\r\n".encode("latin-1") + answer.get_data()
