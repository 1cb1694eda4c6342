"""Who was given something that holds no longer is told so, and has to say that they heard.

A letter says two things: that its subject reaches something, and perhaps that something behind it is under objection. What lapses
changes it where one of them is true no longer: then it says that no more, from that day on, and its receiver is told, once of each.
"""
import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from models import OVERSIGHT, CreditEntry, CreditFile, Letter, LetterReceiver, Person, Recall, Standing, db, insert_or
from models.credit.letters import LETTER_DAYS
from services.access import reach
from services.credit import counting, files

WORDS, NOTE = "words", "note"  # what of a letter lapsed: that something is reached, or that something is under objection


def send(changed: list[CreditEntry], why: str, *, now: datetime) -> None:
    """For every letter in force on a file in which one of these entries counted when it was asked for."""
    for entry in changed:
        of_files(db.session.scalars(files.of_subjects([entry])).all(), why, since=entry.entered_at, now=now)


def of_files(file_ids: list[UUID], why: str, *, since: datetime, now: datetime) -> None:
    """For the letters in force on these files that were asked for since then, also for a draft, which brings it along once it is sent. What nobody
    has heard yet is not told twice."""
    query = select(Letter.id).where(Letter.file_id.in_(file_ids), Letter.status != "withdrawn", Letter.expires_on >= now.date(),
                                    Letter.asked_at >= since)
    _tell(db.session.scalars(query.order_by(Letter.id)).all(), why, now)


def _tell(letter_ids: list[UUID], why: str, now: datetime) -> None:
    for letter_id in letter_ids:
        db.session.execute(insert_or(Recall).values(id=uuid7(), letter_id=letter_id, why=why, at=now).on_conflict_do_nothing(
            index_elements=[Recall.letter_id, Recall.why], index_where=Recall.acknowledged_at.is_(None)))


def held(scope: counting.Scope) -> list[Letter]:
    """The letters on the scope's files that say something still, locked: before the standings, as by who leaves the scheme."""
    row = Letter
    query = select(row).where(row.file_id.in_(select(CreditFile.id).where(CreditFile.kind == scope.kind, scope.condition)), row.status != "withdrawn",
                              row.lapsed_at.is_(None), row.expires_on >= scope.on)
    return list(db.session.scalars(query.order_by(row.id).with_for_update(of=row).execution_options(populate_existing=True)))


def lapse(letters: list[Letter], scope: counting.Scope, *, now: datetime) -> None:
    """Of these letters those that something lapsed behind, by the standings of the day: what they say is true again, or they say nothing."""
    gone = ended(scope, letters)
    stands = {row.file_id: row for row in db.session.scalars(select(Standing).where(Standing.file_id.in_(gone)))}
    for letter in letters:
        if stand := stands.get(letter.file_id):
            is_reached = scope.version.reaches(stand.grade_rank, letter.receiver.from_grade)
            mark(letter, lapsed(letter, gone, is_reached=is_reached, is_disputed=stand.low != stand.high), now=now)


def ended(scope: counting.Scope, letters: list[Letter]) -> dict[UUID, list]:
    """By file, what counted while one of these letters may have been asked for, and lapsed since."""
    if not letters:
        return {}
    of_letters, found = replace(scope, files=sorted({letter.file_id for letter in letters})), {}
    for each in counting.ask(_ended, of_letters, since=scope.on - timedelta(days=LETTER_DAYS)):
        found.setdefault(each.file_id, []).append(each)
    return found


def _ended(scope: counting.Scope, *, since: date):
    row = counting.ranked(scope).c
    return select(row.file_id, row.ends, row.each_centipoints, row.disputed).where(
        row.nth == 1, row.ends > since, row.ends <= scope.on, row.stopped_on.is_(None))


def lapsed(letter: Letter, gone: dict[UUID, list], *, is_reached: bool, is_disputed: bool) -> str | None:
    """WORDS where its subject reaches no longer what it says, and a deed lapsed since it was asked for; NOTE where only the objection did."""
    since = [each for each in gone.get(letter.file_id, ()) if each.ends > letter.asked_on]
    if not is_reached and any(each.each_centipoints > 0 for each in since):
        return WORDS
    return NOTE if letter.notes_objection and not is_disputed and any(each.disputed == counting.SUSPENDED for each in since) else None


def mark(letter: Letter, what: str | None, *, now: datetime) -> None:
    """It says that no more; whoever has it is told, and of a draft nobody has it. The letter is locked: each is told once, whoever asks again."""
    if what is None or letter.lapsed_at is not None or (what == NOTE and _is_told(letter)):
        return
    if what == WORDS:
        letter.lapsed_at = now
        letter.version += 1
        db.session.flush()
    if letter.status == "sent":
        _tell([letter.id], "lapsed", now)


def _is_told(letter: Letter) -> bool:
    """That something lapsed: of one that says something still that is its note."""
    return db.session.scalar(select(Recall.id).where(Recall.letter_id == letter.id, Recall.why == "lapsed").limit(1)) is not None


def stop_all(file_ids: list[UUID], why: str, *, now: datetime) -> None:
    """Who leaves the scheme leaves no letter behind."""
    query = select(Letter).where(Letter.file_id.in_(file_ids), Letter.status != "withdrawn").order_by(Letter.id)
    for letter in db.session.scalars(query.with_for_update(of=Letter)):
        stop(letter, why, now=now)


def stop(letter: Letter, why: str, *, now: datetime) -> None:
    """It is read no more; whoever has it is told, and of a draft nobody has it."""
    was_sent = letter.status == "sent"
    if was_sent:
        _tell([letter.id] if letter.expires_on >= now.date() else [], why, now)
    else:
        letter.sent_at, letter.code_hash = now, secrets.token_bytes(32)
    letter.status, letter.withdrawn_at = "withdrawn", now
    letter.version += 1
    db.session.flush()
    if not was_sent:  # nobody is waited for to hear what it would have brought along
        db.session.execute(update(Recall).where(Recall.letter_id == letter.id).values(acknowledged_at=now))


def unheard(by: Person, now: datetime):
    """A select of the recalls that no receiver in the areas of `by` has acknowledged yet, with the receiver's name."""
    areas = reach.area_ids(by, OVERSIGHT, now)
    return (select(Recall.id, Recall.letter_id, Recall.why, Recall.at, LetterReceiver.name).join(Letter, Letter.id == Recall.letter_id)
            .join(LetterReceiver, LetterReceiver.id == Letter.receiver_id)
            .where(Recall.acknowledged_at.is_(None), Letter.status != "draft", LetterReceiver.area_id.in_(areas)))
