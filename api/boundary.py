"""What surrounds every view: who asks, one transaction, one answer.

A view returns; here is the only commit of a request, because the stored answer to an Idempotency-Key
has to be in the same transaction (docs/decisions/0002-commit-at-the-boundary.md). A refusal rolls
back, then writes what it leaves (a refused scan, a session ended) and, where it is final, the answer.
"""
from functools import wraps

from flask import Response, current_app, g, request
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from api import auth, bodies, idempotency, limits, problems
from models import db, sqlite_begin
from services.refusals import Conflict, Refusal, Unavailable, ValidationFailed

READS = ("GET", "HEAD", "OPTIONS")
TRY_AGAIN = {"40001", "40P01", "55P03", "57014"}  # serialization, deadlock, lock and statement time-outs


def boundary(view):
    @wraps(view)
    def wrapper(**path):
        sqlite_begin.set("DEFERRED" if request.method in READS else "IMMEDIATE")
        g.now = current_app.extensions["linli_clock"]()
        try:
            return _answer(view, path)
        except Refusal as refusal:
            return _refuse(refusal, view)
        except IntegrityError as error:
            current_app.logger.warning("a constraint stopped what a rule should have refused", exc_info=error)
            return _refuse(Conflict(), view)
        except (OperationalError, DBAPIError) as error:
            if not _is_busy(error):
                raise
            return _refuse(Unavailable(), view)
    return wrapper


def _answer(view, path) -> Response:
    limits.check_address()
    once = getattr(view, "once", False)
    auth.admit(view, beside=idempotency.row if once else None)
    limits.check_person()
    g.person_id = g.person and g.person.id
    _refuse_extras(view)
    if once and (again := idempotency.claim(g.beside)):
        return again
    answer = current_app.make_response(view(**path))
    if answer.status_code == 204:
        answer.headers.pop("Content-Type", None)
    _tag(answer)
    if request.method in READS:
        db.session.rollback()
        return answer.make_conditional(request)
    if once and not idempotency.keep(answer):
        raise idempotency.RequestInProgress
    db.session.commit()
    return answer


def _refuse_extras(view) -> None:
    """Unknown query parameters and bodies where none is read are refused like unknown fields."""
    if not getattr(view, "takes_query", False) and (extras := bodies.query_once()):
        raise ValidationFailed({name: ["Unknown field."] for name in extras})
    if request.method in READS or getattr(view, "takes_body", False):
        return
    if extras := bodies.read_json():
        named = extras if isinstance(extras, dict) else ["_"]
        raise ValidationFailed({name: ["Unknown field."] for name in named})


def _tag(answer: Response) -> None:
    """The row's version if the view gave a versioned row, else a hash of the body."""
    if answer.status_code not in (200, 201) or answer.is_streamed or "ETag" in answer.headers:
        return
    if version := g.pop("version", None):
        answer.set_etag(str(version))
    elif answer.mimetype == "application/json" and not answer.get_data().startswith(b'{"items"'):
        answer.add_etag()


def _refuse(refusal: Refusal, view) -> Response:
    db.session.rollback()
    answer = problems.answer(refusal)
    keeps = getattr(view, "once", False) and "fingerprint" in g and answer.status_code in idempotency.KEPT_REFUSALS \
        and not isinstance(refusal, idempotency.RequestInProgress | idempotency.IdempotencyKeyReused)
    if not (keeps or refusal.leaves):
        return answer
    for left in refusal.leaves:
        db.session.execute(left)
    if keeps:
        idempotency.keep(answer)
    db.session.commit()
    return answer


def _is_busy(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in TRY_AGAIN or "locked" in str(error.orig) or "busy" in str(error.orig) or error.connection_invalidated
