"""How a rulebook is adopted, step by step: every refusal, and the numbers at its edge."""
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models import AuditRow, CheckState, ContentCheck, Indicator, Message, Role, RulebookVersion, db
from services.access import sign_in
from services.credit import adoption, in_force, rulebooks, rules
from services.credit.rulebooks import NoTemplate, NotThisStep, RulebookExists
from services.people import people
from services.refusals import Conflict, Forbidden, NotFound, ValidationFailed
from tests import credit_books
from tests.conftest import NOON
from tests.credit_books import BOOK, GRADES, SMALL, book, branch, draft, item

TODAY = NOON.date()
WEEK = TODAY + timedelta(days=7)
AFTER = NOON + timedelta(days=7)
VOTE = {"voted_on": WEEK, "voters": "people", "eligible": 100, "present": 51, "votes_for": 26, "votes_against": 25, "minutes": "x"}


@pytest.fixture
def drafted(town, zhao):
    return draft(town.community, SMALL, by=zhao)


@pytest.fixture
def consulted(drafted, zhao):
    return kept(adoption.consult(drafted.id, until=WEEK, by=zhao, now=NOON))


@pytest.fixture
def voted(consulted, zhao):
    return kept(adoption.vote(consulted.id, **VOTE, by=zhao, now=AFTER))


@pytest.fixture
def published(voted, zhao):
    return kept(adoption.publish(voted.id, in_force_from=date(2026, 6, 1), by=zhao, now=AFTER))


@pytest.fixture
def tang(live, town):
    """Administers the district."""
    return live("唐主任", town.grid_b, Role.AREA_ADMIN, town.district)


def kept(row):
    db.session.commit()
    return row


def status(version):
    db.session.rollback()
    return db.session.get(RulebookVersion, version.id, populate_existing=True).status


def next_one(town, zhao, document=SMALL):
    """Another version of the same rulebook, voted."""
    made = draft(town.community, document, by=zhao)
    adoption.consult(made.id, until=WEEK, by=zhao, now=NOON)
    return kept(adoption.vote(made.id, **VOTE, by=zhao, now=AFTER))


class TestConsultation:
    @pytest.mark.parametrize("days", [-1, 0, 6, 91])
    def test_it_takes_a_week_to_90_days(self, drafted, zhao, days):
        with pytest.raises(ValidationFailed) as refused:
            adoption.consult(drafted.id, until=TODAY + timedelta(days=days), by=zhao, now=NOON)
        assert list(refused.value.errors) == ["until"] and status(drafted) == "draft"

    def test_ninety_days_are_taken(self, drafted, zhao):
        assert adoption.consult(drafted.id, until=TODAY + timedelta(days=90), by=zhao, now=NOON).status == "consulted"

    def test_seven_days_are_a_week(self, consulted):
        assert (consulted.status, consulted.consulted_from, consulted.consulted_until) == ("consulted", TODAY, WEEK)

    def test_who_lives_there_may_speak_until_the_day_before_its_end(self, consulted, li, zhou):
        with pytest.raises(NotFound):
            adoption.comment(consulted.id, said="x", by=zhou, now=NOON)
        adoption.comment(consulted.id, said="多给一分", by=li, now=AFTER - timedelta(hours=13))  # 11 in the evening before
        with pytest.raises(adoption.ConsultationOver):
            adoption.comment(consulted.id, said="x", by=li, now=AFTER - timedelta(hours=11))

    def test_of_a_draft_who_lives_there_knows_nothing(self, drafted, li, zhao):
        with pytest.raises(NotFound):
            adoption.comment(drafted.id, said="x", by=li, now=NOON)
        with pytest.raises(adoption.ConsultationOver):
            adoption.comment(drafted.id, said="x", by=zhao, now=NOON)

    def test_what_was_said_is_answered_once_by_an_admin(self, consulted, li, zhao, qian, sun, wang):
        said = kept(adoption.comment(consulted.id, said="x", by=li, now=NOON))
        for by, refusal in ((sun, Forbidden), (wang, NotFound), (li, NotFound)):
            with pytest.raises(refusal):
                adoption.answer(said.id, answer="y", by=by, now=NOON)
        assert adoption.answer(said.id, answer="y", by=zhao, now=NOON).answered_by_id == zhao.id
        with pytest.raises(adoption.CommentAnswered):
            adoption.answer(said.id, answer="z", by=qian, now=NOON)
        with pytest.raises(NotFound):
            adoption.answer(li.id, answer="z", by=qian, now=NOON)
        assert [row.answer for row in db.session.scalars(adoption.comments(consulted.id, by=li, now=NOON))] == ["y"]

    def test_back_to_a_draft_it_is_written_anew_and_consulted_on_again(self, consulted, zhao):
        adoption.redraft(consulted.id, by=zhao, now=NOON)
        rewritten = kept(rulebooks.rewrite(consulted.id, book(branch("deeds", item("choir", 150))), by=zhao, now=NOON))
        assert (rewritten.status, rewritten.consulted_until, [row.code for row in rewritten.indicators]) == ("draft", None, ["deeds", "choir"])
        with pytest.raises(NotThisStep):
            adoption.vote(consulted.id, **VOTE, by=zhao, now=AFTER)
        assert adoption.consult(consulted.id, until=WEEK, by=zhao, now=NOON).status == "consulted"


