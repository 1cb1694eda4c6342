"""What a person agreed to: each purpose by itself, to a version of the text, taken back as easily as given (PIPL articles 14 and 15).

A phone asks by its own dialog; what was answered is kept here. What was refused or taken back is not done, whatever a client sends.
"""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from models import Consent, Person, Purpose, db

TEXT_VERSION = "2026-11"  # of the privacy text: where its purposes or ways change, everybody is asked again


@dataclass(frozen=True)
class Stand:
    """Where a person stands with a purpose now. `given` is None for who was never asked, or not about the present text."""

    purpose: Purpose
    given: bool | None = None
    text_version: str = TEXT_VERSION
    given_at: datetime | None = None
    withdrawn_at: datetime | None = None
    version: int = 0


def of(person_id: UUID) -> list[Stand]:
    """Of every purpose, in one statement."""
    rows = db.session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id)
                              .execution_options(populate_existing=True)).all()
    return [_stand(purpose, [row for row in rows if row.purpose == purpose]) for purpose in Purpose]


def _stand(purpose: Purpose, rows: list[Consent]) -> Stand:
    if not rows:
        return Stand(purpose)
    last = rows[-1]
    given = False if last.withdrawn_at else True if last.text_version == TEXT_VERSION else None
    changes = sum((row.given_at is not None) + (row.withdrawn_at is not None) for row in rows)
    return Stand(purpose, given, last.text_version, last.given_at, last.withdrawn_at, changes)


def one(person_id: UUID, purpose: Purpose) -> Stand:
    return next(stand for stand in of(person_id) if stand.purpose == purpose)


def held(person_id: UUID, purpose: Purpose) -> Stand:
    """The same; nobody else changes this person's consents before the commit."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(of=Person))
    return one(person_id, purpose)


def answer(person_id: UUID, purpose: Purpose, *, given: bool, now: datetime) -> None:
    """Keep what was answered. The same answer to the same text again changes nothing."""
    before = held(person_id, purpose)
    if before.given is given:
        return
    live = db.session.scalars(select(Consent).filter_by(person_id=person_id, purpose=purpose, withdrawn_at=None)).one_or_none()
    if live is not None:
        live.withdrawn_at = now
        db.session.flush()
    if given or live is None:
        db.session.add(Consent(person_id=person_id, purpose=purpose, text_version=TEXT_VERSION,
                               given_at=now if given else None, withdrawn_at=None if given else now))
    db.session.flush()


def refused(person_id, purpose: Purpose):
    """A condition: this person (an id, or a column of ids) took it back or never gave it when asked. Who was not asked did not refuse."""
    ended, live = _rows(person_id, purpose), _rows(person_id, purpose).where(Consent.withdrawn_at.is_(None))
    return ended.where(Consent.withdrawn_at.is_not(None)) & ~live


def _rows(person_id, purpose: Purpose):
    return exists().where(Consent.person_id == person_id, Consent.purpose == purpose)


def is_refused(person_id: UUID, purpose: Purpose) -> bool:
    return bool(db.session.scalar(select(refused(person_id, purpose))))
