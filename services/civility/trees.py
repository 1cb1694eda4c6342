"""A version's tree: whether it can stand, and what its leaves' marks make of its branches, its parts and the index itself.

A branch is the mean of what is below it, by weight. A leaf without a figure is left out, and the others' weights stand for it, so that
nothing of what is suppressed can be worked out from the rest; where less than 60 per cent of the weight is measured there is no mark.
"""
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from uuid import UUID

from models import WHOLE, Answers, CivilityNode, Method, Part, code_order
from services.civility import marks
from services.refusals import N_, Conflict, ValidationFailed

CODE = re.compile(r"[1-9][0-9]?(\.[1-9][0-9]?){0,3}", re.ASCII)
MOST_NODES, MOST_ITEMS = 200, 20
LEAST_COVERED = Fraction(60, 100)
OF_LEAF = ("part", "method", "scale_from_hundredths", "scale_to_hundredths")


class WeightsUnbalanced(Conflict):
    """`below` is the branch's code, or empty for the top; `total_hundredths` is what the weights below it come to."""

    message = N_("The weights below one branch are not 100 per cent together.")


class BranchWithoutLeaves(Conflict):
    message = N_("Branch %(node)s has nothing below it that is measured.")


@dataclass(frozen=True)
class Mark:
    """`mark_hundredths` is None where too little was measured; `covered_hundredths` is how much of the weight was."""

    mark_hundredths: int | None
    low_hundredths: int | None
    high_hundredths: int | None
    covered_hundredths: int


@dataclass(frozen=True)
class Marks:
    index: Mark
    parts: dict[str, Mark]
    branches: dict[str, Mark]  # by code

    @property
    def of_parts(self) -> list[dict]:
        """Each part's name beside its mark, in the order of the parts."""
        return [{"part": part, **asdict(mark)} for part, mark in self.parts.items()]


NONE = (None, Fraction(0), Fraction(0))  # mark, its variance, how much of the weight was measured


def parent_of(code: str) -> str:
    return code.rpartition(".")[0]


def check(nodes: list[dict]) -> None:
    """Whether each node can be what it says. ValidationFailed by `nodes.<place>.<field>`; a draft's weights need not be right yet."""
    errors, seen = {}, {node["code"] for node in nodes}
    if len(nodes) > MOST_NODES:
        raise ValidationFailed({"nodes": [N_("At most 200 branches and leaves, please.")]})
    for place, node in enumerate(nodes):
        for field, sentence in _wrong(node, seen):
            errors.setdefault(f"nodes.{place}.{field}", []).append(sentence)
        if node["code"] in {other["code"] for other in nodes[:place]}:
            errors.setdefault(f"nodes.{place}.code", []).append(N_("This code is there twice."))
    if errors:
        raise ValidationFailed(errors)


def _wrong(node: dict, codes: set[str]):
    if not CODE.fullmatch(node["code"]):
        yield "code", N_("A code is 1 to 4 numbers with dots between them, such as 2.3.")
    elif parent_of(node["code"]) and parent_of(node["code"]) not in codes:
        yield "code", N_("The branch above this one is not there.")
    if node.get("method") is None:
        yield from ((field, N_("Only what has a method has this.")) for field in (*OF_LEAF, "measure", "answers") if node.get(field) is not None)
        if node.get("items"):
            yield "items", N_("Only what has a method has this.")
        return
    yield from ((field, N_("A leaf needs this.")) for field in OF_LEAF if node.get(field) is None)
    if node.get("scale_from_hundredths") is not None and node.get("scale_from_hundredths") == node.get("scale_to_hundredths"):
        yield "scale_to_hundredths", N_("A scale goes from one number to another.")
    if (node["method"] == Method.CHAIN) != (node.get("measure") is not None):
        yield "measure", N_("What is counted from the chain says which figure, and nothing else does.")
    yield from _wrong_items(node)


