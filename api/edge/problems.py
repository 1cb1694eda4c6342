"""RFC 9457 answers: the only place where a refusal becomes an HTTP status."""
import json
from datetime import date, datetime

from flask import Response, current_app, g
from flask_babel import gettext
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from api import headers
from api.edge.bodies import PayloadTooLarge, UnsupportedMediaType
from api.edge.fields import Moment
from api.edge.i18n import yuan
from models import db
from models.db import is_postgresql
from services.refusals import (
    N_,
    Conflict,
    Gone,
    Invalid,
    Malformed,
    NotAllowed,
    NotFound,
    Refusal,
    TooMany,
    Unauthenticated,
    Unavailable,
    ValidationFailed,
)

MEDIA_TYPE = "application/problem+json"


class PreconditionRequired(Refusal):
    message = N_("Please send If-Match with the ETag of what you edit.")


class StaleVersion(Refusal):
    message = N_("Someone changed this meanwhile. Please look again.")


class MethodNotAllowed(Refusal):
    message = N_("This is not possible here.")


class AddressTooLong(Malformed):
    message = N_("This is too large.")


class HeadersTooLarge(Malformed):
    message = N_("This is too large.")


class InternalError(Refusal):
    message = N_("Something went wrong on our side.")


STATUS = {
    AddressTooLong: 414, HeadersTooLarge: 431,  # before their kind
    Malformed: 400, Unauthenticated: 401, NotAllowed: 403, NotFound: 404, MethodNotAllowed: 405, Conflict: 409,
    Gone: 410, StaleVersion: 412, PayloadTooLarge: 413, UnsupportedMediaType: 415, Invalid: 422,
    PreconditionRequired: 428, TooMany: 429, InternalError: 500, Unavailable: 503,
}
TITLES = {
    400: N_("Malformed request"), 401: N_("Sign-in needed"), 403: N_("Not allowed"), 404: N_("Not found"),
    405: N_("Method not allowed"), 409: N_("Not possible now"), 410: N_("No longer valid"), 412: N_("Changed meanwhile"),
    413: N_("Too large"), 414: N_("Too large"), 415: N_("Unsupported media type"), 422: N_("Not acceptable"),
    428: N_("If-Match needed"), 429: N_("Too many requests"), 431: N_("Too large"), 500: N_("Internal error"), 503: N_("Busy"),
}
CODES = {Malformed: "malformed_request", AddressTooLong: "malformed_request", HeadersTooLarge: "malformed_request",
         NotAllowed: "forbidden", Invalid: "validation_failed", TooMany: "rate_limited"}
SQLITE_FAILS = ("is full", "disk I/O", "unable to open", "readonly")
RETRY_S = 5  # where a disk or a server has to be mended first
UNREAD = {414: AddressTooLong, 431: HeadersTooLarge, 500: InternalError, 503: Unavailable}


def status_of(refusal: type[Refusal]) -> int:
    return next(STATUS[kind] for kind in refusal.__mro__ if kind in STATUS)


def code_of(refusal: Refusal) -> str:
    return CODES.get(type(refusal), refusal.code)


def as_json(refusal: Refusal) -> dict:
    """A problem as a dictionary: what a batch answers for one of its items."""
    status = status_of(type(refusal))
    plain = {name: _plain(value) for name, value in refusal.fields.items() if name != "retry_after"}
    body = {**plain, "type": f"urn:linli:problem:{code_of(refusal)}", "title": gettext(TITLES[status]), "status": status,
            "detail": sentence(refusal), "code": code_of(refusal),
            "request_id": g.get("request_id", "")}
    if status == 422:
        errors = refusal.errors if isinstance(refusal, ValidationFailed) else {}
        body["errors"] = {path: [gettext(sentence) for sentence in sentences] for path, sentences in errors.items()}
    return body


def sentence(refusal: Refusal) -> str:
    """What a person reads, in their language: also the names of states that it speaks of, and a field `x_fen` as `x`, in yuan."""
    named = {name: gettext(value) if isinstance(value, str) else _plain(value) for name, value in refusal.fields.items()}
    named |= {name.removesuffix("_fen"): yuan(value) for name, value in refusal.fields.items() if name.endswith("_fen")}
    return gettext(refusal.message) % named if named else gettext(refusal.message)


def _plain(value):
    if isinstance(value, datetime):
        return Moment()._serialize(value, None, None)
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, int | float | str | list | None) else str(value)


def answer(refusal: Refusal) -> Response:
    body = as_json(refusal)
    response = Response(json.dumps(body, ensure_ascii=True), body["status"], content_type=MEDIA_TYPE)
    if isinstance(refusal, TooMany | Unavailable):
        response.headers["Retry-After"] = str(refusal.fields.get("retry_after", 1))
    if body["status"] == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def to_unread(app, status: int, *, request_id: str = "") -> Response:
    """The answer, headers and all, to a request that no route saw: the server could not read it, broke down over it, or had no thread for it."""
    with app.test_request_context(headers={"X-Request-ID": request_id}):
        app.preprocess_request()
        response = app.process_response(answer(UNREAD.get(status, Malformed)()))
        response.headers = Headers(headers.with_those_of_all(response.headers.to_wsgi_list(), g.request_id))
        return response


def of_http(error: HTTPException) -> Response | HTTPException:
    """What Flask itself refuses, as a problem; a redirect, or what has its own answer, as it is."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    known = {400: Malformed, 404: NotFound, 405: MethodNotAllowed, 413: PayloadTooLarge, 415: UnsupportedMediaType}
    response = answer(known.get(error.code, InternalError if error.code >= 500 else Malformed)())
    if error.code == 405:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def of_crash(error: Exception) -> Refusal:
    """What nobody foresaw: logged, and nothing of it kept. If the database is away or has no room, ask again later; else it is our fault."""
    is_storage = isinstance(error, TimeoutError) or (isinstance(error, OperationalError) and (
        is_postgresql() or any(words in str(error.orig) for words in SQLITE_FAILS)))
    current_app.logger.error("the database cannot be used" if is_storage else "unexpected", exc_info=error)
    db.session.rollback()
    return Unavailable(retry_after=RETRY_S) if is_storage else InternalError()


def register(app) -> None:
    app.register_error_handler(HTTPException, of_http)

    @app.errorhandler(Refusal)
    def refused(refusal):
        return answer(refusal)

    @app.errorhandler(Exception)
    def crashed(error):
        return answer(of_crash(error))
