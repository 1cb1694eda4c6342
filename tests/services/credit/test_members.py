"""Who is of a household when, and how its score follows its people; and two people who turn out to be one."""
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models import CreditEntry, CreditFile, Household, HouseholdMember, Person, Standing, db
from services.access import sign_in
from services.credit import enrolments, scores
from services.people import joins, members, people, residents
from services.refusals import NotFound, ValidationFailed
from services.scans import presence
from tests.conftest import NOON
from tests.credit_books import BOOK, entry, file_of, in_force, volunteering

TODAY = NOON.date()
SPRING = date(2026, 3, 1)


@pytest.fixture
def rules(town, zhao):
    for kind in ("resident", "household"):
        in_force(town.district, BOOK, by=zhao, kind=kind)


@pytest.fixture
def son(live, town):
    return live("李明", town.grid_a)


@pytest.fixture
def household(rules, live, town, son):
    """Of a mother and her son since spring; each has a file and a deed of one point, and the household one of two."""
    home = Household(area_id=town.grid_a.id, name="李家", created_at=NOON)
    db.session.add(home)
    db.session.flush()
    for person in (live("李婶", town.grid_a), son):
        members.enter(person.id, home.id, on=SPRING, now=NOON)
        volunteering(file_of(person), date(2026, 5, 1), 6)
    made = file_of(household=home)
    entry(made, "mediation", date(2026, 5, 2))
    return made


def points(file, on=None):
    return scores.score(file, on=on, now=NOON).centipoints


def standing(file):
    return db.session.get(Standing, file.id, populate_existing=True).centipoints


def rows(person):
    return [(row.household_id, row.joined_how, row.left_on, row.left_how) for row in
            db.session.query(HouseholdMember).filter_by(person_id=person.id).order_by(HouseholdMember.joined_on)]


class TestOnBothDatabases:
    def test_the_score_is_of_who_is_of_it_on_that_day(self, household, son, wang):
        assert points(household) == 10400
        members.leave(household.household_id, son.id, on=date(2026, 5, 4), how="married_out", by=wang, now=NOON)
        assert (points(household), standing(household)) == (10300, 10300)
        assert points(household, date(2026, 5, 3)) == 10400
        assert db.session.get(Person, son.id, populate_existing=True).household_id is None

    def test_who_dies_is_in_no_household_and_in_no_scheme(self, household, son, wang):
        own = db.session.query(CreditFile).filter_by(person_id=son.id).one()
        members.leave(household.household_id, son.id, on=date(2026, 5, 4), how="died", by=wang, now=NOON)
        assert (points(household), standing(household)) == (10300, 10300)
        with pytest.raises(scores.NotInSchemeThen):
            points(own, date(2026, 5, 4))
        assert points(own, date(2026, 5, 3)) == 10100
        assert db.session.get(Standing, own.id) is None

    def test_what_splits_off_takes_its_people_and_their_deeds_with_it(self, household, son, wang, town):
        made = members.split(household.household_id, "张家新户", [son.id], on=date(2026, 5, 4), by=wang, now=NOON)
        other = file_of(household=made)
        assert (made.area_id, points(household), points(other)) == (town.grid_a.id, 10300, 10100)
        assert [row[1:] for row in rows(son)][-2:] == [("moved_in", date(2026, 5, 4), "split"), ("split", None, None)]
        assert standing(household) == 10300
        assert db.session.get(Person, son.id, populate_existing=True).household_id == made.id

    def test_who_is_confirmed_in_another_household_moves(self, household, son, wang, town):
        other = Household(area_id=town.grid_a.id, name="x", created_at=NOON)
        db.session.add(other)
        db.session.commit()
        asked = people.ask_for_household(son, other.id, now=NOON)
        people.decide_household(asked.id, confirm=True, by=wang, now=NOON)
        assert rows(son) == [(household.household_id, "moved_in", TODAY, "moved_out"), (other.id, "moved_in", None, None)]
        assert (points(household), standing(household)) == (10300, 10300)

    def test_of_the_same_household_again_changes_nothing(self, household, son):
        before = rows(son)
        members.enter(son.id, household.household_id, on=TODAY, now=NOON)
        assert rows(son) == before

    def test_who_decides_and_of_whom(self, household, son, wang, zhou, town, live):
        other = live("外人", town.grid_a)
        told = {"on": TODAY, "by": wang, "now": NOON}
        with pytest.raises(members.NotOfHousehold):
            members.leave(household.household_id, other.id, how="died", **told)
        with pytest.raises(members.NotOfHousehold):
            members.split(household.household_id, "x", [son.id, other.id], **told)
        with pytest.raises(members.NotOfHousehold):
            members.split(household.household_id, "x", [], **told)
        with pytest.raises(NotFound):
            members.leave(other.id, son.id, how="died", **told)
        with pytest.raises(NotFound):
            members.split(household.household_id, "x", [son.id], **told | {"by": zhou})
        members.enter(wang.id, household.household_id, on=TODAY, now=NOON)
        db.session.refresh(wang, ["household_id"])
        with pytest.raises(members.OwnHousehold):
            members.leave(household.household_id, son.id, how="died", **told)
        assert rows(son)[-1] == (household.household_id, "moved_in", None, None)

    @pytest.mark.parametrize("on", [SPRING - timedelta(days=1), TODAY + timedelta(days=1)])
    def test_nobody_leaves_before_they_came_nor_tomorrow(self, household, son, wang, on):
        for step in (lambda: members.leave(household.household_id, son.id, on=on, how="died", by=wang, now=NOON),
                     lambda: members.split(household.household_id, "x", [son.id], on=on, by=wang, now=NOON)):
            with pytest.raises(ValidationFailed):
                step()

    def test_who_is_shown_who_is_of_it(self, household, son, li, wang, sun, zhou, lin):
        db.session.refresh(son, ["household_id"])
        for by in (son, wang, sun):
            assert len(db.session.execute(members.search(household.household_id, by=by, now=NOON)).all()) == 2
        for by in (li, zhou, lin):
            with pytest.raises(NotFound):
                members.search(household.household_id, by=by, now=NOON)

    def test_a_person_is_of_one_household_at_a_time(self, household, son):
        db.session.add(HouseholdMember(household_id=household.household_id, person_id=son.id, joined_on=TODAY))
        with pytest.raises(IntegrityError):
            db.session.flush()

    @pytest.mark.parametrize("statement", [
        "DELETE FROM household_members", "UPDATE household_members SET joined_on = '2020-01-01'", "DELETE FROM credit_enrolments",
        "UPDATE credit_enrolments SET joined_on = '2020-01-01'", "DELETE FROM credit_files", "UPDATE credit_files SET kind = 'merchant'",
        "DELETE FROM credit_entries", "UPDATE credit_entries SET quantity = 1", "UPDATE credit_entries SET happened_on = '2020-01-01'"])
    def test_what_stands_in_files_stays_whoever_asks_the_database(self, household, statement):
        with pytest.raises(IntegrityError, match=r"kept|stay"):
            db.session.execute(text(statement))


