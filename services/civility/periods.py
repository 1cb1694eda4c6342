"""Periods: opened, closed with their figures, and published by another admin than the one who closed them."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import contains_eager
from uuid_utils.compat import uuid7

from models import (
    Area,
    CivilityFigure,
    CivilityInvitation,
    CivilityPeriod,
    CivilityQuestionnaire,
    Level,
    PeriodStatus,
    Person,
    Role,
    Topic,
    VersionStatus,
    ancestors,
    db,
    local_day,
    subtree,
)
from services.access import reach
from services.audit import audit
from services.civility import closing, versions
from services.messages import messages
from services.refusals import N_, Conflict, Forbidden, InvalidTransition, NotAllowed, NotFound, ValidationFailed

READERS = (Role.AREA_ADMIN, Role.AUDITOR)
LONGEST_DAYS = 366
STEPS = {(PeriodStatus.OPEN, "close"): PeriodStatus.CLOSED, (PeriodStatus.CLOSED, "reopen"): PeriodStatus.OPEN,
         (PeriodStatus.CLOSED, "publish"): PeriodStatus.PUBLISHED}


class PeriodsOverlap(Conflict):
    message = N_("These days are measured already here, below or above: of figures that overlap, hidden ones could be worked out.")


class PeriodNotOver(Conflict):
    message = N_("The period is not over yet; it ends with %(last_on)s.")


class PeriodNotOpen(Conflict):
    message = N_("This period is closed: nothing more is collected for it.")


class VersionNotInUse(Conflict):
    message = N_("A period is measured by the version that is in use, and this one is not.")


class ClosedByYou(NotAllowed):
    message = N_("You closed this period, so another admin publishes it.")


def begin(version_id: UUID, *, first_on: date, last_on: date, by: Person, now: datetime) -> CivilityPeriod:
    """Days (both included) that are measured by the version in use; they overlap no others of these communities."""
    version = versions.managed(version_id, by=by, now=now)
    if version.status != VersionStatus.PUBLISHED:
        raise VersionNotInUse
    if last_on < first_on or (last_on - first_on).days >= LONGEST_DAYS:
        raise ValidationFailed({"last_on": [N_("The last day comes after the first, within a year.")]})
    _hold_the_tree(version.area)
    if db.session.scalar(select(CivilityPeriod.id).join(Area, Area.id == CivilityPeriod.area_id).where(
            Area.path.in_(ancestors(version.area.path)) | subtree(version.area.path),
            CivilityPeriod.first_on <= last_on, CivilityPeriod.last_on >= first_on).limit(1)):
        raise PeriodsOverlap
    period = CivilityPeriod(id=uuid7(), version_id=version.id, area_id=version.area_id, first_on=first_on, last_on=last_on, opened_by_id=by.id,
                            opened_at=now)
    db.session.add(period)
    db.session.flush()
    _log("begin", period, by, now)
    return period


def _hold_the_tree(area: Area) -> None:
    """Nobody else begins a period meanwhile, above or below: rare enough for the root's row."""
    db.session.scalars(select(Area.id).where(Area.path == ancestors(area.path)[0]).with_for_update(of=Area, key_share=True)).one()


def close(period_id: UUID, *, by: Person, now: datetime) -> CivilityPeriod:
    """Its figures are worked out and stand; nothing more is collected. PeriodNotOver before its last day has ended."""
    period = managed(period_id, by=by, now=now)
    if period.status == PeriodStatus.OPEN and local_day(now, period.area) <= period.last_on:
        raise PeriodNotOver(last_on=period.last_on)
    _step(period, "close")
    period.closed_by_id, period.closed_at = by.id, now
    db.session.flush()
    closing.work_out(period, communities(period.area), by=by, now=now)
    _log("close", period, by, now)
    return period


def reopen(period_id: UUID, *, by: Person, now: datetime) -> CivilityPeriod:
    """What was worked out is forgotten, and more can be collected."""
    period = managed(period_id, by=by, now=now)
    _step(period, "reopen")
    period.closed_by_id = period.closed_at = None
    db.session.flush()
    db.session.execute(delete(CivilityFigure).where(CivilityFigure.period_id == period.id).execution_options(synchronize_session=False))
    _log("reopen", period, by, now)
    return period


def publish(period_id: UUID, *, by: Person, now: datetime) -> CivilityPeriod:
    """For everybody and for ever, by another than who closed it: ClosedByYou. Who was asked for it is told."""
    period = managed(period_id, by=by, now=now)
    if (period.status, "publish") in STEPS and period.closed_by_id == by.id:
        raise ClosedByYou
    _step(period, "publish")
    period.published_by_id, period.published_at = by.id, now
    db.session.flush()
    asked = db.session.scalars(select(CivilityInvitation.person_id).join(
        CivilityQuestionnaire, CivilityQuestionnaire.id == CivilityInvitation.questionnaire_id).where(
        CivilityQuestionnaire.period_id == period.id).order_by(CivilityInvitation.id)).all()
    messages.tell(asked, Topic.CIVILITY_PUBLISHED, now=now, civility_period_id=period.id)
    _log("publish", period, by, now)
    return period


