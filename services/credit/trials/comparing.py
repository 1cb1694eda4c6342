"""What a draft makes of a batch of files beside the version in force, how batches come together, and what is told of them.

Groups are of residents who said something of themselves (services/credit/traits.py). Of fewer than ten people nothing is said: not of a
group, not of those who are left when the groups that are told are taken from all files, and not where fewer than ten move in all, since
who moves is told by file.
"""
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from models import RulebookVersion, SubjectKind, Traits, db
from models.credit.files import CreditFile
from services.credit import counting

LEAST = 10  # people of whom a figure may be told
MOVERS = 50
AGES = ((18, "under 18"), (35, "18-34"), (60, "35-59"))
OLDEST = "60 and over"
DIVISIONS = ("age", "sex", "hukou", "disability")
TOLD = ("files", "up", "down", "change", "movers", "compared_with", "codes", "grades", "items", "groups")
UNTOLD = ""  # the group of who said nothing


def nothing() -> dict:
    """Of no file: what batches are added to. It is kept as JSON between them."""
    return {"files": 0, "up": 0, "down": 0, "change": 0, "grades": {}, "items": {}, "movers": [], "groups": {name: {} for name in DIVISIONS}}


def add(so_far: dict, draft: counting.Scope, present: RulebookVersion | None) -> None:
    """A batch of files, by their ids in `draft`, to what was found so far."""
    is_now = {row.file_id: row for row in counting.ask(counting.scores, draft)}
    beside = present and replace(draft, version=present)
    if beside:
        was = {row.file_id: (row.centipoints, row.grade_rank) for row in counting.ask(counting.scores, beside)}
    else:
        base = draft.version.base_centipoints
        rank = next(grade.rank for grade in draft.version.grades if grade.from_centipoints <= base)
        was = dict.fromkeys(is_now, (base, rank))
    said = _said(draft) if draft.kind == SubjectKind.RESIDENT else {}
    for file_id in sorted(is_now.keys() & was.keys()):  # who left meanwhile is in one of them alone
        row = is_now[file_id]
        _count(so_far, {"file_id": str(file_id), "was": was[file_id][0], "is": row.centipoints, "grade_was": was[file_id][1],
                        "grade_is": row.grade_rank}, said.get(file_id))
    so_far["movers"] = sorted(so_far["movers"], key=lambda each: (-abs(each["is"] - each["was"]), each["file_id"]))[:MOVERS]
    for side, scope in (("was", beside), ("is", draft)):
        for row in counting.ask(_by_item, scope) if scope else ():
            both = so_far["items"].setdefault(row.code, {"was": [0, 0], "is": [0, 0]})
            both[side] = [both[side][0] + int(row.brings), both[side][1] + row.files]


def _count(so_far: dict, moved: dict, said: dict | None) -> None:
    change = moved["is"] - moved["was"]
    way = "up" if change > 0 else "down" if change < 0 else None
    for where in [so_far, *(so_far["groups"][name].setdefault(group, {"files": 0, "up": 0, "down": 0, "change": 0})
                            for name, group in (said or {}).items())]:
        where["files"] += 1
        where["change"] += change
        if way:
            where[way] += 1
    grades = f"{moved['grade_was']} {moved['grade_is']}"
    so_far["grades"][grades] = so_far["grades"].get(grades, 0) + 1
    if way:
        so_far["movers"].append(moved)


def _by_item(scope: counting.Scope):
    lines = counting.lines(scope)
    brings, files = func.sum(lines.c.counted).label("brings"), func.count(lines.c.file_id.distinct()).label("files")
    return select(lines.c.code, brings, files).group_by(lines.c.code)


def _said(scope: counting.Scope) -> dict[UUID, dict[str, str]]:
    """By file, the group of each division to which its resident says they belong."""
    rows = db.session.execute(select(CreditFile.id, Traits.born_year, Traits.sex, Traits.hukou, Traits.has_disability)
                              .outerjoin(Traits, Traits.person_id == CreditFile.person_id).where(scope.condition)).all()
    disability = {True: "yes", False: "no", None: UNTOLD}
    return {row.id: {"age": _age(row.born_year, scope.on), "sex": row.sex or UNTOLD, "hukou": row.hukou or UNTOLD,
                     "disability": disability[row.has_disability]} for row in rows}


def _age(born_year: int | None, on: date) -> str:
    if born_year is None:
        return UNTOLD
    return next((group for below, group in AGES if on.year - born_year < below), OLDEST)


def told(so_far: dict, draft: RulebookVersion, present: RulebookVersion | None) -> dict:
    """The result of a run, once every file was added."""
    moving = so_far["up"] + so_far["down"]
    grades = sorted((*map(int, each.split()), files) for each, files in so_far["grades"].items())
    groups = [{"division": name, "groups": _groups(so_far["groups"][name], are_few=0 < moving < LEAST)} for name in DIVISIONS]
    return {name: so_far[name] for name in ("files", "up", "down", "change", "movers")} | {
        "compared_with": present.number if present and present.rulebook_id == draft.rulebook_id else None,
        "codes": {"was": _codes(present or draft), "is": _codes(draft)},
        "grades": [{"was": was, "is": is_now, "files": files} for was, is_now, files in grades],
        "items": [{"code": code, "was": both["was"][0], "is": both["is"][0], "files": max(both["was"][1], both["is"][1])}
                  for code, both in sorted(so_far["items"].items()) if both["was"] != both["is"]],
        "groups": groups if draft.rulebook.kind == SubjectKind.RESIDENT else []}


def _codes(version: RulebookVersion) -> list[str]:
    """Of its grades from the best one down: the rank that a figure names is told by them, whatever is drafted later."""
    return [grade.code for grade in sorted(version.grades, key=lambda grade: grade.rank)]


def _groups(found: dict[str, dict], *, are_few: bool) -> list[dict]:
    hidden = _hidden({group: each["files"] for group, each in found.items()})
    nobody = {"people": None, "up": None, "down": None, "mean": None}
    return [{"group": group, **nobody} if group in hidden else {"group": group, **nobody, "people": each["files"]} if are_few else
            {"group": group, "people": each["files"], "up": each["up"], "down": each["down"], "mean": _mean(each["change"], each["files"])}
            for group, each in sorted(found.items()) if group != UNTOLD]


def _hidden(sizes: dict[str, int]) -> set[str]:
    """Who said nothing, the groups too small to be told, and as many of the others as make those ten together: the smallest first."""
    hidden = {group for group, size in sizes.items() if group == UNTOLD or size < LEAST}
    for group in sorted(sizes.keys() - hidden, key=lambda group: (sizes[group], group)):
        if not 0 < sum(sizes[each] for each in hidden) < LEAST:
            break
        hidden.add(group)
    return hidden


def _mean(total: int, count: int) -> int:
    """Hundredths, rounded to nought: the same on every machine."""
    return total // count if total >= 0 else -(-total // count)
