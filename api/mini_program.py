"""The mini program in a browser, at /app/, and the door to it: in the demo one for each of its people. Plain files, built before."""
import mimetypes
from pathlib import Path

from flask import Response, make_response, redirect, render_template, request, send_file

from api.edge.auth import anyone
from api.edge.http import Blueprint
from api.edge.settings import settings
from api.pages import HTML, any_query
from services.refusals import NotFound

bp = Blueprint("mini_program", "The mini program in a browser", url_prefix="")
PLACE = Path(__file__).resolve().parent.parent / "miniapp_stub" / "h5"
SERVED = {".html", ".css", ".js", ".svg", ".png", ".wav"}
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
POLICY = {"Permissions-Policy": "camera=(self), geolocation=(self)", "Cache-Control": "no-cache"}
mimetypes.add_type("text/javascript", ".js")


def is_built() -> bool:
    return (PLACE / "gen" / "app.js").exists()


@bp.get("/")
@anyone
@any_query
@bp.response(200, **HTML)
def door():
    """The demo's doors, or straight to the app; what is missing, where it has not been built."""
    if not is_built():
        return make_response(render_template("not_built.html"), 503)
    return make_response(render_template("doors.html")) if settings().demo else redirect("app/")


@bp.get("/app/", defaults={"name": "index.html"})
@bp.get("/app/<path:name>")
@anyone
@any_query
@bp.response(200, **HTML)
def app_file(name):
    if not is_built():
        return make_response(render_template("not_built.html"), 503)
    if name == "index.html" and settings().demo and not request.args.get("as"):
        return redirect("/")
    return _sent(name)


def _packed(name: Path) -> tuple[str, Path] | tuple[None, None]:
    """The smallest copy that this browser takes of a file, if one was made."""
    for encoding, ending in ENCODINGS:
        packed = PLACE / "gen" / "packed" / f"{name}{ending}"
        if request.accept_encodings[encoding] > 0 and packed.is_file():
            return encoding, packed
    return None, None


def _sent(name: str) -> Response:
    """The file, or what was compressed when it was built, for browsers that take it."""
    path = (PLACE / name).resolve()
    if not path.is_relative_to(PLACE) or path.suffix not in SERVED or not path.is_file():
        raise NotFound
    encoding, packed = _packed(path.relative_to(PLACE))
    answer = send_file(packed or path, mimetype=mimetypes.guess_type(path.name)[0], conditional=True)
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    answer.vary.add("Accept-Encoding")
    answer.headers.update(POLICY)
    return answer
