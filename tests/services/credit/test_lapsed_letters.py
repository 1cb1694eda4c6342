"""What lapses behind a letter: from that day on it says nothing that holds no longer, and its receiver is told."""
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import Area, Letter, Recall, RulebookVersion, db
from services.credit import letters, repairs, standings
from tests.conftest import NOON
from tests.credit_books import BOOK, GRADES, at, entry, file_of, in_force, object_to
from tests.measure_rows import PLEDGE

ASKED, LAPSES = date(2026, 5, 6), date(2026, 5, 10)


@pytest.fixture
def receiver(town, zhao):
    """`receiver("A")`: one that asks for the first grade."""
    in_force(town.district, BOOK, by=zhao)

    def register(grade):
        made = letters.register(town.community.id, name="渝中农商行", uscc="91350100M000100Y43", purpose="farm_loan", from_grade=grade,
                                offers_zh="信用惠农贷", offers_en="farm loan", by=zhao, now=at(ASKED))
        db.session.commit()
        return made
    return register


@pytest.fixture
def good(receiver, li):
    """Li's file is of the first grade, to the day before LAPSES."""
    file = file_of(li)
    for _ in range(5):
        entry(file, "mediation", date(2025, 5, 10))
    return file


@pytest.fixture
def sent(receiver, good, li):
    return letters.send(letters.ask(receiver("A").id, "resident", by=li, now=at(ASKED)).id, by=li, now=at(ASKED))


@pytest.fixture
def disputed(receiver, li):
    """Her letter says that a fault is under objection; the fault counts to the day before LAPSES."""
    file = file_of(li)
    object_to(entry(file, "false_report", date(2025, 11, 10), known=ASKED), by=li)
    letter = letters.ask(receiver("B").id, "resident", by=li, now=at(ASKED))
    assert len(letter.says["zh"]) == 3
    return letters.send(letter.id, by=li, now=at(ASKED))


def night(day):
    while standings.night(at(day, 2)):
        db.session.commit()
    db.session.expire_all()


def told():
    return db.session.query(Recall.letter_id, Recall.why).all()


