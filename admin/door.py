"""A browser's way in and out: the cookie, whose form it is, and what a refusal looks like on a page."""
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from functools import wraps
from urllib.parse import parse_qsl, urlencode, urlsplit

import flask
from flask import Response, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from admin import forms
from api.edge import idempotency, problems
from api.edge.bodies import PayloadTooLarge
from api.edge.boundary import READS, Boundary
from api.edge.settings import settings
from models import db, sqlite_begin
from services.access import browser_sessions, reach
from services.refusals import N_, Forbidden, Malformed, NotAllowed, NotFound, Refusal, Unauthenticated

LANGUAGE = "linli_language"
NOT_SIGNED = ("token", "act")  # fields of a form that say nothing of what is asked for


class FormNotOurs(NotAllowed):
    message = N_("This form is too old, or was not sent from these pages. Please go back, load the page again and repeat it.")


class PageBoundary(Boundary):
    """A cookie instead of a bearer token, a form instead of JSON, and a page that says why not."""

    def receive(self, view) -> None:
        g.language = request.cookies.get(LANGUAGE)
        g.person = g.session = g.refused = g.carry = None
        g.is_admitted = False
        g.cookie = request.cookies.get(cookie_name(), "")
        super().receive(view)
        if request.method in READS:
            return
        try:
            request.form.keys()
        except RequestEntityTooLarge as error:  # too many fields
            raise PayloadTooLarge from error

    def admit(self, view) -> None:
        if request.method not in READS:
            _refuse_other_sites()
        if view.lets_in:
            _enter(view)
        g.is_admitted = True

    def refuse_extras(self, view) -> None:
        """Links come back with parameters of a chat's own; a page overlooks them."""

    def claim(self) -> Response | None:
        asked = sorted((name, value) for name, value in request.form.items(multi=True) if name not in NOT_SIGNED)
        again = idempotency.claim_as(request.form.get("act", ""), idempotency.fingerprint_of(repr(asked)), wait=True)
        if again is not None:
            again.headers["Location"] = again.get_data(as_text=True)
        return again

    def is_final(self, answer: Response, refusal: Refusal) -> bool:
        return False  # a page that is shown again has a new key

    def left_by_reading(self) -> list:
        return [*super().left_by_reading(), *([g.carry] if g.carry is not None else [])]

    def answer_to(self, refusal: Refusal, view, path: dict) -> Response:
        sqlite_begin.set("DEFERRED")
        try:
            return _page_for(refusal, view, path)
        finally:
            db.session.rollback()
            sqlite_begin.set("IMMEDIATE")


def _enter(view) -> None:
    if not g.cookie:
        raise Unauthenticated
    held = browser_sessions.who(g.cookie, g.now)
    g.person, g.session = held.person, held.session
    g.carry = browser_sessions.carried_on(held.session, settings=settings(), now=g.now)
    if request.method not in READS:
        if not hmac.compare_digest(request.form.get("token", "").encode(), form_token().encode()):
            raise FormNotOurs
        if g.carry is not None:
            db.session.execute(g.carry)
    if not reach.holds(g.person, view.lets_in, g.now):
        raise Forbidden