class TestVote:
    def test_it_is_not_before_the_consultations_end(self, consulted, zhao):
        with pytest.raises(adoption.ConsultationRuns) as refused:
            adoption.vote(consulted.id, **VOTE | {"voted_on": WEEK - timedelta(days=1)}, by=zhao, now=AFTER)
        assert refused.value.fields == {"until": WEEK.isoformat()}

    @pytest.mark.parametrize(("changes", "field"), [
        ({"voted_on": WEEK + timedelta(days=1)}, "voted_on"), ({"present": 101}, "present"), ({"present": 0, "votes_for": 0, "votes_against": 0},
        "present"), ({"votes_for": 27}, "present")])
    def test_numbers_fit_together_and_the_day_has_come(self, consulted, zhao, changes, field):
        with pytest.raises(ValidationFailed) as refused:
            adoption.vote(consulted.id, **VOTE | changes, by=zhao, now=AFTER)
        assert list(refused.value.errors) == [field] and status(consulted) == "consulted"

    @pytest.mark.parametrize(("voters", "eligible", "present", "enough"), [
        ("people", 100, 50, False), ("people", 100, 51, True), ("people", 101, 51, True), ("people", 3, 1, False),
        ("households", 99, 65, False), ("households", 99, 66, True), ("households", 100, 66, False), ("households", 100, 67, True),
        ("households", 3, 2, True), ("people", 3, 2, True)])
    def test_over_half_of_the_people_or_two_thirds_of_the_households(self, consulted, zhao, voters, eligible, present, enough):
        numbers = VOTE | {"voters": voters, "eligible": eligible, "present": present, "votes_for": present, "votes_against": 0}
        if enough:
            assert adoption.vote(consulted.id, **numbers, by=zhao, now=AFTER).status == "voted"
            return
        with pytest.raises(adoption.TurnoutTooLow):
            adoption.vote(consulted.id, **numbers, by=zhao, now=AFTER)
        assert status(consulted) == "consulted"

    @pytest.mark.parametrize(("present", "votes_for", "outcome"), [(60, 30, "dropped"), (60, 31, "voted"), (51, 25, "dropped"), (51, 26, "voted")])
    def test_more_than_half_of_who_was_there_pass_it(self, consulted, zhao, present, votes_for, outcome):
        found = adoption.vote(consulted.id, **VOTE | {"present": present, "votes_for": votes_for, "votes_against": 0}, by=zhao, now=AFTER)
        assert (found.status, found.votes_for) == (outcome, votes_for)


