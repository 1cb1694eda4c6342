"""Seal the audit log into a chain of hashes: a row changed, removed or slipped in afterwards shows.

Each seal is SHA-256 over the seal before and the row's canonical JSON. Sealing comes after the commit,
by exact ids, so that no request waits for the chain and a row that commits late is not passed over.
"""
import json
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, insert, select

from models import AuditRow, AuditSeal, db
from models.db import first_id_of, moment_of

BEGINNING = bytes(32)
BATCH = 1000
LATEST = timedelta(hours=1)  # after its making a row is committed: no transaction stays open so long


def seal(*, most: int = BATCH) -> int:
    """Add the oldest unsealed rows to the chain; gives how many. The log is looked at from an hour before the row sealed last:
    what was written earlier and comes later yet is for `left_behind`.

    The unique `previous` lets one of several workers at once win; the others get an IntegrityError,
    and their rows are sealed in the next round.
    """
    last = db.session.scalar(select(AuditSeal.row_id).order_by(AuditSeal.seq.desc()).limit(1))
    rows = _unsealed(AuditRow)
    return _add(rows.where(AuditRow.id >= first_id_of(moment_of(last) - LATEST)) if last else rows, most)


def left_behind() -> list[UUID]:
    """Rows that no seal is on although later ones have theirs, as ids. The whole log is looked through."""
    last = db.session.scalar(select(AuditSeal.row_id).order_by(AuditSeal.seq.desc()).limit(1))
    return list(db.session.scalars(_unsealed(AuditRow.id).where(AuditRow.id < last).limit(BATCH))) if last else []


def seal_these(row_ids: list[UUID]) -> int:
    return _add(_unsealed(AuditRow).where(AuditRow.id.in_(row_ids)), BATCH)


def _unsealed(what):
    return select(what).outerjoin(AuditSeal, AuditSeal.row_id == AuditRow.id).where(AuditSeal.seq.is_(None)).order_by(AuditRow.id)


def _add(unsealed, most: int) -> int:
    rows = db.session.scalars(unsealed.limit(most)).all()
    seq, previous = _last()
    links = []
    for row in rows:
        seq, link = seq + 1, _link(previous, row)
        links.append({"seq": seq, "row_id": row.id, "previous": previous, "hash": link})
        previous = link
    if links:
        db.session.execute(insert(AuditSeal), links)
    return len(links)


def _last() -> tuple[int, bytes]:
    last = db.session.execute(select(AuditSeal.seq, AuditSeal.hash).order_by(AuditSeal.seq.desc()).limit(1)).first()
    return tuple(last) if last else (0, BEGINNING)


def _link(previous: bytes, row: AuditRow) -> bytes:
    return sha256(previous + canonical(row)).digest()


def canonical(row: AuditRow) -> bytes:
    """The same bytes for the same row, on every machine and both databases."""
    return json.dumps({column.key: _plain(getattr(row, column.key)) for column in AuditRow.__table__.columns},
                      sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value):
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, dict | str | None) else str(value)


def problems(*, newest: int | None = None) -> list[str]:
    """What does not hold in the chain, or in its newest so many seals, each as a sentence; empty when all does."""
    found, expected, previous = [], *_before(newest)
    sealed = (select(AuditSeal, AuditRow).outerjoin(AuditRow, AuditRow.id == AuditSeal.row_id)
              .where(AuditSeal.seq >= expected).order_by(AuditSeal.seq))
    for seal_row, row in db.session.execute(sealed.execution_options(yield_per=BATCH)):
        found += _broken(seal_row, row, expected, previous)
        expected, previous = seal_row.seq + 1, seal_row.hash
    return found


def _before(newest: int | None) -> tuple[int, bytes]:
    """The number of the first seal to look at, and the hash that it must follow from."""
    first = max(1, _last()[0] - newest + 1) if newest else 1
    if first == 1:
        return 1, BEGINNING
    return first, db.session.scalar(select(AuditSeal.hash).where(AuditSeal.seq == first - 1)) or BEGINNING


def unsealed() -> int:
    """How many rows wait for the worker to seal them."""
    return db.session.scalar(select(func.count()).select_from(AuditRow)) - db.session.scalar(select(func.count()).select_from(AuditSeal))


def _broken(link: AuditSeal, row: AuditRow | None, expected: int, previous: bytes) -> list[str]:
    if link.seq != expected:
        return [f"seal {expected} is missing before seal {link.seq}"]
    if link.previous != previous:
        return [f"seal {link.seq} does not follow from the seal before it"]
    if row is None:
        return [f"the audit row {link.row_id} of seal {link.seq} is gone"]
    if _link(link.previous, row) != link.hash:
        return [f"the audit row {link.row_id} was changed after it was sealed (seal {link.seq})"]
    return []


def head() -> tuple[int, str]:
    """How many rows are sealed, and the last hash: write both down elsewhere, to notice a cut end."""
    seq, last = _last()
    return seq, last.hex()
