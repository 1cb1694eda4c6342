"""Flask as we use it: what it looks for at each request although it is never there here, it does not look for."""
from collections.abc import Callable, Iterable
from hashlib import sha256

from flask import Flask, Request, Response
from flask.globals import app_ctx
from werkzeug.routing import MapAdapter
from werkzeug.wsgi import get_host

from api.urls import Rule
from models import db

SENT = ("SCRIPT_NAME", "PATH_INFO")  # UTF-8, which WSGI gives as Latin-1
UNLIKE_OTHERS = {"location", "content-location"}

# The session of an application context, with which it ends: the extension looks for the context's number instead, in twice the steps.
db.session.registry.scopefunc = app_ctx._get_current_object


class Answer(Response):
    is_tagged = False  # it has its ETag, or is to have none

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """As it is, where werkzeug would find nothing to change in a copy: no address to complete, the length known, bytes to send, nothing
        to close."""
        names = {name.lower() for name, _ in self.headers}
        if ("content-length" not in names or not names.isdisjoint(UNLIKE_OTHERS) or self.status_code < 200 or self.status_code in (204, 304)
                or environ["REQUEST_METHOD"] == "HEAD" or self.direct_passthrough or self._on_close
                or type(self.response) is not list or any(type(part) is not bytes for part in self.response)):
            return super().__call__(environ, start_response)
        start_response(self.status, [*self.headers])
        return self.response

    def tag(self, shown: bytes, version: int | None) -> None:
        """A hash of what is shown, behind the row's version if there is one: PUT compares the version alone. A page of rows has none."""
        if shown.startswith(b'{"items"'):
            return
        hashed = sha256(shown).hexdigest()[:20]
        self.headers["ETag"] = f'"{hashed}"' if version is None else f'"{version}-{hashed}"'


class Application(Flask):
    response_class = Answer
    url_rule_class = Rule

    def ensure_sync(self, func):
        """As it is: no function of ours is asynchronous, and Flask would look whether one is at each call of each."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Paths alone decide here: no host, no subdomain, and no line that becomes a WebSocket. No path leads on to another, to which the query
        would be taken along."""
        if request is None:
            return super().create_url_adapter(request)
        environ = request.environ
        request.host = get_host(environ)
        script, path = [environ.get(name, "").encode("latin-1").decode(errors="replace") for name in SENT]
        return MapAdapter(self.url_map, request.host.lower(), script, "", environ["wsgi.url_scheme"], path, environ["REQUEST_METHOD"])
