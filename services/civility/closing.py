"""A period's figures, worked out when it is closed: a row for each leaf and community, the same whatever the order of the rows."""
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from models import (
    WHOLE,
    Answers,
    Area,
    CivilityFigure,
    CivilityNode,
    CivilityPeriod,
    CivilityQuestionnaire,
    CivilityRound,
    CivilitySheet,
    CivilityVisit,
    DepartmentFigure,
    FigureState,
    Method,
    Person,
    db,
)
from models.statements import put
from services.civility import marks, measures
from services.civility.marks import NOTHING, Counted

POSSIBLE = {Answers.SCALE: (1, 2, 3, 4, 5), Answers.YES_NO: (0, 1), Answers.CHECK: (0, 1)}
Found = dict[tuple[UUID, UUID], tuple[Counted, dict]]  # by leaf and community: what was counted, and where it is from
BATCH = 500


def work_out(period: CivilityPeriod, communities: list[Area], *, by: Person, now: datetime) -> None:
    """Write the first figure of each leaf in each community."""
    leaves = leaves_of(period)
    found = counted(period, leaves, now)
    columns = dict.fromkeys(("n", "people", "total", "squares", "value_hundredths", "mark_hundredths", "error_hundredths"))
    rows = []
    for area in communities:
        for leaf in leaves:
            total, source = found.get((leaf.id, area.id), (NOTHING, {}))
            made = marks.figure(leaf, total)
            shown = source if made["state"] == FigureState.MEASURED else {}
            rows.append({"id": uuid7(), "period_id": period.id, "area_id": area.id, "node_id": leaf.id, "revision": 1, "evidence": shown,
                         "reason": None, "made_by_id": by.id, "at": now, **columns, **made})
    for first in range(0, len(rows), BATCH):
        put(CivilityFigure, rows[first:first + BATCH])


def leaves_of(period: CivilityPeriod) -> list[CivilityNode]:
    return list(db.session.scalars(select(CivilityNode).where(
        CivilityNode.version_id == period.version_id, CivilityNode.method.is_not(None)).order_by(CivilityNode.code)))


def counted(period: CivilityPeriod, leaves: list[CivilityNode], now: datetime) -> Found:
    """What there is of each leaf in each community at this moment."""
    by_method = {method: [leaf for leaf in leaves if leaf.method == method] for method in Method}
    found = {}
    for method, counting in ((Method.CHAIN, _chain), (Method.FIELD_SURVEY, _field_surveys), (Method.QUESTIONNAIRE, _questionnaires),
                             (Method.DEPARTMENT, _departments)):
        if by_method[method]:
            found |= counting(period, by_method[method], now)
    return found


def _chain(period: CivilityPeriod, leaves: list[CivilityNode], now: datetime) -> Found:
    by_measure = measures.count({leaf.measure for leaf in leaves}, period, now)
    return {(leaf.id, area_id): (total, {"method": Method.CHAIN, "counted_at": now.isoformat()})
            for leaf in leaves for area_id, total in by_measure[leaf.measure].items()}


def _field_surveys(period: CivilityPeriod, leaves: list[CivilityNode], now: datetime) -> Found:
    """A place's value is the share of the lines that are met, of those that apply there."""
    rounds = db.session.scalars(select(CivilityRound).where(CivilityRound.period_id == period.id)).all()
    made = select(CivilityVisit.round_id, CivilityVisit.found).join(CivilityRound, CivilityRound.id == CivilityVisit.round_id).where(
        CivilityRound.period_id == period.id, CivilityVisit.made_at.is_not(None))
    found = {}
    for round_, visits in _each(rounds, made, CivilityVisit.round_id):
        source = {"method": Method.FIELD_SURVEY, "seed": round_.seed, "drawn": round_.drawn, "of_places": round_.of_places, "visited": len(visits)}
        for leaf in leaves:
            found[leaf.id, round_.area_id] = marks.sample(_values(leaf, visits), are_people=False), source
    return found


def _questionnaires(period: CivilityPeriod, leaves: list[CivilityNode], now: datetime) -> Found:
    """A sheet's value is the mean of its answers to the leaf's questions; who left them all out is not of this leaf."""
    asked = db.session.scalars(select(CivilityQuestionnaire).where(CivilityQuestionnaire.period_id == period.id)).all()
    sheets = select(CivilitySheet.questionnaire_id, CivilitySheet.answers).join(
        CivilityQuestionnaire, CivilityQuestionnaire.id == CivilitySheet.questionnaire_id).where(CivilityQuestionnaire.period_id == period.id)
    found = {}
    for questionnaire, answers in _each(asked, sheets, CivilitySheet.questionnaire_id):
        source = {"method": Method.QUESTIONNAIRE, "seed": questionnaire.seed, "invited": questionnaire.invited,
                  "of_residents": questionnaire.of_residents}
        for leaf in leaves:
            found[leaf.id, questionnaire.area_id] = marks.sample(_values(leaf, answers), are_people=True), source
    return found


def _each(parents: list, query, parent_id) -> Iterator[tuple]:
    """Each parent with what was answered below it. A city's answers are many, one community's are not: no more than these are read at once."""
    rows = db.session.execute(query.order_by(parent_id).execution_options(yield_per=BATCH))
    by_id = {parent.id: parent for parent in parents}
    for id, below in groupby(rows, key=lambda row: row[0]):
        yield by_id.pop(id), [row[1] for row in below]
    for parent in by_id.values():
        yield parent, []


def _values(leaf: CivilityNode, sheets: list[dict]):
    """In hundredths of 0 to 100: 1 to 5 are 0 to 100, so are no and yes."""
    possible = POSSIBLE[leaf.answers]
    for sheet in sheets:
        given = [answer for answer in sheet.get(leaf.code, ()) if answer is not None]
        if given:
            yield Fraction(WHOLE * (sum(given) - possible[0] * len(given)), len(given) * (possible[-1] - possible[0]))


def _departments(period: CivilityPeriod, leaves: list[CivilityNode], now: datetime) -> Found:
    rows = db.session.scalars(select(DepartmentFigure).where(DepartmentFigure.period_id == period.id, DepartmentFigure.status == "confirmed"))
    return {(row.node_id, row.area_id): (
        Counted(row.people or 1, row.value_hundredths, people=row.people),
        {"method": Method.DEPARTMENT, "source": row.source, "document": row.document}) for row in rows}
