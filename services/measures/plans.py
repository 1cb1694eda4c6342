"""Personal plans of people under community correction (社区矫正): rules kept, service done, work found.

Only who runs a plan and who it is about know that there is one: to everybody else, the admins and auditors of the area included, nothing
is there; nor, from then on, to who ran it and is no longer staff there. No entry, score, export or message says anything of it.
"""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from models import STAFF, Area, CorrectionPlan, Person, PlanRunner, PlanStep, Role, db, local_day
from services.access import reach
from services.people import people
from services.refusals import N_, Conflict, NotAllowed, NotFound, ValidationFailed


class PlanRuns(Conflict):
    message = N_("There is a plan for this person already.")


class PlanClosed(Conflict):
    message = N_("This plan is closed.")


class OwnPlan(NotAllowed):
    message = N_("Nobody runs a plan of their own or of their household.")


def begin(person_id: UUID, *, until_on: date, service_minutes: int, aims: str, runner_ids: list[UUID], by: Person, now: datetime) -> CorrectionPlan:
    """By an administrator of where the person lives, who runs it with those they name, staff of the same area. PlanRuns; OwnPlan.

    A plan that nobody is left to run is closed, and this one takes its place.
    """
    person = db.session.get(Person, person_id)
    if person is None or person.joined_into_id:
        raise NotFound
    reach.require(by, person.home_area, (Role.AREA_ADMIN,), now)
    running = {by.id, *runner_ids}
    runners = db.session.scalars(select(Person).where(Person.id.in_(running))).all()
    if len(runners) < len(running):
        raise NotFound
    for runner in runners:
        if people.share_household(runner, person.id):
            raise OwnPlan
        if not reach.reaches(runner, person.home_area, STAFF, now):
            raise ValidationFailed({"runner_ids": [N_("Only staff of this area run plans.")]})
    today = local_day(now, person.home_area)
    if until_on <= today:
        raise ValidationFailed({"until_on": [N_("This must lie ahead.")]})
    _make_way(person, now)
    made = CorrectionPlan(person_id=person.id, area_id=person.home_area_id, from_on=today, until_on=until_on, service_minutes=service_minutes,
                          aims=aims, made_by_id=by.id, made_at=now)
    db.session.add(made)
    db.session.flush()
    db.session.add_all(PlanRunner(plan_id=made.id, person_id=runner_id) for runner_id in sorted(running))
    db.session.flush()
    return made


def _make_way(person: Person, now: datetime) -> None:
    """PlanRuns where somebody still runs a plan of theirs."""
    query = select(CorrectionPlan).where(CorrectionPlan.person_id == person.id, CorrectionPlan.status == "running").with_for_update(of=CorrectionPlan)
    plan = db.session.scalars(query).one_or_none()
    if plan is None:
        return
    area = db.session.get(Area, plan.area_id)
    runners = db.session.scalars(select(Person).join(PlanRunner, PlanRunner.person_id == Person.id).where(PlanRunner.plan_id == plan.id))
    if any(reach.reaches(runner, area, STAFF, now) for runner in runners):
        raise PlanRuns
    _end(plan, now)


def search(by: Person, now: datetime):
    """A select of the plans that somebody runs, and of their own."""
    return select(CorrectionPlan).where(or_(CorrectionPlan.person_id.in_(people.selves(by)), _is_run_by(by, now)))


def run_by(by: Person, now: datetime):
    """A select of those that somebody runs, as they look at them at work: one's own is no work."""
    return select(CorrectionPlan).where(_is_run_by(by, now), CorrectionPlan.person_id.not_in(people.selves(by)))


def run(plan_id: UUID, *, by: Person, now: datetime) -> CorrectionPlan:
    plan = db.session.scalars(run_by(by, now).where(CorrectionPlan.id == plan_id).options(selectinload(CorrectionPlan.runners))).one_or_none()
    if plan is None:
        raise NotFound
    return plan


def _is_run_by(by: Person, now: datetime):
    """A condition: named by the plan, and staff of its area still."""
    named = CorrectionPlan.id.in_(select(PlanRunner.plan_id).where(PlanRunner.person_id == by.id))
    return named & CorrectionPlan.area_id.in_(reach.area_ids(by, STAFF, now))


def seen(plan_id: UUID, *, by: Person, now: datetime) -> CorrectionPlan:
    plan = db.session.scalars(search(by, now).where(CorrectionPlan.id == plan_id)).one_or_none()
    if plan is None:
        raise NotFound
    return plan


def steps(plan_id: UUID, *, by: Person, now: datetime):
    return select(PlanStep).where(PlanStep.plan_id == seen(plan_id, by=by, now=now).id)


def write(plan_id: UUID, *, kind: str, on_day: date, minutes: int | None, note: str, by: Person, now: datetime) -> PlanStep:
    """What happened, by who runs it. PlanClosed; ValidationFailed for a day ahead, or where minutes and kind do not go together."""
    plan = _run(plan_id, by, now)
    if on_day > local_day(now, db.session.get(Person, plan.person_id).home_area):
        raise ValidationFailed({"on_day": [N_("This lies ahead.")]})
    if (kind == "service") != (minutes is not None):
        raise ValidationFailed({"minutes": [N_("Service has minutes, and nothing else.")]})
    made = PlanStep(plan_id=plan.id, kind=kind, on_day=on_day, minutes=minutes, note=note, by_id=by.id, at=now)
    db.session.add(made)
    db.session.flush()
    return made


def stand(plan: CorrectionPlan) -> dict:
    """Minutes served of those asked, rules broken, and whether work was found."""
    rows = dict((kind, (count, minutes)) for kind, count, minutes in db.session.execute(
        select(PlanStep.kind, func.count(), func.sum(PlanStep.minutes)).where(PlanStep.plan_id == plan.id).group_by(PlanStep.kind)))
    served = int(rows.get("service", (0, 0))[1] or 0)
    return {"service_minutes": served, "service_asked": plan.service_minutes, "rules_broken": rows.get("rule_broken", (0, 0))[0],
            "work_found": "work_found" in rows, "is_done": served >= plan.service_minutes}


def close(plan_id: UUID, *, by: Person, now: datetime) -> CorrectionPlan:
    """Done where the service was done, else ended."""
    return _end(_run(plan_id, by, now), now)


def _end(plan: CorrectionPlan, now: datetime) -> CorrectionPlan:
    plan.status, plan.closed_at = "done" if stand(plan)["is_done"] else "ended", now
    plan.version += 1
    db.session.flush()
    return plan


def _run(plan_id: UUID, by: Person, now: datetime) -> CorrectionPlan:
    plan = db.session.scalars(run_by(by, now).where(CorrectionPlan.id == plan_id).with_for_update(of=CorrectionPlan)).one_or_none()
    if plan is None:
        raise NotFound
    if plan.status != "running":
        raise PlanClosed
    return plan
