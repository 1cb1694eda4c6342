"""A version's rules as the document that `rulebooks.draft` and `rewrite` take: to begin the next with, or to change one item or grade of a draft."""
from sqlalchemy import select

from models import Rulebook, RulebookStatus, RulebookVersion, db
from services.credit import examples
from services.credit.rulebooks import shown
from services.refusals import N_, NotFound, ValidationFailed

GRADE = ("code", "name_zh", "name_en", "opens_zh", "opens_en", "from_centipoints")
BRANCH = ("code", "name_zh", "name_en", "most", "least")
ITEM = ("code", "name_zh", "name_en", "measured", "each_centipoints", "per_quantity", "deed_most", "most", "term_months", "doubles",
        "repair_class", "evidence_zh", "evidence_en", "basis", "asked_zh", "asked_en")


def of(version: RulebookVersion) -> dict:
    """The whole of it; of one that stands on a template, what it adds to that."""
    ranks = {grade.rank: grade.code for grade in version.grades}
    own = own_ids(version)
    items = {}
    for row in version.indicators:
        if row.id in own and row.parent_id is not None:
            items.setdefault(row.parent_id, []).append({name: getattr(row, name) for name in ITEM} | {"grade": ranks.get(row.grade_rank)})
    branches = [{name: getattr(row, name) for name in BRANCH} | {"items": items.get(row.id, [])}
                for row in version.indicators if row.parent_id is None]
    return {"base_centipoints": version.base_centipoints, "most_centipoints": version.most_centipoints, "branches": branches,
            "grades": [{name: getattr(grade, name) for name in GRADE} for grade in version.grades] if version.template_id is None else []}


def own_ids(version: RulebookVersion) -> set:
    """The ids of the rows that are not the template's: what its own area may change."""
    template = version.template_id and shown(version.template_id)
    taken = {row.code for row in template.indicators} if template else set()
    return {row.id for row in version.indicators if row.code not in taken}


def last(book: Rulebook) -> tuple[dict, bool]:
    """Of the newest version that was not dropped, and whether it stands on a template. ValidationFailed where there is none."""
    row = RulebookVersion
    newest = db.session.scalars(select(row.id).where(row.rulebook_id == book.id, row.status != RulebookStatus.DROPPED)
                                .order_by(row.number.desc()).limit(1)).first()
    if newest is None:
        raise ValidationFailed({"start": [N_("There is no version before this one to begin with.")]})
    version = shown(newest)
    return of(version), version.template_id is not None


def example(kind: str) -> dict:
    """The complete rules that come with the product for files of this kind."""
    return next(found.document for found in map(examples.read, examples.NAMES) if found.kind == kind)


def empty() -> dict:
    """To stand on a template and add nothing yet."""
    return {"base_centipoints": 0, "most_centipoints": 0, "grades": [], "branches": []}


def with_item(document: dict, branch_code: str, item: dict, *, instead_of: str | None = None) -> dict:
    """The document with this item in that branch: at its end, or, if it replaces one of the same branch, in that one's place."""
    branches = [{**branch, "items": list(branch["items"])} for branch in document["branches"]]
    to = next((branch for branch in branches if branch["code"] == branch_code), None)
    if to is None:
        raise NotFound
    codes = [each["code"] for each in to["items"]]
    if instead_of in codes:
        to["items"][codes.index(instead_of)] = item
        return {**document, "branches": branches}
    to["items"].append(item)
    moved = {**document, "branches": branches}
    return moved if instead_of is None else without_item(moved, instead_of, but=to["code"] if instead_of == item["code"] else None)


def without_item(document: dict, code: str, *, but: str | None = None) -> dict:
    """The document without the item of this code, in all branches `but` one."""
    return {**document, "branches": [
        {**branch, "items": [each for each in branch["items"] if branch["code"] == but or each["code"] != code]} for branch in document["branches"]]}


def with_grade(document: dict, grade: dict, *, instead_of: str | None = None) -> dict:
    """The document with this grade, the best first; the items that set the one it replaces set it now."""
    grades = [grade, *(each for each in document["grades"] if each["code"] != instead_of)]
    branches = [{**branch, "items": [{**item, "grade": grade["code"]} if instead_of and item["grade"] == instead_of else item
                                     for item in branch["items"]]} for branch in document["branches"]]
    return {**document, "grades": sorted(grades, key=lambda each: -each["from_centipoints"]), "branches": branches}


def without_grade(document: dict, code: str) -> dict:
    """Who would have had it has the next better one, or of the best the next below; the last is from 0 again."""
    grades = [each for each in document["grades"] if each["code"] != code]
    return {**document, "grades": [*grades[:-1], *({**each, "from_centipoints": 0} for each in grades[-1:])]}


def needs_grade(document: dict, code: str) -> bool:
    """Whether it cannot be taken out: an item sets it, or there is no other."""
    return len(document["grades"]) == 1 or any(item["grade"] == code for branch in document["branches"] for item in branch["items"])
