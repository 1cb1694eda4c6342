"""A score explained line by line, in both languages: what counts and what it brings, what no longer does, and how that is summed.

The same entries give the same explanation, to the byte. Only entries of the file's own subject are shown one by one; of a household's
members' deeds its file says how much they bring together, not who did what. Where fewer than FEW of its people are in the scheme, one
could tell from one's own deeds what the other's are: then that is said as one sum, not branch by branch.
"""
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from models import CreditEntry, CreditFile, Indicator, SubjectKind, db
from services.credit import counting, files, scores
from services.credit.counting import FOR_GOOD
from services.credit.hundredths import shown, signed

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
FEW = 3
SAME_DEED, LAPSED, COUNTS = "same_deed", "lapsed", "counts"


@dataclass(frozen=True)
class Line:
    """One entry. `centipoints` is what it brings now; `state` says whether it counts, has lapsed, or is a deed counted already."""

    entry_id: UUID
    state: str
    item: Indicator
    centipoints: int
    happened_on: date
    last_day: date | None
    quantity: int
    title: str
    is_doubled: bool
    is_cut: bool
    is_disputed: bool

    @property
    def zh(self) -> str:
        said = f"{signed(self.centipoints)}：{_quantity_zh(self)}{self.item.name_zh}，{_day_zh(self.happened_on)}"
        said += f"，计至{_day_zh(self.last_day)}" if self.last_day else "，长期有效"
        return said + "".join(f"（{note}）" for flag, note in (
            (self.state == SAME_DEED, "同一行为只计一次"), (self.state == LAPSED, "已到期，归档"), (self.is_doubled, "期内再犯，加倍"),
            (self.is_cut, "该项已到上限"), (self.is_disputed, "异议处理中")) if flag)

    @property
    def en(self) -> str:
        said = f"{signed(self.centipoints)}: {_quantity_en(self)}{self.item.name_en}, {_day_en(self.happened_on)}"
        said += f", until {_day_en(self.last_day)}" if self.last_day else ", for good"
        return said + "".join(f" ({note})" for flag, note in (
            (self.state == SAME_DEED, "one deed counts once"), (self.state == LAPSED, "lapsed, archived"),
            (self.is_doubled, "again within its term: doubled"), (self.is_cut, "the most of this item is reached"),
            (self.is_disputed, "disputed")) if flag)


@dataclass(frozen=True)
class Branch:
    """What a branch brings: the sum of its lines, and what of that it lets through."""

    item: Indicator
    summed: int
    total: int
    by_others: int  # of members of the household, not shown one by one

    @property
    def zh(self) -> str:
        return f"{self.item.name_zh}：{signed(self.total)}" + (f"（其中家庭成员{signed(self.by_others)}）" if self.by_others else "") + (
            f"（合计{signed(self.summed)}，限额内计{signed(self.total)}）" if self.total != self.summed else "")

    @property
    def en(self) -> str:
        return f"{self.item.name_en}: {signed(self.total)}" + (f" (of that by members {signed(self.by_others)})" if self.by_others else "") + (
            f" ({signed(self.summed)} in all, {signed(self.total)} within its limit)" if self.total != self.summed else "")


@dataclass(frozen=True)
class Explanation:
    score: scores.Score
    lines: list[Line]
    branches: list[Branch]
    by_few: int | None = None  # what members bring within the limits, all branches together, where they are few

    @property
    def terms(self) -> list[int]:
        return [*(branch.total for branch in self.branches), *([] if self.by_few is None else [self.by_few])]

    @property
    def zh(self) -> list[str]:
        few = [] if self.by_few is None else [f"家庭成员合计：{signed(self.by_few)}"]
        return [*(line.zh for line in self.lines), *(branch.zh for branch in self.branches), *few, _sum_zh(self.score, self.terms)]

    @property
    def en(self) -> list[str]:
        few = [] if self.by_few is None else [f"By members together: {signed(self.by_few)}"]
        return [*(line.en for line in self.lines), *(branch.en for branch in self.branches), *few, _sum_en(self.score, self.terms)]

    @property
    def live(self) -> "Explanation":
        """Without what no longer counts: what anybody but the subject sees."""
        return replace(self, lines=[line for line in self.lines if line.state == COUNTS])


