"""A draft is tried on the entries there are before anybody votes on it: who would move, by which items, and which groups.

Groups are of residents who said something of themselves (services/credit/traits.py). Of fewer than ten people nothing is said: not of a
group, not of those who are left when the groups that are told are taken from all files, and not where fewer than ten move in all, since
who moves is told by file.
"""
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import case, func, select

from models import Enrolment, Person, Role, RulebookVersion, SubjectKind, Traits, TrialRun, db, local_day
from models.credit.files import CreditFile
from services.access import reach
from services.audit import audit
from services.credit import counting, in_force
from services.credit.rulebooks import NotThisStep, shown
from services.refusals import N_, NotFound, ValidationFailed

LEAST = 10  # people of whom a figure may be told
MOVERS = 50


def try_out(version_id: UUID, *, on: date | None = None, by: Person, now: datetime) -> TrialRun:
    """Work every file out by the draft and by the version in force on that day, and keep the comparison.

    NotThisStep for a version that was dropped; without a version in force the comparison is with everybody's base.
    """
    version = shown(version_id)
    if version is None:
        raise NotFound
    book = version.rulebook
    reach.require(by, book.area, (Role.AREA_ADMIN,), now)
    if version.status == "dropped":
        raise NotThisStep(status=version.status)
    on = on or local_day(now, book.area)
    if on > local_day(now, book.area):
        raise ValidationFailed({"on": [N_("This lies ahead.")]})
    present = in_force.version(book.area, SubjectKind(book.kind), on)
    found = _compare(version, present, in_force.governed(book, on), on, now)
    made = TrialRun(version_id=version.id, on_day=on, by_id=by.id, at=now, found=found)
    db.session.add(made)
    db.session.flush()
    audit.write("rulebook.try", "rulebook_version", version.id, by=by.id, area_id=book.area_id, now=now, files=found["files"])
    return made


def search(version_id: UUID, *, by: Person, now: datetime):
    """A select of a version's trial runs, for admins and auditors of its area."""
    version = db.session.get(RulebookVersion, version_id)
    if version is None:
        raise NotFound
    reach.require(by, version.rulebook.area, (Role.AREA_ADMIN, Role.AUDITOR), now)
    return select(TrialRun).where(TrialRun.version_id == version.id)


def with_movers(runs: Iterable[TrialRun]) -> None:
    """Each with `moving`: the files that move most and are in the scheme still, each with its change. Its score is looked at in the file alone."""
    runs = list(runs)
    named = {UUID(row["file_id"]) for run in runs for row in run.found["movers"]}
    in_scheme = select(Enrolment.file_id).where(Enrolment.file_id.in_(named), Enrolment.left_on.is_(None))
    still = {str(file_id) for file_id in db.session.scalars(in_scheme)}
    for run in runs:
        run.moving = [{"file_id": row["file_id"], "change": row["is"] - row["was"]} for row in run.found["movers"] if row["file_id"] in still]


def _compare(draft: RulebookVersion, present: RulebookVersion | None, files, on: date, now: datetime) -> dict:
    kind = SubjectKind(draft.rulebook.kind)
    new = counting.Scope(draft, kind, files, on, now)
    after = counting.scores(new).subquery("after")
    if present is None:
        base = next(grade.rank for grade in draft.grades if grade.from_centipoints <= draft.base_centipoints)
        before = select(after.c.file_id, (after.c.centipoints * 0 + draft.base_centipoints).label("centipoints"),
                        (after.c.grade_rank * 0 + base).label("grade_rank")).subquery("before")
    else:
        before = counting.scores(counting.Scope(present, kind, files, on, now, prefix="was_")).subquery("before")
    both = (select(after.c.file_id, before.c.centipoints.label("was"), after.c.centipoints.label("is"), before.c.grade_rank.label("rank_was"),
                   after.c.grade_rank.label("rank_is")).join(before, before.c.file_id == after.c.file_id).cte("both"))
    change = both.c["is"] - both.c.was
    total = db.session.execute(select(func.count(), *_sums(change))).one()
    grades = db.session.execute(select(both.c.rank_was, both.c.rank_is, func.count()).group_by(both.c.rank_was, both.c.rank_is)
                                .order_by(both.c.rank_was, both.c.rank_is)).all()
    movers = db.session.execute(select(both).where(change != 0).order_by(func.abs(change).desc(), both.c.file_id).limit(MOVERS)).all()
    return {"files": total[0], "up": int(total[1] or 0), "down": int(total[2] or 0), "change": int(total[3] or 0),
            "compared_with": present.number if present and present.rulebook_id == draft.rulebook_id else None,
            "grades": [{"was": was, "is": is_now, "files": count} for was, is_now, count in grades],
            "items": _items(new, present and counting.Scope(present, kind, files, on, now)),
            "movers": [{"file_id": str(row.file_id), "was": row.was, "is": row[2], "grade_was": row.rank_was, "grade_is": row.rank_is}
                       for row in movers],
            "groups": _groups(both, change, on, are_few=0 < (total[1] or 0) + (total[2] or 0) < LEAST) if kind == SubjectKind.RESIDENT else []}