class TestPublication:
    def test_a_communitys_is_voted_first(self, consulted, zhao):
        with pytest.raises(NotThisStep):
            adoption.publish(consulted.id, in_force_from=date(2026, 6, 1), by=zhao, now=AFTER)

    def test_a_districts_follows_its_consultation(self, town, tang):
        made = draft(town.district, BOOK, by=tang)
        adoption.consult(made.id, until=WEEK, by=tang, now=NOON)
        with pytest.raises(adoption.ConsultationRuns):
            adoption.publish(made.id, in_force_from=date(2026, 6, 1), by=tang, now=AFTER - timedelta(days=1))
        assert adoption.publish(made.id, in_force_from=date(2026, 6, 1), by=tang, now=AFTER).status == "published"

    def test_it_is_published_before_its_first_day(self, voted, zhao):
        with pytest.raises(ValidationFailed) as refused:
            adoption.publish(voted.id, in_force_from=WEEK, by=zhao, now=AFTER)
        assert list(refused.value.errors) == ["in_force_from"]
        assert adoption.publish(voted.id, in_force_from=WEEK + timedelta(days=1), by=zhao, now=AFTER).in_force_from == WEEK + timedelta(days=1)

    def test_the_next_version_retires_the_one_before_on_its_first_day(self, published, town, zhao):
        newer = next_one(town, zhao)
        kept(adoption.publish(newer.id, in_force_from=date(2026, 7, 1), by=zhao, now=AFTER))
        assert db.session.get(RulebookVersion, published.id, populate_existing=True).retired_on == date(2026, 7, 1)
        found = [in_force.version(town.grid_a, "resident", day).number for day in (date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1))]
        assert found == [1, 1, 2]
        assert in_force.version(town.grid_a, "resident", date(2026, 5, 31)) is None

    @pytest.mark.parametrize("on", [date(2026, 5, 31), date(2026, 6, 1)])
    def test_it_is_not_slipped_in_before_one_that_is_published_already(self, published, town, zhao, on):
        newer = next_one(town, zhao)
        with pytest.raises(ValidationFailed):
            adoption.publish(newer.id, in_force_from=on, by=zhao, now=AFTER)
        assert status(newer) == "voted"

    def test_two_versions_are_never_in_force_on_one_day(self, published, town, zhao):
        kept(adoption.retire(published.id, on=date(2026, 8, 1), by=zhao, now=AFTER))
        newer = next_one(town, zhao)
        with pytest.raises(ValidationFailed):
            adoption.publish(newer.id, in_force_from=date(2026, 7, 31), by=zhao, now=AFTER)
        assert adoption.publish(newer.id, in_force_from=date(2026, 8, 1), by=zhao, now=AFTER).status == "published"

    def test_it_is_retired_once_from_a_day_that_lies_ahead(self, published, zhao):
        for day in (WEEK, date(2026, 5, 31)):  # today; before its first day
            with pytest.raises(ValidationFailed):
                adoption.retire(published.id, on=day, by=zhao, now=AFTER)
        kept(adoption.retire(published.id, on=date(2026, 6, 1), by=zhao, now=AFTER))
        with pytest.raises(NotThisStep):
            adoption.retire(published.id, on=date(2026, 6, 2), by=zhao, now=AFTER)

    def test_what_is_not_published_is_dropped_and_nothing_comes_after(self, drafted, zhao):
        adoption.drop(drafted.id, by=zhao, now=NOON)
        for step in (lambda: adoption.drop(drafted.id, by=zhao, now=NOON), lambda: adoption.consult(drafted.id, until=WEEK, by=zhao, now=NOON),
                     lambda: rulebooks.rewrite(drafted.id, SMALL, by=zhao, now=NOON)):
            with pytest.raises(NotThisStep):
                step()

    def test_what_is_published_is_not_dropped(self, published, zhao):
        with pytest.raises(NotThisStep):
            adoption.drop(published.id, by=zhao, now=AFTER)

    def test_only_an_admin_of_the_area_takes_a_step(self, drafted, sun, wang, zhou, li, live, town):
        elsewhere = live("冯主任", town.grid_c, Role.AREA_ADMIN, town.other)
        for by, refusal in ((sun, Forbidden), (wang, NotFound), (zhou, NotFound), (li, NotFound), (elsewhere, NotFound)):
            for step in (lambda by=by: adoption.consult(drafted.id, until=WEEK, by=by, now=NOON),
                         lambda by=by: adoption.drop(drafted.id, by=by, now=NOON),
                         lambda by=by: rulebooks.rewrite(drafted.id, SMALL, by=by, now=NOON)):
                with pytest.raises(refusal):
                    step()
        assert status(drafted) == "draft"


