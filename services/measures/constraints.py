"""What limits somebody: by law alone, on a list, on facts, for a time in proportion, by two people; and never a basic public service.

国办发〔2020〕49号: a measure that takes rights or adds duties cites its law and stands on a list; nothing is added to the list or made
graver. The database refuses what these rules refuse (models/credit/measures.py). No score and no grade limits anybody.
"""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from models import OVERSIGHT, Constraint, ConstraintList, CreditFile, Level, Person, RepairClass, Role, SubjectKind, Topic, db, local_day
from models.credit.measures import TERMS
from models.db import seen
from services.access import reach
from services.audit import audit
from services.credit import entries, files
from services.messages import messages
from services.months import months_later
from services.people import people
from services.refusals import N_, Conflict, Forbidden, Invalid, NotAllowed, NotFound, ValidationFailed


class ListNotInForce(Invalid):
    message = N_("This list is not in force on that day.")


class ListNotForPersons(Invalid):
    message = N_("This list is not for natural persons: they are rewarded only, unless a law and a list say otherwise.")


class NoPersonBasis(Invalid):
    message = N_("A natural person is limited only where a law says so of persons: please cite it.")


class OutOfProportion(Invalid):
    """`least` and `most`: months that this class may last."""

    message = N_("This lasts from %(least)d to %(most)d months.")


class SecondPerson(NotAllowed):
    message = N_("A second person has to confirm this.")


class ConfirmedAlready(Conflict):
    message = N_("This has been confirmed or lifted already.")


class ListEnded(Conflict):
    message = N_("This list has its last day already.")


