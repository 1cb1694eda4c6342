"""What entries count. Every case says its sum: the base is 100, an hour of six brings a point, litter costs one."""
from datetime import date

import pytest

from models import CreditFile, EntryObjection, Standing, SubjectKind, db
from services.credit import counting, explanations, scores
from tests.credit_books import BOOK, at, book, branch, entry, file_of, in_force, item, object_to, volunteering

DAY = date(2026, 5, 6)


@pytest.fixture
def version(town, zhao):
    return in_force(town.district, book(*BOOK["branches"]), by=zhao)


@pytest.fixture
def file(li, version):
    return file_of(li)


def points(file, on=DAY, **when):
    return scores.score(file, on=on, now=at(date(2027, 1, 1)), **when).centipoints


class TestOnBothDatabases:
    def test_who_did_nothing_has_the_base_and_its_grade(self, file):
        found = scores.score(file, on=DAY, now=at(DAY))
        assert (found.centipoints, found.grade.code, found.is_disputed) == (10000, "B", False)

    def test_what_is_put_together_once_tells_of_each_file_and_day_what_is_asked(self, file, zhang, version):
        other, made = file_of(zhang), []
        volunteering(file, date(2026, 5, 3), 12)
        entry(other, "litter", date(2026, 5, 4))

        def make(scope):
            made.append(scope)
            return counting.scores(scope)

        def told(files, on):
            return sorted(tuple(row) for row in counting.ask(make, counting.Scope(version, SubjectKind.RESIDENT, files, on, at(on))))
        for day in (date(2026, 5, 2), date(2026, 5, 3), DAY):
            each_time = told(CreditFile.id.in_([file.id, other.id]), day)
            assert sorted(told([file.id], day) + told([other.id], day)) == told([file.id, other.id], day) == each_time
        assert len(made) == 3 + 2  # for a condition each time, for one file once, for several once

    def test_whole_steps_count_and_what_is_left_of_one_does_not(self, file):
        volunteering(file, date(2026, 5, 3), 12)
        volunteering(file, date(2026, 5, 4), 11)  # one step of six hours
        assert points(file) == 10000 + 200 + 100

    def test_it_counts_from_its_day_to_the_last_of_its_term(self, file):
        volunteering(file, date(2025, 5, 7), 6)
        assert [points(file, on) for on in (date(2025, 5, 6), date(2025, 5, 7), date(2026, 5, 6), date(2026, 5, 7))] == [10000, 10100, 10100, 10000]

    def test_a_term_from_the_last_of_february_ends_with_february(self, file):
        volunteering(file, date(2024, 2, 29), 6)
        assert [points(file, on) for on in (date(2025, 2, 27), date(2025, 2, 28))] == [10100, 10000]

    def test_one_deed_counts_once_as_what_is_best_for_its_subject(self, file):
        volunteering(file, date(2026, 5, 3), 6, deed="the flood")
        entry(file, "mediation", date(2026, 5, 4), deed="the flood", source="department")
        assert points(file) == 10000 + 200
        said = [(line.state, line.centipoints) for line in explanations.explain(file, on=DAY, now=at(DAY)).lines]
        assert said == [("counts", 200), ("same_deed", 0)]

    def test_the_same_fault_again_within_its_term_counts_double(self, file):
        for day in (date(2025, 1, 10), date(2026, 1, 9), date(2026, 1, 10)):
            entry(file, "litter", day)
        # the first has lapsed on 6 May; the second came on its last day, the third within the second's term
        assert points(file) == 10000 - 200 - 200
        assert points(file, date(2025, 6, 1)) == 10000 - 100

    def test_a_fault_a_term_later_is_a_first_one(self, file):
        entry(file, "litter", date(2025, 1, 10))
        entry(file, "litter", date(2026, 1, 10))
        assert points(file) == 10000 - 100

    def test_an_item_brings_no_more_than_its_most_and_the_earlier_count_first(self, file):
        for day in range(1, 6):
            volunteering(file, date(2026, 5, day), 18)  # 3 points each, of 10
        assert points(file) == 10000 + 1000
        lines = explanations.explain(file, on=DAY, now=at(DAY)).lines
        assert [(line.centipoints, line.is_cut) for line in lines] == [(300, False), (300, False), (300, False), (100, True), (0, True)]

    def test_a_branch_lets_no_more_through_than_its_limit(self, file):
        volunteering(file, date(2026, 5, 1), 60)
        for day in range(1, 5):
            entry(file, "mediation", date(2026, 5, day))
        assert points(file) == 10000 + 1500  # 10 + 8

    def test_a_score_is_never_below_nought_nor_above_the_most(self, town, zhao, li):
        in_force(town.district, book(branch("b", item("good", 900, most=None), item("bad", -900)), base=500, most=1000), by=zhao)
        file = file_of(li)
        entry(file, "good", date(2026, 5, 1))
        assert points(file) == 1000
        entry(file, "bad", date(2026, 5, 2))
        entry(file, "bad", date(2026, 5, 3))
        assert points(file) == 0

    def test_a_late_entry_counts_from_its_own_day(self, file):
        volunteering(file, date(2026, 3, 1), 6, known=date(2026, 5, 1))
        assert points(file, date(2026, 3, 1)) == 10100
        assert scores.as_it_stood(file, date(2026, 4, 30), now=at(DAY)).centipoints == 10000
        assert scores.as_it_stood(file, date(2026, 5, 1), now=at(DAY)).centipoints == 10100

    def test_what_was_voided_counts_for_nothing_and_counted_before_it_was(self, file):
        entry(file, "litter", date(2026, 3, 1), voided_at=at(date(2026, 4, 1)), voided_reason="it was somebody else")
        assert points(file, date(2026, 3, 15)) == 10000
        assert scores.as_it_stood(file, date(2026, 3, 15), now=at(DAY)).centipoints == 9900

    def test_what_was_repaired_stops_on_that_day(self, file):
        entry(file, "litter", date(2026, 3, 1), stopped_on=date(2026, 4, 1), stopped_at=at(date(2026, 4, 1)))
        assert [points(file, on) for on in (date(2026, 3, 31), date(2026, 4, 1))] == [9900, 10000]
        entry(file, "litter", date(2026, 4, 2))
        assert points(file) == 9900  # a repaired fault doubles none after it

    def test_an_entry_that_sets_the_grade_moves_the_score_to_its_edge(self, file):
        entry(file, "false_report", date(2026, 5, 1))
        found = scores.score(file, on=DAY, now=at(DAY))
        assert (found.plain, found.centipoints, found.grade.code) == (9500, 8999, "C")
        assert scores.score(file, on=date(2026, 11, 1), now=at(date(2026, 11, 1))).grade.code == "B"

    def test_a_dispute_makes_the_score_a_range(self, file, li):
        volunteering(file, date(2026, 5, 1), 60)
        fault = entry(file, "false_report", date(2026, 5, 1))
        db.session.add(EntryObjection(entry_id=fault.id, area_id=file.area_id, by_id=li.id, reason="not me", at=at(date(2026, 5, 2)),
                                      due_on=date(2026, 5, 30)))
        db.session.commit()
        found = scores.score(file, on=DAY, now=at(DAY))
        assert (found.low, found.high, found.grade.code, found.open_grade.code) == (8999, 11000, "C", "A")
        assert not scores.as_it_stood(file, date(2026, 5, 1), now=at(DAY)).is_disputed

    def test_objecting_to_the_lesser_of_two_faults_of_one_deed_lowers_nothing(self, file, li):
        entry(file, "false_report", date(2026, 5, 1), deed="one")
        object_to(entry(file, "litter", date(2026, 5, 1), deed="one"), by=li)
        found = scores.score(file, on=DAY, now=at(DAY))
        assert (found.low, found.centipoints, found.high, found.open_grade.code, found.is_disputed) == (8999, 9900, 9900, "B", True)
        scores.refresh([file.id], now=at(DAY))
        stand = db.session.get(Standing, file.id)
        assert (stand.low, stand.centipoints, stand.high, stand.grade_rank) == (8999, 9900, 9900, found.open_grade.rank)

    def test_it_is_said_line_by_line_in_both_languages(self, file):
        volunteering(file, date(2026, 5, 3), 12)
        entry(file, "litter", date(2026, 1, 2))
        entry(file, "litter", date(2026, 5, 2))
        found = explanations.explain(file, on=DAY, now=at(DAY))
        assert found.en == [
            "+2: 12 hours of volunteer service, 3 May 2026, until 2 May 2027",
            "-1: litter, 2 January 2026, until 1 January 2027",
            "-2: litter, 2 May 2026, until 1 May 2027 (again within its term: doubled)",
            "item: +2", "item: -3", "Base 100 + 2 - 3 = 99, grade B"]
        assert found.zh[0] == "+2：12小时志愿服务，2026年5月3日，计至2027年5月2日"
        assert found.zh[-1] == "基础分100 + 2 - 3 = 99，等级B"

    def test_standings_are_what_the_scores_are(self, file, version, li, zhang):
        other = file_of(zhang)
        volunteering(file, date(2026, 5, 1), 60)
        fault = entry(other, "false_report", date(2026, 5, 1))
        db.session.add(EntryObjection(entry_id=fault.id, area_id=other.area_id, by_id=zhang.id, reason="no", at=at(date(2026, 5, 2)),
                                      due_on=date(2026, 5, 30)))
        db.session.commit()
        for ids in scores.batches(version.rulebook, on=DAY):
            scores.recompute(version.rulebook, version, ids, on=DAY, now=at(DAY))
        db.session.commit()
        rows = {row.file_id: (row.centipoints, row.low, row.high, row.grade_rank) for row in db.session.query(scores.Standing)}
        for each in (file, other):
            one = scores.score(each, on=DAY, now=at(DAY))
            assert rows[each.id] == (one.centipoints, one.low, one.high, one.open_grade.rank)