class TestRules:
    def own(self, town, zhao, *items):
        return rulebooks.draft(self.rulebook(town, zhao), book(branch("all", *items)), template=False, by=zhao, now=NOON)

    def rulebook(self, town, zhao):
        return rulebooks.make(town.community.id, "resident", title_zh="x", title_en="x", by=zhao, now=NOON).id

    def test_five_that_give_and_five_that_take_are_a_communitys_own(self, town, zhao):
        made = self.own(town, zhao, *(item(f"plus{n}", 200) for n in range(5)), *(item(f"minus{n}", -200) for n in range(5)))
        assert sorted(row.own_slot for row in made.indicators if row.parent_id) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]

    @pytest.mark.parametrize("sign", [1, -1])
    def test_a_sixth_is_too_many(self, town, zhao, sign):
        with pytest.raises(rules.TooManyOwnItems) as refused:
            self.own(town, zhao, *(item(f"own{n}", 100 * sign) for n in range(6)))
        assert refused.value.fields == {"most": 5}

    @pytest.mark.parametrize(("points", "deed_most"), [(201, None), (-201, None), (100, 201)])
    def test_two_points_are_the_most_of_each(self, town, zhao, points, deed_most):
        with pytest.raises(rules.OwnItemTooLarge):
            self.own(town, zhao, item("own", points, deed_most=deed_most))

    def test_of_a_deed_no_more_than_two_points_come_however_long_it_took(self, town, zhao):
        made = self.own(town, zhao, item("own", 150, measured="minutes", per_quantity=60))
        assert [row.deed_most for row in made.indicators if row.parent_id] == [200]

    @pytest.mark.parametrize(("document", "field"), [
        (book(branch("a", item("x", 1)), branch("x")), "branches"), (book(branch("a", item("x", 1), item("x", 2))), "branches"),
        (book(grades=[]), "grades"), (book(grades=GRADES[:2]), "grades"), (book(grades=[GRADES[1], GRADES[0], GRADES[2]]), "grades"),
        (book(grades=[GRADES[0], GRADES[0], GRADES[2]]), "grades"), (book(base=2, most=1), "base"),
        (book(branch("a", item("x", -1, term_months=None))), "branches.a.x"), (book(branch("a", item("x", 1, doubles=True))), "branches.a.x"),
        (book(branch("a", item("x", 1, grade="Z"))), "branches.a.x")])
    def test_what_no_rules_may_be(self, town, zhao, document, field):
        with pytest.raises(ValidationFailed) as refused:
            rulebooks.draft(self.rulebook(town, zhao), document, template=False, by=zhao, now=NOON)
        assert list(refused.value.errors) == [field]
        db.session.rollback()
        assert db.session.query(RulebookVersion).count() == 0

    def test_on_a_template_items_of_ones_own_stand_in_its_branches(self, town, zhao):
        with pytest.raises(NoTemplate):
            draft(town.community, {"branches": []}, by=zhao, template=True)
        db.session.rollback()
        credit_books.in_force(town.district, by=zhao)
        made = draft(town.community, {"branches": [branch("deeds", item("choir", 100))]}, by=zhao, template=True)
        assert [(row.code, row.layer) for row in made.indicators] == [
            ("deeds", "district"), ("volunteering", "district"), ("mediation", "district"), ("faults", "district"), ("litter", "district"),
            ("false_report", "district"), ("choir", "own")]
        assert [grade.code for grade in made.grades] == ["A", "B", "C"]
        for document in ([branch("mine", item("choir", 100))], [branch("deeds", item("litter", 100))]):
            with pytest.raises(ValidationFailed):
                draft(town.community, {"branches": document}, by=zhao, template=True)

    def test_a_fault_that_no_version_knew_is_none_before_the_first_day(self, published, town, zhao):
        newer = rulebooks.draft(published.rulebook_id, book(branch("faults", item("noise", -100), item("smoke", -100))), template=False, by=zhao,
                                now=NOON + timedelta(days=30))
        assert {row.code: row.not_before_force for row in newer.indicators if row.parent_id} == {"noise": False, "smoke": True}

    def test_one_rulebook_for_each_kind_and_area(self, town, zhao, drafted, sun):
        with pytest.raises(RulebookExists):
            self.rulebook(town, zhao)
        assert rulebooks.make(town.community.id, "household", title_zh="x", title_en="x", by=zhao, now=NOON)
        with pytest.raises(Forbidden):
            rulebooks.make(town.community.id, "merchant", title_zh="x", title_en="x", by=sun, now=NOON)
        with pytest.raises(NotFound):
            rulebooks.make(town.other.id, "merchant", title_zh="x", title_en="x", by=zhao, now=NOON)


