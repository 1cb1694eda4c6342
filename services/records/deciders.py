"""Who did the steps of a record's history, and as what."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import STAFF, ActivityRecord, Person, Role, RoleGrant, db
from services.access import reach


def roles(record: ActivityRecord) -> dict[UUID, Role]:
    """By each step's id: `resident`, of whom it is about, or the staff's role at that moment; none for what nobody did."""
    hands = {step.by_id for step in record.history} - {None, record.resident_id}
    grants = db.session.scalars(select(RoleGrant).options(joinedload(RoleGrant.area)).where(
        RoleGrant.person_id.in_(hands), RoleGrant.role.in_(STAFF))).all() if hands else []
    found = {step.id: _staff_role(step.by_id, step.at, record, grants) for step in record.history if step.by_id}
    found |= {step.id: Role.RESIDENT for step in record.history if step.by_id == record.resident_id}
    return {step_id: role for step_id, role in found.items() if role}


def _staff_role(person_id: UUID, at: datetime, record: ActivityRecord, grants: list[RoleGrant]) -> Role | None:
    held = {grant.role for grant in grants if grant.person_id == person_id and grant.was_live(at)
            and record.area.path.startswith(grant.area.path)}
    return next((role for role in STAFF if role in held), None)


def may_name(record: ActivityRecord, *, by: Person, now: datetime) -> bool:
    """Staff and auditors read who decided; whom the record is about reads their role alone."""
    return reach.reaches(by, record.area, reach.READERS, now)
