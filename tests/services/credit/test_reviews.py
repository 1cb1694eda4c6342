"""Neighbours' reviews: who is drawn, what a slip may say and who learns of it, and what a round comes to."""
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import (
    Answer,
    AuditRow,
    CreditEntry,
    Household,
    Indicator,
    Message,
    Outcome,
    Person,
    ReviewedHousehold,
    ReviewResult,
    ReviewSeat,
    ReviewSlip,
    Role,
    Standing,
    SubjectKind,
    Topic,
    db,
)
from services import draws
from services.access import sign_in
from services.credit import enrolments, entries, scores
from services.credit.reviews import calling_off, closing, drawing, neighbours, rounds, sight, slips
from services.messages import credit_facts
from services.people import identifiers, joins, people, residents
from services.refusals import NotFound, ValidationFailed
from services.scans import presence
from tests import credit_books, review_rows
from tests.conftest import KEYS, NOON
from tests.review_rows import BOOK, LAST, SEED, after, asking, hand_in, opened, seats, village
from tests.test_statements import counted

GOOD, ORDINARY, POOR, UNKNOWN = Answer.GOOD, Answer.ORDINARY, Answer.POOR, Answer.UNKNOWN


class TestOutcome:
    @pytest.mark.parametrize(("answers", "least", "comes_to"), [
        ([GOOD, GOOD, POOR], 3, Outcome.GOOD),
        ([GOOD, GOOD], 3, Outcome.TOO_FEW),
        ([GOOD, GOOD, UNKNOWN, UNKNOWN], 3, Outcome.TOO_FEW),  # who does not know says nothing
        ([GOOD, GOOD, GOOD, UNKNOWN], 3, Outcome.GOOD),
        ([GOOD, GOOD, ORDINARY, ORDINARY], 3, Outcome.ORDINARY),  # half is not more than half
        ([GOOD, GOOD, POOR, POOR], 3, Outcome.POOR),
        ([GOOD, ORDINARY, POOR], 3, Outcome.ORDINARY),
        ([POOR, POOR, GOOD, GOOD, GOOD], 5, Outcome.GOOD),  # two who blame move nothing
        ([], 3, Outcome.TOO_FEW),
    ])
    def test_the_middle_answer_of_those_who_know_and_the_worse_of_two(self, answers, least, comes_to):
        assert closing.outcome(answers, least) == comes_to == closing.outcome(answers[::-1], least)


class TestDraw:
    def test_the_same_seed_draws_the_same_in_whatever_order_the_lists_come(self):
        files, pool = [draws_id(n) for n in range(10)], [draws_id(100 + n) for n in range(40)]
        near = {file: set() for file in files}
        one = drawing.draw(near, pool, per_household=5, least=3, seed=SEED)
        assert one == drawing.draw(dict(reversed(near.items())), pool[::-1], per_household=5, least=3, seed=SEED)
        assert one != drawing.draw(near, pool, per_household=5, least=3, seed="another")

    def test_it_is_this_draw_and_no_other(self):
        """Whoever draws again elsewhere finds the same: seed, ids and SHA-256 are all there is to it."""
        files, pool = [draws_id(n) for n in range(3)], [draws_id(100 + n) for n in range(6)]
        found = drawing.draw({file: set() for file in files}, pool, per_household=3, least=3, seed=SEED)
        assert [each.file_id.int for each in found] == EXPECTED[0]
        assert [[person.int - 100 for person, _ in each.reviewers] for each in found] == EXPECTED[1]
        assert found[0].reviewers[0][1] == draws.lot(f"{SEED}|{found[0].file_id}", found[0].reviewers[0][0])

    def test_the_load_is_spread_evenly(self):
        found = drawing.draw({draws_id(n): set() for n in range(20)}, [draws_id(100 + n) for n in range(33)], per_household=5, least=3, seed=SEED)
        load = {}
        for each in found:
            for person, _ in each.reviewers:
                load[person] = load.get(person, 0) + 1
        assert (len(load), min(load.values()), max(load.values())) == (33, 3, 4)

    def test_who_is_near_is_not_drawn_and_a_household_with_too_few_left_by_nobody(self):
        files, pool = [draws_id(n) for n in range(2)], [draws_id(100 + n) for n in range(6)]
        found = drawing.draw({files[0]: set(pool[:3]), files[1]: set(pool[:4])}, pool, per_household=5, least=3, seed=SEED)
        drawn = {each.file_id: {person for person, _ in each.reviewers} for each in found}
        assert drawn == {files[0]: set(pool[3:]), files[1]: set()}

    def test_nobody_is_drawn_for_more_than_a_dozen(self):
        found = drawing.draw({draws_id(n): set() for n in range(40)}, [draws_id(100 + n) for n in range(9)], per_household=9, least=3, seed=SEED)
        assert sum(len(each.reviewers) for each in found) == 9 * drawing.MOST_EACH
        assert {len(each.reviewers) for each in found} == {0, 9}


