"""The same key and body give the first answer again, byte for byte.

The answer is written in the transaction that it answers for, so a crash leaves both or neither. On
PostgreSQL an advisory lock tells that the key is being worked on; on SQLite writers follow one another.
"""
import hashlib
import json
import re
from datetime import timedelta
from uuid import UUID

from flask import Response, g, request
from sqlalchemy import BigInteger, String, Uuid, bindparam, func, select

from api.edge.bodies import read_json
from api.edge.settings import settings
from models import IdempotencyKey, UTCDateTime, db
from models.statements import either, is_postgresql, named, run
from services.refusals import N_, Conflict, Invalid, Malformed

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


def claim() -> Response | None:
    """Take the caller's key for this transaction; the stored answer if there is one."""
    key = _well_formed(request.headers.get("Idempotency-Key", ""))
    return claim_as(key, _fingerprint())


def claim_as(key: str, fingerprint: bytes, *, wait: bool = False) -> Response | None:
    """The same for a key that came otherwise; with `wait`, the answer that is being worked on is waited for."""
    g.key, g.fingerprint = _well_formed(key), fingerprint
    if wait and is_postgresql():  # a statement of its own: the next one sees what was committed meanwhile
        db.session.execute(select(func.pg_advisory_xact_lock(_lock_number(g.person.id, key))))
    lock = {"lock": _lock_number(g.person.id, g.key)} if is_postgresql() else {}
    found = run(_LOOK_UP[is_postgresql()], {"person_id": g.person.id, "key": g.key} | lock).first()
    if found is None or found.taken is False:
        raise RequestInProgress
    if found.fingerprint is None or found.at <= g.now - timedelta(hours=settings().idempotency_hours):
        return None
    if found.fingerprint != g.fingerprint:
        raise IdempotencyKeyReused
    return _again(found)


def _well_formed(key: str) -> str:
    if not FORM.fullmatch(key):
        raise IdempotencyKeyMissing
    return key


def _fingerprint() -> bytes:
    return fingerprint_of(json.dumps(read_json(), sort_keys=True, separators=(",", ":")))


def fingerprint_of(body: str) -> bytes:
    return hashlib.sha256(f"{request.method}\n{request.path}\n{body}".encode()).digest()


def _look_up(lock):
    """One statement: try the lock where there is one, and read what is stored."""
    taken, row = select(lock.label("taken")).cte("lock"), IdempotencyKey.__table__.c
    return select(taken.c.taken, row.fingerprint, row.status, row.media_type, row.etag, row.body, row.at).select_from(taken).outerjoin(
        IdempotencyKey.__table__, (row.person_id == bindparam("person_id", type_=Uuid)) & (row.key == bindparam("key", type_=String)))


_LOOK_UP = {True: _look_up(func.pg_try_advisory_xact_lock(bindparam("lock", type_=BigInteger))), False: _look_up(func.abs(1))}


@either
def _keep(insert):
    """An answer that was kept for its hours gives way to a new one."""
    kept = insert(IdempotencyKey.__table__).values(named(IdempotencyKey.__table__))
    return kept.on_conflict_do_update(
        index_elements=["person_id", "key"],
        set_={name: kept.excluded[name] for name in ("fingerprint", "status", "media_type", "etag", "body", "at")},
        where=IdempotencyKey.__table__.c.at <= bindparam("stale", type_=UTCDateTime)).returning(IdempotencyKey.__table__.c.key)


def _lock_number(person_id: UUID, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{person_id}{key}".encode()).digest()[:8], "big", signed=True)


def _again(found) -> Response:
    answer = Response(found.body, found.status, content_type=found.media_type)
    answer.headers["Idempotency-Replayed"] = "true"
    if found.etag:
        answer.headers["ETag"] = found.etag
    return answer


def keep(answer: Response) -> bool:
    """Store the answer with the transaction; an older one past its hours is replaced.

    False when another answer to this key was committed after this request looked (its statement may have
    begun before that commit and got the lock after it): what was done here must not be committed then.
    """
    return run(_keep(), {
        "person_id": g.person_id, "key": g.key, "fingerprint": g.fingerprint, "status": answer.status_code,
        "media_type": answer.content_type, "etag": answer.headers.get("ETag"), "body": answer.get_data(), "at": g.now,
        "stale": g.now - timedelta(hours=settings().idempotency_hours)}).first() is not None
