"""Who says that an entry is wrong, and who makes a fault good."""
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from models import CalendarDay, Recall, RepairClass, Standing, db
from services.credit import enrolments, entries, explanations, letters, objections, repairs, scores, workdays
from tests.credit_books import BOOK, at, entry, file_of, in_force

DAY = date(2026, 5, 6)  # a Wednesday
PLEDGE = "I will bring my rubbish where it belongs."


@pytest.fixture
def file(town, zhao, li):
    in_force(town.district, BOOK, by=zhao)
    return file_of(li)


def points(file, on=DAY):
    return scores.score(file, on=on, now=at(on, 23)).centipoints


class TestOnBothDatabases:
    def test_a_deadline_counts_working_days_and_an_administrator_has_the_last_word(self, town, zhao):
        assert workdays.after(date(2026, 4, 30), 1) == date(2026, 5, 6)  # the holidays of May
        assert workdays.after(date(2026, 5, 8), 1) == date(2026, 5, 9)  # a Saturday worked in exchange
        assert workdays.after(date(2030, 1, 4), 1) == date(2030, 1, 7)  # unknown to the package: Monday
        db.session.add(CalendarDay(day=date(2030, 1, 7), is_worked=False, note="holiday", by_id=zhao.id, at=at(DAY)))
        db.session.flush()
        assert workdays.after(date(2030, 1, 4), 1) == date(2030, 1, 8)

    def test_an_objection_is_flagged_at_once_and_due_in_five_working_days(self, file, li):
        fault = entry(file, "litter", date(2026, 5, 2))
        made = objections.object_to(fault.id, reason="It was not me.", by=li, now=at(DAY))
        assert made.due_on == date(2026, 5, 12)
        assert scores.score(file, on=DAY, now=at(DAY)).is_disputed
        with pytest.raises(objections.AlreadyDisputed):
            objections.object_to(fault.id, reason="again", by=li, now=at(DAY))

    def test_upheld_it_is_gone_dismissed_it_stands(self, file, li, zhao):
        first, second = entry(file, "litter", date(2026, 5, 2)), entry(file, "false_report", date(2026, 5, 2))
        asked = [objections.object_to(each.id, reason="no", by=li, now=at(DAY)) for each in (first, second)]
        objections.decide(asked[0].id, uphold=True, reason="It was the neighbour.", by=zhao, now=at(DAY, 13))
        objections.decide(asked[1].id, uphold=False, reason="The papers show it.", by=zhao, now=at(DAY, 13))
        db.session.commit()
        assert scores.score(file, on=DAY, now=at(DAY, 14)).plain == 9500
        with pytest.raises(objections.DisputeDecided):
            objections.decide(asked[0].id, uphold=True, reason="x", by=zhao, now=at(DAY))

    def test_who_objects_again_after_a_dismissal_suspends_nothing(self, file, li, zhao):
        fault = entry(file, "litter", date(2026, 5, 2))
        first = objections.object_to(fault.id, reason="no", by=li, now=at(DAY))
        assert scores.score(file, on=DAY, now=at(DAY)).is_disputed
        objections.decide(first.id, uphold=False, reason="The papers show it.", by=zhao, now=at(DAY, 13))
        again = objections.object_to(fault.id, reason="but no", by=li, now=at(DAY, 14))
        db.session.commit()
        db.session.refresh(fault)
        found = scores.score(file, on=DAY, now=at(DAY, 15))
        assert (found.low, found.centipoints, found.high, fault.is_disputed) == (9900, 9900, 9900, True)
        assert [line.is_disputed for line in explanations.explain(file, now=at(DAY, 15)).lines] == [True]
        assert db.session.get(Standing, file.id).high == 9900
        assert scores.score(file, on=DAY, known_at=at(DAY), now=at(DAY, 15)).is_disputed  # as it was known at noon
        objections.decide(again.id, uphold=True, reason="He was away.", by=zhao, now=at(DAY, 16))
        assert scores.score(file, on=DAY, now=at(DAY, 17)).plain == 10000

    def test_nobody_decides_on_what_they_entered_nor_in_their_own_household(self, file, li, zhao):
        fault = entry(file, "litter", date(2026, 5, 2), entered_by_id=zhao.id)
        made = objections.object_to(fault.id, reason="no", by=li, now=at(DAY))
        with pytest.raises(objections.OwnEntry):
            objections.decide(made.id, uphold=True, reason="x", by=zhao, now=at(DAY))

    def test_a_neighbour_finds_nothing_to_object_to(self, file, zhang):
        fault = entry(file, "litter", date(2026, 5, 2))
        with pytest.raises(entries.NotFound):
            objections.object_to(fault.id, reason="no", by=zhang, now=at(DAY))

    def test_an_ordinary_fault_is_repaired_from_three_months_on_and_not_a_day_before(self, file, li, zhao):
        fault = entry(file, "litter", date(2026, 2, 6))
        with pytest.raises(repairs.TooEarly) as refused:
            repairs.ask(fault.id, pledge=PLEDGE, evidence="cleaned up", by=li, now=at(date(2026, 5, 5)))
        assert refused.value.fields == {"from_on": "2026-05-06"}
        asked = repairs.ask(fault.id, pledge=PLEDGE, evidence="cleaned up", by=li, now=at(DAY))
        assert (asked.grade_class, asked.due_on) == (RepairClass.ORDINARY, date(2026, 5, 9))
        assert points(file) == 9900
        repairs.decide(asked.id, grant=True, reason="The yard is clean.", by=zhao, now=at(DAY, 13))
        db.session.commit()
        assert (points(file, DAY - timedelta(days=1)), points(file)) == (9900, 10000)

    def test_what_was_done_again_and_what_lapsed_is_not_repaired(self, file, li):
        first = entry(file, "litter", date(2026, 1, 1))
        entry(file, "litter", date(2026, 2, 1))
        lapsed = entry(file, "false_report", date(2025, 11, 6))
        with pytest.raises(repairs.FaultAgain):
            repairs.ask(first.id, pledge=PLEDGE, evidence="x", by=li, now=at(DAY))
        with pytest.raises(repairs.NothingToRepair):
            repairs.ask(lapsed.id, pledge=PLEDGE, evidence="x", by=li, now=at(DAY))

    def test_refused_it_goes_on_counting_and_may_be_asked_for_again(self, file, li, zhao):
        fault = entry(file, "litter", date(2026, 1, 1))
        asked = repairs.ask(fault.id, pledge=PLEDGE, evidence="x", by=li, now=at(DAY))
        repairs.decide(asked.id, grant=False, reason="Nothing was cleaned.", by=zhao, now=at(DAY))
        assert points(file) == 9900
        assert repairs.ask(fault.id, pledge=PLEDGE, evidence="y", by=li, now=at(DAY)).status == "open"

    @pytest.mark.parametrize("change", ["UPDATE credit_entries SET quantity = 9", "DELETE FROM credit_entries",
                                        "UPDATE credit_entries SET happened_on = '2020-01-01'"])
    def test_the_database_keeps_what_was_entered(self, file, change):
        entry(file, "litter", date(2026, 1, 1))
        with pytest.raises(DatabaseError):
            db.session.execute(text(change))

    @pytest.fixture
    def receiver(self, town, zhao):
        return letters.register(town.community.id, name="农商行", uscc="91350100M000100Y43", purpose="farm_loan", from_grade="B",
                                offers_zh="信用惠农贷", offers_en="farm loan", by=zhao, now=at(DAY))

    @pytest.mark.parametrize("how", ["by an administrator", "as the resident wishes"])
    def test_what_is_voided_recalls_them_too(self, file, li, zhao, receiver, how):
        row = entry(file, "volunteering", date(2026, 1, 1))
        letters.send(letters.ask(receiver.id, "resident", by=li, now=at(DAY)).id, by=li, now=at(DAY))
        if how == "by an administrator":
            entries.void(row.id, reason="x", by=zhao, now=at(DAY))
        else:
            enrolments.leave_volunteering_out(True, by=li, now=at(DAY))
        assert db.session.query(Recall.why).all() == [("voided",)]

    def test_a_repair_recalls_the_letters_that_were_sent(self, file, li, zhao, receiver):
        fault = entry(file, "litter", date(2026, 1, 1))
        in_force_now = at(DAY)
        letter = letters.ask(receiver.id, "resident", by=li, now=in_force_now) if points(file) >= 9000 else None
        sent = letters.send(letter.id, by=li, now=in_force_now)
        asked = repairs.ask(fault.id, pledge=PLEDGE, evidence="x", by=li, now=in_force_now)
        repairs.decide(asked.id, grant=True, reason="clean", by=zhao, now=in_force_now)
        assert db.session.query(Recall.why).all() == [("repaired",)]
        assert letters.acknowledge(sent.code, now=in_force_now) == 1
        assert letters.acknowledge(sent.code, now=in_force_now) == 0
