"""Scans kept while a device was off line, sent later: each is answered on its own, and once."""
import hashlib
import json
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.exc import IntegrityError

from config import Settings
from models import Person, ScanKey, db
from services import check_ins
from services.refusals import N_, Conflict, Invalid, Refusal, ValidationFailed

OLDEST = timedelta(days=7)
REMEMBERED = timedelta(days=30)


class ScanKeyReused(Invalid):
    message = N_("This scan's key was used for another scan.")


def take(item: dict, *, by: Person, settings: Settings, now: datetime, answer) -> dict:
    """The item's answer, made by `answer(key, check_in or refusal)`; the same key gives the first answer again.

    Whatever stops one item, also another batch with the same key at the same moment, stops no other.
    """
    if given := _given_before(item, by, answer):
        return given
    try:
        with db.session.begin_nested():
            given = _taken(item, by, settings, now, answer)
            db.session.execute(insert(ScanKey), {"made_by_id": by.id, "key": item["key"], "fingerprint": _fingerprint(item),
                                                 "answer": given, "at": now})
    except IntegrityError:
        return _given_before(item, by, answer) or answer(item["key"], refusal=Conflict())
    return given


def _given_before(item: dict, by: Person, answer) -> dict | None:
    stored = db.session.get(ScanKey, (by.id, item["key"]))
    if stored and stored.fingerprint != _fingerprint(item):
        return answer(item["key"], refusal=ScanKeyReused())
    return stored and stored.answer


def _fingerprint(item: dict) -> bytes:
    return hashlib.sha256(json.dumps(item, sort_keys=True, default=str).encode()).digest()


def _taken(item: dict, by: Person, settings: Settings, now: datetime, answer) -> dict:
    try:
        with db.session.begin_nested():
            return answer(item["key"], check_in=_scan(item, by, settings, now))
    except Refusal as refusal:
        for left in refusal.leaves:
            db.session.execute(left)
        return answer(item["key"], refusal=refusal)


def _scan(item: dict, by: Person, settings: Settings, now: datetime):
    at = item["scanned_at"]
    if not now - OLDEST <= at <= now + timedelta(minutes=1):
        raise ValidationFailed({"scanned_at": [N_("Not a time within the last seven days.")]})
    return check_ins.scan_resident(event_id=item["event_id"], resident_token=item["resident_token"], direction=item["direction"],
                                   by=by, settings=settings, now=now, at=min(at, now))


def known(by: Person, keys: list[str]) -> None:
    """Read the stored answers of these keys at once, so that each item finds its own without a statement."""
    db.session.scalars(select(ScanKey).where(ScanKey.made_by_id == by.id, ScanKey.key.in_(keys))).all()


def forget_old(now: datetime, *, most: int = 500) -> int:
    """The keys of scans that would long be refused by their age, a batch at a time; gives how many."""
    old = select(ScanKey.made_by_id, ScanKey.key).where(ScanKey.at < now - REMEMBERED).order_by(ScanKey.at).limit(most)
    return db.session.execute(delete(ScanKey).where(tuple_(ScanKey.made_by_id, ScanKey.key).in_(old))).rowcount
