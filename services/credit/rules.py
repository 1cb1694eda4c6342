"""What a version's rules may be: its tree of branches and items, and its grades, as a document that is written whole.

    {"base_centipoints": 10000, "most_centipoints": 20000,
     "grades": [{"code", "name_zh", "name_en", "opens_zh", "opens_en", "from_centipoints"}, …],       the best first
     "branches": [{"code", "name_zh", "name_en", "most", "least", "items": [{"code", "name_zh", "name_en", "measured",
                   "each_centipoints", "per_quantity", "deed_most", "most", "term_months", "doubles", "grade", "repair_class",
                   "evidence_zh", "evidence_en", "basis", "asked_zh", "asked_en"}, …]}, …]}

A community's version stands on a template: base, grades, branches and items are the template's, and it adds its own items, at most 5
that give and 5 that take, of at most 2 points each.
"""
from uuid_utils.compat import uuid7

from models import Grade, Indicator, Layer, Level, Measured, RepairClass, Rulebook, RulebookVersion, SubjectKind
from models.credit.measures import TERMS
from models.credit.rulebooks import OWN_CENTIPOINTS_MOST, OWN_ITEMS_MOST
from services.refusals import N_, Invalid, ValidationFailed

LAYERS = {Level.CITY: Layer.DISTRICT, Level.DISTRICT: Layer.DISTRICT, Level.STREET: Layer.SHARED, Level.COMMUNITY: Layer.OWN, Level.GRID: Layer.OWN}
COPIED = ("code", "layer", "own_slot", "name_zh", "name_en", "measured", "each_centipoints", "per_quantity", "deed_most", "most", "least",
          "term_months", "doubles", "grade_rank", "repair_class", "evidence_zh", "evidence_en", "basis", "asked_zh", "asked_en")
WORDS = ("evidence_zh", "evidence_en", "basis", "asked_zh", "asked_en")
GRADED = ("rank", "code", "name_zh", "name_en", "opens_zh", "opens_en", "from_centipoints", "below_centipoints")


class TooManyOwnItems(Invalid):
    message = N_("A community may add at most %(most)d items that give points and %(most)d that take some.")


class OwnItemTooLarge(Invalid):
    message = N_("An item of a community's own brings or takes at most 2 points.")


def rows(version: RulebookVersion, book: Rulebook, document: dict, template: RulebookVersion | None, before: RulebookVersion | None) -> list:
    """The grades and indicators of a version, to be added. ValidationFailed, TooManyOwnItems, OwnItemTooLarge.

    `before`: the version in force now, whose faults are known already.
    """
    _check(document, template, SubjectKind(book.kind))
    grades = _grades(version, document, template)
    ranks = {grade.code: grade.rank for grade in grades}
    known = {item.code for item in before.indicators if (item.each_centipoints or 0) < 0} if before else set()
    layer = LAYERS[Level(book.area.level)]
    made = _copied(version, template) if template else []
    by_code = {row.code: row for row in made}
    for branch in document["branches"]:
        row = by_code.get(branch["code"])
        if row is None:
            row = Indicator(id=uuid7(), version_id=version.id, place=len(made), layer=layer, doubles=False, not_before_force=False,
                            **{name: branch.get(name) for name in ("code", "name_zh", "name_en", "most", "least")})
            made.append(row)
        for item in branch["items"]:
            made.append(_item(version, row, item, layer, ranks, len(made)))
    _number_own([row for row in made if row.layer == Layer.OWN and row.each_centipoints is not None])
    for row in made:
        row.not_before_force = (row.each_centipoints or 0) < 0 and row.code not in known
    return [*grades, *made]


