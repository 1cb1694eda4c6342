"""The same key and body give the first answer again, byte for byte.

The answer is written in the transaction that it answers for, so a crash leaves both or neither. On
PostgreSQL an advisory lock tells that the key is being worked on; on SQLite writers follow one another.
"""
import hashlib
import json
import re
from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, current_app, g, request
from sqlalchemy import BigInteger, String, bindparam, delete, func, insert, select, true
from sqlalchemy.exc import IntegrityError

from api.edge.bodies import read_json
from api.edge.settings import settings
from models import IdempotencyKey, Person, db
from models.statements import is_postgresql, named, run, run_last, will_keep
from services.access import callers, tokens
from services.refusals import N_, Conflict, Invalid, Malformed

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
KEPT_REFUSALS = (409, 410, 422)
FORM = re.compile(r"[\x21-\x7e]{1,128}", re.ASCII)


class IdempotencyKeyMissing(Malformed):
    message = N_("This request needs an Idempotency-Key of 1 to 128 visible ASCII characters.")


class IdempotencyKeyReused(Invalid):
    message = N_("This Idempotency-Key was used for another request.")


class RequestInProgress(Conflict):
    message = N_("The same request is still being worked on.")


def once(view):
    """Mark a route whose POST needs an Idempotency-Key."""
    view.once = True
    return view


def once_untold(view):
    """The same, of what was sent nothing is kept, not even its hash: who sends something else with the same key gets the first answer."""
    view.is_untold = True
    return once(view)


def claim() -> Response | None:
    """Take the caller's key for this transaction; the stored answer if there is one."""
    key = _well_formed(request.headers.get("Idempotency-Key", ""))
    return claim_as(key, _fingerprint())


def claim_as(key: str, fingerprint: bytes, *, wait: bool = False) -> Response | None:
    """The same for a key that came otherwise; with `wait`, the answer that is being worked on is waited for."""
    here = g._get_current_object()
    here.key, here.fingerprint = _well_formed(key), fingerprint
    will_keep()
    if wait and is_postgresql():  # a statement of its own: the next one sees what was committed meanwhile
        db.session.execute(select(func.pg_advisory_xact_lock(_lock_number(here.person.id, key))))
    found = here.pop("looked_up", None)
    if found is None:
        found = run(_LOOK_UP[is_postgresql()], {"person_id": here.person.id} | _looked_up_by(here.person.id, key)).one()
    if found.key_taken is False:
        raise RequestInProgress
    here.forgotten_at = found.key_at  # of an answer that was kept for its hours, and gives way to a new one
    if found.key_at is None or found.key_at <= here.now - timedelta(hours=settings().idempotency_hours):
        return None
    if found.key_fingerprint != here.fingerprint:
        raise IdempotencyKeyReused
    return _again(found)


def _well_formed(key: str) -> str:
    if not FORM.fullmatch(key):
        raise IdempotencyKeyMissing
    return key


def _fingerprint() -> bytes:
    if getattr(current_app.view_functions[request.endpoint], "is_untold", False):
        return fingerprint_of("")
    return fingerprint_of(_encode(read_json()))


def fingerprint_of(body: str) -> bytes:
    return hashlib.sha256(f"{request.method}\n{request.path}\n{body}".encode()).digest()


_TRIES = {True: func.pg_try_advisory_xact_lock(bindparam("lock", type_=BigInteger)), False: func.abs(1)}
_STORED = ("fingerprint", "status", "media_type", "etag", "body", "at")


def _look_up(on_postgresql: bool, beside=lambda columns, join: select(*columns).select_from(join(None))):
    """One statement: try the lock where there is one, and read what is stored; `beside` puts it beside something else."""
    taken, row = select(_TRIES[on_postgresql].label("taken")).cte("lock"), IdempotencyKey.__table__.c

    def join(tables):
        return (taken if tables is None else tables.join(taken, true())).outerjoin(
            IdempotencyKey.__table__, (row.person_id == callers.PERSON_ID) & (row.key == bindparam("key", type_=String)))
    return beside([taken.c.taken.label("key_taken"), *(row[name].label(f"key_{name}") for name in _STORED)], join)


_LOOK_UP = {kind: _look_up(kind) for kind in (True, False)}
_WHO = {kind: _look_up(kind, callers.with_what) for kind in (True, False)}


def who(claims: tokens.Claims, key: str, now: datetime) -> tuple[Person, tuple | None]:
    """As `callers.who`, with what stands under the key that this person gave: None for one that is not well formed, which `claim` refuses."""
    if not FORM.fullmatch(key):
        return callers.who(claims, now)[0], None
    return callers.who(claims, now, _WHO[is_postgresql()], **_looked_up_by(claims.person_id, key))


def _looked_up_by(person_id: UUID, key: str) -> dict:
    return {"key": key} | ({"lock": _lock_number(person_id, key)} if is_postgresql() else {})


def _lock_number(person_id: UUID, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{person_id}{key}".encode()).digest()[:8], "big", signed=True)


def _again(found) -> Response:
    answer = Response(found.key_body, found.key_status, content_type=found.key_media_type)
    answer.headers["Idempotency-Replayed"] = "true"
    if found.key_etag:
        answer.headers["ETag"] = found.key_etag
    return answer


_KEEP = insert(IdempotencyKey.__table__).values(named(IdempotencyKey.__table__, "kept_"))
_TAKEN = ("pk_idempotency_keys", "UNIQUE constraint failed: idempotency_keys.")  # as each database names it
_FORGET = delete(IdempotencyKey.__table__).where(
    IdempotencyKey.person_id == callers.PERSON_ID, IdempotencyKey.key == bindparam("key"), IdempotencyKey.at == bindparam("at"))


def keep(answer: Response) -> bool:
    """Store the answer with the transaction, as its last statement; an older one past its hours goes.

    False when another answer to this key was committed after this request looked (its statement may have
    begun before that commit and got the lock after it): what was done here is not committed then.
    """
    here = g._get_current_object()
    if here.get("forgotten_at"):
        run(_FORGET, {"person_id": here.person_id, "key": here.key, "at": here.forgotten_at})
    try:
        run_last(_KEEP, {
            "kept_person_id": here.person_id, "kept_key": here.key, "kept_fingerprint": here.fingerprint, "kept_status": answer.status_code,
            "kept_media_type": answer.content_type, "kept_etag": answer.headers.get("ETag"), "kept_body": answer.get_data(), "kept_at": here.now})
    except IntegrityError as error:
        if any(constraint in str(error.orig) for constraint in _TAKEN):
            return False
        raise
    return True
