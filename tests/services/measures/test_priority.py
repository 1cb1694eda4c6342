"""Places at events first: who holds the reward waits before who does not, among them who came first, and nobody loses a place."""
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.event import listen
from sqlalchemy.exc import DatabaseError
from uuid_utils.compat import uuid7

from models import Line, Reward, RewardScene, SignUp, SubjectKind, Topic, db
from services import check_ins, events, sign_ups
from services.access import sign_in
from services.credit import enrolments, scores
from services.measures import priority, rewards
from services.people import joins, people, residents
from services.refusals import ValidationFailed
from services.scans import presence
from tests.conftest import NOON
from tests.credit_books import BOOK, book, branch, entry, file_of, in_force, item, object_to

DAY = date(2026, 5, 1)
ANOTHER = date(2026, 6, 1)


@pytest.fixture
def version(town, zhao):
    """B is from 90 points on, where everybody begins."""
    return in_force(town.district, BOOK, by=zhao)


def reward(version, *, grade="B", since=date(2026, 1, 1), until=None):
    row = Reward(id=uuid7(), rulebook_id=version.rulebook_id, scene=RewardScene.EVENT_PRIORITY, from_grade=grade, title_zh="x", title_en="x",
                 from_on=since, until_on=until, made_by_id=version.made_by_id, made_at=NOON, version=1)
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def cleanup(town, wang):
    """One place, which is Wang's own."""
    made = plan(town.grid_a, wang)
    sign_ups.sign_up(made, wang, now=NOON)
    return made


def plan(area, by):
    made = events.plan(by=by, now=NOON, area_id=area.id, title="清扫", category="environment", starts_at=NOON + timedelta(hours=2),
                       ends_at=NOON + timedelta(hours=4), capacity=1, check_in_mode="both", check_out_required=True, points_per_hour=10,
                       points_max=40, missing_check_out="review")
    events.step(made, "publish", by=by, now=NOON)
    db.session.commit()
    return made


def come(event, *names):
    for person in names:
        sign_ups.sign_up(event, person, now=NOON)
        db.session.commit()


def order(event, *names):
    """The place of each in the queue, as each is told."""
    return [row.waiting_position if row else "out" for person in names for row in (sign_ups.standing(person.id, [event.id]) or [None])]


def fault(file):
    """Down to C, from this day on."""
    entry(file, "false_report", DAY)


@pytest.fixture
def rewarded(version, li, mei):
    reward(version)
    return [file_of(each) for each in (li, mei)]


