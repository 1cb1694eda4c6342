"""Who was given something that holds no longer is told so, and has to say that they heard."""
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from models import OVERSIGHT, CreditEntry, Letter, LetterReceiver, Person, Recall, db, insert_or
from services.access import reach
from services.credit import files


def send(entry: CreditEntry, why: str, *, now: datetime) -> int:
    """For every letter in force on a file in which this entry counted; gives how many."""
    return of_files(db.session.scalars(files.of_subjects([entry])).all(), why, now=now)


def of_files(file_ids: list[UUID], why: str, *, now: datetime, only: UUID | None = None) -> int:
    """For the letters in force on these files, or for one of them. Once for each letter and reason."""
    query = select(Letter.id).where(Letter.file_id.in_(file_ids), Letter.status == "sent", Letter.expires_on >= now.date())
    letters = db.session.scalars(query.where(Letter.id == only) if only else query).all()
    for letter_id in letters:
        db.session.execute(insert_or(Recall).values(id=uuid7(), letter_id=letter_id, why=why, at=now).on_conflict_do_nothing())
    return len(letters)


def stop_all(file_ids: list[UUID], why: str, *, now: datetime) -> None:
    """Who leaves the scheme leaves no letter behind."""
    for letter in db.session.scalars(select(Letter).where(Letter.file_id.in_(file_ids), Letter.status != "withdrawn").with_for_update()):
        stop(letter, why, now=now)


def stop(letter: Letter, why: str, *, now: datetime) -> None:
    """It is read no more; whoever has it is told, and of a draft nobody has it."""
    if letter.status == "sent":
        of_files([letter.file_id], why, now=now, only=letter.id)
    else:
        letter.sent_at, letter.code_hash = now, secrets.token_bytes(32)
    letter.status, letter.withdrawn_at = "withdrawn", now
    letter.version += 1
    db.session.flush()


def unheard(by: Person, now: datetime):
    """A select of the recalls that no receiver in the areas of `by` has acknowledged yet, with the receiver's name."""
    areas = reach.area_ids(by, OVERSIGHT, now)
    return (select(Recall.id, Recall.letter_id, Recall.why, Recall.at, LetterReceiver.name).join(Letter, Letter.id == Recall.letter_id)
            .join(LetterReceiver, LetterReceiver.id == Letter.receiver_id)
            .where(Recall.acknowledged_at.is_(None), LetterReceiver.area_id.in_(areas)))
