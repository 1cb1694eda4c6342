"""Departments' figures: one admin enters it from a document, another confirms it; until then it counts for nothing."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from uuid_utils.compat import uuid7

from models import CivilityPeriod, DepartmentFigure, Method, Person, db
from services.audit import audit
from services.civility import periods, versions
from services.refusals import N_, Conflict, NotAllowed, NotFound


class AlreadyEntered(Conflict):
    message = N_("This figure is entered already; withdraw it first.")


class EnteredByYou(NotAllowed):
    message = N_("You entered this figure, so another admin confirms it.")


class FigureDecided(Conflict):
    message = N_("This figure is confirmed or withdrawn already.")


def enter(period_id: UUID, *, node_id: UUID, area_id: UUID, value_hundredths: int, people: int | None, source: str, document: str, by: Person,
          now: datetime) -> DepartmentFigure:
    """For a leaf of this kind and a community. `people` is over how many people, households or firms it is, None for none."""
    period, area = periods.open_for(period_id, area_id, by=by, now=now)
    leaf = versions.leaf_of(period.version_id, node_id)
    if leaf.method != Method.DEPARTMENT:
        raise NotFound
    if db.session.scalar(select(DepartmentFigure.id).where(
            DepartmentFigure.period_id == period.id, DepartmentFigure.area_id == area.id, DepartmentFigure.node_id == leaf.id,
            DepartmentFigure.status != "withdrawn")):
        raise AlreadyEntered
    made = DepartmentFigure(id=uuid7(), period_id=period.id, area_id=area.id, node_id=leaf.id, value_hundredths=value_hundredths, people=people,
                            source=source, document=document, entered_by_id=by.id, entered_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("civility_figure.enter", "civility_figure", made.id, by=by.id, area_id=area.id, now=now, value_hundredths=value_hundredths)
    return made


def confirm(figure_id: UUID, *, by: Person, now: datetime) -> DepartmentFigure:
    """By another admin, who has looked at the document: EnteredByYou."""
    figure = _managed(figure_id, by, now)
    if figure.status != "entered":
        raise FigureDecided
    if figure.entered_by_id == by.id:
        raise EnteredByYou
    return _decide(figure, "confirmed", "confirm", by, now)


def withdraw(figure_id: UUID, *, by: Person, now: datetime) -> DepartmentFigure:
    """It counts no more, and another can be entered."""
    figure = _managed(figure_id, by, now)
    if figure.status == "withdrawn":
        raise FigureDecided
    return _decide(figure, "withdrawn", "withdraw", by, now)


def _managed(figure_id: UUID, by: Person, now: datetime) -> DepartmentFigure:
    """Its period is locked, and open."""
    figure = db.session.get(DepartmentFigure, figure_id)
    if figure is None:
        raise NotFound
    periods.open_for(figure.period_id, figure.area_id, by=by, now=now)
    db.session.refresh(figure)
    return figure


def _decide(figure: DepartmentFigure, status: str, verb: str, by: Person, now: datetime) -> DepartmentFigure:
    figure.status, figure.decided_by_id, figure.decided_at = status, by.id, now
    db.session.flush()
    audit.write(f"civility_figure.{verb}", "civility_figure", figure.id, by=by.id, area_id=figure.area_id, now=now)
    return figure


def visible(figure_id: UUID, *, by: Person, now: datetime) -> tuple[DepartmentFigure, CivilityPeriod]:
    """One that was entered, with its period. NotFound out of reach."""
    found = db.session.scalars(search(by, now).where(DepartmentFigure.id == figure_id)).one_or_none()
    if found is None:
        raise NotFound
    return found, periods.visible(found.period_id, by=by, now=now)


def search(by: Person, now: datetime, *, period_id: UUID | None = None):
    """A select of what was entered for periods in reach."""
    query = select(DepartmentFigure).options(joinedload(DepartmentFigure.node)).where(DepartmentFigure.period_id.in_(periods.ids_in_reach(by, now)))
    return query.where(DepartmentFigure.period_id == periods.visible(period_id, by=by, now=now).id) if period_id else query