def draws_id(number):
    return UUID(int=number)


def identifier(born):
    """An ID number of right form that nobody has."""
    body = f"500103{born}999"
    return next(body + last for last in identifiers.MOD_11_CHARACTERS if identifiers.is_id_number(body + last))


def move(person, area, name):
    """To a household of their own."""
    home = Household(area_id=area.id, name=name, created_at=NOON)
    db.session.add(home)
    db.session.flush()
    review_rows.move_in(person, home, on=NOON.date())


EXPECTED = ([1, 0, 2], [[5, 1, 0], [2, 3, 4], [5, 3, 0]])


@pytest.fixture
def book(town, zhao):
    return asking(town, zhao)


@pytest.fixture
def homes(town, book):
    return village(town.grid_a)


class TestOpening:
    def test_everybody_is_reviewed_by_neighbours_of_other_households(self, town, zhao, homes, settings):
        files, lived = homes
        made = opened(town, zhao, settings)
        of_home = {person.id: number for number, home in enumerate(lived) for person in home}
        assert (made.pool, sight.counts([made])[made.id]) == (16, {"households": 8, "seats": 40, "slips": None})
        for number, file in enumerate(files):
            drawn = [seat.person_id for seat in seats(made, file)]
            assert len(set(drawn)) == 5
            assert number not in {of_home[person_id] for person_id in drawn}
        asked = db.session.scalars(select(Message.person_id).where(Message.topic == Topic.REVIEW_ASKED)).all()
        assert sorted(asked) == sorted({seat.person_id for seat in seats(made)})
        assert all(seat.lot == draws.lot(drawing.seed_of(SEED, file.id), seat.person_id) for file in files for seat in seats(made, file))

    def test_who_ever_lived_with_somebody_of_a_household_does_not_review_it(self, town, zhao, homes):
        files, lived = homes
        grown, bride = lived[0][1], lived[1][1]
        move(grown, town.grid_a, "新户")  # has a home of their own now
        review_rows.move_in(bride, db.session.get_one(Household, files[2].household_id), on=NOON.date())

        near = neighbours.near(files, [person.id for home in lived for person in home])

        assert near[files[0].id] == {person.id for person in lived[0]}
        assert near[files[2].id] == {person.id for person in (*lived[1], *lived[2])}  # her parents' household is near to her husband's
        assert near[files[3].id] == {person.id for person in lived[3]}

    def test_staff_children_and_who_is_outside_the_scheme_are_not_drawn(self, town, zhao, book, settings):
        _, lived = village(town.grid_a, households=6)
        worker, child, outside = (home[1] for home in lived[:3])
        people.grant(worker, Role.GRID_WORKER, area=town.grid_b, now=NOON)
        people.seal_papers(child, {"id_number": identifier("20100101")}, KEYS)
        people.seal_papers(lived[3][1], {"id_number": identifier("20080506")}, KEYS)  # eighteen today
        enrolments.leave(SubjectKind.RESIDENT, by=outside, now=NOON)
        db.session.commit()
        pool = neighbours.pool(town.grid_a, seed=SEED, settings=settings, on=NOON.date())
        assert set(pool) == {person.id for home in lived for person in home} - {worker.id, child.id, outside.id}

    @pytest.mark.parametrize(("more", "field"), [
        ({"opens_on": date(2026, 5, 5)}, "opens_on"), ({"closes_on": date(2026, 5, 8)}, "closes_on"), ({"least_slips": 7}, "least_slips"),
        ({"closes_on": date(2026, 7, 6)}, "closes_on"), ({"opens_on": date(2026, 6, 6)}, "opens_on")])
    def test_days_and_numbers_fit_together(self, town, zhao, homes, settings, more, field):
        with pytest.raises(ValidationFailed) as refused:
            opened(town, zhao, settings, **more)
        assert field in refused.value.errors

    def test_a_street_is_too_large_to_know_ones_neighbours(self, town, tang, homes, settings):
        with pytest.raises(ValidationFailed):
            opened(town, tang, settings, town.street)

    def test_one_round_at_a_time_also_above_and_below(self, town, zhao, homes, settings):
        opened(town, zhao, settings)
        for area in (town.grid_a, town.community):
            with pytest.raises(rounds.RoundOpen):
                opened(town, zhao, settings, area)

    def test_the_database_too_has_a_household_in_one_open_round(self, town, zhao, homes, settings, book):
        files, lived = homes
        opened(town, zhao, settings)
        with pytest.raises(IntegrityError):
            review_rows.a_round(town.grid_b, book, files[0], lived[1][0], zhao)

    @pytest.mark.parametrize("said", ["each_centipoints = -100", "grade_rank = 1"])
    def test_the_database_too_knows_no_question_that_takes(self, town, zhao, settings, said):
        column, value = said.split(" = ")
        version = credit_books.draft(town.community, credit_books.SMALL, by=zhao)
        branch = db.session.scalars(select(Indicator).where(Indicator.version_id == version.id, Indicator.parent_id.is_(None))).first()
        values = {"each_centipoints": 100, column: int(value)}
        db.session.add(Indicator(version_id=version.id, parent_id=branch.id, place=9, code="asked", layer="district", name_zh="x", name_en="x",
                                 measured="times", per_quantity=1, term_months=12, asked_zh="x", asked_en="x", **values))
        with pytest.raises((IntegrityError, DBAPIError)):
            db.session.flush()

    def test_nor_may_one_become_such_in_a_draft(self, town, zhao):
        asks = credit_books.book(credit_books.branch("x", credit_books.item("asked", 100, **review_rows.ASKED)))
        version = credit_books.draft(town.community, asks, kind=SubjectKind.HOUSEHOLD, by=zhao)
        for changed in ("each_centipoints = -100", "grade_rank = 1", "asked_en = ''"):
            with pytest.raises((IntegrityError, DBAPIError)), db.session.begin_nested():
                db.session.execute(text(f"UPDATE indicators SET {changed} WHERE asked_zh <> ''"))
        assert version.status == "draft"

    @pytest.mark.parametrize("more", [{"each_centipoints": -100}, {"grade": "A"}, {"per_quantity": 2}, {"asked_en": ""}, {"measured": "minutes"}])
    def test_what_neighbours_are_asked_only_gives(self, town, zhao, more):
        item = {**credit_books.item("asked", 100), **review_rows.ASKED, **more}
        with pytest.raises(ValidationFailed):
            credit_books.draft(town.community, credit_books.book(credit_books.branch("x", item)), kind=SubjectKind.HOUSEHOLD, by=zhao)

    def test_only_of_households_are_neighbours_asked(self, town, zhao):
        with pytest.raises(ValidationFailed):
            credit_books.draft(town.community, BOOK, kind=SubjectKind.RESIDENT, by=zhao)


