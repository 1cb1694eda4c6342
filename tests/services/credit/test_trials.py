"""A draft is tried on the entries there are: who would move, by which items, and no figure of fewer than ten people."""
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError

from models import Traits, db
from services.credit import counting, rulebooks
from services.credit.rulebooks import NotThisStep
from services.credit.trials import comparing, runs
from services.refusals import Forbidden, NotFound, ValidationFailed
from tests.conftest import NOON
from tests.credit_books import BOOK, book, branch, draft, entry, file_of, in_force, item

DAY = NOON.date()
LESS = book(branch("deeds", item("mediation", 100), most=1500), branch("faults", item("litter", -200), least=-3000))


@pytest.fixture
def version(town, zhao, qian):
    """A community's draft, where the district's rulebook is in force."""
    in_force(town.district, BOOK, by=zhao)
    return draft(town.community, LESS, by=zhao)


@pytest.fixture
def residents(live, town):
    """`residents(9, sex="female")`: so many with a file, who said that of themselves."""
    def make(count, **said):
        made = []
        for number in range(count):
            person = live(f"居民{number}", town.grid_a)
            if said:
                db.session.add(Traits(person_id=person.id, told_at=NOON, **said))
            made.append(file_of(person))
        return made
    return make


def found(version, zhao, **on):
    made = runs.try_out(version.id, by=zhao, now=NOON, **on)
    db.session.commit()
    return made.found


def by_sex(version, zhao):
    told = {division["division"]: division["groups"] for division in found(version, zhao)["groups"]}["sex"]
    return {group["group"]: (group["people"], group["up"], group["down"], group["mean"]) for group in told}


