"""A reward and a receiver of letters name a grade by its code: it is the same grade by every version, or none."""
from datetime import date

import pytest
from uuid_utils.compat import uuid7

from models import LetterReceiver, Line, Role, SubjectKind, db
from services.access import sign_in
from services.credit import adoption, in_force, letters, rulebooks
from services.measures import priority, rewards, sight
from services.people import people
from services.refusals import ValidationFailed
from tests import credit_books
from tests.conftest import NOON
from tests.credit_books import BOOK, GRADES, SMALL, book, branch, draft, entry, file_of, item, volunteering
from tests.services.measures.test_priority import plan

DAY = date(2026, 5, 6)
AA = {**GRADES[0], "code": "AA", "from_centipoints": 15000}
OTHERS = [{**grade, "code": f"{grade['code']}+"} for grade in GRADES]
OFFER = {"title_zh": "x", "title_en": "x", "terms_zh": "", "terms_en": "", "from_on": date(2026, 1, 1), "until_on": None}
BANK = {"name": "渝中农商行", "uscc": "91350100M000100Y43", "purpose": "farm_loan", "offers_zh": "x", "offers_en": "x"}


@pytest.fixture
def version(town, zhao):
    """A from 110 points, B from 90, where everybody begins, C below."""
    return credit_books.in_force(town.district, BOOK, by=zhao)


@pytest.fixture
def head(version, zhao, town):
    """Zhao, who administers the district too."""
    people.grant(zhao, Role.AREA_ADMIN, now=NOON, area=town.district)
    db.session.commit()
    return sign_in.load(zhao.id, NOON)


def offer(version, by, grade, *, scene="library_deposit", percent=None):
    made = rewards.make(version.rulebook_id, **OFFER, scene=scene, from_grade=grade, percent=percent, by=by, now=NOON)
    db.session.commit()
    return made


def renewed(version, grades, *, by, rules=BOOK):
    """Today's version of the same rulebook, with these grades."""
    version.retired_on = DAY
    db.session.commit()
    number = version.number + 1
    return credit_books.in_force(version.rulebook.area, {**rules, "grades": grades}, since=DAY, number=number, rulebook=version.rulebook, by=by)


def opened(file):
    return [(each.reward.from_grade, each.is_open, each.grade_exists) for each in rewards.opened(file, now=NOON)]


