"""Standings worked out anew: every night by the worker, in batches, and by hand."""
from datetime import date, datetime, timedelta
from threading import Event

import pytest

from commands import work
from commands.recompute_credit import recompute_credit
from models import Standing, db
from services.credit import enrolments, standings
from tests.conftest import NOON
from tests.credit_books import SHANGHAI, book, branch, entry, file_of, in_force, item, object_to, volunteering

ONE = datetime(2026, 5, 7, 1, tzinfo=SHANGHAI)  # one o'clock of the next night


@pytest.fixture
def version(town, zhao):
    return in_force(town.district, by=zhao)


@pytest.fixture
def files(version, li, zhang):
    """Two, the first with a deed that lapses at midnight."""
    made = [file_of(li), file_of(zhang)]
    volunteering(made[0], date(2025, 5, 7), 6)
    entry(made[1], "litter", date(2026, 5, 1))
    return made


def night(now):
    done = []
    while count := standings.night(now):
        db.session.commit()
        done.append(count)
    db.session.commit()
    return done


def stored():
    db.session.expire_all()
    return {row.file_id: (row.centipoints, row.on_day) for row in db.session.query(Standing)}


class TestOnBothDatabases:
    def test_what_lapses_at_midnight_is_out_of_the_standings_after_one(self, files):
        assert night(NOON) == [2]
        assert stored() == {files[0].id: (10100, NOON.date()), files[1].id: (9900, NOON.date())}
        assert night(NOON + timedelta(hours=11)) == []  # the same day
        assert night(ONE - timedelta(seconds=1)) == []
        assert night(ONE) == [2]
        assert stored() == {files[0].id: (10000, ONE.date()), files[1].id: (9900, ONE.date())}

    def test_a_worker_that_is_stopped_goes_on_where_it_was(self, files, monkeypatch):
        monkeypatch.setattr(standings, "BATCH", 1)
        assert standings.night(NOON) == 1
        db.session.commit()
        assert len(stored()) == 1
        assert night(NOON) == [1]
        assert len(stored()) == 2

    def test_who_is_outside_the_scheme_has_none(self, files, li):
        night(NOON)
        enrolments.leave(files[0].kind, by=li, now=NOON)
        db.session.commit()
        assert set(stored()) == {files[1].id}
        assert night(ONE) == [1]

    def test_a_new_version_works_everybody_out_again_and_a_retired_ones_standings_go(self, files, version, zhao, town):
        night(NOON)
        version.retired_on = date(2026, 5, 7)
        db.session.commit()
        assert night(ONE) == [] and len(stored()) == 2
        assert night(ONE + timedelta(days=2)) == [2]  # that are forgotten
        assert stored() == {}
        newer = in_force(town.district, since=date(2026, 5, 9), by=zhao, rulebook=version.rulebook, number=2)
        assert night(ONE + timedelta(days=2)) == [2]
        assert {row.version_id for row in db.session.query(Standing)} == {newer.id}

    def test_the_nearest_areas_rulebook_has_its_own_files(self, files, version, town, zhao, live):
        own = in_force(town.other, book(branch("deeds", item("choir", 100))), by=zhao)
        elsewhere = file_of(live("远", town.grid_c))
        assert night(NOON) == [2, 1]
        assert {row.file_id: row.version_id for row in db.session.query(Standing)} == {
            files[0].id: version.id, files[1].id: version.id, elsewhere.id: own.id}

    def test_a_disputed_file_keeps_its_range(self, files, zhang):
        object_to(db.session.query(standings.scores.counting.CreditEntry).filter_by(code="litter").one(), by=zhang)
        night(ONE)
        row = db.session.get(Standing, files[1].id)
        assert (row.low, row.centipoints, row.high) == (9900, 9900, 10000)

    def test_the_worker_does_it_among_its_jobs(self, files, clock):
        clock.now = ONE
        work.round_of_work("me", {}, Event())
        assert len(stored()) == 2

    def test_by_hand_all_is_worked_out_anew_and_said(self, app, files, clock):
        night(NOON)
        db.session.query(Standing).update({"centipoints": 1})
        db.session.commit()
        assert night(NOON) == []  # they are of today
        told = app.test_cli_runner().invoke(recompute_credit)
        assert (told.exit_code, told.output) == (0, "Worked out 2 files by 1 rulebook.\n")
        assert {points for points, _ in stored().values()} == {10100, 9900}

    def test_without_rulebooks_there_is_nothing_to_do(self, app, town):
        assert night(ONE) == []
        assert app.test_cli_runner().invoke(recompute_credit).output == "Worked out 0 files by 0 rulebooks.\n"
