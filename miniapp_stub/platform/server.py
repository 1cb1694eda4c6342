"""Serve the stand-in on this machine only, from a thread."""
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    def log_request(self, code="-", size="-"):
        """Nothing: the URL carries the code and the secret."""


@contextmanager
def serving(app: Flask, port: int = 0):
    """Give the port, bound and answering (0: any free one); it is closed on the way out."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