class TestWhatIsLeftToPeople:
    @pytest.fixture
    def left(self, consulted, li):
        """A comment of Li's that WeChat's check left to people."""
        made = adoption.comment(consulted.id, said="多给一分", by=li, now=NOON)
        made.text_state = CheckState.REVIEW
        check = ContentCheck(target_type="rulebook_comment", target_id=made.id, author_id=li.id, content_hash=b"x", state=CheckState.REVIEW, at=NOON)
        db.session.add(check)
        return kept(made), check

    @pytest.mark.parametrize(("act", "state", "told"), [("let_pass", "passed", []), ("hold_back", "refused", ["content_held_back"])])
    def test_an_admin_lets_it_pass_or_holds_it_back_once(self, left, li, zhao, qian, act, state, told):
        row, check = left
        kept(getattr(adoption, act)(row.id, by=zhao, now=NOON))
        db.session.expire_all()
        assert (row.text_state, check.state, check.decided_at) == (state, state, NOON)
        assert [each.topic for each in db.session.query(Message).filter_by(person_id=li.id)] == told
        [logged] = db.session.query(AuditRow).filter_by(target_id=row.id)
        assert (logged.action, logged.by_id) == (f"rulebook_comment.{act}", zhao.id)
        for again in (adoption.let_pass, adoption.hold_back):
            with pytest.raises(Conflict):
                again(row.id, by=qian, now=NOON)

    def test_nobody_else_does_nor_on_what_they_said_themselves(self, consulted, left, li, wang, sun, zhao):
        row, _ = left
        for act in (adoption.let_pass, adoption.hold_back):
            for who in (li, wang, sun):
                with pytest.raises((Forbidden, NotFound)):
                    act(row.id, by=who, now=NOON)
            with pytest.raises(NotFound):
                act(consulted.id, by=zhao, now=NOON)
        own = adoption.comment(consulted.id, said="x", by=zhao, now=NOON)
        own.text_state = CheckState.REVIEW
        with pytest.raises(Forbidden):
            adoption.let_pass(kept(own).id, by=zhao, now=NOON)

    @pytest.mark.parametrize("state", [CheckState.PENDING, CheckState.PASSED, CheckState.REFUSED])
    def test_what_waits_for_nobody_stays_as_it_is(self, left, zhao, state):
        row, _ = left
        row.text_state = state
        for act in (adoption.let_pass, adoption.hold_back):
            with pytest.raises(Conflict):
                act(kept(row).id, by=zhao, now=NOON)
        assert row.text_state == state


FROZEN = [
    "UPDATE indicators SET each_centipoints = 1 WHERE each_centipoints > 0", "DELETE FROM indicators WHERE parent_id IS NOT NULL",
    "DELETE FROM grades",
    "UPDATE grades SET from_centipoints = from_centipoints + 1", "UPDATE rulebook_versions SET base_centipoints = 0",
    "UPDATE rulebook_versions SET most_centipoints = most_centipoints + 1", "UPDATE rulebook_versions SET template_id = id",
    "DELETE FROM rulebook_versions", "UPDATE rulebook_versions SET number = 9", "UPDATE rulebooks SET kind = 'merchant'", "DELETE FROM rulebooks",
    "DELETE FROM rulebook_comments", "UPDATE rulebook_comments SET said = 'y'", "UPDATE rulebook_comments SET answer = 'y', answered_at = at"]
PUBLISHED = [
    "UPDATE rulebook_versions SET status = 'draft', in_force_from = NULL", "UPDATE rulebook_versions SET in_force_from = '2026-01-01'",
    "UPDATE rulebook_versions SET votes_for = 50", "UPDATE rulebook_versions SET minutes = 'y'",
    "UPDATE rulebook_versions SET consulted_until = '2027-01-01'", "UPDATE rulebook_versions SET published_at = made_at"]


