"""Rulebooks and their versions: made, drafted, written anew while they are drafts, read. adoption.py has the rest of their way."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import selectinload
from uuid_utils.compat import uuid7

from models import Area, Grade, Indicator, Person, Role, Rulebook, RulebookStatus, RulebookVersion, SubjectKind, ancestors, db, local_day
from services.access import reach
from services.audit import audit
from services.credit import in_force, rules, scores
from services.refusals import N_, Conflict, NotFound

RULES = (selectinload(RulebookVersion.indicators), selectinload(RulebookVersion.grades))


class RulebookExists(Conflict):
    message = N_("This area has a rulebook of this kind already: write a new version of it.")


class NotThisStep(Conflict):
    message = N_("This version is %(status)s, so this step is not possible.")
    STATES = (N_("draft"), N_("consulted"), N_("voted"), N_("published"), N_("dropped"))


class NoTemplate(NotFound):
    message = N_("There is no published rulebook above this area to stand on.")


def make(area_id: UUID, kind: str, *, title_zh: str, title_en: str, by: Person, now: datetime) -> Rulebook:
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    if db.session.scalar(select(Rulebook.id).filter_by(area_id=area.id, kind=kind)):
        raise RulebookExists
    made = Rulebook(area_id=area.id, kind=kind, title_zh=title_zh, title_en=title_en, created_at=now)
    db.session.add(made)
    db.session.flush()
    audit.write("rulebook.make", "rulebook", made.id, by=by.id, area_id=area.id, now=now, kind=kind)
    return made


def draft(rulebook_id: UUID, document: dict, *, template: bool, by: Person, now: datetime) -> RulebookVersion:
    """A new version. With `template` it stands on the nearest published rulebook of its kind above the area: NoTemplate without one."""
    book = _managed(rulebook_id, by, now, lock=True)
    stands_on = _template(book, local_day(now, book.area)) if template else None
    number = (db.session.scalar(select(func.max(RulebookVersion.number)).filter_by(rulebook_id=book.id)) or 0) + 1
    base = stands_on or document
    points = ((stands_on.base_centipoints, stands_on.most_centipoints) if stands_on else
              (base["base_centipoints"], base["most_centipoints"]))
    made = RulebookVersion(id=uuid7(), rulebook_id=book.id, number=number, template_id=stands_on.id if stands_on else None,
                           base_centipoints=points[0], most_centipoints=points[1], made_by_id=by.id, made_at=now)
    written = rules.rows(made, book, document, stands_on, _now_in_force(book, now))
    db.session.add(made)
    db.session.flush()
    db.session.add_all(written)
    db.session.flush()
    _note("draft", made, by, now)
    return made


def rewrite(version_id: UUID, document: dict, *, by: Person, now: datetime) -> RulebookVersion:
    """The whole of a draft's rules, written anew."""
    version = at(version_id, by, now, RulebookStatus.DRAFT)
    stands_on = version.template_id and shown(version.template_id)
    written = rules.rows(version, version.rulebook, document, stands_on, _now_in_force(version.rulebook, now))
    if not stands_on:
        version.base_centipoints, version.most_centipoints = document["base_centipoints"], document["most_centipoints"]
    for kind in (Indicator, Grade):
        children = kind.version_id == version.id
        if kind is Indicator:
            db.session.execute(delete(kind).where(children, kind.parent_id.is_not(None)))
        db.session.execute(delete(kind).where(children))
    version.version += 1
    db.session.add_all(written)
    db.session.flush()
    db.session.expire(version, ["indicators", "grades"])
    _note("rewrite", version, by, now)
    return version


def shown(version_id: UUID) -> RulebookVersion | None:
    return db.session.get(RulebookVersion, version_id, options=RULES)


def held(version_id: UUID) -> RulebookVersion:
    """As `shown`, and nobody changes it or its rules before the commit."""
    return db.session.get(RulebookVersion, version_id, options=RULES, populate_existing=True,
                          with_for_update={"read": True, "of": RulebookVersion})


