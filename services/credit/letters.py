"""Reference letters: how credit opens a loan, a flat or a hospital bed without anybody ever being given a score.

The resident asks for one receiver and its one purpose, reads the letter as its receiver will, and sends it by handing over a code.
It says that its subject reaches what the receiver asked for, on that day, and nothing more: no points, no grade, no entry.
"""
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, insert, literal, select, update
from uuid_utils.compat import uuid7

from models import OVERSIGHT, Area, CreditFile, Letter, LetterLook, LetterReceiver, Merchant, Person, Recall, Role, SubjectKind, Topic, db, local_day
from models.credit.letters import LETTER_DAYS
from services.access import reach
from services.audit import audit
from services.credit import enrolments, files, in_force, recalls, scores
from services.messages import messages
from services.people import identifiers, people
from services.people.households import name_of
from services.refusals import N_, Conflict, Gone, NotFound, ValidationFailed


class ReceiverRegistered(Conflict):
    message = N_("This receiver is registered for this purpose already.")


class ReceiverEnded(Conflict):
    message = N_("This receiver no longer takes letters.")


class NotReached(Conflict):
    message = N_("You do not reach yet what this receiver asks for. Nobody is told.")


class NoSuchGradeHere(Conflict):
    message = N_("This receiver asks for grade %(grade)s, which the rules that count for you do not have: nobody reaches it. Nobody is told.")


class LetterSent(Conflict):
    message = N_("This letter was sent or withdrawn already.")


class LetterWithdrawn(Gone):
    message = N_("This letter was withdrawn by whom it is about.")


class LetterLapsed(Gone):
    message = N_("What this letter said holds no longer: something behind it has lapsed.")


class LetterExpired(Gone):
    message = N_("This letter no longer holds.")


@dataclass(frozen=True)
class Sent:
    letter: Letter
    code: str


