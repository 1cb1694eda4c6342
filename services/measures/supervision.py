"""Graded supervision of merchants (分级分类监管): of each grade a share is visited, drawn by a seed that everybody can draw again.

A file's lot is the SHA-256 of the seed and the file's id; the lowest lots of each grade are drawn. What is found comes back as an
entry of the merchant's file.
"""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select
from uuid_utils.compat import uuid7

from models import (
    OVERSIGHT,
    STAFF,
    Area,
    Constraint,
    ConstraintScene,
    CreditFile,
    Enrolment,
    Inspection,
    InspectionPlan,
    Measured,
    Merchant,
    Person,
    Role,
    Source,
    SubjectKind,
    db,
    local_day,
)
from services import draws
from services.access import reach
from services.audit import audit
from services.credit import counting, enrolments, entries, in_force, scores
from services.measures import constraints
from services.refusals import N_, Conflict, NotFound, ValidationFailed

ENTRY_OF = {"clean": "inspection_clean", "minor_fault": "inspection_minor_fault", "serious_fault": "inspection_serious_fault"}


class InspectionDone(Conflict):
    message = N_("This inspection was entered already.")


def draw(seed: str, ranks: dict[UUID, int], shares: dict[int, int]) -> list[UUID]:
    """Of each rank its share in percent, rounded up: `ranks` says each file's rank, `shares` each rank's percent (100 where it is not named)."""
    drawn = []
    for rank in sorted(set(ranks.values())):
        alike = [file_id for file_id, of in ranks.items() if of == rank]
        drawn += draws.pick(alike, -(-len(alike) * shares.get(rank, 100) // 100), seed=seed)
    return drawn


def plan(area_id: UUID, *, from_on: date, until_on: date, shares: list[dict], by: Person, now: datetime) -> InspectionPlan:
    """`shares`: `{"rank", "percent"}` for each grade. Nobody brings a seed of their own: they could try several at home.

    NoRulebook where no rulebook for merchants is in force.
    """
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    if len({share["rank"] for share in shares}) < len(shares):
        raise ValidationFailed({"shares": [N_("A grade is named twice.")]})
    if until_on <= from_on:
        raise ValidationFailed({"until_on": [N_("The end must not be before the start.")]})
    on = local_day(now, area)
    version = in_force.version(area, SubjectKind.MERCHANT, on)
    if version is None:
        raise scores.NoRulebook
    within = reach.area_ids(by, (Role.AREA_ADMIN,), now, within=area.id)
    scope = counting.Scope(version, SubjectKind.MERCHANT, CreditFile.area_id.in_(within), on, now)
    ranks = {row.file_id: row.grade_rank for row in db.session.execute(counting.scores(scope))}
    made = InspectionPlan(id=uuid7(), area_id=area.id, version_id=version.id, from_on=from_on, until_on=until_on,
                          seed=draws.new_seed(), shares=shares, made_by_id=by.id, made_at=now)
    db.session.add(made)
    db.session.flush()
    drawn = draw(made.seed, ranks, {share["rank"]: share["percent"] for share in shares})
    always = db.session.scalars(select(Constraint.file_id).where(Constraint.file_id.in_(list(ranks)), constraints.holds(on),
                                                                 Constraint.scene == ConstraintScene.MORE_INSPECTIONS)).all()
    for file_id in sorted({*drawn, *always}):
        db.session.add(Inspection(plan_id=made.id, file_id=file_id, grade_rank=ranks[file_id]))
    db.session.flush()
    audit.write("inspection_plan.make", "inspection_plan", made.id, by=by.id, area_id=area.id, now=now, seed=made.seed)
    return made


def plans(by: Person, now: datetime):
    """A select of the plans that touch an area in reach of staff and auditors."""
    around = select(Area.id).where(reach.around_condition(by, reach.READERS, now))
    return select(InspectionPlan).where(InspectionPlan.area_id.in_(around))


def inspections(plan_id: UUID, *, by: Person, now: datetime):
    """A select of a plan's inspections of merchants in reach of staff and auditors. NotFound for a plan that touches no area of theirs."""
    if db.session.scalar(plans(by, now).where(InspectionPlan.id == plan_id).with_only_columns(InspectionPlan.id)) is None:
        raise NotFound
    reached = select(CreditFile.id).where(CreditFile.area_id.in_(reach.area_ids(by, reach.READERS, now)))
    return select(Inspection).where(Inspection.plan_id == plan_id, Inspection.file_id.in_(reached))


def with_names(rows: list[Inspection], *, by: Person, now: datetime) -> list[Inspection]:
    """Inspections, each with its merchant; and, for who may see scores, the grade that it was drawn by, if it is in the scheme still."""
    in_scheme = exists().where(Enrolment.file_id == CreditFile.id, Enrolment.left_on.is_(None))
    named = {row.id: row for row in db.session.execute(
        select(CreditFile.id, Merchant.id.label("merchant_id"), Merchant.name, Area.path, in_scheme.label("in_scheme"))
        .join(Merchant, Merchant.id == CreditFile.merchant_id).join(Area, Area.id == CreditFile.area_id)
        .where(CreditFile.id.in_([row.file_id for row in rows])))}
    seen = tuple(reach.paths(by, OVERSIGHT, now))
    for row in rows:
        of = named[row.file_id]
        row.merchant_id, row.merchant_name = of.merchant_id, of.name
        row.shown_rank = row.grade_rank if of.in_scheme and of.path.startswith(seen) else None
    return rows


def enter(inspection_id: UUID, *, result: str, found: str, done_on: date, by: Person, now: datetime) -> Inspection:
    """What was found: it stands in the merchant's file, if its rulebook has an item for it and it was in the scheme that day.

    InspectionDone; OwnFile.
    """
    row = db.session.scalars(select(Inspection).where(Inspection.id == inspection_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    file = db.session.get(CreditFile, row.file_id)
    reach.require(by, file.area, STAFF, now)
    if entries.is_of(file, by):
        raise entries.OwnFile
    if row.result is not None:
        raise InspectionDone
    if done_on > local_day(now, file.area):
        raise ValidationFailed({"done_on": [N_("This lies ahead.")]})
    row.result, row.found, row.done_on, row.done_by_id, row.entered_at = result, found, done_on, by.id, now
    db.session.flush()
    audit.write("inspection.enter", "inspection", row.id, by=by.id, area_id=file.area_id, now=now, result=result)
    if enrolments.was_in(file.id, done_on):
        _write_down(row, file, by, now)
    return row


def _write_down(row: Inspection, file: CreditFile, by: Person, now: datetime) -> None:
    written = entries.write(file, ENTRY_OF[row.result], Measured.TIMES, 1, happened_on=row.done_on, title=row.found[:200],
                            evidence=f"inspection {row.id}", source=Source.INSPECTION, source_ref=str(row.id), source_name=by.display_name, by=by,
                            now=now)
    entries.touch([written], now=now)
    item = entries.item_of(file, written.code, local_day(now, file.area))
    entries.tell_of_faults([(written, file)] if item is not None and item.each_centipoints < 0 else [], now=now)
