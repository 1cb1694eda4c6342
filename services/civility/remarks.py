"""Residents' remarks on a published leaf of their own community: each opens a review, which ends with an answer in writing."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from uuid_utils.compat import uuid7

from config import Settings
from models import CivilityPeriod, CivilityRemark, PeriodStatus, Person, Role, Topic, db
from services.access import reach
from services.audit import audit
from services.civility import figures, periods, versions
from services.messages import messages
from services.people import people
from services.refusals import N_, Conflict, Forbidden, NotAllowed, NotFound
from services.wechat import content


class NotYourCommunity(NotAllowed):
    message = N_("A remark is about the community where you live.")


class AlreadyRemarked(Conflict):
    message = N_("Your remark on this is being looked at already.")


class OwnRemark(NotAllowed):
    message = N_("You cannot answer your own remark, nor one of your household.")


class RemarkAnswered(Conflict):
    message = N_("This remark has been answered already.")


def remark(period_id: UUID, *, area_id: UUID, node_id: UUID, text: str, by: Person, now: datetime,
           settings: Settings | None = None) -> CivilityRemark:
    """By somebody who lives there, on a leaf of a published period; one at a time on each."""
    period = periods.visible(period_id, by=by, now=now)
    if period.status != PeriodStatus.PUBLISHED:
        raise NotFound
    area = periods.measured(period, area_id)
    leaf = versions.leaf_of(period.version_id, node_id)
    if not area.holds(by.home_area.path):
        raise NotYourCommunity
    people.hold_alone(by)
    if db.session.scalar(select(CivilityRemark.id).where(
            CivilityRemark.period_id == period.id, CivilityRemark.area_id == area.id, CivilityRemark.node_id == leaf.id,
            CivilityRemark.by_id.in_(people.selves(by)), CivilityRemark.status == "open").limit(1)):
        raise AlreadyRemarked
    made = CivilityRemark(id=uuid7(), period_id=period.id, area_id=area.id, node_id=leaf.id, by_id=by.id, said=text, at=now)
    db.session.add(made)
    content.ask("civility_remark", made, by=by, settings=settings, now=now)
    db.session.flush()
    return made


def search(by: Person, now: datetime, *, period_id: UUID | None = None, status: str | None = None):
    """A select of one's own remarks, and of those on periods in reach."""
    query = select(CivilityRemark).options(joinedload(CivilityRemark.node), joinedload(CivilityRemark.area)).where(
        or_(CivilityRemark.by_id.in_(people.selves(by)), CivilityRemark.period_id.in_(periods.ids_in_reach(by, now))))
    if period_id:
        query = query.where(CivilityRemark.period_id == periods.visible(period_id, by=by, now=now).id)
    return query.where(CivilityRemark.status == status) if status else query


def visible(remark_id: UUID, *, by: Person, now: datetime) -> CivilityRemark:
    found = db.session.scalars(search(by, now).where(CivilityRemark.id == remark_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def is_own(found: CivilityRemark, by: Person) -> bool:
    return people.share_household(by, found.by_id)


def answer(remark_id: UUID, *, answer: str, value_hundredths: int | None, by: Person, now: datetime) -> CivilityRemark:
    """In writing, by an admin of the area that published it; with a value, the figure is corrected beside the one before.

    OwnRemark, RemarkAnswered, and NothingToCorrect where no figure is shown.
    """
    found = visible(remark_id, by=by, now=now)
    period = periods.visible(found.period_id, by=by, now=now)
    if not reach.reaches(by, period.area, (Role.AREA_ADMIN,), now):
        raise Forbidden
    db.session.scalars(select(CivilityPeriod.id).where(CivilityPeriod.id == period.id).with_for_update(of=CivilityPeriod, key_share=True)).one()
    db.session.refresh(found)
    if is_own(found, by):
        raise OwnRemark
    if found.status != "open":
        raise RemarkAnswered
    if value_hundredths is not None:
        figures.correct(period, found.area_id, found.node, value_hundredths=value_hundredths, reason=answer, by=by, now=now)
    found.status, found.answered_by_id, found.answered_at, found.answer = "answered", by.id, now, answer
    found.corrected = value_hundredths is not None
    db.session.flush()
    messages.tell(people.self_of(found.by_id), Topic.CIVILITY_ANSWERED, now=now, civility_remark_id=found.id)
    audit.write("civility_remark.answer", "civility_remark", found.id, by=by.id, area_id=period.area_id, now=now, corrected=found.corrected)
    return found
