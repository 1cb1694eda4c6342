"""Versions of the index: drafted, published, and retired by the next. What is published is never changed."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import contains_eager
from uuid_utils.compat import uuid7

from models import Area, CivilityNode, CivilityVersion, Level, Person, Role, VersionStatus, ancestors, db
from models.statements import put
from services.access import reach
from services.audit import audit
from services.civility import trees
from services.refusals import N_, Forbidden, InvalidTransition, NotFound, ValidationFailed

NODE = ("code", "name_zh", "name_en", "weight_hundredths", "part", "method", "measure", "answers", "scale_from_hundredths",
        "scale_to_hundredths", "evidence_zh", "evidence_en", "items")
EMPTY = {"part": None, "method": None, "measure": None, "answers": None, "scale_from_hundredths": None, "scale_to_hundredths": None,
         "evidence_zh": "", "evidence_en": "", "items": []}


def draft(area_id: UUID, *, title_zh: str, title_en: str, nodes: list[dict], by: Person, now: datetime) -> CivilityVersion:
    """A draft for an area and what lies in it, by its admin. The weights may be wrong until it is published; ValidationFailed for the rest."""
    area = reach.area_within(by, area_id, (Role.AREA_ADMIN,), now)
    if area.level == Level.GRID:
        raise ValidationFailed({"area_id": [N_("An index is of a community, or of an area above it.")]})
    trees.check(nodes)
    db.session.scalars(select(Area.id).where(Area.id == area.id).with_for_update(of=Area, key_share=True)).one()  # one number each
    number = db.session.scalar(select(func.coalesce(func.max(CivilityVersion.number), 0)).where(CivilityVersion.area_id == area.id)) + 1
    made = CivilityVersion(id=uuid7(), area_id=area.id, number=number, title_zh=title_zh, title_en=title_en, made_by_id=by.id, made_at=now)
    db.session.add(made)
    db.session.flush()
    _plant(made.id, nodes)
    audit.write("civility_version.make", "civility_version", made.id, by=by.id, area_id=area.id, now=now, number=number)
    return made


def _plant(version_id: UUID, nodes: list[dict]) -> None:
    if nodes:
        put(CivilityNode, [{"id": uuid7(), "version_id": version_id, "parent_code": trees.parent_of(node["code"]),
                            **{name: node.get(name, EMPTY.get(name)) for name in NODE}} for node in nodes])


def edit(version: CivilityVersion, changes: dict, *, by: Person, now: datetime) -> CivilityVersion:
    """A draft's titles, and its tree, which comes whole."""
    if version.status != VersionStatus.DRAFT:
        raise InvalidTransition(status=version.status)
    for name in ("title_zh", "title_en"):
        setattr(version, name, changes.get(name, getattr(version, name)))
    if "nodes" in changes:
        trees.check(changes["nodes"])
        db.session.execute(delete(CivilityNode).where(CivilityNode.version_id == version.id))
        _plant(version.id, changes["nodes"])
    version.version += 1
    db.session.flush()
    db.session.expire(version, ["nodes"])
    audit.write("civility_version.edit", "civility_version", version.id, by=by.id, area_id=version.area_id, now=now)
    return version


def publish(version: CivilityVersion, *, by: Person, now: datetime) -> CivilityVersion:
    """It is the area's version in use from now on; the one before is retired. WeightsUnbalanced, BranchWithoutLeaves for what cannot stand."""
    if version.status != VersionStatus.DRAFT:
        raise InvalidTransition(status=version.status)
    trees.balance(version.nodes)
    db.session.scalars(select(Area.id).where(Area.id == version.area_id).with_for_update(of=Area, key_share=True)).one()
    db.session.execute(update(CivilityVersion).where(
        CivilityVersion.area_id == version.area_id, CivilityVersion.status == VersionStatus.PUBLISHED).values(
        status=VersionStatus.RETIRED, retired_at=now, version=CivilityVersion.version + 1).execution_options(synchronize_session=False))
    version.status, version.published_by_id, version.published_at = VersionStatus.PUBLISHED, by.id, now
    version.version += 1
    db.session.flush()
    audit.write("civility_version.publish", "civility_version", version.id, by=by.id, area_id=version.area_id, now=now)
    return version


