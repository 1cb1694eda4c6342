"""Joining the scheme and leaving it, keeping volunteering out, and what somebody says of themselves."""
from datetime import date, timedelta

import pytest

from models import CreditEntry, Household, Role, Standing, SubjectKind, Traits, db
from services.credit import enrolments, entries, files, objections, scores, traits
from services.people import members
from services.refusals import NotFound
from tests.conftest import NOON
from tests.credit_books import BOOK, book, branch, entry, file_of, in_force, item, volunteering

TODAY = NOON.date()
LATER = NOON + timedelta(days=10)
RESIDENT, HOUSEHOLD, MERCHANT = SubjectKind.RESIDENT, SubjectKind.HOUSEHOLD, SubjectKind.MERCHANT


@pytest.fixture
def rules(town, zhao):
    return in_force(town.district, BOOK, by=zhao)


def points(file, on=None, now=LATER):
    return scores.score(file, on=on, now=now).centipoints


def standing(file):
    row = db.session.get(Standing, file.id, populate_existing=True)
    return row and row.centipoints


class TestOnBothDatabases:
    def test_who_joins_has_the_base_and_a_standing_at_once(self, rules, li):
        file = enrolments.join(RESIDENT, by=li, now=NOON)
        assert (file.person_id, file.area_id, points(file, now=NOON), standing(file)) == (li.id, li.home_area_id, 10000, 10000)
        with pytest.raises(enrolments.AlreadyInScheme):
            enrolments.join(RESIDENT, by=li, now=NOON)

    def test_without_a_rulebook_one_joins_all_the_same(self, li):
        file = enrolments.join(RESIDENT, by=li, now=NOON)
        assert standing(file) is None
        with pytest.raises(scores.NoRulebook):
            points(file)

    def test_who_left_has_no_score_from_that_day_on_and_what_was_there_comes_back(self, rules, li):
        file = file_of(li)
        volunteering(file, date(2026, 5, 1), 6)
        enrolments.leave(RESIDENT, by=li, now=NOON)
        assert standing(file) is None
        assert points(file, TODAY - timedelta(days=1)) == 10100
        for day in (TODAY, TODAY + timedelta(days=1)):
            with pytest.raises(scores.NotInSchemeThen):
                points(file, day)
        with pytest.raises(enrolments.NotInScheme):
            enrolments.leave(RESIDENT, by=li, now=NOON)
        assert enrolments.join(RESIDENT, by=li, now=LATER).id == file.id
        assert (points(file), standing(file)) == (10100, 10100)
        assert [enrolments.was_in(file.id, TODAY + timedelta(days=days)) for days in (-1, 0, 9, 10)] == [True, False, False, True]

    def test_who_moved_joins_where_they_live_now_and_earlier_days_count_as_they_did(self, rules, town, li, zhao, live):
        in_force(town.other, book(branch("deeds", item("mediation", 150)), base=5000), by=zhao)
        file = file_of(li)
        first = entry(file, "mediation", date(2026, 5, 1))
        enrolments.leave(RESIDENT, by=li, now=NOON)
        li.home_area_id = town.other.id
        db.session.commit()
        assert enrolments.join(RESIDENT, by=li, now=LATER).id == file.id
        assert (file.area_id, points(file), standing(file)) == (town.other.id, 5150, 5150)
        assert points(file, TODAY - timedelta(days=1)) == 10200
        assert scores.as_it_stood(file, TODAY - timedelta(days=1), now=LATER).centipoints == 10200
        made = objections.object_to(first.id, reason="It was more.", by=li, now=LATER)
        with pytest.raises(NotFound):  # who knows of it decides
            objections.decide(made.id, uphold=True, reason="x", by=live("他区主任", town.other, Role.AREA_ADMIN, town.other), now=LATER)
        objections.decide(made.id, uphold=False, reason="It was not.", by=zhao, now=LATER)
        enrolments.leave(RESIDENT, by=li, now=LATER + timedelta(days=1))
        enrolments.join(RESIDENT, by=li, now=LATER + timedelta(days=2))
        assert [held.area_id for held in sorted(file.enrolments, key=lambda held: held.joined_on)] == [town.grid_a.id, None, None]

    def test_one_may_join_and_leave_on_one_day(self, rules, li):
        for _ in range(2):
            file = enrolments.join(RESIDENT, by=li, now=NOON)
            enrolments.leave(RESIDENT, by=li, now=NOON)
        with pytest.raises(scores.NotInSchemeThen):
            points(file, TODAY, now=NOON)

    def test_of_the_time_outside_nothing_is_written(self, rules, li, wang, settings):
        file = file_of(li)
        enrolments.leave(RESIDENT, by=li, now=NOON)
        enrolments.join(RESIDENT, by=li, now=LATER)
        told = {"code": "mediation", "quantity": 1, "title": "x", "evidence": "x", "by": wang, "settings": settings, "now": LATER}
        for days in (0, 9):
            with pytest.raises(scores.NotInSchemeThen):
                entries.enter(file.id, happened_on=TODAY + timedelta(days=days), **told)
        assert entries.enter(file.id, happened_on=TODAY - timedelta(days=1), **told)
        assert entries.enter(file.id, happened_on=TODAY + timedelta(days=10), **told)
        assert points(file) == 10400

    def test_a_household_and_a_shop_are_spoken_for_by_theirs(self, li, zhao, lin, mei, kang, lins_market):
        assert enrolments.join(HOUSEHOLD, by=li, now=NOON).household_id == li.household_id
        with pytest.raises(enrolments.NoHousehold):
            enrolments.join(HOUSEHOLD, by=zhao, now=NOON)
        assert enrolments.join(MERCHANT, by=lin, merchant_id=lins_market.id, now=NOON).merchant_id == lins_market.id
        for by in (mei, kang, li):
            with pytest.raises(NotFound):
                enrolments.leave(MERCHANT, by=by, merchant_id=lins_market.id, now=NOON)

    def test_whose_deeds_leave_the_scheme_leave_the_households_score(self, town, live, zhao):
        in_force(town.district, by=zhao, kind="household")
        in_force(town.district, by=zhao)
        home = Household(area_id=town.grid_a.id, name="x", created_at=NOON)
        db.session.add(home)
        db.session.flush()
        mother, son = (live(name, town.grid_a) for name in "ab")
        for person in (mother, son):
            members.enter(person.id, home.id, on=date(2026, 1, 1), now=NOON)
            volunteering(file_of(person), date(2026, 5, 1), 6)
        household = file_of(household=home)
        assert points(household, now=NOON) == 10200
        enrolments.leave(RESIDENT, by=son, now=NOON)
        assert (points(household, now=NOON), standing(household)) == (10100, 10100)
        assert points(household, TODAY - timedelta(days=1)) == 10200
        enrolments.join(RESIDENT, by=son, now=NOON)
        assert (points(household, now=NOON), standing(household)) == (10200, 10200)

    def test_volunteering_is_kept_out_and_what_was_voided_stays_so(self, rules, li, wang, settings):
        file = file_of(li)
        volunteering(file, date(2026, 5, 1), 6), entry(file, "mediation", date(2026, 5, 1))
        assert enrolments.leave_volunteering_out(True, by=li, now=NOON).without_volunteering
        assert (points(file, now=NOON), standing(file)) == (10200, 10200)
        assert enrolments.leave_volunteering_out(True, by=li, now=LATER)
        voided = {row.code: row.voided_at for row in db.session.query(CreditEntry).populate_existing()}
        assert voided == {"volunteering": NOON, "mediation": None}
        told = {"quantity": 360, "title": "x", "evidence": "x", "by": wang, "settings": settings, "happened_on": TODAY}
        with pytest.raises(entries.LeftOut):
            entries.enter(file.id, code="volunteering", now=NOON, **told)
        enrolments.leave_volunteering_out(False, by=li, now=LATER)
        assert entries.enter(file.id, code="volunteering", now=LATER, **told)
        assert points(file) == 10300

    def test_who_is_outside_has_nothing_to_keep_out(self, li):
        with pytest.raises(enrolments.NotInScheme):
            enrolments.leave_volunteering_out(True, by=li, now=NOON)
        file_of(li)
        enrolments.leave(RESIDENT, by=li, now=NOON)
        with pytest.raises(enrolments.NotInScheme):
            enrolments.leave_volunteering_out(True, by=li, now=NOON)

    def test_who_sees_how_much_of_a_file(self, rules, li, zhang, wang, zhou, sun, zhao, lin):
        file = file_of(li)
        seen = [files.sight(file, by=by, now=NOON) for by in (li, zhao, sun, wang, zhou, zhang, lin)]
        assert seen == [files.Sight.OWN, files.Sight.SCORE, files.Sight.SCORE, files.Sight.ENTRIES, None, None, None]
        enrolments.leave(RESIDENT, by=li, now=NOON)
        assert files.seen(file.id, by=li, now=NOON) == file
        for by in (zhao, sun, wang):
            with pytest.raises(NotFound):
                files.seen(file.id, by=by, now=NOON)

    def test_a_child_of_seventeen_has_no_fault_written_down_and_of_eighteen_has(self, rules, live, town, wang, settings):
        from services.access import sign_in
        from services.people import people
        from services.people.identifiers import MOD_11_CHARACTERS, MOD_11_WEIGHTS
        from tests.conftest import KEYS
        told = {"code": "litter", "quantity": 1, "title": "x", "evidence": "x", "by": wang, "settings": settings, "now": NOON, "happened_on": TODAY}
        for born, is_child in (("20080507", True), ("20080506", False)):
            body = f"500103{born}001"
            total = sum(int(digit) * weight for digit, weight in zip(body, MOD_11_WEIGHTS, strict=True))
            person = live(born, town.grid_a)
            people.seal_papers(person, {"id_number": body + MOD_11_CHARACTERS[total % 11]}, KEYS)
            db.session.commit()
            file = file_of(sign_in.load(person.id, NOON))
            if is_child:
                with pytest.raises(entries.MinorsFault):
                    entries.enter(file.id, **told)
                assert entries.enter(file.id, **told | {"code": "mediation"})
            else:
                assert entries.enter(file.id, **told)

    def test_a_grid_workers_own_file_and_their_households_are_not_theirs_to_write_in(self, rules, wang, li, zhao, settings):
        told = {"code": "mediation", "quantity": 1, "title": "x", "evidence": "x", "settings": settings, "now": NOON, "happened_on": TODAY}
        members.enter(li.id, wang.household_id, on=TODAY, now=NOON)
        own = [file_of(wang), file_of(li), file_of(household=db.session.get(Household, wang.household_id))]
        for file in own:
            with pytest.raises(entries.OwnFile):
                entries.enter(file.id, by=wang, **told)
        made = entries.enter(own[1].id, by=zhao, **told)
        members.enter(zhao.id, wang.household_id, on=TODAY, now=NOON)
        with pytest.raises(entries.OwnFile):
            entries.void(made.id, reason="x", by=zhao, now=NOON)

    def test_traits_are_said_and_taken_back_by_oneself(self, li):
        assert traits.of(li).born_year is None
        assert traits.say(li, now=NOON, born_year=1990, sex="female", hukou=None, has_disability=None).sex == "female"
        assert traits.say(li, now=NOON, has_disability=False).born_year is None
        assert db.session.get(Traits, li.id).has_disability is False
        traits.say(li, now=NOON)
        assert db.session.get(Traits, li.id) is None
