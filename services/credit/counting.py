"""What entries count by a version of a rulebook: one set of statements for one file and for a district, the same on both databases.

Whole numbers throughout, and every order is by what stands in the entries, never by when or where they were written: the same
entries give the same lines, whatever came first.

1. An entry is worth `each_centipoints` for every whole `per_quantity`, at most `deed_most`.
2. Of the entries of one deed, in one file, the one worth most to its subject counts; also where it was entered of two people who are one.
3. A fault that doubles counts twice where one of the same code before it still counted on that day.
4. It counts from the day it happened for the item's term, or until it was repaired.
5. All that count of one item bring at most `most`, the earlier first; a branch between its `least` and its `most`.
6. The score is the base and the branches, between 0 and the rulebook's most. An entry that sets a grade moves the score to that
   grade's edge; where honours and faults both do, the fault has the last word.
"""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace

from sqlalchemy import BigInteger, Executable, and_, bindparam, case, cast, exists, func, literal, or_, select, true, union_all
from sqlalchemy.orm import aliased

from models import CreditEntry, CreditFile, Enrolment, EntryObjection, Grade, HouseholdMember, Indicator, RulebookVersion, SubjectKind, db
from models.credit.files import SUBJECT_COLUMN
from models.days import months_after
from models.db import is_postgresql
from models.statements import run

FOR_GOOD = date(9999, 12, 31)
UNDISPUTED, MARKED, SUSPENDED = 0, 1, 2  # an entry that nobody objects to; that was objected to again; that is in dispute
ENTRY = CreditEntry.__table__.c
CARRIED = ("measured", "quantity", "happened_on", "entered_on", "deed", "title", "source", "source_ref", "source_name")


@dataclass(frozen=True)
class Scope:
    """Which files (`files`: their ids, or a condition on CreditFile), by which version, as of the end of which day, by what was known at
    which moment.

    `without`: the suspended entries that are left out, "plus" or "minus", for the two ends of the range.
    """

    version: RulebookVersion
    kind: SubjectKind
    files: object
    on: date
    known_at: datetime
    without: str | None = None

    @property
    def condition(self):
        """On CreditFile: the files that are meant."""
        return CreditFile.id.in_(self.files) if isinstance(self.files, list) else self.files


def ask(make: Callable[..., Executable], scope: Scope, *how, **days: date):
    """The rows of `make(scope, *how, **days)`.

    To put one of these statements together takes twenty times as long as to run it for one file: for files by their ids it is made once,
    with names for what differs.
    """
    if not isinstance(scope.files, list):
        return db.session.execute(make(scope, *how, **days))
    version, is_one = scope.version, len(scope.files) == 1
    made = _made(make, scope.kind, version.in_force_from is None, scope.without, is_one, how, tuple(days), is_postgresql())
    values = {"on_the_day": scope.on, "by_then": scope.known_at, "of_version": version.id, "begins_on": version.in_force_from,
              "begins_with": version.base_centipoints, "at_most": version.most_centipoints} | days
    if is_one:
        return run(made, values | {"of_file": scope.files[0]})
    return db.session.execute(made, values | {"of_files": scope.files})


@cache
def _made(make: Callable, kind: SubjectKind, is_draft: bool, without: str | None, is_one: bool, how: tuple, days: tuple[str, ...],
          _on_postgresql: bool) -> Executable:
    version = SimpleNamespace(
        id=_named("of_version", RulebookVersion.id), in_force_from=None if is_draft else _named("begins_on", RulebookVersion.in_force_from),
        base_centipoints=_named("begins_with", RulebookVersion.base_centipoints),
        most_centipoints=_named("at_most", RulebookVersion.most_centipoints))
    id = CreditFile.id
    of_files = id == _named("of_file", id) if is_one else id.in_(bindparam("of_files", expanding=True, type_=id.type))
    scope = Scope(version, kind, of_files, _named("on_the_day", CreditEntry.happened_on), _named("by_then", CreditEntry.entered_at), without)
    return make(scope, *how, **{name: _named(name, CreditEntry.happened_on) for name in days})


