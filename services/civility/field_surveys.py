"""Field surveys: places of a community, drawn by a seed, looked at by a grid worker of another community, with a checklist and pictures."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload, selectinload
from uuid_utils.compat import uuid7

from models import (
    CheckState,
    CivilityNode,
    CivilityPeriod,
    CivilityPicture,
    CivilityPlace,
    CivilityRound,
    CivilityVisit,
    Evidence,
    Method,
    Person,
    Role,
    Topic,
    code_order,
    db,
)
from models.statements import put
from services import draws
from services.access import reach
from services.audit import audit
from services.civility import closing, periods, surveyors
from services.civility.marks import FEWEST_PLACES
from services.civility.questionnaires import AlreadyDrawn, NothingToAsk, check
from services.messages import messages
from services.records import evidence
from services.refusals import N_, Conflict, NotFound, ValidationFailed

MOST_PICTURES = 9


class TooFewPlaces(Conflict):
    message = N_("A round needs at least five places to draw from; this community has %(places)d.")


class AlreadyVisited(Conflict):
    message = N_("What was found here is kept already, and stays.")


def draw(period_id: UUID, area_id: UUID, *, surveyor_id: UUID, most: int, seed: str, by: Person, now: datetime) -> CivilityRound:
    """At most so many places of a community, for a grid worker who neither lives nor works in it: `surveyors.NotIndependent`. Drawn once."""
    period, area = periods.open_for(period_id, area_id, by=by, now=now)
    if not checklists(period):
        raise NothingToAsk
    if db.session.scalar(select(CivilityRound.id).filter_by(period_id=period.id, area_id=area.id)):
        raise AlreadyDrawn
    surveyor = surveyors.independent(surveyor_id, area, by=by, now=now)
    could = db.session.scalars(select(CivilityPlace.id).where(CivilityPlace.area_id == area.id, CivilityPlace.ended_at.is_(None))).all()
    if len(could) < FEWEST_PLACES:
        raise TooFewPlaces(places=len(could))
    chosen = draws.pick(could, most, seed=seed)
    made = CivilityRound(id=uuid7(), period_id=period.id, area_id=area.id, surveyor_id=surveyor.id, seed=seed, drawn=len(chosen),
                         of_places=len(could), drawn_by_id=by.id, drawn_at=now)
    db.session.add(made)
    db.session.flush()
    put(CivilityVisit, [{"id": uuid7(), "round_id": made.id, "place_id": place_id, "number": number, "found": {}, "note": "",
                         "made_by_id": None, "made_at": None} for number, place_id in enumerate(chosen, 1)])
    messages.tell(surveyor.id, Topic.CIVILITY_SURVEY, now=now, civility_round_id=made.id)
    audit.write("civility_round.draw", "civility_round", made.id, by=by.id, area_id=area.id, now=now, seed=seed, drawn=len(chosen))
    return made


def checklists(period: CivilityPeriod) -> list[CivilityNode]:
    """The leaves that are looked at, in their order."""
    leaves = [leaf for leaf in closing.leaves_of(period) if leaf.method == Method.FIELD_SURVEY]
    return sorted(leaves, key=lambda leaf: code_order(leaf.code))


def search(by: Person, now: datetime, *, period_id: UUID | None = None):
    """A select of the rounds that one is sent on, and of those of periods in reach."""
    query = select(CivilityRound).options(joinedload(CivilityRound.area), joinedload(CivilityRound.period)).where(
        or_(CivilityRound.surveyor_id == by.id, CivilityRound.period_id.in_(periods.ids_in_reach(by, now))))
    return query.where(CivilityRound.period_id == periods.visible(period_id, by=by, now=now).id) if period_id else query


def made_counts(round_ids: list[UUID]) -> dict[UUID, int]:
    """How many places of each round have been looked at."""
    return dict(db.session.execute(select(CivilityVisit.round_id, func.count()).where(
        CivilityVisit.round_id.in_(round_ids), CivilityVisit.made_at.is_not(None)).group_by(CivilityVisit.round_id)).all())


def visible(round_id: UUID, *, by: Person, now: datetime) -> CivilityRound:
    """With its visits and their places. NotFound for others than the surveyor and those who reach its period."""
    found = db.session.scalars(search(by, now).where(CivilityRound.id == round_id).options(
        selectinload(CivilityRound.visits).joinedload(CivilityVisit.place))).one_or_none()
    if found is None:
        raise NotFound
    return found


def visit(visit_id: UUID, *, found: dict[str, list[int | None]], note: str, evidence_ids: list[UUID], by: Person, now: datetime) -> CivilityVisit:
    """What the surveyor found at a place, once: each line met (1), not met (0), or not applying there (null), and pictures of their own.

    NotFound for others, and for a picture that is not theirs or stands behind something else; AlreadyVisited, PeriodNotOpen.
    """
    row = db.session.scalars(select(CivilityVisit).where(CivilityVisit.id == visit_id)).one_or_none()
    round_ = row and db.session.get(CivilityRound, row.round_id)
    if round_ is None or round_.surveyor_id != by.id:
        raise NotFound
    period = periods.held_open(round_.period_id)
    if not reach.holds(by, (Role.GRID_WORKER,), now):
        raise NotFound
    kept = check(found, checklists(period))
    if not any(given is not None for lines in kept.values() for given in lines):
        raise ValidationFailed({"found": [N_("Please say of at least one line whether it is met.")]})
    won = db.session.execute(update(CivilityVisit).where(CivilityVisit.id == row.id, CivilityVisit.made_at.is_(None)).values(
        found=kept, note=note, made_by_id=by.id, made_at=now).execution_options(synchronize_session=False))
    if won.rowcount != 1:
        raise AlreadyVisited
    _attach(row.id, evidence_ids, by)
    audit.write("civility_visit.make", "civility_visit", row.id, by=by.id, area_id=round_.area_id, now=now)
    db.session.refresh(row)
    return row


def _attach(visit_id: UUID, evidence_ids: list[UUID], by: Person) -> None:
    for evidence_id in dict.fromkeys(evidence_ids):
        put(CivilityPicture, {"evidence_id": evidence.take(evidence_id, by=by).id, "visit_id": visit_id})


def pictures(visit_ids: list[UUID]) -> dict[UUID, list[Evidence]]:
    """Of each visit, without their bytes."""
    rows = db.session.execute(select(CivilityPicture.visit_id, Evidence).join(Evidence, Evidence.id == CivilityPicture.evidence_id).where(
        CivilityPicture.visit_id.in_(visit_ids)).order_by(Evidence.id)).all()
    found = {}
    for visit_id, one in rows:
        found.setdefault(visit_id, []).append(one)
    return found


def picture(visit_id: UUID, evidence_id: UUID, *, by: Person, now: datetime) -> Evidence:
    """One picture of a visit, for the surveyor and those who reach its period. NotFound for others, PictureRefused but for its sender."""
    row = db.session.get(CivilityVisit, visit_id)
    if row is None or db.session.scalar(search(by, now).with_only_columns(CivilityRound.id).where(CivilityRound.id == row.round_id)) is None:
        raise NotFound
    found = db.session.scalars(select(Evidence).join(CivilityPicture, CivilityPicture.evidence_id == Evidence.id).where(
        CivilityPicture.visit_id == row.id, Evidence.id == evidence_id)).one_or_none()
    if found is None:
        raise NotFound
    if found.state == CheckState.REFUSED and found.owner_id != by.id:
        raise evidence.PictureRefused
    return found
