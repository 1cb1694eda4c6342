"""What surrounds every view: who asks, one transaction, one answer.

A view returns; here is the only commit of a request, because the stored answer to an Idempotency-Key
has to be in the same transaction (docs/decisions/0002-commit-at-the-boundary.md). A refusal rolls
back, then writes what it leaves (a refused scan, a session ended) and, where it is final, the answer.
"""
from functools import wraps

from flask import Request, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from api.application import Answer
from api.edge import auth, bodies, idempotency, limits, problems
from models import db, sqlite_begin
from models.statements import NotDone
from services.refusals import Conflict, Refusal, Unavailable, ValidationFailed

READS = ("GET", "HEAD", "OPTIONS")
TRY_AGAIN = {"40001", "40P01", "55P03", "57014"}  # serialization, deadlock, lock and statement time-outs


class Boundary:
    """The API's: bearer tokens, JSON in, problems out. The pages of admin/ have their own way in and out of the same."""

    def __call__(self, view):
        @wraps(view)
        def wrapper(**path):
            app = current_app._get_current_object()
            sqlite_begin.set("DEFERRED" if request.method in READS else "IMMEDIATE")
            g.now = app.extensions["linli_clock"]()
            try:
                return self._answer(view, path)
            except Refusal as refusal:
                return self._refuse(refusal, view, path)
            except IntegrityError as error:
                app.logger.warning("a constraint stopped what a rule should have refused", exc_info=error)
                return self._refuse(Conflict(), view, path)
            except (OperationalError, DBAPIError) as error:
                if not _is_busy(error):
                    raise
                return self._refuse(Unavailable(), view, path)
        return wrapper

    def receive(self, view) -> None:
        """Read what was sent, asking the database nothing yet."""
        if request.method not in READS:
            bodies.receive(view)

    def admit(self, view) -> None:
        """Set `g.person`, or refuse."""
        db.session().reads_alone = bool(view.lets_in) and request.method in READS
        auth.admit(view)

    def refuse_extras(self, view) -> None:
        """Unknown query parameters and bodies where none is read are refused like unknown fields."""
        if not getattr(view, "takes_query", False) and (extras := bodies.query_once()):
            raise ValidationFailed({name: ["Unknown field."] for name in extras})
        if request.method in READS or getattr(view, "takes_body", False):
            return
        if extras := bodies.read_json():
            named = extras if isinstance(extras, dict) else ["_"]
            raise ValidationFailed({name: ["Unknown field."] for name in named})

    def claim(self) -> Response | None:
        """The stored answer to this request's key, if it was asked before."""
        return idempotency.claim()

    def is_final(self, answer: Response, refusal: Refusal) -> bool:
        """Whether the same key gets this refusal again."""
        return "fingerprint" in g and answer.status_code in idempotency.KEPT_REFUSALS and not isinstance(
            refusal, idempotency.RequestInProgress | idempotency.IdempotencyKeyReused)

    def answer_to(self, refusal: Refusal, view, path: dict) -> Response:
        """What a refusal looks like. Everything the request wrote has been taken back."""
        return problems.answer(refusal)

    def left_by_reading(self) -> list:
        """Statements to write although the request only read."""
        return g.get("looks", [])

    def _answer(self, view, path) -> Response:
        self.receive(view)
        session = db.session()
        with current_app.extensions["linli_turns"].taken(to_read=request.method in READS):
            try:
                limits.check_address(view)
                return self._work(view, path, session)
            except NotDone:
                session.rollback()
                session.does_at_once = True
                return self._work(view, path, session, counted=True)
            finally:
                session.reads_alone = session.does_at_once = False

    def _work(self, view, path, session, *, counted: bool = False) -> Response:
        self.admit(view)
        if not counted:
            limits.check_person()
        here, asked = g._get_current_object(), request._get_current_object()
        here.person_id = here.person and here.person.id
        self.refuse_extras(view)
        if getattr(view, "once", False) and (again := self.claim()):
            return again
        answer = current_app.make_response(view(**path))
        if answer.status_code == 204:
            answer.headers.pop("Content-Type", None)
        _tag(answer)
        if asked.method in READS:
            session.rollback()
            _write(self.left_by_reading())
            return _conditional(answer, asked) if "ETag" in answer.headers else answer
        if getattr(view, "once", False) and not idempotency.keep(answer):
            raise idempotency.RequestInProgress
        session.commit()
        return answer

    def _refuse(self, refusal: Refusal, view, path) -> Response:
        db.session.rollback()
        answer = self.answer_to(refusal, view, path)
        keeps = getattr(view, "once", False) and self.is_final(answer, refusal)
        if not (keeps or refusal.leaves):
            return answer
        for left in refusal.leaves:
            db.session.execute(left)
        if keeps and not idempotency.keep(answer):  # the same key was answered otherwise meanwhile: ask again for that answer
            db.session.rollback()
            return self.answer_to(idempotency.RequestInProgress(), view, path)
        db.session.commit()
        return answer


def _write(statements: list) -> None:
    if not statements:
        return
    db.session().reads_alone = False
    sqlite_begin.set("IMMEDIATE")
    for statement in statements:
        db.session.execute(statement)
    db.session.commit()


def _conditional(answer: Answer, asked: Request) -> Answer:
    """Nothing for who has it already. StaleVersion for who wants only a version that is no more."""
    answer = answer.make_conditional(asked)
    if answer.status_code == 412:
        raise problems.StaleVersion
    return answer


def _tag(answer: Answer) -> None:
    """What a view made by itself."""
    if answer.is_tagged or answer.status_code not in (200, 201) or answer.is_streamed or "ETag" in answer.headers:
        return
    version = g.pop("version", None)
    if answer.mimetype == bodies.JSON:
        answer.tag(answer.get_data(), version)


def _is_busy(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in TRY_AGAIN or "locked" in str(error.orig) or "busy" in str(error.orig) or error.connection_invalidated


boundary = Boundary()
