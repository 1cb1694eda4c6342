"""Rounds, constraints, lists and recalls of before come through the steps from 0030 to 0033, and can be dealt with as before."""
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from uuid_utils.compat import uuid7

from models import Constraint, ConstraintList, CreditFile, Letter, LetterReceiver, Recall, Role, SubjectKind, db
from models.schema import downgrade, upgrade
from services.access import sign_in
from services.credit.reviews import calling_off, closing
from services.measures import constraints
from services.months import months_later
from services.people import people
from tests import review_rows
from tests.conftest import NOON
from tests.measure_rows import a_list

DAY = date(2026, 5, 6)
BEFORE = "0030_called_off"
BASIS = {"scene": "procurement", "legal_basis": "政府采购法第二十二条", "person_basis": None, "facts": "伪造检测报告",
         "decision": "渝中市监罚〔2026〕12号", "scope_zh": "不参加社区采购", "scope_en": "no procurement", "grade_class": "ordinary", "months": 6}


@pytest.fixture
def file(town, lins_market, zhao, qian):
    made = CreditFile(id=uuid7(), kind=SubjectKind.MERCHANT, merchant_id=lins_market.id, area_id=town.community.id, opened_at=NOON)
    db.session.add(made)
    people.grant(zhao, Role.AREA_ADMIN, now=NOON - timedelta(days=1), area=town.district)
    db.session.commit()
    return made


@pytest.fixture
def before(file):
    """The schema as it was before the guards of constraints."""
    _to(BEFORE)


def _to(revision):
    db.session.commit()
    db.session.remove()
    (upgrade if revision == "head" else downgrade)(revision)


def put(file, listed, by, **changed):
    """A plain INSERT, as the schema of the day takes it."""
    row = {"id": uuid7(), "file_id": file.id, "kind": file.kind, "area_id": file.area_id, "list_id": listed.id,
           "list_for_persons": listed.for_persons, "entered_by_id": by.id, "entered_at": NOON, "version": 1, "from_on": DAY, **BASIS, **changed}
    row.setdefault("ends_on", months_later(row["from_on"], row["months"]))
    db.session.execute(insert(Constraint.__table__).values(**row))
    return row["id"]


def rows(*columns):
    return sorted(db.session.execute(text(f"SELECT {', '.join(columns) or '*'} FROM constraints")).all(), key=str)


@pytest.fixture
def made(before, town, file, zhao, qian):
    """As they were written over the years: on a list that ended since, of an area from which the file moved, shorter than its months, and so on."""
    listed = a_list(zhao, for_persons=False)
    ended = a_list(zhao, for_persons=False)
    confirmed = {"confirmed_by_id": qian.id, "confirmed_at": NOON}
    found = {
        "waiting": put(file, listed, zhao), "confirmed": put(file, listed, zhao, **confirmed),
        "lifted": put(file, listed, zhao, **confirmed, lifted_at=NOON, lifted_reason="x"),
        "lifted unconfirmed": put(file, listed, zhao, lifted_at=NOON, lifted_reason="x"),
        "on a list that ended": put(file, ended, zhao), "before its list": put(file, ended, zhao, from_on=date(2023, 1, 1)),
        "elsewhere": put(file, listed, zhao, area_id=town.district.id), "shorter": put(file, listed, zhao, ends_on=date(2026, 9, 1)),
        "of a month's last day": put(file, listed, zhao, from_on=date(2026, 8, 31))}
    db.session.execute(update(ConstraintList).where(ConstraintList.id == ended.id).values(ended_on=date(2026, 5, 1)))
    db.session.commit()
    return found