def _step(period: CivilityPeriod, verb: str) -> None:
    if (period.status, verb) not in STEPS:
        raise InvalidTransition(status=period.status)
    period.status = STEPS[period.status, verb]
    period.version += 1


def _log(verb: str, period: CivilityPeriod, by: Person, now: datetime) -> None:
    audit.write(f"civility_period.{verb}", "civility_period", period.id, by=by.id, area_id=period.area_id, now=now)


def search(by: Person, now: datetime, *, area_id: UUID | None = None, version_id: UUID | None = None, status: str | None = None):
    """A select of the published periods, and of all in reach; of an area, those that measure it."""
    query = select(CivilityPeriod).join(Area, Area.id == CivilityPeriod.area_id).options(contains_eager(CivilityPeriod.area)).where(
        or_(CivilityPeriod.status == PeriodStatus.PUBLISHED, reach.areas_condition(by, READERS, now)))
    if area_id:
        area = db.session.get(Area, area_id)
        if area is None:
            raise NotFound
        query = query.where(versions.measuring(area))
    if version_id:
        query = query.where(CivilityPeriod.version_id == versions.visible(version_id, by=by, now=now).id)
    return query.where(CivilityPeriod.status == status) if status else query


def visible(period_id: UUID, *, by: Person, now: datetime, lock: bool = False) -> CivilityPeriod:
    """NotFound for one that is not published and out of reach."""
    query = search(by, now).where(CivilityPeriod.id == period_id).execution_options(populate_existing=True)
    found = db.session.scalars(query.with_for_update(of=CivilityPeriod) if lock else query).one_or_none()
    if found is None:
        raise NotFound
    return found


def ids_in_reach(by: Person, now: datetime):
    """A select of the ids of the periods that `by` administers or audits."""
    return select(CivilityPeriod.id).where(CivilityPeriod.area_id.in_(reach.area_ids(by, READERS, now)))


def reads(period: CivilityPeriod, *, by: Person, now: datetime) -> bool:
    """Whether `by` administers or audits the area that publishes it, and so sees what was collected."""
    return reach.reaches(by, period.area, READERS, now)


def managed(period_id: UUID, *, by: Person, now: datetime) -> CivilityPeriod:
    """The period, locked, for an admin of the area that publishes it. Forbidden to others who see it."""
    found = visible(period_id, by=by, now=now, lock=True)
    if not reach.reaches(by, found.area, (Role.AREA_ADMIN,), now):
        raise Forbidden
    return found


def held_open(period_id: UUID) -> CivilityPeriod:
    """Nobody closes it before the commit. PeriodNotOpen for one that is closed."""
    period = db.session.scalars(select(CivilityPeriod).where(CivilityPeriod.id == period_id).with_for_update(read=True, of=CivilityPeriod)
                                .execution_options(populate_existing=True)).one()
    if period.status != PeriodStatus.OPEN:
        raise PeriodNotOpen
    return period


def open_for(period_id: UUID, area_id: UUID, *, by: Person, now: datetime) -> tuple[CivilityPeriod, Area]:
    """An open period that `by` manages, locked, and a community that it measures. NotFound for another area."""
    period = managed(period_id, by=by, now=now)
    if period.status != PeriodStatus.OPEN:
        raise PeriodNotOpen
    return period, measured(period, area_id)


def measured(period: CivilityPeriod, area_id: UUID) -> Area:
    """One of the communities of the period. NotFound for another area."""
    area = db.session.scalars(communities_of(period.area).where(Area.id == area_id)).one_or_none()
    if area is None:
        raise NotFound
    return area


def communities_of(area: Area):
    """A select of the communities that an index of this area measures."""
    return select(Area).where(subtree(area.path), Area.level == Level.COMMUNITY, Area.ended.is_(None))


def communities(area: Area) -> list[Area]:
    return list(db.session.scalars(communities_of(area).order_by(Area.code)))


def home_community(person: Person) -> Area | None:
    """The community that somebody lives in; None for who has not said more than a street."""
    home = person.home_area
    if home.level == Level.COMMUNITY:
        return home
    above = db.session.get(Area, home.parent_id) if home.level == Level.GRID else None
    return above if above is not None and above.level == Level.COMMUNITY else None


def newest_of(area: Area, *, by: Person, now: datetime) -> CivilityPeriod | None:
    """The newest published period that measures this community, whoever published it."""
    return db.session.scalars(search(by, now, area_id=area.id, status=PeriodStatus.PUBLISHED).order_by(
        CivilityPeriod.last_on.desc(), CivilityPeriod.id.desc()).limit(1)).one_or_none()
