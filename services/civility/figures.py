"""What came out of a period, read: the marks of communities, one community whole, over time, and two periods beside each other."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from uuid_utils.compat import uuid7

from models import Area, CivilityFigure, CivilityNode, CivilityPeriod, CivilityVersion, FigureState, Level, PeriodStatus, Person, db
from services.civility import marks, periods, trees
from services.civility.trees import Marks
from services.refusals import N_, Conflict, NotFound


class VersionsNotComparable(Conflict):
    message = N_("These periods were measured by two versions of the index, which differ in what they measure: they are never compared.")


class NothingToCorrect(Conflict):
    message = N_("There is no figure here that could be corrected: it was not measured, or is over too few people.")


@dataclass(frozen=True)
class OfArea:
    """A community's marks in a period, and the leaves that were measured there."""

    area: Area
    period: CivilityPeriod
    marks: Marks
    measured: frozenset[UUID]


@dataclass(frozen=True)
class Leaf:
    """A leaf with its figure, and those before it that were corrected, the first one first."""

    node: CivilityNode
    figure: CivilityFigure
    before: list[CivilityFigure]


@dataclass(frozen=True)
class Whole:
    """A community in a period, down to each leaf."""

    of: OfArea
    nodes: list[CivilityNode]
    leaves: dict[UUID, Leaf]  # by node


@dataclass(frozen=True)
class Compared:
    """`difference_hundredths` is later less earlier; `is_change` says that chance does not explain it, and is None where the leaves
    that were measured are not the same."""

    earlier: OfArea
    later: OfArea
    difference_hundredths: int | None
    is_change: bool | None


def readable(period_id: UUID, *, by: Person, now: datetime) -> CivilityPeriod:
    """A published period, or a closed one in reach. NotFound for one that has no figures yet."""
    period = periods.visible(period_id, by=by, now=now)
    if period.status == PeriodStatus.OPEN:
        raise NotFound
    return period


def of_areas(period: CivilityPeriod, areas: Iterable[Area]) -> list[OfArea]:
    """In the order of the areas; two statements, however many there are."""
    areas, nodes = list(areas), _nodes(period.version_id)
    latest = _latest(_rows(CivilityFigure.period_id == period.id, CivilityFigure.area_id.in_([area.id for area in areas])))
    return [_of(period, area, nodes, latest) for area in areas]


def whole(period: CivilityPeriod, area_id: UUID) -> Whole:
    """NotFound for a community that the period has no figures of."""
    area, nodes = db.session.get(Area, area_id), _nodes(period.version_id)
    rows = _rows(CivilityFigure.period_id == period.id, CivilityFigure.area_id == area_id)
    if area is None or not rows:
        raise NotFound
    by_node = {}
    for row in rows:
        by_node.setdefault(row.node_id, []).append(row)
    leaves = {node.id: Leaf(node, by_node[node.id][-1], by_node[node.id][:-1]) for node in nodes if node.id in by_node}
    return Whole(_of(period, area, nodes, _latest(rows)), nodes, leaves)


def community(area_id: UUID) -> Area:
    """NotFound for what is none."""
    area = db.session.get(Area, area_id)
    if area is None or area.level != Level.COMMUNITY:
        raise NotFound
    return area


def over_time(version: CivilityVersion):
    """A select of the published periods of one version: what may stand beside each other."""
    return select(CivilityPeriod).join(Area, Area.id == CivilityPeriod.area_id).options(contains_eager(CivilityPeriod.area)).where(
        CivilityPeriod.version_id == version.id, CivilityPeriod.status == PeriodStatus.PUBLISHED)


def of_periods(version: CivilityVersion, periods_: list[CivilityPeriod], area: Area) -> list[OfArea]:
    """A community's marks in each of these periods of one version."""
    nodes = _nodes(version.id)
    latest = _latest(_rows(CivilityFigure.period_id.in_([period.id for period in periods_]), CivilityFigure.area_id == area.id))
    return [_of(period, area, nodes, latest) for period in periods_]