def _refuse_other_sites() -> None:
    """Browsers say where a form was sent from (Fetch Metadata; else Origin): from elsewhere, or from nowhere, it is not ours."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = {urlsplit(request.host_url).netloc, urlsplit(settings().public_url).netloc}
    if site not in (None, "same-origin") or (origin is not None and urlsplit(origin).netloc not in own) or (site is None and origin is None):
        raise FormNotOurs


def _page_for(refusal: Refusal, view, path: dict) -> Response:
    """The sign-in where that is missing; the form again, with what was entered and why it was refused; else a page of its own."""
    if type(refusal) is Unauthenticated:
        return _to_sign_in()
    _look_again()
    status = problems.status_of(type(refusal))
    again = getattr(view, "again", None)
    if again is not None and g.is_admitted and not isinstance(refusal, NotFound) and (g.person or not view.lets_in):
        g.refused = forms.Refused.of(refusal)
        try:
            return _finished(flask.make_response(again(**path), status), refusal)
        except Refusal as other:
            refusal, status = other, problems.status_of(type(other))
            g.refused = None
    return _finished(flask.make_response(_sentence_page(refusal, status), status), refusal)


def _sentence_page(refusal: Refusal, status: int) -> str:
    return render_template("admin/error.html", title=_(problems.TITLES[status]), sentence=problems.sentence(refusal))


def _finished(answer: Response, refusal: Refusal) -> Response:
    if "retry_after" in refusal.fields:
        answer.headers["Retry-After"] = str(refusal.fields["retry_after"])
    return answer


def _look_again() -> None:
    """What was read is forgotten with the transaction that was taken back."""
    if g.get("person") is None:
        return
    try:
        g.person = browser_sessions.who(g.cookie, g.now).person
    except Unauthenticated:
        g.person = None


def _to_sign_in() -> Response:
    wanted = _page_asked_for()
    answer = redirect(url_for("admin.sign_in", next=wanted, **({"ended": 1} if g.get("cookie") else {})), 303)
    leave(answer)
    return answer


def _page_asked_for() -> str:
    """Of a form the page that it stands on: its own address may be none to read. What an act said of itself is not said again."""
    if request.method in READS:
        path, query = request.path, request.query_string.decode()
    else:
        behind = urlsplit(request.referrer or "")
        path, query = _readable(behind.path), behind.query
    kept = urlencode([(name, value) for name, value in parse_qsl(query) if name != "done"])
    return f"{path}?{kept}" if kept else path


def _readable(path: str) -> str:
    """The page of a form that was refused before stands under an address that only takes forms: then the nearest page above it."""
    pages = flask.current_app.create_url_adapter(request)
    while f"{path}/".startswith(f"{bp.url_prefix}/"):
        with suppress(HTTPException):
            if pages.match(path, "GET")[0] != "admin.nothing":
                return path
        path = path.rpartition("/")[0]
    return url_for("admin.overview")


def is_here() -> bool:
    """Whether the address is one of these pages', also where no page is."""
    return request.path == bp.url_prefix or request.path.startswith(f"{bp.url_prefix}/")


def cookie_name() -> str:
    """Behind https no other host of the domain can set it, and it goes out over https alone."""
    return "__Host-linli_admin" if is_secure() else "linli_admin"


def is_secure() -> bool:
    return request.is_secure or settings().public_url.startswith("https://")


def hand_over(answer: Response, cookie: str) -> None:
    """The cookie dies with the browser; when the session ends is the database's matter."""
    answer.set_cookie(cookie_name(), cookie, path="/", httponly=True, samesite="Strict", secure=is_secure())


def leave(answer: Response) -> None:
    answer.delete_cookie(cookie_name(), path="/", httponly=True, samesite="Strict", secure=is_secure())


def form_token() -> str:
    """The session's own word in each of its forms: whoever has not its cookie cannot say it."""
    return urlsafe_b64encode(hashlib.sha256(f"form|{g.cookie}".encode()).digest()).decode().rstrip("=")


def new_act() -> str:
    """A key for one act: sent twice, it is done once."""
    return secrets.token_urlsafe(16)


def gone_to(endpoint: str, *, done: str, **values) -> Response:
    """After an act: look at what it made. The address stands in the body too, which is what is kept of the answer."""
    place = url_for(endpoint, **values, done=done)
    return Response(place, 303, content_type="text/plain; charset=utf-8", headers={"Location": place})


class Pages(flask.Blueprint):
    """Routes inside the page's boundary."""

    def __init__(self):
        super().__init__("admin", "admin", url_prefix="/admin", template_folder="templates", static_folder="static")

    def route(self, rule, **options):
        register = super().route(rule, **options)

        def decorate(view):
            register(page_boundary(view))
            return view
        return decorate

    @staticmethod
    def form(schema=None, *, again):
        """What a form holds, as the view's first argument (none without a schema); refused, `again` shows its page."""
        def decorate(view):
            @wraps(view)
            def reading(**path):
                return view(forms.read(schema), **path) if schema else view(**path)
            reading.again = again
            return reading
        return decorate


page_boundary = PageBoundary()
bp = Pages()


@bp.app_errorhandler(HTTPException)
def unreachable(error: HTTPException):
    """No such page or file, or no such form of it: a page says so. Outside /admin it is a problem in JSON, as ever."""
    answer = problems.of_http(error)
    if not is_here() or not isinstance(answer, Response):
        return answer
    g.person, g.language = None, request.cookies.get(LANGUAGE)
    said = {404: NotFound, 405: problems.MethodNotAllowed, 413: PayloadTooLarge}.get(answer.status_code, Malformed)()
    page = flask.make_response(_sentence_page(said, answer.status_code), answer.status_code)
    if "Allow" in answer.headers:
        page.headers["Allow"] = answer.headers["Allow"]
    return page


@bp.errorhandler(Exception)
def crashed(error):
    if isinstance(error, HTTPException):
        return unreachable(error)
    refusal = problems.of_crash(error)
    status = problems.status_of(type(refusal))
    g.person = None
    return _finished(flask.make_response(_sentence_page(refusal, status), status), refusal)