class TestOnBothDatabases:
    def test_who_holds_it_waits_before_who_does_not_and_each_line_is_in_the_order_of_coming(self, cleanup, rewarded, li, mei, zhang, lin):
        come(cleanup, zhang, li, lin, mei)
        assert order(cleanup, li, mei, zhang, lin) == [1, 2, 3, 4]

    def test_places_are_given_in_the_order_that_everybody_is_told(self, cleanup, rewarded, li, mei, zhang, lin, wang, live, town):
        come(cleanup, zhang, li, lin, mei)
        for holder, others in ((wang, (li, mei, zhang, lin)), (li, (mei, zhang, lin)), (mei, (zhang, lin)), (zhang, (lin,))):
            assert order(cleanup, *others) == list(range(1, len(others) + 1))
            sign_ups.withdraw(cleanup, holder, now=NOON)
            assert order(cleanup, others[0]) == [None], "the first has a place"

    def test_more_room_goes_by_the_same_order(self, cleanup, rewarded, li, mei, zhang, wang):
        come(cleanup, zhang, li, mei)
        events.edit(cleanup, {"capacity": 3}, by=wang, now=NOON)
        assert order(cleanup, li, mei, zhang) == [None, None, 1]

    def test_of_who_waits_only_those_are_read_who_move_up(self, cleanup, rewarded, li, mei, zhang, wang):
        come(cleanup, zhang, li, mei)
        db.session.expunge_all()
        event, read = sign_ups.lock(cleanup.id), []
        listen(db.session(), "loaded_as_persistent", lambda _, row: read.append(row))
        events.edit(event, {"capacity": 2}, by=wang, now=NOON)
        assert [row.resident_id for row in read if isinstance(row, SignUp)] == [li.id]
        events.edit(event, {"capacity": None}, by=wang, now=NOON)
        assert order(event, li, mei, zhang) == [None, None, None]

    def test_nobody_gives_up_a_place(self, town, wang, rewarded, li, zhang):
        cleanup = plan(town.grid_a, wang)
        come(cleanup, zhang, li)
        assert order(cleanup, zhang, li) == [None, 1]

    def test_nothing_is_kept_of_it_once_the_waiting_is_over(self, cleanup, rewarded, li, mei, zhang, wang):
        come(cleanup, li, mei)
        assert lines(cleanup) == [Line.OTHERS, Line.REWARDED, Line.REWARDED]
        sign_ups.withdraw(cleanup, wang, now=NOON)
        sign_ups.withdraw(cleanup, mei, now=NOON)
        assert lines(cleanup) == [Line.OTHERS] * 3

    def test_who_waits_first_and_comes_takes_a_place_that_is_free(self, cleanup, rewarded, li, wang, settings):
        come(cleanup, li)
        cleanup.capacity = 2  # room that no edit has given to anybody yet
        db.session.commit()
        at = NOON + timedelta(hours=2)
        check_ins.check_in(token=presence.show_event(cleanup, "in", settings=settings, now=at).token, by=li, settings=settings, now=at)
        assert (order(cleanup, li), lines(cleanup)) == ([None], [Line.OTHERS] * 2)

    def test_who_is_outside_the_scheme_or_reaches_it_not_waits_among_all_others(self, cleanup, version, li, mei, zhang, lin):
        reward(version)
        fault(file_of(mei))
        come(cleanup, zhang, mei, li, lin)
        assert order(cleanup, zhang, mei, li, lin) == [1, 2, 3, 4]

    def test_what_is_disputed_counts_against_nobody(self, cleanup, rewarded, li, zhang):
        object_to(entry(rewarded[0], "false_report", DAY), by=li)
        come(cleanup, zhang, li)
        assert order(cleanup, li, zhang) == [1, 2]

    def test_what_is_entered_later_moves_nobody(self, cleanup, rewarded, li, mei, zhang, lin):
        come(cleanup, zhang, li, mei)
        fault(rewarded[0])
        file_of(zhang)
        scores.refresh([rewarded[0].id], now=NOON)
        assert order(cleanup, li, mei, zhang) == [1, 2, 3]
        sign_ups.withdraw(cleanup, zhang, now=NOON)
        come(cleanup, lin, zhang)
        assert order(cleanup, li, mei, zhang, lin) == [1, 2, 3, 4], "who comes again comes with what they hold now"

    def test_who_leaves_the_scheme_waits_from_then_on_by_when_they_came(self, cleanup, rewarded, li, mei, zhang):
        come(cleanup, zhang, mei, li)
        enrolments.leave(SubjectKind.RESIDENT, by=li, now=NOON)
        assert order(cleanup, mei, zhang, li) == [1, 2, 3]
        enrolments.leave(SubjectKind.RESIDENT, by=mei, now=NOON)
        assert order(cleanup, zhang, mei, li) == [1, 2, 3]

    @pytest.mark.parametrize("stays_in", [True, False])
    def test_who_turns_out_to_be_somebody_who_left_the_scheme_waits_among_all_others(self, cleanup, version, town, wang, zhang, settings, stays_in):
        reward(version)
        granny = residents.enrol("冉婆婆", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)
        phone = sign_in.by_openid("granny", settings=settings, now=NOON).person
        phone.home_area_id = town.grid_a.id
        for each in (granny, phone):
            file_of(each)
        if not stays_in:
            enrolments.leave(SubjectKind.RESIDENT, by=granny, now=NOON)
        come(cleanup, zhang, phone)
        joins.join(granny.id, presence.show_person(phone, settings=settings, now=NOON).token, by=wang, settings=settings, now=NOON)
        assert order(cleanup, granny, zhang) == ([1, 2] if stays_in else [2, 1])

    @pytest.mark.parametrize(("since", "until", "expected"), [
        (date(2026, 5, 6), None, Line.REWARDED), (date(2026, 5, 7), None, Line.OTHERS), (date(2026, 1, 1), date(2026, 5, 6), Line.OTHERS),
        (date(2026, 1, 1), date(2026, 5, 7), Line.REWARDED)])
    def test_it_counts_from_its_first_day_to_before_its_last(self, cleanup, version, li, since, until, expected):
        reward(version, since=since, until=until)
        file_of(li)
        assert priority.line_of(li, cleanup, now=NOON) == expected
        assert bool(priority.areas_with_it([cleanup.area], NOON)) == (expected == Line.REWARDED)

    def test_it_counts_at_events_of_those_who_made_the_rule_and_of_no_others(self, town, version, zhao, qian, wang, li):
        own = in_force(town.community, book(branch("deeds", item("yard_meeting", 50))), by=zhao, template=version)
        reward(own)
        file_of(li)
        here = plan(town.grid_a, wang)
        events_of_the_district = plan(town.district, _admin(qian, town.district))
        assert [priority.line_of(li, event, now=NOON) for event in (here, events_of_the_district)] == [Line.REWARDED, Line.OTHERS]
        assert priority.areas_with_it([here.area, town.district, town.community], NOON) == {town.grid_a.id, town.community.id}
        assert priority.areas_with_it([], NOON) == set()

    def test_only_a_rulebook_for_residents_offers_it(self, town, zhao, li):
        for kind in (SubjectKind.HOUSEHOLD, SubjectKind.MERCHANT):
            made = in_force(town.community, book(branch("deeds", item("yard_meeting", 50))), kind=kind, by=zhao)
            with pytest.raises(ValidationFailed) as refused:
                rewards.make(made.rulebook_id, scene="event_priority", from_grade="A", percent=None, title_zh="x", title_en="x", terms_zh="",
                             terms_en="", from_on=DAY, until_on=None, by=zhao, now=NOON)
            assert list(refused.value.errors) == ["scene"]

    def test_the_database_knows_two_lines(self, cleanup, li):
        come(cleanup, li)
        for line in (0, 3):
            with pytest.raises(DatabaseError):
                db.session.execute(text("UPDATE sign_ups SET line = :line"), {"line": line})
            db.session.rollback()

    def test_the_first_of_a_long_queue_is_read_off_an_index(self, cleanup):
        query = str(sign_ups._queue(cleanup.id).limit(1).compile(db.engine, compile_kwargs={"literal_binds": True}))
        if db.engine.dialect.name == "sqlite":
            plan_of = [row[3] for row in db.session.execute(text("EXPLAIN QUERY PLAN " + query))]
        else:
            db.session.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"))
            plan_of = [row[0] for row in db.session.execute(text("EXPLAIN " + query))]
        assert any("ix_sign_ups_waiting" in line for line in plan_of), plan_of
        assert not any("SORT" in line.upper() or "TEMP B-TREE" in line.upper() for line in plan_of), plan_of

    def test_an_inbox_says_that_one_has_a_place_and_not_why(self, cleanup, rewarded, li, zhang, wang):
        come(cleanup, zhang, li)
        sign_ups.withdraw(cleanup, wang, now=NOON)
        from models import Message
        assert db.session.scalars(select(Message.topic).where(Message.person_id == li.id).order_by(Message.id)).all() == [
            Topic.WAITLISTED, Topic.MOVED_UP]


