"""The same entries give the same explanation, to the byte: in any order, on either database, in any time zone.

Beside the database a second hand works everything out on paper, without a database and without its statements.
"""
import os
import random
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from models import CreditEntry, EntryObjection, db
from services.credit import explanations
from services.months import months_later
from tests.credit_books import at, book, branch, file_of, in_force, item

EXAMPLES = int(os.environ.get("CREDIT_EXAMPLES", "12"))
BEGAN, TODAY = date(2024, 1, 1), date(2026, 5, 6)
ITEMS = {
    "volunteering": item("volunteering", 150, measured="minutes", per_quantity=360, most=1000, deed_most=400),
    "mediation": item("mediation", 200, most=500), "honour": item("honour", 50, term_months=24, grade="A"),
    "litter": item("litter", -100, doubles=True), "straw": item("straw", -300, doubles=True, most=900),
    "fraud": item("fraud", -200, grade="C", term_months=6)}
BRANCHES = {"deeds": (("volunteering", "mediation", "honour"), 1200, None), "faults": (("litter", "straw", "fraud"), None, -1500)}
GRADES = [("A", 11000), ("B", 9000), ("C", 0)]
BOOK = book(*(branch(code, *(ITEMS[each] for each in codes), most=most, least=least) for code, (codes, most, least) in BRANCHES.items()))


@dataclass(frozen=True)
class Deed:
    code: str
    quantity: int
    happened_on: date
    late_days: int
    deed: str
    source: str
    voided_after: int | None
    stopped_after: int | None
    is_disputed: bool


days = st.integers(0, (TODAY - BEGAN).days).map(lambda n: BEGAN + timedelta(days=n)) | st.sampled_from(
    [date(2024, 2, 29), date(2025, 2, 28), date(2025, 5, 6), date(2025, 5, 7), date(2025, 11, 6), TODAY])
deeds = st.builds(
    Deed, code=st.sampled_from(sorted(ITEMS)), quantity=st.integers(1, 5), happened_on=days, late_days=st.sampled_from([0, 0, 0, 3, 400]),
    deed=st.sampled_from(["a", "b", "c", "d"]) | st.uuids().map(str), source=st.sampled_from(["chain", "department", "grid_worker"]),
    voided_after=st.none() | st.integers(0, 100), stopped_after=st.none() | st.integers(1, 100), is_disputed=st.booleans())


def on_paper(done, on, known_at):
    """(state, code, what it brings, its last day, doubled, cut) of each entry, sorted; and the score without its grade's edge."""
    known = [(n, each) for n, each in enumerate(done) if each.happened_on <= on and at(each.happened_on + timedelta(days=each.late_days)) <= known_at
             and (each.voided_after is None or at(each.happened_on + timedelta(days=each.late_days + each.voided_after)) > known_at)]
    told, best = [], {}
    for n, each in known:
        place = (-_worth(each), each.happened_on, each.source, f"{n:04d}")
        if each.deed not in best or place < best[each.deed][0]:
            best[each.deed] = (place, n)
    counts = {code: [] for code in ITEMS}
    for n, each in known:
        if best[each.deed][1] == n:
            counts[each.code].append((each.happened_on, each.deed, each.source, f"{n:04d}", each))
        else:
            told.append(("same_deed", each.code, 0, _last(each, known_at), False, False))
    brought = dict.fromkeys(ITEMS, 0)
    for code, rows in counts.items():
        used, ends = 0, date.min
        for *_, each in sorted(rows, key=lambda row: row[:4]):
            doubled = bool(ITEMS[code].get("doubles")) and ends > each.happened_on
            value, last = _worth(each) * (2 if doubled else 1), _last(each, known_at)
            ends = max(ends, last + timedelta(days=1))
            if last < on:
                told.append(("lapsed", code, 0, last, False, False))
                continue
            size = abs(value)
            let_in = size if ITEMS[code].get("most") is None else max(0, min(size, ITEMS[code]["most"] - used))
            used += size
            brings = -let_in if value < 0 else let_in
            brought[code] += brings
            told.append(("counts", code, brings, last, doubled, brings != value))
    plain = 10000
    for codes, most, least in BRANCHES.values():
        total = sum(brought[code] for code in codes)
        plain += max(least if least is not None else total, min(most if most is not None else total, total))
    return sorted(told), plain