def readable(version_id: UUID, *, by: Person, now: datetime) -> RulebookVersion:
    """A version with its rules: everybody may read one that is consulted on, voted or published; a draft and a dropped one, staff of its area."""
    version = shown(version_id)
    if version is None:
        raise NotFound
    if version.status in (RulebookStatus.DRAFT, RulebookStatus.DROPPED):
        reach.require(by, version.rulebook.area, reach.READERS, now)
    return version


def search(by: Person, now: datetime, *, area_id: UUID | None = None, kind: str | None = None):
    """A select of the rulebooks of an area and of those above it, or of all that touch where `by` lives or works."""
    area = db.session.get(Area, area_id) if area_id else by.home_area
    if area is None:
        raise NotFound
    near = Area.path.in_(ancestors(area.path))
    query = select(Rulebook).join(Area, Area.id == Rulebook.area_id).where(near if area_id else near | reach.areas_condition(by, reach.READERS, now))
    return query.where(Rulebook.kind == kind) if kind else query


def now_in_force(kind: str, *, area_id: UUID | None = None, by: Person, now: datetime) -> RulebookVersion:
    """With its rules, the version by which files of this kind count today in an area, by default where `by` lives. NoRulebook."""
    area = db.session.get(Area, area_id) if area_id else by.home_area
    if area is None:
        raise NotFound
    found = in_force.version(area, SubjectKind(kind), local_day(now, area))
    if found is None:
        raise scores.NoRulebook
    return shown(found.id)


def versions(rulebook_id: UUID, *, by: Person, now: datetime):
    """A select of a rulebook's versions that `by` may read."""
    book = db.session.get(Rulebook, rulebook_id)
    if book is None:
        raise NotFound
    query = select(RulebookVersion).where(RulebookVersion.rulebook_id == book.id)
    if reach.reaches(by, book.area, reach.READERS, now):
        return query
    return query.where(RulebookVersion.status.in_((RulebookStatus.CONSULTED, RulebookStatus.VOTED, RulebookStatus.PUBLISHED)))


def _managed(rulebook_id, by, now, *, lock=False) -> Rulebook:
    query = select(Rulebook).where(Rulebook.id == rulebook_id)
    book = db.session.scalars(query.with_for_update(of=Rulebook) if lock else query).one_or_none()
    if book is None:
        raise NotFound
    reach.require(by, book.area, (Role.AREA_ADMIN,), now)
    return book


def _template(book: Rulebook, on: date) -> RulebookVersion:
    parent = db.session.get(Area, book.area.parent_id) if book.area.parent_id else None
    found = parent and in_force.version(parent, SubjectKind(book.kind), on)
    if found is None:
        raise NoTemplate
    return shown(found.id)


def _now_in_force(book: Rulebook, now: datetime) -> RulebookVersion | None:
    on = local_day(now, book.area)
    return db.session.scalars(select(RulebookVersion).where(RulebookVersion.rulebook_id == book.id, in_force.holds(on))).first()


def at(version_id, by, now, *statuses) -> RulebookVersion:
    """The version, locked, in one of these statuses, of a rulebook that `by` manages."""
    version = db.session.scalars(select(RulebookVersion).where(RulebookVersion.id == version_id).with_for_update(of=RulebookVersion)
                                 .execution_options(populate_existing=True)).one_or_none()
    if version is None:
        raise NotFound
    reach.require(by, version.rulebook.area, (Role.AREA_ADMIN,), now)
    if version.status not in statuses:
        raise NotThisStep(status=version.status)
    return version


def step(version: RulebookVersion, action: str, by: Person, now: datetime, **changes) -> RulebookVersion:
    for name, value in changes.items():
        setattr(version, name, value)
    version.version += 1
    db.session.flush()
    _note(action, version, by, now)
    return version


def _note(action, version, by, now) -> None:
    audit.write(f"rulebook.{action}", "rulebook_version", version.id, by=by.id, area_id=version.rulebook.area_id, now=now, number=version.number)