def _named(name: str, column):
    return bindparam(name, type_=column.type)


def enrolled(file_id, on: date):
    """A condition: this file is in the scheme on this day."""
    return exists().where(Enrolment.file_id == file_id, Enrolment.joined_on <= on,
                          or_(Enrolment.left_on.is_(None), Enrolment.left_on > on))


def of_household(on: date):
    """A condition on HouseholdMember: of it on this day."""
    return and_(HouseholdMember.joined_on <= on, or_(HouseholdMember.left_on.is_(None), HouseholdMember.left_on > on))


def how_many(file: CreditFile, on: date):
    """A select of how many of a household's people are in the scheme themselves on this day, whose deeds count for it."""
    return (select(func.count()).select_from(HouseholdMember).join(CreditFile, CreditFile.person_id == HouseholdMember.person_id)
            .where(HouseholdMember.household_id == file.household_id, of_household(on), enrolled(CreditFile.id, on)))


def files(scope: Scope):
    """A select of the files in the scheme on that day."""
    return select(CreditFile).where(CreditFile.kind == scope.kind, scope.condition, enrolled(CreditFile.id, scope.on))


def ranked(scope: Scope):
    """Every entry of these files that has an item in the version, with its worth; `nth` is 1 for the one of its deed that counts."""
    told, item = _told(scope).cte("told"), Indicator.__table__.c
    size = func.abs(item.each_centipoints) * (told.c.quantity // item.per_quantity)
    size = case((item.deed_most < size, item.deed_most), else_=size)
    worth = case((item.each_centipoints < 0, -size), else_=size)
    until = func.coalesce(months_after(told.c.happened_on, item.term_months), literal(FOR_GOOD))
    ends = case((told.c.stopped_on < until, told.c.stopped_on), else_=until)
    query = (
        select(told.c.file_id, told.c.entry_id, *(told.c[name] for name in CARRIED), told.c.disputed, told.c.stopped_on,
               item.id.label("item_id"), item.parent_id, told.c.code, item.most, item.doubles, item.grade_rank,
               item.each_centipoints, worth.label("worth"), ends.label("ends"))
        .join(Indicator, and_(Indicator.version_id == scope.version.id, item.code == told.c.code, item.measured == told.c.measured))
        .where(_was_a_rule(scope.version, told.c.happened_on)))
    if scope.without:
        left_out = item.each_centipoints > 0 if scope.without == "plus" else item.each_centipoints <= 0
        query = query.where(or_(told.c.disputed != SUSPENDED, ~left_out))
    valued = query.cte("valued")
    nth = func.row_number().over(partition_by=(valued.c.file_id, valued.c.deed), order_by=(
        valued.c.worth.desc(), valued.c.happened_on, valued.c.source, valued.c.source_ref))
    return select(valued, nth.label("nth")).cte("ranked")


def _was_a_rule(version: RulebookVersion, happened_on):
    """Nobody is faulted for what was no fault when they did it. A draft that is tried has no day yet: there it shows all."""
    if version.in_force_from is None:
        return true()
    return or_(~Indicator.not_before_force, happened_on >= version.in_force_from)


def _told(scope: Scope):
    """The entries that are a file's on that day: its subject's own, and for a household its present members' who are in the scheme."""
    column = SUBJECT_COLUMN[scope.kind]
    of_file = files(scope).cte("of_file")
    rows = _entries(of_file.c.id, scope)
    if scope.kind == SubjectKind.RESIDENT:
        return union_all(*(rows.join(CreditEntry, theirs) for theirs in _of_person(of_file.c.person_id, scope.on)))
    own = rows.join(CreditEntry, ENTRY[column] == of_file.c[column])
    if scope.kind == SubjectKind.MERCHANT:
        return own
    member, file = HouseholdMember, aliased(CreditFile)
    of_members = (rows.join(member, and_(member.household_id == of_file.c.household_id, of_household(scope.on)))
                  .join(file, file.person_id == member.person_id).where(enrolled(file.id, scope.on)))
    return union_all(own, *(of_members.join(CreditEntry, theirs) for theirs in _of_person(member.person_id, scope.on)))


def _of_person(person_id, on: date):
    """Two conditions on an entry, of which each picks some of a person's on that day: before two people were joined each had their own."""
    return (and_(ENTRY.person_id == person_id, or_(ENTRY.handed_over_on.is_(None), ENTRY.handed_over_on <= on)),
            and_(ENTRY.was_of_id == person_id, ENTRY.handed_over_on > on))


def _entries(file_id, scope: Scope):
    stopped_on = case((ENTRY.stopped_at <= scope.known_at, ENTRY.stopped_on))
    deed = case((ENTRY.handed_over_on > scope.on, ENTRY.deed), else_=func.coalesce(ENTRY.joined_deed, ENTRY.deed))  # they were two until then
    carried = {name: ENTRY[name] for name in CARRIED} | {"deed": deed.label("deed")}
    return (select(file_id.label("file_id"), ENTRY.id.label("entry_id"), ENTRY.code, *carried.values(),
                   stopped_on.label("stopped_on"), disputed(scope.known_at).label("disputed"))
            .where(ENTRY.happened_on <= scope.on, ENTRY.entered_at <= scope.known_at,
                   or_(ENTRY.voided_at.is_(None), ENTRY.voided_at > scope.known_at)))


def disputed(known_at: datetime):
    """Of an entry, what is said against it and not decided: SUSPENDED by the first objection. Once one was dismissed it counts, and a
    further one is only MARKED: else whoever asks again and again would suspend it for good."""
    row = EntryObjection
    of_entry = exists().where(row.entry_id == ENTRY.id).correlate(CreditEntry)
    is_open = of_entry.where(row.at <= known_at, or_(row.decided_at.is_(None), row.decided_at > known_at))
    was_dismissed = of_entry.where(row.status == "dismissed", row.decided_at <= known_at)
    return case((is_open, case((was_dismissed, MARKED), else_=SUSPENDED)), else_=UNDISPUTED)


def disputed_files(scope: Scope):
    """A select of the ids of the scope's files in which something is disputed now."""
    row = select(EntryObjection.id).join(CreditEntry).where(EntryObjection.status == "open")
    about = {column: row.with_only_columns(ENTRY[column]) for column in SUBJECT_COLUMN.values()}
    member = select(HouseholdMember.household_id).where(HouseholdMember.person_id.in_(about["person_id"]), HouseholdMember.left_on.is_(None))
    of_file = [getattr(CreditFile, column).in_(theirs.where(ENTRY[column].is_not(None))) for column, theirs in about.items()]
    return files(scope).where(or_(*of_file, CreditFile.household_id.in_(member))).with_only_columns(CreditFile.id)


def firsts(scope: Scope, of=None):
    """One row a deed, with its `value`: twice its worth where it doubles."""
    rows = of if of is not None else ranked(scope)
    before = func.max(rows.c.ends).over(partition_by=(rows.c.file_id, rows.c.code), order_by=_in_order(rows), rows=(None, -1))
    known = select(rows, before.label("before")).where(rows.c.nth == 1).cte("known")
    again = and_(known.c.doubles, known.c.before > known.c.happened_on)
    return select(known, case((again, 2), else_=1).label("times"),
                  (known.c.worth * case((again, 2), else_=1)).label("value")).cte("firsts")


def _in_order(rows):
    return rows.c.happened_on, rows.c.deed, rows.c.source, rows.c.source_ref


def lines(scope: Scope, of=None):
    """What counts on the day, each with what it brings (`counted`) once its item's most is reached by the earlier ones."""
    rows = of if of is not None else firsts(scope)
    so_far = cast(func.sum(func.abs(rows.c.value)).over(partition_by=(rows.c.file_id, rows.c.code), order_by=_in_order(rows), rows=(None, 0)),
                  BigInteger)
    live = select(rows, so_far.label("so_far")).where(rows.c.ends > scope.on).cte("live")
    size, room = func.abs(live.c.value), live.c.most - (live.c.so_far - func.abs(live.c.value))
    let_in = case((live.c.most.is_(None), size), (room <= 0, 0), (room < size, room), else_=size)
    return select(live, case((live.c.value < 0, -let_in), else_=let_in).label("counted")).cte("lines")


def branches(of):
    """What each branch brings, of `lines`."""
    branch, summed = Indicator.__table__.alias("branch").c, _total(of.c.counted)
    total = case((branch.most < summed, branch.most), (branch.least > summed, branch.least), else_=summed)
    return (select(of.c.file_id, branch.id.label("branch_id"), branch.place, summed.label("summed"), total.label("total"))
            .join(branch.id.table, branch.id == of.c.parent_id).group_by(of.c.file_id, branch.id, branch.place, branch.most, branch.least))


def _total(column):
    return cast(func.sum(column), BigInteger)  # PostgreSQL's sum of such numbers is a decimal


def scores(scope: Scope, of=None):
    """A row for each file: `file_id`, `centipoints`, `grade_rank`, and how many of its lines are suspended."""
    counted = of if of is not None else lines(scope)
    totals = branches(counted).cte("totals")
    by_file = select(totals.c.file_id, _total(totals.c.total).label("total")).group_by(totals.c.file_id).cte("by_file")
    plus = case((counted.c.each_centipoints >= 0, counted.c.grade_rank))
    minus = case((counted.c.each_centipoints < 0, counted.c.grade_rank))
    direct = (select(counted.c.file_id, func.min(plus).label("lifts"), func.max(minus).label("lowers"),
                     _total(case((counted.c.disputed == SUSPENDED, 1), else_=0)).label("suspended"))
              .group_by(counted.c.file_id).cte("direct"))
    in_scope, version = files(scope).cte("in_scope"), scope.version
    plain = version.base_centipoints + func.coalesce(by_file.c.total, 0)
    plain = case((plain < 0, 0), (plain > version.most_centipoints, version.most_centipoints), else_=plain)
    summed = (select(in_scope.c.id.label("file_id"), plain.label("plain"), direct.c.lifts, direct.c.lowers,
                     func.coalesce(direct.c.suspended, 0).label("suspended"))
              .outerjoin(by_file, by_file.c.file_id == in_scope.c.id).outerjoin(direct, direct.c.file_id == in_scope.c.id)
              .cte("summed"))
    by_points, given = aliased(Grade), aliased(Grade)
    lifted = case((summed.c.lifts < by_points.rank, summed.c.lifts), else_=by_points.rank)
    rank = case((summed.c.lowers > lifted, summed.c.lowers), else_=lifted)
    ranked_ = (select(summed, by_points.rank.label("rank_of_points"), rank.label("grade_rank"))
               .join(by_points, and_(by_points.version_id == version.id, by_points.from_centipoints <= summed.c.plain,
                                     or_(by_points.below_centipoints.is_(None), by_points.below_centipoints > summed.c.plain)))
               .cte("graded"))
    converted = case((ranked_.c.grade_rank < ranked_.c.rank_of_points, given.from_centipoints),
                     (ranked_.c.grade_rank > ranked_.c.rank_of_points, given.below_centipoints - 1), else_=ranked_.c.plain)
    return (select(ranked_.c.file_id, ranked_.c.plain, converted.label("centipoints"), ranked_.c.grade_rank, ranked_.c.rank_of_points,
                   ranked_.c.suspended)
            .join(given, and_(given.version_id == version.id, given.rank == ranked_.c.grade_rank)))
