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
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from api.edge.bodies import read_json
from api.edge.settings import settings
from models import IdempotencyKey, db
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
    if wait and _is_postgresql():  # a statement of its own: the next one sees what was committed meanwhile
        db.session.execute(select(func.pg_advisory_xact_lock(_lock_number(g.person.id, key))))
    found = db.session.execute(_lookup(g.person.id, g.key)).first()
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


def _lookup(person_id: UUID, key: str):
    """One statement: try the lock where there is one, and read what is stored."""
    taken = func.pg_try_advisory_xact_lock(_lock_number(person_id, key)) if _is_postgresql() else func.abs(1)
    lock = select(taken.label("taken")).cte("lock")
    row = IdempotencyKey
    return select(lock.c.taken, row.fingerprint, row.status, row.media_type, row.etag, row.body, row.at).select_from(
        lock).outerjoin(row, (row.person_id == person_id) & (row.key == key))


def _lock_number(person_id: UUID, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{person_id}{key}".encode()).digest()[:8], "big", signed=True)


def _is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


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
    values = {"person_id": g.person_id, "key": g.key, "fingerprint": g.fingerprint, "status": answer.status_code,
              "media_type": answer.content_type, "etag": answer.headers.get("ETag"), "body": answer.get_data(), "at": g.now}
    insert = (postgresql if _is_postgresql() else sqlite).insert(IdempotencyKey).values(**values)
    stored = db.session.execute(insert.on_conflict_do_update(
        index_elements=["person_id", "key"], set_={k: v for k, v in values.items() if k not in ("person_id", "key")},
        where=IdempotencyKey.at <= g.now - timedelta(hours=settings().idempotency_hours)).returning(IdempotencyKey.key))
    return stored.first() is not None