def register(area_id: UUID, *, name: str, uscc: str, purpose: str, from_grade: str, offers_zh: str, offers_en: str, by: Person,
             now: datetime) -> LetterReceiver:
    """An administrator registers who may be sent letters, for one purpose. ReceiverRegistered.

    ValidationFailed for a wrong social credit code, and for a grade that no version has by which files of any kind count in the area today.
    """
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    uscc = identifiers.plain(uscc)
    if not identifiers.is_uscc(uscc):
        raise ValidationFailed({"uscc": [N_("Not a unified social credit code.")]})
    if db.session.scalar(select(LetterReceiver.id).filter_by(area_id=area.id, uscc=uscc, purpose=purpose, ended_at=None)):
        raise ReceiverRegistered
    in_force.require_grade(from_grade, grades(area, now))
    made = LetterReceiver(area_id=area.id, name=name, uscc=uscc, purpose=purpose, from_grade=from_grade, offers_zh=offers_zh, offers_en=offers_en,
                          registered_by_id=by.id, registered_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("letter_receiver.register", "letter_receiver", made.id, by=by.id, area_id=area.id, now=now, purpose=purpose)
    return made


def grades(area: Area, now: datetime) -> list:
    """What a receiver registered in this area may ask for: a code and names in each, the best of residents' first."""
    return in_force.grades_in(area, local_day(now, area))


def end_receiver(receiver_id: UUID, *, by: Person, now: datetime) -> LetterReceiver:
    row = db.session.scalars(select(LetterReceiver).where(LetterReceiver.id == receiver_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    reach.area_within(by, row.area_id, (Role.AREA_ADMIN,), now)
    if row.ended_at is not None:
        raise ReceiverEnded
    row.ended_at = now
    row.version += 1
    audit.write("letter_receiver.end", "letter_receiver", row.id, by=by.id, area_id=row.area_id, now=now)
    return row


def receivers(by: Person, now: datetime):
    """A select of those that take letters from where one lives or owns a merchant, and of those in the areas one administers."""
    mine = reach.area_ids(by, OVERSIGHT, now)
    near = LetterReceiver.area_id.in_(reach.near_ids(by, now)) & LetterReceiver.ended_at.is_(None)
    return select(LetterReceiver).where(near | LetterReceiver.area_id.in_(mine))


def ask(receiver_id: UUID, kind: SubjectKind, *, merchant_id: UUID | None = None, by: Person, now: datetime) -> Letter:
    """A draft that only its subject sees.

    NotReached, NoSuchGradeHere, ReceiverEnded; NotInScheme for who is not in it; NotFound for a merchant of others.
    """
    receiver = db.session.scalars(receivers(by, now).where(LetterReceiver.id == receiver_id)).one_or_none()
    if receiver is None:
        raise NotFound
    if receiver.ended_at is not None:
        raise ReceiverEnded
    file = enrolments.own_file(kind, merchant_id=merchant_id, by=by, now=now)
    if file is None or enrolments.live(file.id, lock=True) is None:
        raise enrolments.NotInScheme
    score = scores.score(file, now=now)
    if score.version.grade(receiver.from_grade) is None:
        raise NoSuchGradeHere(grade=receiver.from_grade or "—")
    if not score.reaches(receiver.from_grade):
        raise NotReached
    on = local_day(now, file.area)
    made = Letter(file_id=file.id, receiver_id=receiver.id, asked_by_id=by.id, asked_at=now, expires_on=on + timedelta(days=LETTER_DAYS),
                  says=_says(file, receiver, score, by, on))
    db.session.add(made)
    db.session.flush()
    return made


def _says(file: CreditFile, receiver: LetterReceiver, score: scores.Score, by: Person, on) -> dict:
    book = score.version.rulebook
    if file.kind == SubjectKind.MERCHANT:
        who = db.session.get(Merchant, file.merchant_id).name
    else:
        who = people.masked(by.display_name) if file.kind == SubjectKind.RESIDENT else name_of(by)
    until = on + timedelta(days=LETTER_DAYS)
    zh = [f"致{receiver.name}：{who}（{file.area.name}）截至{on.isoformat()}，达到贵单位“{receiver.offers_zh}”所要求的条件。",
          f"依据《{book.title_zh}》第{score.version.number}版。本信至{until.isoformat()}有效，仅供此一用途，为平台记录，不含任何分数或等级。"]
    en = [f"To {receiver.name}: {who} ({file.area.name}) reaches, as of {on.isoformat()}, what you ask for “{receiver.offers_en}”.",
          f"By “{book.title_en}”, version {score.version.number}. Valid until {until.isoformat()}, for this purpose alone; a record of this "
          "platform, with no score or grade in it."]
    if score.is_disputed:
        zh.append("其中有记录正在异议处理中。")
        en.append("Something in the records behind it is under objection.")
    return {"zh": zh, "en": en}


def send(letter_id: UUID, *, by: Person, now: datetime) -> Sent:
    """The code by which the receiver reads it: shown now and never again. LetterSent; ReceiverEnded; LetterExpired; LetterLapsed."""
    letter = _own(letter_id, by, now)
    if letter.status != "draft":
        raise LetterSent
    file = db.session.get(CreditFile, letter.file_id)
    if letter.receiver.ended_at is not None:
        raise ReceiverEnded
    if letter.expires_on < local_day(now, file.area):
        raise LetterExpired
    if _lapsed(letter, now) == recalls.WORDS:
        raise LetterLapsed
    code = "L" + secrets.token_urlsafe(16)
    letter.status, letter.sent_at, letter.code_hash = "sent", now, digest(code)
    letter.version += 1
    db.session.flush()
    audit.write("credit_file.letter", "credit_file", file.id, by=by.id, area_id=file.area_id, now=now, receiver=str(letter.receiver_id))
    return Sent(letter, code)


def withdraw(letter_id: UUID, *, by: Person, now: datetime) -> Letter:
    """It is read no more, and its receiver is told. A draft is thrown away the same way."""
    letter = _own(letter_id, by, now)
    if letter.status == "withdrawn":
        raise LetterSent
    recalls.stop(letter, "withdrawn", now=now)
    return letter


def own(by: Person, now: datetime):
    """A select of the letters of one's files."""
    return select(Letter).where(Letter.file_id.in_(files.own(by, now).with_only_columns(CreditFile.id)))


def looks(letter_id: UUID, *, by: Person, now: datetime):
    """A select of when a letter of one's own was read."""
    return select(LetterLook).where(LetterLook.letter_id == _own(letter_id, by, now, lock=False).id)


def read(code: str, *, now: datetime) -> tuple[Letter, dict, list[Recall]]:
    """What whoever holds the code sees: the letter, what of its words holds, what was recalled.

    NotFound, LetterWithdrawn, LetterExpired, LetterLapsed.
    """
    letter = _by_code(code)
    if letter.status == "withdrawn":
        raise LetterWithdrawn
    file = db.session.get(CreditFile, letter.file_id)
    if letter.expires_on < local_day(now, file.area):
        raise LetterExpired
    recalled = db.session.scalars(select(Recall).where(Recall.letter_id == letter.id).order_by(Recall.id)).all()
    what = _lapsed(letter, now)
    if what == recalls.WORDS:
        raise LetterLapsed
    is_note_gone = what == recalls.NOTE or any(each.why == "lapsed" for each in recalled)
    return letter, letter.without_note if is_note_gone else letter.says, recalled


def _lapsed(letter: Letter, now: datetime) -> str | None:
    """What of it holds no longer, also between midnight and the hour in which the standings are worked out."""
    if letter.lapsed_at is not None:
        return recalls.WORDS
    file = db.session.get(CreditFile, letter.file_id)
    if in_force.version(file.area, SubjectKind(file.kind), local_day(now, file.area)) is None:
        return None
    scope = scores.scope_of(file, now=now)
    gone = recalls.ended(scope, [letter])
    if not gone:
        return None
    score = scores.of_scope(file, scope)
    return recalls.lapsed(letter, gone, is_reached=score.reaches(letter.receiver.from_grade), is_disputed=score.is_disputed)


def look(letter: Letter, *, now: datetime) -> list:
    """Statements that say that it was read, and the first time tell whom it is about; to be written after the reading."""
    unread = ~exists().where(LetterLook.letter_id == letter.id)
    model, line = messages.line(people.self_of(letter.asked_by_id), Topic.LETTER_READ, now=now, letter_id=letter.id)
    values = [literal(value, model.__table__.c[name].type) for name, value in line.items()]
    return [select(Letter.id).where(Letter.id == letter.id).with_for_update(),  # of two who read it at once one is the first
            insert(model).from_select(list(line), select(*values).where(unread)), insert(LetterLook).values(id=uuid7(), letter_id=letter.id, at=now)]


def acknowledge(code: str, *, now: datetime) -> int:
    """The receiver has heard what was recalled of its letter; gives how many it had not heard before."""
    letter = _by_code(code, lock=True)
    if letter.status == "sent":
        recalls.mark(letter, _lapsed(letter, now), now=now)
    return db.session.execute(update(Recall).where(Recall.letter_id == letter.id, Recall.acknowledged_at.is_(None))
                              .values(acknowledged_at=now).execution_options(synchronize_session=False)).rowcount


def is_code(text: str) -> bool:
    """Whether it looks like the code of a letter."""
    return re.fullmatch(r"L[A-Za-z0-9_-]{22}", text) is not None


def digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def _by_code(code: str, *, lock: bool = False) -> Letter:
    query = select(Letter).where(Letter.code_hash == digest(code))
    letter = db.session.scalars(query.with_for_update(of=Letter).execution_options(populate_existing=True) if lock else query).one_or_none()
    if letter is None:
        raise NotFound
    return letter


def _own(letter_id: UUID, by: Person, now: datetime, *, lock: bool = True) -> Letter:
    query = own(by, now).where(Letter.id == letter_id)
    letter = db.session.scalars(query.with_for_update(of=Letter) if lock else query).one_or_none()
    if letter is None:
        raise NotFound
    return letter
