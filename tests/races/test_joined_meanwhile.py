"""What is written of somebody while they are joined to another person is the one person's."""

from datetime import timedelta

from sqlalchemy import select

from models import ActivityRecord, CheckIn, CreditEntry, Direction, db
from services.credit import feeding, scores
from services.people import joins
from services.records import approvals, records
from services.scans import presence
from tests.conftest import NOON
from tests.credit_books import file_of, in_force
from tests.races.conftest import declared_by
from tests.races.crowd import post, statuses

SEEN = {"code": "mediation", "happened_on": "2026-05-04", "title": "x", "evidence": "x"}


def two_files(town, zhao, *people):
    in_force(town.district, by=zhao)
    for person in people:
        person.home_area_id = town.grid_a.id
    db.session.flush()
    files = [file_of(person) for person in people]
    db.session.commit()
    return files


def points(file):
    db.session.rollback()
    return scores.score(db.session.get(type(file), file.id), now=NOON).centipoints


def test_an_entry_counts_for_the_one_person(joined_while, town, zhao, wang, token):
    old, new = two_files(town, zhao, joined_while.phone, joined_while.stays)
    before = points(new)
    staff = token(wang)
    entered = joined_while.run(lambda: post(joined_while.app, staff, f"credit-files/{old.id}/entries", SEEN), scores, "refresh")
    assert statuses(entered) == [200, 201], [answer.json for answer in entered]
    assert db.session.execute(select(CreditEntry.person_id, CreditEntry.was_of_id)).all() == [(joined_while.stays.id, joined_while.phone.id)]
    assert points(new) > before


def test_what_the_chain_brings_counts_for_the_one_person(joined_while, town, zhao, wang, fund):
    two_files(town, zhao, joined_while.phone, joined_while.stays)
    record = declared_by(joined_while.phone, town)
    for by in (wang, zhao):
        approvals.approve(record.id, by=by, now=NOON)
    db.session.commit()

    def read():
        found = feeding.read_on(NOON)
        db.session.commit()
        return found
    read_, joined = joined_while.run(read, scores, "refresh")
    assert (read_, joined.status_code) == (1, 200), joined.json
    assert db.session.execute(select(CreditEntry.person_id, CreditEntry.was_of_id)).all() == [(joined_while.stays.id, joined_while.phone.id)]


def test_what_the_chain_brings_meanwhile_counts_for_the_one_person(joined_while, town, zhao, wang, fund, monkeypatch):
    two_files(town, zhao, joined_while.phone, joined_while.stays)
    record = declared_by(joined_while.phone, town)
    for by in (wang, zhao):
        approvals.approve(record.id, by=by, now=NOON)
    db.session.commit()

    def read(late=False):
        found = feeding.read_on(NOON + timedelta(minutes=late))
        db.session.commit()
        return found
    joined, _ = joined_while.run(joined_while.join, joins, "_carry_points", then=read)
    assert joined.status_code == 200, joined.json
    read(late=True)
    assert db.session.scalars(select(CreditEntry.person_id)).all() == [joined_while.stays.id]


def test_nothing_is_entered_in_a_file_that_ends_meanwhile(joined_while, town, zhao, wang, token):
    old, _ = two_files(town, zhao, joined_while.phone, joined_while.stays)
    staff = token(wang)
    answers = joined_while.run(joined_while.join, joins, "_carry_points",
                               then=lambda: post(joined_while.app, staff, f"credit-files/{old.id}/entries", SEEN))
    assert [answer.status_code for answer in answers] == [200, 404]
    assert db.session.scalars(select(CreditEntry)).all() == []


def test_a_record_that_closing_makes_is_the_one_persons(joined_while, cleanup, town, wang, token, settings):
    event = cleanup()
    code = presence.show_event(event, Direction.IN, settings=settings, now=NOON).token
    assert post(joined_while.app, token(joined_while.phone), "check-ins", {"token": code}).status_code == 201
    staff = token(wang)
    answers = joined_while.run(lambda: post(joined_while.app, staff, f"events/{event.id}/close", {}), records, "_settle_missing_check_out",
                               before=True)
    assert statuses(answers) == [200, 200], [answer.json for answer in answers]
    made = db.session.scalars(select(ActivityRecord)).one()
    assert made.resident_id == joined_while.stays.id
    assert db.session.scalars(select(CheckIn.activity_record_id)).one() == made.id