def enter_list(*, name: str, authority: str, edition: str, for_persons: bool, in_force_from: date, by: Person, now: datetime) -> ConstraintList:
    """A list of lawful measures, by an administrator of a city or a district."""
    area_id = _head(by, now)
    made = ConstraintList(name=name, authority=authority, edition=edition, for_persons=for_persons, in_force_from=in_force_from,
                          entered_by_id=by.id, entered_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("constraint_list.enter", "constraint_list", made.id, by=by.id, area_id=area_id, now=now)
    return made


def end_list(list_id: UUID, *, on: date, by: Person, now: datetime) -> ConstraintList:
    """Another edition takes its place: nothing new stands on it from that day on, what waits for its confirmation neither. What is in force keeps
    its own day. ListEnded."""
    area_id = _head(by, now)
    row = db.session.scalars(select(ConstraintList).where(ConstraintList.id == list_id).with_for_update()
                             .execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    if row.ended_on is not None:
        raise ListEnded
    if on < row.in_force_from:
        raise ValidationFailed({"on": [N_("The end must not be before the start.")]})
    row.ended_on = on
    db.session.flush()
    audit.write("constraint_list.end", "constraint_list", row.id, by=by.id, area_id=area_id, now=now, on=on.isoformat())
    return row


def _head(by: Person, now: datetime) -> UUID:
    """An area of a city's or a district's administrator. Forbidden for everybody else."""
    heads = [area for area in reach.heads(by, (Role.AREA_ADMIN,), now) if area.level in (Level.CITY, Level.DISTRICT)]
    if not heads:
        raise Forbidden
    return heads[0].id


def lists():
    """A select of the lists: for everybody to read."""
    return select(ConstraintList)


def enter(file_id: UUID, *, scene: str, list_id: UUID, legal_basis: str, facts: str, decision: str, scope_zh: str, scope_en: str,
          grade_class: str, months: int, from_on: date, person_basis: str | None = None, by: Person, now: datetime) -> Constraint:
    """Holds once somebody else has confirmed it. Refused: ListNotInForce, ListNotForPersons, NoPersonBasis, OutOfProportion, OwnFile."""
    file = db.session.get(CreditFile, file_id)
    if file is None:
        raise NotFound
    reach.require(by, file.area, (Role.AREA_ADMIN,), now)
    if entries.is_of(file, by):
        raise entries.OwnFile
    listed = _held_list(list_id, from_on)
    if file.kind != SubjectKind.MERCHANT:
        if not listed.for_persons:
            raise ListNotForPersons
        if not seen(person_basis or ""):
            raise NoPersonBasis
    least, most = TERMS[RepairClass(grade_class)]
    if not max(least, 1) <= months <= most:
        raise OutOfProportion(least=max(least, 1), most=most)
    made = Constraint(file_id=file.id, kind=file.kind, area_id=file.area_id, scene=scene, list_id=listed.id, list_for_persons=listed.for_persons,
                      legal_basis=legal_basis, person_basis=person_basis, facts=facts, decision=decision, scope_zh=scope_zh, scope_en=scope_en,
                      grade_class=grade_class, months=months, from_on=from_on, ends_on=months_later(from_on, months), entered_by_id=by.id,
                      entered_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("constraint.enter", "constraint", made.id, by=by.id, area_id=file.area_id, now=now, scene=scene)
    return made


def _held_list(list_id: UUID, on: date) -> ConstraintList:
    """In force on this day, and nobody ends it before the commit. ListNotInForce."""
    listed = db.session.scalars(select(ConstraintList).where(ConstraintList.id == list_id).with_for_update(read=True)
                                .execution_options(populate_existing=True)).one_or_none()
    if listed is None or listed.in_force_from > on or (listed.ended_on is not None and listed.ended_on <= on):
        raise ListNotInForce
    return listed


def confirm(constraint_id: UUID, *, by: Person, now: datetime) -> Constraint:
    """Of two people the second. Refused: ConfirmedAlready, SecondPerson, OwnFile; ListNotInForce where its list ends before its first day."""
    row, file = _managed(constraint_id, by, now)
    if row.confirmed_at is not None or row.lifted_at is not None:
        raise ConfirmedAlready
    if people.is_one(by, row.entered_by_id):
        raise SecondPerson
    _held_list(row.list_id, row.from_on)
    row.confirmed_by_id, row.confirmed_at = by.id, now
    row.version += 1
    db.session.flush()
    messages.tell(files.people_of(file, now), Topic.CONSTRAINT_CONFIRMED, now=now, constraint_id=row.id)
    audit.write("constraint.confirm", "constraint", row.id, by=by.id, area_id=file.area_id, now=now)
    return row


def lift(constraint_id: UUID, *, reason: str, by: Person, now: datetime) -> Constraint:
    """Before its day: it was wrong, or what it was for is done."""
    row, file = _managed(constraint_id, by, now)
    if row.lifted_at is not None:
        raise ConfirmedAlready
    row.lifted_at, row.lifted_reason = now, reason
    row.version += 1
    db.session.flush()
    messages.tell(files.people_of(file, now), Topic.CONSTRAINT_LIFTED, now=now, constraint_id=row.id)
    audit.write("constraint.lift", "constraint", row.id, by=by.id, area_id=file.area_id, now=now)
    return row


def holds(on: date):
    """A condition on Constraint: it has an effect on this day."""
    return (Constraint.confirmed_at.is_not(None) & Constraint.lifted_at.is_(None) & (Constraint.from_on <= on) & (Constraint.ends_on > on))


def is_limited(file: CreditFile, scene: str, *, now: datetime) -> bool:
    on = local_day(now, file.area)
    return db.session.scalar(select(Constraint.id).where(Constraint.file_id == file.id, Constraint.scene == scene, holds(on)).limit(1)) is not None


def search(by: Person, now: datetime, *, file_id: UUID | None = None):
    """A select of those of one's own files, and of those in the areas that one administers or audits, which show no more what is past.

    NotFound for a file of which one sees none.
    """
    file = file_id and db.session.get(CreditFile, file_id)
    if file_id and not (file and (files.is_own(file, by=by, now=now) or reach.reaches(by, file.area, OVERSIGHT, now))):
        raise NotFound
    own = Constraint.file_id.in_(files.own(by, now).with_only_columns(CreditFile.id))
    today = local_day(now, by.home_area)
    reached = Constraint.area_id.in_(reach.area_ids(by, OVERSIGHT, now)) & Constraint.lifted_at.is_(None) & (Constraint.ends_on > today)
    return select(Constraint).where(reach.either(Constraint, own, reached, narrow=[Constraint.file_id == file_id] if file_id else []))


def _managed(constraint_id: UUID, by: Person, now: datetime) -> tuple[Constraint, CreditFile]:
    row = db.session.scalars(select(Constraint).where(Constraint.id == constraint_id).with_for_update(of=Constraint)
                             .execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    file = db.session.get(CreditFile, row.file_id)
    reach.require(by, file.area, (Role.AREA_ADMIN,), now)
    if entries.is_of(file, by):
        raise entries.OwnFile
    return row, file


