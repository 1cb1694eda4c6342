"""How a version is adopted: consulted on, voted by the residents' meeting, published with its first day, retired by the next one."""
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from config import Settings
from models import CheckState, Level, Person, Role, Rulebook, RulebookStatus, RulebookVersion, VersionComment, db, local_day
from services.access import reach
from services.audit import audit
from services.credit.rulebooks import NotThisStep, at, readable, shown, step
from services.people import people
from services.refusals import N_, Conflict, Forbidden, Invalid, NotFound, ValidationFailed
from services.wechat import content

CONSULTATION_DAYS_LEAST, CONSULTATION_DAYS_MOST = 7, 90
VOTED_LEVELS = (Level.COMMUNITY, Level.GRID)  # what is above them is adopted by its authority, after its consultation


class ConsultationRuns(Conflict):
    message = N_("The consultation runs until %(until)s.")


class ConsultationOver(Conflict):
    message = N_("The consultation is over.")


class CommentAnswered(Conflict):
    message = N_("This was answered already.")


class TurnoutTooLow(Invalid):
    """村民委员会组织法, article 22: over half of the adults, or two thirds of the households' representatives, have to be there."""

    message = N_("Too few came: more than half of the adults, or two thirds of the households, are needed.")


def consult(version_id: UUID, *, until: date, by: Person, now: datetime) -> RulebookVersion:
    """Everybody of the area may say what they think of it, until the day before `until`: a week to 90 days."""
    version = at(version_id, by, now, RulebookStatus.DRAFT)
    today = local_day(now, version.rulebook.area)
    if until < today + timedelta(days=CONSULTATION_DAYS_LEAST):
        raise ValidationFailed({"until": [N_("A consultation takes at least a week.")]})
    if until > today + timedelta(days=CONSULTATION_DAYS_MOST):
        raise ValidationFailed({"until": [N_("A consultation takes 90 days at most.")]})
    return step(version, "consult", by, now, status=RulebookStatus.CONSULTED, consulted_from=today, consulted_until=until)


def redraft(version_id: UUID, *, by: Person, now: datetime) -> RulebookVersion:
    """Back to a draft, for what was said; it is consulted on again then."""
    return step(at(version_id, by, now, RulebookStatus.CONSULTED), "redraft", by, now, status=RulebookStatus.DRAFT, consulted_from=None,
                 consulted_until=None)


def vote(version_id: UUID, *, voted_on: date, voters: str, eligible: int, present: int, votes_for: int, votes_against: int, minutes: str,
         by: Person, now: datetime) -> RulebookVersion:
    """What the residents' meeting decided. TurnoutTooLow where it could decide nothing; not passed, the version is dropped.

    `voters`: "people" (adults) or "households" (their representatives). Passed by more than half of who was there
    (村民委员会组织法, article 22).
    """
    version = at(version_id, by, now, RulebookStatus.CONSULTED)
    if voted_on < version.consulted_until:
        raise ConsultationRuns(until=version.consulted_until.isoformat())
    if voted_on > local_day(now, version.rulebook.area):
        raise ValidationFailed({"voted_on": [N_("This lies ahead.")]})
    if not (0 < present <= eligible and votes_for + votes_against <= present):
        raise ValidationFailed({"present": [N_("These numbers do not fit together.")]})
    if not (present * 2 > eligible if voters == "people" else present * 3 >= eligible * 2):
        raise TurnoutTooLow
    passed = votes_for * 2 > present
    return step(version, "vote", by, now, status=RulebookStatus.VOTED if passed else RulebookStatus.DROPPED, voted_on=voted_on, voters=voters,
                 eligible=eligible, present=present, votes_for=votes_for, votes_against=votes_against, minutes=minutes)


def publish(version_id: UUID, *, in_force_from: date, by: Person, now: datetime) -> RulebookVersion:
    """For everybody to read, before the day it comes into force; the version before it is retired on that day."""
    version = at(version_id, by, now, RulebookStatus.VOTED, RulebookStatus.CONSULTED)
    area, today = version.rulebook.area, local_day(now, version.rulebook.area)
    if version.status == RulebookStatus.CONSULTED:
        if area.level in VOTED_LEVELS:
            raise NotThisStep(status=version.status)
        if today < version.consulted_until:
            raise ConsultationRuns(until=version.consulted_until.isoformat())
    if in_force_from <= today:
        raise ValidationFailed({"in_force_from": [N_("This must lie ahead.")]})
    _retire_other(version, in_force_from)
    return step(version, "publish", by, now, status=RulebookStatus.PUBLISHED, published_at=now, published_by_id=by.id,
                 in_force_from=in_force_from)