class TestOnBothDatabases:
    def test_it_holds_to_the_last_day_of_what_is_behind_it_and_its_receiver_hears_once(self, sent):
        night(LAPSES - timedelta(days=1))
        assert letters.read(sent.code, now=at(LAPSES - timedelta(days=1), 23))[1:] == (sent.letter.says, [])
        assert told() == []
        for day in (LAPSES, LAPSES, LAPSES + timedelta(days=1)):
            night(day)
            assert told() == [(sent.letter.id, "lapsed")]
        with pytest.raises(letters.LetterLapsed):
            letters.read(sent.code, now=at(LAPSES))
        assert letters.acknowledge(sent.code, now=at(LAPSES)) == 1
        night(LAPSES + timedelta(days=2))
        assert letters.acknowledge(sent.code, now=at(LAPSES)) == 0
        assert len(told()) == 1 and db.session.get(Letter, sent.letter.id).lapsed_at is not None

    @pytest.mark.parametrize(("grades", "told_of"), [([("AA", 15000), ("A", 9950), ("B", 0)], []), ([("A+", 0)], ["lapsed"])])
    def test_by_a_newer_version_it_holds_while_the_grade_that_its_receiver_names_is_reached(self, sent, zhao, grades, told_of):
        """Li has 100 points from LAPSES on: by the first of these grade A, which is the second there; by the other the best, and A is gone."""
        version = db.session.query(RulebookVersion).one()
        version.retired_on = LAPSES
        db.session.commit()
        in_force(version.rulebook.area, {**BOOK, "branches": BOOK["branches"][:1], "grades": [
            {**GRADES[0], "code": code, "from_centipoints": points} for code, points in grades]},
            since=LAPSES, number=2, rulebook=version.rulebook, by=zhao)
        if told_of:
            with pytest.raises(letters.LetterLapsed):
                letters.read(sent.code, now=at(LAPSES, 0))
        else:
            letters.read(sent.code, now=at(LAPSES, 0))
        night(LAPSES)
        assert [why for _, why in told()] == told_of

    @pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "Pacific/Auckland"])
    def test_the_day_is_the_areas_own(self, sent, zone):
        db.session.query(Area).update({"timezone": zone})
        db.session.commit()
        midnight = datetime(LAPSES.year, LAPSES.month, LAPSES.day, tzinfo=ZoneInfo(zone))
        letters.read(sent.code, now=midnight - timedelta(seconds=1))
        with pytest.raises(letters.LetterLapsed):
            letters.read(sent.code, now=midnight)
        assert told() == []
        assert standings.night(midnight + timedelta(minutes=59)) == 0
        assert standings.night(midnight + timedelta(hours=1)) == 1
        assert told() == [(sent.letter.id, "lapsed")]

    def test_who_hears_of_it_before_the_night_has_heard(self, sent):
        assert letters.acknowledge(sent.code, now=at(LAPSES, 0)) == 1
        night(LAPSES)
        assert letters.acknowledge(sent.code, now=at(LAPSES)) == 0

    def test_what_still_holds_is_left_alone(self, good, sent):
        for _ in range(5):
            entry(good, "mediation", date(2026, 5, 7))
        night(LAPSES)
        assert letters.read(sent.code, now=at(LAPSES))[1:] == (sent.letter.says, [])

    def test_a_fault_done_since_is_no_lapse(self, good, sent):
        entry(good, "litter", date(2026, 5, 7))
        night(date(2026, 5, 8))
        assert told() == []
        letters.read(sent.code, now=at(date(2026, 5, 8)))

    def test_a_draft_is_sent_no_more_and_nobody_is_told(self, receiver, good, li):
        draft = letters.ask(receiver("A").id, "resident", by=li, now=at(ASKED))
        with pytest.raises(letters.LetterLapsed):
            letters.send(draft.id, by=li, now=at(LAPSES))
        night(LAPSES)
        assert told() == []
        with pytest.raises(letters.LetterLapsed):
            letters.send(draft.id, by=li, now=at(LAPSES))

    def test_standings_worked_out_for_another_reason_tell_of_it_too(self, good, sent, li):
        asked = at(LAPSES, 0)
        standings.scores.refresh([good.id], now=asked)
        assert told() == [(sent.letter.id, "lapsed")]

    def test_a_fault_under_objection_that_lapsed_is_in_no_letter_any_more(self, disputed):
        night(LAPSES - timedelta(days=1))
        assert letters.read(disputed.code, now=at(LAPSES - timedelta(days=1)))[1:] == (disputed.letter.says, [])
        assert [len(lines) for lines in letters.read(disputed.code, now=at(LAPSES, 0))[1].values()] == [2, 2]
        for _ in range(2):
            night(LAPSES)
        _, says, recalled = letters.read(disputed.code, now=at(LAPSES))
        assert says["zh"] == disputed.letter.says["zh"][:2] and [each.why for each in recalled] == ["lapsed"]
        assert letters.acknowledge(disputed.code, now=at(LAPSES)) == 1

    def test_a_note_that_lapsed_is_told_once_and_the_whole_letter_after_it_once_more(self, receiver, li):
        file = file_of(li)
        for _ in range(5):
            entry(file, "mediation", date(2025, 5, 12))
        object_to(entry(file, "false_report", date(2025, 11, 10), known=ASKED), by=li)
        sent = letters.send(letters.ask(receiver("A").id, "resident", by=li, now=at(ASKED)).id, by=li, now=at(ASKED))
        night(LAPSES)
        assert letters.acknowledge(sent.code, now=at(LAPSES)) == 1
        night(LAPSES + timedelta(days=1))
        assert told() == [(sent.letter.id, "lapsed")], "a note that is gone goes once"
        for day in (12, 13):
            night(date(2026, 5, day))
            assert told() == [(sent.letter.id, "lapsed")] * 2
        assert db.session.get(Letter, sent.letter.id).lapsed_at is not None
        assert [letters.acknowledge(sent.code, now=at(date(2026, 5, 13))) for _ in range(2)] == [1, 0]
        night(date(2026, 5, 14))
        assert len(told()) == 2

    def test_what_was_repaired_before_is_told_as_that(self, receiver, li, zhao):
        file = file_of(li)
        fault = entry(file, "litter", date(2025, 5, 10))
        letter = letters.send(letters.ask(receiver("B").id, "resident", by=li, now=at(ASKED)).id, by=li, now=at(ASKED))
        asked = repairs.ask(fault.id, pledge=PLEDGE, evidence="x", by=li, now=at(ASKED))
        repairs.decide(asked.id, grant=True, reason="clean", by=zhao, now=at(ASKED))
        night(LAPSES)
        assert told() == [(letter.letter.id, "repaired")]

    def test_letters_of_the_past_and_withdrawn_ones_are_left_alone(self, sent, li):
        letters.withdraw(sent.letter.id, by=li, now=NOON)
        db.session.commit()
        night(LAPSES)
        assert told() == [(sent.letter.id, "withdrawn")]