def compared(one: CivilityPeriod, other: CivilityPeriod, area_id: UUID) -> Compared:
    """A community in two periods, the earlier first. VersionsNotComparable where two versions measured them."""
    if one.version_id != other.version_id:
        raise VersionsNotComparable
    area = db.session.get(Area, area_id)
    if area is None or not db.session.scalar(select(CivilityFigure.id).where(CivilityFigure.period_id == one.id, CivilityFigure.area_id == area_id)
                                             .limit(1)):
        raise NotFound
    earlier, later = of_periods(db.session.get_one(CivilityVersion, one.version_id), sorted((one, other), key=lambda p: p.first_on), area)
    return Compared(earlier, later, *_difference(earlier, later))


def _difference(earlier: OfArea, later: OfArea) -> tuple[int | None, bool | None]:
    """A change is more than the root of the squared half-widths together."""
    before, after = earlier.marks.index, later.marks.index
    if before.mark_hundredths is None or after.mark_hundredths is None:
        return None, None
    difference = after.mark_hundredths - before.mark_hundredths
    if earlier.measured != later.measured:
        return difference, None
    halves = [Fraction(mark.high_hundredths - mark.low_hundredths, 2) ** 2 for mark in (before, after)]
    return difference, Fraction(difference) ** 2 > sum(halves)


def mean(found: Iterable[OfArea]) -> int | None:
    """What an area's communities come to: the mean of the marks that are published, so that it says nothing more than they do."""
    marks_ = [each.marks.index.mark_hundredths for each in found if each.marks.index.mark_hundredths is not None]
    return marks.rounded(Fraction(sum(marks_), len(marks_))) if marks_ else None


def correct(period: CivilityPeriod, area_id: UUID, node: CivilityNode, *, value_hundredths: int, reason: str, by: Person,
            now: datetime) -> CivilityFigure:
    """A corrected value beside the one before, with its reason. NothingToCorrect where none is shown."""
    rows = _rows(CivilityFigure.period_id == period.id, CivilityFigure.area_id == area_id, CivilityFigure.node_id == node.id)
    if not rows or rows[-1].state != FigureState.MEASURED:
        raise NothingToCorrect
    last = rows[-1]
    made = CivilityFigure(
        id=uuid7(), period_id=period.id, area_id=area_id, node_id=node.id, revision=last.revision + 1, state=FigureState.MEASURED, n=last.n,
        people=last.people, value_hundredths=value_hundredths, mark_hundredths=marks.mark(value_hundredths, node),
        error_hundredths=last.error_hundredths, evidence=last.evidence, reason=reason, made_by_id=by.id, at=now)
    db.session.add(made)
    db.session.flush()
    return made


def ends(figure: CivilityFigure) -> tuple[int | None, int | None]:
    """Where the interval of a figure's mark begins and ends; None where there is no mark."""
    return (None, None) if figure.mark_hundredths is None else marks.interval(figure.mark_hundredths, figure.error_hundredths)


def differing(period: CivilityPeriod) -> list[UUID]:
    """The figures that do not come out again from what they keep: none, unless somebody changed the database or the arithmetic."""
    rows = db.session.execute(select(CivilityFigure, CivilityNode).join(CivilityNode, CivilityNode.id == CivilityFigure.node_id).where(
        CivilityFigure.period_id == period.id, CivilityFigure.state == FigureState.MEASURED, CivilityFigure.revision == 1)).all()
    return [figure.id for figure, node in rows
            if any(getattr(figure, name) != value for name, value in marks.again(node, figure).items())]


def _nodes(version_id: UUID) -> list[CivilityNode]:
    return list(db.session.scalars(select(CivilityNode).where(CivilityNode.version_id == version_id)))


def _rows(*conditions) -> list[CivilityFigure]:
    return list(db.session.scalars(select(CivilityFigure).where(*conditions).order_by(CivilityFigure.revision)))


def _latest(rows: list[CivilityFigure]) -> dict:
    return {(row.period_id, row.area_id, row.node_id): row for row in rows}


def _of(period: CivilityPeriod, area: Area, nodes: list[CivilityNode], latest: dict) -> OfArea:
    found = {node_id: (row.mark_hundredths, row.error_hundredths) for (period_id, area_id, node_id), row in latest.items()
             if (period_id, area_id, row.state) == (period.id, area.id, FigureState.MEASURED)}
    return OfArea(area, period, trees.together(nodes, found), frozenset(found))