class TestHandingIn:
    @pytest.fixture
    def made(self, town, zhao, homes, settings):
        return opened(town, zhao, settings)

    def test_one_slip_for_each_household_and_no_second(self, made):
        seat = seats(made)[0]
        hand_in(seat, GOOD)
        with pytest.raises(slips.HandedInAlready):
            hand_in(seat, POOR)
        assert [slip.answers for slip in db.session.scalars(select(ReviewSlip))] == [{"review_good": "good", "review_word": "good"}]

    def test_only_by_who_was_drawn(self, made):
        seat = seats(made)[0]
        other = next(row for row in seats(made) if row.person_id != seat.person_id)
        with pytest.raises(NotFound):
            slips.hand_in(seat.id, {}, by=sign_in.load(other.person_id, NOON), now=NOON)

    def test_not_by_who_is_of_the_household_meanwhile(self, made, homes):
        seat = seats(made, homes[0][0])[0]
        review_rows.move_in(db.session.get_one(Person, seat.person_id), db.session.get_one(Household, homes[0][0].household_id), on=NOON.date())
        with pytest.raises(entries.OwnFile):
            hand_in(seat)

    def test_not_about_who_left_the_scheme(self, made, homes):
        files, lived = homes
        seat = seats(made, files[0])[0]
        person = sign_in.load(seat.person_id, NOON)
        enrolments.leave(SubjectKind.HOUSEHOLD, by=lived[0][0], now=NOON)
        assert seat.id not in {row.id for row in slips.seats(person, NOON)}
        with pytest.raises(NotFound):
            hand_in(seat)

    @pytest.mark.parametrize("change", ["leaves", "works"])
    def test_nor_by_who_could_not_be_drawn_any_more(self, town, made, change):
        seat = seats(made)[0]
        person = sign_in.load(seat.person_id, NOON)
        assert slips.seats(person, NOON) != []
        if change == "leaves":
            enrolments.leave(SubjectKind.RESIDENT, by=person, now=NOON)
        else:
            people.grant(person, Role.GRID_WORKER, area=town.grid_b, now=NOON)
        assert slips.seats(person, NOON) == []
        with pytest.raises(NotFound):
            hand_in(seat)
        assert db.session.query(ReviewSlip).count() == 0

    @pytest.mark.parametrize("days", [-1, 15])
    def test_not_before_the_first_day_nor_after_the_last(self, made, days):
        with pytest.raises(slips.RoundNotOpen):
            hand_in(seats(made)[0], now=NOON + timedelta(days=days))
        hand_in(seats(made)[0], now=NOON + timedelta(days=14))

    def test_what_is_left_out_is_not_known_and_what_is_not_asked_is_refused(self, made):
        first, second, *_ = seats(made)
        hand_in(first, review_word="good")
        with pytest.raises(ValidationFailed):
            hand_in(second, another="good")
        assert db.session.scalar(select(ReviewSlip.answers)) == {"review_good": "unknown", "review_word": "good"}

    def test_a_reviewer_sees_whom_and_until_when(self, made):
        person = sign_in.load(seats(made)[0].person_id, NOON)
        found = slips.seats(person, NOON)
        assert {row.person_id for row in found} == {person.id}
        assert found[0].household_name and found[0].reviewed.round.closes_on == LAST
        closing.close(made.id, by=sign_in.load(made.opened_by_id, after()), now=after())
        assert slips.seats(person, after()) == []