class TestTwoWhoAreOne:
    """Somebody enrolled without a phone signs in later: `services/people/joins.py`."""

    @pytest.fixture
    def granny(self, rules, town, wang, settings):
        return residents.enrol("冉婆婆", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)

    @pytest.fixture
    def phone(self, rules, town, settings):
        person = sign_in.by_openid("granny", settings=settings, now=NOON).person
        db.session.commit()
        return sign_in.load(person.id, NOON)

    def join(self, granny, phone, wang, settings):
        token = presence.show_person(phone, settings=settings, now=NOON).token
        joins.join(granny.id, token, by=wang, settings=settings, now=NOON)
        db.session.commit()

    def test_of_two_files_the_enrolled_ones_stands_with_the_entries_of_both(self, granny, phone, wang, settings, town):
        files = [file_of(person, area=town.grid_a) for person in (granny, phone)]
        for file in files:
            volunteering(file, date(2026, 5, 1), 6)
            enrolments.scores.refresh([file.id], now=NOON)
        self.join(granny, phone, wang, settings)
        assert {row.person_id for row in db.session.query(CreditEntry)} == {granny.id}
        assert (points(files[0]), standing(files[0])) == (10200, 10200)
        assert enrolments.live(files[1].id) is None and db.session.get(Standing, files[1].id) is None
        with pytest.raises(scores.NotInSchemeThen):
            points(files[1])

    def test_the_only_file_there_is_goes_on_as_the_enrolled_ones(self, granny, phone, wang, settings, town):
        file = file_of(phone, area=town.grid_a)
        volunteering(file, date(2026, 5, 1), 6)
        self.join(granny, phone, wang, settings)
        db.session.refresh(file)
        assert (file.person_id, points(file), standing(file)) == (granny.id, 10100, 10100)
        assert enrolments.own_file(file.kind, by=sign_in.load(granny.id, NOON), now=NOON).id == file.id

    def test_without_files_nothing_is_made(self, granny, phone, wang, settings):
        self.join(granny, phone, wang, settings)
        assert db.session.query(CreditFile).count() == 0

    @pytest.mark.parametrize("whose", ["granny", "phone", "both"])
    def test_of_two_households_the_enrolled_ones_stands(self, granny, phone, wang, settings, town, whose):
        made = [Household(area_id=town.grid_a.id, name=name, created_at=NOON) for name in "ab"]
        db.session.add_all(made)
        db.session.flush()
        for person, household, name in zip((granny, phone), made, ("granny", "phone"), strict=True):
            if whose in (name, "both"):
                members.enter(person.id, household.id, on=SPRING, now=NOON)
        db.session.commit()
        self.join(granny, phone, wang, settings)
        kept = made[1] if whose == "phone" else made[0]
        live = db.session.query(HouseholdMember).filter_by(left_on=None).all()
        assert [(row.person_id, row.household_id) for row in live if row.person_id in (granny.id, phone.id)] == [(granny.id, kept.id)]
        assert db.session.get(Person, granny.id, populate_existing=True).household_id == kept.id