class TestOnBothDatabases:
    def test_who_moves_by_what_and_how_far(self, version, zhao, li, zhang):
        mine, theirs = file_of(li), file_of(zhang)
        entry(mine, "mediation", date(2026, 5, 1))
        entry(theirs, "litter", date(2026, 5, 1))
        told = found(version, zhao)
        assert {name: told[name] for name in ("files", "up", "down", "change")} == {"files": 2, "up": 0, "down": 2, "change": -200}
        assert [(mover["was"], mover["is"]) for mover in told["movers"]] in ([(10200, 10100), (9900, 9800)], [(9900, 9800), (10200, 10100)])
        assert {mover["file_id"] for mover in told["movers"]} == {str(mine.id), str(theirs.id)}
        assert told["items"] == [{"code": "litter", "was": -100, "is": -200, "files": 1}, {"code": "mediation", "was": 200, "is": 100, "files": 1}]
        assert told["grades"] == [{"was": 2, "is": 2, "files": 2}]
        assert told["compared_with"] is None  # the district's, of another rulebook

    def test_without_a_rulebook_in_force_it_is_compared_with_the_base(self, town, zhao, li):
        entry(file_of(li), "mediation", date(2026, 5, 1))
        told = found(draft(town.community, LESS, by=zhao), zhao)
        assert (told["files"], told["up"], told["change"]) == (1, 1, 100)

    def test_without_one_it_says_who_would_leave_the_grade_of_the_base(self, town, zhao, li, zhang):
        file_of(zhang)
        entry(file_of(li), "lied", date(2026, 5, 1))
        told = found(draft(town.community, book(branch("faults", item("lied", -100, grade="C"))), by=zhao), zhao)
        assert told["grades"] == [{"was": 2, "is": 2, "files": 1}, {"was": 2, "is": 3, "files": 1}]

    def test_nobody_in_the_scheme_is_nobody_who_moves(self, version, zhao):
        told = found(version, zhao)
        assert {name: told[name] for name in ("files", "up", "down", "change", "movers", "grades", "items")} == {
            "files": 0, "up": 0, "down": 0, "change": 0, "movers": [], "grades": [], "items": []}

    def test_it_is_tried_on_the_past_too(self, version, zhao, li):
        entry(file_of(li), "mediation", date(2024, 5, 1))  # lapsed since
        assert [found(version, zhao, on=on)["down"] for on in (date(2024, 6, 1), DAY)] == [1, 0]

    def test_of_nine_people_nothing_is_said_and_of_ten_all(self, version, zhao, residents):
        residents(10, sex="female")
        for file in residents(9, sex="male"):
            entry(file, "mediation", date(2026, 5, 1))
        assert by_sex(version, zhao) == {"female": (None,) * 4, "male": (None,) * 4}  # the ten could be worked out the nine from
        entry(*residents(1, sex="male"), "mediation", date(2026, 5, 1))
        assert by_sex(version, zhao) == {"female": (10, 0, 0, 0), "male": (10, 0, 10, -100)}

    def test_the_smallest_of_the_others_hides_the_only_one_that_is_too_small(self, version, zhao, residents):
        residents(10, sex="female"), residents(11, sex="male"), residents(2, sex="other")
        assert by_sex(version, zhao) == {"female": (None,) * 4, "male": (11, 0, 0, 0), "other": (None,) * 4}

    @pytest.mark.parametrize("untold", [0, 1, 9])
    def test_who_is_left_of_all_files_is_ten_people_or_nobody(self, version, zhao, residents, untold):
        residents(12, sex="female"), residents(11, sex="male"), residents(1, sex="other"), residents(untold)
        told = by_sex(version, zhao)
        assert (told["female"][0], told["male"][0], told["other"][0]) == ((12, 11, None) if untold == 9 else (12, None, None))

    def test_those_who_said_nothing_cannot_be_worked_out_either(self, version, zhao, residents):
        residents(12, sex="female"), entry(*residents(1), "mediation", date(2026, 5, 1))
        assert by_sex(version, zhao) == {"female": (None,) * 4}

    def test_where_fewer_than_ten_move_nobody_finds_out_what_they_said_of_themselves(self, version, zhao, residents):
        moving = residents(10, sex="female")
        residents(10, sex="male")
        for number, file in enumerate(moving, 1):
            entry(file, "mediation", date(2026, 5, 1))
            assert by_sex(version, zhao)["female"] == ((10, 0, 10, -100) if number == 10 else (10, None, None, None))

    def test_who_said_nothing_is_in_no_group(self, version, zhao, residents):
        residents(12)
        assert by_sex(version, zhao) == {}

    def test_who_may_and_which_versions(self, version, zhao, wang, zhou, li, sun):
        for by, refusal in ((sun, Forbidden), (wang, NotFound), (zhou, NotFound), (li, NotFound)):
            with pytest.raises(refusal):
                runs.try_out(version.id, by=by, now=NOON)
        with pytest.raises(ValidationFailed):
            runs.try_out(version.id, on=date(2026, 5, 7), by=zhao, now=NOON)
        version.status = "dropped"
        with pytest.raises(NotThisStep):
            runs.try_out(version.id, by=zhao, now=NOON)
        with pytest.raises(NotFound):
            runs.try_out(li.id, by=zhao, now=NOON)

    def test_what_was_tried_is_kept_and_an_auditor_reads_it(self, version, zhao, sun, zhou):
        found(version, zhao)
        assert db.session.scalars(runs.search(version.id, by=sun, now=NOON)).one().on_day == DAY
        with pytest.raises(NotFound):
            runs.search(version.id, by=zhou, now=NOON)
        with pytest.raises(NotFound):
            runs.search(zhou.id, by=sun, now=NOON)

    def test_a_fault_that_is_new_counts_in_a_trial(self, town, zhao, li):
        in_force(town.district, BOOK, by=zhao)
        made = draft(town.community, book(branch("faults", item("noise", -50))), by=zhao)
        entry(file_of(li), "noise", date(2026, 5, 1))
        assert found(made, zhao)["change"] == -50

    def test_the_draft_stays_a_draft(self, version, zhao):
        found(version, zhao)
        assert rulebooks.shown(version.id).status == "draft"

    def test_of_more_files_than_one_transaction_holds_the_worker_goes_on(self, version, zhao, residents, monkeypatch):
        residents(10, sex="female"), residents(3)
        for file in residents(12, sex="male"):
            entry(file, "mediation", date(2026, 5, 1))
        whole = found(version, zhao)
        monkeypatch.setattr(runs, "BATCH", 10)
        made = runs.try_out(version.id, by=zhao, now=NOON)
        db.session.commit()
        runs.with_movers([made])
        assert (made.found, made.moving, made.task.done, made.task.files) == ({}, None, 10, 25)
        assert [going_on() for _ in range(3)] == [10, 5, 0]
        assert made.found == whole
        runs.with_movers([made])
        assert made.task is None and len(made.moving) == 12

    def test_of_more_files_than_a_request_works_out_all_is_left_to_the_worker(self, version, zhao, residents, monkeypatch):
        residents(3)
        monkeypatch.setattr(runs, "AT_ONCE", 2)
        made = runs.try_out(version.id, by=zhao, now=NOON)
        db.session.commit()
        runs.with_movers([made])
        assert (made.found, made.task.done, made.task.files) == ({}, 0, 3)
        assert [going_on() for _ in range(2)] == [3, 0] and made.found["files"] == 3

    def test_a_batch_that_another_worker_put_down_first_counts_once(self, version, zhao, residents, monkeypatch):
        residents(5)
        monkeypatch.setattr(runs, "BATCH", 2)
        made = runs.try_out(version.id, by=zhao, now=NOON)
        db.session.commit()
        worked_out = runs._worked_out

        def overtaken(task, run):
            batch = worked_out(task, run)
            monkeypatch.setattr(runs, "_worked_out", worked_out)
            db.session.rollback()
            going_on()
            return batch
        monkeypatch.setattr(runs, "_worked_out", overtaken)
        assert [going_on() for _ in range(3)] == [1, 1, 0]
        assert made.found["files"] == 5

    def test_as_many_as_one_transaction_holds_end_with_the_next_look(self, version, zhao, residents, monkeypatch):
        residents(4)
        monkeypatch.setattr(runs, "BATCH", 4)
        made = runs.try_out(version.id, by=zhao, now=NOON)
        db.session.commit()
        assert [going_on() for _ in range(2)] == [1, 0]
        assert made.found["files"] == 4

    def test_a_draft_that_is_rewritten_meanwhile_is_tried_from_the_first_file_on(self, version, zhao, residents, monkeypatch):
        for file in residents(5):
            entry(file, "mediation", date(2026, 5, 1))
        monkeypatch.setattr(runs, "BATCH", 3)
        made = runs.try_out(version.id, by=zhao, now=NOON)
        db.session.commit()
        rulebooks.rewrite(version.id, book(branch("deeds", item("mediation", 50))), by=zhao, now=NOON)
        db.session.commit()
        assert [going_on() for _ in range(3)] == [3, 2, 0]
        assert made.found["change"] == -750

    def test_what_was_entered_since_the_run_began_is_not_in_it(self, version, zhao, residents, monkeypatch):
        files = residents(5)
        monkeypatch.setattr(runs, "BATCH", 3)
        made = runs.try_out(version.id, by=zhao, now=NOON)
        db.session.commit()
        for file in files:
            entry(file, "mediation", date(2026, 5, 1), known=DAY + timedelta(days=1))
        assert going_on() == 2
        assert made.found["change"] == 0

    @pytest.mark.parametrize("change", ["found = '{\"files\": 9}'", "on_day = '2020-01-01'"])
    def test_what_was_found_stays(self, version, zhao, change):
        found(version, zhao)
        with pytest.raises(DatabaseError):
            db.session.execute(text(f"UPDATE rulebook_trials SET {change}"))


    def test_a_run_that_cannot_be_worked_out_is_given_up_and_holds_no_other_up(self, version, zhao, residents, monkeypatch, caplog):
        residents(2)
        monkeypatch.setattr(runs, "BATCH", 1)
        ill, well = (runs.try_out(version.id, on=DAY - timedelta(days=days), by=zhao, now=NOON) for days in (1, 0))
        db.session.commit()
        add = comparing.add

        def stumble(so_far, draft, present):
            if draft.on != DAY:
                raise ZeroDivisionError
            add(so_far, draft, present)
        monkeypatch.setattr(comparing, "add", stumble)
        assert [going_on() for _ in range(4)] == [1, 1, 1, 0]
        runs.with_movers([ill, well])
        assert (ill.found, ill.task, ill.told["files"], well.found["files"]) == ({}, None, None, 2)
        assert f"the trial run {ill.id} could not be worked out" in caplog.text

    def test_while_the_database_is_busy_a_run_waits(self, version, zhao, residents, monkeypatch):
        residents(2)
        monkeypatch.setattr(runs, "BATCH", 1)
        made = runs.try_out(version.id, by=zhao, now=NOON)
        db.session.commit()

        def busy(*_):
            raise OperationalError("", {}, Exception("busy"))
        with monkeypatch.context() as ill:
            ill.setattr(comparing, "add", busy)
            with pytest.raises(OperationalError):
                runs.go_on()
        db.session.rollback()
        assert [going_on() for _ in range(3)] == [1, 1, 0]
        assert made.found["files"] == 2

    def test_who_leaves_between_the_two_sets_of_rules_is_in_neither(self, version, zhao, residents, monkeypatch):
        files = residents(3)
        asked = counting.ask

        def left_since(make, scope, *how, **days):
            rows = asked(make, scope, *how, **days).all()
            return [row for row in rows if row.file_id != files[1].id] if make is counting.scores and scope.version.id != version.id else rows
        monkeypatch.setattr(counting, "ask", left_since)
        assert found(version, zhao)["files"] == 2


def going_on():
    count = runs.go_on()
    db.session.commit()
    return count