class TestTwoDrawnWhoAreOne:
    """Granny was enrolled without a phone, and signs in by WeChat: both were drawn for one household before it was known."""

    @pytest.fixture
    def granny(self, town, wang, settings):
        return residents.enrol("冉婆婆", town.grid_a.id, papers={}, by=wang, settings=settings, now=NOON)

    @pytest.fixture
    def phone(self, settings):
        return sign_in.by_openid("granny", settings=settings, now=NOON).person

    @pytest.fixture
    def two(self, town, zhao, book, homes, granny, phone):
        """Their seats, of a round that goes on."""
        _, seat = review_rows.a_round(town.grid_a, book, homes[0][0], granny, zhao)
        other = ReviewSeat(reviewed_id=seat.reviewed_id, person_id=phone.id, lot="1" * 64, is_handed_in=False)
        db.session.add(other)
        for person in (granny, phone):
            credit_books.file_of(person)
        return seat, other

    def join(self, granny, phone, wang, settings):
        joins.join(granny.id, presence.show_person(phone, settings=settings, now=NOON).token, by=wang, settings=settings, now=NOON)
        db.session.commit()
        db.session.expire_all()
        return sign_in.load(granny.id, NOON)

    def test_they_hand_in_once(self, two, granny, phone, wang, settings):
        person = self.join(granny, phone, wang, settings)
        assert [(seat.id, seat.is_handed_in) for seat in slips.seats(person, NOON)] == [(two[0].id, False)]
        slips.hand_in(two[0].id, {"review_good": GOOD}, by=person, now=NOON)
        for seat in two:
            with pytest.raises(slips.HandedInAlready):
                slips.hand_in(seat.id, {"review_good": GOOD}, by=person, now=NOON)
        assert db.session.query(ReviewSlip).count() == 1

    @pytest.mark.parametrize("whose", [0, 1])
    def test_what_one_of_them_handed_in_before_was_their_slip(self, two, granny, phone, wang, settings, whose):
        hand_in(two[whose])
        person = self.join(granny, phone, wang, settings)
        assert [seat.is_handed_in for seat in slips.seats(person, NOON)] == [True]
        for seat in two:
            with pytest.raises(slips.HandedInAlready):
                slips.hand_in(seat.id, {"review_good": GOOD}, by=person, now=NOON)

    def test_of_a_closed_round_nothing_is_said_again(self, two, zhao, granny, phone, wang, settings):
        closing.close(two[0].reviewed.round_id, by=zhao, now=after())
        db.session.commit()
        self.join(granny, phone, wang, settings)
        assert set(db.session.scalars(select(ReviewSeat.is_handed_in))) == {None}