def test_everybody_reads_how_those_who_wait_move_up_and_nobody_why_somebody_did(cleanup, rewarded, as_, li, zhang, wang):
    for person in (zhang, li):
        as_(person).post(f"/api/v1/events/{cleanup.id}/sign-ups")
    assert [as_(person).get(f"/api/v1/events/{cleanup.id}").json["waiting_position"] for person in (li, zhang)] == [1, 2]
    for person in (li, zhang, wang):
        assert as_(person).get(f"/api/v1/events/{cleanup.id}").json["waiting_order"] == "rewarded_first"
        assert [row["waiting_order"] for row in as_(person).get("/api/v1/events").json["items"]] == ["rewarded_first"]
    listed = as_(wang).get(f"/api/v1/events/{cleanup.id}/sign-ups").json["items"]
    assert [row["resident_id"] for row in listed] == [str(person.id) for person in (li, zhang, wang)], "staff see them as they came, the newest first"
    assert "line" not in listed[0]


def test_without_such_a_rule_who_came_first_moves_up_first(cleanup, version, as_, zhang):
    assert as_(zhang).get(f"/api/v1/events/{cleanup.id}").json["waiting_order"] == "first_come"


def lines(event):
    return db.session.scalars(select(SignUp.line).where(SignUp.event_id == event.id).order_by(SignUp.id)).all()


def _admin(person, area):
    people.grant(person, "area_admin", area=area, now=NOON)
    db.session.commit()
    return sign_in.load(person.id, NOON)