def _sums(change):
    return (func.sum(case((change > 0, 1), else_=0)), func.sum(case((change < 0, 1), else_=0)), func.sum(change))


def _items(new: counting.Scope, old: counting.Scope | None) -> list[dict]:
    """What each item brings all files together, before and after: why people move."""
    def brings(scope):
        if scope is None:
            return {}
        lines = counting.lines(scope)
        rows = db.session.execute(select(lines.c.code, func.sum(lines.c.counted), func.count(lines.c.file_id.distinct())).group_by(lines.c.code))
        return {code: (int(total), files) for code, total, files in rows}
    was, is_now = brings(old), brings(new)
    return [{"code": code, "was": was.get(code, (0, 0))[0], "is": is_now.get(code, (0, 0))[0],
             "files": max(was.get(code, (0, 0))[1], is_now.get(code, (0, 0))[1])} for code in sorted(was.keys() | is_now.keys())
            if was.get(code) != is_now.get(code)]


def _groups(both, change, on: date, *, are_few: bool) -> list[dict]:
    age = on.year - Traits.born_year
    divisions = {
        "age": case((age < 18, "under 18"), (age < 35, "18-34"), (age < 60, "35-59"), (age >= 60, "60 and over")),
        "sex": Traits.sex, "hukou": Traits.hukou,
        "disability": case((Traits.has_disability.is_(True), "yes"), (Traits.has_disability.is_(False), "no"))}
    return [{"division": name, "groups": _told(both, change, group, are_few)} for name, group in divisions.items()]


def _told(both, change, group, are_few: bool) -> list[dict]:
    label = group.label("told")
    rows = db.session.execute(
        select(label, func.count(), *_sums(change)).select_from(both).join(CreditFile, CreditFile.id == both.c.file_id)
        .outerjoin(Traits, Traits.person_id == CreditFile.person_id).group_by(label).order_by(label)).all()
    hidden = _hidden({row[0]: row[1] for row in rows})
    return [{"group": row[0], "people": None, "up": None, "down": None, "mean": None} if row[0] in hidden else
            {"group": row[0], "people": row[1], "up": None, "down": None, "mean": None} if are_few else
            {"group": row[0], "people": row[1], "up": int(row[2]), "down": int(row[3]), "mean": _mean(int(row[4]), row[1])}
            for row in rows if row[0] is not None]


def _hidden(sizes: dict[str | None, int]) -> set[str | None]:
    """Who said nothing (None), the groups too small to be told, and as many of the others as make those ten together: the smallest first."""
    hidden = {group for group, size in sizes.items() if group is None or size < LEAST}
    for group in sorted(sizes.keys() - hidden, key=lambda group: (sizes[group], group)):
        if not 0 < sum(sizes[each] for each in hidden) < LEAST:
            break
        hidden.add(group)
    return hidden


def _mean(total: int, count: int) -> int:
    """Hundredths, rounded to nought: the same on every machine."""
    return total // count if total >= 0 else -(-total // count)