class TestNothingLeadsToWhoSaidWhat:
    def test_a_slip_holds_no_person_no_time_and_no_order(self, town, zhao, homes, settings):
        made = opened(town, zhao, settings)
        before = db.session.query(AuditRow).count()
        for seat in seats(made)[:6]:
            hand_in(seat)
        found = db.session.scalars(select(ReviewSlip)).all()
        assert {column.key for column in ReviewSlip.__table__.columns} == {"id", "reviewed_id", "answers"}
        assert {slip.id.version for slip in found} == {4}
        assert {column.key for column in ReviewSeat.__table__.columns} == {"id", "reviewed_id", "person_id", "lot", "is_handed_in"}
        assert db.session.query(AuditRow).count() == before
        assert {key.column.table.name for key in ReviewSlip.__table__.foreign_keys} == {"reviewed_households"}

    @pytest.mark.only("sqlite")
    def test_sqlite_keeps_no_order_of_its_own(self, town):
        with pytest.raises(DBAPIError):
            db.session.execute(text("SELECT rowid FROM review_slips"))

    def test_closing_forgets_who_handed_in_and_nobody_can_say_it_again(self, town, zhao, homes, settings):
        made = opened(town, zhao, settings)
        for seat in seats(made)[:6]:
            hand_in(seat)
        closing.close(made.id, by=zhao, now=after())
        db.session.commit()
        assert set(db.session.scalars(select(ReviewSeat.is_handed_in))) == {None}
        with pytest.raises((IntegrityError, DBAPIError)):
            db.session.execute(text("UPDATE review_seats SET is_handed_in = true"))

    def test_no_figure_is_shown_of_too_few(self, town, zhao, homes, settings):
        files, _ = homes
        made = opened(town, zhao, settings)
        for seat in seats(made, files[0])[:2]:
            hand_in(seat)
        for seat in seats(made, files[1])[:3]:
            hand_in(seat)
        closing.close(made.id, by=zhao, now=after())
        found = {row.file_id: row for row in db.session.scalars(select(ReviewedHousehold))}
        assert (found[files[0].id].slips, found[files[1].id].slips) == (None, 3)
        assert {row.outcome for row in found[files[0].id].results} == {"too_few"}
        with pytest.raises((IntegrityError, DBAPIError)):
            db.session.execute(text("UPDATE reviewed_households SET slips = 2 WHERE slips IS NULL"))

    def test_of_fewer_slips_than_the_least_nobody_reads_how_many_they_are(self, town, zhao, homes, settings):
        made = opened(town, zhao, settings)
        for seat, told in zip(seats(made), (None, None, 3, 4), strict=False):
            hand_in(seat)
            assert sight.counts([made])[made.id]["slips"] == told

    @pytest.mark.parametrize(("handed_in", "told"), [(2, None), (3, 3)])
    def test_nor_is_it_kept_at_the_closing(self, town, zhao, homes, settings, handed_in, told):
        made = opened(town, zhao, settings)
        for seat in seats(made)[:handed_in]:
            hand_in(seat)
        closing.close(made.id, by=zhao, now=after())
        logged = db.session.scalars(select(AuditRow).where(AuditRow.action == "review_round.close")).one()
        assert (made.slips, logged.detail["slips"], sight.counts([made])[made.id]["slips"]) == (told, told, told)

    def test_slips_are_destroyed_after_half_a_year_and_what_they_came_to_stays(self, town, zhao, homes, settings):
        made = opened(town, zhao, settings)
        for seat in seats(made):
            hand_in(seat)
        closing.close(made.id, by=zhao, now=after())
        assert closing.forget_slips(after(180)) == 0
        assert closing.forget_slips(after(182)) == 40
        assert db.session.query(ReviewResult).filter_by(outcome="good").count() == 16
        assert sight.counts([made])[made.id]["slips"] == 40


