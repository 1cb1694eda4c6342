"""Headers that every answer has, added as it leaves: to WSGI's plain list, since werkzeug's own takes several times as long for each."""
from collections.abc import Callable, Iterable

CSP = ("default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
       "frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
ALWAYS = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin")]
USUALLY = [("Content-Security-Policy", CSP), ("Cache-Control", "no-store")]  # unless the answer has its own
REQUEST_ID = "linli.request_id"  # in WSGI's environment


def with_those_of_all(headers: list[tuple[str, str]], request_id: str) -> list[tuple[str, str]]:
    """The answer is in the language that was asked for, so that it varies with it."""
    own = {name.lower(): value for name, value in headers}
    added = [("X-Request-ID", request_id), *ALWAYS, *(pair for pair in USUALLY if pair[0].lower() not in own)]
    if "vary" not in own:
        return [*headers, *added, ("Vary", "Accept-Language")]
    varies = own["vary"] if "accept-language" in own["vary"].lower() else f"{own['vary']}, Accept-Language"
    return [*(pair for pair in headers if pair[0].lower() != "vary"), *added, ("Vary", varies)]


class Headed:
    """A WSGI application whose answers have them."""

    def __init__(self, app: Callable):
        self._app = app

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        def start(status, headers, exc_info=None):
            return start_response(status, with_those_of_all(headers, environ.get(REQUEST_ID, "")), exc_info)
        return self._app(environ, start)