class TestOnBothDatabases:
    def test_every_constraint_is_there_as_it_was(self, made):
        kept = rows()
        db.session.rollback()
        _to("head")
        assert rows() == kept and len(kept) == len(made)
        db.session.rollback()
        _to(BEFORE)
        assert rows() == kept
        db.session.rollback()
        _to("head")
        assert rows() == kept

    def test_each_can_be_lifted_and_confirmed_unless_its_list_ended(self, made, zhao, qian):
        _to("head")
        admin = db.session.merge(qian)
        for name in ("waiting", "elsewhere", "shorter", "of a month's last day"):
            constraints.confirm(made[name], by=admin, now=NOON)
        for name in ("on a list that ended", "before its list"):
            with pytest.raises(constraints.ListNotInForce):
                constraints.confirm(made[name], by=admin, now=NOON)
        for name, constraint_id in made.items():
            if not name.startswith("lifted"):
                constraints.lift(constraint_id, reason="x", by=admin, now=NOON)
        db.session.commit()
        assert len(rows()) == len(made)
        assert set(db.session.scalars(select(Constraint.lifted_at))) == {NOON}

    def test_what_was_written_stays_and_what_limits_nobody_is_not_taken(self, made, file, zhao, qian):
        _to("head")
        for change in ({"facts": "another thing"}, {"ends_on": date(2027, 1, 1)}):
            with pytest.raises(DatabaseError, match="as they were written"):
                db.session.execute(update(Constraint).where(Constraint.id == made["confirmed"]).values(**change))
            db.session.rollback()
        for change, said in (({"confirmed_by_id": zhao.id}, "written once"), ({"confirmed_at": NOON + timedelta(1)}, "written once")):
            with pytest.raises(DatabaseError, match=said):
                db.session.execute(update(Constraint).where(Constraint.id == made["confirmed"]).values(**change))
            db.session.rollback()
        with pytest.raises(DatabaseError, match="are kept"):
            db.session.execute(delete(Constraint))
        db.session.rollback()
        listed, = db.session.scalars(select(ConstraintList).where(ConstraintList.ended_on.is_not(None)))
        with pytest.raises(DatabaseError, match="list in force"):
            put(db.session.merge(file), listed, zhao)

    @pytest.mark.parametrize(("lacking", "check"), [
        ({"legal_basis": "\u3000" * 8}, "legal_basis_given"), ({"facts": "\t\t\t\t"}, "decision_and_facts_given"),
        ({"confirmed_at": NOON}, "confirmed_whole"), ({"confirmed_at": NOON, "confirmed_by_id": "who entered it"}, "confirmed_by_another")])
    def test_one_that_no_rule_ever_let_in_stops_the_step_which_names_it_and_loses_nothing(self, before, file, zhao, lacking, check):
        by = {"confirmed_by_id": zhao.id} if "confirmed_by_id" in lacking else {}
        put(file, a_list(zhao, for_persons=False), zhao, **{**lacking, **by})
        db.session.commit()
        kept = rows()
        with pytest.raises(DatabaseError, match=f"ck_constraints_{check}"):
            _to("head")
        db.session.rollback()
        assert rows() == kept and len(kept) == 1


    def test_words_that_nobody_sees_are_taken_no_more_and_those_that_were_can_be_lifted(self, before, file, zhao):
        _to("head")
        _to("0036_confirmed_on_a_list")
        listed = a_list(zhao, for_persons=False)
        made = put(file, listed, zhao, legal_basis="\u200b" * 8)
        _to("head")
        with pytest.raises(DatabaseError, match="letters that are seen"):
            put(file, listed, zhao, legal_basis="\u200b" * 8)
        db.session.rollback()
        assert constraints.lift(made, reason="x", by=sign_in.load(zhao.id, NOON), now=NOON).lifted_at == NOON


class TestRecalls:
    @pytest.fixture
    def recalls(self, file, zhao):
        """Of a letter each: what is unheard; what is heard, and another unheard; what is heard."""
        receiver = LetterReceiver(id=uuid7(), area_id=file.area_id, name="渝中农商行", uscc="91350100M000100Y43", purpose="farm_loan", from_grade="A",
                                  offers_zh="信用惠农贷", offers_en="farm loan", registered_by_id=zhao.id, registered_at=NOON)
        db.session.add(receiver)
        db.session.flush()
        letters = [Letter(id=uuid7(), file_id=file.id, receiver_id=receiver.id, asked_by_id=zhao.id, asked_at=NOON, says={"zh": [], "en": []},
                          expires_on=DAY, status="sent", code_hash=bytes([n] * 32), sent_at=NOON) for n in range(3)]
        db.session.add_all(letters)
        db.session.flush()
        ids = [letter.id for letter in letters]
        _to("0032_constraints_validated")
        made = [(ids[0], "repaired", None), (ids[1], "repaired", NOON), (ids[1], "lapsed", None), (ids[2], "voided", NOON)]
        db.session.add_all(Recall(letter_id=letter_id, why=why, at=NOON, acknowledged_at=heard) for letter_id, why, heard in made)
        db.session.commit()
        return ids

    def test_each_is_there_and_only_what_is_unheard_is_told_once(self, recalls):
        _to("head")
        assert db.session.query(Recall).count() == 4
        for number, why, is_taken in ((0, "repaired", False), (1, "repaired", True), (1, "lapsed", False), (2, "voided", True)):
            again = Recall(letter_id=recalls[number], why=why, at=NOON)
            db.session.add(again)
            if is_taken:
                db.session.commit()
                continue
            with pytest.raises(DatabaseError):
                db.session.flush()
            db.session.rollback()
        _to("0032_constraints_validated")
        kept = db.session.execute(text("SELECT why, acknowledged_at IS NULL FROM recalls ORDER BY why, 2")).all()
        assert len(kept) == 4 and {why: bool(unheard) for why, unheard in kept}["voided"]
        db.session.rollback()
        _to("head")
        assert db.session.query(Recall).count() == 4



class TestRounds:
    def test_one_that_is_open_can_be_called_off_and_one_that_was_closed_stands(self, town, zhao, settings):
        review_rows.asking(town, zhao)
        review_rows.village(town.grid_a)
        review_rows.village(town.grid_b)
        here, there = (review_rows.opened(town, zhao, settings, area) for area in (town.grid_a, town.grid_b))
        closing.close(there.id, by=zhao, now=review_rows.after())
        here_id, there_id = here.id, there.id
        _to("0029_box_of_three")
        _to("head")
        admin = db.session.merge(zhao)
        assert calling_off.call_off(here_id, reason="x", by=admin, now=NOON).closed_at == NOON
        with pytest.raises(calling_off.RoundClosed):
            calling_off.call_off(there_id, reason="x", by=admin, now=NOON)
