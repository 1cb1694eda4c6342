"""What one version says otherwise than another: items by their codes, grades by theirs, also the grade that an item sets."""
from models import RulebookVersion

SAID = ("name_zh", "name_en", "measured", "each_centipoints", "per_quantity", "deed_most", "most", "least", "term_months", "doubles", "grade",
        "repair_class", "evidence_zh", "evidence_en", "basis", "asked_zh", "asked_en")
GRADED = ("name_zh", "name_en", "opens_zh", "opens_en", "from_centipoints", "rank")


def between(one: RulebookVersion, other: RulebookVersion) -> dict:
    """`{"base", "most", "items", "grades"}`: from `one` to `other`; `items` and `grades` hold added, removed and changed with both sides."""
    return {"base": _pair(one.base_centipoints, other.base_centipoints), "most": _pair(one.most_centipoints, other.most_centipoints),
            "items": _compared(_items(one), _items(other)), "grades": _compared(_grades(one), _grades(other))}


def _items(version: RulebookVersion) -> dict:
    """By its code, each item with what it says."""
    codes = {grade.rank: grade.code for grade in version.grades}
    return {row.code: (row, {name: codes.get(row.grade_rank) if name == "grade" else getattr(row, name) for name in SAID})
            for row in version.indicators}


def _grades(version: RulebookVersion) -> dict:
    return {row.code: (row, {name: getattr(row, name) for name in GRADED}) for row in version.grades}


def _pair(was, is_now):
    return None if was == is_now else {"was": was, "is": is_now}


def _compared(was: dict, is_now: dict) -> list[dict]:
    found = [{"code": code, "how": "added", "row": row, "changes": []} for code, (row, _) in is_now.items() if code not in was]
    found += [{"code": code, "how": "removed", "row": row, "changes": []} for code, (row, _) in was.items() if code not in is_now]
    for code in was.keys() & is_now.keys():
        (_, said), (row, says) = was[code], is_now[code]
        changes = [{"field": name, "was": said[name], "is": says[name]} for name in says if said[name] != says[name]]
        if changes:
            found.append({"code": code, "how": "changed", "row": row, "changes": changes})
    return sorted(found, key=lambda each: each["code"])
