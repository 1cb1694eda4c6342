"""What a grade opens. A reward stands on a rulebook; it gives more and takes nothing from anybody."""
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from models import (
    ActivityRecord,
    CreditFile,
    Grade,
    Person,
    Posting,
    Reward,
    RewardScene,
    Role,
    Rulebook,
    RulebookVersion,
    SubjectKind,
    db,
    local_day,
)
from services import ledger
from services.access import reach
from services.audit import audit
from services.credit import in_force, scores
from services.ledger import Cause
from services.points import funds
from services.points.points import lapses_on
from services.refusals import N_, Conflict, NotFound, ValidationFailed


class RewardEnded(Conflict):
    message = N_("This reward has its last day already.")


@dataclass(frozen=True)
class Opened:
    """A reward, and whether the file reaches it today. `grade_exists`: by the version that its score is by; otherwise nobody reaches it there."""

    reward: Reward
    is_open: bool
    grade_exists: bool


def make(rulebook_id: UUID, *, scene: str, from_grade: str, percent: int | None, title_zh: str, title_en: str, terms_zh: str, terms_en: str,
         from_on: date, until_on: date | None, by: Person, now: datetime) -> Reward:
    """By an administrator of the rulebook's area. A multiplier has its percent, nothing else has one; places at events are for residents.

    ValidationFailed for what is otherwise, and for a grade that neither the version in force nor the newest one has.
    """
    book = _managed(rulebook_id, by, now)
    if (scene == RewardScene.POINTS_MULTIPLIER) != (percent is not None):
        raise ValidationFailed({"percent": [N_("A multiplier of points has it, and nothing else.")]})
    if scene == RewardScene.EVENT_PRIORITY and book.kind != SubjectKind.RESIDENT:
        raise ValidationFailed({"scene": [N_("It is people who wait for a place: this stands on a rulebook for residents.")]})
    if until_on is not None and until_on <= from_on:
        raise ValidationFailed({"until_on": [N_("The end must not be before the start.")]})
    in_force.require_grade(from_grade, grades(book, now))
    made = Reward(rulebook_id=book.id, scene=scene, from_grade=from_grade, percent=percent, title_zh=title_zh, title_en=title_en, terms_zh=terms_zh,
                  terms_en=terms_en, from_on=from_on, until_on=until_on, made_by_id=by.id, made_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("reward.make", "reward", made.id, by=by.id, area_id=book.area_id, now=now, scene=scene, from_grade=from_grade)
    return made


def grades(book: Rulebook, now: datetime) -> list[Grade]:
    """What a reward of this rulebook may name."""
    return in_force.grades_of(book, local_day(now, book.area))


def end(reward_id: UUID, *, on: date, by: Person, now: datetime) -> Reward:
    row = db.session.scalars(select(Reward).where(Reward.id == reward_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    book = _managed(row.rulebook_id, by, now)
    if row.until_on is not None:
        raise RewardEnded
    if on <= row.from_on or on < local_day(now, book.area):
        raise ValidationFailed({"on": [N_("This must lie ahead.")]})
    row.until_on = on
    row.version += 1
    db.session.flush()
    audit.write("reward.end", "reward", row.id, by=by.id, area_id=book.area_id, now=now)
    return row


def search(rulebook_id: UUID):
    """A select of a rulebook's rewards: for everybody to read. NotFound."""
    if db.session.get(Rulebook, rulebook_id) is None:
        raise NotFound
    return select(Reward).where(Reward.rulebook_id == rulebook_id)


def offered(version: RulebookVersion, on: date):
    """A select of the rewards of a day that count by a version: of its rulebook and of those it stands on."""
    return to_come(version, on).where(Reward.from_on <= on)


def to_come(version: RulebookVersion, on: date):
    """The same with those of which the first day is still to come."""
    books, template_id = [version.rulebook_id], version.template_id
    while template_id is not None:
        template = db.session.get(RulebookVersion, template_id)
        books.append(template.rulebook_id)
        template_id = template.template_id
    return select(Reward).where(Reward.rulebook_id.in_(books), or_(Reward.until_on.is_(None), Reward.until_on > on))


def held(score: scores.Score):
    """A select of those that are open to a file by its score."""
    row = Grade
    return offered(score.version, score.on).join(row, (row.version_id == score.version.id) & (row.code == Reward.from_grade)).where(
        row.rank >= score.open_grade.rank)


def opened(file: CreditFile, *, now: datetime) -> list[Opened]:
    """What the rulebook offers today, and what of it is open to this file: by the upper end while something is disputed."""
    score = scores.score(file, now=now)
    ranks = {grade.code: grade.rank for grade in score.version.grades}
    rows = db.session.scalars(offered(score.version, score.on).order_by(Reward.id))
    return [Opened(row, score.reaches(row.from_grade), row.from_grade in ranks)
            for row in sorted(rows, key=lambda row: ranks.get(row.from_grade, len(ranks) + 1))]


def percent_of(file: CreditFile, *, now: datetime) -> int:
    """By how much the points of an activity are multiplied: 100 for who has no such reward, or is outside the scheme."""
    on = local_day(now, file.area)
    version = in_force.version(file.area, SubjectKind(file.kind), on)
    multiplies = Reward.scene == RewardScene.POINTS_MULTIPLIER
    if version is None or not db.session.scalar(offered(version, on).where(multiplies).with_only_columns(Reward.id).limit(1)):
        return 100
    try:
        return max((each.reward.percent for each in opened(file, now=now) if each.is_open and each.reward.percent), default=100)
    except scores.NotInSchemeThen:
        return 100


def give_bonus(record: ActivityRecord, file: CreditFile, *, now: datetime) -> None:
    """The part above the record's own points, out of the same fund; whole points, none where the fund holds too little."""
    extra = (record.points or 0) * (percent_of(file, now=now) - 100) // 100
    if not extra:
        return
    try:
        purse = funds.purse_of(record.area, record.resident_id, now, points=extra)
        with db.session.begin_nested():
            ledger.credit(purse, extra, kind="reward", because=Cause("activity_record", record.id), lapses_on=lapses_on(now, record.area),
                          now=now, memo=record.description)
    except (ledger.Overdrawn, funds.FundExhausted):
        return


def take_back(record: ActivityRecord, *, now: datetime) -> None:
    """With the record's own points goes what was given on top of them."""
    cause = Cause("activity_record", record.id)
    posting_id = db.session.scalar(select(Posting.id).where(Posting.because_type == cause.type, Posting.because_id == cause.id,
                                                            Posting.kind == "reward"))
    if posting_id:
        ledger.take_back(posting_id, because=Cause("reward", posting_id), now=now)


def _managed(rulebook_id: UUID, by: Person, now: datetime) -> Rulebook:
    book = db.session.get(Rulebook, rulebook_id)
    if book is None:
        raise NotFound
    reach.require(by, book.area, (Role.AREA_ADMIN,), now)
    return book
