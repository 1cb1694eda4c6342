"""A letter says what its receiver asked for, and nothing more."""
from datetime import date, timedelta

import pytest

from models import Message, Topic, db
from services.credit import enrolments, entries, letters, recalls
from services.refusals import NotFound
from tests.credit_books import BOOK, at, entry, file_of, in_force, volunteering

DAY = date(2026, 5, 6)


@pytest.fixture
def bank(town, zhao):
    in_force(town.district, BOOK, by=zhao)
    made = letters.register(town.community.id, name="渝中农商行", uscc="91350100M000100Y43", purpose="farm_loan", from_grade="A",
                            offers_zh="信用惠农贷", offers_en="farm loan without a deposit", by=zhao, now=at(DAY))
    db.session.commit()
    return made


@pytest.fixture
def good(bank, li):
    file = file_of(li)
    volunteering(file, date(2026, 5, 1), 60)
    return file


class TestOnBothDatabases:
    def test_its_subject_reads_it_first_and_its_receiver_the_same_words(self, good, bank, li):
        letter = letters.ask(bank.id, "resident", by=li, now=at(DAY))
        sent = letters.send(letter.id, by=li, now=at(DAY))
        read, says, recalled = letters.read(sent.code, now=at(DAY))
        assert (says, recalled) == (letter.says, [])
        said = "".join(read.says["zh"] + read.says["en"])
        assert "渝中农商行" in said and "farm loan without a deposit" in said
        assert not any(word in said for word in ("李娜", "110", "等级A", "grade A", "志愿"))

    def test_who_does_not_reach_it_is_told_alone(self, good, bank, li):
        entry(good, "false_report", date(2026, 5, 2))
        with pytest.raises(letters.NotReached):
            letters.ask(bank.id, "resident", by=li, now=at(DAY))

    def test_it_holds_to_its_last_day(self, good, bank, li):
        sent = letters.send(letters.ask(bank.id, "resident", by=li, now=at(DAY)).id, by=li, now=at(DAY))
        letters.read(sent.code, now=at(DAY + timedelta(days=60)))
        with pytest.raises(letters.LetterExpired):
            letters.read(sent.code, now=at(DAY + timedelta(days=61)))

    def test_withdrawn_it_is_read_no_more(self, good, bank, li):
        sent = letters.send(letters.ask(bank.id, "resident", by=li, now=at(DAY)).id, by=li, now=at(DAY))
        letters.withdraw(sent.letter.id, by=li, now=at(DAY))
        with pytest.raises(letters.LetterWithdrawn):
            letters.read(sent.code, now=at(DAY))

    def test_a_code_that_is_none_finds_nothing_and_a_draft_has_none(self, good, bank, li, zhang):
        letter = letters.ask(bank.id, "resident", by=li, now=at(DAY))
        assert letter.code_hash is None
        for code in ("", "L", "L" + "A" * 22):
            with pytest.raises(NotFound):
                letters.read(code, now=at(DAY))
        with pytest.raises(NotFound):
            letters.send(letter.id, by=zhang, now=at(DAY))

    def test_each_reading_is_shown_to_its_subject(self, good, bank, li):
        sent = letters.send(letters.ask(bank.id, "resident", by=li, now=at(DAY)).id, by=li, now=at(DAY))
        for _ in range(2):
            for statement in letters.look(letters.read(sent.code, now=at(DAY))[0], now=at(DAY)):
                db.session.execute(statement)
        assert len(db.session.scalars(letters.looks(sent.letter.id, by=li, now=at(DAY))).all()) == 2
        assert [message.payload for message in db.session.query(Message).filter_by(topic=Topic.LETTER_READ)] == [{"letter_id": str(sent.letter.id)}]

    def test_who_leaves_the_scheme_leaves_no_letter_behind(self, good, bank, li):
        sent = letters.send(letters.ask(bank.id, "resident", by=li, now=at(DAY)).id, by=li, now=at(DAY))
        enrolments.leave("resident", by=li, now=at(DAY))
        with pytest.raises(letters.LetterWithdrawn):
            letters.read(sent.code, now=at(DAY))

    def test_a_draft_is_sent_to_its_last_day_and_to_nobody_who_takes_letters_no_more(self, good, bank, li, zhao):
        first, second = (letters.ask(bank.id, "resident", by=li, now=at(DAY)) for _ in range(2))
        with pytest.raises(letters.LetterExpired):
            letters.send(first.id, by=li, now=at(DAY + timedelta(days=61)))
        letters.send(first.id, by=li, now=at(DAY + timedelta(days=60)))
        letters.end_receiver(bank.id, by=zhao, now=at(DAY))
        with pytest.raises(letters.ReceiverEnded):
            letters.send(second.id, by=li, now=at(DAY))

    def test_nobody_hears_of_what_came_into_the_file_after_the_letter_was_asked_for(self, good, bank, li, zhao):
        before = entry(good, "mediation", date(2026, 4, 1))
        sent = letters.send(letters.ask(bank.id, "resident", by=li, now=at(DAY)).id, by=li, now=at(DAY))
        after = entry(good, "litter", date(2026, 5, 7))
        for each, heard in ((after, []), (before, ["voided"])):
            entries.void(each.id, reason="wrong", by=zhao, now=at(date(2026, 5, 8)))
            assert [recall.why for recall in letters.read(sent.code, now=at(date(2026, 5, 8)))[2]] == heard

    def test_what_was_voided_behind_a_draft_is_heard_once_it_is_sent(self, good, bank, li, zhao):
        before = entry(good, "mediation", date(2026, 4, 1))
        draft, thrown_away = (letters.ask(bank.id, "resident", by=li, now=at(DAY)) for _ in range(2))
        entries.void(before.id, reason="wrong", by=zhao, now=at(date(2026, 5, 8)))
        letters.withdraw(thrown_away.id, by=li, now=at(date(2026, 5, 8)))
        unheard = recalls.unheard(zhao, at(date(2026, 5, 8)))
        assert db.session.execute(unheard).all() == [], "nobody has it yet"
        sent = letters.send(draft.id, by=li, now=at(date(2026, 5, 8)))
        assert [recall.why for recall in letters.read(sent.code, now=at(date(2026, 5, 8)))[2]] == ["voided"]
        assert len(db.session.execute(unheard).all()) == 1

    def test_what_was_heard_is_told_again_where_it_happens_again(self, good, bank, li, zhao):
        before = [entry(good, "mediation", date(2026, 4, day)) for day in (1, 2, 3)]
        sent = letters.send(letters.ask(bank.id, "resident", by=li, now=at(DAY)).id, by=li, now=at(DAY))
        for each in before[:2]:
            entries.void(each.id, reason="wrong", by=zhao, now=at(date(2026, 5, 8)))
        assert letters.acknowledge(sent.code, now=at(date(2026, 5, 8))) == 1, "two of a kind that nobody has heard are told once"
        entries.void(before[2].id, reason="wrong", by=zhao, now=at(date(2026, 5, 9)))
        assert letters.acknowledge(sent.code, now=at(date(2026, 5, 9))) == 1

    def test_nobody_hears_of_volunteering_left_out_where_there_was_none(self, bank, li, town, zhao):
        file = file_of(li)
        for _ in range(5):
            entry(file, "mediation", date(2026, 5, 1))
        sent = letters.send(letters.ask(bank.id, "resident", by=li, now=at(DAY)).id, by=li, now=at(DAY))
        enrolments.leave_volunteering_out(True, by=li, now=at(DAY))
        assert letters.read(sent.code, now=at(DAY))[2] == []