class TestTheDatabaseItself:
    """What a rulebook says stays as it was consulted on, whoever asks the database to change it."""

    @pytest.mark.parametrize("statement", FROZEN)
    def test_rules_stay_from_the_consultation_on(self, consulted, li, zhao, statement):
        kept(adoption.answer(adoption.comment(consulted.id, said="x", by=li, now=NOON).id, answer="z", by=zhao, now=NOON))
        with pytest.raises(IntegrityError, match=r"stay|written|kept|once"):
            db.session.execute(text(statement))

    @pytest.mark.parametrize("statement", PUBLISHED)
    def test_a_published_version_stays(self, published, statement):
        with pytest.raises(IntegrityError, match=r"stays|once"):
            db.session.execute(text(statement))

    def test_nothing_is_added_to_it(self, consulted):
        row = consulted.indicators[1]
        db.session.add(Indicator(version_id=row.version_id, parent_id=row.parent_id, place=9, code="late", layer="own", own_slot=2, name_zh="x",
                                 name_en="x", measured="times", each_centipoints=100, per_quantity=1))
        with pytest.raises(IntegrityError, match="rules stay"):
            db.session.flush()

    def test_it_is_retired_once(self, published, zhao):
        kept(adoption.retire(published.id, on=date(2026, 7, 1), by=zhao, now=AFTER))
        with pytest.raises(IntegrityError, match="retired_on is written once"):
            db.session.execute(text("UPDATE rulebook_versions SET retired_on = '2026-08-01'"))

    def test_a_rulebook_has_one_version_without_an_end(self, published, town, zhao):
        newer = next_one(town, zhao)
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            db.session.execute(text("UPDATE rulebook_versions SET status = 'published', in_force_from = '2027-01-01', published_at = made_at"
                                    " WHERE number = 2"))
        assert status(newer) == "voted"

    def test_there_is_no_sixth_item_and_no_larger_one(self, drafted):
        for changes in ({"own_slot": 6}, {"own_slot": 1}, {"each_centipoints": 201}, {"own_slot": None}, {"deed_most": 201}):
            with pytest.raises(IntegrityError):
                db.session.add(Indicator(**{
                    "version_id": drafted.id, "parent_id": drafted.indicators[0].id, "place": 9, "code": "late", "layer": "own", "own_slot": 2,
                    "name_zh": "x", "name_en": "x", "measured": "times", "each_centipoints": 100, "per_quantity": 1, **changes}))
                db.session.flush()
            db.session.rollback()

    @pytest.mark.only("postgresql")
    @pytest.mark.parametrize("table", ["credit_entries", "credit_files", "rulebook_versions", "rulebook_trials", "household_members"])
    def test_nothing_of_credit_is_truncated(self, published, table):
        with pytest.raises(IntegrityError, match=r"kept|only added"):
            db.session.execute(text(f"TRUNCATE {table} CASCADE"))


def test_who_reads_which_versions(drafted, zhao, sun, wang, li, zhou):
    for by, seen in ((zhao, 1), (sun, 1), (wang, 0), (li, 0), (zhou, 0)):
        assert len(db.session.scalars(rulebooks.versions(drafted.rulebook_id, by=by, now=NOON)).all()) == seen
    with pytest.raises(NotFound):
        rulebooks.versions(li.id, by=zhao, now=NOON)
    with pytest.raises(NotFound):
        rulebooks.readable(drafted.id, by=li, now=NOON)
    with pytest.raises(NotFound):
        rulebooks.search(li, NOON, area_id=li.id)


def test_rulebooks_above_and_where_one_works_are_found(town, zhao, li, zhou, drafted):
    credit_books.in_force(town.district, by=zhao)
    assert [len(db.session.scalars(rulebooks.search(by, NOON)).all()) for by in (li, zhou)] == [2, 1]  # one district, two communities
    people.grant(zhou, Role.AUDITOR, now=NOON, area=town.community)
    db.session.commit()
    assert len(db.session.scalars(rulebooks.search(sign_in.load(zhou.id, NOON), NOON)).all()) == 2


def test_what_no_rules_may_be_leaves_a_draft_as_it_was(drafted, zhao):
    with pytest.raises(ValidationFailed):
        rulebooks.rewrite(drafted.id, book(base=2, most=1), by=zhao, now=NOON)
    db.session.rollback()
    assert [row.code for row in rulebooks.shown(drafted.id).indicators] == ["deeds", "choir", "faults", "noise"]
