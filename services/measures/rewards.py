"""What a grade opens. A reward stands on a rulebook; it gives more and takes nothing from anybody."""
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from models import ActivityRecord, CreditFile, Person, Posting, Reward, RewardScene, Role, Rulebook, RulebookVersion, SubjectKind, db, local_day
from services import ledger
from services.access import reach
from services.audit import audit
from services.credit import in_force as rules_in_force
from services.credit import scores
from services.ledger import Cause
from services.points import funds
from services.points.points import lapses_on
from services.refusals import N_, Conflict, NotFound, ValidationFailed


class RewardEnded(Conflict):
    message = N_("This reward has its last day already.")


@dataclass(frozen=True)
class Opened:
    """A reward, and whether the file reaches it today."""

    reward: Reward
    is_open: bool


def make(rulebook_id: UUID, *, scene: str, from_rank: int, percent: int | None, title_zh: str, title_en: str, terms_zh: str, terms_en: str,
         from_on: date, until_on: date | None, by: Person, now: datetime) -> Reward:
    """By an administrator of the rulebook's area. A multiplier has its percent, nothing else has one; places at events are for residents."""
    book = _managed(rulebook_id, by, now)
    if (scene == RewardScene.POINTS_MULTIPLIER) != (percent is not None):
        raise ValidationFailed({"percent": [N_("A multiplier of points has it, and nothing else.")]})
    if scene == RewardScene.EVENT_PRIORITY and book.kind != SubjectKind.RESIDENT:
        raise ValidationFailed({"scene": [N_("It is people who wait for a place: this stands on a rulebook for residents.")]})
    if until_on is not None and until_on <= from_on:
        raise ValidationFailed({"until_on": [N_("The end must not be before the start.")]})
    made = Reward(rulebook_id=book.id, scene=scene, from_rank=from_rank, percent=percent, title_zh=title_zh, title_en=title_en, terms_zh=terms_zh,
                  terms_en=terms_en, from_on=from_on, until_on=until_on, made_by_id=by.id, made_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("reward.make", "reward", made.id, by=by.id, area_id=book.area_id, now=now, scene=scene, from_rank=from_rank)
    return made


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


def in_force(version: RulebookVersion, on: date):
    """A select of the rewards of a version's rulebook, and of those it stands on, whose grades are its own."""
    books, template_id = [version.rulebook_id], version.template_id
    while template_id is not None:
        template = db.session.get(RulebookVersion, template_id)
        books.append(template.rulebook_id)
        template_id = template.template_id
    return select(Reward).where(Reward.rulebook_id.in_(books), Reward.from_on <= on, or_(Reward.until_on.is_(None), Reward.until_on > on))


def opened(file: CreditFile, *, now: datetime) -> list[Opened]:
    """What the rulebook offers today, and what of it is open to this file: by the upper end while something is disputed."""
    score = scores.score(file, now=now)
    rows = db.session.scalars(in_force(score.version, score.on).order_by(Reward.from_rank, Reward.id))
    return [Opened(row, score.open_grade.rank <= row.from_rank) for row in rows]


def percent_of(file: CreditFile, *, now: datetime) -> int:
    """By how much the points of an activity are multiplied: 100 for who has no such reward, or is outside the scheme."""
    on = local_day(now, file.area)
    version = rules_in_force.version(file.area, SubjectKind(file.kind), on)
    multiplies = Reward.scene == RewardScene.POINTS_MULTIPLIER
    if version is None or not db.session.scalar(in_force(version, on).where(multiplies).with_only_columns(Reward.id).limit(1)):
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