class TestClosing:
    @pytest.fixture
    def made(self, town, zhao, homes, settings):
        return opened(town, zhao, settings)

    def answered(self, made, file, answers):
        for seat, answer in zip(seats(made, file), answers, strict=False):
            hand_in(seat, review_good=answer)

    def test_what_is_good_stands_in_the_file_and_counts(self, made, homes, zhao):
        files, _ = homes
        self.answered(made, files[0], [GOOD, GOOD, GOOD, POOR, ORDINARY])
        closing.close(made.id, by=zhao, now=after())
        entry = db.session.scalars(select(CreditEntry)).one()
        assert (entry.household_id, entry.code, entry.source, entry.happened_on, entry.quantity) == (
            files[0].household_id, "review_good", "review", LAST, 1)
        assert "5 slips" in entry.evidence and entry.entered_by_id is None
        assert scores.score(files[0], now=after()).centipoints == 10300
        assert db.session.get_one(Standing, files[0].id, populate_existing=True).centipoints == 10300

    @pytest.mark.parametrize("answers", [[POOR] * 5, [ORDINARY] * 5, [GOOD, GOOD]])
    def test_nothing_else_is_written_and_nobody_loses_anything(self, made, homes, zhao, answers):
        files, _ = homes
        self.answered(made, files[0], answers)
        closing.close(made.id, by=zhao, now=after())
        assert db.session.query(CreditEntry).count() == 0
        assert scores.score(files[0], now=after()).centipoints == 10000

    def test_not_before_its_last_day_has_ended(self, made, zhao):
        with pytest.raises(closing.RoundNotOver):
            closing.close(made.id, by=zhao, now=NOON + timedelta(days=14))

    def test_closing_again_changes_nothing(self, made, homes, zhao):
        self.answered(made, homes[0][0], [GOOD] * 3)
        first = closing.close(made.id, by=zhao, now=after()).closed_at
        assert closing.close(made.id, by=zhao, now=after(3)).closed_at == first
        assert closing.close_due(after(3)) == 0
        assert db.session.query(CreditEntry).count() == 1

    def test_the_worker_closes_what_nobody_closed(self, made, homes):
        self.answered(made, homes[0][0], [GOOD] * 3)
        assert closing.close_due(NOON + timedelta(days=14)) == 0
        assert closing.close_due(after()) == 1
        db.session.commit()
        assert (db.session.query(CreditEntry).count(), made.closed_by_id) == (1, None)

    @pytest.fixture
    def three(self, town, zhao, book, homes):
        """Rounds of one household each, in the community and its two grids."""
        (first, second, third, *_), lived = homes
        return [review_rows.a_round(area, book, file, lived[-1][0], zhao)[0] for area, file in (
            (town.community, first), (town.grid_a, second), (town.grid_c, third))]

    def test_one_that_cannot_be_closed_holds_no_other_up(self, three, monkeypatch, caplog):
        broken, close = min(found.id for found in three), closing._close

        def close_but_one(found, by, now):
            close(found, by, now)
            if found.id == broken:
                raise ZeroDivisionError
        monkeypatch.setattr(closing, "_close", close_but_one)
        assert [closing.close_due(after()) for _ in range(4)] == [1, 1, 0, 0]
        db.session.commit()
        assert {found.id for found in three if found.closed_at is None} == {broken}
        assert str(broken) in caplog.text

    def test_looking_for_one_that_is_due_takes_one_statement(self, three):
        db.session.remove()
        with counted() as seen:
            assert closing.close_due(NOON) == 0
        assert len(seen) == 1

    def test_who_left_the_scheme_gets_nothing_and_is_told_nothing(self, made, homes, zhao):
        files, lived = homes
        self.answered(made, files[0], [GOOD] * 5)
        enrolments.leave(SubjectKind.HOUSEHOLD, by=lived[0][0], now=NOON + timedelta(days=1))
        closing.close(made.id, by=zhao, now=after())
        told = db.session.scalars(select(Message.person_id).where(Message.topic == Topic.REVIEW_CLOSED)).all()
        assert db.session.query(CreditEntry).count() == 0
        assert {person.id for person in lived[0]}.isdisjoint(told) and {person.id for person in lived[1]} <= set(told)

    def test_the_next_round_may_begin_and_gives_again_within_what_the_item_gives_at_most(self, made, homes, town, zhao, settings):
        closing.close(made.id, by=zhao, now=after())
        db.session.commit()
        again = opened(town, zhao, settings, now=after(), opens_on=after().date(), closes_on=after(10).date())
        assert again.id != made.id

    def test_who_oversees_reads_who_is_well_spoken_of_and_the_seed_once_it_is_closed(self, made, homes, zhao):
        self.answered(made, homes[0][0], [GOOD] * 5)
        self.answered(made, homes[0][1], [POOR] * 5)
        assert (sight.seed_shown(made), len(sight.seed_hash(made))) == (None, 64)
        assert db.session.scalars(sight.places(made)).all() == []
        closing.close(made.id, by=zhao, now=after())
        assert sight.seed_shown(made) == SEED
        rows = db.session.execute(sight.outcomes(made)).all()
        told = sight.well_of([row.id for row in rows])
        assert {row.file_id: told.get(row.id) for row in rows} == {file.id: None for file in homes[0]} | {homes[0][0].id: ["review_good"]}


