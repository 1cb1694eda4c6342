"""Which version of which rulebook counts where, on a day: the nearest area's up the tree that has one in force; and what grades that gives names."""
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import case, or_, select

from models import Area, CreditFile, Grade, Rulebook, RulebookStatus, RulebookVersion, SubjectKind, ancestors, db, subtree
from services.refusals import N_, ValidationFailed


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


def grades_of(rulebook: Rulebook, on: date) -> list[Grade]:
    """The grades that a reward may name, one of each code: of the version in force, then what only the newest one has that was not dropped."""
    row = RulebookVersion
    newest = select(row.id).where(row.rulebook_id == rulebook.id, row.status != RulebookStatus.DROPPED).order_by(row.number.desc()).limit(1)
    rows = db.session.scalars(
        select(Grade).join(row, row.id == Grade.version_id).where(row.rulebook_id == rulebook.id, holds(on) | (row.id == newest.scalar_subquery()))
        .order_by(case((holds(on), 0), else_=1), Grade.rank)).all()
    return _one_of_each_code(rows)


def grades_in(area: Area, on: date) -> list:
    """Those by which files of any kind count in an area or below it, one of each code, with its names: residents' first, the best first."""
    below = db.session.execute(_grades(on, subtree(area.path) & (Area.path != area.path)).distinct())
    return _one_of_each_code(sorted([*grades_over([area], on)[area.path], *below], key=lambda row: (row.of_kind, row.rank)))


def grades_over(areas: Collection[Area], on: date) -> dict[str, list]:
    """By the path of each of these areas, the grades by which files in it count where none below has its own rules. In one statement."""
    paths = {path for area in areas for path in ancestors(area.path)}
    rows, found = db.session.execute(_grades(on, Area.path.in_(paths)).add_columns(Area.path)).all(), {}
    for area in areas:
        over = [row for row in rows if area.path.startswith(row.path)]
        nearest = {row.of_kind: row.path for row in sorted(over, key=lambda row: row.path)}
        found[area.path] = [row for row in over if row.path == nearest[row.of_kind]]
    return found


def grades_under(areas: Collection[Area], codes: Iterable[str], on: date) -> list:
    """The grades of these codes by which files below these areas count, each with the path of whose they are. In one statement."""
    return db.session.execute(_grades(on, or_(*(subtree(area.path) for area in areas)) & Grade.code.in_(codes)).add_columns(Area.path)).all()


def require_grade(code: str, there_are: Iterable) -> None:
    """ValidationFailed, with the codes that there are, for one that none of these grades has."""
    codes = [grade.code for grade in there_are]
    if code not in codes:
        raise ValidationFailed({"from_grade": [N_("No grade here has this code. There are:"), ", ".join(codes)] if codes else [
            N_("There are no grades here yet: a rulebook comes first.")]})


def _grades(on: date, where):
    """A select of the grades of what is in force in these areas."""
    of_kind = case({SubjectKind.RESIDENT: 1, SubjectKind.HOUSEHOLD: 2}, value=Rulebook.kind, else_=3).label("of_kind")
    return (select(Grade.code, Grade.name_zh, Grade.name_en, of_kind, Grade.rank).join(RulebookVersion, RulebookVersion.id == Grade.version_id)
            .join(Rulebook, Rulebook.id == RulebookVersion.rulebook_id).join(Area, Area.id == Rulebook.area_id).where(holds(on), where)
            .order_by(of_kind, Grade.rank))


def _one_of_each_code(grades: Iterable) -> list:
    found = {}
    for grade in grades:
        found.setdefault(grade.code, grade)
    return list(found.values())