def retire(version: CivilityVersion, *, by: Person, now: datetime) -> CivilityVersion:
    """No period begins by it any more; what it measured stays."""
    if version.status != VersionStatus.PUBLISHED:
        raise InvalidTransition(status=version.status)
    version.status, version.retired_at = VersionStatus.RETIRED, now
    version.version += 1
    db.session.flush()
    audit.write("civility_version.retire", "civility_version", version.id, by=by.id, area_id=version.area_id, now=now)
    return version


def search(by: Person, now: datetime, *, area_id: UUID | None = None, status: str | None = None):
    """A select of the versions that were published, and of the drafts in reach; of an area, those that measure it."""
    query = select(CivilityVersion).join(Area, Area.id == CivilityVersion.area_id).options(contains_eager(CivilityVersion.area)).where(
        or_(CivilityVersion.status != VersionStatus.DRAFT, reach.areas_condition(by, (Role.AREA_ADMIN, Role.AUDITOR), now)))
    if area_id:
        area = db.session.get(Area, area_id)
        if area is None:
            raise NotFound
        query = query.where(measuring(area))
    return query.where(CivilityVersion.status == status) if status else query


def measuring(area: Area):
    """A condition on Area: this one, or one that it lies in."""
    return Area.path.in_(ancestors(area.path))


def visible(version_id: UUID, *, by: Person, now: datetime, lock: bool = False) -> CivilityVersion:
    """NotFound for a draft out of reach."""
    query = search(by, now).where(CivilityVersion.id == version_id).execution_options(populate_existing=True)
    found = db.session.scalars(query.with_for_update(of=CivilityVersion) if lock else query).one_or_none()
    if found is None:
        raise NotFound
    return found


def managed(version_id: UUID, *, by: Person, now: datetime) -> CivilityVersion:
    """The version, locked, for an admin of its area. Forbidden to others who see it."""
    found = visible(version_id, by=by, now=now, lock=True)
    if not reach.reaches(by, found.area, (Role.AREA_ADMIN,), now):
        raise Forbidden
    return found


def put_node(version: CivilityVersion, node: dict, *, instead_of: UUID | None = None, by: Person, now: datetime) -> CivilityVersion:
    """One more branch or leaf of a draft, or another instead of one; what lies below it stays where it is."""
    nodes = [as_given(each) for each in version.tree if each.id != instead_of]
    return edit(version, {"nodes": [*nodes, node]}, by=by, now=now)


def drop_node(version: CivilityVersion, node: CivilityNode, *, by: Person, now: datetime) -> CivilityVersion:
    """A branch or leaf of a draft, and all that lies below it."""
    kept = [each for each in version.tree if each.code != node.code and not each.code.startswith(f"{node.code}.")]
    return edit(version, {"nodes": [as_given(each) for each in kept]}, by=by, now=now)


def node_of(node_id: UUID, *, by: Person, now: datetime) -> tuple[CivilityVersion, CivilityNode]:
    """A branch or leaf, with its version. NotFound where that is not seen."""
    node = db.session.get(CivilityNode, node_id)
    if node is None:
        raise NotFound
    return visible(node.version_id, by=by, now=now), node


def last_nodes(area_id: UUID) -> list[dict]:
    """Of the area's newest version, as `draft` takes them."""
    last = db.session.scalars(select(CivilityVersion).where(CivilityVersion.area_id == area_id, CivilityVersion.status != VersionStatus.DRAFT)
                              .order_by(CivilityVersion.number.desc()).limit(1)).one_or_none()
    return [as_given(node) for node in last.tree] if last else []


def as_given(node: CivilityNode) -> dict:
    """As `draft` takes it: to go on from a version that there is."""
    return {name: getattr(node, name) for name in NODE}


def leaf_of(version_id: UUID, node_id: UUID) -> CivilityNode:
    """A leaf of this version. NotFound for what is none."""
    node = db.session.get(CivilityNode, node_id)
    if node is None or node.version_id != version_id or not node.is_leaf:
        raise NotFound
    return node
