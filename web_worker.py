"""gunicorn's threaded worker with three habits of ours: it waits for a slow line only so long, it answers what it cannot read
with a problem, and in a reload it serves until its successor has loaded.

gunicorn.conf.py names this class. It is loaded with the master process: a reload does not take a new one.
"""
import os
import signal
import socket
import struct
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


class WebWorker(ThreadWorker):
    receive_seconds = 10  # for the next piece of a request
    send_seconds = 30  # for the other side to take the next piece of an answer
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
        answer.headers["Connection"] = "close"
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
        with suppress(OSError):
            util.write_nonblock(client, f"HTTP/1.1 {answer.status}\r\n{head}\r\n".encode("latin-1") + answer.get_data())
