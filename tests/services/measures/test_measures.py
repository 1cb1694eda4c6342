"""What credit opens, and what alone may limit somebody: refused by the rule, and by the database without any rule."""
from datetime import date, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DatabaseError
from uuid_utils.compat import uuid7

from models import Constraint, ConstraintList, CreditFile, Enrolment, Repair, Role, SubjectKind, db
from models.db import BLANKS
from services.access import sign_in
from services.credit import enrolments, files
from services.measures import constraints, rewards, sight, supervision, support
from services.months import months_later
from services.people import people
from services.refusals import NotFound
from tests.conftest import NOON
from tests.credit_books import BOOK, at, book, branch, entry, file_of, in_force, item, volunteering

DAY = date(2026, 5, 6)
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u3164\u2800\ufe0f"
WHOLE = {"scene": "procurement", "legal_basis": "政府采购法第二十二条", "facts": "伪造检测报告", "decision": "渝中市监罚〔2026〕12号",
         "scope_zh": "不参加社区采购", "scope_en": "no community procurement", "grade_class": "ordinary", "months": 6, "from_on": DAY}


@pytest.fixture
def version(town, zhao):
    return in_force(town.district, BOOK, by=zhao)


@pytest.fixture
def listed(zhao):
    rows = [ConstraintList(id=uuid7(), name="全国失信惩戒措施基础清单", authority="国家发展改革委", edition="2024年版", for_persons=persons,
                           in_force_from=date(2024, 1, 1), entered_by_id=zhao.id, entered_at=NOON) for persons in (False, True)]
    db.session.add_all(rows)
    db.session.commit()
    return rows


@pytest.fixture
def market_file(lins_market, zhao, li):
    file = CreditFile(id=uuid7(), kind=SubjectKind.MERCHANT, merchant_id=lins_market.id, area_id=lins_market.area_id, opened_at=NOON)
    db.session.add(file)
    db.session.flush()
    db.session.add(Enrolment(file_id=file.id, joined_on=date(2026, 1, 1), joined_at=NOON, text_version="x", joined_by_id=li.id))
    db.session.commit()
    return file


def insert(file, listed, **changed):
    """A plain INSERT of a constraint, past every rule."""
    row = {"id": uuid7(), "file_id": file.id, "kind": file.kind, "area_id": file.area_id, "list_id": listed.id,
           "list_for_persons": listed.for_persons, "person_basis": None,
           "ends_on": date(2026, 11, 6), "entered_by_id": listed.entered_by_id, "entered_at": NOON, "version": 1,
           **WHOLE, **changed}
    db.session.execute(Constraint.__table__.insert().values(**row))


