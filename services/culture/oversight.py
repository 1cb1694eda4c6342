"""Honours, pages and days as those who administer or audit an area look at them, the ended ones too; NotFound outside."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models import OVERSIGHT, CultureDay, Honour, KnowledgePage, Person, db
from services.access import reach
from services.refusals import NotFound


def honours(by: Person, now: datetime):
    return _within(Honour, by, now)


def pages(by: Person, now: datetime):
    return _within(KnowledgePage, by, now)


def days(by: Person, now: datetime):
    return _within(CultureDay, by, now)


def honour(honour_id: UUID, *, by: Person, now: datetime) -> Honour:
    return _one(honours(by, now).where(Honour.id == honour_id))


def page(page_id: UUID, *, by: Person, now: datetime) -> KnowledgePage:
    """With its questions."""
    return _one(pages(by, now).where(KnowledgePage.id == page_id).options(selectinload(KnowledgePage.questions)))


def day(day_id: UUID, *, by: Person, now: datetime) -> CultureDay:
    return _one(days(by, now).where(CultureDay.id == day_id))


def _within(row, by, now):
    return select(row).where(row.area_id.in_(reach.area_ids(by, OVERSIGHT, now)))


def _one(query):
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found
