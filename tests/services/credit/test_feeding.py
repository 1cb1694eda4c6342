"""The chain into the files: what is credited is an entry, what is taken back is voided, and reading twice changes nothing."""
from datetime import UTC, datetime, timedelta

import pytest

from models import CheckState, CreditEntry, CreditMark, Household, Recall, Standing, SubjectKind, db
from services.credit import enrolments, feeding, letters, scores
from services.records import approvals, records
from tests.conftest import NOON
from tests.credit_books import book, branch, file_of, in_force, item

TODAY = NOON.date()
BOOK = book(branch("deeds", item("volunteering", 100, measured="minutes", per_quantity=60)))


@pytest.fixture
def file(town, zhao, li):
    in_force(town.district, BOOK, by=zhao)
    return file_of(li)


@pytest.fixture
def deed(town, li, wang, zhao, fund):
    """`deed("调解")`: two hours of Li's, credited unless it is said otherwise."""
    def make(category="environment", *, credited=True, hours=2, resident=li):
        record = records.declare(by=resident, now=NOON, category=category, area_id=town.grid_a.id, description="陪独居老人看病",
                                 started_at=NOON - timedelta(hours=hours + 1), ended_at=NOON - timedelta(hours=1))
        if credited:
            for by in (wang, zhao):
                approvals.approve(record.id, by=by, now=NOON)
        db.session.commit()
        return record
    return make


def read(now=NOON):
    changed = feeding.read_on(now)
    db.session.commit()
    return changed


def entered():
    return [(row.code, row.measured, row.quantity, row.happened_on, row.title, row.source, row.evidence) for row in
            db.session.query(CreditEntry).order_by(CreditEntry.id)]


class TestOnBothDatabases:
    def test_what_is_credited_is_written_into_the_file_with_its_day_and_minutes(self, file, deed):
        deed("环境卫生")
        assert read() == 1
        assert entered() == [("public_care", "minutes", 120, TODAY, "陪独居老人看病", "chain", "D")]

    @pytest.mark.parametrize(("category", "code"), [
        ("Waste sorting", "waste_sorting"), (" 垃圾分类 ", "waste_sorting"), ("调解", "mediation"), ("业委会", "owners_committee"),
        ("党员服务", "party_service"), ("environment", "public_care"), ("nonsense", "volunteering"), ("", "volunteering")])
    def test_a_category_in_either_language_names_the_item(self, category, code):
        assert feeding.code_of(category) == code

    def test_it_counts_at_once_in_the_standings_of_the_person_and_of_the_household(self, file, deed, town, zhao, li):
        in_force(town.district, BOOK, by=zhao, kind="household")
        household = file_of(household=db.session.get(Household, li.household_id))
        deed("neighbours"), read()
        assert {row.file_id: row.centipoints for row in db.session.query(Standing)} == {file.id: 10200, household.id: 10200}

    def test_reading_twice_makes_it_once(self, file, deed):
        deed()
        assert [read(), read(), read()] == [1, 0, 0]
        assert len(entered()) == 1

    def test_what_is_reversed_is_voided_once_and_no_more_counts(self, file, deed, zhao, qian, li, town):
        record = deed("neighbours")
        read()
        receiver = letters.register(town.community.id, name="农商行", uscc="91350100M000100Y43", purpose="farm_loan", from_grade="B",
                                    offers_zh="信用惠农贷", offers_en="farm loan", by=zhao, now=NOON)
        letters.send(letters.ask(receiver.id, "resident", by=li, now=NOON).id, by=li, now=NOON)
        assert scores.score(file, now=NOON).centipoints == 10200
        approvals.reverse(record.id, reason="x", by=qian, now=NOON)
        assert [read(), read()] == [1, 0]
        row = db.session.query(CreditEntry).one()
        assert (row.voided_at, row.voided_reason, row.voided_by_id) == (NOON, feeding.TAKEN_BACK, None)
        assert db.session.query(Recall.why).all() == [("voided",)]
        assert scores.score(file, now=NOON).centipoints == db.session.get(Standing, file.id).centipoints == 10000

    def test_what_was_credited_and_reversed_between_two_readings_never_comes_in(self, file, deed, qian):
        record = deed()
        approvals.reverse(record.id, reason="x", by=qian, now=NOON)
        assert (read(), entered()) == (0, [])

    def test_what_is_not_credited_yet_waits(self, file, deed):
        deed(credited=False)
        assert (read(), entered()) == (0, [])

    def test_volunteering_that_is_kept_out_stays_out_and_other_deeds_come_in(self, file, deed, li):
        enrolments.leave_volunteering_out(True, by=li, now=NOON)
        deed("neighbours"), deed("调解")
        assert read() == 1
        assert [row[0] for row in entered()] == ["mediation"]

    def test_what_was_kept_out_later_does_not_come_back_by_reading_again(self, file, deed, li):
        deed("neighbours"), read()
        enrolments.leave_volunteering_out(True, by=li, now=NOON)
        enrolments.leave_volunteering_out(False, by=li, now=NOON)
        db.session.commit()
        assert read() == 0
        assert db.session.query(CreditEntry).one().voided_reason == enrolments.LEFT_OUT

    def test_who_is_not_in_the_scheme_has_nothing_written(self, file, deed, li, zhang):
        deed(resident=zhang)
        enrolments.leave(SubjectKind.RESIDENT, by=li, now=NOON)
        deed()
        assert (read(), entered()) == (0, [])
        enrolments.join(SubjectKind.RESIDENT, by=li, now=NOON + timedelta(days=1))
        assert (read(), entered()) == (0, [])

    def test_words_that_are_not_checked_yet_are_not_the_title(self, file, deed):
        record = deed()
        record.text_state = CheckState.PENDING
        db.session.commit()
        read()
        assert entered()[0][4] == "environment"

    def test_a_round_ends_after_so_many_and_the_next_goes_on(self, file, deed, monkeypatch):
        monkeypatch.setattr(feeding, "PAGE", 1)
        for hours in (1, 2, 3):
            deed("neighbours", hours=hours)
        assert [feeding.read_on(NOON, most=2), feeding.read_on(NOON, most=2), feeding.read_on(NOON, most=2)] == [2, 1, 0]

    def test_the_mark_moves_on_but_not_over_what_may_be_committed_late(self, file, deed):
        deed(), read(datetime.now(UTC))
        assert db.session.get(CreditMark, feeding.MARK).upto < max(step.id for step in db.session.query(feeding.RecordStep))
        read(datetime.now(UTC) + 2 * feeding.OVERLAP)
        db.session.expire_all()
        assert db.session.get(CreditMark, feeding.MARK).upto == max(step.id for step in db.session.query(feeding.RecordStep))
        deed("调解")
        assert read(datetime.now(UTC)) == 1