class TestOnBothDatabases:
    def test_a_grade_opens_what_the_rulebook_offers(self, version, zhao, li, town):
        book_ = version.rulebook
        people.grant(zhao, Role.AREA_ADMIN, now=NOON, area=town.district)
        db.session.commit()
        admin = sign_in.load(zhao.id, NOON)
        made = [rewards.make(book_.id, scene=scene, from_grade=grade, percent=percent, title_zh="x", title_en="x", terms_zh="", terms_en="",
                             from_on=date(2026, 1, 1), until_on=None, by=admin, now=NOON)
                for scene, grade, percent in (("library_deposit", "A", None), ("points_multiplier", "B", 110))]
        file = file_of(li)
        assert {each.reward.id: each.is_open for each in rewards.opened(file, now=NOON)} == {made[0].id: False, made[1].id: True}
        volunteering(file, date(2026, 5, 1), 60)
        assert all(each.is_open for each in rewards.opened(file, now=NOON))
        assert rewards.percent_of(file, now=NOON) == 110

    def test_what_a_district_opens_is_open_by_a_communitys_own_rulebook_too(self, version, zhao, li, town):
        people.grant(zhao, Role.AREA_ADMIN, now=NOON, area=town.district)
        db.session.commit()
        rewards.make(version.rulebook_id, scene="library_deposit", from_grade="B", percent=None, title_zh="x", title_en="x", terms_zh="", terms_en="",
                     from_on=date(2026, 1, 1), until_on=None, by=sign_in.load(zhao.id, NOON), now=NOON)
        in_force(town.community, book(branch("deeds", item("yard_meeting", 50))), by=zhao, template=version)
        assert [each.is_open for each in rewards.opened(file_of(li), now=NOON)] == [True]

    def test_a_constraint_holds_when_a_second_person_confirmed_it(self, version, market_file, listed, zhao, qian):
        made = constraints.enter(market_file.id, list_id=listed[0].id, **WHOLE, by=zhao, now=NOON)
        assert made.ends_on == date(2026, 11, 6)
        assert not constraints.is_limited(market_file, "procurement", now=NOON)
        with pytest.raises(constraints.SecondPerson):
            constraints.confirm(made.id, by=zhao, now=NOON)
        constraints.confirm(made.id, by=qian, now=NOON)
        assert constraints.is_limited(market_file, "procurement", now=NOON)
        assert not constraints.is_limited(market_file, "procurement", now=at(date(2026, 11, 6)))
        constraints.lift(made.id, reason="appeal upheld", by=zhao, now=NOON)
        assert not constraints.is_limited(market_file, "procurement", now=NOON)

    def test_who_entered_it_is_no_second_person_under_the_name_that_they_were_joined_to(self, version, market_file, listed, zhao, qian):
        made = constraints.enter(market_file.id, list_id=listed[0].id, **WHOLE, by=zhao, now=NOON)
        zhao.joined_into_id = qian.id
        db.session.commit()
        with pytest.raises(constraints.SecondPerson):
            constraints.confirm(made.id, by=qian, now=NOON)

    def test_nothing_is_confirmed_whose_list_ends_before_its_first_day(self, version, market_file, listed, zhao, qian):
        made, later = (constraints.enter(market_file.id, list_id=listed[0].id, **WHOLE | {"from_on": day}, by=zhao, now=NOON)
                       for day in (DAY, DAY + timedelta(days=9)))
        listed[0].ended_on = DAY + timedelta(days=9)
        db.session.commit()
        with pytest.raises(constraints.ListNotInForce):
            constraints.confirm(later.id, by=qian, now=NOON)
        assert later.confirmed_at is None
        assert constraints.confirm(made.id, by=qian, now=NOON).confirmed_at == NOON
        assert constraints.lift(later.id, reason="x", by=qian, now=NOON).lifted_at == NOON

    def test_the_database_too_confirms_none_whose_list_ends_before_its_first_day(self, version, market_file, listed, zhao, qian):
        made = constraints.enter(market_file.id, list_id=listed[0].id, **WHOLE, by=zhao, now=NOON)
        listed[0].ended_on = DAY
        db.session.flush()
        with pytest.raises(DatabaseError, match="a list in force"):
            db.session.execute(update(Constraint).where(Constraint.id == made.id).values(confirmed_at=NOON, confirmed_by_id=qian.id))

    def test_natural_persons_are_rewarded_only_unless_a_law_names_them(self, version, li, listed, zhao):
        file = file_of(li)
        with pytest.raises(constraints.ListNotForPersons):
            constraints.enter(file.id, list_id=listed[0].id, **WHOLE, by=zhao, now=NOON)
        with pytest.raises(constraints.NoPersonBasis):
            constraints.enter(file.id, list_id=listed[1].id, **WHOLE, by=zhao, now=NOON)
        with pytest.raises(constraints.OutOfProportion):
            constraints.enter(file.id, list_id=listed[1].id, person_basis="某法第十条第二款", **WHOLE | {"months": 13}, by=zhao, now=NOON)
        assert constraints.enter(file.id, list_id=listed[1].id, person_basis="某法第十条第二款", **WHOLE, by=zhao, now=NOON).id

    @pytest.mark.parametrize("changed", [
        {"legal_basis": " "}, {"legal_basis": None}, {"scope_zh": ""}, {"facts": ""}, {"decision": ""}, {"ends_on": None}, {"months": 13},
        {"ends_on": date(2026, 11, 7)}, {"ends_on": date(2026, 5, 6)}, {"grade_class": "grave"}, {"scene": "medical_care"}, {"scene": "schooling"},
        {"list_id": uuid7()}, {"list_for_persons": True}, {"kind": "resident"}])
    def test_the_database_takes_no_constraint_without_its_basis(self, market_file, listed, changed):
        with pytest.raises(DatabaseError):
            insert(market_file, listed[0], **changed)

    def test_the_database_takes_one_that_has_it_all(self, market_file, listed):
        insert(market_file, listed[0])

    @pytest.mark.parametrize(("from_on", "on_another"), [
        (date(2023, 12, 31), None), (DAY, {"ended_on": DAY}), (DAY, {"in_force_from": date(2026, 5, 7)})])
    def test_the_database_takes_none_on_a_list_that_is_not_in_force(self, market_file, listed, zhao, from_on, on_another):
        if on_another:
            listed = [ConstraintList(id=uuid7(), **{"name": "全国失信惩戒措施基础清单", "authority": "国家发展改革委", "edition": "2024年版",
                                                    "for_persons": False, "in_force_from": date(2024, 1, 1), "entered_by_id": zhao.id,
                                                    "entered_at": NOON, **on_another})]
            db.session.add_all(listed)
            db.session.flush()
        with pytest.raises(DatabaseError, match="a list in force"):
            insert(market_file, listed[0], from_on=from_on, ends_on=months_later(from_on, 6))

    def test_the_database_takes_one_to_the_last_day_of_its_list(self, market_file, listed):
        listed[0].ended_on = DAY + timedelta(days=1)
        db.session.flush()
        insert(market_file, listed[0])

    def test_the_database_takes_none_of_another_area_than_its_files(self, market_file, listed, town):
        with pytest.raises(DatabaseError, match="the area of its file"):
            insert(market_file, listed[0], area_id=town.other.id)

    def test_the_database_takes_no_confirmation_but_a_second_persons(self, market_file, listed, zhao, qian):
        for changed in ({"confirmed_at": NOON}, {"confirmed_by_id": qian.id}, {"confirmed_at": NOON, "confirmed_by_id": zhao.id}):
            with pytest.raises(DatabaseError):
                insert(market_file, listed[0], **changed)
            db.session.rollback()
        insert(market_file, listed[0], confirmed_at=NOON, confirmed_by_id=qian.id)
        with pytest.raises(DatabaseError, match="written once"):
            db.session.execute(text("UPDATE constraints SET confirmed_by_id = NULL"))

    @pytest.mark.parametrize("column", ["legal_basis", "facts", "decision", "scope_zh", "scope_en", "person_basis"])
    def test_blanks_of_any_kind_are_no_basis(self, li, listed, column):
        assert {"\u3000", "\t", "\n", "\xa0", "\u2009"} < set(BLANKS)
        file, person_basis = file_of(li), "某法第十条第二款"
        for blank in BLANKS:
            with pytest.raises(DatabaseError):
                insert(file, listed[1], **{"person_basis": person_basis, column: blank * 8 + "x"})
            db.session.rollback()
        insert(file, listed[1], **{"person_basis": person_basis, column: "\u3000" + person_basis})

    @pytest.mark.parametrize("column", ["legal_basis", "facts", "decision", "scope_zh", "scope_en", "person_basis"])
    def test_letters_that_nobody_sees_are_no_basis(self, li, listed, column):
        file, person_basis = file_of(li), "某法第十条第二款"
        for unseen in UNSEEN:
            with pytest.raises(DatabaseError, match="letters that are seen"):
                insert(file, listed[1], **{"person_basis": person_basis, column: f"{unseen}\u3000" * 8 + "x" + unseen * 8})
            db.session.rollback()
        insert(file, listed[1], **{"person_basis": person_basis, column: "\u200b" + person_basis})

    def test_nor_are_they_a_reason_a_list_or_a_pledge(self, li, market_file, listed, zhao):
        made = constraints.enter(market_file.id, list_id=listed[0].id, **WHOLE, by=zhao, now=NOON)
        fault = entry(file_of(li), "litter", DAY)
        db.session.commit()
        with pytest.raises(DatabaseError, match="a reason is said"):
            constraints.lift(made.id, reason="\u200b", by=zhao, now=NOON)
        db.session.rollback()
        for row in (ConstraintList(name="\u2060" * 9, authority="国家发展改革委", edition="2024年版", for_persons=False, in_force_from=DAY,
                                   entered_by_id=zhao.id, entered_at=NOON),
                    Repair(entry_id=fault.id, area_id=fault.area_id, grade_class="minor", by_id=li.id, pledge="\u200d" * 20, evidence="x", at=NOON,
                           due_on=DAY)):
            db.session.add(row)
            with pytest.raises(DatabaseError, match="letters that are seen"):
                db.session.flush()
            db.session.rollback()

    @pytest.mark.parametrize(("from_on", "months", "ends_on"), [
        (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2028, 1, 31), 1, date(2028, 2, 29)), (DAY, 2, date(2026, 7, 6))])
    def test_the_end_lies_where_the_months_say_it(self, market_file, listed, from_on, months, ends_on):
        how = {"grade_class": "minor", "from_on": from_on, "months": months}
        for days in (-30, -1, 1, 3):
            with pytest.raises(DatabaseError):
                insert(market_file, listed[0], **how, ends_on=ends_on + timedelta(days=days))
            db.session.rollback()
        assert months_later(from_on, months) == ends_on
        insert(market_file, listed[0], **how, ends_on=ends_on)

    @pytest.mark.parametrize("changed", [{}, {"person_basis": ""}, {"person_basis": "  x  "}])
    def test_the_database_limits_no_natural_person_without_a_basis_of_their_own(self, li, listed, changed):
        file = file_of(li)
        for each in listed:
            with pytest.raises(DatabaseError):
                insert(file, each, **changed)
            db.session.rollback()
        insert(file, listed[1], person_basis="某法第十条第二款")

    def test_a_draw_is_the_same_for_everybody_who_has_its_seed(self):
        ranks = {uuid7(): 1 + n % 3 for n in range(100)}
        drawn = supervision.draw("seed", ranks, {1: 10, 2: 50, 3: 100})
        assert drawn == supervision.draw("seed", dict(sorted(ranks.items(), reverse=True)), {1: 10, 2: 50, 3: 100})
        assert [sum(ranks[each] == rank for each in drawn) for rank in (1, 2, 3)] == [4, 17, 33]
        assert drawn != supervision.draw("another", ranks, {1: 10, 2: 50, 3: 100})

    def test_what_an_inspection_finds_stands_in_the_merchants_file(self, town, market_file, zhao, wang):
        in_force(town.district, book(branch("keeping", item("inspection_clean", 100), item("inspection_serious_fault", -500)), grades=BOOK["grades"]),
                 kind=SubjectKind.MERCHANT, by=zhao)
        plan = supervision.plan(town.community.id, from_on=DAY, until_on=date(2026, 7, 1), shares=[{"rank": 2, "percent": 50}], by=zhao,
                                now=NOON)
        [visit] = db.session.scalars(supervision.inspections(plan.id, by=zhao, now=NOON)).all()
        supervision.enter(visit.id, result="serious_fault", found="过期食品", done_on=DAY, by=zhao, now=NOON)
        from services.credit import scores
        assert scores.score(market_file, now=NOON).centipoints == 9500
        with pytest.raises(supervision.InspectionDone):
            supervision.enter(visit.id, result="clean", found="x", done_on=DAY, by=zhao, now=NOON)

    def test_nothing_is_written_in_the_file_of_a_merchant_that_has_left_the_scheme(self, town, market_file, lins_market, zhao, lin):
        in_force(town.district, book(branch("keeping", item("inspection_serious_fault", -500)), grades=BOOK["grades"]), kind=SubjectKind.MERCHANT,
                 by=zhao)
        plan = supervision.plan(town.community.id, from_on=DAY, until_on=date(2026, 7, 1), shares=[], by=zhao, now=NOON)
        [visit] = db.session.scalars(supervision.inspections(plan.id, by=zhao, now=NOON)).all()
        enrolments.leave("merchant", merchant_id=lins_market.id, by=lin, now=NOON)
        assert supervision.enter(visit.id, result="serious_fault", found="过期食品", done_on=DAY, by=zhao, now=NOON).result == "serious_fault"
        assert db.session.scalars(files.entries(market_file)).all() == []

    def test_of_two_who_want_the_last_place_one_gets_it_and_both_are_told_why(self, version, town, zhao, li, zhang, live):
        for each in (li, zhang):
            file_of(each)
        made = support.open_list(town.community.id, kind="resident", support="allowance", title_zh="x", title_en="x", places=1, opens_on=DAY,
                                 closes_on=date(2026, 6, 1), by=zhao, now=NOON)
        first, second = (support.apply(made.id, asked="please", by=each, now=NOON) for each in (li, zhang))
        with pytest.raises(support.AppliedAlready):
            support.apply(made.id, asked="again", by=li, now=NOON)
        assert support.decide(first.id, grant=True, reason="The first.", by=zhao, now=NOON).status == "granted"
        with pytest.raises(support.ListFull):
            support.decide(second.id, grant=True, reason="x", by=zhao, now=NOON)
        assert support.decide(second.id, grant=False, reason="No place left.", by=zhao, now=NOON).reason == "No place left."

    def test_who_leaves_the_scheme_takes_the_grade_along(self, version, town, zhao, li):
        file_of(li)
        first, second = (support.open_list(town.community.id, kind="resident", support="allowance", title_zh="x", title_en="x", places=1,
                                           opens_on=DAY, closes_on=date(2026, 6, 1), by=zhao, now=NOON) for _ in range(2))
        waits, granted = (support.apply(each.id, asked="please", by=li, now=NOON) for each in (first, second))
        support.decide(granted.id, grant=True, reason="The first.", by=zhao, now=NOON)
        assert [row.shown_rank for row in db.session.scalars(support.applications(second.id, by=zhao, now=NOON))] == [2]
        enrolments.leave("resident", by=li, now=NOON)
        db.session.expire_all()
        assert db.session.scalars(support.applications(first.id, by=zhao, now=NOON)).all() == []
        assert [row.shown_rank for row in db.session.scalars(support.applications(second.id, by=zhao, now=NOON))] == [None]
        with pytest.raises(support.ApplicationDecided):
            support.decide(waits.id, grant=True, reason="x", by=zhao, now=NOON)
        with pytest.raises(NotFound):
            sight.application(first.id, waits.id, by=zhao, now=NOON)
        enrolments.join("resident", by=li, now=NOON)
        assert support.apply(first.id, asked="again", by=li, now=NOON).status == "open"

    def test_who_is_limited_by_law_may_not_apply(self, version, town, zhao, qian, li, listed):
        file = file_of(li)
        made = constraints.enter(file.id, list_id=listed[1].id, person_basis="某法第十条第二款", **WHOLE | {"scene": "support_list"},
                                 by=zhao, now=NOON)
        constraints.confirm(made.id, by=qian, now=NOON)
        open_list = support.open_list(town.community.id, kind="resident", support="allowance", title_zh="x", title_en="x", places=1, opens_on=DAY,
                                      closes_on=date(2026, 6, 1), by=zhao, now=NOON)
        with pytest.raises(support.Limited):
            support.apply(open_list.id, asked="x", by=li, now=NOON)


def test_no_basic_service_is_a_scene():
    from models import ConstraintScene
    basic = {"schooling", "medical_care", "social_insurance", "allowance", "water", "electricity", "heating", "legal_aid", "papers"}
    assert not basic & {*ConstraintScene}