def _wrong_items(node: dict):
    allowed = {Method.FIELD_SURVEY: (Answers.CHECK,), Method.QUESTIONNAIRE: (Answers.SCALE, Answers.YES_NO)}.get(node["method"], (None,))
    if node.get("answers") not in allowed:
        yield "answers", N_("A questionnaire is answered by a scale or yes and no, a field survey by a check, and nothing else is answered.")
    if (None in allowed) == bool(node.get("items")):
        yield "items", N_("A field survey and a questionnaire have 1 to 20 lines, and nothing else has any.")


def balance(nodes: Iterable[CivilityNode]) -> None:
    """WeightsUnbalanced, BranchWithoutLeaves: what a published version may not be."""
    by_parent = below(nodes)
    for parent, children in sorted(by_parent.items()):
        total = sum(child.weight_hundredths for child in children)
        if total != WHOLE:
            raise WeightsUnbalanced(below=parent, total_hundredths=total)
    every = [node for children in by_parent.values() for node in children]
    if not every:
        raise WeightsUnbalanced(below="", total_hundredths=0)
    for node in sorted(every, key=lambda node: code_order(node.code)):
        if node.is_leaf == (node.code in by_parent):
            raise BranchWithoutLeaves(node=node.code)


def below(nodes: Iterable[CivilityNode]) -> dict[str, list[CivilityNode]]:
    """The nodes by the code of what they lie below, in their order."""
    found = {}
    for node in sorted(nodes, key=lambda node: code_order(node.code)):
        found.setdefault(node.parent_code, []).append(node)
    return found


def together(nodes: Iterable[CivilityNode], found: Mapping[UUID, tuple[int, int]]) -> Marks:
    """`found` holds (mark, error) of each leaf that has one, by the leaf's id."""
    by_parent, reached = below(nodes), {}

    def at(node: CivilityNode):
        if node.is_leaf:
            known = found.get(node.id)
            made = (Fraction(known[0]), Fraction(known[1]) ** 2, Fraction(1)) if known else NONE
        else:
            made = reached[node.code] = _mean([(Fraction(child.weight_hundredths, WHOLE), *at(child)) for child in by_parent.get(node.code, ())])
        return made
    top = _mean([(Fraction(node.weight_hundredths, WHOLE), *at(node)) for node in by_parent.get("", ())])
    return Marks(_shown(top), _parts(by_parent, found), {code: _shown(made) for code, made in reached.items()})


def _parts(by_parent: dict, found: Mapping) -> dict[str, Mark]:
    """Each part is the mean of its leaves, by what they weigh in the whole."""
    leaves = {part: [] for part in Part}

    def walk(parent: str, weight: Fraction):
        for node in by_parent.get(parent, ()):
            share = weight * node.weight_hundredths / WHOLE
            if node.is_leaf:
                known = found.get(node.id)
                leaves[node.part].append((share, Fraction(known[0]), Fraction(known[1]) ** 2, Fraction(1)) if known else (share, *NONE))
            walk(node.code, share)
    walk("", Fraction(1))
    return {part: _shown(_mean(rows)) for part, rows in leaves.items() if rows}


def _mean(rows: list[tuple]) -> tuple:
    """Of (weight, mark, variance, covered): the mean of those with a mark, if they are enough."""
    there = [row for row in rows if row[1] is not None]
    weight, whole = sum(row[0] for row in there), sum(row[0] for row in rows)
    covered = sum(row[0] * row[3] for row in there) / whole if whole else Fraction(0)
    if not there or covered < LEAST_COVERED:
        return None, Fraction(0), covered
    return (sum(row[0] * row[1] for row in there) / weight, sum(row[0] ** 2 * row[2] for row in there) / weight ** 2, covered)


def _shown(made: tuple) -> Mark:
    mark, variance, covered = made
    covered = marks.rounded(covered * WHOLE)
    if mark is None:
        return Mark(None, None, None, covered)
    shown = marks.rounded(mark)
    return Mark(shown, *marks.interval(shown, marks.root(variance)), covered)