class TestOnBothDatabases:
    def test_a_grade_put_in_above_leaves_a_reward_open_to_the_grade_that_it_names(self, version, head, li):
        for grade in ("A", "B"):
            offer(version, head, grade)
        file = file_of(li)
        assert opened(file) == [("A", False, True), ("B", True, True)]
        renewed(version, [AA, *GRADES], by=head)
        assert opened(file) == [("A", False, True), ("B", True, True)], "B is the third grade now"
        volunteering(file, date(2026, 5, 1), 60)
        assert opened(file) == [("A", True, True), ("B", True, True)]

    def test_a_grade_put_in_between_opens_a_reward_to_no_more(self, version, head, li):
        offer(version, head, "C")
        offer(version, head, "B")
        file = file_of(li)
        entry(file, "litter", DAY)
        renewed(version, [GRADES[0], {**GRADES[1], "from_centipoints": 9950}, {**GRADES[1], "code": "B-"}, GRADES[2]], by=head)
        assert opened(file) == [("B", False, True), ("C", True, True)], "B- is the third grade, and B asks for more"

    def test_a_districts_reward_is_the_same_grade_by_a_communitys_older_template(self, version, head, li, town):
        own = credit_books.in_force(town.community, book(branch("deeds", item("yard_meeting", 50))), by=head, template=version)
        newer = renewed(version, [AA, *GRADES], by=head)
        gone, _ = offer(newer, head, "AA"), offer(newer, head, "B")
        file = file_of(li)
        assert opened(file) == [("B", True, True), ("AA", False, False)]
        volunteering(file, date(2026, 5, 1), 60)
        assert opened(file) == [("B", True, True), ("AA", False, False)], "the best grade there is not the one that is named"
        assert sight.open_to_nobody(own, own, NOON) == [gone]

    def test_a_grade_that_is_gone_opens_to_nobody(self, version, head, li):
        offer(version, head, "C")
        offer(version, head, "C", scene="points_multiplier", percent=110)
        file = file_of(li)
        assert rewards.percent_of(file, now=NOON) == 110
        newer = renewed(version, OTHERS, by=head, rules=SMALL)
        assert opened(file) == [("C", False, False)] * 2 and rewards.percent_of(file, now=NOON) == 100
        assert [row.from_grade for row in sight.open_to_nobody(newer, newer, NOON)] == ["C", "C"]

    def test_who_waits_first_is_told_by_the_grade_that_is_named(self, version, head, li, wang, town):
        offer(version, head, "B", scene="event_priority")
        file_of(li)
        event = plan(town.grid_a, wang)
        newer = renewed(version, [AA, *GRADES], by=head)
        assert priority.line_of(li, event, now=NOON) == Line.REWARDED, "B is the third grade now"
        renewed(newer, OTHERS, by=head, rules=SMALL)
        assert priority.line_of(li, event, now=NOON) == Line.OTHERS

    def test_a_letter_is_asked_for_by_the_grade_that_its_receiver_names(self, version, head, li, town):
        bank = letters.register(town.community.id, **BANK, from_grade="B", by=head, now=NOON)
        file_of(li)
        newer = renewed(version, [AA, *GRADES], by=head)
        assert letters.ask(bank.id, SubjectKind.RESIDENT, by=li, now=NOON).status == "draft", "B is the third grade now"
        renewed(newer, OTHERS, by=head, rules=SMALL)
        with pytest.raises(letters.NoSuchGradeHere) as refused:
            letters.ask(bank.id, SubjectKind.RESIDENT, by=li, now=NOON)
        assert refused.value.fields == {"grade": "B"}

    def test_a_reward_names_a_grade_in_force_or_of_the_newest_version_that_was_not_dropped(self, zhao, town):
        made = draft(town.community, SMALL, by=zhao)
        adoption.drop(draft(town.community, {**SMALL, "grades": [AA, *GRADES]}, by=zhao).id, by=zhao, now=NOON)
        with pytest.raises(ValidationFailed) as refused:
            offer(made, zhao, "AA")
        assert refused.value.errors == {"from_grade": ["No grade here has this code. There are:", "A, B, C"]}
        draft(town.community, {**SMALL, "grades": [AA, *GRADES]}, by=zhao)
        draft(town.community, {**SMALL, "grades": OTHERS}, by=zhao)
        assert [grade.code for grade in rewards.grades(made.rulebook, NOON)] == ["A+", "B+", "C+"]
        credit_books.in_force(town.community, SMALL, by=zhao, number=9, rulebook=made.rulebook)
        draft(town.community, {**SMALL, "grades": [AA, *GRADES]}, by=zhao)
        assert [grade.code for grade in rewards.grades(made.rulebook, NOON)] == ["A", "B", "C", "AA"]
        assert offer(made, zhao, "AA").from_grade == "AA"

    def test_where_there_are_no_grades_yet_nothing_names_one(self, zhao, town):
        bare = rulebooks.make(town.community.id, "resident", title_zh="x", title_en="x", by=zhao, now=NOON)
        for name in (lambda: rewards.make(bare.id, **OFFER, scene="rent_deposit", from_grade="A", percent=None, by=zhao, now=NOON),
                     lambda: letters.register(town.community.id, **BANK, from_grade="A", by=zhao, now=NOON)):
            with pytest.raises(ValidationFailed) as refused:
                name()
            assert refused.value.errors == {"from_grade": ["There are no grades here yet: a rulebook comes first."]}

    def test_a_receiver_names_a_grade_that_counts_in_its_area_or_below_for_any_kind_of_file(self, version, zhao, town):
        def codes(area):
            return [grade.code for grade in in_force.grades_in(area, DAY)]
        credit_books.in_force(town.community, {**SMALL, "grades": OTHERS}, by=zhao)
        credit_books.in_force(town.street, {**SMALL, "grades": [{**AA, "from_centipoints": 0}]}, kind=SubjectKind.HOUSEHOLD, by=zhao)
        credit_books.in_force(town.other, SMALL, kind=SubjectKind.MERCHANT, by=zhao)
        assert codes(town.community) == codes(town.grid_a) == ["A+", "B+", "C+", "AA"], "the district's stands behind the community's own"
        assert codes(town.district) == ["A", "A+", "B", "B+", "C", "C+", "AA"]
        with pytest.raises(ValidationFailed) as refused:
            letters.register(town.community.id, **BANK, from_grade="A", by=zhao, now=NOON)
        assert refused.value.errors == {"from_grade": ["No grade here has this code. There are:", "A+, B+, C+, AA"]}
        made = letters.register(town.community.id, **BANK, from_grade="AA", by=zhao, now=NOON)
        assert [row.code for row in sight.asked_for([made], NOON).values()] == ["AA"]
        assert [grade.code for grade in sight.may_ask_for(zhao, NOON)] == ["A+", "B+", "C+", "AA"]

        # Which of them are a grade where their receivers are: at the area or above it, or else below.
        rows = [LetterReceiver(id=uuid7(), area_id=area.id, from_grade=code) for area, code in (
            (town.district, "A"), (town.district, "A+"), (town.community, "A"), (town.other, "A+"), (town.grid_a, "C+"), (town.grid_a, ""))]
        assert [row.code for row in sight.asked_for(rows, NOON).values()] == ["A", "A+", "C+"]
        assert set(sight.asked_for(rows, NOON)) == {rows[0].id, rows[1].id, rows[4].id}
        assert sight.asked_for([], NOON) == {}
