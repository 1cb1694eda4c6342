"""Who is of a household when, and how its score follows its people; and two people who turn out to be one."""
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models import ActivityRecord, CreditEntry, CreditFile, Household, HouseholdMember, Letter, Message, Person, RecordStep, Standing, db
from services import events
from services.access import sign_in
from services.credit import enrolments, entries, explanations, feeding, letters, objections, repairs, scores
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

    def test_of_two_it_is_not_said_of_which_branch_the_others_part_is(self, household, son, live, town):
        entry(db.session.query(CreditFile).filter_by(person_id=son.id).one(), "litter", date(2026, 5, 3))
        told = explanations.explain(household, now=NOON)
        assert told.en == ["+2: mediation between neighbours, 2 May 2026, until 1 May 2027", "item: +2", "By members together: +1",
                           "Base 100 + 2 + 1 = 103, grade B"]
        assert told.zh[1:] == ["项：+2", "家庭成员合计：+1", "基础分100 + 2 + 1 = 103，等级B"]
        assert [(branch.summed, branch.total, branch.by_others) for branch in told.branches] == [(200, 200, 0)]
        third = live("李叔", town.grid_a)
        members.enter(third.id, household.household_id, on=SPRING, now=NOON)
        db.session.commit()
        assert explanations.explain(household, now=NOON).by_few == 100, "who is not in the scheme counts for nothing"
        file_of(third)
        told = explanations.explain(household, now=NOON)
        assert told.by_few is None
        assert told.en[1:] == ["item: +4 (of that by members +2)", "item: -1 (of that by members -1)", "Base 100 + 4 - 1 = 103, grade B"]

    def test_of_two_the_limits_are_in_the_one_sum_too(self, household, son):
        for _ in range(8):
            entry(household, "mediation", date(2026, 5, 3))
        told = explanations.explain(household, now=NOON)
        assert (told.score.plain, [branch.total for branch in told.branches], told.by_few) == (11500, [1800], -300)

    def test_of_two_of_whom_nobody_did_anything_there_is_nothing_to_keep_back(self, rules, live, town):
        home = Household(area_id=town.grid_a.id, name="空家", created_at=NOON)
        db.session.add(home)
        db.session.flush()
        made = file_of(household=home)
        entry(made, "mediation", date(2026, 5, 2))
        assert (explanations.explain(made, now=NOON).by_few, points(made)) == (None, 10200)

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

    def test_the_days_before_stay_as_they_were_in_both_files_and_in_both_households(self, granny, phone, wang, settings, town):
        homes = [Household(area_id=town.grid_a.id, name=name, created_at=NOON) for name in "ab"]
        db.session.add_all(homes)
        db.session.flush()
        all_files = []
        for person, home in zip((granny, phone), homes, strict=True):
            members.enter(person.id, home.id, on=SPRING, now=NOON)
            all_files += [file_of(person, area=town.grid_a), file_of(household=home)]
        for file in all_files[::2]:
            volunteering(file, date(2026, 5, 1), 6)
        entry(all_files[2], "mediation", date(2026, 5, 2))
        db.session.commit()

        def were():
            return [points(file, on=TODAY - timedelta(days=1)) for file in all_files]
        before = were()
        assert before == [10100, 10100, 10300, 10300]
        self.join(granny, phone, wang, settings)
        db.session.expire_all()
        assert were() == before
        assert [scores.as_it_stood(file, TODAY - timedelta(days=1), now=NOON).centipoints for file in all_files] == before
        assert [points(file) for file in (all_files[0], all_files[1], all_files[3])] == [10400, 10400, 10000]

    def test_the_household_that_comes_over_stays_as_it_was_for_the_days_before(self, granny, phone, wang, settings, town):
        home = Household(area_id=town.grid_a.id, name="a", created_at=NOON)
        db.session.add(home)
        db.session.flush()
        members.enter(phone.id, home.id, on=SPRING, now=NOON)
        household, mine, theirs = file_of(household=home), file_of(granny, area=town.grid_a), file_of(phone, area=town.grid_a)
        volunteering(mine, date(2026, 5, 1), 18)
        volunteering(theirs, date(2026, 5, 1), 6)
        yesterday = TODAY - timedelta(days=1)
        before = points(household, on=yesterday)
        self.join(granny, phone, wang, settings)
        db.session.expire_all()
        assert (before, points(household, on=yesterday), points(household)) == (10100, 10100, 10400)
        assert rows(phone) == [(home.id, "moved_in", TODAY, "moved_out")] and rows(granny) == [(home.id, "moved_in", None, None)]

    def test_what_the_other_self_asked_and_objected_to_is_theirs_and_they_are_told(self, granny, phone, wang, zhao, settings, town):
        for person in (granny, phone):
            file = file_of(person, area=town.grid_a)
        faults = [entry(file, "litter", SPRING), entry(file, "false_report", SPRING)]
        objected = objections.object_to(faults[0].id, reason="no", by=phone, now=NOON)
        asked = repairs.ask(faults[1].id, pledge="I will not again.", evidence="x", by=phone, now=NOON + timedelta(days=31))
        self.join(granny, phone, wang, settings)
        now, one = NOON + timedelta(days=32), sign_in.load(granny.id, NOON)
        for search, row in ((objections.search, objected), (repairs.search, asked)):
            assert [each.id for each in db.session.scalars(search(one, now))] == [row.id]
        objections.decide(objected.id, uphold=False, reason="The papers show it.", by=zhao, now=now)
        repairs.decide(asked.id, grant=False, reason="Nothing was done.", by=zhao, now=now)
        assert {row.topic for row in db.session.query(Message).filter_by(person_id=granny.id)} >= {"credit_objection_dismissed", "repair_refused"}
        again = repairs.ask(faults[1].id, pledge="I will not again.", evidence="x", by=one, now=now)
        assert repairs.withdraw(again.id, by=one, now=now).status == "withdrawn"

    def test_the_only_file_there_is_goes_on_as_the_enrolled_ones(self, granny, phone, wang, settings, town):
        file = file_of(phone, area=town.grid_a)
        volunteering(file, date(2026, 5, 1), 6)
        self.join(granny, phone, wang, settings)
        db.session.refresh(file)
        assert (file.person_id, points(file), standing(file)) == (granny.id, 10100, 10100)
        assert enrolments.own_file(file.kind, by=sign_in.load(granny.id, NOON), now=NOON).id == file.id

    @pytest.fixture
    def twice(self, granny, phone, wang, town):
        """Both have a file, and were credited for six hours at one event: their records."""
        event = events.plan(by=wang, now=NOON, title="x", category="care", area_id=town.grid_a.id, starts_at=NOON,
                            ends_at=NOON + timedelta(hours=6), check_in_mode="both", check_out_required=False, points_per_hour=60,
                            points_max=400, missing_check_out="review")
        made = []
        for person in (granny, phone):
            file_of(person, area=town.grid_a)
            made.append(ActivityRecord(
                event_id=event.id, resident_id=person.id, area_id=town.grid_a.id, category="care", started_at=NOON, ended_at=NOON, minutes=360,
                points_proposed=0, points_max=0, evidence_tier="A", approvals_needed=1, status="credited", created_at=NOON))
        db.session.add_all(made)
        db.session.commit()
        return made

    @pytest.mark.parametrize("is_read_late", [False, True])
    def test_what_both_were_credited_for_at_one_event_counts_once(self, twice, granny, phone, wang, settings, is_read_late):
        def read(*records):
            db.session.add_all(RecordStep(record_id=record.id, action="credit", at=NOON) for record in records)
            db.session.flush()
            feeding.read_on(NOON)
            db.session.commit()
        hers, phones = twice
        read(phones) if is_read_late else read(phones, hers)
        self.join(granny, phone, wang, settings)
        if is_read_late:
            read(hers)
        file = db.session.query(CreditFile).filter_by(person_id=granny.id).one()
        assert db.session.query(CreditEntry).filter_by(person_id=granny.id, voided_at=None).count() == 2
        assert (points(file), standing(file)) == (10100, 10100)
        counts, doubled = (db.session.query(CreditEntry).filter_by(source_ref=str(record.id)).one() for record in twice)
        assert (counts.joined_deed, doubled.joined_deed) == (None, counts.deed)
        entries.take_out(counts, reason="reversed", by=None, now=NOON)
        assert points(file) == 10100

    def test_of_one_household_both_deeds_count_for_the_days_before(self, twice, granny, phone, wang, settings, town):
        home = Household(area_id=town.grid_a.id, name="a", created_at=NOON)
        db.session.add(home)
        db.session.flush()
        for person in (granny, phone):
            members.enter(person.id, home.id, on=SPRING, now=NOON)
        household, yesterday = file_of(household=home), TODAY - timedelta(days=1)
        for record in twice:
            record.started_at = record.ended_at = NOON - timedelta(days=2)
        db.session.add_all(RecordStep(record_id=record.id, action="credit", at=NOON) for record in twice)
        db.session.flush()
        feeding.read_on(NOON)
        db.session.commit()
        before = points(household, on=yesterday)
        self.join(granny, phone, wang, settings)
        db.session.expire_all()
        assert (before, points(household, on=yesterday), points(household)) == (10200, 10200, 10100)

    def test_no_letter_of_the_file_that_ends_is_read_any_more(self, granny, phone, wang, zhao, settings, town):
        file_of(granny, area=town.grid_a)
        file = file_of(phone, area=town.grid_a)
        receiver = letters.register(town.community.id, name="行", uscc="91350100M000100Y43", purpose="farm_loan", from_grade="B", offers_zh="贷",
                                    offers_en="loan", by=zhao, now=NOON)
        db.session.add(Letter(file_id=file.id, receiver_id=receiver.id, asked_by_id=phone.id, asked_at=NOON, expires_on=date(2026, 7, 5), says={},
                              status="sent", sent_at=NOON, code_hash=letters.digest("L")))
        self.join(granny, phone, wang, settings)
        with pytest.raises(letters.LetterWithdrawn):
            letters.read("L", now=NOON)
        assert letters.acknowledge("L", now=NOON) == 1

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