def _check(document: dict, template: RulebookVersion | None, kind: SubjectKind) -> None:
    errors = {}
    codes = [branch["code"] for branch in document["branches"]] + [item["code"] for branch in document["branches"] for item in branch["items"]]
    taken = {row.code for row in template.indicators} if template else set()
    branch_codes = {row.code for row in template.indicators if row.parent_id is None} if template else set()
    if len(set(codes)) < len(codes) or set(codes) & (taken - branch_codes):
        errors["branches"] = [N_("A code is used twice.")]
    if template and not {branch["code"] for branch in document["branches"]} <= branch_codes:
        errors.setdefault("branches", []).append(N_("The branches are the template's."))
    if template is None:
        floors = [grade["from_centipoints"] for grade in document["grades"]]
        if len({grade["code"] for grade in document["grades"]}) < len(floors):
            errors["grades"] = [N_("A code is used twice.")]
        elif not floors or floors != sorted(set(floors), reverse=True) or floors[-1] != 0:
            errors["grades"] = [N_("From the best to the last, each below the one before it, the last from 0.")]
        if not document["base_centipoints"] <= document["most_centipoints"]:
            errors["base"] = [N_("This is more than the most.")]
    for branch in document["branches"]:
        for item in branch["items"]:
            if item["each_centipoints"] < 0 and item.get("term_months") is None:
                errors.setdefault(f"branches.{branch['code']}.{item['code']}", []).append(N_("A fault has a term."))
            longest = TERMS[RepairClass(item.get("repair_class") or RepairClass.ORDINARY)][1]
            if item["each_centipoints"] < 0 and (item.get("term_months") or 0) > longest:
                errors.setdefault(f"branches.{branch['code']}.{item['code']}", []).append(N_("This is longer than faults of its class count."))
            if item.get("doubles") and item["each_centipoints"] > 0:
                errors.setdefault(f"branches.{branch['code']}.{item['code']}", []).append(N_("Only faults count double."))
            if _is_asked(item) and kind != SubjectKind.HOUSEHOLD:
                errors.setdefault(f"branches.{branch['code']}.{item['code']}", []).append(N_("Neighbours are asked of households alone."))
            if _is_asked(item) and not _may_be_asked(item):
                errors.setdefault(f"branches.{branch['code']}.{item['code']}", []).append(N_(
                    "What neighbours are asked only gives points, each time, sets no grade, and is asked in both languages."))
    if errors:
        raise ValidationFailed(errors)


def _is_asked(item: dict) -> bool:
    return bool(item.get("asked_zh") or item.get("asked_en"))


def _may_be_asked(item: dict) -> bool:
    """What neighbours think takes nothing from anybody: no law says that it may."""
    return bool(item["each_centipoints"] > 0 and item["measured"] == Measured.TIMES and (item.get("per_quantity") or 1) == 1
                and not item.get("grade") and item.get("asked_zh") and item.get("asked_en"))


def _grades(version, document, template) -> list[Grade]:
    if template:
        return [Grade(id=uuid7(), version_id=version.id, **{name: getattr(grade, name) for name in GRADED}) for grade in template.grades]
    made, below = [], None
    for rank, grade in enumerate(document["grades"], 1):
        made.append(Grade(id=uuid7(), version_id=version.id, rank=rank, below_centipoints=below, **grade))
        below = grade["from_centipoints"]
    return made


def _copied(version, template) -> list[Indicator]:
    new_ids = {row.id: uuid7() for row in template.indicators}
    return [Indicator(id=new_ids[row.id], version_id=version.id, parent_id=row.parent_id and new_ids[row.parent_id], place=place,
                      not_before_force=False, **{name: getattr(row, name) for name in COPIED})
            for place, row in enumerate(template.indicators)]


def _item(version, branch, item, layer, ranks, place) -> Indicator:
    grade = item.get("grade")
    if grade is not None and grade not in ranks:
        raise ValidationFailed({f"branches.{branch.code}.{item['code']}": [N_("There is no such grade.")]})
    values = {name: item.get(name) for name in ("code", "name_zh", "name_en", "measured", "each_centipoints", "per_quantity", "deed_most", "most",
                                                "term_months", "repair_class")}
    return Indicator(id=uuid7(), version_id=version.id, parent_id=branch.id, place=place, layer=layer, doubles=bool(item.get("doubles")),
                     grade_rank=ranks.get(grade), **{name: item.get(name) or "" for name in WORDS}, **values)


def _number_own(items: list[Indicator]) -> None:
    """A place of five for each that gives and each that takes: the database has no sixth."""
    for those in ([item for item in items if item.each_centipoints > 0], [item for item in items if item.each_centipoints <= 0]):
        if len(those) > OWN_ITEMS_MOST:
            raise TooManyOwnItems(most=OWN_ITEMS_MOST)
        for slot, item in enumerate(those, 1):
            if max(abs(item.each_centipoints), item.deed_most or 0) > OWN_CENTIPOINTS_MOST:
                raise OwnItemTooLarge
            item.own_slot = slot
            item.deed_most = item.deed_most or OWN_CENTIPOINTS_MOST