def _worth(each):
    rule = ITEMS[each.code]
    size = abs(rule["each_centipoints"]) * (each.quantity * (60 if rule["measured"] == "minutes" else 1) // rule["per_quantity"])
    size = min(size, rule.get("deed_most") or size)
    return -size if rule["each_centipoints"] < 0 else size


def _last(each, known_at):
    ends = months_later(each.happened_on, ITEMS[each.code]["term_months"])
    if each.stopped_after is not None:
        stopped_on = each.happened_on + timedelta(days=each.stopped_after)
        if at(stopped_on) <= known_at:
            ends = min(ends, stopped_on)
    return ends - timedelta(days=1)


def put_in(file, done, by, order):
    rows = []
    for n in order:
        each = done[n]
        entered = each.happened_on + timedelta(days=each.late_days)
        voided = None if each.voided_after is None else at(entered + timedelta(days=each.voided_after))
        stopped = None if each.stopped_after is None else each.happened_on + timedelta(days=each.stopped_after)
        rows.append(CreditEntry(
            id=uuid7(), person_id=file.person_id, area_id=file.area_id, code=each.code, measured=ITEMS[each.code]["measured"],
            quantity=each.quantity * (60 if ITEMS[each.code]["measured"] == "minutes" else 1), happened_on=each.happened_on, entered_on=entered,
            entered_at=at(entered), deed=each.deed, title="x", source=each.source, source_ref=f"{file.id}/{n:04d}", source_name="", evidence="x",
            voided_at=voided, voided_reason=voided and "x", stopped_on=stopped, stopped_at=stopped and at(stopped)))
    db.session.add_all(rows)
    db.session.flush()
    disputed = [row for row, n in zip(rows, order, strict=True) if done[n].is_disputed]
    db.session.add_all(EntryObjection(entry_id=row.id, area_id=file.area_id, by_id=by.id, reason="x", at=row.entered_at, due_on=TODAY)
                       for row in disputed)
    db.session.flush()


class TestOnBothDatabases:
    def test_the_same_entries_give_the_same_explanation(self, town, zhao, li, zhang, monkeypatch):
        in_force(town.district, BOOK, by=zhao)
        files = [file_of(each) for each in (li, zhang)]

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(done=st.lists(deeds, max_size=14), seed=st.integers(0, 999), on=days, later=st.integers(0, 500))
        def same(done, seed, on, later):
            known_at = at(on + timedelta(days=later), 18)
            orders = [list(range(len(done))), random.Random(seed).sample(range(len(done)), len(done))]
            said = []
            for file, by, order, zone in zip(files, (li, zhang), orders, ("Asia/Shanghai", "America/Los_Angeles"), strict=True):
                monkeypatch.setenv("TZ", zone)
                time.tzset()
                put_in(file, done, by, order)
                found = explanations.explain(file, on=on, known_at=known_at, now=datetime.max.replace(tzinfo=known_at.tzinfo, year=2099))
                said.append("\n".join(found.zh + found.en))
                told = sorted((line.state, line.item.code, line.centipoints, line.last_day, line.is_doubled, line.is_cut) for line in found.lines)
                assert (told, found.score.plain) == on_paper(done, on, known_at)
            assert said[0].encode() == said[1].encode()
            db.session.rollback()
        try:
            same()
        finally:
            monkeypatch.undo()
            time.tzset()


@pytest.mark.parametrize(("day", "months", "later"), [
    (date(2024, 2, 29), 12, date(2025, 2, 28)), (date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2025, 12, 15), 13, date(2027, 1, 15))])
def test_months_on_paper(day, months, later):
    assert months_later(day, months) == later
