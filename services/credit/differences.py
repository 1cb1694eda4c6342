"""What one version says otherwise than another: items by their codes, grades by theirs."""
from models import RulebookVersion

SAID = ("name_zh", "name_en", "measured", "each_centipoints", "per_quantity", "deed_most", "most", "least", "term_months", "doubles", "grade_rank",
        "repair_class", "evidence_zh", "evidence_en", "basis", "asked_zh", "asked_en")
GRADED = ("name_zh", "name_en", "opens_zh", "opens_en", "from_centipoints", "rank")


def between(one: RulebookVersion, other: RulebookVersion) -> dict:
    """`{"base", "most", "items", "grades"}`: from `one` to `other`; `items` and `grades` hold added, removed and changed with both sides."""
    return {"base": _pair(one.base_centipoints, other.base_centipoints), "most": _pair(one.most_centipoints, other.most_centipoints),
            "items": _compared(one.indicators, other.indicators, SAID), "grades": _compared(one.grades, other.grades, GRADED)}


def _pair(was, is_now):
    return None if was == is_now else {"was": was, "is": is_now}


def _compared(ones, others, names) -> list[dict]:
    was, is_now = ({row.code: row for row in rows} for rows in (ones, others))
    found = [{"code": code, "how": "added", "row": row, "changes": []} for code, row in is_now.items() if code not in was]
    found += [{"code": code, "how": "removed", "row": row, "changes": []} for code, row in was.items() if code not in is_now]
    for code in was.keys() & is_now.keys():
        changes = [{"field": name, "was": getattr(was[code], name), "is": getattr(is_now[code], name)} for name in names
                   if getattr(was[code], name) != getattr(is_now[code], name)]
        if changes:
            found.append({"code": code, "how": "changed", "row": is_now[code], "changes": changes})
    return sorted(found, key=lambda each: each["code"])