def explain(file: CreditFile, **when) -> Explanation:
    """`when` as for `scores.score`: now, and on, known_at, version where they are not today's."""
    scope = scores.scope_of(file, **when)
    score = scores.of_scope(file, scope)
    items = {item.id: item for item in scope.version.indicators}
    counted = counting.ask(_counted, scope).all()
    rows = [*_lines(counted, COUNTS, items), *_lines(counting.ask(_lapsed, scope).all(), LAPSED, items),
            *_lines(counting.ask(_said_again, scope).all(), SAME_DEED, items)]
    own = _own_ids(file, [row.entry_id for row in rows])
    shown_rows = sorted((row for row in rows if row.entry_id in own), key=_order(items))
    summed = sorted(counting.ask(_summed, scope).all(), key=lambda row: row.place)
    others = _by_branch(row for row in counted if row.entry_id not in own)
    if others and db.session.scalar(counting.how_many(file, scope.on)) < FEW:
        of_household = _by_branch(row for row in counted if row.entry_id in own)
        branches = [Branch(items[row.branch_id], of_household[row.branch_id], of_household[row.branch_id], 0)
                    for row in summed if row.branch_id in of_household]
        return Explanation(score, shown_rows, branches, sum(row.total for row in summed) - sum(of_household.values()))
    return Explanation(score, shown_rows, [Branch(items[row.branch_id], row.summed, row.total, others.get(row.branch_id, 0)) for row in summed])


def _counted(scope: counting.Scope):
    return select(counting.lines(scope))


def _lapsed(scope: counting.Scope):
    firsts = counting.firsts(scope)
    return select(firsts).where(firsts.c.ends <= scope.on)


def _said_again(scope: counting.Scope):
    ranked = counting.ranked(scope)
    return select(ranked).where(ranked.c.nth > 1)


def _summed(scope: counting.Scope):
    return counting.branches(counting.lines(scope))


def _by_branch(rows) -> dict[UUID, int]:
    found = {}
    for row in rows:
        found[row.parent_id] = found.get(row.parent_id, 0) + row.counted
    return found


def _lines(rows, state: str, items) -> list[Line]:
    made = []
    for row in rows:
        brings = row.counted if state == COUNTS else 0
        doubled = state == COUNTS and row.times == 2
        made.append(Line(row.entry_id, state, items[row.item_id], brings, row.happened_on,
                         None if row.ends == FOR_GOOD else row.ends - timedelta(days=1), row.quantity, row.title, doubled,
                         state == COUNTS and brings != row.value, bool(row.disputed)))
    return made


def _order(items):
    """What counts first, in the order of the rulebook and of the days; nothing of it depends on when it was written."""
    states = {COUNTS: 0, SAME_DEED: 1, LAPSED: 2}
    return lambda line: (states[line.state], line.item.place, line.happened_on, line.quantity, line.title, line.centipoints, line.is_disputed)


def _own_ids(file: CreditFile, ids: list[UUID]) -> set[UUID]:
    if file.kind != SubjectKind.HOUSEHOLD:
        return set(ids)
    return set(db.session.scalars(files.entries(file).with_only_columns(CreditEntry.id)))


def _quantity_zh(line: Line) -> str:
    if line.item.measured == "minutes":
        return f"{_hours(line.quantity)}小时"
    return f"{line.quantity}次" if line.quantity > 1 else ""


def _quantity_en(line: Line) -> str:
    if line.item.measured == "minutes":
        return f"{_hours(line.quantity)} hour{'' if line.quantity == 60 else 's'} of "
    return f"{line.quantity} times " if line.quantity > 1 else ""


def _hours(minutes: int) -> str:
    """Hours with at most two places, cut off: 90 minutes are "1.5", 100 are "1.66"."""
    return shown(minutes * 100 // 60)


def _day_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _day_en(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _sum_zh(score: scores.Score, terms: list[int]) -> str:
    return (f"基础分{shown(score.version.base_centipoints)}{''.join(_term(term) for term in terms)} = {shown(score.plain)}"
            + (f"，按直接判定计{shown(score.centipoints)}" if score.centipoints != score.plain else "") + f"，等级{score.grade.code}"
            + (f"；异议处理中，介于{shown(score.low)}和{shown(score.high)}之间" if score.is_disputed else ""))


def _sum_en(score: scores.Score, terms: list[int]) -> str:
    return (f"Base {shown(score.version.base_centipoints)}{''.join(_term(term) for term in terms)} = {shown(score.plain)}"
            + (f", set to {shown(score.centipoints)} by an entry that sets the grade" if score.centipoints != score.plain else "")
            + f", grade {score.grade.code}"
            + (f"; while something is disputed, between {shown(score.low)} and {shown(score.high)}" if score.is_disputed else ""))


def _term(centipoints: int) -> str:
    return f" {'-' if centipoints < 0 else '+'} {shown(abs(centipoints))}"


