"""Honours in public, with consent alone: separate, for this one, taken back at any time (个人信息保护法, article 25).

The name is masked even then. There is no list of anybody who did wrong, and no way to make one here.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from models import Area, Honour, Person, Role, Topic, ancestors, db
from services.access import reach
from services.audit import audit
from services.messages import messages
from services.people import people
from services.refusals import N_, Conflict, NotAllowed, NotFound


class NoConsent(Conflict):
    message = N_("Who is to be named has not agreed to it.")


class OwnHonour(NotAllowed):
    message = N_("Nobody proposes or publishes an honour of their own.")


class HonourAnswered(Conflict):
    message = N_("This was answered, shown or withdrawn already.")


def propose(area_id: UUID, *, person_id: UUID, title_zh: str, title_en: str, reason_zh: str, reason_en: str, by: Person, now: datetime) -> Honour:
    """By an administrator; the person is asked, in their inbox, and nothing is shown until they agree. OwnHonour."""
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    person = db.session.get(Person, person_id)
    if person is None or person.joined_into_id or not area.holds(person.home_area.path):
        raise NotFound
    if people.is_one(by, person.id):
        raise OwnHonour
    made = Honour(area_id=area.id, person_id=person.id, title_zh=title_zh, title_en=title_en, reason_zh=reason_zh, reason_en=reason_en,
                  proposed_by_id=by.id, proposed_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("honour.propose", "honour", made.id, by=by.id, area_id=area.id, now=now)
    messages.tell(person.id, Topic.HONOUR_ASKED, now=now, honour_id=made.id)
    return made


def answer(honour_id: UUID, *, consent: bool, by: Person, now: datetime) -> Honour:
    row = _locked(honour_id)
    if row.person_id != by.id:
        raise NotFound
    if row.consented_at or row.refused_at or row.withdrawn_at:
        raise HonourAnswered
    if consent:
        row.consented_at = now
    else:
        row.refused_at = now
    db.session.flush()
    return row


def publish(honour_id: UUID, *, by: Person, now: datetime) -> Honour:
    """NoConsent before the person has agreed; OwnHonour."""
    row = _locked(honour_id)
    area = reach.area_within(by, row.area_id, (Role.AREA_ADMIN,), now)
    if row.published_at or row.withdrawn_at or row.refused_at:
        raise HonourAnswered
    if row.consented_at is None:
        raise NoConsent
    if people.is_one(by, row.person_id):
        raise OwnHonour
    row.published_at, row.published_by_id = now, by.id
    db.session.flush()
    audit.write("honour.publish", "honour", row.id, by=by.id, area_id=area.id, now=now)
    messages.tell(row.person_id, Topic.HONOUR_SHOWN, now=now, honour_id=row.id)
    return row


def withdraw(honour_id: UUID, *, by: Person, now: datetime) -> Honour:
    """By the person it names, whenever they wish, or by an administrator, which the audit log keeps: it is shown no more."""
    row = _locked(honour_id)
    if row.person_id != by.id:
        reach.area_within(by, row.area_id, (Role.AREA_ADMIN,), now)
    if row.withdrawn_at:
        raise HonourAnswered
    row.withdrawn_at = now
    db.session.flush()
    if row.person_id != by.id:
        audit.write("honour.withdraw", "honour", row.id, by=by.id, area_id=row.area_id, now=now)
    return row


def shown(by: Person, *, area_id: UUID | None = None):
    """A select of what is shown where one lives (or in an area above, if asked for), with the name to be masked. NotFound elsewhere.

    Who is named has agreed to be shown to those who live there, and to nobody else.
    """
    area = db.session.get(Area, area_id) if area_id else by.home_area
    if area is None or not area.holds(by.home_area.path):
        raise NotFound
    near = select(Area.id).where(Area.path.in_(ancestors(area.path)))
    return (select(Honour.id, Honour.area_id, Honour.title_zh, Honour.title_en, Honour.reason_zh, Honour.reason_en, Honour.published_at,
                   Person.display_name).join(Person, Person.id == Honour.person_id)
            .where(Honour.area_id.in_(near), Honour.published_at.is_not(None), Honour.withdrawn_at.is_(None)))


def own(by: Person):
    """A select of those that name oneself, whatever became of them."""
    return select(Honour).where(Honour.person_id == by.id)


def managed(by: Person, now: datetime):
    """A select of those proposed in the areas that one administers."""
    return select(Honour).where(Honour.area_id.in_(reach.area_ids(by, (Role.AREA_ADMIN,), now)))


def _locked(honour_id: UUID) -> Honour:
    row = db.session.scalars(select(Honour).where(Honour.id == honour_id).with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return row
