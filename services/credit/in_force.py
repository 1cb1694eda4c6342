"""Which version of which rulebook counts where, on a day: the nearest area's up the tree that has one in force."""
from datetime import date

from sqlalchemy import select

from models import Area, CreditFile, Rulebook, RulebookStatus, RulebookVersion, SubjectKind, ancestors, db, subtree


def holds(on: date):
    """A condition on RulebookVersion: in force on this day."""
    row = RulebookVersion
    return ((row.status == RulebookStatus.PUBLISHED) & (row.in_force_from <= on) & ((row.retired_on.is_(None)) | (row.retired_on > on)))


def area_on(file: CreditFile, on: date) -> Area:
    """Where a file was on a day: by whose rules it counts for that day, wherever it is now."""
    then = next((held for held in file.enrolments if held.joined_on <= on and (held.left_on is None or held.left_on > on)), None)
    return then.area if then and then.area_id else file.area


def version(area: Area, kind: SubjectKind, on: date) -> RulebookVersion | None:
    """The version by which files of this kind in this area count on this day."""
    nearest = (select(RulebookVersion).join(Rulebook).join(Area, Area.id == Rulebook.area_id)
               .where(Rulebook.kind == kind, Area.path.in_(ancestors(area.path)), holds(on)).order_by(Area.path.desc()).limit(1))
    return db.session.scalars(nearest).first()


def governed(rulebook: Rulebook, on: date):
    """A condition on CreditFile: of the rulebook's kind, in its area, and in none below that has a version of its own in force."""
    below = (select(Area.path).join(Rulebook, Rulebook.area_id == Area.id).join(RulebookVersion)
             .where(Rulebook.kind == rulebook.kind, subtree(rulebook.area.path), Area.id != rulebook.area_id, holds(on)))
    inside = subtree(rulebook.area.path)
    for path in db.session.scalars(below):
        inside &= ~subtree(path)
    return (CreditFile.kind == rulebook.kind) & CreditFile.area_id.in_(select(Area.id).where(inside))