class TestCallingOff:
    @pytest.fixture
    def made(self, town, zhao, homes, settings):
        return opened(town, zhao, settings)

    def call_off(self, made, zhao, reason="范围选错了。", now=NOON):
        found = calling_off.call_off(made.id, reason=reason, by=zhao, now=now)
        db.session.commit()
        return found

    def test_its_slips_are_destroyed_and_nothing_comes_of_it(self, made, homes, zhao):
        for seat in seats(made, homes[0][0]):
            hand_in(seat)
        seat = next(row for row in seats(made) if not row.is_handed_in)
        person = sign_in.load(seat.person_id, NOON)
        self.call_off(made, zhao)
        assert [db.session.query(row).count() for row in (ReviewSlip, ReviewResult, CreditEntry)] == [0, 0, 0]
        assert set(db.session.scalars(select(ReviewSeat.is_handed_in))) == {None}
        assert slips.seats(person, NOON) == []
        with pytest.raises(slips.RoundNotOpen):
            slips.hand_in(seat.id, {"review_good": GOOD}, by=person, now=NOON)
        assert closing.close_due(after()) == 0 and closing.close(made.id, by=zhao, now=after()).called_off_reason == "范围选错了。"

    def test_everybody_concerned_is_told_why_once(self, made, homes, zhao):
        _, lived = homes
        enrolments.leave(SubjectKind.HOUSEHOLD, by=lived[0][0], now=NOON)
        drawn = {seat.person_id for seat in seats(made)}
        self.call_off(made, zhao)
        told = db.session.scalars(select(Message).where(Message.topic == Topic.REVIEW_CALLED_OFF)).all()
        assert sorted(row.person_id for row in told) == sorted({person.id for home in lived[1:] for person in home} | drawn)
        facts = credit_facts.of(told)
        assert {facts[row.id]["reason"] for row in told} == {"范围选错了。"}

    def test_it_stays_listed_with_its_seed_and_reason_and_the_next_draws_anew(self, made, homes, town, zhao, settings):
        self.call_off(made, zhao)
        assert sight.seed_shown(made) == SEED and len(db.session.scalars(sight.places(made)).all()) == 8
        assert sight.counts([made])[made.id] == {"households": 8, "seats": 40, "slips": None}
        again = opened(town, zhao, settings, seed="another")
        assert set(db.session.scalars(sight.search(zhao, NOON))) == {made, again}

    def test_again_it_changes_nothing(self, made, zhao):
        self.call_off(made, zhao)
        found = self.call_off(made, zhao, reason="y", now=after())
        assert (found.called_off_reason, found.closed_at) == ("范围选错了。", NOON)
        assert db.session.query(AuditRow).filter_by(action="review_round.call_off").count() == 1

    def test_what_came_out_of_a_closed_one_stands(self, made, zhao):
        closing.close(made.id, by=zhao, now=after())
        with pytest.raises(calling_off.RoundClosed):
            calling_off.call_off(made.id, reason="x", by=zhao, now=after())

    @pytest.mark.parametrize("change", ["called_off_reason = 'y'", "slips = 3", "called_off_reason = NULL"])
    def test_the_database_too_keeps_why_and_that_nothing_came_of_it(self, made, zhao, change):
        self.call_off(made, zhao)
        with pytest.raises((IntegrityError, DBAPIError)):
            db.session.execute(text(f"UPDATE review_rounds SET {change}"))

    @pytest.mark.parametrize("is_closed", [True, False])
    def test_the_database_too_calls_off_what_is_open_and_closes_it(self, made, zhao, is_closed):
        if is_closed:
            closing.close(made.id, by=zhao, now=after())
            db.session.commit()
        with pytest.raises((IntegrityError, DBAPIError)):
            db.session.execute(text("UPDATE review_rounds SET called_off_reason = 'x'"))


def test_nothing_but_a_round_writes_what_neighbours_are_asked(town, zhao, homes, settings):
    with pytest.raises(entries.AskedOfNeighbours):
        entries.enter(homes[0][0].id, code="review_good", quantity=1, happened_on=NOON.date(), title="x", evidence="x", by=zhao, settings=settings,
                      now=NOON)