def _retire_other(version: RulebookVersion, on: date) -> None:
    """No two versions of a rulebook are in force on one day."""
    db.session.scalars(select(Rulebook.id).where(Rulebook.id == version.rulebook_id).with_for_update()).one()
    row = RulebookVersion
    others = db.session.scalars(select(row).where(row.rulebook_id == version.rulebook_id, row.status == RulebookStatus.PUBLISHED,
                                                  row.retired_on.is_(None) | (row.retired_on > on))
                                .order_by(row.id).with_for_update(of=row).execution_options(populate_existing=True)).all()
    if any(other.in_force_from >= on or other.retired_on is not None for other in others):
        raise ValidationFailed({"in_force_from": [N_("Another version is in force on that day or after it.")]})
    for other in others:
        other.retired_on = on
        other.version += 1
    db.session.flush()


def retire(version_id: UUID, *, on: date, by: Person, now: datetime) -> RulebookVersion:
    """Out of force from a day on, with nothing in its place: no score is shown from then on."""
    version = at(version_id, by, now, RulebookStatus.PUBLISHED)
    if version.retired_on is not None:
        raise NotThisStep(status=version.status)
    if on <= local_day(now, version.rulebook.area) or on < version.in_force_from:
        raise ValidationFailed({"on": [N_("This must lie ahead.")]})
    return step(version, "retire", by, now, retired_on=on)


def drop(version_id: UUID, *, by: Person, now: datetime) -> RulebookVersion:
    return step(at(version_id, by, now, RulebookStatus.DRAFT, RulebookStatus.CONSULTED, RulebookStatus.VOTED), "drop", by, now,
                 status=RulebookStatus.DROPPED)


def comments(version_id: UUID, *, by: Person, now: datetime):
    """A select of what was said of a version that `by` may read."""
    return select(VersionComment).where(VersionComment.version_id == readable(version_id, by=by, now=now).id)


def comment(version_id: UUID, *, said: str, by: Person, now: datetime, settings: Settings | None = None) -> VersionComment:
    """Anybody who lives in the area, while it is consulted on: ConsultationOver after and before."""
    version = readable(version_id, by=by, now=now)
    if not version.rulebook.area.holds(by.home_area.path):
        raise NotFound
    if version.status != RulebookStatus.CONSULTED or local_day(now, version.rulebook.area) >= version.consulted_until:
        raise ConsultationOver
    made = VersionComment(id=uuid7(), version_id=version.id, by_id=by.id, said=said, at=now)
    db.session.add(made)
    content.ask("rulebook_comment", made, by=by, settings=settings, now=now)
    db.session.flush()
    return made


def let_pass(comment_id: UUID, *, by: Person, now: datetime) -> VersionComment:
    """What WeChat's check left to people is read by everybody from now on. Forbidden on one's own; Conflict where it waits for nobody."""
    return _looked_at(comment_id, CheckState.PASSED, "let_pass", by, now)


def hold_back(comment_id: UUID, *, by: Person, now: datetime) -> VersionComment:
    """It is shown to nobody but its writer, who is told. Refused as `let_pass` is."""
    return _looked_at(comment_id, CheckState.REFUSED, "hold_back", by, now)


def _looked_at(comment_id: UUID, state: CheckState, verb: str, by: Person, now: datetime) -> VersionComment:
    row = db.session.scalars(select(VersionComment).where(VersionComment.id == comment_id).with_for_update()
                             .execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    area = shown(row.version_id).rulebook.area
    reach.require(by, area, (Role.AREA_ADMIN,), now)
    if people.is_one(by, row.by_id):
        raise Forbidden
    if row.text_state != CheckState.REVIEW:
        raise Conflict
    content.looked_at("rulebook_comment", row, state, now=now)
    audit.write(f"rulebook_comment.{verb}", "rulebook_comment", row.id, by=by.id, area_id=area.id, now=now)
    return row


def answer(comment_id: UUID, *, answer: str, by: Person, now: datetime) -> VersionComment:
    row = db.session.get(VersionComment, comment_id)
    if row is None:
        raise NotFound
    version = shown(row.version_id)
    reach.require(by, version.rulebook.area, (Role.AREA_ADMIN,), now)
    if row.answered_at is not None:
        raise CommentAnswered
    row.answer, row.answered_by_id, row.answered_at = answer, by.id, now
    audit.write("rulebook.answer", "rulebook_comment", row.id, by=by.id, area_id=version.rulebook.area_id, now=now)
    return row
